//! x
use almoner::db::{Database, migrate};
use almoner::domain::command::*;
use almoner::domain::market::*;
use almoner::domain::unit::*;
use almoner::domain::*;
use almoner::engine::*;
use std::sync::Arc;
use time::macros::date;
use uuid::Uuid;
fn render(_: &Outcome) -> Vec<u8> {
    vec![b'x'; 400]
}
fn sub(c: Command) -> Submission {
    Submission {
        command: c,
        actor: "almoner-local|ada".into(),
        key: Key {
            digest: Uuid::new_v4_like(),
            fingerprint: Uuid::now_v7(),
        },
        render,
    }
}
trait V4 {
    fn new_v4_like() -> Uuid;
}
impl V4 for Uuid {
    fn new_v4_like() -> Uuid {
        Uuid::from_u128(fastrand::u128(..))
    }
}
#[tokio::main]
async fn main() {
    env_logger::init();
    let db = Database::at(std::env::args().nth(1).unwrap());
    println!("{:?}", migrate::up(&db).await);
    let usd = Unit::new(UnitFacts {
        code: "USD".into(),
        kind: UnitKind::Cash,
        minor_digits: 2,
        currency: "USD".into(),
        platform: None,
        name: "".into(),
    });
    let jp: Market = "JP".parse().unwrap();
    let cat = Arc::new(Catalogue {
        units: Units::new([usd.clone()]),
        markets: Markets::new([MarketFacts {
            code: jp,
            name: "".into(),
            currency: "JPY".into(),
        }]),
    });
    let (engine, _lanes) = Engine::start(&db, &cat);
    let m = |n: i64| Money::from_minor(n, usd.clone());
    let n_pledges: usize = std::env::args().nth(2).map_or(1, |s| s.parse().unwrap());
    let clients: usize = std::env::args().nth(3).map_or(64, |s| s.parse().unwrap());
    let mut pledges = vec![];
    let mut creators = vec![];
    for i in 0..n_pledges {
        let p = PledgeId(Uuid::now_v7());
        let ins = InstalmentId(Uuid::now_v7());
        let total = m(1_000_000_000_000);
        engine
            .submit(sub(Command::AnnouncePledge(AnnouncePledge {
                id: p,
                reference: format!("P{}", p),
                donor: "d".into(),
                recipient: "r".into(),
                purpose: "p".into(),
                functional_unit: usd.clone(),
                total: total.clone(),
                split: vec![total.clone()],
                markets: vec![jp],
                instalments: vec![NewInstalment {
                    id: ins,
                    reference: "C1".into(),
                    amount: total.clone(),
                    due_date: date!(2026 - 01 - 01),
                    condition: None,
                }],
            })))
            .await
            .unwrap();
        let d = date!(2026 - 01 - 02);
        engine
            .submit(sub(Command::SignAgreement(SignAgreement {
                pledge: p,
                effective_date: d,
                document: Document {
                    uri: "x:y".into(),
                    sha256: "0".repeat(64),
                },
            })))
            .await
            .unwrap();
        engine
            .submit(sub(Command::ReceiveCash(ReceiveCash {
                instalment: ins,
                received: total.clone(),
                fee: m(0),
                bank_reference: None,
                effective_date: d,
            })))
            .await
            .unwrap();
        engine
            .submit(sub(Command::BudgetMarket(BudgetMarket {
                pledge: p,
                market: jp,
                amount: total.clone(),
                effective_date: d,
            })))
            .await
            .unwrap();
        for k in 0..200 {
            let c = CreatorId(Uuid::now_v7());
            engine
                .submit(sub(Command::EnrolCreator(EnrolCreator {
                    id: c,
                    reference: format!("c{i}-{k}-{c}"),
                    name: "n".into(),
                    market: jp,
                })))
                .await
                .unwrap();
            creators.push(c);
        }
        pledges.push(p);
    }
    let secs = 5.0;
    let t = std::time::Instant::now();
    let mut hs = vec![];
    for k in 0..clients {
        let (e, p, cs, usd) = (
            engine.clone(),
            pledges[k % n_pledges],
            creators.clone(),
            usd.clone(),
        );
        hs.push(tokio::spawn(async move {
            let mut n = 0u64;
            while t.elapsed().as_secs_f64() < secs {
                let c = cs[fastrand::usize(..cs.len())];
                e.submit(sub(Command::AllocateToCreator(AllocateToCreator {
                    id: AllocationId(Uuid::now_v7()),
                    pledge: p,
                    creator: c,
                    amount: Money::from_minor(100, usd.clone()),
                    effective_date: date!(2026 - 01 - 03),
                    note: None,
                })))
                .await
                .unwrap();
                n += 1;
            }
            n
        }));
    }
    let mut n = 0;
    for h in hs {
        n += h.await.unwrap();
    }
    println!(
        "{} pledges {} clients: {:.0}/s",
        n_pledges,
        clients,
        n as f64 / secs
    );
    let t = std::time::Instant::now();
    let mut n = 0;
    while t.elapsed().as_secs_f64() < 3.0 {
        let batch = (0..1000)
            .map(|_| {
                sub(Command::AllocateToCreator(AllocateToCreator {
                    id: AllocationId(Uuid::now_v7()),
                    pledge: pledges[0],
                    creator: creators[fastrand::usize(..creators.len())],
                    amount: Money::from_minor(100, usd.clone()),
                    effective_date: date!(2026 - 01 - 03),
                    note: None,
                }))
            })
            .collect();
        for r in engine.submit_each(batch).await {
            r.unwrap();
            n += 1;
        }
    }
    println!("bulk 1000: {:.0}/s", n as f64 / t.elapsed().as_secs_f64());
}
