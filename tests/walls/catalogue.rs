//! What stands between a reader and the tables, as the catalogue says: a table added without it
//! fails here.

use crate::harness::TestDatabase;

/// What is no secret to anybody with a token: these have no wall.
pub const OPEN: &[&str] = &[
    "chart",
    "exchange_rates",
    "markets",
    "platform_profiles",
    "units",
    "withholding_rules",
];

/// Views that read as their owner, behind a condition of their own; `behind` tries them as well.
const OWNERS_VIEWS: &[&str] = &["lot_figures", "payout_figures"];

/// Every table and view the role may read something of.
pub const REACHABLE: &str = "SELECT relname::text AS line FROM pg_class \
    WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'v', 'm', 'p', 'f') \
    AND has_any_column_privilege('almoner_scoped', oid, 'SELECT') ORDER BY 1";

/// Every one that hasn't an open one's name.
pub async fn walled(database: &TestDatabase) -> Vec<String> {
    let mut reachable = database.lines(REACHABLE).await;
    for open in OPEN {
        assert!(reachable.iter().any(|it| it == open), "{open} can be read");
    }
    reachable.retain(|it| !OPEN.contains(&it.as_str()));
    reachable
}

#[tokio::test(flavor = "multi_thread")]
async fn every_table_in_reach_has_a_forced_wall_with_a_policy_for_the_role() {
    let database = TestDatabase::create().await;
    let tables = walled(&database).await;
    assert!(tables.len() > 25, "{tables:?}");
    let bare = "SELECT relname::text AS line FROM pg_class c \
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p') \
        AND has_any_column_privilege('almoner_scoped', oid, 'SELECT') \
        AND NOT (relrowsecurity AND relforcerowsecurity AND EXISTS ( \
            SELECT FROM pg_policy p WHERE p.polrelid = c.oid \
            AND 'almoner_scoped'::regrole = ANY (p.polroles))) ORDER BY 1";
    assert_eq!(database.lines(bare).await, OPEN);
    // A view reads as its owner unless it says otherwise.
    let owners = "SELECT relname::text AS line FROM pg_class \
        WHERE relnamespace = 'public'::regnamespace AND relkind IN ('v', 'm') \
        AND has_any_column_privilege('almoner_scoped', oid, 'SELECT') \
        AND NOT coalesce('security_invoker=true' = ANY (reloptions), false) ORDER BY 1";
    assert_eq!(database.lines(owners).await, OWNERS_VIEWS);
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_policy_that_lets_everything_pass_is_the_service_s_and_the_owner_s_alone() {
    let database = TestDatabase::create().await;
    let open = "SELECT DISTINCT role::regrole::text AS line \
        FROM pg_policy, unnest(polroles) AS role \
        WHERE pg_get_expr(polqual, polrelid) = 'true' ORDER BY 1";
    let owner = "SELECT tableowner::text AS line FROM pg_tables WHERE tablename = 'pledges'";
    let mut expected = database.lines(owner).await;
    expected.push("almoner_service".to_owned());
    expected.sort();
    assert_eq!(database.lines(open).await, expected);
    // What is forced binds the owner as well: without that policy its triggers would see nothing.
    let forgotten = "SELECT relname::text AS line FROM pg_class c \
        WHERE relforcerowsecurity AND NOT EXISTS ( \
            SELECT FROM pg_policy p WHERE p.polrelid = c.oid AND c.relowner = ANY (p.polroles))";
    assert_eq!(database.lines(forgotten).await, Vec::<String>::new());
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_role_owns_nothing_writes_nothing_and_passes_no_wall() {
    let database = TestDatabase::create().await;
    let role = "SELECT concat_ws(' ', rolsuper, rolcreaterole, rolcreatedb, rolreplication, \
        rolbypassrls, rolcanlogin) AS line FROM pg_roles WHERE rolname = 'almoner_scoped'";
    assert_eq!(database.lines(role).await, ["f f f f f f"]);
    for (catalogue, owner) in [("pg_class", "relowner"), ("pg_proc", "proowner")] {
        let owned =
            format!("SELECT count(*) FROM {catalogue} WHERE {owner} = 'almoner_scoped'::regrole");
        assert_eq!(database.number(&owned).await, 0, "{catalogue}");
    }
    let member_of = "SELECT count(*) FROM pg_auth_members \
        WHERE 'almoner_scoped'::regrole IN (member) OR \
        roleid = 'almoner_scoped'::regrole AND member = 'almoner_service'::regrole";
    assert_eq!(database.number(member_of).await, 0);
    let writes = "SELECT c.relname || ' ' || right_ AS line FROM pg_class c, \
        unnest(ARRAY['INSERT', 'UPDATE', 'REFERENCES']) AS right_ \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
        AND has_any_column_privilege('almoner_scoped', c.oid, right_) \
        UNION ALL SELECT c.relname || ' ' || right_ FROM pg_class c, \
        unnest(ARRAY['DELETE', 'TRUNCATE', 'TRIGGER']) AS right_ \
        WHERE c.relnamespace = 'public'::regnamespace AND c.relkind IN ('r', 'v', 'm', 'p', 'f') \
        AND has_table_privilege('almoner_scoped', c.oid, right_)";
    assert_eq!(database.lines(writes).await, Vec::<String>::new());
    // What nobody reads for a partner isn't to be had by one.
    for kept in ["secrets", "idempotency_keys", "job_runs"] {
        let may =
            format!("SELECT has_any_column_privilege('almoner_scoped', '{kept}', 'SELECT')::int");
        assert_eq!(database.number(&may).await, 0, "{kept}");
    }
    database.drop().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_codes_shown_to_donors_are_the_same_on_both_sides() {
    use almoner::domain::Code;
    let database = TestDatabase::create().await;
    let shown = "SELECT code AS line FROM chart WHERE is_shown_to_donors(code) ORDER BY code";
    let expected = Code::ALL.iter().filter(|code| code.is_shown_to_donors());
    let expected: Vec<&str> = expected.map(|code| code.as_str()).collect();
    assert_eq!(database.lines(shown).await, expected);
    // None of them is kept by market, creator, obligation or ad account.
    for code in Code::ALL.iter().filter(|code| code.is_shown_to_donors()) {
        let kept_by = code.dimensions().concat();
        assert!(
            !kept_by.contains(['m', 'c', 'o', 'a']),
            "{code:?}: {kept_by}"
        );
    }
    database.drop().await;
}
