//! The donor's story: what became of the money, and nothing of any one creator.

use std::collections::BTreeMap;

use almoner::http::access::Party;
use serde_json::{Value, json};

use crate::harness::{Client, Funded, World, usd};
use crate::operations::{Names, Need, Place, operations};

/// A name that stands in no other word.
const NAME: &str = "山田 花子";

#[tokio::test(flavor = "multi_thread")]
async fn no_answer_to_a_donor_tells_of_a_creator() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let pledges = [place.pledge.as_str(), &place.announced];
    let secrets = [
        place.creator.as_str(),
        &place.allocation,
        &place.obligation,
        &place.advanced,
        &place.payouts[0],
        &place.ad_account,
        &place.spend_line,
        NAME,
        "山田",
        "petra",
    ];
    let (mut told, mut hidden) = (0, 0);
    for markets in [&["*"][..], &["JP"]] {
        for party in [Some(Party::Donor), None] {
            let donor = world.partner_of(party, &pledges, markets);
            for operation in operations().into_iter().filter(|it| it.body.is_none()) {
                let answer = operation.try_by(&donor, &place).await;
                let may = matches!(
                    operation.need,
                    Need::Nothing | Need::Reference | Need::Ledger | Need::Holdings
                );
                let about_creators = matches!(
                    operation.names,
                    Names::Creator
                        | Names::Allocation
                        | Names::Obligation
                        | Names::Payout
                        | Names::AdAccount
                );
                if operation.need == Need::OwnTokensRead {
                    // A list of the donor's own, which has none.
                    assert_eq!(answer.status, 200, "{answer:?}");
                    continue;
                }
                match answer.status {
                    403 => assert!(!may, "{answer:?}"),
                    404 => hidden += 1,
                    status => {
                        assert!(status == 200 && may && !about_creators, "{answer:?}");
                        told += 1;
                    }
                }
                let asked = operation.harmless(&place);
                for secret in secrets.iter().filter(|it| !asked.contains(**it)) {
                    assert!(!answer.text().contains(secret), "{secret} in {answer:?}");
                }
            }
        }
    }
    assert!(told > 40 && hidden > 20, "{told} told, {hidden} hidden");
    for list in [
        "creators",
        "allocations",
        "obligations",
        "payouts",
        "spend-lines",
    ] {
        let donor = world.donor(&pledges, &["*"]);
        let found = donor.get(&format!("/v1/{list}")).await.expect(200);
        assert_eq!(found["data"], json!([]), "{list}");
    }
    world.finish().await;
}

/// Everything a donor can come to by way of accounts and journals, followed to the end.
#[tokio::test(flavor = "multi_thread")]
async fn the_accounts_a_donor_sees_tell_of_no_creator_in_any_line() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let donor = world.donor(&[&place.pledge], &["*"]);
    let accounts = donor.get("/v1/accounts?limit=1000").await.expect(200);
    let accounts = accounts["data"].as_array().unwrap();
    let mut codes: Vec<&str> = accounts
        .iter()
        .map(|it| it["code"].as_str().unwrap())
        .collect();
    codes.sort_unstable();
    codes.dedup();
    let expected = [
        "1110", "1210", "1310", "2400", "3100", "3110", "3190", "3200", "3210",
    ];
    assert_eq!(codes, expected);
    let mut lines = 0;
    for account in accounts {
        let id = account["id"].as_str().unwrap();
        let statement = format!("/v1/accounts/{id}/statement?from=2024-01-01&to=2026-12-31");
        let donor_s = donor.get(&statement).await.expect(200);
        let auditor_s = world.auditor().get(&statement).await.expect(200);
        for part in ["opening", "closing", "total_debits", "total_credits"] {
            assert_eq!(donor_s[part], auditor_s[part], "{id} {part}");
        }
        let (shown, whole) = (&donor_s["lines"], auditor_s["lines"].as_array().unwrap());
        assert_eq!(
            shown.as_array().unwrap().len(),
            whole.len(),
            "no line is missing"
        );
        for line in shown.as_array().unwrap() {
            assert!(line["reason"].is_null(), "{line}");
            let other = &line["counterpart"];
            let known = codes.contains(&other["code"].as_str().unwrap());
            assert_eq!(other["id"].is_null(), !known, "{line}");
            lines += 1;
        }
    }
    assert!(lines > 10);
    let journals = format!("/v1/journals?pledge_id={}&limit=1000", place.pledge);
    let journals = donor.get(&journals).await.expect(200);
    let journals = journals["data"].as_array().unwrap();
    assert!(!journals.is_empty());
    for journal in journals {
        assert!(journal["reason"].is_null() && journal.get("actor").is_none_or(Value::is_null));
        let kind = journal["kind"].as_str().unwrap();
        let about_creators = ["allocation", "obligation", "invoice", "payout", "spend"];
        assert!(!about_creators.contains(&kind), "{journal}");
    }
    world.finish().await;
}

/// Creators of a market with one allocation each.
async fn fund(world: &World, pledge: &Funded, market: &str, creators: usize) {
    if market != "JP" {
        world
            .budget(pledge, market, usd("900.00"), "2024-11-04")
            .await;
    }
    for _ in 0..creators {
        let creator = world.creator(market).await;
        world
            .allocate(pledge, &creator, usd("10.00"), "2024-12-02")
            .await;
    }
}

/// What is told of markets in USD: allocated, or null; and of the whole, with `*`.
async fn told(client: &Client, pledge: &Funded) -> BTreeMap<String, Value> {
    let at = format!("/v1/pledges/{}/summary", pledge.id);
    let summary = client.get(&at).await.expect(200);
    let mut told = BTreeMap::new();
    for market in summary["markets"].as_array().unwrap() {
        if market["unit"] == "USD" {
            let withheld = market["withheld"].as_bool().unwrap();
            for figure in ["allocated", "obligated", "spent", "expired", "available"] {
                assert_eq!(market[figure].is_null(), withheld, "{market}");
            }
            assert!(market["budgeted"].is_string(), "{market}");
            let code = market["market"].as_str().unwrap().to_owned();
            told.insert(code, market["allocated"].clone());
        }
    }
    let units = summary["units"].as_array().unwrap().iter();
    for unit in units.filter(|unit| unit["unit"] == "USD") {
        told.insert("*".to_owned(), unit["allocated"].clone());
    }
    told
}

#[tokio::test(flavor = "multi_thread")]
async fn a_figure_of_fewer_than_five_creators_is_withheld_with_what_would_give_it_away() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    for (market, creators) in [("JP", 6), ("FR", 5), ("GB", 2)] {
        fund(&world, &pledge, market, creators).await;
    }
    let donor = world.donor(&[&pledge.id], &["*"]);
    let shown = told(&donor, &pledge).await;
    // Two creators in GB; FR, which has the next fewest, keeps GB from being the rest of the sum.
    assert_eq!(shown["GB"], Value::Null);
    assert_eq!(shown["FR"], Value::Null);
    assert_eq!(shown["JP"], "60.00");
    assert_eq!(
        shown["US"], "0.00",
        "a market that funds nobody tells of nobody"
    );
    assert_eq!(shown["*"], "130.00");
    // Nobody else is kept from anything.
    for client in [world.auditor(), world.partner(&[&pledge.id], &["*"])] {
        let whole = told(&client, &pledge).await;
        assert_eq!(
            (&whole["GB"], &whole["FR"]),
            (&json!("20.00"), &json!("50.00"))
        );
    }
    // A donor of fewer markets is told the same of them, so two tokens give no more than one.
    let french = told(&world.donor(&[&pledge.id], &["FR", "JP"]), &pledge).await;
    assert_eq!(
        (&french["FR"], &french["JP"]),
        (&Value::Null, &json!("60.00"))
    );
    assert_eq!(french["*"], Value::Null);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn with_five_creators_in_every_market_all_is_told() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    for market in ["JP", "FR"] {
        fund(&world, &pledge, market, 5).await;
    }
    let donor = told(&world.donor(&[&pledge.id], &["*"]), &pledge).await;
    assert_eq!(donor, told(&world.auditor(), &pledge).await);
    assert_eq!(donor["*"], "100.00");
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_sum_is_withheld_where_it_gives_away_what_is() {
    let world = World::new().await;
    // One market with few creators and none besides; and two with too few together.
    for funded in [&[("JP", 4)][..], &[("JP", 2), ("FR", 2)]] {
        let pledge = world.funded_pledge().await;
        for (market, creators) in funded {
            fund(&world, &pledge, market, *creators).await;
        }
        let donor = told(&world.donor(&[&pledge.id], &["*"]), &pledge).await;
        assert_eq!(donor["*"], Value::Null, "{funded:?}");
        for (market, _) in funded {
            assert_eq!(donor[*market], Value::Null, "{funded:?}");
        }
    }
    // Two with enough together: neither is told, their sum is.
    let pledge = world.funded_pledge().await;
    for (market, creators) in [("JP", 4), ("FR", 2)] {
        fund(&world, &pledge, market, creators).await;
    }
    let donor = told(&world.donor(&[&pledge.id], &["*"]), &pledge).await;
    let nothing = &Value::Null;
    assert_eq!(
        (&donor["JP"], &donor["FR"], &donor["*"]),
        (nothing, nothing, &json!("60.00"))
    );
    world.finish().await;
}
