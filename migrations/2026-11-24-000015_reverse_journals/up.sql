-- A reversal is a journal that takes another one back, in part or whole. Each of its transfers bears
-- the line number of the one it reverses, with the sides swapped. A reversal can be reversed, which
-- gives back what it took.
ALTER TABLE journals
    ADD COLUMN reverses bigint,
    DROP CONSTRAINT journals_kind,
    ADD CONSTRAINT journals_kind CHECK (kind IN (
        'agreement', 'condition-met', 'receipt', 'lot-issue', 'write-off', 'support-cost',
        'budget', 'budget-return', 'allocation', 'release', 'reversal', 'obligation',
        'obligation-release', 'invoice', 'payment', 'payment-return', 'advance', 'liquidation',
        'advance-return', 'placement', 'spend', 'ad-tax', 'overspill', 'platform-payment',
        'refund', 'expiry', 'revocation', 'expiry-correction', 'clawback', 'recovery', 'bad-debt',
        'donor-due', 'donor-payment', 'support-cost-draw', 'reserve', 'reserve-return', 'tax-payment', 'suspense',
        'revaluation')),
    ADD CONSTRAINT journals_reversal_stated CHECK ((kind = 'reversal') = (reverses IS NOT NULL)),
    ADD CONSTRAINT journals_reversal_documented CHECK (
        reverses IS NULL OR (reason IS NOT NULL AND document_uri IS NOT NULL
                             AND document_sha256 IS NOT NULL)),
    ADD CONSTRAINT journals_reverses_earlier CHECK (reverses < number);

CREATE INDEX journals_reversals ON journals (pledge_id, reverses) WHERE reverses IS NOT NULL;

-- How much of a line was taken back: what reversals took, less what reversals of those gave back.
CREATE FUNCTION reversed_of(pledge uuid, journal_number bigint, line_number smallint)
RETURNS bigint LANGUAGE plpgsql STABLE PARALLEL SAFE AS $$
BEGIN
    IF NOT EXISTS (SELECT FROM journals WHERE pledge_id = pledge AND reverses = journal_number) THEN
        RETURN 0;
    END IF;
    RETURN (
        WITH RECURSIVE later (number, sign) AS (
            SELECT r.number, 1 FROM journals r
            WHERE r.pledge_id = pledge AND r.reverses = journal_number
            UNION ALL
            SELECT r.number, -later.sign
            FROM later JOIN journals r ON r.pledge_id = pledge AND r.reverses = later.number)
        SELECT coalesce(sum(later.sign * t.amount), 0)
        FROM later JOIN transfers t ON t.pledge_id = pledge AND t.journal = later.number
                                   AND t.line = line_number);
END
$$;

-- At commit, when a reversal's transfers are there: each mirrors the line it reverses, and no line
-- from there up, through whatever was reversed before, is taken back beyond its amount.
CREATE FUNCTION check_reversal() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    reversed bigint := NEW.reverses;
BEGIN
    IF EXISTS (
        SELECT FROM transfers t
        LEFT JOIN transfers o ON o.pledge_id = t.pledge_id AND o.journal = NEW.reverses
                             AND o.line = t.line
        WHERE t.pledge_id = NEW.pledge_id AND t.journal = NEW.number
          AND (o.line IS NULL OR o.debit_account <> t.credit_account
               OR o.credit_account <> t.debit_account))
    THEN
        PERFORM refuse('transfers_reversal_mirrors',
            'a reversal moves back what a line of the journal it reverses moved');
    END IF;
    WHILE reversed IS NOT NULL LOOP
        IF EXISTS (
            SELECT FROM transfers o
            WHERE o.pledge_id = NEW.pledge_id AND o.journal = reversed
              AND NOT reversed_of(o.pledge_id, o.journal, o.line) BETWEEN 0 AND o.amount)
        THEN
            PERFORM refuse('transfers_reversal_within_original',
                'what is reversed of a line is at most its amount');
        END IF;
        SELECT reverses INTO reversed FROM journals
        WHERE pledge_id = NEW.pledge_id AND number = reversed;
    END LOOP;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER journals_reversal AFTER INSERT ON journals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.reverses IS NOT NULL)
    EXECUTE FUNCTION check_reversal();

-- What a reversal takes back of an allocation is no longer allocated, and what it takes back of a
-- release is no longer released.
CREATE OR REPLACE VIEW allocations AS
SELECT j.pledge_id, j.id, a.creator_id, a.market, t.unit, t.amount,
       (reversed_of(t.pledge_id, t.journal, t.line)
        + coalesce((SELECT sum(given.amount
                               - reversed_of(given.pledge_id, given.journal, given.line))
                    FROM journals r
                    JOIN transfers given ON given.pledge_id = r.pledge_id
                                        AND given.journal = r.number
                    WHERE r.pledge_id = j.pledge_id AND r.subject = j.id AND r.kind = 'release'),
                   0))::bigint AS released,
       j.effective_date, j.note
FROM journals j
JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
JOIN accounts a ON a.pledge_id = t.pledge_id AND a.number = t.credit_account
WHERE j.kind = 'allocation' AND a.creator_id IS NOT NULL;

-- What has become of an obligation: of its amount, what a reversal took back, what was released, and
-- what its purse still holds. The rest was used for what it was meant for.
CREATE VIEW obligation_figures AS
SELECT o.pledge_id, o.id,
       (o.amount - reversed_of(j.pledge_id, j.number, 1::smallint))::bigint AS obligated,
       coalesce((SELECT sum(given.amount - reversed_of(given.pledge_id, given.journal, given.line))
                 FROM journals r
                 JOIN transfers given ON given.pledge_id = r.pledge_id AND given.journal = r.number
                                     AND given.debit_account = p.number
                 WHERE r.pledge_id = o.pledge_id AND r.subject = o.id
                   AND r.kind IN ('obligation-release', 'advance-return')), 0)::bigint AS released,
       (p.credits - p.debits)::bigint AS remaining, p.held
FROM obligations o
JOIN journals j ON j.id = o.id
JOIN accounts p ON p.pledge_id = o.pledge_id AND p.obligation_id = o.id
               AND p.code IN ('3140', '3240');

CREATE INDEX journals_obligation_releases ON journals (pledge_id, subject)
    WHERE kind IN ('obligation-release', 'advance-return');

GRANT SELECT ON obligation_figures TO almoner_service;
GRANT EXECUTE ON FUNCTION reversed_of(uuid, bigint, smallint) TO almoner_service;
