DROP VIEW payout_figures;
DROP FUNCTION carried_of(uuid, integer);
ALTER TABLE payouts
    DROP CONSTRAINT payouts_rate_stated,
    DROP CONSTRAINT payouts_rate_positive,
    DROP COLUMN rate_e8,
    DROP COLUMN rate_source,
    DROP COLUMN rate_day;
DROP TABLE stated_rates;

CREATE VIEW payout_figures AS
SELECT p.pledge_id, p.id, coalesce(last.state, 'proposed') AS state,
       coalesce(last.seq, 0::smallint) AS events, last.at AS moved_at, last.reason,
       approval.actor AS approved_by, payment.journal AS payment, payment.bank_reference,
       coalesce(paid.amount - reversed_of(paid.pledge_id, paid.journal, paid.line), 0)::bigint
           AS paid
FROM payouts p
LEFT JOIN LATERAL (
    SELECT e.state, e.seq, e.at, e.reason FROM payout_events e
    WHERE e.pledge_id = p.pledge_id AND e.payout_id = p.id ORDER BY e.seq DESC LIMIT 1) AS last
    ON true
LEFT JOIN payout_events approval ON approval.pledge_id = p.pledge_id
    AND approval.payout_id = p.id AND approval.state = 'approved'
LEFT JOIN payout_events payment ON payment.pledge_id = p.pledge_id
    AND payment.payout_id = p.id AND payment.state = 'settled'
LEFT JOIN transfers paid ON paid.pledge_id = payment.pledge_id AND paid.journal = payment.journal
    AND paid.line = 1;

GRANT SELECT ON payout_figures TO almoner_service;
