//! Statements of several accounts at once.

use serde_json::Value;

use crate::harness::{World, usd};

fn sum(sections: &[Value], code: &str) -> usize {
    let own = sections.iter().filter(|it| it["account"]["code"] == code);
    own.map(|it| it["lines"].as_array().unwrap().len()).sum()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pledge_a_market_and_a_creator_have_statements_of_all_their_accounts() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    world
        .allocate(&pledge, &creator, usd("100.00"), "2024-11-20")
        .await;
    let auditor = world.auditor();
    let at = format!(
        "/v1/pledges/{}/statement?from=2024-11-01&to=2024-11-30",
        pledge.id
    );
    let whole = auditor.get(&at).await.expect(200);
    let sections = whole["sections"].as_array().unwrap();
    assert_eq!(whole["subject"]["kind"], "pledge");
    assert_eq!(sum(sections, "3110"), 1);
    assert_eq!(sum(sections, "3130"), 1);
    // What had a balance and didn't move is there with no lines; what never had one isn't.
    assert!(sections.iter().any(|it| it["account"]["code"] == "1010"));
    assert!(!sections.iter().any(|it| it["account"]["code"] == "1110"));
    for section in sections {
        let account = section["account"]["id"].as_str().unwrap();
        let at = format!("/v1/accounts/{account}/statement?from=2024-11-01&to=2024-11-30");
        let own = auditor.get(&at).await.expect(200);
        for same in [
            "opening",
            "closing",
            "total_debits",
            "total_credits",
            "lines",
        ] {
            assert_eq!(section[same], own[same], "{account}: {same}");
        }
    }
    let of = |filter: &str| format!("{at}&{filter}");
    let market = auditor.get(&of("market=JP")).await.expect(200);
    assert_eq!(market["subject"]["market"], "JP");
    assert_eq!(sum(market["sections"].as_array().unwrap(), "3120"), 2);
    let own = auditor
        .get(&of(&format!("creator_id={creator}")))
        .await
        .expect(200);
    assert_eq!(own["sections"].as_array().unwrap().len(), 1);
    let both = auditor
        .get(&of(&format!("creator_id={creator}&market=JP")))
        .await;
    assert_eq!(both.status, 422, "{both:?}");
    // The same moment is the same statement, whatever is entered later.
    let then = format!("{at}&known_at={}", whole["known_at"].as_str().unwrap());
    world
        .budget(&pledge, "FR", usd("10.00"), "2024-11-11")
        .await;
    let again = auditor.get(&then).await.expect(200);
    assert_eq!(again["sections"], whole["sections"]);
    let now = auditor.get(&at).await.expect(200);
    assert_eq!(sum(now["sections"].as_array().unwrap(), "3110"), 2);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_draft_of_the_present_says_what_of_each_balance_is_available() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let creator = world.creator("JP").await;
    world
        .allocate(&pledge, &creator, usd("100.00"), "2024-11-20")
        .await;
    let market = world
        .account(&pledge.id, "code=3120&unit=USD&market=JP")
        .await;
    let number = market["id"].as_str().unwrap().replace("acc_", "<Id>acc");
    let at = |to: &str| {
        format!(
            "/v1/pledges/{}/statement?from=2024-11-01&to={to}",
            pledge.id
        )
    };
    let accept = ("Accept", "application/xml");
    let camt = world.auditor().get_with(&at("2099-12-31"), accept).await;
    let camt = camt.text();
    let own = camt
        .split("<Stmt>")
        .find(|it| it.contains(&number))
        .unwrap();
    let available = "<Cd>CLAV</Cd></CdOrPrtry></Tp><Amt Ccy=\"USD\">149900.00</Amt>";
    assert!(own.contains(available), "{own}");
    // Holds are kept as they stand, so there is no telling of the past, and donors aren't told.
    let past = world.auditor().get_with(&at("2024-11-30"), accept).await;
    let donor = world.donor(&[&pledge.id], &["*"]);
    let donor_s = donor.get_with(&at("2099-12-31"), accept).await;
    for answer in [past, donor_s] {
        assert_eq!(answer.status, 200);
        assert!(!answer.text().contains("CLAV"));
    }
    world.finish().await;
}
