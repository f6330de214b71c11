//! Names in every script come back as they were; what only pretends to be a name doesn't get in.

use serde_json::json;

use super::{Scene, bodies, pointers, refused_at, with};
use crate::harness::{World, demonstration};

/// Names people have, and names that would hurt if they were anything but text.
const NAMES: [&str; 22] = [
    "山田 花子",
    "김민서",
    "Zoë Núñez-Müller",
    "e\u{301}lodie",
    "محمد عبد الله",
    "שרה כהן",
    "नेहा शर्मा",
    "👩🏽‍🎤 Léa 🎬🇫🇷",
    "🏴󠁧󠁢󠁳󠁣󠁴󠁿",
    "O'Brien",
    "Robert'); DROP TABLE creators;--",
    "' OR '1'='1",
    "$1; SELECT pg_sleep(10)",
    "\\x00 \\u0000 \\' \\\\",
    "%s %n %d {} {0} ${jndi:ldap://x}",
    "<script>alert(1)</script>",
    "=HYPERLINK(\"http://x\")",
    "../../etc/passwd",
    "NULL",
    "true",
    "\u{202e}txt.exe",
    "𐍈𝒳\u{10ffff}",
];

#[tokio::test(flavor = "multi_thread")]
async fn a_name_comes_back_as_it_was_written() {
    let world = World::new().await;
    for (at, name) in NAMES.iter().enumerate() {
        let creator = world.creator_as(&format!("R-{at}"), name, "JP").await;
        let read = world
            .auditor()
            .get(&format!("/v1/creators/{creator}"))
            .await
            .expect(200);
        assert_eq!(read["name"], *name);
        let mut pledge = demonstration();
        pledge["reference"] = json!(format!("P-{at}"));
        pledge["donor"]["name"] = json!(name);
        pledge["purpose"] = json!(name);
        pledge["instalments"][2]["condition"] = json!(name);
        let id = world.preparer().post("/v1/pledges", pledge).await.created();
        let read = world
            .auditor()
            .get(&format!("/v1/pledges/{id}"))
            .await
            .expect(200);
        assert_eq!(
            (&read["donor"]["name"], &read["purpose"]),
            (&json!(name), &json!(name))
        );
        assert_eq!(read["instalments"][2]["condition"], *name);
    }
    assert_eq!(world.database.row_counts().await["creators"], 22);
    let longest = "é".repeat(200);
    world.creator_as("LONGEST", &longest, "JP").await;
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_are_in_any_script_and_told_apart_by_what_can_be_seen() {
    let world = World::new().await;
    for reference in [
        "JP-0007",
        "jp-0007",
        "企画-7",
        "مرجع-7",
        "🎬-7",
        "a b",
        "'; --",
    ] {
        world.creator_as(reference, "Zoë", "JP").await;
        let again = json!({"reference": reference, "name": "Zoë", "market": "JP"});
        let again = world.preparer().post("/v1/creators", again).await;
        again.expect_problem(409, "duplicate-reference");
        let spaced = format!("  {reference} ");
        let spaced = json!({"reference": spaced, "name": "Zoë", "market": "JP"});
        let spaced = world.preparer().post("/v1/creators", spaced).await;
        spaced.expect_problem(409, "duplicate-reference");
    }
    assert_eq!(world.database.row_counts().await["creators"], 7);
    world.finish().await;
}

/// Fields that hold free text, and the most characters each takes.
fn limit(pointer: &str) -> Option<usize> {
    match pointer.rsplit('/').next().unwrap() {
        "reference" => Some(64),
        "bank_reference" => Some(140),
        "name" => Some(200),
        "purpose" | "condition" | "reason" | "note" => Some(1000),
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn texts_that_say_nothing_too_much_or_what_cannot_be_shown_are_refused() {
    let scene = Scene::new().await;
    let mut places = 0;
    for (operation, body) in bodies(&scene.place) {
        for pointer in pointers(&body) {
            let Some(limit) = limit(&pointer) else {
                continue;
            };
            places += 1;
            let refused = async |text: String, code: &str| {
                let answer = scene
                    .send(&operation, &with(&body, &pointer, json!(text)))
                    .await;
                refused_at(&answer, code, &pointer);
            };
            for empty in ["", " ", "\u{3000}\u{a0}", "\t\n"] {
                refused(empty.to_owned(), "text-empty").await;
            }
            refused("é".repeat(limit + 1), "text-too-long").await;
            for control in [
                "a\u{0}b",
                "a\nb",
                "a\u{7}b",
                "a\u{1b}[31mb",
                "a\u{85}b",
                "a\u{7f}",
            ] {
                refused(control.to_owned(), "text-not-printable").await;
            }
            if pointer.ends_with("reference") {
                for unseen in [
                    "a\u{200b}",
                    "a\u{202e}b",
                    "a\u{feff}b",
                    "a\u{ad}b",
                    "a\u{2066}b",
                ] {
                    refused(unseen.to_owned(), "text-not-printable").await;
                }
            }
        }
    }
    assert!(places > 15, "{places}");
    scene.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn references_that_are_taken_are_refused_whoever_sends_them_again() {
    let scene = Scene::new().await;
    let preparer = scene.world.preparer();
    let mut pledge = demonstration();
    pledge["reference"] = json!("PLACE");
    preparer
        .post("/v1/pledges", &pledge)
        .await
        .expect_problem(409, "duplicate-reference");
    pledge["reference"] = json!("NEW");
    pledge["instalments"][1]["reference"] = json!("C1");
    preparer
        .post("/v1/pledges", pledge)
        .await
        .expect_problem(422, "repeated");
    let creator = scene.world.auditor().get("/v1/creators").await.expect(200);
    let reference = &creator["data"][0]["reference"];
    let again = json!({"reference": reference, "name": "Somebody else", "market": "FR"});
    preparer
        .post("/v1/creators", again)
        .await
        .expect_problem(409, "duplicate-reference");
    let twice = json!({"reference": "TWICE", "name": "Zoë", "market": "FR"});
    let item = |key: &str| {
        let mut item = twice.clone();
        item["idempotency_key"] = json!(key);
        item
    };
    let bulk = json!({"mode": "atomic", "items": [item("a"), item("b")]});
    let refused = preparer.post_without_key("/v1/creators/bulk", bulk).await;
    let problem = refused.expect_problem(409, "bulk-refused");
    assert_eq!(problem["errors"][0]["pointer"], "/items/1/reference");
    scene.finish().await;
}
