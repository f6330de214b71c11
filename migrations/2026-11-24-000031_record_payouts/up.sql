-- A payout to a creator: the terms alone. It is held on what the creator is owed (2120) and at the
-- bank (1010) until it is settled, comes back or is given up; what becomes of it is in its events.
CREATE TABLE payouts (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    creator_id uuid NOT NULL,
    market text NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    bank_unit text NOT NULL,
    bank_amount bigint NOT NULL,
    reference text NOT NULL,
    batch text,
    proposed_by text NOT NULL,
    proposed_at timestamptz NOT NULL,
    hold_expires_on date NOT NULL,
    CONSTRAINT payouts_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT payouts_id_unique UNIQUE (id),
    CONSTRAINT payouts_reference_unique UNIQUE (pledge_id, reference),
    CONSTRAINT payouts_amount_positive CHECK (amount > 0 AND bank_amount > 0),
    CONSTRAINT payouts_one_currency_one_amount CHECK (unit <> bank_unit OR amount = bank_amount),
    CONSTRAINT payouts_in_cash CHECK (unit NOT LIKE 'ADC:%' AND bank_unit NOT LIKE 'ADC:%'),
    CONSTRAINT payouts_proposer_stated CHECK (proposed_by <> ''),
    CONSTRAINT payouts_unit_exists FOREIGN KEY (unit) REFERENCES units (code),
    CONSTRAINT payouts_bank_unit_of_pledge
        FOREIGN KEY (pledge_id, bank_unit) REFERENCES pledge_units (pledge_id, unit),
    CONSTRAINT payouts_market_of_pledge
        FOREIGN KEY (pledge_id, market) REFERENCES pledge_markets (pledge_id, market),
    CONSTRAINT payouts_creator_of_market
        FOREIGN KEY (creator_id, market) REFERENCES creators (id, market)
);

CREATE INDEX payouts_by_creator ON payouts (creator_id);

-- What became of a payout, in order. Before the first it is proposed; then it is as the last says.
CREATE TABLE payout_events (
    pledge_id uuid NOT NULL,
    payout_id uuid NOT NULL,
    seq smallint NOT NULL,
    state text NOT NULL,
    at timestamptz NOT NULL,
    actor text NOT NULL,
    journal bigint,
    reason text,
    bank_reference text,
    CONSTRAINT payout_events_pkey PRIMARY KEY (pledge_id, payout_id, seq),
    CONSTRAINT payout_events_state
        CHECK (state IN ('approved', 'sent', 'settled', 'returned', 'void')),
    CONSTRAINT payout_events_actor_stated CHECK (actor <> ''),
    -- What leaves the bank, or comes back to it, is posted; nothing else is.
    CONSTRAINT payout_events_journal_stated CHECK (CASE state
        WHEN 'settled' THEN journal IS NOT NULL AND bank_reference IS NOT NULL
        WHEN 'returned' THEN true
        ELSE journal IS NULL END),
    CONSTRAINT payout_events_reason_stated
        CHECK (state NOT IN ('returned', 'void') OR reason IS NOT NULL),
    CONSTRAINT payout_events_payout_exists
        FOREIGN KEY (pledge_id, payout_id) REFERENCES payouts (pledge_id, id),
    CONSTRAINT payout_events_journal_exists
        FOREIGN KEY (pledge_id, journal) REFERENCES journals (pledge_id, number)
);

-- One step after the other; whoever approves didn't propose, and whoever sends didn't approve.
CREATE FUNCTION check_payout_event() RETURNS trigger
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
    IF NEW.state IN ('approved', 'sent') AND NEW.actor = last_person THEN
        PERFORM refuse('payout_events_other_person',
            'what one proposed another approves, and a third or the first sends');
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

-- At commit, when its holds are set: what is on its way is held in full, on what the creator is owed
-- and at the bank; what has come to its end is not held any more.
CREATE FUNCTION check_payout_held() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    payout payouts;
    state text;
    owed bigint;
    banked bigint;
BEGIN
    IF TG_TABLE_NAME = 'payouts' THEN
        payout := NEW;
    ELSE
        SELECT * INTO payout FROM payouts WHERE pledge_id = NEW.pledge_id AND id = NEW.payout_id;
    END IF;
    SELECT e.state INTO state FROM payout_events e
    WHERE e.pledge_id = payout.pledge_id AND e.payout_id = payout.id
    ORDER BY e.seq DESC LIMIT 1;
    SELECT coalesce(sum(h.amount) FILTER (WHERE a.code = '2120' AND a.unit = payout.unit
                                          AND a.creator_id = payout.creator_id), 0),
           coalesce(sum(h.amount) FILTER (WHERE a.code = '1010' AND a.unit = payout.bank_unit), 0)
    INTO owed, banked
    FROM holds h JOIN accounts a ON a.pledge_id = h.pledge_id AND a.number = h.account
    WHERE h.pledge_id = payout.pledge_id AND h.subject = payout.id;
    IF coalesce(state, 'proposed') IN ('proposed', 'approved', 'sent')
       IS DISTINCT FROM (owed = payout.amount AND banked = payout.bank_amount)
       OR state IN ('settled', 'returned', 'void') AND owed + banked > 0
    THEN
        PERFORM refuse('payouts_held_on_the_way',
            'a payout is held where it will be taken from, from its proposal to its end');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER payout_events_in_order AFTER INSERT ON payout_events
    FOR EACH ROW EXECUTE FUNCTION check_payout_event();
CREATE CONSTRAINT TRIGGER payouts_held_on_the_way AFTER INSERT ON payouts
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_payout_held();
CREATE CONSTRAINT TRIGGER payout_events_held_on_the_way AFTER INSERT ON payout_events
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_payout_held();
CREATE TRIGGER payouts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payouts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER payout_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON payout_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Where each payout is, and what of it was paid: what its payment posted, less what a reversal took
-- back.
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

GRANT SELECT, INSERT ON payouts, payout_events TO almoner_service;
GRANT SELECT ON payout_figures TO almoner_service;
