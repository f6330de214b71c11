//! What is asked of the register of identities and tokens.

use serde_json::{Value, json};

use super::{Names, Need, Operation, get, post};
use crate::harness::World;

/// Identities for operations to be about.
#[derive(Debug, Clone)]
pub struct Registered {
    /// A machine that holds the role of an auditor.
    pub identity: String,
    /// That grant.
    pub grant: String,
    /// A token of its.
    pub api_token: String,
    /// Another one, of which nothing else is known.
    pub bystander: String,
    /// One that is suspended.
    pub suspended: String,
}

impl Registered {
    pub async fn new(world: &World) -> Self {
        let admin = world.admin();
        let machine = async |name: &str| {
            let machine = json!({"name": name, "kind": "machine"});
            admin.post("/v1/identities", machine).await.created()
        };
        let identity = machine("Reports").await;
        let at = format!("/v1/identities/{identity}/roles");
        let granted = admin
            .post(&at, json!({"role": "auditor"}))
            .await
            .expect(200);
        let grant = granted["roles"][0]["id"].as_str().unwrap().to_owned();
        let token = token_for(&identity);
        let api_token = admin.post("/v1/api-tokens", token).await.created();
        let bystander = machine("Bystander").await;
        let suspended = machine("Suspended").await;
        let at = format!("/v1/identities/{suspended}/suspension");
        admin.post(&at, reason()).await.expect(200);
        Registered {
            identity,
            grant,
            api_token,
            bystander,
            suspended,
        }
    }
}

fn reason() -> Value {
    json!({"reason": "On leave"})
}

fn token_for(identity: &str) -> Value {
    json!({"name": "Power Query", "identity_id": identity, "roles": ["auditor"],
        "scopes": ["ledger:read", "reference:read"], "expires_at": in_half_a_year()})
}

/// A moment that a token may end at, whenever the tests are run.
pub fn in_half_a_year() -> String {
    let then = time::OffsetDateTime::now_utc() + time::Duration::days(180);
    let midnight = then.replace_time(time::Time::MIDNIGHT);
    let rfc3339 = &time::format_description::well_known::Rfc3339;
    midnight.format(rfc3339).unwrap()
}

pub fn reads() -> Vec<Operation> {
    use Need::{AccessList, AuditTrail, OwnTokensRead, RegisterRead};
    let none = Names::Nothing;
    vec![
        get("/v1/identities", RegisterRead, none, ""),
        get("/v1/identities/{id}", RegisterRead, Names::Identity, ""),
        get("/v1/revocations", RegisterRead, none, ""),
        get("/v1/access-list", AccessList, none, ""),
        get("/v1/audit-trail", AuditTrail, none, ""),
        get("/v1/segregation-report", AuditTrail, none, ""),
        get("/v1/api-tokens", OwnTokensRead, none, ""),
    ]
}

pub fn writes() -> Vec<Operation> {
    use Need::{Identities, OwnTokens, Revocations};
    vec![
        post(
            "/v1/identities",
            Identities,
            Names::Nothing,
            |_| json!({"name": "Grace Hopper", "kind": "person"}),
        ),
        post("/v1/api-tokens", OwnTokens, Names::Nothing, |place| {
            token_for(&place.registered.identity)
        }),
        post(
            "/v1/api-tokens/{id}/revocation",
            OwnTokens,
            Names::ApiToken,
            |_| reason(),
        ),
        post(
            "/v1/identities/{id}/subjects",
            Identities,
            Names::Identity,
            |_| json!({"subject": "reports@example.org"}),
        ),
        post(
            "/v1/identities/{id}/roles",
            Identities,
            Names::Identity,
            |_| json!({"role": "auditor", "until": in_half_a_year()}),
        ),
        post(
            "/v1/identities/{id}/role-ends",
            Identities,
            Names::Identity,
            |place| json!({"role_grant_id": place.registered.grant, "reason": "Not needed"}),
        ),
        post(
            "/v1/identities/{id}/suspension",
            Identities,
            Names::Bystander,
            |_| reason(),
        ),
        post(
            "/v1/identities/{id}/reinstatement",
            Identities,
            Names::Suspended,
            |_| reason(),
        ),
        post(
            "/v1/revocations",
            Revocations,
            Names::Nothing,
            |_| json!({"token_id": "4711", "reason": "Laptop lost"}),
        ),
    ]
}
