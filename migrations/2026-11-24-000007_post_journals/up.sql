-- A journal is one business event of one pledge: numbered without gaps, recorded at a strictly
-- rising instant. Its transfers each move one amount of one unit from one account to another.
CREATE TABLE journals (
    pledge_id uuid NOT NULL,
    number bigint NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    effective_date date NOT NULL,
    recorded_at timestamptz NOT NULL,
    transfers smallint NOT NULL,
    actor text NOT NULL,
    subject uuid,
    reason text,
    note text,
    bank_reference text,
    document_uri text,
    document_sha256 text,
    CONSTRAINT journals_pkey PRIMARY KEY (pledge_id, number),
    CONSTRAINT journals_id_unique UNIQUE (id),
    CONSTRAINT journals_kind CHECK (kind IN (
        'agreement', 'condition-met', 'receipt', 'lot-issue', 'write-off', 'support-cost',
        'budget', 'budget-return', 'allocation', 'release')),
    CONSTRAINT journals_transfers_positive CHECK (transfers > 0),
    CONSTRAINT journals_actor_stated CHECK (actor <> '')
);

-- One bank transfer is received once on an instalment, whatever key the request came with.
CREATE UNIQUE INDEX journals_bank_reference_unique ON journals (pledge_id, subject, bank_reference)
    WHERE bank_reference IS NOT NULL;

-- What was given back of an allocation is looked up by it.
CREATE INDEX journals_releases ON journals (pledge_id, subject) WHERE kind = 'release';

-- The wide row: for each side the account's own gapless sequence number, its balance after this
-- transfer (on the account's normal side) and its cumulative debits (or credits) after it. So a
-- statement needs no summing, a balance in the past is one row, and an omitted line shows.
CREATE TABLE transfers (
    pledge_id uuid NOT NULL,
    journal bigint NOT NULL,
    line smallint NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    effective_date date NOT NULL,
    debit_account integer NOT NULL,
    credit_account integer NOT NULL,
    debit_seq bigint NOT NULL,
    debit_balance bigint NOT NULL,
    debit_turnover bigint NOT NULL,
    credit_seq bigint NOT NULL,
    credit_balance bigint NOT NULL,
    credit_turnover bigint NOT NULL,
    CONSTRAINT transfers_pkey PRIMARY KEY (pledge_id, journal, line),
    CONSTRAINT transfers_debit_sequence UNIQUE (pledge_id, debit_account, debit_seq),
    CONSTRAINT transfers_credit_sequence UNIQUE (pledge_id, credit_account, credit_seq),
    CONSTRAINT transfers_amount_positive CHECK (amount > 0),
    CONSTRAINT transfers_two_accounts CHECK (debit_account <> credit_account)
);

-- Numbers a batch's journals on from the pledge's last, or refuses the whole batch.
CREATE FUNCTION number_journals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    disordered boolean;
    misnumbered boolean;
BEGIN
    WITH batch AS (
        SELECT pledge_id, min(number) AS first, max(number) AS last, count(*) AS journals,
               min(recorded_at) AS first_at, max(recorded_at) AS last_at,
               coalesce(bool_or(recorded_at <= before), false) AS disordered
        FROM (
            SELECT pledge_id, number, recorded_at,
                   lag(recorded_at) OVER (PARTITION BY pledge_id ORDER BY number) AS before
            FROM posted) AS journal
        GROUP BY pledge_id),
    done AS (
        UPDATE pledges p SET journals = b.last, last_recorded_at = b.last_at
        FROM batch b
        WHERE p.id = b.pledge_id
          AND b.first = p.journals + 1 AND b.last - b.first + 1 = b.journals
          AND b.first_at > coalesce(p.last_recorded_at, '-infinity')
        RETURNING 1)
    SELECT bool_or(b.disordered), count(*) > (SELECT count(*) FROM done)
    INTO disordered, misnumbered
    FROM batch b;

    IF disordered THEN
        PERFORM refuse('journals_recorded_in_order',
            'recorded_at rises strictly with the journal number');
    END IF;
    IF misnumbered THEN
        PERFORM refuse('journals_gapless',
            'journals of a pledge are numbered one after the other, in the order they are recorded');
    END IF;
    RETURN NULL;
END
$$;

-- Checks a batch of transfers against the accounts as they stand, then carries the accounts and
-- their days forward. Nothing else writes those figures, so they equal the sum of the transfers.
-- The planner is held to index look-ups: a plan made while the ledger was small must not become a
-- scan of the whole ledger when it has grown.
CREATE FUNCTION post_transfers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
    stray boolean;
    releases boolean;
    backdated boolean;
BEGIN
    WITH batch AS (
        SELECT t.pledge_id, min(t.journal) AS first, max(t.journal) AS last,
               count(*) AS journals,
               min(CASE WHEN j.number IS NULL THEN 'transfers_journal_exists'
                        WHEN j.transfers <> t.lines THEN 'journals_transfers_complete'
                        WHEN j.effective_date <> t.first_day OR j.effective_date <> t.last_day
                            THEN 'transfers_effective_with_journal' END) AS broken,
               bool_or(j.kind = 'release') AS releases
        FROM (SELECT pledge_id, journal, count(*) AS lines,
                     min(effective_date) AS first_day, max(effective_date) AS last_day
              FROM posted GROUP BY pledge_id, journal) AS t
        LEFT JOIN journals j ON j.pledge_id = t.pledge_id AND j.number = t.journal
        GROUP BY t.pledge_id),
    done AS (
        UPDATE pledges p SET transferred = b.last
        FROM batch b
        WHERE p.id = b.pledge_id AND b.first = p.transferred + 1
          AND b.last - b.first + 1 = b.journals
        RETURNING 1)
    SELECT min(b.broken), count(*) > (SELECT count(*) FROM done), bool_or(b.releases)
    INTO broken, stray, releases
    FROM batch b;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken, 'a transfer belongs to a journal, which counts and dates it');
    END IF;
    IF stray THEN
        PERFORM refuse('transfers_with_journal',
            'transfers are posted once, together with their journals');
    END IF;

    -- Turnover and balance after an entry give the debits and credits of its account; each entry
    -- carries on those of the one before, the first those of the account as it stands.
    SELECT CASE WHEN e.number IS NULL THEN 'transfers_account_exists'
                WHEN e.account_unit <> e.unit THEN 'transfers_one_unit'
                WHEN e.seq <> e.seq_before + 1 THEN 'transfers_sequence_gapless'
                ELSE 'transfers_running_figures' END
    INTO broken
    FROM (
        SELECT d.*,
               coalesce(lag(seq) OVER w, entries) AS seq_before,
               coalesce(lag(debits_after) OVER w, debits) AS debits_before,
               coalesce(lag(credits_after) OVER w, credits) AS credits_before
        FROM (
            SELECT side.*, a.number, a.unit AS account_unit, a.entries, a.debits, a.credits,
                   CASE WHEN debit > 0 THEN turnover
                        WHEN a.normal_side = 'debit' THEN turnover + balance
                        ELSE turnover - balance END AS debits_after,
                   CASE WHEN credit > 0 THEN turnover
                        WHEN a.normal_side = 'debit' THEN turnover - balance
                        ELSE turnover + balance END AS credits_after
            FROM (
                SELECT pledge_id, debit_account AS account, unit, debit_seq AS seq,
                       amount AS debit, 0::bigint AS credit, debit_balance AS balance,
                       debit_turnover AS turnover
                FROM posted
                UNION ALL
                SELECT pledge_id, credit_account, unit, credit_seq, 0, amount,
                       credit_balance, credit_turnover
                FROM posted) AS side
            LEFT JOIN accounts a ON a.pledge_id = side.pledge_id AND a.number = side.account
        ) AS d
        WINDOW w AS (PARTITION BY pledge_id, account ORDER BY seq)) AS e
    WHERE e.number IS NULL OR e.account_unit <> e.unit OR e.seq <> e.seq_before + 1
       OR e.debits_after <> e.debits_before + e.debit
       OR e.credits_after <> e.credits_before + e.credit
    LIMIT 1;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a transfer moves one unit and carries both accounts'' next number and figures');
    END IF;

    WITH moved AS (
        SELECT pledge_id, account, effective_date, sum(debit)::bigint AS debits,
               sum(credit)::bigint AS credits, count(*) AS entries,
               min(seq) AS first_seq, max(seq) AS last_seq
        FROM (
            SELECT pledge_id, debit_account AS account, effective_date, amount AS debit,
                   0::bigint AS credit, debit_seq AS seq
            FROM posted
            UNION ALL
            SELECT pledge_id, credit_account, effective_date, 0, amount, credit_seq
            FROM posted) AS side
        GROUP BY pledge_id, account, effective_date),
    days AS (
        INSERT INTO account_days AS d
            (pledge_id, account, day, debits, credits, first_seq, last_seq)
        SELECT pledge_id, account, effective_date, debits, credits, first_seq, last_seq FROM moved
        ON CONFLICT ON CONSTRAINT account_days_pkey DO UPDATE
            SET debits = d.debits + excluded.debits, credits = d.credits + excluded.credits,
                last_seq = greatest(d.last_seq, excluded.last_seq)),
    carried AS (
        UPDATE accounts a
        SET debits = a.debits + m.debits, credits = a.credits + m.credits,
            entries = a.entries + m.entries,
            last_day = greatest(a.last_day, m.last_day)
        FROM (SELECT pledge_id, account, sum(debits)::bigint AS debits,
                     sum(credits)::bigint AS credits, sum(entries)::bigint AS entries,
                     min(effective_date) AS first_day, max(effective_date) AS last_day
              FROM moved GROUP BY pledge_id, account) AS m
        WHERE a.pledge_id = m.pledge_id AND a.number = m.account
        RETURNING m.first_day < a.last_day AND NOT a.may_overdraw AS backdated)
    SELECT bool_or(c.backdated) INTO backdated FROM carried c;

    IF backdated AND EXISTS (
        SELECT FROM (
            SELECT DISTINCT pledge_id, account FROM (
                SELECT pledge_id, debit_account AS account FROM posted
                UNION ALL
                SELECT pledge_id, credit_account FROM posted) AS side) AS touched
        JOIN accounts a ON a.pledge_id = touched.pledge_id AND a.number = touched.account
                       AND NOT a.may_overdraw
        CROSS JOIN LATERAL (
            SELECT sum(CASE a.normal_side WHEN 'debit' THEN d.debits - d.credits
                                          ELSE d.credits - d.debits END)
                       OVER (ORDER BY d.day) AS closing
            FROM account_days d
            WHERE d.pledge_id = a.pledge_id AND d.account = a.number) AS day
        WHERE day.closing < 0)
    THEN
        PERFORM refuse('account_days_no_overdraft',
            'a backdated transfer leaves no day between then and now overdrawn');
    END IF;

    -- Allocations are a view that the next migration makes, as no release comes before it.
    IF releases AND EXISTS (
        SELECT FROM posted p
        JOIN journals r ON r.pledge_id = p.pledge_id AND r.number = p.journal
        LEFT JOIN allocations a ON a.id = r.subject AND a.pledge_id = r.pledge_id
        WHERE r.kind = 'release' AND (a.id IS NULL OR a.released > a.amount))
    THEN
        PERFORM refuse('transfers_release_within_allocation',
            'what is released of an allocation is at most its amount');
    END IF;
    RETURN NULL;
END
$$;

-- At commit, the transfers of every journal are there.
CREATE FUNCTION check_journals_complete() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM pledges WHERE id = NEW.id AND transferred < journals) THEN
        PERFORM refuse('journals_transfers_complete',
            'a journal has at least one transfer, and as many as it says');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER journals_gapless AFTER INSERT ON journals
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION number_journals();
CREATE TRIGGER transfers_post AFTER INSERT ON transfers
    REFERENCING NEW TABLE AS posted
    FOR EACH STATEMENT EXECUTE FUNCTION post_transfers();
CREATE CONSTRAINT TRIGGER journals_transfers_complete AFTER UPDATE OF journals ON pledges
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_journals_complete();

CREATE TRIGGER journals_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON journals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER transfers_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON transfers
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pledges_kept_by_transfers BEFORE UPDATE OF journals, transferred, last_recorded_at ON pledges
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();

-- One line per side of a transfer: how an account's holder reads it.
CREATE VIEW entries AS
SELECT pledge_id, debit_account AS account, debit_seq AS seq, journal, line, unit, effective_date,
       amount AS debit, 0::bigint AS credit, debit_balance AS balance,
       debit_turnover AS turnover, credit_account AS counterpart
FROM transfers
UNION ALL
SELECT pledge_id, credit_account, credit_seq, journal, line, unit, effective_date,
       0::bigint, amount, credit_balance, credit_turnover, debit_account
FROM transfers;

GRANT SELECT, INSERT ON journals, transfers TO almoner_service;
GRANT SELECT ON entries TO almoner_service;
