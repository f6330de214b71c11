//! Many at once: exactly what there is gets given away, through one process and through two.

mod register;
mod reversals;

use futures_util::future::join_all;
use serde_json::{Value, json};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::harness::{Answer, Client, Funded, Process, World, agreed, allocation, usd};

/// A ledger with one door, or with a second one in a process of its own.
struct Doors {
    world: World,
    second: Option<Process>,
    clients: Vec<Client>,
}

impl Doors {
    async fn one() -> Self {
        let world = World::new().await;
        let clients = vec![world.preparer()];
        Doors {
            world,
            second: None,
            clients,
        }
    }

    async fn two() -> Self {
        let Doors {
            world, mut clients, ..
        } = Doors::one().await;
        let second = world.second_process().await;
        clients.push(world.preparer().at(second.address()));
        Doors {
            world,
            second: Some(second),
            clients,
        }
    }

    /// The same doors for controllers.
    fn as_controllers(&self) -> Controllers {
        let controller = self.world.controller();
        let token = controller.token().unwrap();
        let clients = self.clients.iter();
        Controllers(clients.map(|it| it.with_token(token)).collect())
    }

    fn client(&self, turn: usize) -> &Client {
        &self.clients[turn % self.clients.len()]
    }

    /// Sends all of them at once, by turns through each door.
    async fn at_once(&self, path: &str, bodies: Vec<Value>) -> Vec<Answer> {
        let sends = bodies.into_iter().enumerate();
        join_all(sends.map(|(turn, body)| self.client(turn).post(path, body))).await
    }

    /// Ends both. No two batches may have waited for each other in a circle, however it ended.
    async fn finish(self) {
        drop(self.second);
        let circles = "(SELECT deadlocks FROM pg_stat_database WHERE datname = current_database())";
        assert_eq!(self.world.database.number(circles).await, 0);
        self.world.finish().await;
    }
}

/// Controllers at each door.
struct Controllers(Vec<Client>);

impl Controllers {
    fn client(&self, turn: usize) -> &Client {
        &self.0[turn % self.0.len()]
    }

    async fn at_once(&self, path: &str, bodies: Vec<Value>) -> Vec<Answer> {
        let sends = bodies.into_iter().enumerate();
        join_all(sends.map(|(turn, body)| self.client(turn).post(path, body))).await
    }
}

/// How many were done; all others were refused with that code.
fn winners(answers: &[Answer], code: &str) -> usize {
    let (won, lost): (Vec<&Answer>, Vec<&Answer>) =
        answers.iter().partition(|answer| answer.status == 201);
    lost.iter().for_each(|answer| {
        answer.expect_problem(409, code);
    });
    won.len()
}

/// The pledge's journals are numbered from 1 without gaps, and recorded one after the other.
async fn journals_are_gapless(world: &World, pledge: &str) -> usize {
    let mut path = format!("/v1/journals?pledge_id={pledge}&limit=1000");
    let (mut number, mut recorded) = (0, OffsetDateTime::UNIX_EPOCH);
    loop {
        let page = world.auditor().get(&path).await.expect(200);
        for journal in page["data"].as_array().unwrap() {
            number += 1;
            assert_eq!(journal["number"], number);
            let at = journal["recorded_at"].as_str().unwrap();
            let at = OffsetDateTime::parse(at, &Rfc3339).unwrap();
            assert!(at > recorded, "{journal}");
            recorded = at;
        }
        let Some(cursor) = page["next_cursor"].as_str() else {
            return number;
        };
        path = format!("/v1/journals?pledge_id={pledge}&limit=1000&cursor={cursor}");
    }
}

/// France has 25.00; as many ask for 1.00 each as an address may well have connections, and some of
/// these to spare: a client opens more than it then uses.
async fn claims_beyond_the_budget(doors: Doors) {
    let world = &doors.world;
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "FR", usd("25.00"), "2024-11-04")
        .await;
    let creator = world.creator("FR").await;
    let claim = allocation(&pledge, &creator, usd("1.00"), "2024-12-02");
    let answers = doors.at_once("/v1/allocations", vec![claim; 150]).await;
    assert_eq!(winners(&answers, "insufficient-funds"), 25);
    for lost in answers.iter().filter(|answer| answer.status == 409) {
        // Whoever was refused was refused when nothing was left.
        assert_eq!(lost.json()["available"], usd("0.00"));
    }
    let summary = world.unit_summary(&pledge.id, "USD").await;
    assert_eq!(summary["allocated"], "25.00");
    assert_eq!(summary["available"], "150000.00");
    assert_eq!(world.database.row_counts().await["allocations"], 25);
    journals_are_gapless(world, &pledge.id).await;
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_claims_exactly_the_affordable_ones_win() {
    claims_beyond_the_budget(Doors::one().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn of_many_claims_through_two_processes_exactly_the_affordable_ones_win() {
    claims_beyond_the_budget(Doors::two().await).await;
}

/// The cents a request for different amounts took, so that what is left fits none that was refused.
async fn claims_of_all_sizes(doors: Doors) {
    let world = &doors.world;
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "FR", usd("100.00"), "2024-11-04")
        .await;
    let creator = world.creator("FR").await;
    let mut cents: Vec<i64> = (0..120).map(|_| fastrand::i64(1..=500)).collect();
    cents.push(1);
    let bodies = cents.iter().map(|cents| {
        let amount = usd(&format!("{}.{:02}", cents / 100, cents % 100));
        allocation(&pledge, &creator, amount, "2024-12-02")
    });
    let answers = doors.at_once("/v1/allocations", bodies.collect()).await;
    winners(&answers, "insufficient-funds");
    let given = |won: bool| {
        let of = answers.iter().zip(&cents);
        of.filter(move |(answer, _)| (answer.status == 201) == won)
            .map(|(_, cents)| *cents)
    };
    let left = 10_000 - given(true).sum::<i64>();
    assert!(left >= 0, "{left}");
    assert!(
        given(false).all(|refused| refused > left),
        "{left} was left, and refused"
    );
    let fr = world
        .account(&pledge.id, "code=3120&unit=USD&market=FR")
        .await;
    assert_eq!(fr["balance"], format!("{}.{:02}", left / 100, left % 100));
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_covers_no_claim_that_was_refused() {
    claims_of_all_sizes(Doors::one().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_left_covers_no_claim_that_was_refused_by_either_process() {
    claims_of_all_sizes(Doors::two().await).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn an_instalment_is_received_once_however_many_record_it_at_once() {
    let doors = Doors::two().await;
    let pledge = agreed(&doors.world.preparer()).await;
    let at = format!("/v1/instalments/{}/receipts", pledge.instalments[0]);
    let receipt = json!({"received": usd("700000.00"), "effective_date": "2024-10-22"});
    let answers = doors.at_once(&at, vec![receipt; 16]).await;
    assert_eq!(winners(&answers, "exceeds-outstanding"), 1);
    let wire = json!({"received": usd("1.00"), "effective_date": "2025-04-12",
        "bank_reference": "B-1"});
    let at = format!("/v1/instalments/{}/receipts", pledge.instalments[1]);
    let answers = doors.at_once(&at, vec![wire; 16]).await;
    assert_eq!(winners(&answers, "duplicate-reference"), 1);
    let summary = doors.world.unit_summary(&pledge.id, "USD").await;
    assert_eq!(summary["received"], "700001.00");
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn markets_that_ask_at_once_are_never_given_more_than_is_funded() {
    let doors = Doors::two().await;
    let pledge = agreed(&doors.world.preparer()).await;
    let at = format!("/v1/instalments/{}/receipts", pledge.instalments[0]);
    let receipt = json!({"received": usd("100.00"), "effective_date": "2024-10-22"});
    doors.world.preparer().post(&at, receipt).await.expect(201);
    let markets = ["US", "GB", "FR", "JP", "KR", "ID", "MX", "BR"];
    let bodies = (0..64).map(|turn| {
        json!({"market": markets[turn % 8], "amount": usd("7.00"),
            "effective_date": "2024-11-04"})
    });
    let at = format!("/v1/pledges/{}/budgets", pledge.id);
    let answers = doors.at_once(&at, bodies.collect()).await;
    assert_eq!(winners(&answers, "insufficient-funds"), 14);
    let summary = doors.world.unit_summary(&pledge.id, "USD").await;
    assert_eq!(
        (&summary["budgeted"], &summary["unallocated"]),
        (&json!("98.00"), &json!("2.00"))
    );
    doors.finish().await;
}

/// One creator's turn: takes, gives part of it back, and tells what is still held.
async fn take_and_give_back(client: &Client, pledge: &Funded, creator: &str, turns: usize) -> i64 {
    let mut held = 0;
    for _ in 0..turns {
        let cents = fastrand::i64(100..=999);
        let amount = usd(&format!("{}.{:02}", cents / 100, cents % 100));
        let body = allocation(pledge, creator, amount, "2024-12-02");
        let answer = client.post("/v1/allocations", body).await;
        if answer.status != 201 {
            answer.expect_problem(409, "insufficient-funds");
            continue;
        }
        held += cents;
        let id = answer.created();
        let back = fastrand::i64(1..=99);
        let amount = usd(&format!("0.{back:02}"));
        client.release(&id, amount, "2024-12-02").await.expect(200);
        held -= back;
    }
    held
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_taken_and_given_back_at_once_is_conserved() {
    let doors = Doors::two().await;
    let world = &doors.world;
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "FR", usd("300.00"), "2024-11-04")
        .await;
    let mut creators = Vec::new();
    for _ in 0..12 {
        creators.push(world.creator("FR").await);
    }
    let takers = creators
        .iter()
        .enumerate()
        .map(|(turn, creator)| take_and_give_back(doors.client(turn), &pledge, creator, 10));
    let held = join_all(takers).await;
    let total: i64 = held.iter().sum();
    assert!(total <= 30_000, "{total}");
    let shown = |cents: i64| format!("{}.{:02}", cents / 100, cents % 100);
    for (creator, cents) in creators.iter().zip(&held).filter(|(_, cents)| **cents > 0) {
        let filters = format!("code=3130&unit=USD&creator_id={creator}");
        assert_eq!(
            world.account(&pledge.id, &filters).await["balance"],
            shown(*cents)
        );
    }
    let fr = world
        .account(&pledge.id, "code=3120&unit=USD&market=FR")
        .await;
    assert_eq!(fr["balance"], shown(30_000 - total));
    let journals = journals_are_gapless(world, &pledge.id).await;
    let posted = world.database.row_counts().await["journals"];
    assert_eq!(i64::try_from(journals).unwrap(), posted);
    doors.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn bulks_and_single_claims_at_once_share_one_budget() {
    let doors = Doors::two().await;
    let world = &doors.world;
    let pledge = world.funded_pledge().await;
    world
        .budget(&pledge, "FR", usd("60.00"), "2024-11-04")
        .await;
    let creator = world.creator("FR").await;
    let claim = allocation(&pledge, &creator, usd("1.00"), "2024-12-02");
    let bulk = |mode: &str| {
        let item = |_| {
            let mut item = claim.clone();
            item["idempotency_key"] = json!(crate::harness::new_key());
            item
        };
        json!({"mode": mode, "items": (0..10).map(item).collect::<Vec<_>>()})
    };
    let atomic = doors.at_once(
        "/v1/allocations/bulk",
        (0..4).map(|_| bulk("atomic")).collect(),
    );
    let loose = (0..4).map(|_| bulk("independent")).collect();
    let loose = doors.at_once("/v1/allocations/bulk", loose);
    let single = doors.at_once("/v1/allocations", vec![claim.clone(); 40]);
    let (atomic, loose, single) = tokio::join!(atomic, loose, single);
    let whole = winners(&atomic, "bulk-refused") as u64 * 10;
    let items = loose
        .iter()
        .map(|it| it.expect(207)["succeeded"].as_u64().unwrap());
    let given = whole + items.sum::<u64>() + winners(&single, "insufficient-funds") as u64;
    assert!(given <= 60, "{given}");
    let fr = world
        .account(&pledge.id, "code=3120&unit=USD&market=FR")
        .await;
    assert_eq!(fr["balance"], format!("{}.00", 60 - given));
    // An all-or-none of ten may find less than ten; single ones leave nothing they could have had.
    assert_eq!(given, 60);
    doors.finish().await;
}
