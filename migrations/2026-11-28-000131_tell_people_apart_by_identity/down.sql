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

CREATE OR REPLACE FUNCTION check_approval_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    approval approvals;
    before bigint;
    approved bigint;
BEGIN
    SELECT * INTO approval FROM approvals
    WHERE pledge_id = NEW.pledge_id AND id = NEW.approval_id;
    SELECT count(*), count(*) FILTER (WHERE verdict = 'approved') INTO before, approved
    FROM approval_decisions
    WHERE pledge_id = NEW.pledge_id AND approval_id = NEW.approval_id AND seq < NEW.seq;
    IF NEW.seq <> before + 1 OR before <> approved OR approved >= approval.needed THEN
        PERFORM refuse('approval_decisions_in_order',
            'decisions are numbered one after the other, and nothing is decided after the last');
    END IF;
    IF NEW.verdict IN ('approved', 'rejected') AND NEW.actor = approval.maker THEN
        PERFORM refuse('approval_decisions_by_another',
            'what one person asked for another approves or rejects');
    END IF;
    IF NEW.verdict = 'withdrawn' AND NEW.actor <> approval.maker THEN
        PERFORM refuse('approval_decisions_withdrawn_by_maker',
            'what one person asked for nobody else withdraws');
    END IF;
    IF (NEW.verdict = 'expired') <> (NEW.at >= approval.expires_at) THEN
        PERFORM refuse('approval_decisions_in_time',
            'something is decided before it expires, and expires no sooner');
    END IF;
    IF NEW.verdict = 'approved' AND NEW.digest IS DISTINCT FROM approval.digest THEN
        PERFORM refuse('approval_decisions_as_shown',
            'whoever approves names the digest of what would be posted');
    END IF;
    RETURN NULL;
END
$$;

DROP TRIGGER payouts_proposed_as_approved ON payouts;
DROP FUNCTION check_payout_approved();
DROP VIEW payout_hands;
DROP INDEX approval_decisions_by_different_identities;
DROP FUNCTION is_one_person(text, text, text, text);
ALTER TABLE payout_events DROP COLUMN identity;
ALTER TABLE payouts DROP COLUMN proposer_identity, DROP COLUMN approval_id;
ALTER TABLE approval_decisions DROP COLUMN identity;
ALTER TABLE approvals DROP COLUMN maker_identity;
