//! An account's statement in every form there is.

use std::io::{Cursor, Read};

use aws_lc_rs::digest::{SHA256, digest};
use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use super::desk::Desk;
use crate::harness::{Client, World, usd};

const DAYS: &str = "from=2024-01-01&to=2026-12-31";

/// A form's ending, what it is asked for by, and what it is answered as.
const FORMS: [(&str, &str, &str); 5] = [
    ("csv", "text/csv", "text/csv; charset=utf-8; header=present"),
    ("ndjson", "application/x-ndjson", "application/x-ndjson"),
    ("xlsx", WORKBOOK, WORKBOOK),
    ("pdf", "application/pdf", "application/pdf"),
    ("xml", "application/xml", "application/xml"),
];
const WORKBOOK: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// A part of a workbook, as text.
fn part(workbook: &[u8], name: &str) -> String {
    let mut archive = zip::ZipArchive::new(Cursor::new(workbook)).unwrap();
    let mut text = String::new();
    let mut file = archive.by_name(name).unwrap();
    file.read_to_string(&mut text).unwrap();
    text
}

/// The address of the statement of a creator's account, without its form.
async fn of_creator(world: &World, creator: &str) -> String {
    let at = format!("/v1/accounts?creator_id={creator}&code=3130");
    let found = world.auditor().get(&at).await.expect(200);
    let id = found["data"][0]["id"].as_str().unwrap();
    format!("/v1/accounts/{id}/statement")
}

async fn written(client: &Client, at: &str, form: &str) -> Vec<u8> {
    let answer = client.get(&format!("{at}.{form}?{DAYS}")).await;
    assert_eq!(answer.status, 200, "{form}: {answer:?}");
    answer.body
}

#[tokio::test(flavor = "multi_thread")]
async fn every_form_is_had_by_its_ending_or_its_media_type_with_a_digest_and_a_tag() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    world
        .allocate(&pledge, &creator, usd("2500.00"), "2024-12-02")
        .await;
    let at = of_creator(&world, &creator).await;
    let auditor = world.auditor();
    for (ending, media_type, content_type) in FORMS {
        let by_ending = auditor.get(&format!("{at}.{ending}?{DAYS}")).await;
        assert_eq!(by_ending.status, 200, "{by_ending:?}");
        assert_eq!(by_ending.header("content-type"), Some(content_type));
        let named = by_ending.header("content-disposition").unwrap();
        assert!(
            named.ends_with(&format!("-2024-01-01-2026-12-31.{ending}\"")),
            "{named}"
        );
        let sha256 = STANDARD.encode(digest(&SHA256, &by_ending.body));
        let digest = format!("sha-256=:{sha256}:");
        assert_eq!(by_ending.header("repr-digest"), Some(digest.as_str()));
        let by_type = auditor
            .get_with(&format!("{at}?{DAYS}"), ("Accept", media_type))
            .await;
        assert_eq!(by_type.header("content-type"), Some(content_type));
        assert!(by_type.body == by_ending.body, "{ending}: the same bytes");
        let tag = by_ending.header("etag").unwrap().to_owned();
        let again = auditor
            .get_with(&format!("{at}.{ending}?{DAYS}"), ("If-None-Match", &tag))
            .await;
        assert_eq!((again.status, again.body.len()), (304, 0), "{ending}");
    }
    let none = auditor
        .get_with(&format!("{at}?{DAYS}"), ("Accept", "image/png"))
        .await;
    let problem = none.expect_problem(406, "not-acceptable");
    assert!(
        problem["detail"]
            .as_str()
            .unwrap()
            .contains("application/pdf"),
        "{problem}"
    );
    let ndjson = written(&auditor, &at, "ndjson").await;
    let json = auditor.get(&format!("{at}?{DAYS}")).await.expect(200);
    let rows: Vec<Value> = ndjson
        .split(|byte| *byte == b'\n')
        .filter(|row| !row.is_empty())
        .map(|row| serde_json::from_slice(row).unwrap())
        .collect();
    let mut lines = json["lines"].as_array().unwrap().clone();
    for line in &mut lines {
        // What not everybody may see isn't in it.
        line["counterpart"].as_object_mut().unwrap().remove("id");
        line["reason"] = Value::Null;
    }
    assert_eq!(rows[1..rows.len() - 1], lines);
    assert_eq!(json["status"], "draft");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn japanese_and_korean_names_stand_on_statements_and_reading_them_is_traced() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "KR", usd("5000.00"), "2024-11-05")
        .await;
    for (market, name) in [("JP", "山﨑 髙子"), ("KR", "김하늘")] {
        let reference = format!("{market}-{:016x}", fastrand::u64(..));
        let creator = world.creator_as(&reference, name, market).await;
        let allocation = world
            .allocate(&pledge, &creator, usd("2500.00"), "2024-12-02")
            .await;
        let reason = format!("{name}: 動画一本減、영상 하나 감소");
        let release = json!({"amount": usd("100.00"), "reason": reason,
            "effective_date": "2024-12-03"});
        let release_at = format!("/v1/allocations/{allocation}/release");
        world
            .preparer()
            .post(&release_at, release)
            .await
            .expect(200);
        let at = of_creator(&world, &creator).await;
        let auditor = world.auditor();

        let workbook = written(&auditor, &at, "xlsx").await;
        let texts = part(&workbook, "xl/sharedStrings.xml");
        for text in [name, "動画一本減、영상 하나 감소", "2400.00"] {
            assert!(texts.contains(text), "{text}");
        }
        let sheet = part(&workbook, "xl/worksheets/sheet1.xml");
        assert!(sheet.contains("<v>2500</v>") && sheet.contains("<v>2400</v>"));
        let xml = String::from_utf8(written(&auditor, &at, "xml").await).unwrap();
        assert!(
            xml.contains(&format!("<Ownr><Nm>{name}</Nm></Ownr>")),
            "{xml}"
        );
        assert!(
            xml.contains(&format!("<Ustrd>{name}: 動画一本減、")),
            "{xml}"
        );
        let pdf = written(&auditor, &at, "pdf").await;
        assert!(pdf.starts_with(b"%PDF-1.7"));

        let trail = format!("/v1/audit-trail?creator_id={creator}");
        let trail = auditor.get(&trail).await.expect(200);
        let read = trail["data"].as_array().unwrap().iter();
        let told: Vec<&Value> = read.map(|it| &it["personal_data"]).collect();
        assert_eq!(told, ["names", "names", "names"], "each form, once");
        // Neither the figures nor what is read line by line names anybody.
        for (form, times) in [("csv", 1), ("ndjson", 0)] {
            let text = String::from_utf8(written(&auditor, &at, form).await).unwrap();
            assert_eq!(
                text.matches(name).count(),
                times,
                "the reason, and no more: {text}"
            );
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_donor_s_statement_tells_neither_names_nor_reasons_nor_holds() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let account = world.account(&pledge.id, "code=3110&unit=USD").await;
    let at = format!("/v1/accounts/{}/statement", account["id"].as_str().unwrap());
    let donor = world.donor(&[&pledge.id], &["*"]);
    let days = "from=2024-01-01&to=2099-12-31";
    let own = donor.get(&format!("{at}.xml?{days}")).await;
    let whole = world.auditor().get(&format!("{at}.xml?{days}")).await;
    assert!(!own.text().contains("CLAV") && whole.text().contains("CLAV"));
    for form in ["xlsx", "pdf"] {
        written(&donor, &at, form).await;
    }
    let hidden = world
        .account(&pledge.id, "code=3120&unit=USD&market=JP")
        .await;
    for (ending, ..) in FORMS {
        let id = hidden["id"].as_str().unwrap();
        let at = format!("/v1/accounts/{id}/statement.{ending}?{DAYS}");
        donor.get(&at).await.expect_problem(404, "not-found");
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_available_is_said_of_the_present_alone() {
    let world = World::new().await;
    let desk = Desk::owing(&world, "150.00").await;
    let account = world.account(&desk.pledge.id, "code=2120").await;
    let at = format!("/v1/accounts/{}/statement", account["id"].as_str().unwrap());
    let (auditor, present) = (world.auditor(), "from=2024-01-01&to=2099-12-31");
    let available = async |query: &str| {
        let xml = auditor.get(&format!("{at}.xml?{query}")).await;
        let text = xml.text();
        let found = text.split("<Cd>CLAV</Cd>").nth(1).map(|rest| {
            let amount = rest.split("<Amt Ccy=\"USD\">").nth(1).unwrap();
            amount.split('<').next().unwrap().to_owned()
        });
        (found, xml.header("etag").unwrap().to_owned())
    };
    let (before, tag) = available(present).await;
    assert_eq!(before.as_deref(), Some("150.00"));
    desk.propose(&world, "PO-1", "100.00").await;
    let (after, other) = available(present).await;
    assert_eq!(after.as_deref(), Some("50.00"));
    assert_ne!(
        tag, other,
        "a hold has no journal, and still the answer is another"
    );
    assert_eq!(available("from=2024-01-01&to=2025-12-31").await.0, None);
    let json = auditor.get(&format!("{at}?{present}")).await.expect(200);
    let known_at = json["known_at"].as_str().unwrap();
    assert_eq!(
        available(&format!("{present}&known_at={known_at}")).await.0,
        None
    );
    world.finish().await;
}
