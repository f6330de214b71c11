//! One Postgres for the test process, and a database for each test.

use std::collections::BTreeMap;
use std::future::Future;
use std::path::PathBuf;
use std::sync::OnceLock;
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, Instant};

use almoner::db::{Database, migrate};
use almoner::embedded::{Embedded, Throwaway};
use diesel::{QueryableByName, sql_query, sql_types};
use diesel_async::{AsyncConnection, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};

/// What every test's database is a copy of.
const TEMPLATE: &str = "almoner_template";

/// What is waited for happens in milliseconds; a loaded machine may take longer.
const PATIENCE: Duration = Duration::from_secs(60);

/// The URL of the process's Postgres, with its own database's name in it.
static SERVER: OnceLock<String> = OnceLock::new();

/// The server's URL; it is started by whichever test asks first.
fn server() -> &'static str {
    SERVER.get_or_init(|| {
        let (tell, told) = mpsc::channel();
        // A thread of its own: the server outlives the runtime of the test that asked first. It
        // goes, folder and all, when the process does: its guard sees to that.
        thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_multi_thread()
                .worker_threads(1)
                .enable_all()
                .build();
            runtime.unwrap().block_on(async move {
                let embedded = start().await;
                tell.send(embedded.url().to_owned()).unwrap();
                std::future::pending::<()>().await;
            });
        });
        told.recv().expect("the test process has a Postgres")
    })
}

async fn start() -> Embedded {
    let setting = |name: &str, value: &str| (name.to_owned(), value.to_owned());
    let wanted = Throwaway {
        guard: PathBuf::from(env!("CARGO_BIN_EXE_almoner")),
        parent: None,
        settings: vec![
            setting("fsync", "off"),
            setting("full_page_writes", "off"),
            setting("max_connections", "400"),
        ],
    };
    let embedded = Embedded::throwaway(wanted).await.unwrap();
    let create = format!("CREATE DATABASE {TEMPLATE}");
    owner(embedded.url())
        .await
        .batch_execute(&create)
        .await
        .unwrap();
    let template = Database::at(url_of(embedded.url(), TEMPLATE));
    migrate::up(&template).await.unwrap();
    embedded
}

/// The same server's URL with another database's name.
fn url_of(url: &str, database: &str) -> String {
    let (server, parameters) = url.split_once("@/almoner?").unwrap();
    format!("{server}@/{database}?{parameters}")
}

async fn owner(url: &str) -> AsyncPgConnection {
    AsyncPgConnection::establish(url).await.unwrap()
}

/// Looks again and again, up to a deadline, until there is an answer. For what tells nobody when
/// it happens: other processes, and the database's own statistics.
pub async fn eventually<T, Looking>(what: &str, mut look: impl FnMut() -> Looking) -> T
where
    Looking: Future<Output = Option<T>>,
{
    let deadline = Instant::now() + PATIENCE;
    loop {
        if let Some(found) = look().await {
            return found;
        }
        assert!(Instant::now() < deadline, "not within {PATIENCE:?}: {what}");
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[derive(QueryableByName)]
struct Number {
    #[diesel(sql_type = sql_types::BigInt)]
    number: i64,
}

#[derive(QueryableByName)]
struct Line {
    #[diesel(sql_type = sql_types::Text)]
    line: String,
}

/// A database with the schema and nothing in it.
#[derive(Debug, Clone)]
pub struct TestDatabase {
    name: String,
    url: String,
    /// Whether it is on the process's Postgres, to be removed from there.
    shared: bool,
}

impl TestDatabase {
    pub async fn create() -> Self {
        let server = tokio::task::spawn_blocking(server).await.unwrap();
        let name = format!("world_{:016x}", fastrand::u64(..));
        let create = format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}");
        owner(server).await.batch_execute(&create).await.unwrap();
        let url = url_of(server, &name);
        TestDatabase {
            name,
            url,
            shared: true,
        }
    }

    /// The database of a server that a test has for itself.
    pub fn at(url: &str) -> Self {
        TestDatabase {
            name: "almoner".to_owned(),
            url: url.to_owned(),
            shared: false,
        }
    }

    pub fn url(&self) -> &str {
        &self.url
    }

    pub fn name(&self) -> &str {
        &self.name
    }

    /// Removes it, whoever is still connected.
    pub async fn drop(self) {
        if !self.shared {
            return;
        }
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        owner(server()).await.batch_execute(&drop).await.unwrap();
    }

    /// A connection with every right.
    pub async fn connect(&self) -> AsyncPgConnection {
        owner(&self.url).await
    }

    /// What a query for one `bigint` answers.
    pub async fn number(&self, expression: &str) -> i64 {
        let query = sql_query(format!("SELECT ({expression})::bigint AS number"));
        let found: Number = query.get_result(&mut self.connect().await).await.unwrap();
        found.number
    }

    /// What a query for texts answers; its column is called `line`.
    pub async fn lines(&self, query: &str) -> Vec<String> {
        let found: Vec<Line> = sql_query(query)
            .load(&mut self.connect().await)
            .await
            .unwrap();
        found.into_iter().map(|found| found.line).collect()
    }

    /// How many rows each table has, but for what the audit trail says of refusals and reads.
    pub async fn row_counts(&self) -> BTreeMap<String, i64> {
        let counts = "SELECT table_name || ' ' || (xpath('/row/n/text()', query_to_xml(\
                format('SELECT count(*) AS n FROM %I', table_name), false, true, '')))[1]::text \
                AS line FROM information_schema.tables \
            WHERE table_schema = 'public' \
              AND table_name NOT IN ('entries', 'audit_events', 'personal_data_reads')";
        let lines = self.lines(counts).await;
        let pair = |line: &String| {
            let (table, count) = line.split_once(' ').unwrap();
            (table.to_owned(), count.parse().unwrap())
        };
        lines.iter().map(pair).collect()
    }

    /// Waits until no connection is in a transaction: one in between two statements is not left
    /// over, one that stays is.
    pub async fn no_transaction_is_left_open(&self) {
        let name = &self.name;
        let open = format!(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = '{name}' \
             AND state LIKE 'idle in transaction%'"
        );
        let what = "every transaction ends";
        eventually(what, async || (self.number(&open).await == 0).then_some(())).await;
    }
}
