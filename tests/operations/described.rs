//! The operations as `openapi.yaml` lists them, each with its row.
//!
//! The committed description is what clients read: one that it has and no row, or the reverse, is
//! found here, and so in every test that goes by these.

use std::collections::BTreeMap;
use std::slice::from_ref;

use serde_json::Value;

use super::{Operation, rows};

const COMMITTED: &str = include_str!("../../openapi.yaml");

type Key = (String, String);

/// The methods and paths of a description, in its order.
fn listed(description: &str) -> Vec<Key> {
    let description: Value = yaml_serde::from_str(description).unwrap();
    let mut found = Vec::new();
    for (path, item) in description["paths"].as_object().unwrap() {
        for method in [
            "get", "post", "put", "patch", "delete", "head", "options", "trace",
        ] {
            if item.get(method).is_some() {
                found.push((method.to_uppercase(), path.clone()));
            }
        }
    }
    found
}

/// The rows of what a description lists, or what is listed without a row, stands in a row without
/// being listed, or has two rows.
fn matched(description: &str, rows: Vec<Operation>) -> Result<Vec<Operation>, Vec<Key>> {
    let mut by_key: BTreeMap<Key, Operation> = BTreeMap::new();
    let mut odd = Vec::new();
    for row in rows {
        let key = (row.method().to_string(), row.path.to_owned());
        if by_key.insert(key.clone(), row).is_some() {
            odd.push(key);
        }
    }
    let mut found = Vec::new();
    for key in listed(description) {
        match by_key.remove(&key) {
            Some(row) => found.push(row),
            None => odd.push(key),
        }
    }
    odd.extend(by_key.into_keys());
    if odd.is_empty() { Ok(found) } else { Err(odd) }
}

/// Every operation of `openapi.yaml`.
pub fn operations() -> Vec<Operation> {
    matched(COMMITTED, rows()).unwrap_or_else(|odd| {
        panic!("in openapi.yaml without a row, in a row without openapi.yaml, or twice: {odd:?}")
    })
}

#[test]
fn every_operation_of_the_description_has_one_row_and_every_row_is_described() {
    let answering = almoner::http::app::endpoints();
    assert_eq!(operations().len(), answering.len());
}

#[test]
fn an_operation_without_a_row_and_a_row_without_an_operation_are_noticed() {
    let all = rows();
    let without: Vec<_> = all[1..].to_vec();
    let missing = (all[0].method().to_string(), all[0].path.to_owned());
    assert_eq!(matched(COMMITTED, without).unwrap_err(), from_ref(&missing));
    let twice = [all.clone(), vec![all[0]]].concat();
    assert_eq!(matched(COMMITTED, twice).unwrap_err(), from_ref(&missing));
    let undescribed = COMMITTED.replacen(&format!("\n  {}:", missing.1), "\n  /v1/other:", 1);
    let odd = matched(&undescribed, all).unwrap_err();
    assert!(
        odd.contains(&missing) && odd.iter().any(|it| it.1 == "/v1/other"),
        "{odd:?}"
    );
}
