//! Addresses there aren't, methods that aren't open, forms nobody has, and ids of nothing.

use reqwest::Method;

use super::Scene;
use crate::harness::new_key;
use crate::operations::{Names, operations};

#[tokio::test(flavor = "multi_thread")]
async fn there_is_nothing_at_an_address_that_is_not_one() {
    let scene = Scene::new().await;
    let preparer = scene.world.preparer();
    for path in [
        "/",
        "/v1",
        "/v1/",
        "/v2/pledges",
        "/V1/pledges",
        "/v1/pledges/",
        "//v1/pledges",
        "/v1//pledges",
        "/v1/pledge",
        "/v1/pledges/x/y/z",
        "/v1/%00",
        "/v1/%FF%FE",
        "/v1/pledges%2F",
        "/.env",
        "/wp-login.php",
        "/metrics/../v1/secret",
        "/v1/accounts/x/statement/pdf",
    ] {
        for method in [Method::GET, Method::POST, Method::DELETE] {
            let request = preparer
                .request(method, path)
                .header("Idempotency-Key", new_key());
            let answer = preparer.send(request).await;
            answer.expect_problem(404, "not-found");
        }
    }
    let long = format!("/v1/{}", "a".repeat(20_000));
    preparer.get(&long).await.expect_problem(404, "not-found");
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_method_that_is_not_open_is_refused_with_those_that_are() {
    let scene = Scene::new().await;
    let preparer = scene.world.preparer();
    let listed = operations();
    for operation in &listed {
        let path = operation.path(&scene.place);
        let open: Vec<Method> = listed
            .iter()
            .filter(|it| it.path == operation.path)
            .map(|it| it.method())
            .collect();
        let brew = Method::from_bytes(b"BREW").unwrap();
        for method in [
            Method::GET,
            Method::POST,
            Method::PUT,
            Method::PATCH,
            Method::DELETE,
            brew,
        ] {
            if open.contains(&method) {
                continue;
            }
            let request = preparer
                .request(method, &path)
                .header("Idempotency-Key", new_key());
            let answer = preparer.send(request).await;
            answer.expect_problem(405, "method-not-allowed");
            let allow = answer.header("allow").unwrap();
            for method in &open {
                assert!(allow.contains(method.as_str()), "{allow} at {path}");
            }
        }
        if operation.method() == Method::GET {
            let path = operation.harmless(&scene.place);
            let client = scene.client(operation);
            let head = client.send(client.request(Method::HEAD, &path)).await;
            assert_eq!((head.status, head.body.len()), (200, 0), "{head:?}");
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_form_nobody_has_is_told_which_there_are() {
    let scene = Scene::new().await;
    for operation in operations() {
        let client = scene.client(&operation);
        let forms = [".csv", ".ndjson", ".xlsx", ".pdf", ".xml", ".{form}"];
        let names_form = forms.iter().any(|form| operation.path.ends_with(form));
        let is_statement =
            operation.path.ends_with("/statement") || operation.path == "/v1/statements/{id}";
        let tables = ["/sample", "/journal-tests"];
        let is_table = operation.path.contains("/reports/")
            || tables.iter().any(|table| operation.path.ends_with(table));
        let has_csv = is_statement || is_table || names_form;
        if operation.method() != Method::GET || !operation.path.starts_with("/v1/") {
            continue;
        }
        let path = operation.harmless(&scene.place);
        for accept in [
            "application/pdf",
            "text/html",
            "image/*",
            "nonsense",
            "application/json;q=0",
        ] {
            let answer = client.get_with(&path, ("accept", accept)).await;
            // An address that names its form answers in that form.
            if names_form || is_statement && accept == "application/pdf" {
                assert_eq!(answer.status, 200, "{}", operation.path);
            } else {
                answer.expect_problem(406, "not-acceptable");
            }
        }
        let csv = client.get_with(&path, ("accept", "text/csv")).await;
        assert_eq!(csv.status, if has_csv { 200 } else { 406 }, "{csv:?}");
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_in_the_path_that_is_malformed_of_another_kind_or_of_nothing_is_not_found() {
    let scene = Scene::new().await;
    let zero = "0".repeat(32);
    for operation in operations()
        .into_iter()
        .filter(|it| ![Names::Nothing, Names::Job].contains(&it.names))
    {
        let client = scene.client(&operation);
        let own = operation.path(&scene.place);
        let own = own
            .split('/')
            .find(|part| part.len() == 36)
            .unwrap()
            .to_owned();
        let prefix = &own[..4];
        let other = if prefix == "plg_" {
            &scene.place.creator
        } else {
            &scene.place.pledge
        };
        for id in [
            "x".to_owned(),
            "1".to_owned(),
            prefix.to_owned(),
            other.clone(),
            own.to_uppercase(),
            own[..35].to_owned(),
            format!("{own}0"),
            own[4..].to_owned(),
            format!("{prefix}{zero}"),
            format!("{prefix}{}", "g".repeat(32)),
            format!("{prefix}%27%20OR%20%271%27=%271"),
            "%00".to_owned(),
            "%FF".to_owned(),
            "%F0%9F%98%80".to_owned(),
            "a".repeat(2_000),
        ] {
            let path = operation.harmless(&scene.place).replace(&own, &id);
            let answer = match operation.body {
                Some(body) => client.post(&path, body(&scene.place)).await,
                None => client.get(&path).await,
            };
            answer.expect_problem(404, "not-found");
        }
    }
    scene.finish().await;
}
