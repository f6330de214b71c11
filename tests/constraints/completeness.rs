//! Every rule in the catalogue is tried by a case: a new rule without one fails here.

use std::collections::BTreeSet;

use super::append_only::TABLES;
use super::fixture::Ledger;
use super::{
    approvals, attributions, clearings, controls, endings, exchange, logs, lots, obligations,
    payouts, persons, postings, reference, register, revaluations, reversals, rows, spend,
    statements, waiting,
};

/// Rules that can't be broken by themselves, and why.
const EXEMPT: &[(&str, &str)] = &[
    (
        "units_code_and_kind",
        "the code alone is unique already; foreign keys refer to the pair",
    ),
    (
        "units_code_and_digits",
        "the code alone is unique already; foreign keys refer to the pair",
    ),
    (
        "chart_rules",
        "the code alone is unique already; foreign keys refer to the whole",
    ),
    (
        "creators_id_and_market",
        "the id alone is unique already; foreign keys refer to the pair",
    ),
    (
        "instalments_id_and_unit",
        "the id alone is unique already; foreign keys refer to the whole",
    ),
    (
        "lots_id_and_unit",
        "the id alone is unique already; foreign keys refer to the whole",
    ),
    (
        "ad_accounts_id_and_unit",
        "the id alone is unique already; foreign keys refer to the whole",
    ),
    (
        "lot_events_pkey",
        "events of a lot are numbered without gaps already",
    ),
    (
        "register_versions_kept",
        "the row can't be taken away, which another rule sees to",
    ),
    (
        "obligations_id_and_ad_account",
        "the id alone is unique already; foreign keys refer to the pair",
    ),
    (
        "obligations_terms",
        "the id alone is unique already; foreign keys refer to the whole",
    ),
];

/// What cases try, in this folder.
fn tried() -> BTreeSet<String> {
    let all = [
        rows::CASES,
        persons::CASES,
        postings::CASES,
        obligations::CASES,
        reversals::CASES,
        endings::CASES,
        lots::CASES,
        logs::CASES,
        statements::CASES,
        payouts::CASES,
        exchange::CASES,
        revaluations::CASES,
        reference::CASES,
        register::CASES,
        spend::CASES,
        attributions::CASES,
        clearings::CASES,
        approvals::CASES,
        waiting::CASES,
        controls::CASES,
    ];
    let cases = all.into_iter().flatten().map(|case| case.rule.to_owned());
    let append_only = TABLES.iter().map(|table| format!("{table}_append_only"));
    cases.chain(append_only).collect()
}

/// Constraints and unique indexes of the ledger's tables.
const CONSTRAINTS: &str = "
    SELECT conname::text AS line FROM pg_constraint
    WHERE connamespace = 'public'::regnamespace AND contype NOT IN ('n', 't')
      AND conrelid::regclass::text NOT LIKE '\\_\\_diesel%'
    UNION
    SELECT c.relname::text FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
    WHERE i.indisunique AND c.relnamespace = 'public'::regnamespace
      AND c.relname NOT LIKE '\\_\\_diesel%'";

/// Triggers, as the table they stand on and what their function says.
const TRIGGERS: &str = "
    SELECT t.tgrelid::regclass::text || ' ' || p.prosrc AS line
    FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid
    WHERE NOT t.tgisinternal AND p.pronamespace = 'public'::regnamespace";

/// The names a trigger on the table can refuse with: `'table_rule'` as it stands in its function,
/// and `TG_TABLE_NAME || '_rule'`.
fn rules_of_trigger(table: &str, source: &str, tables: &[String]) -> Vec<String> {
    let quoted = source.split('\'').skip(1).step_by(2);
    let mut rules = Vec::new();
    for (at, text) in quoted.enumerate() {
        let name = text.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
        let of_table = |owner: &String| {
            text.strip_prefix(owner.as_str())
                .is_some_and(|rest| rest.starts_with('_'))
        };
        if !name || text.is_empty() {
            continue;
        }
        let before = source.split('\'').nth(2 * at).unwrap_or("");
        if text.starts_with('_') && before.trim_end().ends_with("TG_TABLE_NAME ||") {
            rules.push(format!("{table}{text}"));
        } else if tables.iter().any(of_table) && !tables.contains(&text.to_owned()) {
            rules.push(text.to_owned());
        }
    }
    rules
}

/// Every rule there is.
async fn rules(ledger: &Ledger) -> BTreeSet<String> {
    let tables: Vec<String> = ledger.database.row_counts().await.into_keys().collect();
    let mut rules: BTreeSet<String> = ledger
        .database
        .lines(CONSTRAINTS)
        .await
        .into_iter()
        .collect();
    let triggers = ledger.database.lines(TRIGGERS).await;
    assert!(!triggers.is_empty());
    for trigger in triggers {
        let (table, source) = trigger.split_once(' ').unwrap();
        let refused = rules_of_trigger(table, source, &tables);
        assert!(
            !refused.is_empty(),
            "a trigger of {table} refuses nothing: {source}"
        );
        rules.extend(refused);
    }
    rules
}

#[tokio::test(flavor = "multi_thread")]
async fn every_rule_in_the_catalogue_is_tried() {
    let ledger = Ledger::new().await;
    let rules = rules(&ledger).await;
    let tried = tried();
    let exempt: BTreeSet<String> = EXEMPT.iter().map(|(rule, _)| (*rule).to_owned()).collect();
    let untried: Vec<_> = rules
        .difference(&tried)
        .filter(|rule| !exempt.contains(*rule))
        .collect();
    assert!(untried.is_empty(), "no case tries {untried:#?}");
    let unknown: Vec<_> = tried
        .union(&exempt)
        .filter(|rule| !rules.contains(*rule))
        .collect();
    assert!(unknown.is_empty(), "there are no such rules: {unknown:#?}");
    ledger.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rule_that_nothing_tries_is_noticed() {
    let mut ledger = Ledger::new().await;
    ledger
        .prepare(
            "ALTER TABLE creators ADD CONSTRAINT creators_name_short CHECK (reference < 'Z'); \
             CREATE UNIQUE INDEX creators_name_unique ON creators (reference); \
             CREATE FUNCTION check_creators() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN \
             PERFORM refuse('creators_never', 'no'); \
             PERFORM refuse(TG_TABLE_NAME || '_at_all', 'no'); END $$; \
             CREATE TRIGGER creators_check BEFORE INSERT ON creators \
             FOR EACH ROW EXECUTE FUNCTION check_creators();",
        )
        .await;
    let rules = rules(&ledger).await;
    let untried: Vec<_> = rules.difference(&tried()).cloned().collect();
    for rule in [
        "creators_name_short",
        "creators_name_unique",
        "creators_never",
        "creators_at_all",
    ] {
        assert!(
            untried.contains(&rule.to_owned()),
            "{rule} is not in {untried:?}"
        );
    }
    ledger.finish().await;
}
