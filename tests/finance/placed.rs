//! Credits in ad accounts: they end where the account's days do, and burn as they were burnt.

use diesel_async::SimpleAsyncConnection;
use serde_json::json;

use super::expiry::expire;
use super::lots::{Issued, issued, read};
use crate::harness::{World, credits};

/// Posts a journal of one transfer between accounts of a lot, on whatever day.
async fn post(world: &World, pledge: &str, kind: &str, day: &str, sides: [&str; 2], minor: i64) {
    let [debit, credit] = sides;
    let account = |name: &str, of: &str| {
        format!(
            "SELECT * INTO {name} FROM accounts WHERE pledge_id = p.id AND {of}; \
             IF NOT FOUND THEN RAISE 'no account: {name}'; END IF;"
        )
    };
    let sql = format!(
        "DO $$ DECLARE p pledges; d accounts; c accounts; n bigint; BEGIN \
         SELECT * INTO p FROM pledges WHERE id = '{}'; {} {} n := p.journals + 1; \
         INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, \
             transfers, actor) \
         VALUES (p.id, n, gen_random_uuid(), '{kind}', '{day}', clock_timestamp(), 1, 'petra'); \
         INSERT INTO transfers VALUES (p.id, n, 1, d.unit, {minor}, '{day}', d.number, c.number, \
             d.entries + 1, d.debits - d.credits + {minor}, d.debits + {minor}, \
             c.entries + 1, c.debits - c.credits - {minor}, c.credits + {minor}); END $$",
        uuid_of(pledge),
        account("d", debit),
        account("c", credit),
    );
    world
        .database
        .connect()
        .await
        .batch_execute(&sql)
        .await
        .unwrap();
}

fn uuid_of(id: &str) -> String {
    uuid::Uuid::parse_str(&id[4..]).unwrap().to_string()
}

/// An ad account of the pledge in a time zone, with that much of the lot placed in it.
async fn place(world: &World, it: &Issued, zone: &str, minor: i64) -> String {
    let at = format!("/v1/pledges/{}/ad-accounts", it.pledge);
    let account = json!({"reference": zone, "name": zone, "unit": "ADC:TIKTOK:USD",
        "market": "JP", "time_zone": zone, "opened_on": "2024-10-28"});
    let account = world.preparer().post(&at, account).await.created();
    let placement = json!({"ad_account_id": account, "effective_date": "2024-11-05",
        "amount": credits(&format!("{}.{:02}", minor / 100, minor % 100))});
    let at = format!("/v1/lots/{}/placements", it.lot);
    world
        .by_two(&world.preparer(), &at, placement)
        .await
        .expect(201);
    format!("ad_account_id = '{}'", uuid_of(&account))
}

#[tokio::test(flavor = "multi_thread")]
async fn placed_credits_lapse_where_their_day_has_ended_and_unless_they_are_held() {
    let world = World::new().await;
    // The day that is now ending, or has just ended, somewhere on earth.
    let now = time::OffsetDateTime::now_utc();
    let west = now
        .to_offset(time::UtcOffset::from_hms(-12, 0, 0).unwrap())
        .date();
    let it = issued(&world, |lot| lot["expires_at"] = json!(west.to_string())).await;
    let west_of_it = place(&world, &it, "Etc/GMT+12", 1_000_000).await;
    let east = place(&world, &it, "Pacific/Kiritimati", 2_000_000).await;
    let lot = read(&world, &it.lot).await;
    assert_eq!(
        (&lot["state"], &lot["placed"]),
        (&json!("placed"), &credits("30000.00"))
    );
    let hold = |minor: i64| {
        format!(
            "INSERT INTO holds SELECT pledge_id, id, number, {minor} FROM accounts WHERE {east} \
             ON CONFLICT ON CONSTRAINT holds_pkey DO UPDATE SET amount = excluded.amount"
        )
    };
    let mut owner = world.database.connect().await;
    owner.batch_execute(&hold(500_000)).await.unwrap();
    // In the east the day is over; in the west it isn't.
    assert_eq!(expire(&world.controller()).await["done"], 1);
    let has = async |at: &str| {
        let has = format!("SELECT debits - credits FROM accounts WHERE {at}");
        world.database.number(&has).await
    };
    assert_eq!(has(&east).await, 500_000);
    assert_eq!(has(&west_of_it).await, 1_000_000);
    let lot = read(&world, &it.lot).await;
    assert_eq!(lot["state"], "expired");
    assert_eq!(expire(&world.controller()).await["done"], 0);
    owner.batch_execute(&hold(0)).await.unwrap();
    assert_eq!(expire(&world.controller()).await["done"], 1);
    assert_eq!(has(&east).await, 0);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_horizon_forecasts_by_what_was_spent_of_late() {
    let world = World::new().await;
    let today = time::OffsetDateTime::now_utc().date();
    let last = today + time::Duration::days(13);
    let it = issued(&world, |lot| lot["expires_at"] = json!(last.to_string())).await;
    let placed = place(&world, &it, "UTC", 50_000_000).await;
    let open = "INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, \
             may_overdraw, market) \
         SELECT pledge_id, max(number) + 1, gen_random_uuid(), '5210', 'ADC:TIKTOK:USD', \
             'credits', 'debit', false, 'JP' FROM accounts GROUP BY pledge_id; \
         INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, \
             may_overdraw) \
         SELECT pledge_id, max(number) + 1, gen_random_uuid(), '4920', 'ADC:TIKTOK:USD', \
             'credits', 'credit', false FROM accounts GROUP BY pledge_id";
    world
        .database
        .connect()
        .await
        .batch_execute(open)
        .await
        .unwrap();
    // 28,000.00 in 28 days, and more before that doesn't count.
    for (days, minor) in [(27, 1_400_000), (3, 1_400_000), (28, 5_000_000)] {
        let day = (today - time::Duration::days(days)).to_string();
        let sides = ["code = '5210'", placed.as_str()];
        post(&world, &it.pledge, "spend", &day, sides, minor).await;
    }
    let at = format!("/v1/pledges/{}/expiry-horizon", it.pledge);
    let horizon = world.auditor().get(&at).await.expect(200);
    let lot = &horizon["lots"][0];
    assert_eq!(
        (&lot["band"], &lot["days_left"]),
        (&json!("14"), &json!(13))
    );
    assert_eq!(lot["spent"], credits("28000.00"));
    // 422,000.00 are left, and for 14 days a thousand goes each day.
    assert_eq!(lot["remaining"], credits("422000.00"));
    assert_eq!(lot["forecast_loss"], credits("408000.00"));
    assert_eq!(horizon["bands"][0]["forecast_loss"], credits("408000.00"));
    world.database.drop().await; // its purses weren't released, so the books don't tie
}
