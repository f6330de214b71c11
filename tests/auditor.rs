//! The auditor's story: the same answer for ever, ties, proofs, and pages of one moment.

use serde_json::{Value, json};

use crate::harness::{Funded, World, usd};

/// A budget of Japan's with some allocations on it, and its account.
async fn busy(world: &World, count: usize) -> (Funded, String, String) {
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    for turn in 1..=count {
        let amount = usd(&format!("{turn}.00"));
        world
            .allocate(&pledge, &creator, amount, "2025-01-15")
            .await;
    }
    let account = world
        .account(&pledge.id, "code=3120&unit=USD&market=JP")
        .await;
    let account = account["id"].as_str().unwrap().to_owned();
    (pledge, creator, account)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_known_at_a_moment_stays_the_same_whatever_is_entered_later() {
    let world = World::new().await;
    let auditor = world.auditor();
    let (pledge, creator, account) = busy(&world, 4).await;
    let range = "from=2025-01-01&to=2025-12-31";
    let at = format!("/v1/accounts/{account}/statement?{range}");
    let first = auditor.get(&at).await.expect(200);
    let known_at = first["known_at"].as_str().unwrap().to_owned();
    let again = format!("{at}&known_at={known_at}");
    let csv = format!("/v1/accounts/{account}/statement.csv?{range}&known_at={known_at}");
    let (before, csv_before) = (auditor.get(&again).await, auditor.get(&csv).await);
    assert_eq!(
        before.json(),
        first,
        "the moment it names is the one it was made at"
    );

    // Later, and backdated into the days of the statement and before them.
    for day in ["2025-06-01", "2025-01-15", "2025-01-02", "2024-12-02"] {
        world.allocate(&pledge, &creator, usd("10.00"), day).await;
    }
    let (after, csv_after) = (auditor.get(&again).await, auditor.get(&csv).await);
    assert_eq!(after.body, before.body);
    assert_eq!(after.header("etag"), before.header("etag"));
    assert_eq!(csv_after.body, csv_before.body);
    let now = auditor.get(&at).await.expect(200);
    assert_eq!(now["lines"].as_array().unwrap().len(), 7);
    assert_eq!(now["opening"], usd("149990.00"));
    let point = format!("/v1/accounts/{account}?as_of=2025-01-31");
    let then = auditor
        .get(&format!("{point}&known_at={known_at}"))
        .await
        .expect(200);
    assert_eq!(then["balance"], "149990.00");
    assert_eq!(
        auditor.get(&point).await.expect(200)["balance"],
        "149960.00"
    );
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_asks_for_what_will_be_known() {
    let world = World::new().await;
    let (_, _, account) = busy(&world, 1).await;
    let at = format!("/v1/accounts/{account}?known_at=2199-01-01T00:00:00Z");
    world
        .auditor()
        .get(&at)
        .await
        .expect_problem(422, "known-at-in-future");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_trial_balance_ties_in_each_unit_on_every_day() {
    let world = World::new().await;
    let auditor = world.auditor();
    let (pledge, _, _) = busy(&world, 3).await;
    world.funded_pledge().await;
    for query in [
        String::new(),
        format!("?pledge_id={}", pledge.id),
        "?as_of=2024-09-26".to_owned(),
        "?as_of=2024-10-31".to_owned(),
        format!("?pledge_id={}&as_of=2025-01-15", pledge.id),
    ] {
        let balance = auditor
            .get(&format!("/v1/trial-balance{query}"))
            .await
            .expect(200);
        let units = balance["units"].as_array().unwrap();
        assert!(!units.is_empty(), "{query}");
        for unit in units {
            let cents = |amount: &Value| {
                amount
                    .as_str()
                    .unwrap()
                    .replace('.', "")
                    .parse::<i64>()
                    .unwrap()
            };
            let rows = unit["rows"].as_array().unwrap();
            let sum = |side: &str| rows.iter().map(|row| cents(&row[side])).sum::<i64>();
            assert!(sum("debits") > 0, "{query}");
            assert_eq!(sum("debits"), cents(&unit["total_debits"]), "{query}");
            assert_eq!(sum("credits"), cents(&unit["total_credits"]), "{query}");
            assert_eq!(unit["total_debits"], unit["total_credits"], "{query}");
        }
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_proofs_are_answered_with_figures_of_all_or_of_one_pledge() {
    let world = World::new().await;
    let (pledge, _, _) = busy(&world, 2).await;
    for query in [String::new(), format!("?pledge_id={}", pledge.id)] {
        let proofs = world
            .auditor()
            .get(&format!("/v1/proofs{query}"))
            .await
            .expect(200);
        assert_eq!(proofs["holds"], true);
        let all = proofs["proofs"].as_array().unwrap();
        assert!(all.len() > 5);
        assert!(
            all.iter()
                .all(|it| it["holds"] == true && it["broken"] == 0)
        );
        assert!(
            all.iter()
                .any(|it| !it["figures"].as_array().unwrap().is_empty())
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_statement_s_line_leads_to_its_journal_and_who_asked_for_it() {
    let world = World::new().await;
    let (pledge, _, account) = busy(&world, 1).await;
    let entries = format!("/v1/accounts/{account}/entries");
    let entries = world.auditor().get(&entries).await.expect(200);
    let line = &entries["data"][1];
    let journal = format!("/v1/journals/{}", line["journal_id"].as_str().unwrap());
    let journal = world.auditor().get(&journal).await.expect(200);
    assert_eq!(
        (&journal["kind"], &journal["actor"]),
        (&json!("allocation"), &json!("petra"))
    );
    assert_eq!(journal["pledge_id"], pledge.id.as_str());
    let transfer = &journal["transfers"][0];
    assert_eq!(transfer["debit"]["account_id"], account.as_str());
    assert_eq!(transfer["debit"]["seq"], line["seq"]);
    assert_eq!(transfer["debit"]["balance"], line["balance"]);
    assert_eq!(transfer["credit"]["account_id"], line["counterpart"]["id"]);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_pages_show_the_moment_of_the_first() {
    let world = World::new().await;
    let auditor = world.auditor();
    let (pledge, creator, account) = busy(&world, 7).await;
    for (list, count) in [
        (format!("/v1/accounts/{account}/entries?limit=3"), 8),
        (format!("/v1/journals?pledge_id={}&limit=3", pledge.id), 12),
        (
            format!("/v1/allocations?pledge_id={}&limit=3", pledge.id),
            7,
        ),
    ] {
        let first = auditor.get(&list).await;
        let mut page = first.expect(200);
        let before = auditor
            .get(&list.replace("limit=3", "limit=1000"))
            .await
            .expect(200);
        let mut members = page["data"].as_array().unwrap().clone();
        // What comes in between two pages stays out of all of them.
        let late = world
            .allocate(&pledge, &creator, usd("1.00"), "2025-01-02")
            .await;
        while page["has_more"] == true {
            let cursor = page["next_cursor"].as_str().unwrap();
            page = auditor
                .get(&format!("{list}&cursor={cursor}"))
                .await
                .expect(200);
            members.extend(page["data"].as_array().unwrap().iter().cloned());
        }
        assert_eq!(page["next_cursor"], Value::Null);
        assert_eq!(Value::from(members), before["data"], "{list}");
        assert!(before["data"].as_array().unwrap().len() >= count, "{list}");
        let link = first.header("link").unwrap();
        assert!(
            link.contains("cursor=") && link.ends_with("rel=\"next\""),
            "{link}"
        );
        let released = auditor.get(&format!("/v1/allocations/{late}")).await;
        assert_eq!(released.status, 200);
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_has_not_changed_is_not_sent_again_and_what_has_is() {
    let world = World::new().await;
    let auditor = world.auditor();
    let (pledge, creator, account) = busy(&world, 1).await;
    let range = "from=2025-01-01&to=2025-12-31";
    let changing = [
        format!("/v1/pledges/{}/summary", pledge.id),
        format!("/v1/accounts/{account}"),
        format!("/v1/accounts/{account}/statement?{range}"),
        format!("/v1/accounts/{account}/statement.csv?{range}"),
        format!("/v1/trial-balance?pledge_id={}", pledge.id),
    ];
    let lasting = [
        format!("/v1/pledges/{}", pledge.id),
        format!("/v1/creators/{creator}"),
    ];
    let mut tags = Vec::new();
    for path in changing.iter().chain(&lasting) {
        let answer = auditor.get(path).await;
        assert_eq!(answer.status, 200, "{path}");
        assert_eq!(
            answer.header("vary"),
            Some("Accept, Authorization"),
            "{path}"
        );
        tags.push(
            answer
                .header("etag")
                .unwrap_or_else(|| panic!("{path}"))
                .to_owned(),
        );
    }
    let paths = || changing.iter().chain(&lasting).zip(&tags);
    for (path, tag) in
        paths().filter(|(path, _)| !path.contains("/accounts/") || path.contains('?'))
    {
        let same = auditor.get_with(path, ("if-none-match", tag)).await;
        assert_eq!(same.status, 304, "{path}");
        assert!(same.body.is_empty());
        assert_eq!(same.header("etag"), Some(tag.as_str()));
        let other = auditor.get_with(path, ("if-none-match", "\"other\"")).await;
        assert_eq!(other.status, 200, "{path}");
    }
    world
        .allocate(&pledge, &creator, usd("1.00"), "2025-01-20")
        .await;
    for (path, tag) in paths() {
        let status = auditor.get_with(path, ("if-none-match", tag)).await.status;
        assert_eq!(
            status,
            if lasting.contains(path) { 304 } else { 200 },
            "{path}"
        );
    }
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_reader_s_tag_is_not_another_s() {
    let world = World::new().await;
    let (pledge, _, _) = busy(&world, 1).await;
    let path = format!("/v1/pledges/{}/summary", pledge.id);
    let whole = world.auditor().get(&path).await;
    let tag = whole.header("etag").unwrap();
    let partner = world.partner(&[&pledge.id], &["JP"]);
    let part = partner.get_with(&path, ("if-none-match", tag)).await;
    assert_ne!(part.expect(200), whole.json());
    world.finish().await;
}
