-- People are told apart by who they are, whatever name they go by: maker, checker and payer are three
-- also where one of them has several tokens. Without an identity it is the name that tells.
ALTER TABLE approvals ADD COLUMN maker_identity text,
    ADD CONSTRAINT approvals_maker_identity_stated CHECK (maker_identity <> '');
ALTER TABLE approval_decisions ADD COLUMN identity text,
    ADD CONSTRAINT approval_decisions_identity_stated CHECK (identity <> '');
ALTER TABLE payouts ADD COLUMN proposer_identity text, ADD COLUMN approval_id uuid,
    ADD CONSTRAINT payouts_proposer_identity_stated CHECK (proposer_identity <> ''),
    ADD CONSTRAINT payouts_approval_exists
        FOREIGN KEY (pledge_id, approval_id) REFERENCES approvals (pledge_id, id);
ALTER TABLE payout_events ADD COLUMN identity text,
    ADD CONSTRAINT payout_events_identity_stated CHECK (identity <> '');

CREATE FUNCTION is_one_person(name text, identity text, other_name text, other_identity text)
RETURNS boolean LANGUAGE sql IMMUTABLE
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT name = other_name OR coalesce(identity = other_identity, false)
$$;

CREATE UNIQUE INDEX approval_decisions_by_different_identities
    ON approval_decisions (pledge_id, approval_id, identity)
    WHERE verdict IN ('approved', 'rejected');

-- Who had a hand in a payout: who proposed it, who approved that, and who approved the payout.
CREATE VIEW payout_hands AS
SELECT pledge_id, id AS payout_id, proposed_by AS name, proposer_identity AS identity,
       'proposed' AS did
FROM payouts
UNION ALL
SELECT pledge_id, payout_id, actor, identity, 'approved' FROM payout_events WHERE state = 'approved'
UNION ALL
SELECT p.pledge_id, p.id, d.actor, d.identity, 'approved'
FROM payouts p
JOIN approval_decisions d ON d.pledge_id = p.pledge_id AND d.approval_id = p.approval_id
WHERE d.verdict = 'approved';

GRANT SELECT ON payout_hands TO almoner_service;

-- What was proposed by an approval names it.
CREATE FUNCTION check_payout_approved() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT is_approved_now(NEW.pledge_id, NEW.approval_id, NEW.proposed_by) THEN
        PERFORM refuse('payouts_approved',
            'what names an approval is proposed by it, once, when as many approved as it takes');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER payouts_proposed_as_approved AFTER INSERT ON payouts FOR EACH ROW
    WHEN (NEW.approval_id IS NOT NULL) EXECUTE FUNCTION check_payout_approved();

CREATE OR REPLACE FUNCTION check_approval_decision() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    approval approvals;
    before bigint;
    approved bigint;
    made boolean;
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
    made := is_one_person(NEW.actor, NEW.identity, approval.maker, approval.maker_identity);
    IF NEW.verdict IN ('approved', 'rejected') AND made THEN
        PERFORM refuse('approval_decisions_by_another',
            'what one person asked for another approves or rejects');
    END IF;
    IF NEW.verdict = 'withdrawn' AND NOT made THEN
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

-- Maker, checker and payer are three: whoever sends a payout had no hand in it before.
CREATE OR REPLACE FUNCTION check_payout_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before text := 'proposed';
    payout payouts;
BEGIN
    SELECT * INTO payout FROM payouts WHERE pledge_id = NEW.pledge_id AND id = NEW.payout_id;
    IF NEW.seq <> 1 THEN
        SELECT state INTO before FROM payout_events
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
    IF EXISTS (
        SELECT FROM payout_hands h
        WHERE h.pledge_id = NEW.pledge_id AND h.payout_id = NEW.payout_id
          AND (NEW.state = 'sent' OR NEW.state = 'approved' AND h.did = 'proposed')
          AND is_one_person(h.name, h.identity, NEW.actor, NEW.identity))
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
