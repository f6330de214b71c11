//! Amounts that aren't plain decimal strings, greater than zero, with the unit's digits.

use serde_json::{Value, json};

use super::{Scene, bodies, pointers, refused_at, with};
use crate::harness::money;
use crate::operations::Operation;

/// What isn't an amount in a unit of two digits, and the code of its refusal.
const WRONG: [(&str, &str); 33] = [
    ("", "amount-not-decimal"),
    (" ", "amount-not-decimal"),
    ("ten", "amount-not-decimal"),
    ("1e5", "amount-not-decimal"),
    ("1E5", "amount-not-decimal"),
    ("NaN", "amount-not-decimal"),
    ("nan", "amount-not-decimal"),
    ("Infinity", "amount-not-decimal"),
    ("-Infinity", "amount-not-decimal"),
    ("0x10", "amount-not-decimal"),
    ("1,000.00", "amount-not-decimal"),
    ("1.000,00", "amount-not-decimal"),
    ("1_000", "amount-not-decimal"),
    ("1 000", "amount-not-decimal"),
    (" 1.00", "amount-not-decimal"),
    ("1.00 ", "amount-not-decimal"),
    ("1.00\n", "amount-not-decimal"),
    ("$1.00", "amount-not-decimal"),
    ("+1.00", "amount-not-decimal"),
    ("--1", "amount-not-decimal"),
    (".50", "amount-not-decimal"),
    ("1.", "amount-not-decimal"),
    ("1..0", "amount-not-decimal"),
    ("1.0.0", "amount-not-decimal"),
    ("１.00", "amount-not-decimal"),
    ("٣.00", "amount-not-decimal"),
    ("1.00\u{0}", "amount-not-decimal"),
    ("\u{202e}1.00", "amount-not-decimal"),
    ("1'; DROP TABLE journals; --", "amount-not-decimal"),
    ("1.001", "amount-too-precise"),
    ("0.000000000000000000001", "amount-too-precise"),
    ("0", "amount-not-positive"),
    ("0.00", "amount-not-positive"),
];

/// Where amounts stand.
fn amounts(body: &Value) -> Vec<String> {
    let found = pointers(body).into_iter();
    found
        .filter(|at| at.ends_with("/amount") && body.pointer(at).unwrap().is_string())
        .collect()
}

/// Whether an amount is what somebody else says there is, or a limit, and moves nothing.
fn is_noted(operation: &Operation) -> bool {
    operation.path.ends_with("/platform-balances") || operation.path.ends_with("/thresholds")
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_amount_is_refused_wherever_an_amount_stands() {
    let scene = Scene::new().await;
    let mut places = 0;
    for (operation, body) in bodies(&scene.place) {
        for pointer in amounts(&body) {
            places += 1;
            for (text, code) in WRONG {
                // No fee at all is a fee as well, and nothing left is a balance.
                let may_be_none = pointer.starts_with("/fee") || is_noted(&operation);
                if code == "amount-not-positive" && may_be_none {
                    continue;
                }
                let answer = scene
                    .send(&operation, &with(&body, &pointer, json!(text)))
                    .await;
                assert_eq!(
                    answer.json()["code"],
                    code,
                    "{text:?} at {pointer}: {answer:?}"
                );
                refused_at(&answer, code, &pointer);
            }
        }
    }
    assert!(places > 15, "{places}");
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_below_zero_are_refused_and_never_turn_a_posting_round() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        for pointer in amounts(&body) {
            for text in ["-1", "-1.00", "-0.01", "-0", "-9223372036854775808"] {
                let answer = scene
                    .send(&operation, &with(&body, &pointer, json!(text)))
                    .await;
                let code = answer.json()["code"].as_str().unwrap().to_owned();
                let known = [
                    "amount-not-decimal",
                    "amount-not-positive",
                    "amount-too-large",
                ];
                assert!(
                    known.contains(&code.as_str()),
                    "{text} at {pointer}: {answer:?}"
                );
                refused_at(&answer, &code, &pointer);
            }
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn amounts_beyond_any_ledger_are_refused_before_they_are_counted() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        for pointer in amounts(&body) {
            let endless = ["9".repeat(10_000), format!("1{}.00", "0".repeat(400))];
            for (text, code) in [
                ("10000000000000.01", "amount-too-large"),
                ("92233720368547758.08", "amount-too-large"),
                ("18446744073709551616", "amount-too-large"),
                ("99999999999999999999999999", "amount-too-large"),
                (endless[0].as_str(), "amount-not-decimal"),
                (endless[1].as_str(), "amount-not-decimal"),
            ] {
                let answer = scene
                    .send(&operation, &with(&body, &pointer, json!(text)))
                    .await;
                refused_at(&answer, code, &pointer);
            }
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_largest_amounts_there_are_are_refused_for_want_of_funds_and_not_by_overflow() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        if is_noted(&operation) {
            continue;
        }
        for pointer in amounts(&body) {
            for text in ["9999999999999.99", "10000000000000.00"] {
                let answer = scene
                    .send(&operation, &with(&body, &pointer, json!(text)))
                    .await;
                assert!(
                    [409, 422].contains(&answer.status),
                    "{text} at {pointer}: {answer:?}"
                );
                answer.expect_problem(answer.status, answer.json()["code"].as_str().unwrap());
            }
        }
    }
    // A sum that leaves the range, though each part is in it.
    let huge = "10000000000000.00";
    let mut pledge = crate::harness::demonstration();
    pledge["reference"] = json!("HUGE");
    pledge["split"] = json!([money(huge, "USD"), money(huge, "ADC:TIKTOK:USD")]);
    pledge["total"] = money(huge, "USD");
    pledge["instalments"] = json!([
        {"reference": "A", "amount": money(huge, "USD"), "due_date": "2025-01-01"},
        {"reference": "B", "amount": money(huge, "USD"), "due_date": "2025-01-01"},
        {"reference": "C", "amount": money(huge, "ADC:TIKTOK:USD"), "due_date": "2025-01-01"},
    ]);
    let answer = scene.world.preparer().post("/v1/pledges", pledge).await;
    assert_eq!(answer.status, 422, "{answer:?}");
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_unit_has_its_own_digits() {
    let scene = Scene::new().await;
    let preparer = scene.world.preparer();
    let allocate = async |amount: Value| {
        let body = json!({"pledge_id": scene.place.pledge, "creator_id": scene.place.creator,
            "amount": amount, "effective_date": "2024-12-02"});
        preparer.post("/v1/allocations", body).await
    };
    for unit in ["JPY", "KRW"] {
        refused_at(
            &allocate(money("1.0", unit)).await,
            "amount-too-precise",
            "/amount/amount",
        );
        allocate(money("1", unit))
            .await
            .expect_problem(422, "unit-not-pledged");
    }
    refused_at(
        &allocate(money("1.000", "IDR")).await,
        "amount-too-precise",
        "/amount/amount",
    );
    allocate(money("1.00", "IDR"))
        .await
        .expect_problem(422, "unit-not-pledged");
    scene.finish().await;
}
