//! Many clients at once over two engines on one database, as two services would be.

use std::sync::Arc;

use almoner::domain::Command;
use almoner::domain::command::{AnnouncePledge, EnrolCreator, NewInstalment};
use almoner::domain::command::{ReceiveCash, SignAgreement};
use almoner::domain::{CreatorId, Document, InstalmentId, Money, PledgeId};
use almoner::engine::{Answer, Engine, Failure};
use time::macros::date;
use uuid::Uuid;

use super::draw::Draw;
use super::model::Model;
use super::{Ledger, Seed, steps, submission};

const CLIENTS: u64 = 12;

/// Two pledges of USD with everything received, and two creators.
fn preparations(ledger: &Ledger) -> Vec<Command> {
    let usd = ledger.catalogue.units.get("USD").unwrap();
    let amount = Money::from_minor(1_000_000, usd.clone());
    let mut commands = Vec::new();
    for number in 1..3_u128 {
        let pledge = PledgeId(Uuid::from_u128(number));
        let instalment = InstalmentId(Uuid::from_u128(100 + number));
        commands.push(Command::AnnouncePledge(AnnouncePledge {
            id: pledge,
            reference: format!("P{number}"),
            donor: "Donor".to_owned(),
            recipient: "Recipient".to_owned(),
            purpose: "Purpose".to_owned(),
            functional_unit: usd.clone(),
            total: amount.clone(),
            split: vec![amount.clone()],
            markets: ["JP", "US", "BR"].map(|it| it.parse().unwrap()).to_vec(),
            exchange_differences: Default::default(),
            instalments: vec![NewInstalment {
                id: instalment,
                reference: "C1".to_owned(),
                amount: amount.clone(),
                due_date: date!(2026 - 01 - 01),
                condition: None,
            }],
        }));
        commands.push(Command::SignAgreement(SignAgreement {
            pledge,
            effective_date: date!(2026 - 01 - 01),
            document: Document {
                uri: "https://example.org/agreement.pdf".to_owned(),
                sha256: "0".repeat(64),
            },
        }));
        commands.push(Command::ReceiveCash(ReceiveCash {
            instalment,
            received: amount.clone(),
            fee: Money::from_minor(0, usd.clone()),
            bank_reference: None,
            effective_date: date!(2026 - 01 - 02),
        }));
        commands.push(Command::EnrolCreator(EnrolCreator {
            id: CreatorId(Uuid::from_u128(200 + number)),
            reference: format!("C{number}"),
            name: "Creator".to_owned(),
            market: ["JP", "US"][number as usize - 1].parse().unwrap(),
        }));
    }
    commands
}

/// Sends a client's commands one after the other, some twice, and notes what was done. What others
/// do meanwhile it doesn't know, so many are refused.
async fn client(engine: Engine, mut draw: Draw<'_>, start: Model, number: u128) -> Vec<Command> {
    let mut own = start;
    let mut done = Vec::new();
    for step in 0..steps(60) as u128 {
        let command = draw.spending(&own);
        let key = number * 1_000_000 + step;
        let sent = submission(command.clone(), key, key);
        let twice = draw.one_in(4);
        let answer = match twice {
            true => {
                let (one, two) = tokio::join!(engine.submit(sent.clone()), engine.submit(sent));
                answered_once(one, two)
            }
            false => engine.submit(sent).await,
        };
        match answer {
            Ok(_) => {
                let _ = own.apply(&command);
                done.push(command);
            }
            Err(Failure::Refused(_)) => {}
            Err(other) => panic!("{other:?} for {command:?}"),
        }
    }
    done
}

/// Of two requests with one key, at most one does it, and neither contradicts the other.
fn answered_once(
    one: Result<Answer, Failure>,
    two: Result<Answer, Failure>,
) -> Result<Answer, Failure> {
    match (one, two) {
        (Ok(one), Ok(two)) => {
            assert!(one.replayed != two.replayed, "done twice, or never");
            assert_eq!(one.body, two.body);
            Ok(one)
        }
        // A refusal is not remembered: what is refused at first may be done a moment later.
        (Ok(one), Err(Failure::Refused(_))) | (Err(Failure::Refused(_)), Ok(one)) => Ok(one),
        (Err(one), Err(_)) => Err(one),
        (one, two) => panic!("{one:?}, {two:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn many_clients_of_two_services_lose_and_invent_nothing() {
    let seed = Seed::choose();
    let ledger = Ledger::with_engines(2).await;
    let mut start = Model::default();
    for (key, command) in preparations(&ledger).into_iter().enumerate() {
        start.apply(&command).unwrap();
        let sent = submission(command, key as u128 + 1, key as u128 + 1);
        ledger.engines[key % 2].0.submit(sent).await.unwrap();
    }
    let clients: Vec<_> = (1..=CLIENTS)
        .map(|number| {
            let engine = ledger.engines[number as usize % 2].0.clone();
            let catalogue = Arc::clone(&ledger.catalogue);
            let (start, seed) = (start.clone(), seed.0.wrapping_add(number));
            tokio::spawn(async move {
                let random = fastrand::Rng::with_seed(seed);
                let draw = Draw {
                    random,
                    catalogue: &catalogue,
                };
                client(engine, draw, start, u128::from(number)).await
            })
        })
        .collect();
    let mut done = Vec::new();
    for client in clients {
        done.extend(client.await.unwrap());
    }
    assert!(done.len() > 50, "only {} commands were done", done.len());

    // What was acknowledged is there, and nothing else; in which order doesn't matter for sums.
    let mut expected = start;
    expected.force_all(&done);
    assert_eq!(ledger.days().await, expected.days());
    let journals: i64 = expected.pledges.iter().map(|it| it.journals).sum();
    let found = ledger
        .database
        .number("SELECT count(*) FROM journals")
        .await;
    assert_eq!(found, journals);
    ledger.prove().await;
    ledger.finish().await;
}
