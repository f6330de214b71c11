//! What takes two people: one asks, another approves.

use reqwest::header::HeaderMap;
use serde_json::{Value, json};

use super::{Answer, Client, World};

/// What waits, as it was answered: its id, and the digest of what it would post.
#[derive(Debug, Clone)]
pub struct Waiting {
    pub id: String,
    pub digest: String,
}

impl Answer {
    /// What a write waits as, of an answer that says so.
    #[track_caller]
    pub fn waits(&self) -> Waiting {
        let approval = self.expect(202);
        let text = |name: &str| approval[name].as_str().unwrap().to_owned();
        let waiting = Waiting {
            id: text("id"),
            digest: text("digest"),
        };
        let location = format!("/v1/approvals/{}", waiting.id);
        assert_eq!(self.header("location"), Some(location.as_str()));
        waiting
    }
}

impl Client {
    /// Approves what waits.
    pub async fn approve(&self, waiting: &Waiting) -> Answer {
        let at = format!("/v1/approvals/{}/approval", waiting.id);
        self.post(&at, json!({"digest": waiting.digest})).await
    }

    pub async fn reject(&self, waiting: &Waiting) -> Answer {
        let at = format!("/v1/approvals/{}/rejection", waiting.id);
        self.post(&at, json!({"reason": "Not agreed"})).await
    }

    pub async fn withdraw(&self, waiting: &Waiting) -> Answer {
        let at = format!("/v1/approvals/{}/withdrawal", waiting.id);
        self.post(&at, json!({"reason": "Asked in error"})).await
    }
}

/// Asks for something that another has to approve, who does: what would have been answered, had it
/// been done at once; or the refusal of either.
pub async fn by_two(maker: &Client, checker: &Client, path: &str, body: Value) -> Answer {
    let asked = maker.post(path, body).await;
    if asked.status != 202 {
        return asked;
    }
    let approved = checker.approve(&asked.waits()).await;
    if approved.status != 200 {
        return approved;
    }
    let approval = approved.json();
    assert_eq!(approval["state"], "approved", "{approval}");
    Answer {
        asked: asked.asked,
        status: 201,
        headers: HeaderMap::new(),
        body: serde_json::to_vec(&approval["result"]).unwrap(),
    }
}

impl World {
    /// The same, approved by the approver.
    pub async fn by_two(&self, maker: &Client, path: &str, body: Value) -> Answer {
        by_two(maker, &self.approver(), path, body).await
    }

    /// Has a controller state a threshold from today on, and another person approve it.
    pub async fn state_threshold(&self, pledge: &str, action: &str, above: Value, approvals: i16) {
        let threshold = json!({"action": action, "above": above, "approvals": approvals});
        let at = format!("/v1/pledges/{pledge}/thresholds");
        let stated = self.by_two(&self.controller(), &at, threshold).await;
        stated.expect(201);
    }
}
