//! The description of the API is made from the code, committed, and whole.
//!
//! When an endpoint has changed, `UPDATE_OPENAPI=1 cargo test openapi` writes `openapi.yaml` anew.

use std::collections::BTreeSet;
use std::path::Path;

use almoner::http::app::endpoints;
use almoner::http::docs::openapi_yaml;
use serde_json::{Map, Value};

/// The committed file.
const COMMITTED: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/openapi.yaml");

fn described() -> Value {
    yaml_serde::from_str(&openapi_yaml()).unwrap()
}

/// Every operation with its method and path.
fn operations(described: &Value) -> Vec<(String, String, &Map<String, Value>)> {
    let mut all = Vec::new();
    for (path, item) in described["paths"].as_object().unwrap() {
        for (method, operation) in item.as_object().unwrap() {
            if let Some(operation) = operation.as_object() {
                all.push((method.to_uppercase(), path.clone(), operation));
            }
        }
    }
    all
}

/// What a reference leads to; anything else stands for itself.
fn resolved<'a>(described: &'a Value, value: &'a Value) -> &'a Value {
    match value["$ref"].as_str() {
        Some(reference) => described
            .pointer(reference.trim_start_matches('#'))
            .unwrap_or_else(|| panic!("{reference} leads nowhere")),
        None => value,
    }
}

/// The names of an operation's parameters that are sent as that kind.
fn parameters(described: &Value, operation: &Map<String, Value>, kind: &str) -> Vec<String> {
    let listed = operation.get("parameters").and_then(Value::as_array);
    let all = listed
        .into_iter()
        .flatten()
        .map(|it| resolved(described, it));
    all.filter(|it| it["in"] == kind)
        .map(|it| it["name"].as_str().unwrap().to_owned())
        .collect()
}

#[test]
fn the_committed_description_is_the_one_the_code_makes() {
    let made = openapi_yaml();
    if std::env::var_os("UPDATE_OPENAPI").is_some() {
        std::fs::write(COMMITTED, &made).unwrap();
    }
    let committed = std::fs::read_to_string(Path::new(COMMITTED)).unwrap_or_default();
    let differs = made
        .lines()
        .zip(committed.lines())
        .position(|(a, b)| a != b);
    assert!(
        made == committed,
        "openapi.yaml is not what the code makes (line {:?}); \
         `UPDATE_OPENAPI=1 cargo test openapi` writes it anew",
        differs.map(|line| line + 1)
    );
}

#[test]
fn it_is_openapi_3_1_and_says_what_it_describes() {
    let described = described();
    let version = described["openapi"].as_str().unwrap();
    assert!(version.starts_with("3.1."), "{version}");
    for member in ["title", "version", "description"] {
        assert!(described["info"][member].is_string(), "{member}");
    }
}

#[test]
fn what_answers_is_described_and_what_is_described_answers() {
    let described = described();
    let listed: BTreeSet<(String, String)> = operations(&described)
        .into_iter()
        .map(|(method, path, _)| (method, path))
        .collect();
    let answering = endpoints();
    let answering: BTreeSet<(String, String)> = answering
        .iter()
        .map(|it| (it.method().to_string(), it.path().to_owned()))
        .collect();
    assert_eq!(listed, answering);
}

#[test]
fn every_operation_is_named_once_grouped_and_summarised() {
    let described = described();
    let tags = described["tags"].as_array().unwrap();
    let known: Vec<&str> = tags
        .iter()
        .map(|tag| tag["name"].as_str().unwrap())
        .collect();
    let mut ids = BTreeSet::new();
    for (method, path, operation) in operations(&described) {
        let at = format!("{method} {path}");
        let id = operation["operationId"].as_str().unwrap();
        assert!(
            ids.insert(id.to_owned()),
            "{at}: {id} is another one's name"
        );
        let own = operation["tags"].as_array().unwrap();
        assert_eq!(own.len(), 1, "{at}");
        assert!(known.contains(&own[0].as_str().unwrap()), "{at}: {own:?}");
        let summary = operation.get("summary").and_then(Value::as_str);
        assert!(summary.is_some_and(|it| !it.is_empty()), "{at}: no summary");
    }
}

#[test]
fn every_operation_on_the_ledger_asks_for_a_token_and_says_how_it_is_refused() {
    let described = described();
    let schemes = described["components"]["securitySchemes"]
        .as_object()
        .unwrap();
    for (method, path, operation) in operations(&described) {
        let at = format!("{method} {path}");
        let mut expected = vec!["500", "503"];
        if path.starts_with("/v1/") || path.starts_with("/tlog/") {
            let security = operation["security"].as_array().unwrap();
            let named: Vec<&String> = security
                .iter()
                .flat_map(|it| it.as_object().unwrap().keys())
                .collect();
            assert!(!named.is_empty(), "{at}");
            assert!(named.iter().all(|it| schemes.contains_key(*it)), "{at}");
            expected.extend(["401", "403", "404", "422"]);
            if method == "POST" {
                expected.extend(["400", "409", "413", "415"]);
            }
        } else {
            assert_eq!(
                operation["security"].as_array().map(Vec::len),
                Some(0),
                "{at}"
            );
        }
        for status in expected {
            let response = resolved(&described, &operation["responses"][status]);
            let problem = &response["content"]["application/problem+json"]["schema"];
            assert!(problem["$ref"].as_str().is_some(), "{at}: {status}");
        }
    }
}

#[test]
fn every_answer_carries_the_request_id() {
    let described = described();
    for (method, path, operation) in operations(&described) {
        for (status, response) in operation["responses"].as_object().unwrap() {
            let response = resolved(&described, response);
            let header = response["headers"].get("Request-Id");
            assert!(header.is_some(), "{method} {path}: {status}");
        }
    }
}

#[test]
fn every_write_takes_a_key_and_can_be_tried_first() {
    let described = described();
    let mut writes = 0;
    for (method, path, operation) in operations(&described) {
        // What is handed in of the logs posts nothing.
        if method != "POST" || path.starts_with("/tlog/") {
            continue;
        }
        writes += 1;
        let at = format!("{method} {path}");
        let headers = parameters(&described, operation, "header");
        let key_in_body = path.ends_with("/bulk");
        assert!(
            headers.contains(&"Idempotency-Key".to_owned()) || key_in_body,
            "{at}: {headers:?}"
        );
        let query = parameters(&described, operation, "query");
        assert!(
            query.contains(&"validate_only".to_owned()),
            "{at}: {query:?}"
        );
        assert!(operation.contains_key("requestBody"), "{at}");
    }
    assert!(writes >= 12, "only {writes} writes");
}

#[test]
fn every_placeholder_of_a_path_is_a_parameter() {
    let described = described();
    for (method, path, operation) in operations(&described) {
        let named = parameters(&described, operation, "path");
        let expected: Vec<String> = path
            .split('{')
            .filter_map(|part| Some(part.split_once('}')?.0.to_owned()))
            .collect();
        assert_eq!(named, expected, "{method} {path}");
    }
}

#[test]
fn every_reference_leads_somewhere() {
    let described = described();
    let mut references = 0;
    let mut open = vec![&described];
    while let Some(value) = open.pop() {
        if value["$ref"].is_string() {
            resolved(&described, value);
            references += 1;
        }
        match value {
            Value::Object(members) => open.extend(members.values()),
            Value::Array(items) => open.extend(items),
            _ => {}
        }
    }
    assert!(references > 100, "only {references}");
}
