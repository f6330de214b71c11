//! Fields that are missing, unknown, null, of another type, or about things that aren't there.

use serde_json::{Value, json};

use super::{Scene, bodies, pointers, refused_at, with};

/// May be left out.
const OPTIONAL: [&str; 11] = [
    "reissue_reason",
    "effective_date",
    "fee",
    "bank_reference",
    "note",
    "condition",
    "document",
    "identity_id",
    "scopes",
    "token_id",
    "until",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_field_nobody_asked_for_is_refused_wherever_it_stands() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        let objects = pointers(&body).into_iter().chain([String::new()]);
        for pointer in objects.filter(|at| body.pointer(at).unwrap().is_object()) {
            for stranger in [
                "surprise",
                "id",
                "state",
                "Reference",
                "amount ",
                "__proto__",
            ] {
                let mut body = body.clone();
                body.pointer_mut(&pointer).unwrap()[stranger] = json!("x");
                let answer = scene.send(&operation, &body).await;
                refused_at(&answer, "unknown-field", &format!("{pointer}/{stranger}"));
            }
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_has_to_be_there_is_missed_wherever_it_should_stand() {
    let scene = Scene::new().await;
    let mut tried = 0;
    for (operation, body) in bodies(&scene.place) {
        for pointer in pointers(&body) {
            let (parent, name) = pointer.rsplit_once('/').unwrap();
            // A document is asked for everywhere but for credits that come, go and come back, and
            // for what is cleared of suspense.
            let credits = ["/lots", "/placements", "/refunds", "/suspense-clearings"];
            let credits = credits.iter().any(|end| operation.path.ends_with(end));
            let a_must = name == "document" && !credits;
            // Without an amount, a journal is taken back in whole, and suspense cleared in whole.
            let whole = ["/reversals", "/suspense-clearings"];
            let whole = whole.iter().any(|end| operation.path.ends_with(end));
            let whole = pointer == "/amount" && whole;
            let optional = OPTIONAL.contains(&name) && !a_must || whole;
            let mut body = body.clone();
            let Some(parent) = body.pointer_mut(parent).unwrap().as_object_mut() else {
                continue;
            };
            if optional {
                continue;
            }
            parent.remove(name);
            refused_at(
                &scene.send(&operation, &body).await,
                "missing-field",
                &pointer,
            );
            tried += 1;
        }
    }
    assert!(tried > 60, "{tried}");
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn null_and_values_of_other_types_are_refused_wherever_they_stand() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        for pointer in pointers(&body) {
            for value in [
                Value::Null,
                json!(true),
                json!(7),
                json!(1.5),
                json!([]),
                json!({}),
            ] {
                let there = body.pointer(&pointer).unwrap();
                let same = there.is_array() && value.is_array()
                    || there.is_object() && value.is_object()
                    || there.is_number() && value.is_number();
                if same {
                    continue;
                }
                let answer = scene
                    .send(&operation, &with(&body, &pointer, value.clone()))
                    .await;
                let code = answer.json()["code"].as_str().unwrap().to_owned();
                let known = ["wrong-type", "amount-not-string"].contains(&code.as_str());
                assert!(known, "{pointer} as {value}: {answer:?}");
                refused_at(&answer, &code, &pointer);
            }
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn dates_exist_and_lie_where_they_may() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        let is_date = |at: &&String| {
            body.pointer(at)
                .unwrap()
                .as_str()
                .is_some_and(|it| it.starts_with("202") && it.len() == 10)
        };
        let pointers = pointers(&body);
        for pointer in pointers.iter().filter(is_date) {
            let is_plan = [
                "due_date",
                "valid_from",
                "expires_at",
                "starts_on",
                "ends_on",
                "code_expires_on",
            ];
            let is_plan = is_plan.iter().any(|name| pointer.ends_with(name));
            for (text, code) in [
                ("", "date-malformed"),
                ("2025-02-29", "date-malformed"),
                ("2025-13-01", "date-malformed"),
                ("2025-00-10", "date-malformed"),
                ("2025-01-00", "date-malformed"),
                ("2025-1-1", "date-malformed"),
                ("20250101", "date-malformed"),
                ("01/02/2025", "date-malformed"),
                ("2025-01-01T00:00:00Z", "date-malformed"),
                ("+002025-01-01", "date-malformed"),
                ("-2025-01-01", "date-malformed"),
                ("12025-01-01", "date-malformed"),
                ("2025-W01-1", "date-malformed"),
                ("２０２５-01-01", "date-malformed"),
                ("today", "date-malformed"),
                ("infinity", "date-malformed"),
                (" 2025-01-01", "date-malformed"),
                ("0000-01-01", "date-out-of-range"),
                ("0001-01-01", "date-out-of-range"),
                ("1999-12-31", "date-out-of-range"),
                ("9999-12-31", "date-out-of-range"),
                ("2101-01-01", "date-out-of-range"),
            ] {
                let answer = scene
                    .send(&operation, &with(&body, pointer, json!(text)))
                    .await;
                refused_at(&answer, code, pointer);
            }
            if !is_plan {
                let far = with(&body, pointer, json!("2100-12-31"));
                refused_at(
                    &scene.send(&operation, &far).await,
                    "date-out-of-range",
                    pointer,
                );
            }
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn ids_in_bodies_are_whole_of_the_right_kind_and_there() {
    let scene = Scene::new().await;
    let preparer = scene.world.preparer();
    let digits = "0".repeat(32);
    let good = json!({"pledge_id": scene.place.pledge, "creator_id": scene.place.creator,
        "amount": {"amount": "1.00", "unit": "USD"}, "effective_date": "2024-12-02"});
    for (field, prefix, other) in [
        ("pledge_id", "plg", &scene.place.creator),
        ("creator_id", "crt", &scene.place.pledge),
    ] {
        let pointer = format!("/{field}");
        let upper = scene.place.pledge.to_uppercase();
        for id in [
            "",
            "1",
            prefix,
            other.as_str(),
            digits.as_str(),
            upper.as_str(),
            &format!("{prefix}_{}", "g".repeat(32)),
            &format!("{prefix}_{}", "0".repeat(31)),
            &format!("{prefix}_{}", "0".repeat(33)),
            &format!("{prefix}_' OR '1'='1"),
            &format!("{prefix}-{digits}"),
            &format!(" {prefix}_{digits}"),
        ] {
            let answer = preparer
                .post("/v1/allocations", with(&good, &pointer, json!(id)))
                .await;
            refused_at(&answer, "malformed-id", &pointer);
        }
        let absent = with(&good, &pointer, json!(format!("{prefix}_{digits}")));
        let answer = preparer.post("/v1/allocations", absent).await;
        refused_at(&answer, "unknown-reference", &pointer);
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn units_and_markets_are_known_by_their_exact_codes() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        for pointer in pointers(&body) {
            let code = match pointer.rsplit('/').next().unwrap() {
                "unit" | "functional_unit" => "unknown-unit",
                "market" => "unknown-market",
                _ => continue,
            };
            for text in [
                "",
                "usd",
                "USD ",
                "XXX",
                "ZZ",
                "jp",
                "🇯🇵",
                "ADC:TIKTOK:",
                "US\u{0}",
                "*",
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
async fn lists_documents_and_rates_are_held_to_their_bounds() {
    let scene = Scene::new().await;
    let all = bodies(&scene.place);
    let refused = async |path: &str, pointer: &str, value: Value, code: &str| {
        let (operation, body) = all.iter().find(|(it, _)| it.path == path).unwrap();
        let answer = scene.send(operation, &with(body, pointer, value)).await;
        refused_at(&answer, code, pointer);
    };
    let instalment = json!({"reference": "X", "amount": {"amount": "1.00", "unit": "USD"},
        "due_date": "2025-01-01"});
    for list in ["/split", "/markets", "/instalments"] {
        refused("/v1/pledges", list, json!([]), "list-length").await;
    }
    refused(
        "/v1/pledges",
        "/markets",
        json!(vec!["JP"; 1000]),
        "list-length",
    )
    .await;
    refused(
        "/v1/pledges",
        "/instalments",
        json!(vec![instalment; 501]),
        "list-length",
    )
    .await;
    let at = "/v1/pledges/{id}/agreement";
    for uri in [
        "",
        "agreement.pdf",
        "https:",
        "https://a b",
        "1https://a",
        "https://a\n",
    ] {
        refused(at, "/document/uri", json!(uri), "uri-malformed").await;
    }
    let long = format!("https://{}", "a".repeat(2000));
    refused(at, "/document/uri", json!(long), "uri-malformed").await;
    for digest in [
        "",
        "0f",
        &"0F".repeat(32),
        &"0g".repeat(32),
        &"0f".repeat(33),
    ] {
        refused(at, "/document/sha256", json!(digest), "digest-malformed").await;
    }
    let at = "/v1/pledges/{id}/support-costs";
    for rate in [
        "", "-13", "13%", "1e1", "13,0", "NaN", ".5", "13.", "13.00001", "1_3",
    ] {
        refused(at, "/rate_percent", json!(rate), "rate-malformed").await;
    }
    for rate in ["0", "0.0000", "100.0001", "9999999999"] {
        refused(at, "/rate_percent", json!(rate), "rate-out-of-range").await;
    }
    refused(
        "/v1/instalments/{id}/lots",
        "/kind",
        json!("loan"),
        "unknown-kind",
    )
    .await;
    scene.finish().await;
}
