-- What is asked of accounts is asked while they are carried forward: one look-up for each account a
-- batch moves, not one for each entry. Of a file of spend, several days at a time, so it is for its
-- campaigns.
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

CREATE OR REPLACE FUNCTION check_spend_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
BEGIN
    -- Campaigns are found by their own id alone: by the ad account besides, a plan made while there were
    -- few of them goes through all that the account has, for each line.
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT obligation_id, pledge_id, ad_account_id FROM posted) AS p
        LEFT JOIN obligations o ON o.id = p.obligation_id
        WHERE (o.pledge_id, o.ad_account_id) IS DISTINCT FROM (p.pledge_id, p.ad_account_id))
    THEN
        broken := 'spend_lines_of_campaign';
    -- Where nothing else was reported of these days, only what is reported now can be at odds. Days
    -- that lie far apart are not counted through.
    ELSIF EXISTS (
        SELECT FROM (SELECT obligation_id, pledge_id, count(*) AS lines,
                            min(day) AS first, max(day) AS last
                     FROM posted GROUP BY obligation_id, pledge_id) AS p
        WHERE CASE WHEN p.last - p.first > 8 * p.lines THEN true
                   ELSE p.lines < (SELECT count(*) FROM spend_lines s
                                   WHERE s.pledge_id = p.pledge_id
                                     AND s.obligation_id = p.obligation_id
                                     AND s.day BETWEEN p.first AND p.last) END)
       OR (EXISTS (SELECT FROM posted WHERE state = 'final')
           AND EXISTS (SELECT FROM posted WHERE state = 'provisional'))
    THEN
        SELECT CASE WHEN s.since > p.lines THEN 'spend_lines_revision_rises'
                    ELSE 'spend_lines_final_stays' END
        INTO broken
        FROM (SELECT obligation_id, day, pledge_id, count(*) AS lines, min(revision) AS first,
                     max(revision) FILTER (WHERE state = 'provisional') AS last_provisional
              FROM posted GROUP BY obligation_id, day, pledge_id) AS p
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE s.revision >= p.first) AS since,
                   min(s.revision) FILTER (WHERE s.state = 'final') AS first_final
            FROM spend_lines s
            WHERE s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
              AND s.day = p.day) AS s
        WHERE s.since > p.lines OR s.first_final < p.last_provisional
        LIMIT 1;
    END IF;
    IF broken IS NULL AND EXISTS (
        SELECT FROM posted p
        WHERE p.lot_id IS NULL AND p.voucher_spend <> (
            SELECT coalesce(sum(amount), 0) FROM spend_uses u
            WHERE u.pledge_id = p.pledge_id AND u.obligation_id = p.obligation_id
              AND u.day = p.day AND u.revision = p.revision))
    THEN
        broken := 'spend_lines_lots_add_up';
    END IF;
    IF broken IS NULL AND EXISTS (
        SELECT FROM (SELECT pledge_id, lot_id, min(day) AS first, max(day) AS last
                     FROM posted WHERE lot_id IS NOT NULL GROUP BY pledge_id, lot_id) AS p
        LEFT JOIN lots l ON l.pledge_id = p.pledge_id AND l.id = p.lot_id
        WHERE (p.first >= l.valid_from AND p.last <= lot_ends(l.pledge_id, l.id)) IS NOT TRUE)
    THEN
        broken := 'spend_uses_within_life';
    END IF;
    IF broken IS NULL AND EXISTS (
        WITH used AS MATERIALIZED (
            SELECT DISTINCT pledge_id, lot_id FROM posted WHERE lot_id IS NOT NULL),
        scoped AS MATERIALIZED (
            SELECT l.pledge_id, l.id, l.scope_markets, l.scope_campaigns
            FROM used JOIN lots l ON l.pledge_id = used.pledge_id AND l.id = used.lot_id
            WHERE l.scope_markets + l.scope_campaigns > 0),
        narrowed AS MATERIALIZED (
            SELECT DISTINCT p.pledge_id, p.lot_id, p.obligation_id,
                   s.scope_markets, s.scope_campaigns
            FROM scoped s JOIN posted p ON p.pledge_id = s.pledge_id AND p.lot_id = s.id)
        SELECT FROM narrowed p
        JOIN obligations o ON o.id = p.obligation_id AND o.pledge_id = p.pledge_id
        WHERE (p.scope_markets > 0 AND NOT EXISTS (
                   SELECT FROM lot_markets m
                   WHERE m.pledge_id = p.pledge_id AND m.lot_id = p.lot_id
                     AND m.market = o.market))
           OR (p.scope_campaigns > 0 AND NOT EXISTS (
                   SELECT FROM lot_campaigns c
                   WHERE c.pledge_id = p.pledge_id AND c.lot_id = p.lot_id
                     AND c.campaign = o.campaign)))
    THEN
        broken := 'spend_uses_within_scope';
    END IF;
    IF broken IS NULL AND EXISTS (
        SELECT FROM (SELECT DISTINCT pledge_id, journal, day, ad_account_id
                     FROM posted WHERE journal IS NOT NULL) AS p
        LEFT JOIN journals j ON j.pledge_id = p.pledge_id AND j.number = p.journal
        WHERE (j.kind, j.effective_date, j.subject)
            IS DISTINCT FROM ('spend', p.day, p.ad_account_id))
    THEN
        broken := 'spend_lines_as_posted';
    END IF;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken, 'a line of spend is of a campaign, stands in lots, follows an '
            'earlier one and is posted for its day');
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION check_spend_refunds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT obligation_id, pledge_id, min(day) AS first, max(day) AS last
                     FROM posted GROUP BY obligation_id, pledge_id) AS p
        CROSS JOIN LATERAL (SELECT r.day, sum(r.amount) AS refunded FROM spend_refunds r
                            WHERE r.pledge_id = p.pledge_id
                              AND r.obligation_id = p.obligation_id
                              AND r.day BETWEEN p.first AND p.last GROUP BY r.day) AS r
        WHERE r.refunded > coalesce((SELECT s.voucher_spend FROM spend_lines s
                        WHERE s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                          AND s.day = r.day AND s.state = 'final'
                        ORDER BY s.revision DESC LIMIT 1), 0))
    THEN
        PERFORM refuse('spend_refunds_within_spend',
            'what is refunded of a line is at most its final voucher spend');
    END IF;
    RETURN NULL;
END
$$;
