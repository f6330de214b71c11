//! Exchange rates as a source's file lists them.

use reqwest::Method;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, World, new_key};

const AT: &str = "/v1/exchange-rates";

/// Sends a file.
async fn upload(by: &Client, key: &str, query: &str, file: impl Into<Vec<u8>>) -> Answer {
    let request = by.request(Method::POST, &format!("{AT}{query}"));
    let request = request.header("Idempotency-Key", key);
    let request = request.header("Content-Type", "text/csv");
    by.send(request.body(file.into())).await
}

/// Stated, unchanged, refused.
fn counts(import: &Value) -> [i64; 3] {
    ["stated", "unchanged", "refused"].map(|it| import[it].as_i64().unwrap())
}

fn refusals(import: &Value) -> Vec<String> {
    let refusals = import["refusals"].as_array().unwrap().iter();
    let line = |it: &Value| format!("{} {}", it["line"], it["code"].as_str().unwrap());
    refusals.map(line).collect()
}

async fn stated(world: &World) -> Vec<String> {
    let listed = world.auditor().get(AT).await.expect(200);
    let rates = listed["data"].as_array().unwrap().iter();
    let text = |it: &Value, name: &str| it[name].as_str().unwrap().to_owned();
    rates
        .map(|it| {
            ["quote", "rate", "source", "date"]
                .map(|name| text(it, name))
                .join(" ")
        })
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_of_rates_is_taken_however_it_is_written_and_again_changes_nothing() {
    let world = World::new().await;
    let by = world.controller();
    let lines = [
        "base,quote,rate,source,date",
        "USD,JPY,150.25,ECB,2025-01-20",
        "USD,KRW,1380.12345678,\"Bank of Korea, Seoul\",2025-01-20",
        "",
        "\"USD\",\"GBP\",0.77,ECB,2025-01-20",
    ];
    let file = format!("\u{feff}{}\r\n", lines.join("\r\n"));
    let key = new_key();
    let import = upload(&by, &key, "", file.clone()).await;
    assert!(!import.replayed());
    let first = import.expect(200);
    assert_eq!(counts(&first), [3, 0, 0], "{first}");
    let all = [
        "JPY 150.25 ECB 2025-01-20",
        "KRW 1380.12345678 Bank of Korea, Seoul 2025-01-20",
        "GBP 0.77 ECB 2025-01-20",
    ];
    assert_eq!(stated(&world).await, all);
    let again = upload(&by, &key, "", file.clone()).await;
    assert!(again.replayed());
    assert_eq!(again.expect(200), first);
    // With another key, in other bytes, and in another order of columns.
    for file in [
        lines.join("\n"),
        "date,source,rate,quote,base\n2025-01-20,ECB,150.250,JPY,USD\n\
         2025-01-20,ECB,0.77,GBP,USD\n2025-01-20,ECB,0.77,GBP,USD"
            .to_owned(),
    ] {
        let anew = upload(&by, &new_key(), "", file).await.expect(200);
        assert_eq!(counts(&anew), [0, 3, 0], "{anew}");
    }
    assert_eq!(stated(&world).await, all);
    let other = upload(&by, &key, "", "base,quote,rate,source,date\n").await;
    other.expect_problem(422, "idempotency-key-reused");
    world.finish().await;
}

/// One good row, then one row wrong in each way there is, then a good row.
fn faulty() -> (Vec<u8>, Vec<String>) {
    let long = "x".repeat(201);
    let longer = "y".repeat(5_000);
    let rows: Vec<(Vec<u8>, &str)> = [
        ("USD,JPY,151,ECB,2025-01-20", "duplicate-reference"),
        ("USD,USD,1,ECB,2025-01-20", "repeated"),
        ("ADC:TIKTOK:USD,USD,1,ECB,2025-01-20", "wrong-unit-kind"),
        ("USD,XXX,1,ECB,2025-01-20", "unknown-unit"),
        ("=USD,KRW,1,ECB,2025-01-20", "unknown-unit"),
        ("USD,KRW,0,ECB,2025-01-20", "rate-malformed"),
        ("USD,KRW,-1,ECB,2025-01-20", "rate-malformed"),
        ("USD,KRW,=1+1,ECB,2025-01-20", "rate-malformed"),
        ("USD,KRW,1.123456789,ECB,2025-01-20", "rate-malformed"),
        ("USD,KRW,\"1,380\",ECB,2025-01-20", "rate-malformed"),
        ("USD,KRW,1380,,2025-01-20", "text-empty"),
        ("USD,KRW,1380,=HYPERLINK(1),2025-01-20", "text-is-formula"),
        ("USD,KRW,1380,@ECB,2025-01-20", "text-is-formula"),
        (&format!("USD,KRW,1380,{long},2025-01-20"), "text-too-long"),
        (
            &format!("USD,KRW,1380,{longer},2025-01-20"),
            "malformed-row",
        ),
        ("USD,KRW,1380,ECB,2025-02-30", "date-malformed"),
        ("USD,KRW,1380,ECB,20.01.2025", "date-malformed"),
        ("USD,KRW,1380,ECB,1999-12-31", "date-out-of-range"),
        ("USD,KRW,1380,ECB,2090-01-01", "date-out-of-range"),
        ("USD,KRW,1380,ECB", "malformed-row"),
        ("USD,KRW,1380,ECB,2025-01-20,more", "malformed-row"),
        ("USD,KRW,1380,\"ECB,2025-01-20", "malformed-row"),
    ]
    .map(|(row, code)| (row.as_bytes().to_vec(), code))
    .into_iter()
    .chain([(b"USD,KRW,1380,\xff,2025-01-20".to_vec(), "malformed-row")])
    .collect();
    let mut file = b"base,quote,rate,source,date\nUSD,JPY,150.25,ECB,2025-01-20\n".to_vec();
    let mut expected = Vec::new();
    for (at, (row, code)) in rows.iter().enumerate() {
        file.extend_from_slice(row);
        file.push(b'\n');
        expected.push(format!("{} {code}", at + 3));
    }
    file.extend_from_slice(b"USD,GBP,0.77,ECB,2025-01-20");
    (file, expected)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_bad_row_is_named_by_its_line_and_stops_no_other_unless_all_or_none_were_asked_for() {
    let world = World::new().await;
    let by = world.controller();
    let (file, expected) = faulty();
    let refused = upload(&by, &new_key(), "?mode=atomic", file.clone()).await;
    let problem = refused.expect_problem(422, "rate-rows-refused");
    assert_eq!(problem["errors"].as_array().unwrap().len(), expected.len());
    assert_eq!(
        (
            &problem["errors"][0]["pointer"],
            &problem["errors"][0]["code"]
        ),
        (&json!("/lines/3"), &json!("duplicate-reference"))
    );
    assert_eq!(stated(&world).await.len(), 0);
    let dry = upload(&by, &new_key(), "?validate_only=true", file.clone()).await;
    assert_eq!(counts(&dry.expect(200)["result"]), [2, 0, 23]);
    assert_eq!(stated(&world).await.len(), 0);
    let import = upload(&by, &new_key(), "?mode=independent", file)
        .await
        .expect(200);
    assert_eq!(refusals(&import), expected);
    assert_eq!(counts(&import), [2, 0, 23]);
    assert_eq!(stated(&world).await.len(), 2);
    // All or none, and of what is stated already with another figure: none.
    let file = "base,quote,rate,source,date\nUSD,MXN,19.8,ECB,2025-01-20\n\
        USD,JPY,150,ECB,2025-01-20\n";
    let refused = upload(&by, &new_key(), "?mode=atomic", file).await;
    let problem = refused.expect_problem(409, "rate-rows-refused");
    assert_eq!(problem["errors"][0]["pointer"], "/lines/3");
    let file = file.replace("150,", "150.25,");
    let taken = upload(&by, &new_key(), "?mode=atomic", file).await;
    assert_eq!(counts(&taken.expect(200)), [1, 1, 0]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_file_of_rates_is_refused_as_a_whole() {
    let world = World::new().await;
    let by = world.controller();
    for (file, code) in [
        ("".to_owned(), "body-missing"),
        ("base,quote\n".to_owned(), "malformed-header"),
        (
            "base;quote;rate;source;date\n".to_owned(),
            "malformed-header",
        ),
        (
            "base,quote,rate,source,source\n".to_owned(),
            "malformed-header",
        ),
        (
            format!("base,quote,rate,source,date{}", "\n".repeat(20_000) + "x"),
            "file-too-long",
        ),
    ] {
        let refused = upload(&by, &new_key(), "", file).await;
        refused.expect_problem(400, code);
    }
    let header = "base,quote,rate,source,date";
    for (query, code) in [
        ("?mode=both", "malformed-parameter"),
        ("?validate_only=1", "malformed-parameter"),
        ("?dry=true", "unknown-parameter"),
    ] {
        let refused = upload(&by, &new_key(), query, header).await;
        refused.expect_problem(422, code);
    }
    let request = by
        .request(Method::POST, AT)
        .header("Content-Type", "text/csv");
    let refused = by.send(request.body(header)).await;
    refused.expect_problem(400, "idempotency-key-missing");
    let large = upload(&by, &new_key(), "", "x".repeat(4 * 1024 * 1024 + 1)).await;
    large.expect_problem(413, "body-too-large");
    let refused = upload(&world.preparer(), &new_key(), "", header).await;
    refused.expect_problem(403, "forbidden");
    world.finish().await;
}
