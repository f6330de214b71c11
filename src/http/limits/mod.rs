//! How much one caller may ask: per subject and per address; and how often one may fail to come in.
//!
//! Guarantees: every answer under `/v1/` says in `RateLimit-Policy` and `RateLimit` (the IETF's
//! draft, structured fields) what is allowed and what is left of it. What is over is refused with
//! 429 and `Retry-After` before anything is carried out. Memory is bounded: whoever has been quiet
//! long enough to have all their quota again is forgotten, every few thousand requests.
//!
//! An instance counts for itself: several behind a balancer let through as many times as much. The
//! limits keep one caller from crowding out the others, they aren't a price list.

mod connections;
mod failures;
mod meter;
mod middleware;
mod proxies;
mod settings;

use std::net::IpAddr;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use actix_web::HttpRequest;
use actix_web::http::header::HeaderValue;

pub use connections::{Admission, Connections, Place, crowded};
pub use failures::Failures;
pub use meter::{Left, Meter, key};
pub use middleware::{Caller, limited, too_many};
pub use proxies::{NotAProxy, TrustedProxies};
pub use settings::{Crowd, LimitSettings, LimitsError, Rate};

/// After so many requests, whoever was quiet is forgotten.
const TIDY_EVERY: u32 = 4_096;

/// What is counted of all callers.
#[derive(Debug)]
pub struct Limits {
    subjects: Option<Meter>,
    addresses: Option<Meter>,
    failures: Failures,
    proxies: TrustedProxies,
    connections: Arc<Connections>,
    statement_lines: u32,
    requests: AtomicU32,
    policy: Option<HeaderValue>,
}

impl Limits {
    /// Limits that nobody has used yet.
    pub fn new(settings: &LimitSettings) -> Self {
        let policy = settings.rate.map(|rate| {
            let (quota, window) = (rate.burst, rate.window_s());
            let text =
                format!("\"subject\";q={quota};w={window}, \"address\";q={quota};w={window}");
            // Letters, digits and quotes are always a header value; the fallback is never reached.
            HeaderValue::try_from(text).unwrap_or(HeaderValue::from_static(""))
        });
        Limits {
            subjects: settings.rate.map(Meter::new),
            addresses: settings.rate.map(Meter::new),
            failures: Failures::new(settings.failed_attempts),
            proxies: settings.proxies.clone(),
            connections: Connections::new(settings),
            statement_lines: settings.statement_lines,
            requests: AtomicU32::new(0),
            policy,
        }
    }

    /// Who is connected.
    pub fn connections(&self) -> &Arc<Connections> {
        &self.connections
    }

    /// How many lines a statement has that is answered as one JSON document.
    pub fn statement_lines(&self) -> i64 {
        i64::from(self.statement_lines)
    }

    /// What counts failed attempts.
    pub fn failures(&self) -> &Failures {
        &self.failures
    }

    /// Where a request comes from, as far as that can be told.
    pub fn client(&self, request: &HttpRequest) -> Option<IpAddr> {
        self.proxies.client(request)
    }

    /// The same, as a key.
    pub fn address_of(&self, request: &HttpRequest) -> u64 {
        self.client(request).map_or(0, |ip| key(&ip))
    }

    /// Whether a request's client came by https, to a proxy that we trust.
    pub fn came_by_https(&self, request: &HttpRequest) -> bool {
        self.proxies.came_by_https(request)
    }

    /// Counts a request of that address; nothing is counted if there are no limits.
    fn count_address(&self, address: u64) -> Option<Left> {
        let before = self.requests.fetch_add(1, Ordering::Relaxed);
        if before % TIDY_EVERY == TIDY_EVERY - 1 {
            self.tidy();
        }
        self.addresses.as_ref().map(|meter| meter.count(address))
    }

    /// Counts a request of that subject.
    pub fn count_subject(&self, issuer: &str, subject: &str) -> Option<Left> {
        let meter = self.subjects.as_ref()?;
        Some(meter.count(key(&(issuer, subject))))
    }

    fn tidy(&self) {
        for meter in [&self.subjects, &self.addresses].into_iter().flatten() {
            meter.tidy();
        }
        self.failures.tidy();
    }
}
