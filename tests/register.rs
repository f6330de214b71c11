//! Who may come in, with which rights and by which tokens; and how long.

mod api_tokens;
mod identities;
mod keys;
mod limits;
mod revocations;
mod secrets;

use serde_json::{Value, json};

use crate::harness::{Client, World};

/// What an administrator does to the register.
pub struct Registry {
    admin: Client,
}

impl Registry {
    pub fn of(world: &World) -> Self {
        Registry {
            admin: world.admin(),
        }
    }

    /// A person known by that subject of the trusted issuer.
    pub async fn person(&self, name: &str, subject: &str) -> String {
        let id = self.identity(name, "person").await;
        self.add_subject(&id, subject).await;
        id
    }

    pub async fn identity(&self, name: &str, kind: &str) -> String {
        let identity = json!({"name": name, "kind": kind});
        self.admin.post("/v1/identities", identity).await.created()
    }

    pub async fn add_subject(&self, id: &str, subject: &str) {
        let at = format!("/v1/identities/{id}/subjects");
        self.admin
            .post(&at, json!({"subject": subject}))
            .await
            .expect(200);
    }

    /// Grants a role; answers with the grant's id.
    pub async fn grant(&self, id: &str, role: Value) -> String {
        let at = format!("/v1/identities/{id}/roles");
        let identity = self.admin.post(&at, role).await.expect(200);
        let grants = identity["roles"].as_array().unwrap();
        grants.last().unwrap()["id"].as_str().unwrap().to_owned()
    }

    pub async fn revoke(&self, what: Value) {
        let mut revocation = what;
        revocation["reason"] = json!("Laptop lost");
        self.admin
            .post("/v1/revocations", revocation)
            .await
            .created();
    }
}
