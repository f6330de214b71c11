-- What is owed in another currency on an account (2120, 2210) at a month's end: how much, what that
-- carries in the pledge's own, and what it was worth at the rate in force, by effective date. Whoever
-- has these can work out the rest. A later revision states what late entries or another rate made of
-- it; what a journal posts is by how much the differences changed.
CREATE TABLE revaluations (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    unit text NOT NULL,
    account integer NOT NULL,
    month_end date NOT NULL,
    revision smallint NOT NULL,
    owed bigint NOT NULL,
    carried bigint NOT NULL,
    valued bigint NOT NULL,
    difference bigint NOT NULL,
    rate_e8 bigint NOT NULL, -- in hundred-millionths: 150.25 is 15025000000
    rate_source text NOT NULL,
    rate_day date NOT NULL,
    journal bigint,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT revaluations_pkey PRIMARY KEY (pledge_id, unit, account, month_end, revision),
    CONSTRAINT revaluations_id_unique UNIQUE (id),
    CONSTRAINT revaluations_at_month_end CHECK (extract(day FROM month_end + 1) = 1),
    CONSTRAINT revaluations_month_over
        CHECK ((recorded_at AT TIME ZONE 'UTC')::date > month_end),
    CONSTRAINT revaluations_figures_not_negative CHECK (owed >= 0 AND valued >= 0),
    CONSTRAINT revaluations_difference CHECK (difference = valued - carried),
    CONSTRAINT revaluations_rate_positive CHECK (rate_e8 > 0),
    CONSTRAINT revaluations_rate_in_force CHECK (rate_day <= month_end),
    CONSTRAINT revaluations_source_stated CHECK (rate_source <> ''),
    CONSTRAINT revaluations_actor_stated CHECK (actor <> ''),
    CONSTRAINT revaluations_account_exists
        FOREIGN KEY (pledge_id, account) REFERENCES accounts (pledge_id, number),
    CONSTRAINT revaluations_journal_exists
        FOREIGN KEY (pledge_id, journal) REFERENCES journals (pledge_id, number)
);

-- One revision after the other, of what is owed in another currency than the pledge's; and what is
-- posted is a revaluation of that day.
CREATE FUNCTION check_revaluation() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.revision <> 1 + (
        SELECT coalesce(max(revision), 0) FROM revaluations
        WHERE pledge_id = NEW.pledge_id AND unit = NEW.unit AND account = NEW.account
          AND month_end = NEW.month_end AND revision < NEW.revision)
    THEN
        PERFORM refuse('revaluations_in_order', 'each revision follows the one before it');
    END IF;
    IF NOT EXISTS (
        SELECT FROM accounts a JOIN pledges p ON p.id = a.pledge_id
        WHERE a.pledge_id = NEW.pledge_id AND a.number = NEW.account AND a.unit = NEW.unit
          AND a.code IN ('2120', '2210') AND a.unit <> p.functional_unit)
    THEN
        PERFORM refuse('revaluations_of_foreign_debt',
            'what is valued anew is owed in another currency than the pledge''s own');
    END IF;
    IF NEW.journal IS NOT NULL AND NOT EXISTS (
        SELECT FROM journals j
        WHERE j.pledge_id = NEW.pledge_id AND j.number = NEW.journal AND j.kind = 'revaluation'
          AND j.effective_date = NEW.month_end)
    THEN
        PERFORM refuse('revaluations_posted', 'what is posted is a revaluation of that day');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER revaluations_in_order AFTER INSERT ON revaluations
    FOR EACH ROW EXECUTE FUNCTION check_revaluation();
CREATE TRIGGER revaluations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON revaluations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What an account in another currency carried on a day, by effective date: see carried_of, which is
-- the same of all days.
DO $do$
DECLARE
    body text := pg_get_functiondef('carried_of(uuid,integer)'::regprocedure);
    head text := 'carried_of(pledge uuid, account_number integer)';
    lines text := 'JOIN transfers t ON t.pledge_id = pledge AND t.journal = about.journal';
BEGIN
    IF position(head IN body) = 0 OR position(lines IN body) = 0 THEN
        RAISE EXCEPTION 'carried_of() is not as it was made';
    END IF;
    body := replace(body, head, 'carried_on(pledge uuid, account_number integer, day date)');
    EXECUTE replace(body, lines, lines || ' AND t.effective_date <= day');
END
$do$;

-- A revaluation is reversed in the same transaction, as of the first day of the next month, and in
-- whole; nobody takes it back otherwise, and the reversal isn't taken back. It rests on the rates,
-- not on a document; any other reversal needs one.
ALTER TABLE journals DROP CONSTRAINT journals_reversal_documented;

DO $do$
DECLARE
    body text := pg_get_functiondef('check_reversal()'::regprocedure);
    place text := $place$    IF origin.kind IN ('placement',$place$;
BEGIN
    IF position(place IN body) = 0 THEN
        RAISE EXCEPTION 'check_reversal() is not as it was made';
    END IF;
    EXECUTE replace(body, place, $new$    IF NEW.reason IS NULL OR origin.kind <> 'revaluation'
        AND (NEW.document_uri IS NULL OR NEW.document_sha256 IS NULL)
    THEN
        PERFORM refuse('journals_reversal_documented',
            'a reversal says why, and what it rests on');
    END IF;
    IF origin.kind = 'revaluation'
        AND (depth > 1 OR NEW.effective_date <> origin.effective_date + 1)
    THEN
        PERFORM refuse('journals_revaluation_ends',
            'a revaluation ends on the first day of the next month, and stays so');
    END IF;
$new$ || place);
END
$do$;

CREATE FUNCTION check_revaluation_ends() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (
        SELECT FROM transfers t
        WHERE t.pledge_id = NEW.pledge_id AND t.journal = NEW.number
          AND reversed_of(t.pledge_id, t.journal, t.line) < t.amount)
    THEN
        PERFORM refuse('journals_revaluation_ends',
            'a revaluation ends on the first day of the next month, and stays so');
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER journals_revaluation_ends AFTER INSERT ON journals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'revaluation')
    EXECUTE FUNCTION check_revaluation_ends();

INSERT INTO jobs (name, purpose) VALUES
    ('revaluation', 'Values what is owed in other currencies at the ends of months');

GRANT SELECT, INSERT ON revaluations TO almoner_service;
GRANT EXECUTE ON FUNCTION carried_on(uuid, integer, date) TO almoner_service;
