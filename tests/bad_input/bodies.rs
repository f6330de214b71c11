//! Bodies that aren't a JSON object, or aren't sent as one.

use reqwest::Method;
use serde_json::Value;

use super::{Scene, bodies};
use crate::harness::new_key;
use crate::operations::writes;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_json_is_not_read() {
    let scene = Scene::new().await;
    let deep = "[".repeat(100_000);
    let deep_object = "{\"a\":".repeat(50_000);
    for operation in writes() {
        let good = operation.body.unwrap()(&scene.place).to_string();
        let cut = &good[..good.len() - 1];
        for (text, code) in [
            ("", "body-missing"),
            ("  \r\n\t ", "body-missing"),
            ("{", "malformed-body"),
            (cut, "malformed-body"),
            ("{'reference': 1}", "malformed-body"),
            ("{\"reference\": NaN}", "malformed-body"),
            ("{\"reference\": Infinity}", "malformed-body"),
            ("{\"reference\": 1e999}", "malformed-body"),
            ("{\"reference\": undefined}", "malformed-body"),
            ("{\"reference\": 01}", "malformed-body"),
            ("{\"reference\": \"\\ud800\"}", "malformed-body"),
            ("{\"reference\": \"a\nb\"}", "malformed-body"),
            ("{\"a\": 1,}", "malformed-body"),
            ("{} {}", "malformed-body"),
            ("// no\n{}", "malformed-body"),
            ("\u{feff}{}", "malformed-body"),
            ("reference=JP-0007&name=x", "malformed-body"),
            (deep.as_str(), "malformed-body"),
            (deep_object.as_str(), "malformed-body"),
        ] {
            scene
                .send_text(&operation, text)
                .await
                .expect_problem(400, code);
        }
        for bytes in [
            &b"{\"a\": \"\xff\"}"[..],
            b"\xfe\xff\0{\0}",
            b"\x1f\x8b\x08",
            b"{\"\xc3\x28\":1}",
        ] {
            scene
                .send_text(&operation, bytes)
                .await
                .expect_problem(400, "malformed-body");
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_object_is_of_the_wrong_type() {
    let scene = Scene::new().await;
    for operation in writes() {
        for text in ["null", "true", "1", "1.5", "-0", "\"text\"", "[]", "[{}]"] {
            let answer = scene.send_text(&operation, text).await;
            answer.expect_problem(422, "wrong-type");
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_field_that_stands_twice_has_no_meaning() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        let text = body.to_string();
        let Some((name, value)) = body.as_object().unwrap().iter().next() else {
            continue; // there are no fields
        };
        let twice = format!("{{\"{name}\":{value},{}", &text[1..]);
        scene
            .send_text(&operation, twice)
            .await
            .expect_problem(400, "duplicate-field");
        // Written differently it is the same name.
        let first = name.chars().next().unwrap();
        let escaped = format!("\\u{:04x}{}", u32::from(first), &name[1..]);
        let twice = format!("{{\"{escaped}\":{value},{}", &text[1..]);
        scene
            .send_text(&operation, twice)
            .await
            .expect_problem(400, "duplicate-field");
        // Deeper down as well.
        if let Some(at) = text.find("\"amount\":\"") {
            let twice = format!("{}\"unit\":\"USD\",{}", &text[..at], &text[at..]);
            scene
                .send_text(&operation, twice)
                .await
                .expect_problem(400, "duplicate-field");
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_in_another_form_is_not_taken_for_json() {
    let scene = Scene::new().await;
    for operation in writes() {
        let body = operation.body.unwrap()(&scene.place).to_string();
        let client = scene.client(&operation);
        let bare = scene.request(&operation).body(body.clone());
        client
            .send(bare)
            .await
            .expect_problem(415, "unsupported-media-type");
        for media_type in [
            "text/plain",
            "text/json",
            "application/xml",
            "application/x-www-form-urlencoded",
            "multipart/form-data; boundary=x",
            "application/json; charset=utf-16",
            "application/jsonx",
            "json",
            "",
        ] {
            let request = scene.request(&operation).header("Content-Type", media_type);
            let answer = client.send(request.body(body.clone())).await;
            answer.expect_problem(415, "unsupported-media-type");
        }
        for encoding in ["gzip", "br", "deflate", "zstd", "x-unheard-of"] {
            let request = scene
                .request(&operation)
                .header("Content-Type", "application/json");
            let request = request.header("Content-Encoding", encoding);
            let answer = client.send(request.body(body.clone())).await;
            answer.expect_problem(415, "unsupported-media-type");
        }
        let twice = scene
            .request(&operation)
            .header("Content-Type", "application/json");
        let twice = twice
            .header("Content-Type", "text/plain")
            .body(body.clone());
        client
            .send(twice)
            .await
            .expect_problem(415, "unsupported-media-type");
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bulk_names_its_mode_and_has_items_of_a_bounded_number() {
    let scene = Scene::new().await;
    let preparer = scene.world.preparer();
    let item = serde_json::json!({"reference": "R", "name": "N", "market": "JP"});
    for path in ["/v1/creators/bulk", "/v1/allocations/bulk"] {
        for (body, code) in [
            (
                serde_json::json!({"mode": "maybe", "items": [item]}),
                "unknown-mode",
            ),
            (
                serde_json::json!({"mode": "atomic", "items": []}),
                "list-length",
            ),
            (
                serde_json::json!({"mode": "atomic", "items": vec![Value::Null; 1001]}),
                "list-length",
            ),
            (
                serde_json::json!({"mode": "atomic", "items": {}}),
                "wrong-type",
            ),
            (serde_json::json!({"items": [item]}), "missing-field"),
            (serde_json::json!({"mode": "atomic"}), "missing-field"),
            (
                serde_json::json!({"mode": "atomic", "items": [item], "x": 1}),
                "unknown-field",
            ),
        ] {
            preparer.post(path, body).await.expect_problem(422, code);
        }
        for value in [
            Value::Null,
            Value::from(1),
            Value::from("text"),
            serde_json::json!([]),
        ] {
            let bulk = serde_json::json!({"mode": "independent", "items": [value]});
            let answer = preparer.post(path, bulk).await.expect(207);
            assert_eq!(answer["results"][0]["status"], 422, "{answer}");
            assert_eq!(
                answer["results"][0]["problem"]["errors"][0]["pointer"],
                "/items/0"
            );
        }
        for key in [
            Value::Null,
            Value::from(1),
            Value::from(""),
            Value::from("é"),
        ] {
            let mut item = item.clone();
            item["idempotency_key"] = key;
            let bulk = serde_json::json!({"mode": "independent", "items": [item]});
            let answer = preparer.post(path, bulk).await.expect(207);
            assert_eq!(answer["results"][0]["status"], 422, "{answer}");
        }
    }
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn two_keys_are_no_key() {
    let scene = Scene::new().await;
    for (operation, body) in bodies(&scene.place) {
        let request = scene
            .request(&operation)
            .header("Idempotency-Key", new_key());
        let answer = scene.client(&operation).send(request.json(&body)).await;
        answer.expect_problem(400, "idempotency-key-malformed");
    }
    let get = scene.world.preparer();
    let request = get.request(Method::GET, "/v1/pledges").body("{}");
    get.send(request).await.expect(200);
    scene.finish().await;
}
