//! Credits go out of the pool into ad accounts, and never back.

use futures_util::future::join_all;
use serde_json::json;

use super::ads::Ads;
use crate::harness::{credits, document};

#[tokio::test(flavor = "multi_thread")]
async fn credits_are_placed_in_an_ad_account_as_far_as_the_pool_goes() {
    let ads = Ads::new().await;
    let at = format!("/v1/lots/{}/placements", ads.lots[0]);
    let placement = json!({"ad_account_id": ads.account, "amount": credits("300000.00"),
        "effective_date": "2024-12-02", "document": document()});
    let placed = ads.world.by_two(&ads.client, &at, placement).await;
    let placed = placed.expect(201);
    assert_eq!(placed["left_in_pool"], credits("200000.00"));
    assert_eq!(ads.left(0).await, "300000.00");
    let at = format!("/v1/journals/{}", placed["journal_id"].as_str().unwrap());
    let journal = ads.client.get(&at).await.expect(200);
    assert_eq!(journal["kind"], "placement");
    assert_eq!(journal["subject_id"], *ads.lots[0]);
    let transfer = &journal["transfers"][0];
    let codes = (&transfer["debit"]["code"], &transfer["credit"]["code"]);
    assert_eq!(codes, (&json!("1320"), &json!("1310")));

    let more = ads.place(0, "200000.01", "2024-12-03").await;
    let problem = more.expect_problem(409, "insufficient-funds");
    assert_eq!(problem["available"], credits("200000.00"));
    assert_eq!(problem["shortfall"], credits("0.01"));
    ads.place(0, "200000.00", "2024-12-03").await.expect(201);
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_placement_that_cannot_be_is_refused() {
    let ads = Ads::new().await;
    ads.place(0, "1.00", "2025-05-01")
        .await
        .expect_problem(422, "lot-expired");
    ads.place(0, "1.00", "2025-04-30").await.expect(201);
    ads.place(0, "1.00", "2019-12-31")
        .await
        .expect_problem(422, "move-not-allowed");
    ads.place(0, "1.00", "2024-10-31")
        .await
        .expect_problem(409, "backdated-overdraft");
    let at = format!("/v1/lots/{}/placements", ads.lots[0]);
    let placement = |account: &str, unit: &str| {
        json!({"ad_account_id": account, "amount": {"amount": "1.00", "unit": unit},
            "effective_date": "2024-12-02"})
    };
    let other = "ada_00000000000000000000000000000001";
    for (body, code) in [
        (placement(other, "ADC:TIKTOK:USD"), "unknown-reference"),
        (placement(&ads.account, "USD"), "wrong-unit"),
        (placement(&ads.account, "ADC:META:USD"), "wrong-unit"),
    ] {
        let refused = ads.client.post(&at, body).await;
        refused.expect_problem(422, code);
    }
    let nowhere = "/v1/lots/lot_00000000000000000000000000000001/placements";
    let body = placement(&ads.account, "ADC:TIKTOK:USD");
    let refused = ads.client.post(nowhere, body).await;
    refused.expect_problem(404, "not-found");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_two_placements_of_the_last_credits_exactly_one_wins() {
    let ads = Ads::new().await;
    ads.place(0, "400000.00", "2024-12-02").await.expect(201);
    let both = (0..2).map(|_| ads.place(0, "60000.00", "2024-12-03"));
    let answers = join_all(both).await;
    let won = answers.iter().filter(|it| it.status == 201).count();
    assert_eq!(won, 1, "{answers:?}");
    for lost in answers.iter().filter(|it| it.status != 201) {
        let problem = lost.expect_problem(409, "insufficient-funds");
        assert_eq!(problem["available"], credits("40000.00"));
    }
    assert_eq!(ads.left(0).await, "460000.00");
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_platforms_let_happen_is_data() {
    let ads = Ads::new().await;
    let profiles = ads.client.get("/v1/platform-profiles").await.expect(200);
    let profiles = profiles["data"].as_array().unwrap();
    let platforms: Vec<_> = profiles.iter().map(|it| &it["platform"]).collect();
    assert_eq!(platforms, ["GOOGLE", "META", "TIKTOK"]);
    for profile in profiles {
        assert_eq!(profile["pool_to_account"], true);
        assert_eq!(profile["account_to_pool"], false);
        assert_eq!(profile["account_to_account"], false);
        assert_eq!(profile["order_of_use"], "fefo");
    }
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_ad_account_ends_its_days_in_a_time_zone_there_is() {
    let ads = Ads::new().await;
    let at = format!("/v1/pledges/{}/ad-accounts", ads.pledge);
    let account = |zone: &str| {
        json!({"reference": zone, "name": "Japan", "unit": "ADC:TIKTOK:USD", "market": "JP",
            "time_zone": zone, "opened_on": "2024-10-28"})
    };
    for zone in ["Asia/Edo", "asia/tokyo", "FOO+3", ""] {
        let refused = ads.client.post(&at, account(zone)).await;
        if zone.is_empty() {
            refused.expect_problem(422, "invalid-request");
        } else {
            refused.expect_problem(422, "unknown-time-zone");
        }
    }
    for zone in ["America/Mexico_City", "UTC"] {
        ads.client.post(&at, account(zone)).await.expect(201);
    }
    ads.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_campaign_is_paid_from_one_obligation() {
    let ads = Ads::new().await;
    let allocation = json!({"pledge_id": ads.pledge, "creator_id": ads.creator,
        "amount": credits("10.00"), "effective_date": "2024-11-05"});
    ads.client
        .post("/v1/allocations", allocation)
        .await
        .expect(201);
    let campaign = json!({"pledge_id": ads.pledge, "creator_id": ads.creator,
        "reference": "K-1 again", "amount": credits("10.00"), "starts_on": "2024-12-02",
        "ends_on": "2025-07-31", "effective_date": "2024-11-05",
        "campaign": {"ad_account_id": ads.account, "campaign": "K-1"}});
    let refused = ads.client.post("/v1/obligations", campaign).await;
    let problem = refused.expect_problem(409, "duplicate-reference");
    assert_eq!(problem["errors"][0]["pointer"], "/campaign/campaign");
    ads.finish().await;
}
