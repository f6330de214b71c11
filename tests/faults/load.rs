//! Clients that allocate one cent after the other, each request under a key, and ask again with the
//! same key until they are answered.

use std::collections::{BTreeMap, BTreeSet};
use std::net::SocketAddr;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use reqwest::Method;
use serde_json::{Value, json};
use tokio::sync::watch;
use tokio::task::JoinSet;

use crate::harness::{Client, Funded, World, allocation, new_key, usd};

/// Nobody asks longer than this for one answer.
const PATIENCE: Duration = Duration::from_secs(90);

/// One request in so many carries several allocations that go together or not at all.
const ONE_IN_BULK: usize = 6;
const BULK: usize = 5;

/// Clients at work.
pub struct Load {
    shared: Arc<Shared>,
    clients: JoinSet<()>,
}

struct Shared {
    user: Client,
    pledge: Funded,
    creator: String,
    door: Mutex<SocketAddr>,
    over: AtomicBool,
    tally: Tally,
}

/// What the clients were told.
#[derive(Debug, Default)]
pub struct Tally {
    /// The ids each key was answered with: one, unless something was done twice.
    settled: Mutex<BTreeMap<String, BTreeSet<String>>>,
    acknowledged: watch::Sender<usize>,
    /// Attempts that the connection broke under.
    broken: AtomicUsize,
    /// Attempts answered 503.
    put_off: AtomicUsize,
    /// Answers that had been committed by an attempt that got none.
    replayed: AtomicUsize,
}

/// One request with its keys.
struct Ask {
    path: &'static str,
    keys: Vec<String>,
    body: Value,
}

/// What came of an attempt.
enum Said {
    Done(Vec<(String, bool)>),
    NotNow,
    Nothing,
}

impl Load {
    /// So many clients at that service's door.
    pub async fn start(
        world: &World,
        pledge: &Funded,
        address: SocketAddr,
        clients: usize,
    ) -> Self {
        let shared = Arc::new(Shared {
            user: world.preparer(),
            pledge: pledge.clone(),
            creator: world.creator("JP").await,
            door: Mutex::new(address),
            over: AtomicBool::new(false),
            tally: Tally::default(),
        });
        let mut load = Load {
            shared: Arc::clone(&shared),
            clients: JoinSet::new(),
        };
        for client in 0..clients {
            load.clients.spawn(Arc::clone(&shared).work(client));
        }
        load
    }

    /// The service is to be found elsewhere from now on.
    pub fn go_to(&self, address: SocketAddr) {
        *self.shared.door.lock().unwrap() = address;
    }

    /// Waits until so many more were acknowledged, and returns at that very moment: the answers to
    /// others of the same batch are on their way then.
    pub async fn gets(&self, more: usize) {
        let mut acknowledged = self.shared.tally.acknowledged.subscribe();
        let until = *acknowledged.borrow() + more;
        let enough = acknowledged.wait_for(|count| *count >= until);
        let enough = tokio::time::timeout(PATIENCE, enough).await;
        enough.expect("the clients are answered").unwrap();
    }

    /// Lets everybody finish what they are at, and ask once more for what they had to retry.
    pub async fn finish(mut self) -> Tally {
        self.shared.over.store(true, Ordering::Relaxed);
        while let Some(client) = self.clients.join_next().await {
            client.unwrap();
        }
        match Arc::try_unwrap(self.shared) {
            Ok(shared) => shared.tally,
            Err(_) => panic!("every client has finished"),
        }
    }
}

impl Shared {
    async fn work(self: Arc<Self>, client: usize) {
        let mut number = client;
        while !self.over.load(Ordering::Relaxed) {
            let ask = self.ask(number.is_multiple_of(ONE_IN_BULK));
            number += 1;
            if self.settle(&ask).await > 1 {
                // Whatever came of the first attempts: it is answered the same again.
                self.settle(&ask).await;
            }
        }
    }

    fn ask(&self, bulk: bool) -> Ask {
        let one = || allocation(&self.pledge, &self.creator, usd("0.01"), "2024-12-02");
        if !bulk {
            return Ask {
                path: "/v1/allocations",
                keys: vec![new_key()],
                body: one(),
            };
        }
        let keys: Vec<_> = (0..BULK).map(|_| new_key()).collect();
        let item = |key: &String| {
            let mut item = one();
            item["idempotency_key"] = json!(key);
            item
        };
        let items: Vec<_> = keys.iter().map(item).collect();
        Ask {
            path: "/v1/allocations/bulk",
            body: json!({"mode": "atomic", "items": items}),
            keys,
        }
    }

    /// Asks until there is an answer, and says how many attempts it took.
    async fn settle(&self, ask: &Ask) -> usize {
        let deadline = Instant::now() + PATIENCE;
        for attempt in 1.. {
            match self.attempt(ask).await {
                Said::Done(answers) => {
                    self.tally.note(ask, answers);
                    return attempt;
                }
                Said::NotNow => self.tally.put_off.fetch_add(1, Ordering::Relaxed),
                Said::Nothing => self.tally.broken.fetch_add(1, Ordering::Relaxed),
            };
            assert!(Instant::now() < deadline, "no answer within {PATIENCE:?}");
            tokio::time::sleep(Duration::from_millis(25)).await; // until asked again; see above
        }
        unreachable!()
    }

    async fn attempt(&self, ask: &Ask) -> Said {
        let door = *self.door.lock().unwrap();
        let mut request = self.user.at(door).request(Method::POST, ask.path);
        if let [key] = ask.keys.as_slice() {
            request = request.header("Idempotency-Key", key);
        }
        let request = request.timeout(PATIENCE).json(&ask.body);
        let Ok(response) = request.send().await else {
            return Said::Nothing;
        };
        let (status, headers) = (response.status().as_u16(), response.headers().clone());
        let Ok(body) = response.bytes().await else {
            return Said::Nothing;
        };
        let told = String::from_utf8_lossy(&body);
        match status {
            201 => Said::Done(ids(&serde_json::from_slice(&body).unwrap(), &headers)),
            503 => {
                assert_eq!(
                    headers["content-type"], "application/problem+json",
                    "{told}"
                );
                assert!(headers.contains_key("retry-after"), "{told}");
                Said::NotNow
            }
            _ => panic!("{} was answered {status}: {told}", ask.path),
        }
    }
}

/// The ids in an answer, one for each key, and whether it was committed before.
fn ids(answer: &Value, headers: &reqwest::header::HeaderMap) -> Vec<(String, bool)> {
    let text = |value: &Value| value["id"].as_str().unwrap().to_owned();
    match answer["results"].as_array() {
        Some(results) => results
            .iter()
            .map(|it| (text(it), it["replayed"] == true))
            .collect(),
        None => vec![(text(answer), headers.contains_key("idempotent-replayed"))],
    }
}

impl Tally {
    fn note(&self, ask: &Ask, answers: Vec<(String, bool)>) {
        assert_eq!(ask.keys.len(), answers.len());
        let mut settled = self.settled.lock().unwrap();
        for (key, (id, replayed)) in ask.keys.iter().zip(answers) {
            let ids = settled.entry(key.clone()).or_default();
            if ids.is_empty() {
                self.acknowledged.send_modify(|count| *count += 1);
                self.replayed
                    .fetch_add(usize::from(replayed), Ordering::Relaxed);
            }
            ids.insert(id);
        }
    }

    /// Everything acknowledged is there exactly once, nothing else is, and the sums agree.
    pub async fn verify(&self, world: &World, what: &str) {
        let settled = self.settled.lock().unwrap().clone();
        let bare = |id: &String| id.split_once('_').unwrap().1.to_owned();
        let told: BTreeSet<String> = settled.values().flatten().map(bare).collect();
        let rows = "SELECT replace(id::text, '-', '') AS line FROM allocations";
        let rows = world.database.lines(rows).await;
        let there: BTreeSet<String> = rows.iter().cloned().collect();
        let doubled = settled.values().filter(|ids| ids.len() != 1).count();
        let lost = told.difference(&there).count();
        let unasked = there.difference(&told).count();
        println!(
            "{what}: {} acknowledged, {lost} lost, {doubled} doubled, {unasked} unasked; {} \
             attempts broken off, {} answered 503, {} found committed on asking again",
            settled.len(),
            self.broken.load(Ordering::Relaxed),
            self.put_off.load(Ordering::Relaxed),
            self.replayed.load(Ordering::Relaxed),
        );
        assert_eq!((lost, doubled, unasked), (0, 0, 0));
        assert_eq!((rows.len(), told.len()), (settled.len(), settled.len()));
        let cents = world
            .database
            .number("SELECT sum(amount) FROM allocations")
            .await;
        assert_eq!(cents, settled.len() as i64);
        let posted = "SELECT count(*) FROM journals WHERE kind = 'allocation'";
        assert_eq!(world.database.number(posted).await, settled.len() as i64);
    }
}
