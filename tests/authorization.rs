//! Who may what: every operation of `openapi.yaml` × every role × own or foreign, and tokens that
//! are none.
//!
//! An operation that `openapi.yaml` has and the matrix hasn't, or the reverse, fails all of these:
//! `operations` is made from it. Creators' rows of the matrix are in `walls::creators`.

use std::time::{SystemTime, UNIX_EPOCH};

use almoner::http::access::{Party, Role};
use reqwest::Method;
use reqwest::header::{AUTHORIZATION, HeaderValue};

use crate::harness::{Answer, Client, World};
use crate::operations::{Names, Need, Operation, Place, operations, writes};
use crate::tokens::{Issuer, accepted, corpus};

/// The roles that may, as the domain has it.
fn roles(need: Need) -> &'static [Role] {
    use Role::{Admin, Approver, Auditor, Controller, Creator, Partner, Preparer};
    match need {
        Need::Nothing | Need::Reference => &[
            Preparer, Approver, Controller, Partner, Creator, Auditor, Admin,
        ],
        Need::Ledger => &[Preparer, Approver, Controller, Partner, Auditor],
        Need::Holdings => &[Preparer, Approver, Controller, Partner, Creator, Auditor],
        Need::Proofs | Need::ReadJobs => &[Preparer, Approver, Controller, Auditor],
        Need::Cosignatures => &[Auditor],
        Need::Pledges | Need::Money | Need::Creators => &[Preparer],
        Need::BankDetails => &[Preparer, Approver, Controller, Auditor],
        Need::Erasures => &[Admin],
        Need::WriteOffs
        | Need::Endings
        | Need::Reversals
        | Need::Lots
        | Need::RunJobs
        | Need::Rates
        | Need::Thresholds => &[Controller],
        Need::Approval => &[Approver],
        Need::PayoutMoves => &[Preparer, Approver, Controller],
        Need::Sending | Need::Withdrawing => &[Preparer, Controller],
        Need::Deciding => &[Approver, Controller],
        Need::ReadApprovals => &[Preparer, Approver, Controller, Auditor],
        Need::Identities | Need::Revocations => &[Admin],
        Need::RegisterRead | Need::AccessList => &[Controller, Auditor, Admin],
        Need::AuditTrail => &[Controller, Auditor],
        Need::PeriodsRead => &[Preparer, Approver, Controller, Auditor],
        Need::Periods | Need::Statements => &[Controller],
        Need::OwnTokens | Need::OwnTokensRead => {
            &[Preparer, Approver, Controller, Partner, Auditor, Admin]
        }
    }
}

/// The scope that has to be in the token.
fn scope(need: Need) -> &'static str {
    match need {
        Need::Nothing => "",
        Need::Reference => "reference:read",
        Need::Ledger => "ledger:read",
        Need::Holdings => "holdings:read",
        Need::Proofs => "proofs:read",
        Need::Cosignatures => "cosignatures:write",
        Need::Pledges => "pledges:write",
        Need::Money => "money:write",
        Need::Creators => "creators:write",
        Need::BankDetails => "bank-details:read",
        Need::Erasures => "erasures:write",
        Need::WriteOffs => "write-offs:write",
        Need::Endings => "endings:write",
        Need::Reversals => "reversals:write",
        Need::Lots => "lots:write",
        Need::ReadJobs => "jobs:read",
        Need::RunJobs => "jobs:write",
        Need::Approval => "payout-approvals:write",
        Need::PayoutMoves => "payouts:write",
        Need::Rates => "rates:write",
        Need::Identities => "identities:write",
        Need::RegisterRead => "identities:read",
        Need::AccessList => "access-list:read",
        Need::AuditTrail => "audit-trail:read",
        Need::PeriodsRead => "periods:read",
        Need::Periods => "periods:write",
        Need::Statements => "statements:write",
        Need::Revocations => "revocations:write",
        Need::OwnTokens => "api-tokens:write",
        Need::OwnTokensRead => "api-tokens:read",
        Need::Sending => "payout-sendings:write",
        Need::ReadApprovals => "approvals:read",
        Need::Deciding => "decisions:write",
        Need::Withdrawing => "withdrawals:write",
        Need::Thresholds => "thresholds:write",
    }
}

fn refused_by_role(answer: &Answer) {
    answer.expect_problem(403, "forbidden");
    let challenge = answer.header("www-authenticate").unwrap();
    assert!(challenge.contains("insufficient_scope"), "{challenge}");
}

/// Whoever may look after tokens of their own alone learns nothing of others'.
fn not_ones_own(answer: &Answer) {
    let code = answer.json()["code"].as_str().unwrap().to_owned();
    let known = [(422, "beyond-own-rights"), (404, "not-found")];
    assert!(
        known.contains(&(answer.status, code.as_str())),
        "{answer:?}"
    );
}

/// Whether an operation names something that belongs to one pledge.
fn is_pledge_s(operation: &Operation) -> bool {
    !matches!(
        operation.names,
        Names::Nothing
            | Names::Creator
            | Names::Forgotten
            | Names::Job
            | Names::Identity
            | Names::Bystander
            | Names::Suspended
            | Names::ApiToken
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn every_role_may_what_it_may_with_every_operation_and_nothing_else() {
    let world = World::new().await;
    let (own, foreign) = (
        Place::new(&world, "OWN").await,
        Place::new(&world, "FOREIGN").await,
    );
    let before = world.database.row_counts().await;
    for operation in operations() {
        let outsiders = [Role::Partner, Role::Creator];
        for role in Role::ALL.iter().filter(|role| !outsiders.contains(role)) {
            let client = world.user(*role, "somebody");
            for place in [&own, &foreign] {
                let answer = operation.try_by(&client, place).await;
                if operation.need == Need::OwnTokens && *role != Role::Admin {
                    not_ones_own(&answer);
                } else if roles(operation.need).contains(role) {
                    assert_eq!(answer.status, 200, "{role}: {answer:?}");
                } else {
                    refused_by_role(&answer);
                }
            }
        }
    }
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_may_read_its_own_and_never_learns_of_a_foreign_pledge() {
    let world = World::new().await;
    let (own, foreign) = (
        Place::new(&world, "OWN").await,
        Place::new(&world, "FOREIGN").await,
    );
    let before = world.database.row_counts().await;
    let parties = [Party::Grantee, Party::MarketLead, Party::Donor];
    let lists = [&["*"][..], &["JP"], &["JP", "FR"]];
    for (party, markets) in parties.iter().flat_map(|it| lists.map(|list| (*it, list))) {
        let pledges = [own.pledge.as_str(), &own.announced, &own.ending];
        let partner = world.partner_of(Some(party), &pledges, markets);
        for operation in operations() {
            let (here, there) = (
                operation.try_by(&partner, &own).await,
                operation.try_by(&partner, &foreign).await,
            );
            if !roles(operation.need).contains(&Role::Partner) {
                refused_by_role(&here);
                refused_by_role(&there);
                continue;
            }
            if operation.need == Need::OwnTokens {
                not_ones_own(&here);
                not_ones_own(&there);
                continue;
            }
            // Of a market alone, what belongs to no market isn't to be seen; nor of a creator by a
            // donor.
            let all = party == Party::Grantee && markets == ["*"];
            assert!(here.status == 200 || !all && here.status == 404, "{here:?}");
            let of_creators = party == Party::Donor && operation.names == Names::Creator;
            if is_pledge_s(&operation) || of_creators {
                there.expect_problem(404, "not-found");
            } else {
                assert_eq!(there.status, 200, "{there:?}");
            }
            let asked = operation.harmless(&foreign);
            for id in foreign.ids().into_iter().filter(|id| !asked.contains(id)) {
                // Not all forms of a statement are text.
                for answer in [&there, &here] {
                    let body = String::from_utf8_lossy(&answer.body);
                    assert!(!body.contains(id), "{id} in {answer:?}");
                }
            }
        }
    }
    assert_eq!(world.database.row_counts().await, before);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_may_anything_but_ask_whether_the_service_lives() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    for operation in operations() {
        let answer = operation.try_by(&world.nobody(), &place).await;
        if operation.need == Need::Nothing {
            answer.expect(200);
        } else {
            answer.expect_problem(401, "unauthenticated");
            assert_eq!(
                answer.header("www-authenticate"),
                Some("Bearer realm=\"almoner\", Basic realm=\"almoner\", charset=\"UTF-8\"")
            );
        }
    }
    world.finish().await;
}

fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap()
        .as_secs()
}

/// Whoever holds the service's own key, and can so be wrong in one way at a time.
fn issuer(world: &World) -> Issuer {
    let pem = std::fs::read_to_string(world.data_dir().join("signing-key.pem")).unwrap();
    Issuer::of_local_key(&pem)
}

async fn with_header(client: &Client, method: Method, path: &str, value: HeaderValue) -> Answer {
    let request = client.request(method, path).header(AUTHORIZATION, value);
    client
        .send(
            request
                .header("Idempotency-Key", "k")
                .json(&serde_json::json!({})),
        )
        .await
}

#[tokio::test(flavor = "multi_thread")]
async fn a_role_without_the_scope_may_not_and_is_told_which_it_lacks() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let issuer = issuer(&world);
    for operation in operations()
        .into_iter()
        .filter(|it| it.need != Need::Nothing)
    {
        let mut claims = issuer.claims(now_s());
        let roles: Vec<&str> = roles(operation.need).iter().map(|it| it.name()).collect();
        let role = roles.iter().find(|role| **role != "partner").unwrap();
        claims["roles"] = serde_json::json!([role]);
        let every = "reference:read ledger:read holdings:read proofs:read pledges:write \
            money:write creators:write erasures:write bank-details:read \
            bank-accounts:read endings:write write-offs:write reversals:write lots:write \
            jobs:read jobs:write payouts:write rates:write payout-approvals:write \
            payout-sendings:write approvals:read decisions:write withdrawals:write \
            thresholds:write identities:write identities:read access-list:read \
            revocations:write api-tokens:write api-tokens:read audit-trail:read \
            periods:read periods:write statements:write cosignatures:write";
        let lacking = scope(operation.need);
        claims["scope"] = serde_json::json!(every.replace(lacking, ""));
        let token = issuer.sign(&issuer.header().to_string(), &claims.to_string());
        let client = world.nobody().with_token(&token);
        let answer = operation.try_by(&client, &place).await;
        let problem = answer.expect_problem(403, "forbidden");
        assert_eq!(problem["missing_scope"], lacking);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_that_is_wrong_in_any_one_way_opens_nothing() {
    let world = World::new().await;
    let issuer = issuer(&world);
    let mut sent = 0;
    for (what, token, code) in corpus(&issuer, now_s()) {
        let Ok(value) = HeaderValue::from_str(&format!("Bearer {token}")) else {
            continue; // no client could send it
        };
        sent += 1;
        for (method, path) in [(Method::GET, "/v1/units"), (Method::POST, "/v1/creators")] {
            let answer = with_header(&world.nobody(), method, path, value.clone()).await;
            assert_eq!(answer.status, 401, "{what}: {answer:?}");
            answer.expect_problem(401, code);
            assert!(
                answer
                    .header("www-authenticate")
                    .unwrap()
                    .starts_with("Bearer"),
                "{what}"
            );
            assert!(
                token.len() < 20 || !answer.text().contains(&token),
                "{what} is echoed"
            );
        }
    }
    assert!(sent > 60, "{sent}");
    for (what, token) in accepted(&issuer, now_s()) {
        let value = HeaderValue::from_str(&format!("Bearer {token}")).unwrap();
        let answer = with_header(&world.nobody(), Method::GET, "/v1/units", value).await;
        assert_eq!(answer.status, 200, "{what}: {answer:?}");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_token_goes_as_a_basic_password_too_and_never_in_the_query() {
    let world = World::new().await;
    let token = world.auditor().token().unwrap().to_owned();
    let nobody = world.nobody();
    let request = nobody
        .request(Method::GET, "/v1/units")
        .basic_auth("excel", Some(&token));
    nobody.send(request).await.expect(200);
    for name in ["access_token", "token"] {
        let answer = nobody.get(&format!("/v1/units?{name}={token}")).await;
        answer.expect_problem(401, "unauthenticated");
    }
    let twice = world.auditor();
    let twice = twice
        .request(Method::GET, "/v1/units")
        .header(AUTHORIZATION, "Bearer x");
    let answer = nobody.send(twice).await;
    assert_eq!(answer.status, 401, "{answer:?}");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn whoever_may_not_is_told_so_before_the_body_is_read() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    for operation in writes() {
        let path = operation.path(&place);
        let nothing = serde_json::json!("nothing of the kind");
        if !roles(operation.need).contains(&Role::Auditor) {
            let answer = world.auditor().post_without_key(&path, &nothing).await;
            answer.expect_problem(403, "forbidden");
        }
        world
            .nobody()
            .post_without_key(&path, &nothing)
            .await
            .expect_problem(401, "unauthenticated");
    }
    world.finish().await;
}
