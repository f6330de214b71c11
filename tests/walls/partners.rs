//! What stands behind the wall is whole: who may see it is told what an auditor is told, to the
//! last figure, though part of what a figure comes from may be out of sight.

use almoner::http::access::Party;
use serde_json::Value;

use crate::harness::{Answer, World};
use crate::operations::{Need, Operation, Place, operations};

/// The answer without what tells who did what, which no partner is told, and without what differs
/// from one asker to the next.
fn told(answer: &Answer) -> Value {
    // A PDF and a workbook are packed. What they say, the statement as JSON and camt.053 says.
    let Ok(text) = String::from_utf8(answer.body.clone()) else {
        return Value::Null;
    };
    let Ok(mut value) = serde_json::from_str::<Value>(&text) else {
        return Value::String(text);
    };
    forget(&mut value);
    value
}

fn forget(value: &mut Value) {
    match value {
        Value::Object(members) => {
            members.retain(|name, _| {
                ![
                    "actor",
                    "approval_id",
                    "proposed_by",
                    "approved_by",
                    "next_cursor",
                ]
                .contains(&name.as_str())
            });
            members.values_mut().for_each(forget);
        }
        Value::Array(members) => members.iter_mut().for_each(forget),
        _ => {}
    }
}

/// Reads of the ledger, of which everything is Japan's if `in_japan`.
fn reads(in_japan: bool) -> Vec<Operation> {
    const OF_MARKETS: &[&str] = &[
        "/v1/creators",
        "/v1/creators/{id}",
        "/v1/allocations",
        "/v1/allocations/{id}",
        "/v1/obligations",
        "/v1/obligations/{id}",
        "/v1/payouts",
        "/v1/payouts/{id}",
        "/v1/pledges/{id}/ad-accounts",
        "/v1/ad-accounts/{id}",
        "/v1/spend-lines",
        "/v1/pledges/{id}/spend-match",
        "/v1/accounts/{id}",
    ];
    let mut all = operations();
    all.retain(|it| it.body.is_none() && matches!(it.need, Need::Ledger | Need::Holdings));
    all.retain(|it| !in_japan || OF_MARKETS.contains(&it.path));
    assert!(!in_japan || all.len() == OF_MARKETS.len());
    all
}

#[tokio::test(flavor = "multi_thread")]
async fn a_partner_is_told_of_what_it_sees_what_an_auditor_is_told() {
    let world = World::new().await;
    let place = Place::new(&world, "PLACE").await;
    let pledges = [
        place.pledge.as_str(),
        &place.announced,
        &place.ending,
        &place.resumable,
        &place.unsigned,
    ];
    for (party, markets, in_japan) in [
        (Party::Grantee, "*", false),
        (Party::Grantee, "JP", true),
        (Party::MarketLead, "JP", true),
        (Party::MarketLead, "*", true),
    ] {
        let partner = world.partner_of(Some(party), &pledges, &[markets]);
        for operation in reads(in_japan) {
            let seen = operation.try_by(&partner, &place).await;
            let whole = operation.try_by(&world.auditor(), &place).await;
            assert_eq!(
                (seen.status, whole.status),
                (200, 200),
                "{party:?}: {seen:?}"
            );
            assert_eq!(
                told(&seen),
                told(&whole),
                "{party:?} {markets}: {}",
                operation.path
            );
        }
    }
    world.finish().await;
}
