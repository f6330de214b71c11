-- What a payout in another currency had carried until it was paid: what the bank charged, without the
-- exchange difference. If the bank returns it, it is owed again at that.
CREATE OR REPLACE VIEW payout_figures AS
SELECT p.pledge_id, p.id, coalesce(last.state, 'proposed') AS state,
       coalesce(last.seq, 0::smallint) AS events, last.at AS moved_at, last.reason,
       approval.actor AS approved_by, payment.journal AS payment, payment.bank_reference,
       coalesce(paid.amount - reversed_of(paid.pledge_id, paid.journal, paid.line), 0)::bigint
           AS paid,
       coalesce(charged.amount - reversed_of(charged.pledge_id, charged.journal, charged.line),
                0)::bigint AS charged,
       CASE WHEN p.unit = p.bank_unit THEN 0
            ELSE coalesce(charged.amount - (
                SELECT coalesce(sum(CASE d.code WHEN '7100' THEN t.amount ELSE -t.amount END), 0)
                FROM transfers t
                JOIN accounts d ON d.pledge_id = t.pledge_id AND d.number = t.debit_account
                JOIN accounts c ON c.pledge_id = t.pledge_id AND c.number = t.credit_account
                WHERE t.pledge_id = payment.pledge_id AND t.journal = payment.journal
                  AND '7100' IN (d.code, c.code)), 0) END::bigint AS carried
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
