//! What the code takes for granted of the database is what the catalogue says.

use std::collections::{BTreeMap, BTreeSet};

use almoner::domain::approval::{Action, ApprovalState};
use almoner::domain::exchange::Bearer;
use almoner::domain::identity::{IdentityKind, IdentityState};
use almoner::domain::job::{Job, RunOutcome};
use almoner::domain::journal::Kind;
use almoner::domain::payout::PayoutState;
use almoner::domain::pledge::{LotKind, PledgeState};
use almoner::domain::withholding::PaymentKind;
use almoner::domain::{Code, Role, UnitKind};

use crate::harness::TestDatabase;

/// A table as the code declares it: its primary key, and its columns in order.
#[derive(Debug, PartialEq, Eq)]
struct Declared {
    key: Vec<String>,
    columns: Vec<String>,
}

/// The `table!`s of `src/db/schema.rs`.
fn declared(text: &str) -> BTreeMap<String, Declared> {
    let mut tables = BTreeMap::new();
    for block in text.split("diesel::table! {").skip(1) {
        let mut lines = block.lines().map(str::trim).filter(|line| !line.is_empty());
        let head = lines.find(|line| line.ends_with('{')).unwrap();
        let (name, key) = head.split_once(" (").unwrap();
        let key = key.split_once(')').unwrap().0;
        let columns = lines
            .take_while(|line| *line != "}")
            .filter(|line| line.contains(" -> "));
        let table = Declared {
            key: key.split(", ").map(str::to_owned).collect(),
            columns: columns
                .map(|line| line.trim_end_matches(',').to_owned())
                .collect(),
        };
        tables.insert(name.to_owned(), table);
    }
    tables
}

/// A type of Postgres as the declarations write it.
fn type_name(postgres: &str) -> &str {
    match postgres {
        "_text" => "Array<Text>",
        "bool" => "Bool",
        "bytea" => "Bytea",
        "date" => "Date",
        "int2" => "Int2",
        "int4" => "Int4",
        "int8" => "Int8",
        "jsonb" => "Jsonb",
        "text" => "Text",
        "timestamptz" => "Timestamptz",
        "uuid" => "Uuid",
        "xid8" => "Xid8",
        other => other,
    }
}

/// Every column of every table and view: table, kind, column, type, whether it can be empty.
const COLUMNS: &str = "
    SELECT concat_ws(' ', c.relname, c.relkind, a.attname, t.typname, a.attnotnull) AS line
    FROM pg_class c
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    JOIN pg_type t ON t.oid = a.atttypid
    WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v')
      AND c.relname NOT LIKE '\\_\\_diesel%'
    ORDER BY c.relname, a.attnum";

/// Every table's primary key.
const KEYS: &str = "
    SELECT concat_ws(' ', i.indrelid::regclass, string_agg(a.attname, ' '
               ORDER BY array_position(i.indkey::int[], a.attnum::int))) AS line
    FROM pg_index i
    JOIN pg_attribute a ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey)
    JOIN pg_class c ON c.oid = i.indrelid
    WHERE i.indisprimary AND c.relnamespace = 'public'::regnamespace
      AND c.relname NOT LIKE '\\_\\_diesel%'
    GROUP BY i.indrelid ORDER BY 1";

/// The keys of tables, by table.
async fn keys(database: &TestDatabase) -> BTreeMap<String, Vec<String>> {
    let lines = database.lines(KEYS).await;
    let pair = |line: &String| {
        let mut words = line.split(' ').map(str::to_owned);
        (words.next().unwrap(), words.collect())
    };
    lines.iter().map(pair).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn the_declared_tables_are_those_of_the_catalogue() {
    let database = TestDatabase::create().await;
    let declared = declared(include_str!("../src/db/schema.rs"));
    let keys = keys(&database).await;
    let mut found: BTreeMap<String, Declared> = BTreeMap::new();
    for line in database.lines(COLUMNS).await {
        let words: Vec<&str> = line.split(' ').collect();
        let &[table, kind, column, postgres, not_null] = words.as_slice() else {
            panic!("{line}");
        };
        let name = type_name(postgres);
        // A view's columns don't say whether they can be empty: there the declaration is believed.
        let as_nullable = format!("{column} -> Nullable<{name}>");
        let believed = || declared[table].columns.contains(&as_nullable);
        let nullable = not_null == "f" && (kind == "r" || kind == "v" && believed());
        let column = match nullable {
            true => as_nullable,
            false => format!("{column} -> {name}"),
        };
        let key = match keys.get(table) {
            Some(key) => key.clone(),
            None => declared
                .get(table)
                .map(|it| it.key.clone())
                .unwrap_or_default(),
        };
        let columns = Vec::new();
        let table = found
            .entry(table.to_owned())
            .or_insert(Declared { key, columns });
        table.columns.push(column);
    }
    database.drop().await;
    assert!(found.len() > 15);
    let names = |tables: &BTreeMap<String, Declared>| tables.keys().cloned().collect::<Vec<_>>();
    assert_eq!(names(&declared), names(&found));
    for (table, found) in &found {
        assert_eq!(&declared[table], found, "{table}");
    }
}

#[test]
fn declarations_are_read_as_they_stand() {
    let text = "diesel::table! {\n    a (b, c) {\n        b -> Uuid,\n        \
        c -> Nullable<Text>,\n    }\n}\n\n\
        diesel::table! {\n    d (e) {\n        e -> Int4,\n    }\n}";
    let tables = declared(text);
    assert_eq!(tables["a"].key, ["b", "c"]);
    assert_eq!(tables["a"].columns, ["b -> Uuid", "c -> Nullable<Text>"]);
    assert_eq!(tables["d"].columns, ["e -> Int4"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_chart_in_the_code_is_the_chart_in_the_database() {
    let database = TestDatabase::create().await;
    let chart = "SELECT concat_ws('|', code, name, normal_side, may_overdraw, \
        (SELECT string_agg(dimensions, ',' ORDER BY dimensions) FROM chart_dimensions d \
         WHERE d.code = c.code), \
        (SELECT string_agg(kind, ',' ORDER BY kind) FROM chart_unit_kinds k \
         WHERE k.code = c.code)) AS line FROM chart c ORDER BY code";
    let found = database.lines(chart).await;
    database.drop().await;
    let mut expected: Vec<String> = Code::ALL
        .iter()
        .map(|code| {
            let kinds: Vec<_> = code
                .counts()
                .kinds()
                .iter()
                .map(|kind| kind.as_str())
                .collect();
            let (kinds, dimensions) = (kinds.join(","), code.dimensions().join(","));
            let overdraw = if code.may_overdraw() { 't' } else { 'f' };
            let (number, name, side) = (code.as_str(), code.name(), code.side().as_str());
            format!("{number}|{name}|{side}|{overdraw}|{dimensions}|{kinds}")
        })
        .collect();
    expected.sort();
    assert_eq!(found, expected);
}

/// The words a CHECK lists: what stands between quotes in its definition.
async fn listed(database: &TestDatabase, check: &str) -> BTreeSet<String> {
    let definition = format!(
        "SELECT pg_get_constraintdef(oid) AS line FROM pg_constraint WHERE conname = '{check}'"
    );
    let definition = database.lines(&definition).await.remove(0);
    let quoted = definition.split('\'').skip(1).step_by(2);
    quoted.map(str::to_owned).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn what_the_code_writes_is_what_the_checks_list() {
    let database = TestDatabase::create().await;
    let set = |words: &[&str]| words.iter().map(|word| (*word).to_owned()).collect();
    let kinds: BTreeSet<String> = Kind::ALL
        .iter()
        .map(|kind| kind.as_str().to_owned())
        .collect();
    let states = PledgeState::ALL;
    let lots = [LotKind::Free, LotKind::Assignable, LotKind::Conditional];
    let units = [UnitKind::Cash, UnitKind::Credits].map(UnitKind::as_str);
    let kinds_of_payment: Vec<&str> = PaymentKind::ALL.iter().map(|it| it.as_str()).collect();
    let all = PayoutState::ALL.iter().map(|it| it.as_str());
    let events: Vec<&str> = all.filter(|it| *it != "proposed").collect();
    let roles: Vec<&str> = Role::ALL.iter().map(|it| it.name()).collect();
    let all = ApprovalState::ALL.iter().map(|it| it.as_str());
    let verdicts: Vec<&str> = all.filter(|it| *it != "pending").collect();
    let expected: [(&str, BTreeSet<String>); 13] = [
        ("journals_kind", kinds),
        (
            "pledges_state",
            states.iter().map(|it| it.as_str().to_owned()).collect(),
        ),
        (
            "pledges_exchange_differences",
            set(&Bearer::ALL.map(Bearer::as_str)),
        ),
        ("lots_kind", set(&lots.map(LotKind::as_str))),
        ("units_kind", set(&units)),
        ("chart_unit_kinds_kind", set(&units)),
        ("chart_normal_side", set(&["debit", "credit"])),
        ("withholding_rules_payment_kind", set(&kinds_of_payment)),
        ("payout_events_state", set(&events)),
        (
            "identities_kind",
            set(&IdentityKind::ALL.map(IdentityKind::as_str)),
        ),
        (
            "identity_events_state",
            set(&IdentityState::ALL.map(IdentityState::as_str)),
        ),
        ("role_grants_role", set(&roles)),
        ("approval_decisions_verdict", set(&verdicts)),
    ];
    for (check, words) in expected {
        assert_eq!(listed(&database, check).await, words, "{check}");
    }
    for state in states {
        assert_eq!(PledgeState::parse(state.as_str()), Some(*state));
    }
    assert_eq!(PledgeState::parse("spent"), None);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_jobs_in_the_code_are_those_in_the_database() {
    let database = TestDatabase::create().await;
    let jobs = "SELECT name || ': ' || purpose AS line FROM jobs ORDER BY name";
    let expected = Job::ALL.iter();
    let mut expected: Vec<String> = expected
        .map(|job| format!("{}: {}", job.as_str(), job.purpose()))
        .collect();
    expected.sort();
    assert_eq!(database.lines(jobs).await, expected);
    let outcomes = [RunOutcome::Done, RunOutcome::Failed].map(RunOutcome::as_str);
    let outcomes: BTreeSet<String> = outcomes.into_iter().map(str::to_owned).collect();
    assert_eq!(listed(&database, "job_runs_outcome").await, outcomes);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_actions_in_the_code_are_those_in_the_database() {
    let database = TestDatabase::create().await;
    let actions = "SELECT name || ' ' || takes_two AS line FROM actions ORDER BY name";
    let expected = Action::ALL.iter();
    let mut expected: Vec<String> = expected
        .map(|it| format!("{} {}", it.as_str(), it.takes_two()))
        .collect();
    expected.sort();
    assert_eq!(database.lines(actions).await, expected);
    for action in Action::ALL {
        assert_eq!(Action::parse(action.as_str()), Some(*action));
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn every_constraint_is_named_after_its_table_and_rule() {
    let database = TestDatabase::create().await;
    let names = "SELECT concat_ws(' ', conrelid::regclass, conname) AS line FROM pg_constraint \
        WHERE connamespace = 'public'::regnamespace AND contype NOT IN ('n', 't') \
        UNION SELECT concat_ws(' ', i.indrelid::regclass, i.indexrelid::regclass) \
        FROM pg_index i JOIN pg_class c ON c.oid = i.indrelid \
        WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace";
    let names = database.lines(names).await;
    assert!(names.len() > 60);
    // What Postgres calls a constraint that nobody named.
    let unnamed = ["_check", "_key", "_fkey", "_excl"];
    for line in names.iter().filter(|line| !line.starts_with("__diesel")) {
        let (table, name) = line.split_once(' ').unwrap();
        let rule = name.strip_prefix(&format!("{table}_"));
        let shaped = |rule: &str| {
            !rule.is_empty() && rule.bytes().all(|b| b.is_ascii_lowercase() || b == b'_')
        };
        assert!(rule.is_some_and(shaped), "{line}");
        assert!(!unnamed.iter().any(|end| name.ends_with(end)), "{line}");
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn tables_of_money_begin_their_keys_with_the_pledge() {
    /// What is no pledge's: the pledge itself, reference data, the network, jobs, and answers.
    const SHARED: &[&str] = &[
        "actions",
        "api_token_uses",
        "api_tokens",
        "audit_events",
        "chart",
        "chart_dimensions",
        "chart_unit_kinds",
        "creator_bank_details",
        "creator_erasures",
        "creator_persons",
        "creators",
        "exchange_rates",
        "idempotency_keys",
        "identities",
        "identity_events",
        "identity_subjects",
        "job_runs",
        "jobs",
        "log_checkpoints",
        "log_cosignatures",
        "log_key_ends",
        "log_keys",
        "log_leaves",
        "log_tiles",
        "log_timestamps",
        "markets",
        "personal_data_reads",
        "platform_profiles",
        "pledges",
        "register_versions",
        "revocations",
        "role_ends",
        "role_grants",
        "secrets",
        "time_zones",
        "units",
        "withholding_rules",
    ];
    let database = TestDatabase::create().await;
    let keys = keys(&database).await;
    database.drop().await;
    for table in SHARED {
        assert!(keys.contains_key(*table), "{table} is listed and not there");
    }
    for (table, key) in keys
        .iter()
        .filter(|(table, _)| !SHARED.contains(&table.as_str()))
    {
        assert_eq!(
            key.first().map(String::as_str),
            Some("pledge_id"),
            "{table}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_stands_in_a_proof_by_code_as_in_the_database() {
    let database = TestDatabase::create().await;
    let proved = "SELECT concat_ws(' ', code, kind, is_proved(code, kind)) AS line
        FROM chart, (VALUES ('cash'), ('credits')) AS kinds (kind)";
    let found: BTreeSet<String> = database.lines(proved).await.into_iter().collect();
    let expected = Code::ALL.iter().flat_map(|code| {
        [UnitKind::Cash, UnitKind::Credits].map(|kind| {
            let proved = if code.is_proved(kind) { "t" } else { "f" };
            format!("{} {} {proved}", code.as_str(), kind.as_str())
        })
    });
    assert_eq!(found, expected.collect());
    database.drop().await;
}
