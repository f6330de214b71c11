-- Maker, checker and payer are three: whoever sends a payout neither proposed nor approved it.
CREATE OR REPLACE FUNCTION check_payout_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before text := 'proposed';
    last_person text;
    payout payouts;
BEGIN
    SELECT * INTO payout FROM payouts WHERE pledge_id = NEW.pledge_id AND id = NEW.payout_id;
    last_person := payout.proposed_by;
    IF NEW.seq <> 1 THEN
        SELECT state, actor INTO before, last_person FROM payout_events
        WHERE pledge_id = NEW.pledge_id AND payout_id = NEW.payout_id AND seq = NEW.seq - 1;
    END IF;
    IF before IS NULL OR NOT (CASE NEW.state
        WHEN 'approved' THEN before = 'proposed'
        WHEN 'sent' THEN before = 'approved'
        WHEN 'settled' THEN before = 'sent'
        WHEN 'returned' THEN before IN ('sent', 'settled')
        ELSE before IN ('proposed', 'approved') END)
    THEN
        PERFORM refuse('payout_events_in_order',
            format('%s does not follow %s', NEW.state, coalesce(before, 'nothing')));
    END IF;
    IF NEW.state IN ('approved', 'sent') AND NEW.actor = last_person
       OR NEW.state = 'sent' AND NEW.actor = payout.proposed_by
    THEN
        PERFORM refuse('payout_events_other_person',
            'what one proposed another approves, and a third sends');
    END IF;
    IF NEW.state = 'returned' AND before = 'sent' AND NEW.journal IS NOT NULL
       OR (NEW.state = 'settled' OR before = 'settled') AND NOT EXISTS (
        SELECT FROM journals j
        JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number AND t.line = 1
        JOIN accounts a ON a.pledge_id = t.pledge_id AND a.number =
            CASE NEW.state WHEN 'settled' THEN t.debit_account ELSE t.credit_account END
        WHERE j.pledge_id = NEW.pledge_id AND j.number = NEW.journal
          AND j.subject = NEW.payout_id
          AND j.kind = CASE NEW.state WHEN 'settled' THEN 'payment' ELSE 'payment-return' END
          AND a.code = '2120' AND a.creator_id = payout.creator_id
          AND t.unit = payout.unit AND t.amount <= payout.amount)
    THEN
        PERFORM refuse('payout_events_posted_within_amount',
            'what a payout pays, and what comes back of it, is posted, and at most its amount');
    END IF;
    RETURN NULL;
END
$$;
