//! Which other origins' pages may call the API: none, unless `ALMONER_CORS_ORIGINS` names them.

use actix_cors::Cors;
use actix_web::http::header;
use actix_web::middleware::Condition;

/// How long a browser may remember what it was told.
const MAX_AGE_S: usize = 600;

/// Origins, exactly as browsers write them: `https://dashboard.example.org`.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Origins(Vec<String>);

/// A name that is no origin's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "{0:?} isn't an origin: it is written as a scheme and a host, such as https://example.org, \
     without a path, and several are separated by commas."
)]
pub struct NotAnOrigin(String);

impl Origins {
    /// Reads origins with commas between them; none, if there is nothing but spaces.
    pub fn parse(list: &str) -> Result<Self, NotAnOrigin> {
        let names = list
            .split(',')
            .map(str::trim)
            .filter(|name| !name.is_empty());
        let origins = names.map(|name| match is_origin(name) {
            true => Ok(name.to_owned()),
            false => Err(NotAnOrigin(name.to_owned())),
        });
        origins.collect::<Result<_, _>>().map(Origins)
    }

    /// The middleware that lets these in; nothing at all if there are none.
    pub fn middleware(&self) -> Condition<Cors> {
        let cors = Cors::default()
            .allowed_methods(["GET", "HEAD", "POST"])
            .allowed_headers([
                header::AUTHORIZATION,
                header::CONTENT_TYPE,
                header::ACCEPT,
                header::IF_MATCH,
                header::IF_NONE_MATCH,
                header::HeaderName::from_static("idempotency-key"),
                header::HeaderName::from_static("request-id"),
                header::HeaderName::from_static("traceparent"),
            ])
            .expose_headers([
                header::LOCATION,
                header::ETAG,
                header::LINK,
                header::RETRY_AFTER,
                header::CONTENT_DISPOSITION,
                header::HeaderName::from_static("idempotent-replayed"),
                header::HeaderName::from_static("ratelimit"),
                header::HeaderName::from_static("ratelimit-policy"),
                header::HeaderName::from_static("request-id"),
            ])
            .max_age(MAX_AGE_S);
        let cors = self
            .0
            .iter()
            .fold(cors, |cors, origin| cors.allowed_origin(origin));
        Condition::new(!self.0.is_empty(), cors)
    }
}

fn is_origin(name: &str) -> bool {
    let host = name
        .strip_prefix("https://")
        .or_else(|| name.strip_prefix("http://"));
    let letter = |b: u8| b.is_ascii_alphanumeric() || b"-.:[]".contains(&b);
    host.is_some_and(|host| !host.is_empty() && host.bytes().all(letter))
}

#[cfg(test)]
mod tests {
    use super::{NotAnOrigin, Origins};

    #[test]
    fn origins_are_listed_one_by_one_and_never_as_a_star() {
        let two = "https://a.example.org, http://localhost:3000";
        assert_eq!(Origins::parse(two).map(|it| it.0.len()), Ok(2));
        assert_eq!(Origins::parse(" "), Ok(Origins::default()));
        for wrong in [
            "*",
            "null",
            "a.example.org",
            "https://a.example.org/",
            "https://",
        ] {
            assert_eq!(Origins::parse(wrong), Err(NotAnOrigin(wrong.to_owned())));
        }
    }
}
