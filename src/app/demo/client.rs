//! Sending requests, and telling what came of them.
//!
//! Bounds: a request takes at most [`REQUEST_TIMEOUT`], and is sent at most [`MOST_ATTEMPTS`]
//! times, each after the pause that a 503 asks for, at most [`LONGEST_PAUSE`]. Nothing else is
//! tried again: a key makes it safe to load once more, and a person should see what is wrong first.

use std::time::Duration;

use reqwest::header::RETRY_AFTER;
use reqwest::{Client as Http, StatusCode, redirect};
use serde_json::Value;

use super::requests::{Request, Role};
use super::{Api, DemoError};

/// How long connecting may take.
pub const CONNECT_TIMEOUT: Duration = Duration::from_secs(5);

/// How long a request may take: a thousand items at once take a while on a busy machine.
pub const REQUEST_TIMEOUT: Duration = Duration::from_secs(120);

/// How often a request is sent.
pub const MOST_ATTEMPTS: u32 = 8;

/// The longest pause that is kept before trying again.
pub const LONGEST_PAUSE: Duration = Duration::from_secs(30);

/// The pause if a 503 names none that can be read.
const USUAL_PAUSE: Duration = Duration::from_secs(1);

/// What a write was answered with.
#[derive(Debug)]
pub struct Answer {
    /// The body; for a bulk request, what came of its items.
    pub body: Value,
    /// How many writes had been committed before: of one, or of the items.
    pub replayed: usize,
}

/// A connection to the API.
#[derive(Debug)]
pub struct Client<'a> {
    api: &'a Api,
    http: Http,
}

/// What one attempt came to.
enum Attempt {
    Answered(Answer),
    /// Not now: after that pause.
    Busy(Duration, Refused),
}

/// Why the API didn't do it.
struct Refused {
    status: u16,
    code: String,
    detail: String,
}

impl Refused {
    /// A problem (RFC 9457), or what there is if the answer isn't one.
    fn read(status: u16, problem: &Value) -> Self {
        let text = |name: &str| problem[name].as_str().map(str::to_owned);
        Refused {
            status,
            code: text("code").unwrap_or_else(|| "no code".to_owned()),
            detail: text("detail").unwrap_or_else(|| "The answer gives no reason.".to_owned()),
        }
    }

    fn of(self, what: &str) -> DemoError {
        let Refused {
            status,
            code,
            detail,
        } = self;
        DemoError::Refused {
            what: what.to_owned(),
            status,
            code,
            detail,
        }
    }
}

impl<'a> Client<'a> {
    /// A client of the API. Straight to its address: a token must not go by a proxy that happens to
    /// be configured, nor to wherever an answer redirects.
    pub fn new(api: &'a Api) -> Result<Self, DemoError> {
        let http = Http::builder()
            .connect_timeout(CONNECT_TIMEOUT)
            .timeout(REQUEST_TIMEOUT)
            .redirect(redirect::Policy::none())
            .no_proxy()
            .build()?;
        Ok(Client { api, http })
    }

    /// Sends a request, again while the API is too busy; `what` says what it is for.
    pub async fn send(
        &self,
        request: &Request,
        key: &str,
        what: &str,
    ) -> Result<Answer, DemoError> {
        let mut attempt = 1;
        loop {
            match self.attempt(request, key, what).await? {
                Attempt::Answered(answer) => return Ok(answer),
                Attempt::Busy(_, refused) if attempt == MOST_ATTEMPTS => {
                    return Err(refused.of(what));
                }
                Attempt::Busy(pause, _) => tokio::time::sleep(pause).await,
            }
            attempt += 1;
        }
    }

    async fn attempt(
        &self,
        request: &Request,
        key: &str,
        what: &str,
    ) -> Result<Attempt, DemoError> {
        let token = match request.role {
            Role::Preparer => &self.api.preparer_token,
            Role::Approver => &self.api.approver_token,
            Role::Controller => &self.api.controller_token,
        };
        let url = format!(
            "{}{}",
            self.api.base_url.trim_end_matches('/'),
            request.path
        );
        let mut sent = match &request.body {
            Some(body) => self.http.post(url).json(body),
            None => self.http.get(url),
        };
        sent = sent.bearer_auth(token);
        if request.items.is_none() && request.body.is_some() {
            sent = sent.header("Idempotency-Key", key);
        }
        let answer = sent.send().await?;
        let status = answer.status();
        let headers = answer.headers();
        let pause = pause(
            headers
                .get(RETRY_AFTER)
                .and_then(|value| value.to_str().ok()),
        );
        let replayed = headers
            .get("idempotent-replayed")
            .is_some_and(|value| value == "true");
        let bytes = answer.bytes().await?;
        let body: Value = serde_json::from_slice(&bytes).unwrap_or_default();
        if status == StatusCode::SERVICE_UNAVAILABLE {
            return Ok(Attempt::Busy(pause, Refused::read(status.as_u16(), &body)));
        }
        if let Some(code) = request.refused {
            return refused(code, status.as_u16(), body, what);
        }
        if !status.is_success() {
            return Err(Refused::read(status.as_u16(), &body).of(what));
        }
        match &request.items {
            None => Ok(Attempt::Answered(Answer {
                body,
                replayed: usize::from(replayed),
            })),
            Some(items) => of_items(body, items, pause, what),
        }
    }
}

/// The answer to what is to be refused: it was, for that reason.
fn refused(code: &str, status: u16, body: Value, what: &str) -> Result<Attempt, DemoError> {
    let found = Refused::read(status, &body);
    match found.code == code {
        true => Ok(Attempt::Answered(Answer { body, replayed: 0 })),
        false => {
            let told = format!("{what}: {status} {} and not {code}", found.code);
            Err(DemoError::Unexpected(told))
        }
    }
}

/// What came of a bulk request: busy if one of its items has to be sent again; those that were
/// committed are then replayed.
fn of_items(
    mut body: Value,
    items: &[String],
    pause: Duration,
    what: &str,
) -> Result<Attempt, DemoError> {
    let results = body.get_mut("results").map(Value::take).unwrap_or_default();
    let results = results.as_array().map_or(&[] as &[Value], Vec::as_slice);
    if results.len() != items.len() {
        let counts = format!("{} results for {} items", results.len(), items.len());
        return Err(DemoError::Unexpected(format!(
            "{what}: the API answered {counts}"
        )));
    }
    let mut busy = None;
    for (name, result) in items.iter().zip(results) {
        match result["status"].as_u64() {
            Some(200..=299) => {}
            status => {
                let status = status
                    .and_then(|status| u16::try_from(status).ok())
                    .unwrap_or(0);
                let refused = Refused::read(status, &result["problem"]);
                if status != StatusCode::SERVICE_UNAVAILABLE.as_u16() {
                    return Err(refused.of(&format!("{what}, {name}")));
                }
                busy = Some(refused);
            }
        }
    }
    if let Some(refused) = busy {
        return Ok(Attempt::Busy(pause, refused));
    }
    let replayed = results
        .iter()
        .filter(|result| result["replayed"] == true)
        .count();
    Ok(Attempt::Answered(Answer {
        body: Value::Array(results.to_vec()),
        replayed,
    }))
}

/// How long to wait: as many seconds as the API asks for, as far as that is sensible.
fn pause(retry_after: Option<&str>) -> Duration {
    let seconds = retry_after.and_then(|text| text.trim().parse().ok());
    seconds
        .map_or(USUAL_PAUSE, Duration::from_secs)
        .min(LONGEST_PAUSE)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pause_is_what_the_api_asks_for_within_bounds() {
        assert_eq!(pause(Some("2")), Duration::from_secs(2));
        assert_eq!(pause(Some("86400")), LONGEST_PAUSE);
        assert_eq!(pause(Some("Tue, 24 Nov 2026 10:00:00 GMT")), USUAL_PAUSE);
        assert_eq!(pause(None), USUAL_PAUSE);
    }
}
