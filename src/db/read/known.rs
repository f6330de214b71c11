//! What was known when: SQL that turns an instant into a journal number, and an account into what
//! it was after that journal.
//!
//! Within a pledge `recorded_at` rises strictly with the journal number, and within an account the
//! journal number rises with the entry's. So both are found by halving, one index probe a step: a
//! handful of steps for any number of journals or entries, and one for an account to which nothing
//! was posted since.

use time::OffsetDateTime;

/// What a read was answered from: everything up to a journal of the pledge, and nothing after.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Known {
    /// The number of the last journal taken into account; 0 if none was there yet.
    pub journal: i64,
    /// When that journal was recorded. Asked for with this `known_at`, the answer stays the same
    /// for ever. If there was no journal yet, an instant before the first one.
    pub at: OffsetDateTime,
}

/// `WITH RECURSIVE` members that resolve the instant `$known_at` for the one pledge in `of` (which
/// has `pledge_id`): `known (journal, at, future)`. No instant means now.
macro_rules! known {
    ($of:literal, $known_at:literal) => {
        concat!(
            "
pledge AS (
    SELECT p.id, p.journals, p.last_recorded_at, p.created_at
    FROM pledges p WHERE p.id = (SELECT pledge_id FROM ",
            $of,
            ")),
journal_search (low, high, probe) AS (
    SELECT CASE WHEN ",
            $known_at,
            " IS NULL THEN journals ELSE 0 END, journals, journals FROM pledge
    UNION ALL
    SELECT n.low, n.high, (n.low + n.high + 1) / 2
    FROM journal_search s
    CROSS JOIN pledge p
    CROSS JOIN LATERAL (
        SELECT j.recorded_at <= ",
            $known_at,
            " AS known FROM journals j
        WHERE j.pledge_id = p.id AND j.number = s.probe) AS j
    CROSS JOIN LATERAL (
        SELECT CASE WHEN j.known THEN s.probe ELSE s.low END AS low,
               CASE WHEN j.known THEN s.high ELSE s.probe - 1 END AS high) AS n
    WHERE s.low < s.high),
known AS (
    SELECT s.low AS journal,
           coalesce(j.recorded_at,
                    least(",
            $known_at,
            ", p.created_at - interval '1 microsecond')) AS at,
           coalesce(",
            $known_at,
            " > greatest(clock_timestamp(), p.last_recorded_at), false) AS future
    FROM journal_search s
    CROSS JOIN pledge p
    LEFT JOIN journals j ON j.pledge_id = p.id AND j.number = s.low
    WHERE s.low = s.high)"
        )
    };
}

/// A lateral subquery: what the account row `a` was after the journal `$journal` of its pledge,
/// as `(entries, debits, credits)`.
macro_rules! figures_after {
    ($journal:literal) => {
        concat!(
            "
    WITH RECURSIVE entry_search (low, high, probe) AS (
        SELECT 0::bigint, a.entries, a.entries
        UNION ALL
        SELECT n.low, n.high, (n.low + n.high + 1) / 2
        FROM entry_search s
        CROSS JOIN LATERAL (
            SELECT t.journal <= ",
            $journal,
            " AS known FROM transfers t
            WHERE t.pledge_id = a.pledge_id AND t.debit_account = a.number
              AND t.debit_seq = s.probe
            UNION ALL
            SELECT t.journal <= ",
            $journal,
            " FROM transfers t
            WHERE t.pledge_id = a.pledge_id AND t.credit_account = a.number
              AND t.credit_seq = s.probe) AS e
        CROSS JOIN LATERAL (
            SELECT CASE WHEN e.known THEN s.probe ELSE s.low END AS low,
                   CASE WHEN e.known THEN s.high ELSE s.probe - 1 END AS high) AS n
        WHERE s.low < s.high)
    SELECT s.low AS entries, coalesce(f.debits, 0) AS debits, coalesce(f.credits, 0) AS credits
    FROM entry_search s
    LEFT JOIN LATERAL (
        SELECT t.debit_turnover AS debits,
               CASE a.normal_side WHEN 'debit' THEN t.debit_turnover - t.debit_balance
                                  ELSE t.debit_turnover + t.debit_balance END AS credits
        FROM transfers t
        WHERE t.pledge_id = a.pledge_id AND t.debit_account = a.number AND t.debit_seq = s.low
        UNION ALL
        SELECT CASE a.normal_side WHEN 'debit' THEN t.credit_turnover + t.credit_balance
                                  ELSE t.credit_turnover - t.credit_balance END,
               t.credit_turnover
        FROM transfers t
        WHERE t.pledge_id = a.pledge_id AND t.credit_account = a.number AND t.credit_seq = s.low)
        AS f ON true
    WHERE s.low = s.high"
        )
    };
}

pub(super) use {figures_after, known};
