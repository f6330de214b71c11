//! The partner's story: what its token names, and nothing besides.

use serde_json::{Value, json};

use crate::harness::{Client, Funded, World, allocation, usd};

const NAME: &str = "山田 花子";

/// Two pledges; of each, a creator in Japan and one in France hold something.
struct Scene {
    world: World,
    own: Funded,
    foreign: Funded,
    japanese: String,
    french: String,
    /// In the own pledge: to the creator in Japan, and to the one in France.
    allocations: [String; 2],
    foreign_allocation: String,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let own = world.funded_pledge().await;
        let foreign = world.funded_pledge().await;
        let japanese = world.creator("JP").await;
        let french = world.creator("FR").await;
        world.budget(&own, "FR", usd("900.00"), "2024-11-04").await;
        let day = "2024-12-02";
        let allocations = [
            world.allocate(&own, &japanese, usd("100.00"), day).await,
            world.allocate(&own, &french, usd("200.00"), day).await,
        ];
        let foreign_allocation = world
            .allocate(&foreign, &japanese, usd("300.00"), day)
            .await;
        Scene {
            world,
            own,
            foreign,
            japanese,
            french,
            allocations,
            foreign_allocation,
        }
    }

    /// Sees the own pledge, in Japan.
    fn in_japan(&self) -> Client {
        self.world.partner(&[&self.own.id], &["JP"])
    }

    /// Sees the whole of the own pledge.
    fn everywhere(&self) -> Client {
        self.world.partner(&[&self.own.id], &["*"])
    }
}

fn ids(list: &Value) -> Vec<&str> {
    let members = list["data"].as_array().unwrap().iter();
    members.map(|it| it["id"].as_str().unwrap()).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_lists_its_own_pledges_and_none_of_another_s() {
    let scene = Scene::new().await;
    let partner = scene.everywhere();
    let pledges = partner.get("/v1/pledges").await.expect(200);
    assert_eq!(ids(&pledges), [&scene.own.id]);
    let all = scene.world.auditor().get("/v1/pledges").await.expect(200);
    assert_eq!(ids(&all).len(), 2, "there is something not to be seen");
    let foreign = &scene.foreign;
    let journals = scene.world.auditor();
    let journals = journals
        .get(&format!("/v1/journals?pledge_id={}", foreign.id))
        .await;
    let journal = journals.expect(200)["data"][0]["id"]
        .as_str()
        .unwrap()
        .to_owned();
    let bank = scene.world.account(&foreign.id, "code=1010&unit=USD").await;
    let bank = bank["id"].as_str().unwrap();
    let lots = format!("/v1/pledges/{}/lots", foreign.id);
    let lot = scene.world.auditor().get(&lots).await.expect(200);
    let lot = lot["data"][0]["id"].as_str().unwrap();
    for path in [
        format!("/v1/pledges/{}", foreign.id),
        format!("/v1/pledges/{}/instalments", foreign.id),
        format!("/v1/pledges/{}/lots", foreign.id),
        format!("/v1/pledges/{}/summary", foreign.id),
        format!("/v1/instalments/{}", foreign.cash),
        format!("/v1/lots/{lot}"),
        format!("/v1/allocations/{}", scene.foreign_allocation),
        format!("/v1/journals/{journal}"),
        format!("/v1/accounts/{bank}"),
        format!("/v1/accounts/{bank}/entries"),
        format!("/v1/accounts/{bank}/statement?from=2024-01-01&to=2026-12-31"),
        format!("/v1/accounts/{bank}/statement.csv?from=2024-01-01&to=2026-12-31"),
    ] {
        let there = scene.world.auditor().get(&path).await;
        assert_eq!(there.status, 200, "{path}: {there:?}");
        partner.get(&path).await.expect_problem(404, "not-found");
    }
    for path in ["/v1/accounts", "/v1/allocations", "/v1/journals"] {
        let list = partner
            .get(&format!("{path}?pledge_id={}", foreign.id))
            .await
            .expect(200);
        assert_eq!(list["data"], json!([]), "{path}");
    }
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_foreign_pledge_is_refused_in_the_very_words_of_an_absent_one() {
    let scene = Scene::new().await;
    let partner = scene.everywhere();
    let absent = scene.foreign.id.chars().rev().take(32).collect::<String>();
    let absent = format!("plg_{absent}");
    let detail = async |id: &str| {
        let answer = partner.get(&format!("/v1/pledges/{id}")).await;
        let problem = answer.expect_problem(404, "not-found");
        problem["detail"].as_str().unwrap().replace(id, "ID")
    };
    assert_eq!(detail(&scene.foreign.id).await, detail(&absent).await);
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_of_one_market_sees_that_market_and_no_sum_over_others() {
    let scene = Scene::new().await;
    let partner = scene.in_japan();
    let allocations = partner.get("/v1/allocations").await.expect(200);
    assert_eq!(ids(&allocations), [&scene.allocations[0]]);
    let french = format!("/v1/allocations/{}", scene.allocations[1]);
    partner.get(&french).await.expect_problem(404, "not-found");
    let creators = partner.get("/v1/creators").await.expect(200);
    assert_eq!(ids(&creators), [&scene.japanese]);
    let french = format!("/v1/creators/{}", scene.french);
    partner.get(&french).await.expect_problem(404, "not-found");

    let accounts = partner.get("/v1/accounts").await.expect(200);
    let markets = accounts["data"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| &it["market"]);
    assert!(markets.clone().count() > 0);
    assert!(markets.clone().all(|market| market == "JP"), "{accounts}");

    let summary = format!("/v1/pledges/{}/summary", scene.own.id);
    let summary = partner.get(&summary).await.expect(200);
    for unit in summary["units"].as_array().unwrap() {
        assert!(
            unit["received"].is_null() && unit["budgeted"].is_null(),
            "{unit}"
        );
    }
    let markets = summary["markets"].as_array().unwrap();
    assert!(markets.iter().all(|it| it["market"] == "JP"), "{summary}");
    let cash = markets.iter().find(|it| it["unit"] == "USD").unwrap();
    assert_eq!(
        (&cash["allocated"], &cash["available"]),
        (&json!("100.00"), &json!("149900.00"))
    );
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn who_posted_is_hidden_wherever_a_partner_looks() {
    let scene = Scene::new().await;
    let creator = format!("/v1/creators/{}", scene.japanese);
    let seen = scene.world.auditor().get(&creator).await.expect(200);
    assert_eq!(seen["name"], NAME);
    for partner in [scene.everywhere(), scene.in_japan()] {
        let mut paths = vec![
            creator.clone(),
            "/v1/creators".to_owned(),
            "/v1/creators?market=JP".to_owned(),
            "/v1/allocations".to_owned(),
            "/v1/accounts".to_owned(),
            "/v1/pledges".to_owned(),
            format!("/v1/journals?pledge_id={}&limit=1000", scene.own.id),
        ];
        let accounts = partner.get("/v1/accounts?limit=1000").await.expect(200);
        for id in ids(&accounts) {
            paths.push(format!("/v1/accounts/{id}/entries"));
            paths.push(format!(
                "/v1/accounts/{id}/statement?from=2024-01-01&to=2026-12-31"
            ));
            paths.push(format!(
                "/v1/accounts/{id}/statement.csv?from=2024-01-01&to=2026-12-31"
            ));
        }
        for path in paths {
            let answer = partner.get(&path).await;
            assert_eq!(answer.status, 200, "{path}");
            assert!(!answer.text().contains("petra"), "{path}");
        }
        let shown = partner.get(&creator).await.expect(200);
        assert_eq!(shown["name"], NAME, "a grantee knows whom it funds");
    }
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_whose_token_names_nothing_sees_nothing() {
    let scene = Scene::new().await;
    let unbound = scene.world.partner(&[], &["*"]);
    for path in [
        "/v1/pledges",
        "/v1/allocations",
        "/v1/accounts",
        "/v1/creators",
    ] {
        assert_eq!(
            unbound.get(path).await.expect(200)["data"],
            json!([]),
            "{path}"
        );
    }
    let creator = format!("/v1/creators/{}", scene.japanese);
    unbound.get(&creator).await.expect_problem(404, "not-found");
    // With a pledge and no market: that there is the pledge, and nothing of its figures.
    let nowhere = scene.world.partner(&[&scene.own.id], &[]);
    assert_eq!(
        ids(&nowhere.get("/v1/pledges").await.expect(200)),
        [&scene.own.id]
    );
    for path in ["/v1/allocations", "/v1/accounts", "/v1/creators"] {
        assert_eq!(
            nowhere.get(path).await.expect(200)["data"],
            json!([]),
            "{path}"
        );
    }
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_writes_nothing() {
    let scene = Scene::new().await;
    let before = scene.world.database.row_counts().await;
    let body = allocation(&scene.own, &scene.japanese, usd("1.00"), "2024-12-02");
    let refused = scene.everywhere().post("/v1/allocations", body).await;
    refused.expect_problem(403, "forbidden");
    let release = scene.everywhere();
    let release = release
        .release(&scene.allocations[0], usd("1.00"), "2024-12-03")
        .await;
    release.expect_problem(403, "forbidden");
    scene
        .everywhere()
        .get("/v1/trial-balance")
        .await
        .expect_problem(403, "forbidden");
    scene
        .everywhere()
        .get("/v1/proofs")
        .await
        .expect_problem(403, "forbidden");
    assert_eq!(scene.world.database.row_counts().await, before);
    scene.world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cursor_of_the_auditor_s_list_is_no_key_to_it_for_a_partner() {
    let scene = Scene::new().await;
    let page = scene
        .world
        .auditor()
        .get("/v1/pledges?limit=1")
        .await
        .expect(200);
    let cursor = page["next_cursor"].as_str().unwrap();
    let partner = scene.in_japan();
    let stolen = partner
        .get(&format!("/v1/pledges?limit=1&cursor={cursor}"))
        .await;
    stolen.expect_problem(422, "malformed-parameter");
    scene.world.finish().await;
}
