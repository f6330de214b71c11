//! A sample comes of what was asked for and of a checkpoint, and of nothing else.

use std::collections::BTreeSet;
use std::process::Command;

use serde_json::Value;

use super::Story;
use crate::harness::Folder;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/.ci/sample");

/// Given one after the other: three are of a thousand or more.
const AMOUNTS: &[&str] = &[
    "100.00", "999.99", "1000.00", "0.01", "250.50", "1500.25", "730.00", "45.00", "999.99",
    "20000.00", "312.13", "87.40",
];

/// What was credited to creators' purses.
const GIVEN: &str = "unit=USD&population=credits&code=3130&from=2024-01-01&to=2025-12-31";

fn hundredths(amount: &Value) -> i64 {
    let text = amount.as_str().unwrap();
    text.replace('.', "").parse().unwrap()
}

impl Story {
    async fn sample(&self, query: &str) -> Value {
        let at = self.at(&format!("sample?{query}"));
        self.auditor.get(&at).await.expect(200)
    }

    async fn gl_detail(&self) -> String {
        self.auditor.get(&self.at("gl-detail.csv")).await.text()
    }

    async fn sample_refused(&self, query: &str, code: &str, pointer: &str) {
        let answer = self.auditor.get(&self.at(&format!("sample?{query}"))).await;
        let problem = answer.expect_problem(422, code);
        assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    }
}

/// Draws it again with the script, from the exported journal alone: what it says.
fn drawn_again(sample: &Value, detail: &str) -> Option<(bool, String)> {
    if Command::new("python3").arg("--version").output().is_err() {
        eprintln!("NOTE: python3 isn't here, so no sample was drawn again");
        return None;
    }
    let folder = Folder::new();
    let (json, csv) = (folder.path().join("s.json"), folder.path().join("g.csv"));
    std::fs::write(&json, sample.to_string()).unwrap();
    std::fs::write(&csv, detail).unwrap();
    let output = Command::new(SCRIPT).arg(json).arg(csv).output().unwrap();
    let said = [output.stdout, output.stderr].concat();
    Some((output.status.success(), String::from_utf8(said).unwrap()))
}

#[tokio::test(flavor = "multi_thread")]
async fn every_amount_of_the_interval_is_taken_and_of_the_rest_what_the_seed_says() {
    let story = Story::with(AMOUNTS).await;
    let size = story.sign().await;
    let query = format!("{GIVEN}&interval=1000.00&seed_checkpoint={size}");
    let sample = story.sample(&query).await;
    let population = &sample["population"];
    assert_eq!(population["count"], AMOUNTS.len());
    assert_eq!(population["total"], "26025.27");
    assert_eq!(population["known_journal"], size);
    let top = sample["top_stratum"]["items"].as_array().unwrap();
    let amounts: Vec<&str> = top
        .iter()
        .map(|it| it["amount"].as_str().unwrap())
        .collect();
    assert_eq!(amounts, ["1000.00", "1500.25", "20000.00"]);
    assert_eq!(sample["top_stratum"]["total"], "22500.25");
    assert_eq!(sample["rest"]["total"], "3525.02");
    // The rest, laid end to end by hand: which of them covers the start, and each thousand on.
    let rest = AMOUNTS.iter().filter(|it| !amounts.contains(it));
    let ends: Vec<i64> = rest
        .scan(0, |sum, amount| {
            *sum += amount.replace('.', "").parse::<i64>().unwrap();
            Some(*sum)
        })
        .collect();
    let start = hundredths(&sample["seed"]["start"]);
    assert!((1..=100_000).contains(&start), "{start}");
    let positions = (start..=352_502).step_by(100_000);
    let expected: Vec<(i64, i64)> = positions
        .map(|at| (at, *ends.iter().find(|end| **end >= at).unwrap()))
        .collect();
    let hits = sample["hits"].as_array().unwrap().iter();
    let hits: Vec<(i64, i64)> = hits
        .map(|it| (hundredths(&it["position"]), hundredths(&it["cumulative"])))
        .collect();
    assert_eq!(hits, expected);
    assert!(hits.len() >= 3);
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_same_sample_is_drawn_from_the_exported_journal_by_a_script_of_its_own() {
    let story = Story::with(AMOUNTS).await;
    let size = story.sign().await;
    let detail = story.gl_detail().await;
    let days = "from=2024-01-01&to=2025-12-31";
    for what in [
        format!("{GIVEN}&interval=700.00&word=Etna"),
        format!("{GIVEN}&size=5"),
        format!("unit=USD&{days}&size=7"),
        format!("unit=USD&{days}&interval=0.01&known_at=2000-01-01T00:00:00Z"),
        "unit=USD&from=2025-01-15&to=2025-01-15&size=3".to_owned(),
        format!("unit=ADC:TIKTOK:USD&{days}&interval=99999.99"),
        format!("unit=USD&population=debits&code=3120&{days}&size=4"),
    ] {
        let sample = story
            .sample(&format!("{what}&seed_checkpoint={size}"))
            .await;
        let Some((same, said)) = drawn_again(&sample, &detail) else {
            break;
        };
        assert!(
            same && said.starts_with("the same sample"),
            "{what}: {said}"
        );
        // And it does notice: another hit, another total, a journal more.
        let mut other = sample.clone();
        other["seed"]["start"] = "0.00".into();
        assert!(!drawn_again(&other, &detail).unwrap().0);
    }
    let sample = story
        .sample(&format!("{GIVEN}&size=5&seed_checkpoint={size}"))
        .await;
    let altered = detail.replace(",45.00,", ",46.00,");
    assert_ne!(altered, detail);
    if let Some((same, said)) = drawn_again(&sample, &altered) {
        assert!(!same && said.contains("FAILS: total"), "{said}");
    }
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn it_is_the_same_for_ever_and_another_checkpoint_or_word_draws_another() {
    let story = Story::with(AMOUNTS).await;
    let size = story.sign().await;
    let query = format!("{GIVEN}&size=4&seed_checkpoint={size}");
    let first = story.sample(&query).await;
    let known_at = first["population"]["known_at"].as_str().unwrap().to_owned();
    // More is posted: the population that was fixed stays, and so does what is drawn from it.
    for _ in 0..4 {
        story.give(&story.world.preparer(), "10.00").await;
    }
    let again = story.sample(&format!("{query}&known_at={known_at}")).await;
    assert_eq!(again, first);
    let mut starts = BTreeSet::from([first["seed"]["start"].to_string()]);
    let later = story.sign().await;
    let others = [
        format!("{GIVEN}&size=4&seed_checkpoint={later}&known_at={known_at}"),
        format!("{query}&known_at={known_at}&word=Etna"),
        format!("{query}&known_at={known_at}&word=Etna2"),
    ];
    for other in others {
        let other = story.sample(&other).await;
        assert_eq!(other["population"], first["population"]);
        assert_eq!(other["interval"], first["interval"]);
        starts.insert(other["seed"]["start"].to_string());
    }
    assert!(starts.len() >= 3, "{starts:?}"); // two alike by chance are one in half a million
    story.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_checkpoint_that_does_not_cover_what_is_drawn_from_or_is_not_known_is_refused() {
    let story = Story::with(&AMOUNTS[..3]).await;
    let early = story.sign().await;
    story.give(&story.world.preparer(), "10.00").await;
    let query = format!("{GIVEN}&size=4&seed_checkpoint=");
    let at = "seed_checkpoint";
    story
        .sample_refused(&format!("{query}{early}"), "checkpoint-too-early", at)
        .await;
    for unknown in [early + 1, 1, 0, 99_999] {
        story
            .sample_refused(&format!("{query}{unknown}"), "unknown-checkpoint", at)
            .await;
    }
    let size = story.sign().await;
    story.sample(&format!("{query}{size}")).await;
    for (query, pointer) in [
        (format!("{GIVEN}&seed_checkpoint={size}"), "interval"),
        (
            format!("{GIVEN}&size=4&interval=1.00&seed_checkpoint={size}"),
            "interval",
        ),
        (format!("{GIVEN}&size=0&seed_checkpoint={size}"), "interval"),
        (
            format!("{GIVEN}&interval=0.00&seed_checkpoint={size}"),
            "interval",
        ),
        (
            format!("{GIVEN}&interval=1.001&seed_checkpoint={size}"),
            "interval",
        ),
        (
            GIVEN.replace("&code=3130", "") + &format!("&size=4&seed_checkpoint={size}"),
            "code",
        ),
        (
            GIVEN.replace("&population=credits", "") + &format!("&size=4&seed_checkpoint={size}"),
            "code",
        ),
        (
            GIVEN.replace("unit=USD", "unit=EURO") + &format!("&size=4&seed_checkpoint={size}"),
            "unit",
        ),
        (
            format!("{GIVEN}&size=4&word=%0A&seed_checkpoint={size}"),
            "word",
        ),
    ] {
        story
            .sample_refused(&query, "malformed-parameter", pointer)
            .await;
    }
    story
        .sample_refused(&format!("{GIVEN}&size=4"), "missing-parameter", at)
        .await;
    let future = format!("{query}{size}&known_at=2999-01-01T00:00:00Z");
    story
        .sample_refused(&future, "known-at-in-future", "known_at")
        .await;
    story.world.finish().await;
}
