//! Fetching a JWK Set from its issuer.
//!
//! Guarantees: it comes over TLS, or from this very machine; from the host that was named, whatever
//! redirections say; in [`MOST_BYTES`] at most and within [`TIMEOUT`]. What isn't a good set
//! changes nothing.

use std::time::Duration;

use reqwest::redirect::Policy;
use reqwest::{Client, Url};

use super::keys::{KeyFault, KeySet};

/// A fetch takes no longer.
const TIMEOUT: Duration = Duration::from_secs(10);

/// Getting through takes no longer.
const CONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// No set of keys is longer.
const MOST_BYTES: usize = 256 * 1024;

/// More redirections lead in a circle.
const MOST_REDIRECTIONS: usize = 3;

/// Where an issuer publishes its keys.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JwksUrl(Url);

/// Why there are no keys from there.
#[derive(Debug, thiserror::Error)]
#[error("the keys can't be had from {url}: {fault}")]
pub struct FetchError {
    url: String,
    fault: Fault,
}

#[derive(Debug, thiserror::Error)]
enum Fault {
    #[error("{}", chain(.0))]
    Http(#[from] reqwest::Error),
    #[error("it answers with more than {MOST_BYTES} bytes")]
    TooLong,
    #[error("it answers with what isn't UTF-8")]
    NotText,
    #[error("{0}")]
    Keys(#[from] KeyFault),
}

/// What went wrong, and what made it.
fn chain(error: &reqwest::Error) -> String {
    let mut text = error.to_string();
    let mut cause = std::error::Error::source(error);
    while let Some(inner) = cause {
        text = format!("{text}: {inner}");
        cause = inner.source();
    }
    text
}

impl JwksUrl {
    /// Reads a URL: `https`, or `http` on this machine. What isn't a URL at all names a file.
    pub fn parse(text: &str) -> Option<Result<Self, NotTrustworthy>> {
        let url = Url::parse(text).ok()?;
        match url.scheme() {
            "https" => Some(Ok(JwksUrl(url))),
            "http" if is_loopback(&url) => Some(Ok(JwksUrl(url))),
            "http" => Some(Err(NotTrustworthy)),
            _ => None,
        }
    }

    /// A client for this address.
    pub fn client(&self) -> Result<Client, FetchError> {
        let host = self.0.host_str().map(str::to_owned);
        let scheme = self.0.scheme().to_owned();
        let same = Policy::custom(move |attempt| {
            let to = attempt.url();
            match to.host_str() == host.as_deref() && to.scheme() == scheme {
                true if attempt.previous().len() <= MOST_REDIRECTIONS => attempt.follow(),
                true => attempt.error("too many redirections"),
                false => attempt.error("it redirects to another host"),
            }
        });
        let client = Client::builder()
            .timeout(TIMEOUT)
            .connect_timeout(CONNECT_TIMEOUT)
            .redirect(same)
            .user_agent("almoner");
        let client = match is_loopback(&self.0) {
            true => client.no_proxy(),
            false => client,
        };
        client.build().map_err(|error| self.fault(error.into()))
    }

    /// The keys that are published there now.
    pub async fn fetch(&self, client: &Client) -> Result<KeySet, FetchError> {
        self.read(client).await.map_err(|fault| self.fault(fault))
    }

    async fn read(&self, client: &Client) -> Result<KeySet, Fault> {
        let answer = client.get(self.0.clone()).send().await?;
        let mut answer = answer.error_for_status()?;
        let mut bytes = Vec::new();
        while let Some(chunk) = answer.chunk().await? {
            if bytes.len() + chunk.len() > MOST_BYTES {
                return Err(Fault::TooLong);
            }
            bytes.extend_from_slice(&chunk);
        }
        let text = String::from_utf8(bytes).map_err(|_| Fault::NotText)?;
        Ok(KeySet::from_jwks(&text)?)
    }

    fn fault(&self, fault: Fault) -> FetchError {
        // Without what may be a password in it.
        let url = format!(
            "{}://{}{}",
            self.0.scheme(),
            self.0.host_str().unwrap_or_default(),
            self.0.path()
        );
        FetchError { url, fault }
    }
}

/// A URL whose answer anybody on the way could have written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("keys are fetched with https, or with http from this very machine")]
pub struct NotTrustworthy;

fn is_loopback(url: &Url) -> bool {
    let host = url.host_str().unwrap_or_default();
    let ip = host.trim_matches(['[', ']']).parse::<std::net::IpAddr>();
    host == "localhost" || ip.is_ok_and(|ip| ip.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_come_over_tls_or_from_this_machine() {
        for good in [
            "https://id.example.org/jwks",
            "http://127.0.0.1:8090/jwks",
            "http://[::1]/jwks",
            "http://localhost/jwks",
        ] {
            assert!(matches!(JwksUrl::parse(good), Some(Ok(_))), "{good}");
        }
        for bad in [
            "http://id.example.org/jwks",
            "http://127.0.0.1.example.org/",
        ] {
            assert_eq!(JwksUrl::parse(bad), Some(Err(NotTrustworthy)), "{bad}");
        }
        for file in [
            "jwks.json",
            "/etc/almoner/jwks.json",
            "file:///etc/jwks.json",
            "C:\\x",
        ] {
            assert_eq!(JwksUrl::parse(file), None, "{file}");
        }
    }
}
