//! The shell around the handlers, without a database: who is let in, what is read, how it is
//! refused. What comes of it in the ledger is told by the stories in `tests/`.

use std::path::Path;
use std::sync::Arc;

use actix_web::dev::ServiceResponse;
use actix_web::http::{Method, StatusCode};
use actix_web::test::{TestRequest, call_service, init_service, read_body};
use actix_web::web::Data;
use serde_json::{Value, json};

use super::access::{
    AccessSettings, MintRequest, Register, Role, SubjectPolicy, Verifier, mint, now_s,
};
use super::app::{app, endpoints};
use super::body::tests::catalogue;
use super::cors::Origins;
use super::limits::{LimitSettings, Limits};
use super::state::State;
use crate::db::Database;
use crate::engine::Engine;

/// A service whose database is away, and the tokens it takes.
struct Shell {
    state: Data<State>,
    settings: AccessSettings,
}

/// An answer, taken apart.
struct Seen {
    status: u16,
    headers: Vec<(String, String)>,
    body: Value,
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

    fn header(&self, name: &str) -> Option<&str> {
        let mut headers = self.headers.iter();
        let found = headers.find(|(known, _)| known == name);
        found.map(|(_, value)| value.as_str())
    }

    fn code(&self) -> &str {
        self.body["code"].as_str().unwrap_or_default()
    }
}

impl Shell {
    fn new() -> Self {
        let secret = "a secret for tests of at least 32 bytes";
        let secret = |name: &str| (name == "ALMONER_JWT_SECRET").then(|| secret.to_owned());
        let settings = AccessSettings::from_lookup(secret).unwrap();
        let verifier = Verifier::new(settings.key_set(Path::new("unused")).unwrap(), &settings);
        let catalogue = Arc::new(catalogue());
        let database = Database::at("postgres://nobody@127.0.0.1:1/nowhere");
        let (engine, _lanes) = Engine::start(&database, &catalogue);
        let pulse: super::state::Pulse = Arc::new(|| Box::pin(async { false }));
        let pool = database.reading_pool().unwrap();
        let jobs = crate::jobs::Jobs::new(engine.clone(), pool.clone(), std::time::Duration::ZERO);
        Shell {
            state: Data::new(State {
                engine,
                jobs,
                catalogue,
                verifier,
                limits: Limits::new(&LimitSettings::default()),
                register: Arc::new(Register::new(SubjectPolicy::Issuer, Default::default())),
                pulse,
                log: crate::tlog::Log::new(pool.clone(), crate::tlog::note::tests::keys()),
                pool,
                small_cell: 5,
                cursors: super::paging::CursorKey::derive(b"of tests"),
            }),
            settings,
        }
    }

    fn token(&self, role: Role) -> String {
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
    fn write(&self, path: &str) -> TestRequest {
        TestRequest::post()
            .uri(path)
            .insert_header((
                "Authorization",
                format!("Bearer {}", self.token(Role::Preparer)),
            ))
            .insert_header(("Idempotency-Key", "k"))
            .insert_header(("Content-Type", "application/json"))
    }

    async fn send(&self, request: TestRequest) -> Seen {
        self.send_from(request, &Origins::default()).await
    }

    /// Sends it; every answer has a request id, and every refusal is a problem in full.
    async fn send_from(&self, request: TestRequest, origins: &Origins) -> Seen {
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

fn creator() -> Value {
    json!({"reference": "JP-1", "name": "山田", "market": "JP"})
}

#[actix_web::test]
async fn an_unknown_address_and_a_method_that_is_not_open_are_told_apart() {
    let shell = Shell::new();
    let seen = shell.send(TestRequest::get().uri("/v1/nothing")).await;
    assert_eq!((seen.status, seen.code()), (404, "not-found"));
    for method in [Method::DELETE, Method::PATCH, Method::PUT, Method::OPTIONS] {
        for endpoint in endpoints() {
            let request = TestRequest::default()
                .method(method.clone())
                .uri(endpoint.path());
            let seen = shell.send(request).await;
            assert_eq!((seen.status, seen.code()), (405, "method-not-allowed"));
            assert!(
                seen.header("allow")
                    .unwrap()
                    .contains(endpoint.method().as_str())
            );
        }
    }
    let head = TestRequest::default().method(Method::HEAD).uri("/livez");
    assert_eq!(shell.send(head).await.status, 200);
}

#[actix_web::test]
async fn the_caller_is_looked_at_before_the_body_and_the_permission_before_the_form() {
    let shell = Shell::new();
    for endpoint in endpoints()
        .iter()
        .filter(|it| super::routes::is_guarded(it.path()))
    {
        let method = endpoint.method().clone();
        let path = endpoint.path().replace("{id}", "x");
        let request = || TestRequest::default().method(method.clone()).uri(&path);
        let seen = shell.send(request().set_payload(vec![b'a'; 5 << 20])).await;
        assert_eq!(
            (seen.status, seen.code()),
            (401, "unauthenticated"),
            "{path}"
        );
        assert_eq!(
            seen.header("www-authenticate"),
            Some("Bearer realm=\"almoner\", Basic realm=\"almoner\", charset=\"UTF-8\"")
        );
        // Tokens of their own everybody may make, and auditors hand in cosignatures.
        let is_auditor_s = path.starts_with("/v1/api-tokens") || path.starts_with("/tlog/");
        if method == Method::POST && !is_auditor_s {
            let token = format!("Bearer {}", shell.token(Role::Auditor));
            let request = request().insert_header(("Authorization", token));
            let seen = shell.send(request).await;
            assert_eq!((seen.status, seen.code()), (403, "forbidden"), "{path}");
            assert!(
                seen.body["missing_scope"]
                    .as_str()
                    .unwrap()
                    .ends_with(":write")
            );
        }
    }
}

#[actix_web::test]
async fn a_write_is_refused_for_its_form_in_the_documented_order() {
    let shell = Shell::new();
    let plain = |path: &str| shell.write(path).set_payload("{}");
    let bare = || {
        let token = format!("Bearer {}", shell.token(Role::Preparer));
        TestRequest::post()
            .uri("/v1/creators")
            .insert_header(("Authorization", token))
    };
    let json = ("Content-Type", "application/json");
    for (request, status, code) in [
        (plain("/v1/pledges/plg_1/agreement"), 404, "not-found"),
        (plain("/v1/creators?x=1"), 422, "unknown-parameter"),
        (
            plain("/v1/creators?validate_only=yes"),
            422,
            "malformed-parameter",
        ),
        (bare().set_payload("{}"), 400, "idempotency-key-missing"),
        (
            bare().insert_header(("Idempotency-Key", "")),
            400,
            "idempotency-key-malformed",
        ),
        (
            bare().insert_header(("Idempotency-Key", "k")),
            415,
            "unsupported-media-type",
        ),
        (
            plain("/v1/creators").insert_header(("Content-Encoding", "gzip")),
            415,
            "unsupported-media-type",
        ),
        (
            bare()
                .insert_header(("Idempotency-Key", "k"))
                .insert_header(json),
            400,
            "body-missing",
        ),
        (
            plain("/v1/creators").set_payload("{"),
            400,
            "malformed-body",
        ),
        (
            plain("/v1/creators").set_payload("{\"a\":1,\"a\":1}"),
            400,
            "duplicate-field",
        ),
        (plain("/v1/creators").set_payload("null"), 422, "wrong-type"),
        (plain("/v1/creators"), 422, "invalid-request"),
        (
            plain("/v1/creators").set_payload(vec![b' '; (256 << 10) + 1]),
            413,
            "body-too-large",
        ),
        (
            plain("/v1/creators/bulk").set_payload(vec![b' '; 5 << 20]),
            413,
            "body-too-large",
        ),
        (
            plain("/v1/creators/bulk").set_payload(vec![b' '; 1 << 20]),
            400,
            "body-missing",
        ),
    ] {
        let seen = shell.send(request).await;
        assert_eq!((seen.status, seen.code()), (status, code), "{}", seen.body);
    }
}

#[actix_web::test]
async fn without_its_database_the_service_lives_is_not_ready_and_tells_when_to_come_back() {
    let shell = Shell::new();
    assert_eq!(
        shell.send(TestRequest::get().uri("/livez")).await.status,
        200
    );
    let write = || shell.write("/v1/creators").set_json(creator());
    for request in [TestRequest::get().uri("/readyz"), write()] {
        let seen = shell.send(request).await;
        assert_eq!((seen.status, seen.code()), (503, "unavailable"));
        assert_eq!(seen.header("retry-after"), Some("1"));
        assert_eq!(seen.body["retryable"], true);
    }
}

#[actix_web::test]
async fn in_bulk_each_item_has_its_own_problem_and_all_or_none_has_every_one() {
    let shell = Shell::new();
    let mut keyed = creator();
    keyed["idempotency_key"] = json!("a");
    let items = json!([creator(), {"idempotency_key": "b"}, 5, {"idempotency_key": 1}]);
    let bulk = |mode: &str, items: &Value| {
        let body = json!({"mode": mode, "items": items});
        shell.write("/v1/creators/bulk").set_json(body)
    };
    let seen = shell.send(bulk("independent", &items)).await;
    assert_eq!(seen.status, StatusCode::MULTI_STATUS);
    assert_eq!(
        (&seen.body["succeeded"], &seen.body["failed"]),
        (&json!(0), &json!(4))
    );
    let codes: Vec<_> = (0..4)
        .map(|at| &seen.body["results"][at]["problem"]["code"])
        .collect();
    assert_eq!(
        codes,
        [
            "missing-field",
            "invalid-request",
            "wrong-type",
            "invalid-request"
        ]
    );

    let seen = shell.send(bulk("atomic", &items)).await;
    assert_eq!((seen.status, seen.code()), (422, "bulk-refused"));
    let pointers: Vec<_> = seen.body["errors"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["pointer"])
        .collect();
    assert_eq!(pointers.len(), 1 + 3 + 1 + 4);
    assert_eq!(pointers[0], "/items/0/idempotency_key");

    let seen = shell
        .send(bulk("independent", &json!([keyed, keyed])))
        .await;
    let codes: Vec<_> = (0..2)
        .map(|at| &seen.body["results"][at]["problem"]["code"])
        .collect();
    assert_eq!(codes, ["unavailable", "idempotency-key-repeated"]);
}

#[actix_web::test]
async fn request_ids_are_taken_over_if_they_are_sane_and_traces_passed_on() {
    let shell = Shell::new();
    let trace = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01";
    let request = |id: &str| {
        let id = ("Request-Id", id.to_owned());
        TestRequest::get()
            .uri("/livez")
            .insert_header(id)
            .insert_header(("traceparent", trace))
    };
    let seen = shell.send(request("mine-1")).await;
    assert_eq!(seen.header("request-id"), Some("mine-1"));
    assert_eq!(seen.header("traceparent"), Some(trace));
    for insane in ["", "a b", &"x".repeat(129)] {
        let seen = shell.send(request(insane)).await;
        assert_eq!(
            seen.header("request-id").map(str::len),
            Some(32),
            "{insane}"
        );
    }
}

#[actix_web::test]
async fn other_origins_are_let_in_only_if_they_are_named() {
    let shell = Shell::new();
    let preflight = |origin: &str| {
        TestRequest::default()
            .method(Method::OPTIONS)
            .uri("/v1/creators")
            .insert_header(("Origin", origin.to_owned()))
            .insert_header(("Access-Control-Request-Method", "POST"))
    };
    let seen = shell.send(preflight("https://a.example.org")).await;
    assert_eq!(seen.status, 405);
    let named = Origins::parse("https://a.example.org").unwrap();
    let allowed = "access-control-allow-origin";
    let seen = shell
        .send_from(preflight("https://a.example.org"), &named)
        .await;
    assert_eq!(seen.header(allowed), Some("https://a.example.org"));
    let seen = shell
        .send_from(preflight("https://b.example.org"), &named)
        .await;
    assert_eq!(seen.header(allowed), None);
}
