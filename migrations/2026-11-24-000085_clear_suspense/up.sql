-- What of a line of spend stood in suspense, because no purse of its market covered it, and was
-- charged to the market later. It is of one report: what a later one still has in suspense is less
-- by it. A clearing bears the id of the journal that posts it.
ALTER TABLE journals
    DROP CONSTRAINT journals_kind,
    ADD CONSTRAINT journals_kind CHECK (kind IN (
        'agreement', 'condition-met', 'receipt', 'lot-issue', 'write-off', 'support-cost',
        'budget', 'budget-return', 'allocation', 'release', 'reversal', 'obligation',
        'obligation-release', 'invoice', 'payment', 'payment-return', 'advance', 'liquidation',
        'advance-return', 'placement', 'spend', 'ad-tax', 'overspill', 'suspense-clearing',
        'platform-payment', 'refund', 'expiry', 'revocation', 'expiry-correction', 'clawback',
        'recovery', 'bad-debt', 'donor-due', 'donor-payment', 'support-cost-draw', 'reserve',
        'reserve-return', 'tax-payment', 'suspense', 'revaluation'));

CREATE TABLE spend_clearings (
    pledge_id uuid NOT NULL,
    obligation_id uuid NOT NULL,
    day date NOT NULL,
    revision integer NOT NULL,
    id uuid NOT NULL,
    amount bigint NOT NULL,
    CONSTRAINT spend_clearings_pkey PRIMARY KEY (pledge_id, obligation_id, day, revision, id),
    CONSTRAINT spend_clearings_id_unique UNIQUE (id),
    CONSTRAINT spend_clearings_amount_positive CHECK (amount > 0),
    CONSTRAINT spend_clearings_of_line FOREIGN KEY (pledge_id, obligation_id, day, revision)
        REFERENCES spend_lines (pledge_id, obligation_id, day, revision)
);

CREATE FUNCTION check_spend_clearing() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    report spend_lines;
BEGIN
    SELECT * INTO report FROM spend_lines
    WHERE pledge_id = NEW.pledge_id AND obligation_id = NEW.obligation_id AND day = NEW.day
      AND revision = NEW.revision;
    IF EXISTS (
        SELECT FROM spend_lines l
        WHERE l.pledge_id = NEW.pledge_id AND l.obligation_id = NEW.obligation_id
          AND l.day = NEW.day AND l.revision > NEW.revision)
    THEN
        PERFORM refuse('spend_clearings_of_latest',
            'what the latest report of a day has in suspense is cleared');
    END IF;
    IF report.suspended < (
        SELECT sum(c.amount) FROM spend_clearings c
        WHERE c.pledge_id = NEW.pledge_id AND c.obligation_id = NEW.obligation_id
          AND c.day = NEW.day AND c.revision = NEW.revision)
    THEN
        PERFORM refuse('spend_clearings_within_suspended',
            'what is cleared of a report is at most what it has in suspense');
    END IF;
    IF report.id IS NOT NULL AND NOT EXISTS (
        SELECT FROM journals j
        JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
        JOIN accounts a ON a.pledge_id = t.pledge_id AND a.number = t.credit_account
        WHERE j.id = NEW.id AND j.pledge_id = NEW.pledge_id AND j.kind = 'suspense-clearing'
          AND j.effective_date >= NEW.day AND j.subject = report.ad_account_id
          AND j.reason IS NOT NULL AND a.code = '1900' AND t.amount = NEW.amount)
    THEN
        PERFORM refuse('spend_clearings_as_posted',
            'a clearing is posted, on its day or later and for a reason, by a journal of its own '
            'that takes as much out of suspense');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER spend_clearings_check AFTER INSERT ON spend_clearings
    FOR EACH ROW EXECUTE FUNCTION check_spend_clearing();
CREATE TRIGGER spend_clearings_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON spend_clearings
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- A clearing isn't reversed: what the line has in suspense would no longer be what its report says.
CREATE FUNCTION check_clearing_stays() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM journals
               WHERE pledge_id = NEW.pledge_id AND number = NEW.reverses
                 AND kind = 'suspense-clearing') THEN
        PERFORM refuse('journals_reversible',
            'what was cleared of suspense isn''t reversed; a later report of less gives it back');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER journals_clearing_stays AFTER INSERT ON journals
    FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION check_clearing_stays();

GRANT SELECT, INSERT ON spend_clearings TO almoner_service;
