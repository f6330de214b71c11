DROP VIEW obligation_figures;
CREATE OR REPLACE VIEW allocations AS
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
DROP INDEX journals_obligation_releases;
DROP TRIGGER journals_reversal ON journals;
DROP FUNCTION check_reversal();
DROP FUNCTION reversed_of(uuid, bigint, smallint);
DROP INDEX journals_reversals;
ALTER TABLE journals
    DROP CONSTRAINT journals_reversal_stated,
    DROP CONSTRAINT journals_reversal_documented,
    DROP CONSTRAINT journals_reverses_earlier,
    DROP CONSTRAINT journals_kind,
    DROP COLUMN reverses,
    ADD CONSTRAINT journals_kind CHECK (kind IN (
        'agreement', 'condition-met', 'receipt', 'lot-issue', 'write-off', 'support-cost',
        'budget', 'budget-return', 'allocation', 'release'));
