-- Statements that were issued: what an account came to over some days, as it was known then, under
-- a number of its own. The lines are the account's entries, which never change; what is kept is what
-- they came to and a digest of them. Each goes on where the one before it ended, or stands in for
-- one, for a reason.

-- Issuing for all accounts of a pledge, as known at one journal. It is done when each of its accounts
-- has its statement.
CREATE TABLE statement_runs (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    to_day date NOT NULL,
    known_journal bigint NOT NULL,
    known_at timestamptz NOT NULL,
    reason text, -- why what late entries changed is issued again
    issued_by text NOT NULL,
    identity text NOT NULL,
    issued_at timestamptz NOT NULL,
    CONSTRAINT statement_runs_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT statement_runs_id_unique UNIQUE (id),
    CONSTRAINT statement_runs_day_unique UNIQUE (pledge_id, to_day, known_journal),
    CONSTRAINT statement_runs_pledge_exists FOREIGN KEY (pledge_id) REFERENCES pledges (id),
    CONSTRAINT statement_runs_days_over CHECK (to_day < (issued_at AT TIME ZONE 'UTC')::date),
    CONSTRAINT statement_runs_something_known CHECK (known_journal > 0),
    CONSTRAINT statement_runs_person_stated CHECK (issued_by <> '' AND identity <> ''),
    CONSTRAINT statement_runs_reason_stated CHECK (reason <> '')
);

CREATE TABLE statement_run_accounts (
    pledge_id uuid NOT NULL,
    run_id uuid NOT NULL,
    account integer NOT NULL,
    CONSTRAINT statement_run_accounts_pkey PRIMARY KEY (pledge_id, run_id, account),
    CONSTRAINT statement_run_accounts_run_exists
        FOREIGN KEY (pledge_id, run_id) REFERENCES statement_runs (pledge_id, id),
    CONSTRAINT statement_run_accounts_account_exists
        FOREIGN KEY (pledge_id, account) REFERENCES accounts (pledge_id, number)
);

CREATE TABLE statements (
    pledge_id uuid NOT NULL,
    account integer NOT NULL,
    number bigint NOT NULL,
    id uuid NOT NULL,
    from_day date NOT NULL,
    to_day date NOT NULL,
    known_journal bigint NOT NULL,
    known_at timestamptz NOT NULL,
    opening bigint NOT NULL,
    total_debits bigint NOT NULL,
    total_credits bigint NOT NULL,
    closing bigint NOT NULL,
    available bigint,
    lines bigint NOT NULL,
    supersedes bigint,
    reason text,
    run_id uuid,
    issued_by text NOT NULL,
    identity text NOT NULL,
    issued_at timestamptz NOT NULL,
    digest bytea NOT NULL,
    checkpoint text NOT NULL,
    signature text NOT NULL,
    CONSTRAINT statements_pkey PRIMARY KEY (pledge_id, account, number),
    CONSTRAINT statements_id_unique UNIQUE (id),
    CONSTRAINT statements_superseded_once UNIQUE (pledge_id, account, supersedes),
    CONSTRAINT statements_account_exists
        FOREIGN KEY (pledge_id, account) REFERENCES accounts (pledge_id, number),
    CONSTRAINT statements_account_of_run FOREIGN KEY (pledge_id, run_id, account)
        REFERENCES statement_run_accounts (pledge_id, run_id, account),
    CONSTRAINT statements_days_ordered CHECK (from_day <= to_day),
    CONSTRAINT statements_days_over CHECK (to_day < (issued_at AT TIME ZONE 'UTC')::date),
    CONSTRAINT statements_totals_not_negative
        CHECK (total_debits >= 0 AND total_credits >= 0 AND lines >= 0),
    CONSTRAINT statements_reissued_for_reason
        CHECK ((supersedes IS NULL) = (reason IS NULL) AND reason <> ''),
    CONSTRAINT statements_person_stated CHECK (issued_by <> '' AND identity <> ''),
    CONSTRAINT statements_digest_whole CHECK (octet_length(digest) = 32),
    CONSTRAINT statements_signed CHECK (checkpoint <> '' AND signature <> '')
);

-- A run issues an account's next statement once, however often it is begun again.
CREATE UNIQUE INDEX statements_once_a_run ON statements (run_id, account) WHERE supersedes IS NULL;
CREATE INDEX statements_by_pledge ON statements (pledge_id, id);

-- Numbers without gaps; opening balances that are closing balances; figures that tie.
CREATE FUNCTION check_statement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last bigint;
    before record;
    replaced record;
    sign integer;
BEGIN
    SELECT max(number) INTO last FROM statements
    WHERE pledge_id = NEW.pledge_id AND account = NEW.account AND number < NEW.number;
    IF NEW.number <> coalesce(last, 0) + 1 THEN
        PERFORM refuse('statements_gapless', 'statements of an account are numbered without gaps');
    END IF;

    SELECT CASE normal_side WHEN 'debit' THEN 1 ELSE -1 END INTO sign FROM accounts
    WHERE pledge_id = NEW.pledge_id AND number = NEW.account;
    IF NEW.closing <> NEW.opening + sign * (NEW.total_debits - NEW.total_credits) THEN
        PERFORM refuse('statements_tie',
            'the closing balance is the opening balance and what was debited and credited');
    END IF;

    IF NEW.known_journal > 0 AND NOT EXISTS (
        SELECT FROM journals j WHERE j.pledge_id = NEW.pledge_id
            AND j.number = NEW.known_journal AND j.recorded_at = NEW.known_at)
    THEN
        PERFORM refuse('statements_known_journal',
            'a statement says which journal was the last one known, and when that was recorded');
    END IF;

    -- The statement that ends last before these days, of those that nothing stands in for.
    SELECT s.to_day, s.closing INTO before FROM statements s
    WHERE s.pledge_id = NEW.pledge_id AND s.account = NEW.account AND s.number < NEW.number
      AND (NEW.supersedes IS NULL OR s.to_day < NEW.from_day)
      AND NOT EXISTS (
        SELECT FROM statements o WHERE o.pledge_id = s.pledge_id AND o.account = s.account
            AND o.supersedes = s.number AND o.number < NEW.number)
    ORDER BY s.to_day DESC LIMIT 1;
    IF NEW.supersedes IS NOT NULL THEN
        SELECT s.from_day, s.to_day INTO replaced FROM statements s
        WHERE s.pledge_id = NEW.pledge_id AND s.account = NEW.account
          AND s.number = NEW.supersedes AND s.number < NEW.number;
        IF (replaced.from_day, replaced.to_day) IS DISTINCT FROM (NEW.from_day, NEW.to_day) THEN
            PERFORM refuse('statements_supersede',
                'a statement stands in for an earlier one of the same account and days');
        END IF;
    ELSIF before.to_day IS NOT NULL AND NEW.from_day <> before.to_day + 1 THEN
        PERFORM refuse('statements_follow_on', 'a statement goes on where the last one ended');
    END IF;
    IF NEW.opening <> coalesce(before.closing, 0) THEN
        PERFORM refuse('statements_opening',
            'a statement opens with what the one before closed with, and the first with nothing');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER statements_in_order AFTER INSERT ON statements
    FOR EACH ROW EXECUTE FUNCTION check_statement();
CREATE TRIGGER statements_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statements
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_runs_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON statement_runs
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER statement_run_accounts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON statement_run_accounts FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

INSERT INTO jobs (name, purpose) VALUES
    ('statement-issue', 'Issues the statements that were asked for, for all accounts of pledges');

GRANT SELECT, INSERT ON statements, statement_runs, statement_run_accounts TO almoner_service;

-- Whoever sees an account sees its statements.
ALTER TABLE statements ENABLE ROW LEVEL SECURITY;
ALTER TABLE statements FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
    EXECUTE format('CREATE POLICY statements_whole ON statements TO almoner_service, %I
                        USING (true) WITH CHECK (true)', current_user);
END
$$;
GRANT SELECT ON statements TO almoner_scoped;
CREATE POLICY statements_in_sight ON statements FOR SELECT TO almoner_scoped
    USING (EXISTS (SELECT FROM accounts a WHERE a.pledge_id = statements.pledge_id
                                            AND a.number = statements.account));
