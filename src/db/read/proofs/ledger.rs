//! Proofs of accounts and their entries.

use super::{Claim, acc, claim, plg, shown};

pub(super) const CLAIMS: &[Claim] = &[
    claim!(
        "debits-equal-credits",
        "In every pledge and unit, all debits together equal all credits together.",
        "figures AS (
    SELECT ",
        plg!("a.pledge_id"),
        ", a.unit, ",
        shown!("sum(a.debits)", "debits"),
        ", ",
        shown!("sum(a.credits)", "credits"),
        ", sum(a.debits) = sum(a.credits) AS holds
    FROM accounts a JOIN units u ON u.code = a.unit
    WHERE $1 IS NULL OR a.pledge_id = $1
    GROUP BY a.pledge_id, a.unit, u.minor_digits ORDER BY a.pledge_id, a.unit),
broken AS (SELECT * FROM figures WHERE NOT holds)"
    ),
    claim!(
        "accounts-equal-transfers",
        "Every account's debits, credits and number of entries are those of its transfers.",
        "sums AS (
    SELECT pledge_id, account, sum(debit) AS debits, sum(credit) AS credits, count(*) AS entries
    FROM entries WHERE $1 IS NULL OR pledge_id = $1 GROUP BY pledge_id, account),
figures AS (
    SELECT count(*) AS accounts, coalesce(sum(entries), 0) AS entries
    FROM accounts WHERE $1 IS NULL OR pledge_id = $1),
broken AS MATERIALIZED (
    SELECT ",
        acc!("a.id"),
        ", s.account, a.debits, s.debits AS debits_of_transfers, a.credits,
           s.credits AS credits_of_transfers, a.entries, s.entries AS number_of_transfers
    FROM (SELECT * FROM accounts WHERE $1 IS NULL OR pledge_id = $1) AS a
    FULL JOIN sums s ON s.pledge_id = a.pledge_id AND s.account = a.number
    WHERE a.debits IS DISTINCT FROM coalesce(s.debits, 0)
       OR a.credits IS DISTINCT FROM coalesce(s.credits, 0)
       OR a.entries IS DISTINCT FROM coalesce(s.entries, 0))"
    ),
    claim!(
        "days-equal-transfers",
        "Every account's debits and credits of each day are those of its transfers of that day, \
         and lie between the day's first and last entry.",
        "sums AS (
    SELECT pledge_id, account, effective_date AS day, sum(debit) AS debits,
           sum(credit) AS credits, min(seq) AS first_seq, max(seq) AS last_seq
    FROM entries WHERE $1 IS NULL OR pledge_id = $1
    GROUP BY pledge_id, account, effective_date),
figures AS (SELECT count(*) AS days FROM account_days WHERE $1 IS NULL OR pledge_id = $1),
broken AS MATERIALIZED (
    SELECT ",
        acc!("a.id"),
        ", coalesce(d.day, s.day) AS day, d.debits,
           s.debits AS debits_of_transfers, d.credits, s.credits AS credits_of_transfers
    FROM (SELECT * FROM account_days WHERE $1 IS NULL OR pledge_id = $1) AS d
    FULL JOIN sums s
        ON s.pledge_id = d.pledge_id AND s.account = d.account AND s.day = d.day
    LEFT JOIN accounts a ON a.pledge_id = coalesce(d.pledge_id, s.pledge_id)
                        AND a.number = coalesce(d.account, s.account)
    WHERE d.debits IS DISTINCT FROM s.debits OR d.credits IS DISTINCT FROM s.credits
       OR d.first_seq IS DISTINCT FROM s.first_seq OR d.last_seq IS DISTINCT FROM s.last_seq)"
    ),
    claim!(
        "entries-chained",
        "Every account's entries are numbered from 1 without gaps, and each carries on the \
         figures of the one before.",
        "lines AS (
    SELECT e.pledge_id, e.account, e.seq, e.debit, e.credit,
           CASE WHEN e.debit > 0 THEN e.turnover
                WHEN a.normal_side = 'debit' THEN e.turnover + e.balance
                ELSE e.turnover - e.balance END AS debits,
           CASE WHEN e.credit > 0 THEN e.turnover
                WHEN a.normal_side = 'debit' THEN e.turnover - e.balance
                ELSE e.turnover + e.balance END AS credits
    FROM entries e JOIN accounts a ON a.pledge_id = e.pledge_id AND a.number = e.account
    WHERE $1 IS NULL OR e.pledge_id = $1),
pairs AS (
    SELECT *, lag(seq, 1, 0::bigint) OVER w AS seq_before,
           lag(debits, 1, 0::bigint) OVER w AS debits_before,
           lag(credits, 1, 0::bigint) OVER w AS credits_before
    FROM lines WINDOW w AS (PARTITION BY pledge_id, account ORDER BY seq)),
figures AS (SELECT 2 * count(*) AS entries FROM transfers WHERE $1 IS NULL OR pledge_id = $1),
broken AS MATERIALIZED (
    SELECT ",
        acc!("a.id"),
        ", p.seq, p.seq_before, p.debits_before, p.debit, p.debits,
           p.credits_before, p.credit, p.credits
    FROM pairs p JOIN accounts a ON a.pledge_id = p.pledge_id AND a.number = p.account
    WHERE p.seq <> p.seq_before + 1 OR p.debits <> p.debits_before + p.debit
       OR p.credits <> p.credits_before + p.credit)"
    ),
    claim!(
        "no-account-below-zero",
        "No account is on the wrong side of zero, today or at the end of any day, unless the \
         chart lets it.",
        "days AS (
    SELECT a.id, d.day, sum(CASE a.normal_side WHEN 'debit' THEN d.debits - d.credits
                                               ELSE d.credits - d.debits END)
               OVER (PARTITION BY d.pledge_id, d.account ORDER BY d.day) AS closing
    FROM account_days d JOIN accounts a ON a.pledge_id = d.pledge_id AND a.number = d.account
    WHERE NOT a.may_overdraw AND ($1 IS NULL OR d.pledge_id = $1)),
figures AS (SELECT count(DISTINCT id) AS accounts, count(*) AS days FROM days),
broken AS MATERIALIZED (
    SELECT ",
        acc!("id"),
        ", day, closing FROM days WHERE closing < 0
    UNION ALL
    SELECT ",
        acc!("id"),
        ", NULL, CASE normal_side WHEN 'debit' THEN debits - credits
                                                    ELSE credits - debits END
    FROM accounts
    WHERE NOT may_overdraw AND ($1 IS NULL OR pledge_id = $1)
      AND CASE normal_side WHEN 'debit' THEN debits < credits ELSE credits < debits END)"
    ),
];
