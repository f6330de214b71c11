//! What the service answered.

use reqwest::header::HeaderMap;
use serde_json::Value;

/// An answer, read to its end.
#[derive(Debug, Clone)]
pub struct Answer {
    /// What was asked, for what is said when it isn't answered as expected.
    pub asked: String,
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

impl Answer {
    pub async fn read(asked: String, response: reqwest::Response) -> Self {
        Answer {
            asked,
            status: response.status().as_u16(),
            headers: response.headers().clone(),
            body: response.bytes().await.unwrap().to_vec(),
        }
    }

    pub fn text(&self) -> String {
        String::from_utf8(self.body.clone()).unwrap()
    }

    pub fn json(&self) -> Value {
        serde_json::from_slice(&self.body).unwrap_or_else(|error| {
            panic!(
                "{} was answered without JSON: {error}: {self:?}",
                self.asked
            )
        })
    }

    /// A header's text, if it is there.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).map(|value| value.to_str().unwrap())
    }

    /// Whether an earlier answer was given again.
    pub fn replayed(&self) -> bool {
        self.header("idempotent-replayed") == Some("true")
    }

    /// The body, of an answer with that status.
    #[track_caller]
    pub fn expect(&self, status: u16) -> Value {
        let body = String::from_utf8_lossy(&self.body);
        assert_eq!(self.status, status, "{}: {body}", self.asked);
        if status == 304 {
            Value::Null
        } else {
            self.json()
        }
    }

    /// The problem, of an answer with that status and code; every problem is whole.
    #[track_caller]
    pub fn expect_problem(&self, status: u16, code: &str) -> Value {
        let body = String::from_utf8_lossy(&self.body);
        let asked = &self.asked;
        let media_type = self.header("content-type");
        assert_eq!(
            media_type,
            Some("application/problem+json"),
            "{asked}: {body}"
        );
        let problem = self.json();
        let found = (self.status, problem["code"].as_str().unwrap_or_default());
        assert_eq!(found, (status, code), "{asked}: {body}");
        assert_eq!(problem["status"], status, "{asked}: {body}");
        assert_eq!(
            problem["type"],
            format!("urn:almoner:problem:{code}"),
            "{asked}"
        );
        assert_eq!(
            problem["request_id"].as_str(),
            self.header("request-id"),
            "{asked}"
        );
        for member in ["title", "detail", "instance"] {
            assert!(problem[member].is_string(), "{asked}: no {member}: {body}");
        }
        problem
    }

    /// The id of what was made, which is also where `Location` leads.
    #[track_caller]
    pub fn created(&self) -> String {
        let id = self.expect(201)["id"].as_str().unwrap().to_owned();
        assert!(
            self.header("location")
                .unwrap()
                .ends_with(&format!("/{id}"))
        );
        id
    }
}
