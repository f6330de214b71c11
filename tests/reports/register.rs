//! The register of journals at any length: sent while it is read, it says what it says at once.

use diesel_async::SimpleAsyncConnection;
use serde_json::{Value, json};

use super::forms::of_csv;
use super::{report, rows};
use crate::harness::{Client, Funded, World, allocation, new_key, usd};

/// A pledge with so many journals that its register takes several stretches.
pub async fn long_pledge(world: &World) -> Funded {
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "FR", usd("100.00"), "2024-11-04")
        .await;
    let creator = world.creator("FR").await;
    for day in ["2024-12-02", "2024-12-03"] {
        let items: Vec<Value> = (0..1_000)
            .map(|_| {
                let mut item = allocation(&pledge, &creator, usd("0.01"), day);
                item["idempotency_key"] = json!(new_key());
                item
            })
            .collect();
        let bulk = json!({"mode": "atomic", "items": items});
        let preparer = world.preparer();
        let made = preparer.post_without_key("/v1/allocations/bulk", bulk);
        made.await.expect(201);
    }
    pledge
}

/// The register as CSV says what it says as JSON: line by line, and in all.
async fn is_the_same_in_both(auditor: &Client, pledge: &str, query: &str) -> usize {
    let told = report(auditor, pledge, &format!("journal-register{query}")).await;
    let at = format!("/v1/pledges/{pledge}/reports/journal-register.csv{query}");
    let csv = auditor.get(&at).await;
    let name = csv.header("content-disposition").unwrap().to_owned();
    assert!(name.contains("journal-register_plg_"), "{name}");
    let table = of_csv(&csv);
    let of = |kind: &str| -> Vec<&[String]> {
        let rows = table.iter().filter(|row| row[0] == kind);
        rows.map(|row| &row[1..]).collect()
    };
    let place = |name: &str| table[0].iter().position(|it| it == name).unwrap() - 1;
    let lines: Vec<[String; 3]> = rows(&told)
        .iter()
        .map(|it| {
            let text = |name: &str| it[name].as_str().unwrap().to_owned();
            [it["number"].to_string(), text("journal_id"), text("amount")]
        })
        .collect();
    let columns = ["number", "journal_id", "amount"].map(place);
    let found: Vec<[String; 3]> = of("line")
        .iter()
        .map(|row| columns.map(|at| row[at].clone()))
        .collect();
    assert!(found == lines, "{} and {} lines", found.len(), lines.len());
    let totals: Vec<[String; 2]> = told["totals"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| ["name", "value"].map(|name| it[name].as_str().unwrap().to_owned()))
        .collect();
    let found: Vec<[String; 2]> = of("total")
        .iter()
        .map(|row| [row[0].clone(), row[1].clone()])
        .collect();
    assert_eq!(found, totals);
    let known_journal = [
        "known_journal".to_owned(),
        told["known_journal"].to_string(),
    ];
    assert!(of("note").iter().any(|row| row[..2] == known_journal));
    lines.len()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_long_register_is_the_same_sent_while_it_is_read() {
    let world = World::new().await;
    let pledge = long_pledge(&world).await;
    let auditor = world.auditor();
    let all = is_the_same_in_both(&auditor, &pledge.id, "").await;
    assert!(all > 2_000, "{all}");
    let cut = is_the_same_in_both(&auditor, &pledge.id, "?as_of=2024-12-02").await;
    assert_eq!(cut, all - 1_000);
    world.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_register_that_is_too_long_for_one_answer_says_how_it_is_to_be_had() {
    let world = World::new().await;
    let pledge = world.funded_pledge().await;
    let mut owner = world.database.connect().await;
    let far = "BEGIN; SET LOCAL session_replication_role = replica;
        INSERT INTO journals SELECT (jsonb_populate_record(j,
            jsonb_build_object('number', 250001, 'id', gen_random_uuid()))).*
        FROM journals j WHERE j.number = 1;
        UPDATE pledges SET journals = 250001;
        COMMIT;";
    owner.batch_execute(far).await.unwrap();
    let auditor = world.auditor();
    let at = format!("/v1/pledges/{}/reports/journal-register", pledge.id);
    for refused in [
        at.clone(),
        format!("{at}.xlsx"),
        format!("{at}.csv?sort=amount"),
    ] {
        let answer = auditor.get(&refused).await;
        let problem = answer.expect_problem(422, "malformed-parameter");
        assert!(
            problem.to_string().contains("as CSV, by number"),
            "{problem}"
        );
    }
    let csv = of_csv(&auditor.get(&format!("{at}.csv")).await);
    assert!(csv.iter().any(|row| row[0] == "total"));
    world.abandon().await;
}
