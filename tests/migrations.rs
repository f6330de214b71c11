//! Migrations go up, down and up again, each alone and all together, and leave the same schema.

use almoner::db::{Database, migrate};
use diesel_async::{AsyncMigrationHarness, AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use diesel_migrations::MigrationHarness;

use crate::harness::TestDatabase;

/// A database without anything in it, on the tests' server.
struct Empty {
    name: String,
    url: String,
    beside: TestDatabase,
}

impl Empty {
    async fn create() -> Self {
        let beside = TestDatabase::create().await;
        let name = format!("empty_{:016x}", fastrand::u64(..));
        let mut owner = beside.connect().await;
        let create = format!("CREATE DATABASE {name} TEMPLATE template0");
        owner.batch_execute(&create).await.unwrap();
        let (server, rest) = beside.url().split_once("@/").unwrap();
        let parameters = rest.split_once('?').unwrap().1;
        let url = format!("{server}@/{name}?{parameters}");
        Empty { name, url, beside }
    }

    fn database(&self) -> Database {
        Database::at(&self.url)
    }

    async fn connect(&self) -> AsyncPgConnection {
        self.database().connect_as_owner().await.unwrap()
    }

    async fn drop(self) {
        let drop = format!("DROP DATABASE {} WITH (FORCE)", self.name);
        let mut owner = self.beside.connect().await;
        owner.batch_execute(&drop).await.unwrap();
        std::mem::drop(owner);
        self.beside.drop().await;
    }

    /// Everything the schema consists of, a line each.
    async fn schema(&self) -> Vec<String> {
        let mut connection = self.connect().await;
        let lines = diesel::sql_query(SCHEMA).load::<Line>(&mut connection);
        lines.await.unwrap().into_iter().map(|it| it.line).collect()
    }

    /// Runs migrations, or takes them back, one at a time.
    async fn step(&self, mut step: impl FnMut(&mut AsyncMigrationHarness<AsyncPgConnection>)) {
        let mut harness = AsyncMigrationHarness::new(self.connect().await);
        step(&mut harness);
    }
}

#[derive(diesel::QueryableByName)]
struct Line {
    #[diesel(sql_type = diesel::sql_types::Text)]
    line: String,
}

/// A dump, as far as two can be compared: every object with its definition, owner and rights, and
/// what the reference tables hold. Secrets differ from one database to the next.
const SCHEMA: &str = "
WITH own AS (SELECT oid FROM pg_class WHERE relnamespace = 'public'::regnamespace
             AND relname NOT LIKE '\\_\\_diesel%')
SELECT concat_ws(' | ', 'class', oid::regclass, relkind, reloptions, relowner::regrole, relacl,
                 relrowsecurity, relforcerowsecurity,
                 CASE relkind WHEN 'v' THEN pg_get_viewdef(oid)
                              WHEN 'i' THEN pg_get_indexdef(oid) END) AS line
FROM pg_class WHERE oid IN (SELECT oid FROM own)
UNION ALL
SELECT concat_ws(' | ', 'column', attrelid::regclass, attname, atttypid::regtype,
                 attnotnull, attgenerated, attacl, pg_get_expr(d.adbin, d.adrelid))
FROM pg_attribute a LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
WHERE attrelid IN (SELECT oid FROM own) AND attnum > 0 AND NOT attisdropped
UNION ALL
SELECT concat_ws(' | ', 'constraint', conrelid::regclass, conname, pg_get_constraintdef(oid))
FROM pg_constraint WHERE conrelid IN (SELECT oid FROM own)
UNION ALL
SELECT concat_ws(' | ', 'trigger', tgenabled, pg_get_triggerdef(oid))
FROM pg_trigger WHERE tgrelid IN (SELECT oid FROM own) AND NOT tgisinternal
UNION ALL
SELECT concat_ws(' | ', 'function', proowner::regrole, proacl, pg_get_functiondef(oid))
FROM pg_proc WHERE pronamespace = 'public'::regnamespace
UNION ALL
SELECT concat_ws(' | ', 'type', typname) FROM pg_type
WHERE typnamespace = 'public'::regnamespace AND typtype NOT IN ('c', 'b')
UNION ALL
SELECT concat_ws(' | ', 'policy', polrelid::regclass, polname, pg_get_expr(polqual, polrelid))
FROM pg_policy
UNION ALL
SELECT concat_ws(' | ', 'schema', nspname, nspowner::regrole,
                 (SELECT string_agg(item::text, ',' ORDER BY item::text)
                  FROM unnest(nspacl) AS item))
FROM pg_namespace WHERE nspname NOT LIKE 'pg\\_%'
UNION ALL
SELECT concat_ws(' | ', 'rows', oid::regclass,
                 query_to_xml(format('SELECT * FROM %s AS t ORDER BY t::text', oid::regclass),
                              true, true, '')::text)
FROM pg_class WHERE oid IN (SELECT oid FROM own) AND relkind = 'r' AND relname <> 'secrets'
ORDER BY line";

/// Two dumps are the same; what differs is said.
#[track_caller]
fn assert_same(found: &[String], expected: &[String], what: &str) {
    let missing: Vec<_> = expected
        .iter()
        .filter(|line| !found.contains(line))
        .collect();
    let added: Vec<_> = found
        .iter()
        .filter(|line| !expected.contains(line))
        .collect();
    assert!(
        missing.is_empty() && added.is_empty(),
        "{what}: missing {missing:#?}, added {added:#?}"
    );
}

/// How many migrations there are.
fn count() -> usize {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/migrations");
    std::fs::read_dir(folder).unwrap().count()
}

#[tokio::test(flavor = "multi_thread")]
async fn up_down_and_up_again_leaves_the_same_schema() {
    let empty = Empty::create().await;
    let nothing = empty.schema().await;
    let run = migrate::up(&empty.database()).await.unwrap();
    assert_eq!(run.len(), count());
    let first = empty.schema().await;
    assert!(first.len() > nothing.len() + 100);
    migrate::down(&empty.database()).await.unwrap();
    assert_same(&empty.schema().await, &nothing, "after going down");
    migrate::up(&empty.database()).await.unwrap();
    assert_same(&empty.schema().await, &first, "after going up again");
    empty.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn each_migration_can_be_taken_back_alone() {
    let empty = Empty::create().await;
    for number in 1..=count() {
        let before = empty.schema().await;
        empty
            .step(|it| {
                it.run_next_migration(migrate::MIGRATIONS).unwrap();
            })
            .await;
        let after = empty.schema().await;
        empty
            .step(|it| {
                it.revert_last_migration(migrate::MIGRATIONS).unwrap();
            })
            .await;
        assert_same(
            &empty.schema().await,
            &before,
            &format!("{number} taken back"),
        );
        empty
            .step(|it| {
                it.run_next_migration(migrate::MIGRATIONS).unwrap();
            })
            .await;
        assert_same(
            &empty.schema().await,
            &after,
            &format!("{number} run again"),
        );
    }
    let left = migrate::up(&empty.database()).await.unwrap();
    assert_eq!(left, Vec::<String>::new());
    empty.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn services_that_start_at_once_migrate_once() {
    let empty = Empty::create().await;
    let database = empty.database();
    let (one, two, three) = tokio::join!(
        tokio::spawn({
            let it = database.clone();
            async move { migrate::up(&it).await }
        }),
        tokio::spawn({
            let it = database.clone();
            async move { migrate::up(&it).await }
        }),
        tokio::spawn({
            let it = database.clone();
            async move { migrate::up(&it).await }
        }),
    );
    let run: Vec<usize> = [one, two, three]
        .into_iter()
        .map(|it| it.unwrap().unwrap().len())
        .collect();
    assert_eq!(run.iter().sum::<usize>(), count(), "{run:?}");
    empty.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_database_behind_this_build_is_brought_up_to_it() {
    let empty = Empty::create().await;
    migrate::up(&empty.database()).await.unwrap();
    let whole = empty.schema().await;
    empty
        .step(|it| {
            it.revert_last_migration(migrate::MIGRATIONS).unwrap();
            it.revert_last_migration(migrate::MIGRATIONS).unwrap();
        })
        .await;
    let run = migrate::up(&empty.database()).await.unwrap();
    assert_eq!(run.len(), 2);
    assert_same(&empty.schema().await, &whole, "after catching up");
    empty.drop().await;
}

/// A newer service has migrated further; this one leaves that alone, and can still work.
#[tokio::test(flavor = "multi_thread")]
async fn a_database_ahead_of_this_build_is_left_as_it_is() {
    let empty = Empty::create().await;
    migrate::up(&empty.database()).await.unwrap();
    let later = "CREATE TABLE later (id integer CONSTRAINT later_pkey PRIMARY KEY, name text); \
        INSERT INTO __diesel_schema_migrations (version) VALUES ('20991231000001')";
    empty.connect().await.batch_execute(later).await.unwrap();
    let ahead = empty.schema().await;
    let run = migrate::up(&empty.database()).await.unwrap();
    assert_eq!(run, Vec::<String>::new());
    assert_same(
        &empty.schema().await,
        &ahead,
        "after starting an older build",
    );
    empty.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_schema_that_differs_is_noticed() {
    let empty = Empty::create().await;
    migrate::up(&empty.database()).await.unwrap();
    let before = empty.schema().await;
    for change in [
        "ALTER TABLE accounts DISABLE TRIGGER accounts_append_only",
        "GRANT UPDATE (amount) ON transfers TO almoner_service",
        "ALTER TABLE accounts DROP CONSTRAINT accounts_no_overdraft",
        "ALTER FUNCTION post_transfers() SECURITY INVOKER",
        "DROP INDEX journals_bank_references",
        "CREATE VIEW mine AS SELECT 1 AS one",
    ] {
        let mut connection = empty.connect().await;
        connection.batch_execute(change).await.unwrap();
        assert_ne!(empty.schema().await, before, "{change}");
    }
    empty.drop().await;
}
