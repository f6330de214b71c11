//! Proofs of pledges, instalments and allocations, and the proofs of cash and credits.

use super::{Claim, claim, plg, shown};

pub(super) const CLAIMS: &[Claim] = &[
    claim!(
        "proof-of-cash",
        "Cash purses (31xx) equal bank, receivables, advances, suspense and clearing (1010, 1110, \
         14xx, 1900, 1950) less what is owed (21xx, 22xx, 23xx, 2400).",
        "sums AS (
    SELECT pledge_id, unit, sum(credits - debits) FILTER (WHERE code LIKE '31%') AS purses,
           sum(debits - credits) FILTER (
               WHERE code IN ('1010', '1110', '1900', '1950') OR code LIKE '14%') AS held,
           sum(credits - debits) FILTER (
               WHERE code LIKE '21%' OR code LIKE '22%' OR code LIKE '23%' OR code = '2400')
               AS owed
    FROM accounts WHERE unit_kind = 'cash' AND ($1 IS NULL OR pledge_id = $1)
    GROUP BY pledge_id, unit),
figures AS (
    SELECT ",
        plg!("s.pledge_id"),
        ", s.unit, ",
        shown!("s.purses", "purses"),
        ", ",
        shown!("s.held", "held"),
        ", ",
        shown!("s.owed", "owed"),
        ",
           coalesce(s.purses, 0) = coalesce(s.held, 0) - coalesce(s.owed, 0) AS holds
    FROM sums s JOIN units u ON u.code = s.unit ORDER BY s.pledge_id, s.unit),
broken AS (SELECT * FROM figures WHERE NOT holds)"
    ),
    claim!(
        "proof-of-credits",
        "Credit purses (32xx) equal credits receivable, in the pool and in ad accounts (1210, \
         1310, 1320) less refundable advances (2310).",
        "sums AS (
    SELECT pledge_id, unit, sum(credits - debits) FILTER (WHERE code LIKE '32%') AS purses,
           sum(debits - credits) FILTER (WHERE code IN ('1210', '1310', '1320')) AS held,
           sum(credits - debits) FILTER (WHERE code = '2310') AS owed
    FROM accounts WHERE unit_kind = 'credits' AND ($1 IS NULL OR pledge_id = $1)
    GROUP BY pledge_id, unit),
figures AS (
    SELECT ",
        plg!("s.pledge_id"),
        ", s.unit, ",
        shown!("s.purses", "purses"),
        ", ",
        shown!("s.held", "held"),
        ", ",
        shown!("s.owed", "owed"),
        ",
           coalesce(s.purses, 0) = coalesce(s.held, 0) - coalesce(s.owed, 0) AS holds
    FROM sums s JOIN units u ON u.code = s.unit ORDER BY s.pledge_id, s.unit),
broken AS (SELECT * FROM figures WHERE NOT holds)"
    ),
    claim!(
        "split-equals-total",
        "Every pledge's split adds up to its total at face value.",
        "figures AS (
    SELECT ",
        plg!("p.id"),
        ", ",
        shown!("p.total", "total"),
        ", ",
        shown!("sum(s.amount)", "split"),
        ", p.total = coalesce(sum(s.amount), 0) AS holds
    FROM pledges p JOIN units u ON u.code = p.functional_unit
    LEFT JOIN pledge_units s ON s.pledge_id = p.id
    WHERE $1 IS NULL OR p.id = $1 GROUP BY p.id, u.minor_digits ORDER BY p.id),
broken AS (SELECT * FROM figures WHERE NOT holds)"
    ),
    claim!(
        "instalments-equal-split",
        "Every pledge's instalments add up, unit by unit, to its split.",
        "figures AS (
    SELECT ",
        plg!("s.pledge_id"),
        ", s.unit, ",
        shown!("s.amount", "split"),
        ", ",
        shown!("sum(i.amount)", "instalments"),
        ", s.amount = coalesce(sum(i.amount), 0) AS holds
    FROM pledge_units s JOIN units u ON u.code = s.unit
    LEFT JOIN instalments i ON i.pledge_id = s.pledge_id AND i.unit = s.unit
    WHERE $1 IS NULL OR s.pledge_id = $1
    GROUP BY s.pledge_id, s.unit, s.amount, u.minor_digits ORDER BY s.pledge_id, s.unit),
broken AS (SELECT * FROM figures WHERE NOT holds)"
    ),
    claim!(
        "instalments-equal-accounts",
        "What every instalment has received and written off is what receipts, lots and write-offs \
         credited to its receivable (1110, 1210) and its refundable advance (2300, 2310), less \
         what was taken back of them.",
        "RECURSIVE kinds AS (
    SELECT pledge_id, number, kind FROM journals
    WHERE reverses IS NULL AND kind IN ('receipt', 'lot-issue', 'write-off')
      AND ($1 IS NULL OR pledge_id = $1)
    UNION ALL
    SELECT j.pledge_id, j.number, k.kind
    FROM kinds k JOIN journals j ON j.pledge_id = k.pledge_id AND j.reverses = k.number),
sums AS (
    SELECT a.pledge_id, a.instalment_id, k.kind = 'write-off' AS lost,
           sum(e.credit - e.debit) AS credited
    FROM accounts a
    JOIN entries e ON e.pledge_id = a.pledge_id AND e.account = a.number
    JOIN kinds k ON k.pledge_id = e.pledge_id AND k.number = e.journal
    WHERE a.code IN ('1110', '1210', '2300', '2310') AND ($1 IS NULL OR a.pledge_id = $1)
    GROUP BY a.pledge_id, a.instalment_id, k.kind = 'write-off'),
compared AS (
    SELECT i.pledge_id, i.id, i.reference, i.unit, side.settled,
           coalesce(s.credited, 0) AS credited
    FROM instalments i
    CROSS JOIN LATERAL (VALUES (false, i.received), (true, i.written_off)) AS side (lost, settled)
    LEFT JOIN sums s ON s.pledge_id = i.pledge_id AND s.instalment_id = i.id
                    AND s.lost = side.lost
    WHERE $1 IS NULL OR i.pledge_id = $1),
figures AS (
    SELECT ",
        plg!("c.pledge_id"),
        ", c.unit, count(DISTINCT c.id) AS instalments, ",
        shown!("sum(c.settled)", "settled"),
        ", ",
        shown!("sum(c.credited)", "credited"),
        ",
           bool_and(c.settled = c.credited) AS holds
    FROM compared c JOIN units u ON u.code = c.unit
    GROUP BY c.pledge_id, c.unit, u.minor_digits ORDER BY c.pledge_id, c.unit),
broken AS MATERIALIZED (
    SELECT ",
        plg!("c.pledge_id"),
        ", c.reference, c.unit, ",
        shown!("c.settled", "settled"),
        ", ",
        shown!("c.credited", "credited"),
        "
    FROM compared c JOIN units u ON u.code = c.unit WHERE c.settled <> c.credited)"
    ),
    claim!(
        "allocations-equal-purses",
        "What every creator was given from its market's budget (3120→3130, 3220→3230) and did not \
         return is what its allocations have not released.",
        "remaining AS (
    SELECT pledge_id, creator_id, unit, sum(amount - released) AS remaining
    FROM allocations WHERE $1 IS NULL OR pledge_id = $1 GROUP BY pledge_id, creator_id, unit),
purses AS (
    SELECT a.pledge_id, a.creator_id, a.unit, sum(e.credit - e.debit) AS balance
    FROM accounts a
    JOIN entries e ON e.pledge_id = a.pledge_id AND e.account = a.number
    JOIN accounts m ON m.pledge_id = e.pledge_id AND m.number = e.counterpart
                   AND m.code IN ('3120', '3220')
    WHERE a.code IN ('3130', '3230') AND ($1 IS NULL OR a.pledge_id = $1)
    GROUP BY a.pledge_id, a.creator_id, a.unit),
compared AS (
    SELECT coalesce(r.pledge_id, p.pledge_id) AS pledge_id,
           coalesce(r.creator_id, p.creator_id) AS creator_id, coalesce(r.unit, p.unit) AS unit,
           coalesce(r.remaining, 0) AS remaining, coalesce(p.balance, 0) AS balance
    FROM remaining r FULL JOIN purses p
        ON p.pledge_id = r.pledge_id AND p.creator_id = r.creator_id AND p.unit = r.unit),
figures AS (
    SELECT ",
        plg!("c.pledge_id"),
        ", c.unit, count(*) AS creators, ",
        shown!("sum(c.remaining)", "allocated"),
        ", ",
        shown!("sum(c.balance)", "held"),
        ",
           bool_and(c.remaining = c.balance) AS holds
    FROM compared c JOIN units u ON u.code = c.unit
    GROUP BY c.pledge_id, c.unit, u.minor_digits ORDER BY c.pledge_id, c.unit),
broken AS MATERIALIZED (
    SELECT ",
        plg!("c.pledge_id"),
        ", 'crt_' || replace(c.creator_id::text, '-', '') AS creator_id,
           c.unit, ",
        shown!("c.remaining", "allocated"),
        ", ",
        shown!("c.balance", "held"),
        "
    FROM compared c JOIN units u ON u.code = c.unit WHERE c.remaining <> c.balance)"
    ),
];
