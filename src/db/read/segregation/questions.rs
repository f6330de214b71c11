//! What is looked for, each in one statement.

use super::Meaning;

/// Something that is looked for: `$1` is the pledge, if one is meant, `$2` and `$3` the stretch,
/// `$4` how many entries are told.
pub(super) struct Question {
    pub(super) name: &'static str,
    pub(super) sentence: &'static str,
    pub(super) meaning: Meaning,
    pub(super) wording: &'static str,
}

macro_rules! question {
    ($name:literal, $meaning:ident, $sentence:literal, $($part:expr),+ $(,)?) => {
        Question {
            name: $name,
            sentence: $sentence,
            meaning: Meaning::$meaning,
            wording: concat!(
                "WITH ", $($part),+, "
SELECT (SELECT count(*) FROM found) AS count,
       (SELECT coalesce(jsonb_agg(to_jsonb(f)), '[]') FROM (SELECT * FROM found LIMIT $4) AS f)
           AS entries"
            ),
        }
    };
}

/// An id as the API writes it.
macro_rules! id {
    ($prefix:literal, $id:literal, $name:literal) => {
        concat!(
            "'",
            $prefix,
            "_' || replace(",
            $id,
            "::text, '-', '') AS ",
            $name
        )
    };
}

/// What is meant of a table's pledge and time.
macro_rules! meant {
    ($pledge:literal, $at:literal) => {
        concat!(
            "($1 IS NULL OR ",
            $pledge,
            " = $1) AND ",
            $at,
            " >= $2 AND ",
            $at,
            " < $3"
        )
    };
}

/// Journals with the threshold that was in force for them, and what they moved: the most that any
/// one account was debited or credited. Journal by journal, so that it takes the same way whatever
/// the planner knows of the tables: of a ledger just loaded it knows nothing.
macro_rules! moved {
    () => {
        concat!(
            "picked AS MATERIALIZED (
    SELECT j.* FROM journals j
    WHERE (j.pledge_id, j.kind) IN (SELECT h.pledge_id, h.action FROM thresholds h)
      AND ",
            meant!("j.pledge_id", "j.recorded_at"),
            "),
moved AS (
    SELECT j.pledge_id, j.number, j.id, j.kind, j.actor, j.effective_date, j.recorded_at,
           j.approval_id, j.subject, m.unit, m.amount, l.above, l.approvals
    FROM picked j
    CROSS JOIN LATERAL (
        SELECT s.unit, max(s.amount)::bigint AS amount
        FROM (SELECT t.unit, sum(t.amount) AS amount
              FROM transfers t
              CROSS JOIN LATERAL (VALUES (t.debit_account, true), (t.credit_account, false))
                  AS side (account, is_debit)
              WHERE t.pledge_id = j.pledge_id AND t.journal = j.number
              GROUP BY t.unit, side.account, side.is_debit) AS s
        GROUP BY s.unit) AS m
    CROSS JOIN LATERAL (
        SELECT h.above, h.approvals FROM thresholds h
        WHERE h.pledge_id = j.pledge_id AND h.action = j.kind AND h.unit = m.unit
          AND h.stated_at < j.recorded_at
          AND h.valid_from <= (j.recorded_at AT TIME ZONE 'UTC')::date
        ORDER BY h.valid_from DESC, h.stated_at DESC, h.id DESC LIMIT 1) AS l)"
        )
    };
}

pub(super) const QUESTIONS: &[Question] = &[
    question!(
        "decided-by-maker",
        Violation,
        "What one person asked for was approved or rejected by the same person.",
        "found AS (SELECT ",
        id!("apr", "a.id", "approval_id"),
        ", a.action, a.maker, d.actor AS decided_by, d.at AS recorded_at
    FROM approval_decisions d
    JOIN approvals a ON a.pledge_id = d.pledge_id AND a.id = d.approval_id
    WHERE d.verdict IN ('approved', 'rejected') AND ",
        meant!("d.pledge_id", "d.at"),
        "
      AND is_one_person(d.actor, d.identity, a.maker, a.maker_identity)
    ORDER BY d.at)"
    ),
    question!(
        "decided-twice",
        Violation,
        "One person counted for two of those who approved something.",
        "found AS (SELECT ",
        id!("apr", "d.approval_id", "approval_id"),
        ", d.actor AS decided_by, e.actor AS decided_before_by, d.at AS recorded_at
    FROM approval_decisions d
    JOIN approval_decisions e ON e.pledge_id = d.pledge_id AND e.approval_id = d.approval_id
                             AND e.seq < d.seq AND e.verdict IN ('approved', 'rejected')
    WHERE d.verdict IN ('approved', 'rejected') AND ",
        meant!("d.pledge_id", "d.at"),
        "
      AND is_one_person(d.actor, d.identity, e.actor, e.identity)
    ORDER BY d.at)"
    ),
    question!(
        "posted-with-too-few-approvals",
        Violation,
        "Something was posted by an approval that fewer people gave than it took.",
        "found AS (SELECT ",
        id!("jnl", "j.id", "journal_id"),
        ", ",
        id!("apr", "j.approval_id", "approval_id"),
        ", j.kind, j.actor, j.effective_date, j.recorded_at
    FROM journals j
    LEFT JOIN approvals a ON a.pledge_id = j.pledge_id AND a.id = j.approval_id
    WHERE j.approval_id IS NOT NULL AND ",
        meant!("j.pledge_id", "j.recorded_at"),
        "
      AND (a.id IS NULL OR a.needed > (
          SELECT count(*) FROM approval_decisions d
          WHERE d.pledge_id = j.pledge_id AND d.approval_id = j.approval_id
            AND d.verdict = 'approved' AND d.at <= j.recorded_at))
    ORDER BY j.recorded_at)"
    ),
    question!(
        "posted-by-one",
        Violation,
        "Credits were placed, or something was written off, without a second person.",
        "found AS (SELECT ",
        id!("jnl", "j.id", "journal_id"),
        ", j.kind, j.actor, j.effective_date, j.recorded_at
    FROM journals j
    WHERE j.kind IN ('placement', 'write-off', 'bad-debt') AND j.approval_id IS NULL AND ",
        meant!("j.pledge_id", "j.recorded_at"),
        "
    ORDER BY j.recorded_at)"
    ),
    question!(
        "above-threshold-unapproved",
        Violation,
        "More was moved than its threshold let through, and nobody had approved it.",
        moved!(),
        ", found AS (SELECT ",
        id!("jnl", "m.id", "journal_id"),
        ", m.kind, m.actor, m.effective_date, m.recorded_at, m.unit, m.amount AS minor,
           m.above AS above_minor
    FROM moved m WHERE m.amount > m.above AND m.approval_id IS NULL ORDER BY m.recorded_at)"
    ),
    question!(
        "paid-by-one-hand",
        Violation,
        "Somebody approved a payout that they had proposed, or sent one they had a hand in.",
        "found AS (SELECT DISTINCT ",
        id!("pay", "e.payout_id", "payout_id"),
        ", e.state AS step, e.actor, h.name AS before_by, h.did, e.at AS recorded_at
    FROM payout_events e
    JOIN payout_hands h ON h.pledge_id = e.pledge_id AND h.payout_id = e.payout_id
    WHERE (e.state = 'sent' OR e.state = 'approved' AND h.did = 'proposed') AND ",
        meant!("e.pledge_id", "e.at"),
        "
      AND is_one_person(e.actor, e.identity, h.name, h.identity)
    ORDER BY e.at)"
    ),
    question!(
        "opened-by-one",
        Violation,
        "A month that was closed was opened again, or a threshold stated, without a second person.",
        "found AS (SELECT 'month' AS what, to_char(p.month_end, 'YYYY-MM') AS which, p.actor,
           p.recorded_at
    FROM period_events p
    WHERE p.state = 'open' AND p.approval_id IS NULL AND ",
        meant!("p.pledge_id", "p.recorded_at"),
        "
    UNION ALL
    SELECT 'threshold', t.action, t.stated_by, t.stated_at
    FROM thresholds t
    LEFT JOIN approval_decisions d ON d.pledge_id = t.pledge_id
        AND d.approval_id = t.approval_id AND d.verdict = 'approved'
    WHERE d.seq IS NULL AND ",
        meant!("t.pledge_id", "t.stated_at"),
        "
    ORDER BY recorded_at)"
    ),
    question!(
        "self-approval-refused",
        NearMiss,
        "Somebody tried to go on with what they had done themselves, and was refused.",
        "found AS (SELECT ",
        id!("aud", "e.id", "audit_event_id"),
        ", e.actor, e.deed AS request, e.detail, e.recorded_at
    FROM audit_events e
    WHERE e.outcome = 'refused' AND e.code = 'same-person' AND ",
        meant!("e.pledge_id", "e.recorded_at"),
        "
    ORDER BY e.id)"
    ),
    question!(
        "just-below-threshold",
        NearMiss,
        "What was moved lies at most a hundredth below its threshold.",
        moved!(),
        ", found AS (SELECT ",
        id!("jnl", "m.id", "journal_id"),
        ", m.kind, m.actor, m.effective_date, m.recorded_at, m.unit, m.amount AS minor,
           m.above AS above_minor
    FROM moved m
    WHERE m.above > 0 AND m.amount <= m.above AND m.amount >= m.above - m.above / 100
    ORDER BY m.recorded_at)"
    ),
    question!(
        "split-below-threshold",
        NearMiss,
        "One person moved more than the threshold about one thing on one day, in parts below it.",
        moved!(),
        ", found AS (SELECT m.kind, m.actor, m.effective_date, m.unit, count(*) AS journals,
           sum(m.amount)::bigint AS minor, max(m.above) AS above_minor,
           max(m.recorded_at) AS recorded_at
    FROM moved m
    WHERE m.approval_id IS NULL AND m.above > 0 AND m.subject IS NOT NULL
    GROUP BY m.pledge_id, m.kind, m.actor, m.subject, m.effective_date, m.unit
    HAVING count(*) > 1 AND sum(m.amount) > max(m.above)
    ORDER BY max(m.recorded_at))"
    ),
    // Identities are no pledge's: `$1` is named because it is bound, and leaves nothing out.
    question!(
        "conflicting-roles",
        NearMiss,
        "An identity held roles of which one checks the other.",
        "found AS (SELECT ",
        id!("idn", "i.id", "identity_id"),
        ", i.name, g.role, h.role AS other_role, greatest(g.valid_from, h.valid_from) AS recorded_at
    FROM identities i
    JOIN role_grants g ON g.identity_id = i.id AND g.role IN ('preparer', 'controller')
    JOIN role_grants h ON h.identity_id = i.id AND h.role = 'approver'
    LEFT JOIN role_ends ge ON ge.grant_id = g.id
    LEFT JOIN role_ends he ON he.grant_id = h.id
    WHERE $1 IS NOT DISTINCT FROM $1
      AND greatest(g.valid_from, h.valid_from) < $3
      AND least(g.valid_until, h.valid_until, ge.ended_at, he.ended_at, 'infinity')
          > greatest($2, g.valid_from, h.valid_from)
    ORDER BY i.id)"
    ),
    question!(
        "late-posting",
        Exception,
        "A controller posted in a month that was closed softly then.",
        "found AS (SELECT ",
        id!("jnl", "j.id", "journal_id"),
        ", j.kind, j.actor, j.effective_date, j.recorded_at
    FROM journals j
    WHERE ",
        meant!("j.pledge_id", "j.recorded_at"),
        "
      AND EXISTS (
        SELECT FROM period_events p
        WHERE p.pledge_id = j.pledge_id AND p.state <> 'open'
          AND p.month_end >= j.effective_date AND p.recorded_at < j.recorded_at
          AND NOT EXISTS (
            SELECT FROM period_events o
            WHERE o.pledge_id = p.pledge_id AND o.state = 'open'
              AND o.recorded_at > p.recorded_at AND o.recorded_at < j.recorded_at
              AND date_trunc('month', o.month_end) <= j.effective_date))
    ORDER BY j.recorded_at)"
    ),
    question!(
        "override",
        Exception,
        "A month was opened again, or closed without reconciliation.",
        "found AS (SELECT ",
        id!("prd", "p.id", "period_event_id"),
        ", to_char(p.month_end, 'YYYY-MM') AS month, p.state, p.actor, p.reason, p.recorded_at
    FROM period_events p
    WHERE (p.state = 'open' OR p.reconciliation = 'waived') AND ",
        meant!("p.pledge_id", "p.recorded_at"),
        "
    ORDER BY p.recorded_at)"
    ),
    question!(
        "reversal",
        Exception,
        "A journal was taken back, in part or whole.",
        "found AS (SELECT ",
        id!("jnl", "j.id", "journal_id"),
        ", ",
        id!("jnl", "o.id", "reverses"),
        ", o.kind, j.actor, j.reason, j.effective_date, j.recorded_at
    FROM journals j
    JOIN journals o ON o.pledge_id = j.pledge_id AND o.number = j.reverses
    WHERE j.kind = 'reversal' AND ",
        meant!("j.pledge_id", "j.recorded_at"),
        "
    ORDER BY j.recorded_at)"
    ),
];
