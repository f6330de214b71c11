//! Proofs of journals.

use super::{Claim, claim, plg};

pub(super) const CLAIMS: &[Claim] = &[
    claim!(
        "journals-gapless",
        "Every pledge's journals are numbered from 1 without gaps, recorded in that order, and as \
         many as the pledge says.",
        "pairs AS (
    SELECT pledge_id, number, recorded_at, lag(number, 1, 0::bigint) OVER w AS number_before,
           lag(recorded_at) OVER w AS recorded_before
    FROM journals WHERE $1 IS NULL OR pledge_id = $1
    WINDOW w AS (PARTITION BY pledge_id ORDER BY number)),
counted AS (
    SELECT p.id, p.journals, p.last_recorded_at, count(j.number) AS found,
           max(j.recorded_at) AS last_found_at
    FROM pledges p LEFT JOIN journals j ON j.pledge_id = p.id
    WHERE $1 IS NULL OR p.id = $1 GROUP BY p.id),
figures AS (
    SELECT ",
        plg!("id"),
        ", journals, found, last_recorded_at FROM counted ORDER BY id),
broken AS MATERIALIZED (
    SELECT ",
        plg!("pledge_id"),
        ", number, number_before, recorded_at, recorded_before
    FROM pairs WHERE number <> number_before + 1 OR recorded_at <= recorded_before
    UNION ALL
    SELECT ",
        plg!("id"),
        ", journals, found, last_recorded_at, last_found_at
    FROM counted WHERE journals <> found OR last_recorded_at IS DISTINCT FROM last_found_at)"
    ),
    claim!(
        "journals-complete",
        "Every journal has as many transfers as it says, on its own effective date, and every \
         transfer has its journal. Lines are numbered from 1; those of a reversal bear the numbers \
         of the lines they take back.",
        "sums AS (
    SELECT pledge_id, journal, count(*) AS found, min(line) AS first_line, max(line) AS last_line,
           min(effective_date) AS first_day, max(effective_date) AS last_day
    FROM transfers WHERE $1 IS NULL OR pledge_id = $1 GROUP BY pledge_id, journal),
figures AS (
    SELECT (SELECT count(*) FROM journals WHERE $1 IS NULL OR pledge_id = $1) AS journals,
           (SELECT count(*) FROM transfers WHERE $1 IS NULL OR pledge_id = $1) AS transfers),
broken AS MATERIALIZED (
    SELECT ",
        plg!("coalesce(j.pledge_id, s.pledge_id)"),
        ",
           coalesce(j.number, s.journal) AS journal, j.transfers, s.found
    FROM (SELECT * FROM journals WHERE $1 IS NULL OR pledge_id = $1) AS j
    FULL JOIN sums s ON s.pledge_id = j.pledge_id AND s.journal = j.number
    WHERE j.transfers IS DISTINCT FROM s.found
       OR j.reverses IS NULL AND (s.first_line <> 1 OR s.last_line <> s.found)
       OR s.first_day <> j.effective_date OR s.last_day <> j.effective_date)"
    ),
    claim!(
        "reversals-within-originals",
        "Every line of a reversal moves back what the line it reverses moved, and of no line more \
         was taken back than it moved, or less than nothing.",
        "reversals AS (
    SELECT pledge_id, number, reverses FROM journals
    WHERE reverses IS NOT NULL AND ($1 IS NULL OR pledge_id = $1)),
figures AS (SELECT count(*) AS reversals FROM reversals),
broken AS MATERIALIZED (
    SELECT ",
        plg!("t.pledge_id"),
        ", r.reverses AS journal, t.line, o.amount, NULL::bigint AS reversed
    FROM reversals r
    JOIN transfers t ON t.pledge_id = r.pledge_id AND t.journal = r.number
    LEFT JOIN transfers o ON o.pledge_id = r.pledge_id AND o.journal = r.reverses
                         AND o.line = t.line
    WHERE o.line IS NULL OR o.debit_account <> t.credit_account
       OR o.credit_account <> t.debit_account
    UNION ALL
    SELECT ",
        plg!("o.pledge_id"),
        ", o.journal, o.line, o.amount, reversed_of(o.pledge_id, o.journal, o.line)
    FROM (SELECT DISTINCT pledge_id, reverses FROM reversals) AS r
    JOIN transfers o ON o.pledge_id = r.pledge_id AND o.journal = r.reverses
    WHERE NOT reversed_of(o.pledge_id, o.journal, o.line) BETWEEN 0 AND o.amount)"
    ),
];
