//! The service's role owns nothing, can't alter what stands, and can't get round that.

use super::fixture::{As, Ledger, Refused};

/// What the service's role may change, and nothing else.
const MAY_UPDATE: &[&str] = &[
    "api_token_uses.last_used_at",
    "holds.amount",
    "holds.expires_on",
    "instalments.condition_document_sha256",
    "instalments.condition_document_uri",
    "instalments.condition_met_on",
    "instalments.received",
    "instalments.written_off",
    "pledges.agreed_on",
    "pledges.state",
];

/// Where it may add rows.
const MAY_INSERT: &[&str] = &[
    "accounts",
    "ad_accounts",
    "api_token_uses",
    "api_tokens",
    "approval_decisions",
    "approvals",
    "audit_events",
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
    "payout_events",
    "payouts",
    "period_events",
    "personal_data_reads",
    "platform_balances",
    "pledge_events",
    "pledge_markets",
    "pledge_units",
    "pledges",
    "revaluations",
    "revocations",
    "role_ends",
    "role_grants",
    "spend_attributions",
    "spend_clearings",
    "spend_lines",
    "spend_refunds",
    "spend_uses",
    "stated_rates",
    "statement_run_accounts",
    "statement_runs",
    "statements",
    "thresholds",
    "transfers",
    "withholding_rules",
];

#[tokio::test(flavor = "multi_thread")]
async fn the_service_role_owns_nothing() {
    let ledger = Ledger::new().await;
    for (catalogue, owner) in [
        ("pg_class", "relowner"),
        ("pg_proc", "proowner"),
        ("pg_namespace", "nspowner"),
        ("pg_type", "typowner"),
        ("pg_database", "datdba"),
    ] {
        let owned =
            format!("SELECT count(*) FROM {catalogue} WHERE {owner} = 'almoner_service'::regrole");
        assert_eq!(ledger.database.number(&owned).await, 0, "{catalogue}");
    }
    let role = "SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolreplication, \
        rolbypassrls, rolcanlogin) AS line FROM pg_roles WHERE rolname = 'almoner_service'";
    assert_eq!(ledger.database.lines(role).await, ["f f f f f f"]);
    let member_of = "SELECT count(*) FROM pg_auth_members \
        WHERE member = 'almoner_service'::regrole";
    assert_eq!(ledger.database.number(member_of).await, 0);
    ledger.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_role_has_exactly_the_rights_listed() {
    let ledger = Ledger::new().await;
    let update = "SELECT c.relname || '.' || a.attname AS line \
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
        AND NOT a.attisdropped \
        AND has_column_privilege('almoner_service', c.oid, a.attnum, 'UPDATE') ORDER BY 1";
    assert_eq!(ledger.database.lines(update).await, MAY_UPDATE);
    let insert = "SELECT c.relname::text AS line FROM pg_class c \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
        AND has_any_column_privilege('almoner_service', c.oid, 'INSERT') ORDER BY 1";
    assert_eq!(ledger.database.lines(insert).await, MAY_INSERT);
    let alter = "SELECT c.relname || ' ' || right_ AS line FROM pg_class c, \
        unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER', 'REFERENCES']) AS right_ \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
        AND has_table_privilege('almoner_service', c.oid, right_)";
    assert_eq!(ledger.database.lines(alter).await, Vec::<String>::new());
    // Figures kept by the database aren't the service's to set, even on a row it adds.
    let set = "SELECT c.relname || '.' || a.attname AS line \
        FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 \
        WHERE c.relname IN ('accounts', 'pledges', 'journals') \
        AND a.attname IN ('debits', 'credits', \
            'entries', 'last_day', 'journals', 'transferred', 'last_recorded_at', 'state', \
            'held', 'hold_changes', 'thresholds', 'salt') \
        AND has_column_privilege('almoner_service', c.oid, a.attnum, 'INSERT') ORDER BY 1";
    assert_eq!(ledger.database.lines(set).await, Vec::<String>::new());
    ledger.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_service_role_cannot_get_round_the_rules() {
    let mut ledger = Ledger::new().await;
    for sql in [
        "ALTER TABLE transfers DISABLE TRIGGER transfers_append_only",
        "ALTER TABLE transfers DISABLE TRIGGER ALL",
        "DROP TRIGGER transfers_append_only ON transfers",
        "ALTER TABLE accounts DROP CONSTRAINT accounts_no_overdraft",
        "ALTER TABLE accounts ADD COLUMN note text",
        "ALTER TABLE accounts OWNER TO almoner_service",
        "DROP TABLE transfers",
        "DROP VIEW entries",
        "CREATE TABLE notes (note text)",
        "CREATE VIEW notes AS SELECT 1 AS note",
        "CREATE FUNCTION notes() RETURNS integer LANGUAGE sql AS 'SELECT 1'",
        "CREATE OR REPLACE FUNCTION refuse(rule text, message text) RETURNS void \
            LANGUAGE plpgsql AS 'BEGIN END'",
        "CREATE OR REPLACE FUNCTION refuse_change() RETURNS trigger \
            LANGUAGE plpgsql AS 'BEGIN RETURN NULL; END'",
        "ALTER FUNCTION post_transfers() SECURITY INVOKER",
        "CREATE TRIGGER mine BEFORE INSERT ON transfers \
            FOR EACH ROW EXECUTE FUNCTION refuse_change()",
        "CREATE RULE mine AS ON INSERT TO transfers DO INSTEAD NOTHING",
        "CREATE POLICY mine ON transfers USING (true)",
        "CREATE SCHEMA mine",
        "CREATE ROLE mine",
        "ALTER ROLE almoner_service SUPERUSER",
        "SET LOCAL session_replication_role = 'replica'",
        "UPDATE pg_class SET relhastriggers = false WHERE relname = 'transfers'",
        "DELETE FROM pg_trigger WHERE tgname = 'transfers_append_only'",
        "COPY transfers TO PROGRAM 'cat'",
        "SELECT pg_read_file('PG_VERSION')",
        "LOCK TABLE pledges IN ACCESS EXCLUSIVE MODE",
        "COMMENT ON TABLE transfers IS 'mine'",
        "UPDATE units SET minor_digits = 3 WHERE code = 'USD'",
        "INSERT INTO markets VALUES ('XX', 'Nowhere', 'USD')",
        "INSERT INTO pledges (id, reference, donor, recipient, purpose, functional_unit, total, \
            created_at, journals) VALUES (id('x'), 'x', 'D', 'R', 'P', 'USD', 1, now(), 5)",
        "INSERT INTO pledges (id, reference, donor, recipient, purpose, functional_unit, total, \
            created_at, state) VALUES (id('x'), 'x', 'D', 'R', 'P', 'USD', 1, now(), 'active')",
    ] {
        let found = ledger.attempt(As::Service, sql).await;
        assert_eq!(found, Refused::Denied, "{sql}");
    }
    // A grant by somebody who can't grant may pass with a warning, and gives nothing.
    let grant = "GRANT ALL ON transfers TO almoner_service; UPDATE transfers SET amount = 1";
    assert_eq!(ledger.attempt(As::Service, grant).await, Refused::Denied);
    ledger.finish().await;
}

/// A temporary table goes before one of the schema in a search path, and anybody may make one.
#[tokio::test(flavor = "multi_thread")]
async fn a_temporary_table_in_front_of_the_ledger_changes_no_rule() {
    let mut ledger = Ledger::new().await;
    for (rule, sql) in [
        (
            "pledges_split_equals_total",
            "CREATE TEMP TABLE pledges (LIKE public.pledges INCLUDING ALL); \
             CREATE TEMP TABLE pledge_units (LIKE public.pledge_units); \
             INSERT INTO public.pledges (id, reference, donor, recipient, purpose, \
                functional_unit, total, created_at) \
                VALUES (id('x'), 'x', 'D', 'R', 'P', 'USD', 1, now())",
        ),
        (
            "instalments_equal_split",
            "CREATE TEMP TABLE pledge_units (LIKE public.pledge_units); \
             INSERT INTO public.instalments \
                (pledge_id, id, reference, position, unit, amount, due_date) \
                VALUES (id('fides'), id('more'), 'M1', 9, 'USD', 1, '2026-01-01')",
        ),
        (
            "journals_transfers_complete",
            "CREATE TEMP TABLE pledges AS SELECT * FROM public.pledges; \
             SET LOCAL search_path = public, fixture, pg_temp; \
             SELECT post('fides', 4, 5, 1, '2026-01-30', says => 2)",
        ),
        (
            "accounts_no_overdraft",
            "CREATE TEMP TABLE accounts AS SELECT * FROM public.accounts; \
             CREATE TEMP TABLE account_days AS SELECT * FROM public.account_days; \
             UPDATE pg_temp.accounts SET credits = 1000000; \
             SET LOCAL search_path = public, fixture, pg_temp; \
             SELECT post('fides', 5, 6, 20000, '2026-01-30'); \
             SET LOCAL search_path = pg_temp, public, fixture",
        ),
    ] {
        // A table to hide behind may itself not be to be had, which is as good.
        let found = ledger.attempt(As::Service, sql).await;
        let expected = [Refused::Rule(rule.to_owned()), Refused::Denied];
        assert!(expected.contains(&found), "{rule}: {found:?}");
    }
    ledger.finish().await;
}
