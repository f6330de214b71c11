DROP VIEW payout_figures;
CREATE VIEW payout_figures AS
SELECT p.pledge_id, p.id, coalesce(last.state, 'proposed') AS state,
       coalesce(last.seq, 0::smallint) AS events, last.at AS moved_at, last.reason,
       approval.actor AS approved_by, payment.journal AS payment, payment.bank_reference,
       coalesce(paid.amount - reversed_of(paid.pledge_id, paid.journal, paid.line), 0)::bigint
           AS paid,
       coalesce(charged.amount - reversed_of(charged.pledge_id, charged.journal, charged.line),
                0)::bigint AS charged
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
    AND paid.line = 1
LEFT JOIN transfers charged ON charged.pledge_id = payment.pledge_id
    AND charged.journal = payment.journal
    AND charged.line = CASE WHEN p.unit = p.bank_unit THEN 1 ELSE 2 END;

GRANT SELECT ON payout_figures TO almoner_service;
