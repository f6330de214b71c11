//! Exchange differences: each with its rate and whose word that is, and together the accounts'.

use serde_json::{Value, json};

use super::{hundredths, report, row, rows, total};
use crate::finance::desk::{Desk, go};
use crate::harness::{World, document, money, usd};

fn rate(rate: &str) -> Value {
    json!({"rate": rate, "source": "ECB", "date": "2025-01-20"})
}

/// 150,000 yen are owed that carry 1,000.00 dollars, and valued at 148 at the month's end.
async fn valued(world: &World) -> Desk {
    let desk = Desk::new(world).await;
    let preparer = world.preparer();
    let reserve = json!({"amount": usd("20.00"), "effective_date": "2024-11-05"});
    let at = format!("/v1/pledges/{}/reserve", desk.pledge.id);
    preparer.post(&at, reserve).await.expect(201);
    let invoice = json!({"reference": "I-1", "amount": money("150000", "JPY"),
        "rate": rate("150"), "payer_country": "CH", "effective_date": "2025-01-20",
        "document": document()});
    let invoiced = preparer.post(&desk.of_contract("invoices"), invoice).await;
    invoiced.expect(201);
    let stated = json!({"base": "USD", "quote": "JPY", "rate": "148", "source": "BOJ",
        "date": "2025-01-31"});
    let controller = world.controller();
    let stated = controller.post("/v1/exchange-rates", stated).await;
    stated.created();
    let at = format!("/v1/pledges/{}/revaluations", desk.pledge.id);
    let valued = controller.post(&at, json!({"month": "2025-01"})).await;
    assert!([200, 201].contains(&valued.status), "{valued:?}");
    desk
}

#[tokio::test(flavor = "multi_thread")]
async fn differences_say_their_currency_rate_and_source_and_come_to_their_accounts() {
    let world = World::new().await;
    let desk = valued(&world).await;
    let mut payout = desk.payout("P-1", money("150000", "JPY"));
    payout["rate"] = rate("151");
    let id = world.preparer().post("/v1/payouts", payout).await.created();
    go(&world.approver(), &id, "approve", json!({}))
        .await
        .expect(200);
    go(&world.payer(), &id, "send", json!({})).await.expect(200);
    let settled = json!({"bank_reference": "B-1", "charged": usd("1010.00"),
        "effective_date": "2025-02-03"});
    go(&world.preparer(), &id, "settle", settled)
        .await
        .expect(200);
    let auditor = world.auditor();
    let found = report(&auditor, &desk.pledge.id, "exchange-differences").await;
    let paid = row(&found, &[("what", "realised")]);
    assert_eq!(
        (&paid["loss"], &paid["gain"]),
        (&json!("10.00"), &json!("0.00"))
    );
    let told = ["currency", "rate", "rate_source", "rate_day"].map(|name| &paid[name]);
    let expected = ["JPY", "151.00000000", "ECB", "2025-01-20"];
    assert_eq!(told, expected);
    let valued: Vec<&Value> = rows(&found)
        .iter()
        .filter(|it| it["what"] == "unrealised")
        .collect();
    assert!(!valued.is_empty(), "{found}");
    for it in valued {
        assert_eq!(
            (&it["rate"], &it["rate_source"]),
            (&json!("148.00000000"), &json!("BOJ"))
        );
    }
    for (name, code) in [("realised", "7100"), ("unrealised", "7200")] {
        let balance = desk.balance(&world, &format!("code={code}")).await;
        let sum = total(&found, name, Some("USD"));
        assert_eq!(
            hundredths(&json!(sum)),
            hundredths(&json!(balance)),
            "{name}"
        );
    }
    // By the month's end nothing was paid, and what was owed was worth more: 1,013.51.
    let name = "exchange-differences?as_of=2025-01-31";
    let month = report(&auditor, &desk.pledge.id, name).await;
    assert_eq!(rows(&month).len(), 1, "{month}");
    assert_eq!(rows(&month)[0]["loss"], "13.51");
    world.finish().await;
}
