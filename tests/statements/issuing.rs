//! One account's statements, one after the other.

use almoner::statements;
use almoner::tlog::note::Verifier;
use aws_lc_rs::digest;
use serde_json::{Value, json};

use crate::harness::{Answer, Client, Funded, World, usd};

/// A pledge, the account of what of its cash is unallocated, and the controller.
async fn story(world: &World) -> (Funded, String, Client) {
    let pledge = world.funded_pledge().await;
    let account = world.account(&pledge.id, "code=3110&unit=USD").await;
    let account = account["id"].as_str().unwrap().to_owned();
    (pledge, account, world.controller())
}

async fn issue(by: &Client, account: &str, to: &str) -> Answer {
    let at = format!("/v1/accounts/{account}/statements");
    by.post(&at, json!({"to": to})).await
}

async fn reissue(by: &Client, statement: &str) -> Answer {
    let at = format!("/v1/statements/{statement}/reissues");
    by.post(&at, json!({"reason": "A budget was entered late"}))
        .await
}

fn id(statement: &Value) -> &str {
    statement["id"].as_str().unwrap()
}

fn hexadecimal(bytes: &[u8]) -> String {
    let digest = digest::digest(&digest::SHA256, bytes);
    digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn statements_are_numbered_without_gaps_and_open_with_what_the_last_one_closed_with() {
    let world = World::new().await;
    let (_, account, controller) = story(&world).await;
    let mut closing = "0.00".to_owned();
    let mut next = "2024-10-01".to_owned();
    for (number, to, lines) in [
        (1, "2024-10-31", 1),
        (2, "2024-11-30", 1),
        // Nothing happened: an empty one is issued too.
        (3, "2024-12-31", 0),
    ] {
        let issued = issue(&controller, &account, to).await;
        let issued = issued.expect(201);
        assert_eq!(issued["number"], number);
        assert_eq!((&issued["from"], &issued["to"]), (&json!(next), &json!(to)));
        assert_eq!(issued["opening"], closing);
        assert_eq!(issued["lines"], lines, "{issued}");
        closing = issued["closing"].as_str().unwrap().to_owned();
        let to: time::Date =
            time::Date::parse(to, &time::format_description::well_known::Iso8601::DATE).unwrap();
        next = to.next_day().unwrap().to_string();
        let whole = world
            .auditor()
            .get(&format!("/v1/statements/{}", id(&issued)))
            .await;
        assert!(whole.header("cache-control").unwrap().contains("immutable"));
        let whole = whole.expect(200);
        assert_eq!(whole["status"], "issued");
        assert_eq!(whole["closing"]["amount"], closing);
        assert_eq!(whole["lines"].as_array().unwrap().len(), lines);
        assert_eq!(whole["issue"]["digest"], issued["digest"]);
    }
    assert_eq!(closing, "1600000.00");
    let listed = world
        .auditor()
        .get(&format!("/v1/statements?account_id={account}"))
        .await;
    let numbers: Vec<i64> = listed.expect(200)["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| it["number"].as_i64().unwrap())
        .collect();
    assert_eq!(numbers, [1, 2, 3]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_not_the_next_statement_is_refused_and_says_which_is() {
    let world = World::new().await;
    let (_, account, controller) = story(&world).await;
    let at = format!("/v1/accounts/{account}/statements");
    let late = json!({"to": "2024-12-31", "from": "2024-11-01"});
    let refused = controller.post(&at, late).await;
    refused.expect_problem(409, "statement-begins-late");
    issue(&controller, &account, "2024-10-31").await.expect(201);
    for body in [
        json!({"to": "2024-10-31"}),
        json!({"to": "2024-11-30", "from": "2024-11-02"}),
        json!({"to": "2024-11-30", "from": "2024-10-15"}),
    ] {
        let refused = controller.post(&at, body).await;
        let problem = refused.expect_problem(409, "statement-not-next");
        assert!(problem["detail"].as_str().unwrap().contains("number 1"));
    }
    let today = time::OffsetDateTime::now_utc().date().to_string();
    let refused = issue(&controller, &account, &today).await;
    refused.expect_problem(409, "statement-not-over");
    for by in [world.preparer(), world.approver(), world.auditor()] {
        let refused = issue(&by, &account, "2024-11-30").await;
        refused.expect_problem(403, "forbidden");
    }
    let nothing = format!("acc_{}", "0".repeat(32));
    let refused = issue(&controller, &nothing, "2024-11-30").await;
    refused.expect_problem(404, "not-found");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_request_sent_again_is_answered_as_the_first_time_and_issues_nothing() {
    let world = World::new().await;
    let (_, account, controller) = story(&world).await;
    let at = format!("/v1/accounts/{account}/statements");
    let body = json!({"to": "2024-10-31"});
    let first = controller.post_with_key(&at, "october", &body).await;
    let again = controller.post_with_key(&at, "october", &body).await;
    assert_eq!(first.expect(201), again.expect(201));
    assert!(again.replayed());
    let dry = controller
        .post(
            &format!("{at}?validate_only=true"),
            json!({"to": "2024-11-30"}),
        )
        .await;
    assert_eq!(dry.expect(200)["result"]["number"], 2);
    let listed = world
        .auditor()
        .get(&format!("/v1/statements?account_id={account}"))
        .await;
    assert_eq!(listed.expect(200)["data"].as_array().unwrap().len(), 1);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn late_entries_are_told_and_the_statement_is_issued_again_before_the_account_goes_on() {
    let world = World::new().await;
    let (pledge, account, controller) = story(&world).await;
    let october = issue(&controller, &account, "2024-10-31").await.expect(201);
    let november = issue(&controller, &account, "2024-11-30").await.expect(201);
    world
        .budget(&pledge, "FR", usd("1000.00"), "2024-11-10")
        .await;

    let refused = issue(&controller, &account, "2024-12-31").await;
    let problem = refused.expect_problem(409, "statement-behind");
    assert!(problem["detail"].as_str().unwrap().contains("number 2"));
    let again = reissue(&controller, id(&november)).await.expect(201);
    assert_eq!(
        (&again["number"], &again["supersedes"]),
        (&json!(3), &json!(2))
    );
    assert_eq!(again["opening"], november["opening"]);
    assert_eq!(again["closing"], "1599000.00");
    // It stands; the earlier one can't be issued a third time.
    let refused = reissue(&controller, id(&november)).await;
    refused.expect_problem(409, "statement-superseded");
    let december = issue(&controller, &account, "2024-12-31").await.expect(201);
    assert_eq!(
        (&december["number"], &december["opening"]),
        (&json!(4), &json!("1599000.00"))
    );

    let at = format!("/v1/statements/{}/diff/{}", id(&november), id(&again));
    let diff = world.auditor().get(&at).await.expect(200);
    assert_eq!(diff["opening_difference"], "0.00");
    assert_eq!(diff["closing_difference"], "-1000.00");
    assert_eq!(diff["explained"], true);
    let within = diff["within"].as_array().unwrap();
    assert_eq!(within.len(), 1);
    assert_eq!(within[0]["effective_date"], "2024-11-10");
    assert_eq!(within[0]["debit"], "1000.00");
    assert!(within[0]["actor"].is_string());
    // What was issued first stays what it was, to the byte.
    let kept = world
        .auditor()
        .get(&format!("/v1/statements/{}", id(&november)))
        .await;
    assert_eq!(kept.expect(200)["closing"]["amount"], "1600000.00");
    let at = format!("/v1/statements/{}/diff/{}", id(&october), id(&again));
    let refused = world.auditor().get(&at).await;
    refused.expect_problem(422, "not-comparable");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn its_digest_is_of_its_ndjson_which_is_the_same_for_everybody_for_ever() {
    let world = World::new().await;
    let (pledge, account, controller) = story(&world).await;
    let issued = issue(&controller, &account, "2024-11-30").await.expect(201);
    let at = format!("/v1/statements/{}/statement.ndjson", id(&issued));
    let ndjson = world.auditor().get(&at).await;
    assert_eq!(ndjson.status, 200);
    assert_eq!(
        hexadecimal(&ndjson.body),
        issued["digest"].as_str().unwrap()
    );
    world
        .budget(&pledge, "FR", usd("1000.00"), "2024-11-10")
        .await;
    let donor = world.donor(&[&pledge.id], &["*"]);
    assert_eq!(donor.get(&at).await.body, ndjson.body);
    let page = format!("/v1/statements/{}/statement.pdf", id(&issued));
    let page = world.auditor().get(&page).await;
    let attached = statements::attached_json(&page.body).unwrap();
    let claim = statements::Claim::read(&attached).unwrap();
    let key: Verifier = world
        .auditor()
        .get("/tlog/key")
        .await
        .text()
        .trim()
        .parse()
        .unwrap();
    let findings = claim.check(std::slice::from_ref(&key));
    assert!(findings.iter().all(|it| it.holds), "{findings:?}");
    for (told, false_one) in [
        ("150000.00", "150000.01"),
        ("2024-11-30", "2024-12-31"),
        // What the account was credited in all, with its balance or without.
        ("\"credits\":\"1750000.00\"", "\"credits\":\"1750000.01\""),
        (
            "\"debits\":\"150000.00\",\"credits\":\"1750000.00\"",
            "\"debits\":\"150001.00\",\"credits\":\"1750001.00\"",
        ),
    ] {
        assert!(attached.contains(told), "{told}: {attached}");
        let claim = statements::Claim::read(&attached.replace(told, false_one)).unwrap();
        let findings = claim.check(std::slice::from_ref(&key));
        assert!(findings.iter().any(|it| !it.holds), "{told}: {findings:?}");
    }
    let etag = ndjson.header("etag").unwrap();
    let known = world.auditor().get_with(&at, ("If-None-Match", etag)).await;
    assert_eq!(known.status, 304);
    // Whoever doesn't see the account isn't told that there is a statement.
    let lead = world.partner(&[&pledge.id], &["JP"]);
    let refused = lead.get(&at).await;
    refused.expect_problem(404, "not-found");
    assert_eq!(
        lead.get("/v1/statements").await.expect(200)["data"],
        json!([])
    );
    world.finish().await;
}
