//! The shell around the handlers, without a database: who is let in, what is read, how it is
//! refused. What comes of it in the ledger is told by the stories in `tests/`.

#[path = "shell_of_tests.rs"]
mod shell;

use actix_web::http::{Method, StatusCode};
use actix_web::test::TestRequest;
use serde_json::{Value, json};

use super::access::Role;
use super::app::endpoints;
use super::cors::Origins;

use shell::Shell;

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
