//! The service the shell's tests send requests to, and its answers.

use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use actix_web::dev::ServiceResponse;
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use serde_json::Value;

use crate::db::Database;
use crate::engine::Engine;
use crate::http::access::{
    AccessSettings, MintRequest, Register, Role, SubjectPolicy, Verifier, mint, now_s,
};
use crate::http::app::app;
use crate::http::body::tests::catalogue;
use crate::http::cors::Origins;
use crate::http::limits::{LimitSettings, Limits};
use crate::http::state::State;
use crate::jobs::Jobs;
use crate::statements::Issuer;

/// A service whose database is away, and the tokens it takes.
pub(super) struct Shell {
    pub(super) state: Data<State>,
    settings: AccessSettings,
}

/// An answer, taken apart.
pub(super) struct Seen {
    pub(super) status: u16,
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: Value,
}

impl Seen {
    async fn of(answer: ServiceResponse) -> Self {
        let text =
            |value: &actix_web::http::header::HeaderValue| value.to_str().unwrap().to_owned();
        let headers = answer.headers().iter();
        let headers = headers
            .map(|(name, value)| (name.to_string(), text(value)))
            .collect();
        let status = answer.status().as_u16();
        let body = serde_json::from_slice(&read_body(answer).await).unwrap_or(Value::Null);
        Seen {
            status,
            headers,
            body,
        }
    }

    pub(super) fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    pub(super) fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Shell {
    pub(super) fn new() -> Self {
        let secret = "a secret for tests of at least 32 bytes";
        let secret = |name: &str| (name == "ALMONER_JWT_SECRET").then(|| secret.to_owned());
        let settings = AccessSettings::from_lookup(secret).unwrap();
        let verifier = Verifier::new(settings.key_set(Path::new("unused")).unwrap(), &settings);
        let catalogue = Arc::new(catalogue());
        let database = Database::at("postgres://nobody@127.0.0.1:1/nowhere");
        let (engine, _lanes) = Engine::start(&database, &catalogue);
        let pulse: crate::http::state::Pulse = Arc::new(|| Box::pin(async { false }));
        let pool = database.reading_pool().unwrap();
        let log = crate::tlog::Log::new(pool.clone(), crate::tlog::note::tests::keys());
        let issuer = Issuer::new(pool.clone(), Arc::clone(&catalogue), log.clone());
        let jobs = Jobs::new(engine.clone(), pool.clone(), issuer.clone(), Duration::ZERO);
        Shell {
            state: Data::new(State {
                engine,
                jobs,
                catalogue,
                verifier,
                limits: Limits::new(&LimitSettings::default()),
                register: Arc::new(Register::new(SubjectPolicy::Issuer, Default::default())),
                pulse,
                log,
                issuer,
                pool,
                small_cell: 5,
                cursors: crate::http::paging::CursorKey::derive(b"of tests"),
            }),
            settings,
        }
    }

    pub(super) fn token(&self, role: Role) -> String {
        let key = self.settings.local_key(Path::new("unused")).unwrap();
        mint(
            &key,
            &self.settings,
            &MintRequest::new(role, "anna"),
            now_s(),
        )
        .unwrap()
    }

    /// A preparer's write with a key.
    pub(super) fn write(&self, path: &str) -> TestRequest {
        TestRequest::post()
            .uri(path)
            .insert_header((
                "Authorization",
                format!("Bearer {}", self.token(Role::Preparer)),
            ))
            .insert_header(("Idempotency-Key", "k"))
            .insert_header(("Content-Type", "application/json"))
    }

    pub(super) async fn send(&self, request: TestRequest) -> Seen {
        self.send_from(request, &Origins::default()).await
    }

    /// Sends it; every answer has a request id, and every refusal is a problem in full.
    pub(super) async fn send_from(&self, request: TestRequest, origins: &Origins) -> Seen {
        self.state.register.confirm(std::time::Instant::now());
        let service = init_service(app(self.state.clone(), origins)).await;
        let request = request.to_request();
        let path = request.path().to_owned();
        let seen = Seen::of(call_service(&service, request).await).await;
        let id = seen.header("request-id").unwrap();
        assert_eq!(seen.header("x-content-type-options"), Some("nosniff"));
        if seen.status >= 400 {
            assert_eq!(
                seen.header("content-type"),
                Some("application/problem+json")
            );
            assert_eq!(seen.body["request_id"], id);
            assert_eq!(seen.body["instance"], path);
            assert_eq!(seen.body["status"], seen.status);
            assert_eq!(
                seen.body["type"],
                format!("urn:almoner:problem:{}", seen.code())
            );
            assert!(seen.body["errors"].is_array() && seen.body["retryable"].is_boolean());
        }
        seen
    }
}
