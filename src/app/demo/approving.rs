//! What is above a threshold, and what always takes two: somebody else approves what waits.

use serde_json::{Value, json};

use super::DemoError;
use super::client::{Answer, Client};
use super::figures::{Amount, Unit};
use super::plan::Call;
use super::requests::{Request, Role, money};
use super::template::Template;

/// Above what an action needs approval, in whole units.
const THRESHOLDS: [(&str, i64, Unit); 6] = [
    ("receipt", 500_000, Unit::Cash),
    ("lot-issue", 400_000, Unit::Credits),
    ("budget", 50_000, Unit::Cash),
    ("budget", 50_000, Unit::Credits),
    ("allocation", 8_200, Unit::Cash),
    ("donor-payment", 0, Unit::Cash),
];

/// The calls that state these thresholds, with the names of their steps.
pub fn thresholds() -> impl Iterator<Item = (String, Call)> {
    THRESHOLDS
        .iter()
        .enumerate()
        .map(|(at, (action, units, unit))| {
            let above = money(Amount::whole(*units, *unit));
            let body = json!({"action": action, "above": above, "approvals": 1});
            let path = "/v1/pledges/{pledge}/thresholds";
            let call = Template::new("thresholds", path, body).by(Role::Controller);
            (format!("thresholds/{at}"), call.into())
        })
}

impl Client<'_> {
    /// Has somebody else approve what waits of an answer: then it is as if all had been done at
    /// once.
    pub(super) async fn approve(
        &self,
        mut answer: Answer,
        names: Option<&[String]>,
        key: &str,
        what: &str,
    ) -> Result<Answer, DemoError> {
        if waits(&answer.body).is_some() {
            answer.body = self.approved(&answer.body, key, what).await?;
            return Ok(answer);
        }
        let results = answer.body.as_array_mut().into_iter().flatten();
        for (name, result) in names.into_iter().flatten().zip(results) {
            let Some(id) = waits(result).map(str::to_owned) else {
                continue;
            };
            let question = request(format!("/v1/approvals/{id}"), None);
            let waiting = self.send(&question, key, what).await?;
            let posted = self.approved(&waiting.body, name, what).await?;
            result["id"] = posted["id"].clone();
        }
        Ok(answer)
    }

    /// Approves what waits, and tells what its maker would have been answered.
    async fn approved(&self, waits: &Value, key: &str, what: &str) -> Result<Value, DemoError> {
        let unexpected = || DemoError::Unexpected(format!("{what}: an approval isn't whole"));
        let id = waits["id"].as_str().ok_or_else(unexpected)?;
        let digest = json!({"digest": waits["digest"]});
        let approval = request(format!("/v1/approvals/{id}/approval"), Some(digest));
        let approved = self
            .send(&approval, &format!("{key}/approval"), what)
            .await?;
        match &approved.body["result"] {
            Value::Null => Err(unexpected()),
            result => Ok(result.clone()),
        }
    }
}

/// The id of what waits, if that is what was answered.
fn waits(answer: &Value) -> Option<&str> {
    answer["id"].as_str().filter(|id| id.starts_with("apr_"))
}

fn request(path: String, body: Option<Value>) -> Request {
    Request {
        path,
        role: Role::Approver,
        body,
        items: None,
        refused: None,
    }
}
