//! A user with a token.

use std::borrow::Borrow;
use std::net::SocketAddr;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use super::Answer;

/// An idempotency key that nobody has used.
pub fn new_key() -> String {
    format!("{:032x}", fastrand::u128(..))
}

/// Somebody who talks to a service.
#[derive(Debug, Clone)]
pub struct Client {
    http: reqwest::Client,
    address: SocketAddr,
    token: Option<String>,
}

impl Client {
    pub fn new(http: reqwest::Client, address: SocketAddr, token: Option<String>) -> Self {
        Client {
            http,
            address,
            token,
        }
    }

    /// The same user at another door of the same ledger.
    pub fn at(&self, address: SocketAddr) -> Self {
        Client {
            address,
            ..self.clone()
        }
    }

    /// The same door, with that token.
    pub fn with_token(&self, token: &str) -> Self {
        Client {
            token: Some(token.to_owned()),
            ..self.clone()
        }
    }

    pub fn token(&self) -> Option<&str> {
        self.token.as_deref()
    }

    /// A request with the token, to be completed and sent.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        let request = self
            .http
            .request(method, format!("http://{}{path}", self.address));
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    /// Sends what was put together.
    pub async fn send(&self, request: RequestBuilder) -> Answer {
        let request = request.build().unwrap();
        let asked = format!("{} {}", request.method(), request.url().path());
        let response = self.http.execute(request).await;
        let response = response.unwrap_or_else(|error| panic!("{asked}: {error:?}"));
        Answer::read(asked, response).await
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(self.request(Method::GET, path)).await
    }

    /// GET with one header more.
    pub async fn get_with(&self, path: &str, header: (&str, &str)) -> Answer {
        self.send(self.request(Method::GET, path).header(header.0, header.1))
            .await
    }

    /// POST with a new key.
    pub async fn post(&self, path: &str, body: impl Borrow<Value>) -> Answer {
        self.post_with_key(path, &new_key(), body).await
    }

    pub async fn post_with_key(&self, path: &str, key: &str, body: impl Borrow<Value>) -> Answer {
        let request = self
            .request(Method::POST, path)
            .header("Idempotency-Key", key);
        match body.borrow() {
            // What is handed in of the logs is a text.
            Value::String(text) if path.starts_with("/tlog/") => {
                let request = request.header("Content-Type", "text/plain; charset=utf-8");
                self.send(request.body(text.clone())).await
            }
            body => self.send(request.json(body)).await,
        }
    }

    /// POST without a key.
    pub async fn post_without_key(&self, path: &str, body: impl Borrow<Value>) -> Answer {
        self.send(self.request(Method::POST, path).json(body.borrow()))
            .await
    }
}
