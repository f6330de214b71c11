-- An allocation reserves part of a market's budget for one of its creators. It is the journal that
-- says so, and nothing besides: the amount is the transfer's, the market and the creator are those of
-- the purse it went to, and what was given back is in the releases that name it. So it can't
-- contradict the ledger, and where that is busiest there is one row less to write.
CREATE VIEW allocations AS
SELECT j.pledge_id, j.id, a.creator_id, a.market, t.unit, t.amount,
       coalesce((SELECT sum(given.amount)
                 FROM journals r
                 JOIN transfers given ON given.pledge_id = r.pledge_id AND given.journal = r.number
                 WHERE r.pledge_id = j.pledge_id AND r.subject = j.id AND r.kind = 'release'),
                0)::bigint AS released,
       j.effective_date, j.note
FROM journals j
JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
JOIN accounts a ON a.pledge_id = t.pledge_id AND a.number = t.credit_account
WHERE j.kind = 'allocation' AND a.creator_id IS NOT NULL;

GRANT SELECT ON allocations TO almoner_service;
