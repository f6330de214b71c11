-- A receipt that was wrong and was taken back in whole no longer stands for its line of the bank's:
-- the line is received again, rightly this time. So which journal has a reference depends on what
-- was reversed, which no index knows.
CREATE FUNCTION is_reversed(pledge uuid, journal_number bigint) RETURNS boolean
LANGUAGE sql STABLE PARALLEL SAFE AS $$
    SELECT NOT EXISTS (
        SELECT FROM transfers t
        WHERE t.pledge_id = pledge AND t.journal = journal_number
          AND reversed_of(t.pledge_id, t.journal, t.line) < t.amount)
$$;

DROP INDEX journals_bank_reference_unique;
CREATE INDEX journals_bank_references ON journals (pledge_id, subject, bank_reference)
    WHERE bank_reference IS NOT NULL;

-- At commit, when transfers and reversals are there: of journals about one subject with one
-- reference, one stands. A reversal of a reversal can make a second one stand again.
CREATE FUNCTION check_bank_reference() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    origin journals;
BEGIN
    origin := NEW;
    WHILE origin.reverses IS NOT NULL LOOP
        SELECT * INTO origin FROM journals
        WHERE pledge_id = NEW.pledge_id AND number = origin.reverses;
    END LOOP;
    IF (SELECT count(*) FROM journals j
        WHERE j.pledge_id = origin.pledge_id AND j.subject = origin.subject
          AND j.bank_reference = origin.bank_reference
          AND NOT is_reversed(j.pledge_id, j.number)) > 1
    THEN
        PERFORM refuse('journals_bank_reference_unique',
            'a line of the bank''s is received once, unless that was taken back');
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER journals_bank_reference AFTER INSERT ON journals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW
    WHEN (NEW.bank_reference IS NOT NULL OR NEW.reverses IS NOT NULL)
    EXECUTE FUNCTION check_bank_reference();

GRANT EXECUTE ON FUNCTION is_reversed(uuid, bigint) TO almoner_service;
