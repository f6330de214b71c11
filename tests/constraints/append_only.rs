//! Nothing that stands in the ledger is changed, deleted or emptied, in whatever way it is tried,
//! even with every right on the table.

use super::fixture::{As, Ledger, Refused};

/// What is only ever added to.
pub(super) const TABLES: &[&str] = &[
    "account_days",
    "accounts",
    "actions",
    "ad_accounts",
    "api_tokens",
    "approval_decisions",
    "approvals",
    "audit_events",
    "chart",
    "chart_dimensions",
    "chart_unit_kinds",
    "creator_bank_details",
    "creator_erasures",
    "creator_persons",
    "creators",
    "exchange_rates",
    "holds",
    "idempotency_keys",
    "identities",
    "identity_events",
    "identity_subjects",
    "instalments",
    "job_runs",
    "jobs",
    "journals",
    "log_checkpoints",
    "log_cosignatures",
    "log_key_ends",
    "log_keys",
    "log_leaves",
    "log_tiles",
    "log_timestamps",
    "lot_campaigns",
    "lot_events",
    "lot_markets",
    "lots",
    "obligations",
    "pledge_events",
    "payout_events",
    "payouts",
    "period_events",
    "personal_data_reads",
    "platform_balances",
    "platform_profiles",
    "pledge_markets",
    "pledge_units",
    "pledges",
    "revaluations",
    "revocations",
    "role_ends",
    "role_grants",
    "secrets",
    "stated_rates",
    "spend_attributions",
    "spend_clearings",
    "spend_lines",
    "spend_refunds",
    "spend_uses",
    "statement_run_accounts",
    "statement_runs",
    "statements",
    "thresholds",
    "time_zones",
    "transfers",
    "units",
    "withholding_rules",
];

/// Of these, some columns note what happened later: updates of others meet another rule.
const NOTED_ON: &[(&str, &str)] = &[
    ("account_days", "account_days_kept_by_transfers"),
    ("accounts", "accounts_kept_by_transfers"),
    ("holds", "holds_terms_fixed"),
    ("instalments", "instalments_terms_fixed"),
    ("pledges", "pledges_terms_fixed"),
];

/// The rule an update of a table's first column meets.
fn rule_of_updates(table: &str) -> String {
    let noted = NOTED_ON.iter().find(|(name, _)| *name == table);
    noted.map_or_else(
        || format!("{table}_append_only"),
        |(_, rule)| (*rule).to_owned(),
    )
}

/// A table's columns, apart from generated ones, and those of its primary key.
async fn columns(ledger: &Ledger, table: &str) -> (Vec<String>, Vec<String>) {
    let all = format!(
        "SELECT attname::text AS line FROM pg_attribute WHERE attrelid = '{table}'::regclass \
         AND attnum > 0 AND NOT attisdropped AND attgenerated = '' ORDER BY attnum"
    );
    let key = format!(
        "SELECT a.attname::text AS line FROM pg_index i JOIN pg_attribute a \
         ON a.attrelid = i.indrelid AND a.attnum = ANY (i.indkey) \
         WHERE i.indrelid = '{table}'::regclass AND i.indisprimary \
         ORDER BY array_position(i.indkey::int[], a.attnum::int)"
    );
    (
        ledger.database.lines(&all).await,
        ledger.database.lines(&key).await,
    )
}

/// Ways to change rows, or to seem to, through whatever statement.
async fn updates(ledger: &Ledger, table: &str) -> Vec<String> {
    let (columns, key) = columns(ledger, table).await;
    let (list, key, first) = (columns.join(", "), key.join(", "), &columns[0]);
    vec![
        format!("UPDATE {table} SET {first} = {first}"),
        format!("UPDATE {table} SET {first} = {first} WHERE false"),
        format!("UPDATE ONLY {table} SET {first} = {first}"),
        format!("WITH x AS (UPDATE {table} SET {first} = {first} RETURNING 1) SELECT 1"),
        format!("UPDATE fixture.all_{table} SET {first} = {first}"),
        format!(
            "INSERT INTO {table} ({list}) SELECT {list} FROM {table} LIMIT 1 \
             ON CONFLICT ({key}) DO UPDATE SET {first} = excluded.{first}"
        ),
        format!(
            "MERGE INTO {table} USING (SELECT 1) AS one ON true \
             WHEN MATCHED THEN UPDATE SET {first} = {table}.{first}"
        ),
    ]
}

/// Ways to take rows away.
fn deletions(table: &str) -> Vec<String> {
    vec![
        format!("DELETE FROM {table}"),
        format!("DELETE FROM {table} WHERE false"),
        format!("DELETE FROM ONLY {table}"),
        format!("DELETE FROM fixture.all_{table}"),
        format!("WITH x AS (DELETE FROM {table} RETURNING 1) SELECT 1"),
        format!("MERGE INTO {table} USING (SELECT 1) AS one ON true WHEN MATCHED THEN DELETE"),
        format!("TRUNCATE {table} CASCADE"),
        format!("TRUNCATE {table} RESTART IDENTITY CASCADE"),
    ]
}

/// The ledger, with a view over each table through which rows could be changed: it has its owner's
/// rights on the table, and lets the service's role use them.
async fn ledger_with_views() -> Ledger {
    let mut ledger = Ledger::new().await;
    for table in TABLES {
        ledger
            .prepare(&format!(
                "CREATE VIEW fixture.all_{table} AS SELECT * FROM {table}; \
                 GRANT ALL ON fixture.all_{table} TO almoner_service;"
            ))
            .await;
    }
    ledger
}

/// What isn't refused by the rule, with every right and with the service's.
async fn let_through(ledger: &mut Ledger, sql: &str, rule: &str) -> Vec<String> {
    let rule = Refused::Rule(rule.to_owned());
    let mut otherwise = Vec::new();
    let by_owner = ledger.attempt(As::Owner, sql).await;
    if by_owner != rule {
        otherwise.push(format!("owner: {by_owner:?} for {sql}"));
    }
    let by_service = ledger.attempt(As::Service, sql).await;
    let through_view = sql.contains("fixture.all_");
    if by_service != rule && (through_view || by_service != Refused::Denied) {
        otherwise.push(format!("service: {by_service:?} for {sql}"));
    }
    otherwise
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_updated_whatever_the_statement() {
    let mut ledger = ledger_with_views().await;
    let mut otherwise = Vec::new();
    for table in TABLES {
        for sql in updates(&ledger, table).await {
            otherwise.extend(let_through(&mut ledger, &sql, &rule_of_updates(table)).await);
        }
    }
    ledger.finish().await;
    assert!(otherwise.is_empty(), "\n{}\n", otherwise.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_deleted_whatever_the_statement() {
    let mut ledger = ledger_with_views().await;
    let mut otherwise = Vec::new();
    for table in TABLES {
        for sql in deletions(table) {
            let rule = format!("{table}_append_only");
            otherwise.extend(let_through(&mut ledger, &sql, &rule).await);
        }
    }
    ledger.finish().await;
    assert!(otherwise.is_empty(), "\n{}\n", otherwise.join("\n"));
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_emptied_along_with_something_else() {
    let mut ledger = Ledger::new().await;
    let before = ledger.database.row_counts().await;
    let all: Vec<&str> = before.keys().map(String::as_str).collect();
    let tables: Vec<String> = all
        .iter()
        .filter(|table| !table.starts_with("__"))
        .map(|table| format!("TRUNCATE {table}"))
        .chain([format!("TRUNCATE {}", all.join(", "))])
        .chain(["TRUNCATE markets CASCADE".to_owned()])
        .collect();
    for sql in tables {
        for who in [As::Owner, As::Service] {
            let found = ledger.attempt(who, &sql).await;
            assert_ne!(found, Refused::Not, "{who:?}: {sql}");
        }
    }
    assert_eq!(ledger.database.row_counts().await, before);
    ledger.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn rows_copied_in_are_held_to_the_rules_as_well() {
    let mut ledger = Ledger::new().await;
    let line = |sql: &str| sql.split_whitespace().collect::<Vec<_>>().join(" ");
    for (rule, sql) in [
        (
            "journals_gapless",
            "COPY journals (pledge_id, number, id, kind, effective_date, recorded_at, transfers,
                actor) FROM PROGRAM 'echo \"$(printf %s fides | md5sum | cut -c1-32),99,
                00000000-0000-7000-8000-000000000001,budget,2026-01-30,2027-01-01,1,petra\"'
                WITH (FORMAT csv)",
        ),
        (
            "transfers_journal_exists",
            "COPY transfers FROM PROGRAM 'echo \"$(printf %s fides | md5sum | cut -c1-32),
                99,1,USD,5,
                2026-01-30,4,5,9,1,1,9,1,1\"' WITH (FORMAT csv)",
        ),
        (
            "idempotency_keys_pkey",
            "COPY idempotency_keys FROM PROGRAM 'echo \"$(printf %s key | md5sum | cut -c1-32),
                00000000-0000-7000-8000-000000000001,2026-01-30,x\"' WITH (FORMAT csv)",
        ),
    ] {
        let sql = line(sql).replace(", ", ",");
        let found = ledger.attempt(As::Owner, &sql).await;
        assert_eq!(found, Refused::Rule(rule.to_owned()), "{sql}");
        let found = ledger.attempt(As::Service, &sql).await;
        assert_eq!(found, Refused::Denied, "{sql}");
    }
    ledger.finish().await;
}
