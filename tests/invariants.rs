//! Random commands against the ledger and against a plain model of it: both answer the same, and
//! hold the same balances on every day.
//!
//! `ALMONER_SEED` repeats a run (a failure says its seed); `ALMONER_STEPS` says how many batches.

mod books;
mod by_two;
mod concurrent;
mod draw;
mod likely;
mod machine;
mod model;
mod reversing;
mod spending;

use std::collections::HashMap;
use std::sync::Arc;

use almoner::db::{Database, read};
use almoner::domain::audit::Origin;
use almoner::domain::{Catalogue, Command, Outcome};
use almoner::engine::{Engine, Key, Lanes, Render, Submission};
use uuid::Uuid;

use crate::harness::TestDatabase;

/// Where a run's randomness comes from; says so if the run fails.
struct Seed(u64);

impl Seed {
    fn choose() -> Self {
        let given = std::env::var("ALMONER_SEED").ok();
        Seed(given.map_or_else(|| fastrand::u64(..), |text| text.parse().unwrap()))
    }
}

impl Drop for Seed {
    fn drop(&mut self) {
        if std::thread::panicking() {
            eprintln!("ALMONER_SEED={} repeats this run", self.0);
        }
    }
}

/// How many batches a run has.
fn steps(usual: usize) -> usize {
    let given = std::env::var("ALMONER_STEPS").ok();
    given.map_or(usual, |text| text.parse().unwrap())
}

/// A database with as many engines as are wanted.
struct Ledger {
    database: TestDatabase,
    catalogue: Arc<Catalogue>,
    engines: Vec<(Engine, Lanes)>,
}

impl Ledger {
    async fn with_engines(count: usize) -> Self {
        let database = TestDatabase::create().await;
        let place = Database::at(database.url());
        let mut connection = place.connect_for_reading().await.unwrap();
        let catalogue = Arc::new(read::load_catalogue(&mut connection).await.unwrap());
        let engines = (0..count).map(|_| Engine::start(&place, &catalogue));
        Ledger {
            engines: engines.collect(),
            database,
            catalogue,
        }
    }

    /// Every standing proof holds.
    async fn prove(&self) {
        let place = Database::at(self.database.url());
        let mut connection = place.connect_for_reading().await.unwrap();
        for proof in read::proofs(&mut connection, None).await.unwrap() {
            assert!(proof.holds, "{}: {:?}", proof.name, proof.offending);
        }
    }

    /// Every account on every day: what was debited and credited.
    async fn days(&self) -> Vec<String> {
        let days = "SELECT concat_ws(' ', a.pledge_id, a.address, d.day, d.debits, d.credits) \
            AS line FROM account_days d \
            JOIN accounts a ON a.pledge_id = d.pledge_id AND a.number = d.account";
        let mut days = self.database.lines(days).await;
        days.sort();
        days
    }

    /// The ids of each pledge's journals, in order.
    async fn journal_ids(&self) -> HashMap<Uuid, Vec<Uuid>> {
        let ids = "SELECT concat_ws(' ', pledge_id, id) AS line FROM journals \
            ORDER BY pledge_id, number";
        let mut by_pledge: HashMap<Uuid, Vec<Uuid>> = HashMap::new();
        for line in self.database.lines(ids).await {
            let (pledge, id) = line.split_once(' ').unwrap();
            let journals = by_pledge.entry(pledge.parse().unwrap()).or_default();
            journals.push(id.parse().unwrap());
        }
        by_pledge
    }

    async fn finish(self) {
        for (engine, lanes) in self.engines {
            drop(engine);
            lanes.finish().await;
        }
        self.database.no_transaction_is_left_open().await;
        self.database.drop().await;
    }
}

/// What of an outcome the model can tell as well.
fn render(outcome: &Outcome) -> Vec<u8> {
    let text = match outcome {
        Outcome::Pledge {
            pledge,
            instalments,
        } => format!("{} with {}", pledge.state.as_str(), instalments.len()),
        Outcome::Condition { instalment, .. }
        | Outcome::Receipt { instalment, .. }
        | Outcome::WriteOff { instalment, .. } => {
            format!("{} outstanding", instalment.outstanding().minor())
        }
        Outcome::Lot { lot, .. } => format!("a lot of {}", lot.face.minor()),
        Outcome::SupportCost { support_cost, .. } => format!("{} charged", support_cost.minor()),
        Outcome::Budget { available, .. } => format!("{} available", available.minor()),
        Outcome::Creator(creator) => format!("enrolled in {}", creator.market),
        Outcome::Allocation { allocation, .. } => {
            format!("{} allocated", allocation.remaining().minor())
        }
        Outcome::Reversal { lines, .. } => {
            let left = lines.iter().map(|line| line.left.minor().to_string());
            format!("{} left", left.collect::<Vec<_>>().join(" "))
        }
        // What waits, and, once it is posted, what its maker is told.
        Outcome::Approval { approval, .. } => match approval.ended() {
            Some(end) => end.result.clone().unwrap_or_default(),
            None => format!("{} {}", approval.id, approval.shown.digest),
        },
        other => unreachable!("the model doesn't know {other:?}"),
    };
    text.into_bytes()
}

/// A command with a key, of a request that is told apart by `fingerprint`.
fn submission(command: Command, key: u128, fingerprint: u128) -> Submission {
    Submission {
        command,
        actor: "petra".to_owned(),
        identity: "almoner-local|petra".to_owned(),
        by_controller: false,
        origin: Origin::job(),
        key: Key {
            digest: Uuid::from_u128(key),
            fingerprint: Uuid::from_u128(fingerprint),
        },
        render: Render::whole(render),
        proposal: None,
    }
}
