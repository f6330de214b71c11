CREATE OR REPLACE FUNCTION post_transfers() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
    stray boolean;
    backdated boolean;
    again boolean;
    filled boolean;
BEGIN
    WITH batch AS (
        SELECT t.pledge_id, min(t.journal) AS first, max(t.journal) AS last,
               count(*) AS journals,
               min(CASE WHEN j.number IS NULL THEN 'transfers_journal_exists'
                        WHEN j.transfers <> t.lines THEN 'journals_transfers_complete'
                        WHEN j.effective_date <> t.first_day OR j.effective_date <> t.last_day
                            THEN 'transfers_effective_with_journal' END) AS broken
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
    SELECT min(b.broken), count(*) > (SELECT count(*) FROM done)
    INTO broken, stray
    FROM batch b;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken, 'a transfer belongs to a journal, which counts and dates it');
    END IF;
    IF stray THEN
        PERFORM refuse('transfers_with_journal',
            'transfers are posted once, together with their journals');
    END IF;

    -- An entry says what its account has come to: its turnover on the side it is on, and the balance,
    -- from which the other side follows. The first of an account carries on from where the account
    -- stands, each other one from the one before; whether that is so for a debit-normal or for a
    -- credit-normal account is worked out for both, as which it is is known only of the account.
    WITH side AS (
        SELECT debit_account AS account, pledge_id, unit, effective_date AS day, debit_seq AS seq,
               amount AS debit, 0::bigint AS credit, debit_balance AS balance,
               debit_turnover AS turnover
        FROM posted
        UNION ALL
        SELECT credit_account, pledge_id, unit, effective_date, credit_seq, 0, amount,
               credit_balance, credit_turnover
        FROM posted),
    stepped AS (
        SELECT side.*, lag(seq) OVER w AS seq_before, lag(balance) OVER w AS balance_before,
               CASE WHEN (lag(debit) OVER w > 0) = (debit > 0) THEN 0
                    WHEN debit > 0 THEN lag(balance) OVER w
                    ELSE -lag(balance) OVER w END AS across,
               lag(turnover) OVER w AS turnover_before
        FROM side WINDOW w AS (PARTITION BY account, pledge_id ORDER BY seq)),
    moved AS (
        SELECT account, pledge_id, min(unit COLLATE "C") AS unit, max(unit COLLATE "C") AS last_unit,
               sum(debit)::bigint AS debits, sum(credit)::bigint AS credits, count(*) AS entries,
               min(day) AS first_day, max(day) AS last_day, min(seq) AS first_seq,
               bool_or(seq <> seq_before + 1) AS gap,
               bool_or(balance <> balance_before + debit - credit
                       OR turnover <> turnover_before + across + debit + credit) AS not_debit,
               bool_or(balance <> balance_before - debit + credit
                       OR turnover <> turnover_before - across + debit + credit) AS not_credit,
               max(balance) FILTER (WHERE seq_before IS NULL) AS balance,
               max(turnover) FILTER (WHERE seq_before IS NULL) AS turnover,
               max(debit) FILTER (WHERE seq_before IS NULL) AS debit,
               max(credit) FILTER (WHERE seq_before IS NULL) AS credit
        FROM stepped GROUP BY account, pledge_id),
    carried AS (
        UPDATE accounts a
        SET debits = a.debits + m.debits, credits = a.credits + m.credits,
            entries = a.entries + m.entries, last_day = greatest(a.last_day, m.last_day)
        FROM (SELECT moved.*, before.last_day AS before FROM moved
              JOIN accounts before ON before.pledge_id = moved.pledge_id
                                  AND before.number = moved.account) AS m
        WHERE a.pledge_id = m.pledge_id AND a.number = m.account
        -- Where all of it comes after all that was before, and goes one way, the account has least at
        -- the end or at the beginning.
        RETURNING NOT a.may_overdraw
                      AND (m.first_day < m.before
                           OR (m.first_day < m.last_day AND m.debits > 0 AND m.credits > 0))
                      AS backdated,
                  m.first_day <= m.before AS again,
                  a.code BETWEEN '3100' AND '3299' AND m.credits > 0 AS filled,
                  a.unit <> m.unit OR a.unit <> m.last_unit AS mixed,
                  m.gap IS TRUE OR m.first_seq <> a.entries - m.entries + 1 AS gap,
                  CASE WHEN a.normal_side = 'debit'
                       THEN m.not_debit IS TRUE
                         OR m.turnover + CASE WHEN m.debit > 0 THEN 0 ELSE m.balance END
                            <> a.debits - m.debits + m.debit
                         OR m.turnover - CASE WHEN m.debit > 0 THEN m.balance ELSE 0 END
                            <> a.credits - m.credits + m.credit
                       ELSE m.not_credit IS TRUE
                         OR m.turnover - CASE WHEN m.debit > 0 THEN 0 ELSE m.balance END
                            <> a.debits - m.debits + m.debit
                         OR m.turnover + CASE WHEN m.debit > 0 THEN m.balance ELSE 0 END
                            <> a.credits - m.credits + m.credit END AS wrong)
    SELECT bool_or(c.backdated), bool_or(c.again), bool_or(c.filled),
           CASE WHEN count(*) < (SELECT count(*) FROM moved) THEN 'transfers_account_exists'
                WHEN bool_or(c.mixed) THEN 'transfers_one_unit'
                WHEN bool_or(c.gap) THEN 'transfers_sequence_gapless'
                WHEN bool_or(c.wrong) THEN 'transfers_running_figures' END
    INTO backdated, again, filled, broken
    FROM carried c;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a transfer moves one unit and carries both accounts'' next number and figures');
    END IF;

    -- From purse to purse money goes up the tree or down, never sideways: from pledged to funded, on to
    -- a market, a creator there, and what binds it; beside that to reserves, and back from what was
    -- pending to the market it came from.
    IF filled AND EXISTS (
        SELECT FROM posted t
        -- One account after the other by its key, whatever plan was made while there were few.
        CROSS JOIN LATERAL (SELECT a.code, a.market, a.creator_id FROM accounts a
                            WHERE a.pledge_id = t.pledge_id AND a.number = t.debit_account
                            LIMIT 1) AS d
        CROSS JOIN LATERAL (SELECT a.code, a.market, a.creator_id FROM accounts a
                            WHERE a.pledge_id = t.pledge_id AND a.number = t.credit_account
                            LIMIT 1) AS c
        WHERE d.code BETWEEN '3100' AND '3299' AND c.code BETWEEN '3100' AND '3299'
          AND (d.market <> c.market OR d.creator_id <> c.creator_id
               OR right(least(d.code, c.code), 2) || right(greatest(d.code, c.code), 2)
                  NOT IN ('0010', '1020', '1050', '1090', '2030', '3040', '2070')))
    THEN
        PERFORM refuse('transfers_along_the_tree',
            'from purse to purse money goes up the tree or down, never sideways');
    END IF;

    -- Days on which nothing was posted before are written without looking for them first.
    IF again THEN
        INSERT INTO account_days AS d
            (pledge_id, account, day, debits, credits, first_seq, last_seq)
        SELECT pledge_id, account, effective_date, sum(debit)::bigint, sum(credit)::bigint,
               min(seq), max(seq)
        FROM (
            SELECT debit_account AS account, pledge_id, effective_date, debit_seq AS seq,
                   amount AS debit, 0::bigint AS credit
            FROM posted
            UNION ALL
            SELECT credit_account, pledge_id, effective_date, credit_seq, 0, amount
            FROM posted) AS side
        GROUP BY account, effective_date, pledge_id
        ON CONFLICT ON CONSTRAINT account_days_pkey DO UPDATE
            SET debits = d.debits + excluded.debits, credits = d.credits + excluded.credits,
                last_seq = greatest(d.last_seq, excluded.last_seq);
    ELSE
        INSERT INTO account_days (pledge_id, account, day, debits, credits, first_seq, last_seq)
        SELECT pledge_id, account, effective_date, sum(debit)::bigint, sum(credit)::bigint,
               min(seq), max(seq)
        FROM (
            SELECT debit_account AS account, pledge_id, effective_date, debit_seq AS seq,
                   amount AS debit, 0::bigint AS credit
            FROM posted
            UNION ALL
            SELECT credit_account, pledge_id, effective_date, credit_seq, 0, amount
            FROM posted) AS side
        GROUP BY account, effective_date, pledge_id;
    END IF;

    -- What an account had at the end of a day is what it has now less what came after.
    IF backdated AND EXISTS (
        SELECT FROM (
            SELECT account, pledge_id, min(effective_date) AS first FROM (
                SELECT debit_account AS account, pledge_id, effective_date FROM posted
                UNION ALL
                SELECT credit_account, pledge_id, effective_date FROM posted) AS side
            GROUP BY account, pledge_id) AS touched
        CROSS JOIN LATERAL (SELECT * FROM accounts k
                            WHERE k.pledge_id = touched.pledge_id AND k.number = touched.account
                            LIMIT 1) AS a
        CROSS JOIN LATERAL (
            SELECT CASE a.normal_side WHEN 'debit' THEN a.debits - a.credits
                                      ELSE a.credits - a.debits END
                   - sum(change.net) OVER (ORDER BY change.day DESC) + change.net AS closing
            FROM (SELECT d.day, CASE a.normal_side WHEN 'debit' THEN d.debits - d.credits
                                                   ELSE d.credits - d.debits END AS net
                  FROM account_days d
                  WHERE d.pledge_id = a.pledge_id AND d.account = a.number
                    AND d.day >= touched.first) AS change) AS day
        WHERE NOT a.may_overdraw AND touched.first < a.last_day AND day.closing < 0)
    THEN
        PERFORM refuse('account_days_no_overdraft',
            'a backdated transfer leaves no day between then and now overdrawn');
    END IF;

    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION number_journals() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    disordered boolean;
    misnumbered boolean;
BEGIN
    WITH batch AS (
        SELECT pledge_id, min(number) AS first, max(number) AS last, count(*) AS journals,
               min(recorded_at) AS first_at, max(recorded_at) AS last_at,
               min(effective_date) AS first_day,
               coalesce(bool_or(recorded_at <= before), false) AS disordered
        FROM (
            SELECT pledge_id, number, recorded_at, effective_date,
                   lag(recorded_at) OVER (PARTITION BY pledge_id ORDER BY number) AS before
            FROM posted) AS journal
        GROUP BY pledge_id),
    done AS (
        UPDATE pledges p SET journals = b.last, last_recorded_at = b.last_at
        FROM batch b
        WHERE p.id = b.pledge_id
          AND b.first = p.journals + 1 AND b.last - b.first + 1 = b.journals
          AND b.first_at > coalesce(p.last_recorded_at, '-infinity')
          AND b.first_day > coalesce(p.closed_until, '-infinity')
        RETURNING 1)
    SELECT bool_or(b.disordered), count(*) > (SELECT count(*) FROM done)
    INTO disordered, misnumbered
    FROM batch b;

    IF disordered THEN
        PERFORM refuse('journals_recorded_in_order',
            'recorded_at rises strictly with the journal number');
    END IF;
    IF misnumbered AND EXISTS (
        SELECT FROM posted j JOIN pledges p ON p.id = j.pledge_id
        WHERE j.effective_date <= p.closed_until)
    THEN
        PERFORM refuse('journals_in_open_period', 'nothing is posted in a month that is closed hard');
    END IF;
    IF misnumbered THEN
        PERFORM refuse('journals_gapless',
            'journals of a pledge are numbered one after the other, in the order they are recorded');
    END IF;
    RETURN NULL;
END
$$;
