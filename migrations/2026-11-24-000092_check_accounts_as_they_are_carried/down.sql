CREATE OR REPLACE FUNCTION check_spend_refunds() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (
        SELECT FROM (SELECT DISTINCT pledge_id, obligation_id, day FROM posted) AS p
        JOIN LATERAL (SELECT sum(r.amount) AS refunded FROM spend_refunds r
                      WHERE r.pledge_id = p.pledge_id AND r.obligation_id = p.obligation_id
                        AND r.day = p.day) AS r ON r.refunded > 0
        WHERE r.refunded > coalesce((SELECT s.voucher_spend FROM spend_lines s
                        WHERE s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                          AND s.day = p.day AND s.state = 'final'
                        ORDER BY s.revision DESC LIMIT 1), 0))
    THEN
        PERFORM refuse('spend_refunds_within_spend',
            'what is refunded of a line is at most its final voucher spend');
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
    SELECT CASE WHEN (o.pledge_id, o.ad_account_id) IS DISTINCT FROM (p.pledge_id, p.ad_account_id)
                    THEN 'spend_lines_of_campaign'
                WHEN s.since > p.lines THEN 'spend_lines_revision_rises'
                ELSE 'spend_lines_final_stays' END
    INTO broken
    FROM (SELECT pledge_id, obligation_id, ad_account_id, day, count(*) AS lines,
                 min(revision) AS first,
                 max(revision) FILTER (WHERE state = 'provisional') AS last_provisional
          FROM posted GROUP BY pledge_id, obligation_id, ad_account_id, day) AS p
    LEFT JOIN obligations o ON o.id = p.obligation_id
    CROSS JOIN LATERAL (
        SELECT count(*) FILTER (WHERE s.revision >= p.first) AS since,
               min(s.revision) FILTER (WHERE s.state = 'final') AS first_final
        FROM spend_lines s
        WHERE s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
          AND s.day = p.day) AS s
    WHERE (o.pledge_id, o.ad_account_id) IS DISTINCT FROM (p.pledge_id, p.ad_account_id)
       OR s.since > p.lines OR s.first_final < p.last_provisional
    LIMIT 1;
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

CREATE OR REPLACE FUNCTION post_transfers() RETURNS trigger
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

    RETURN NULL;
END
$$;
