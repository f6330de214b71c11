-- A file of spend brings thousands of lines at once. What was asked of each line by itself is asked
-- of what they have in common: of each campaign, of each journal, of each lot whether it lived, and of
-- each campaign in a lot with a scope whether it is in it.

-- Nearly every line stands in one lot alone. That one is told with the line; only several, and what a
-- platform says otherwise, are listed in spend_uses: one row less to write and check.
ALTER TABLE spend_lines
    ADD COLUMN lot_id uuid,
    ADD CONSTRAINT spend_lines_lot_if_spent CHECK (lot_id IS NULL OR voucher_spend > 0);

-- Days of accounts are written by the transfers' trigger alone, which has just refused accounts that
-- don't exist; they never go away. To look each one up again costs as much as to write the days.
ALTER TABLE account_days DROP CONSTRAINT account_days_account_exists;

-- The same rule, under its old name, stands in check_spend_lines().
ALTER TABLE spend_lines DROP CONSTRAINT spend_lines_of_campaign;

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

CREATE OR REPLACE FUNCTION check_spend_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
BEGIN
    IF EXISTS (
        SELECT FROM posted p
        LEFT JOIN spend_lines s ON s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                               AND s.day = p.day AND s.revision = p.revision
        WHERE s.id IS NULL OR (p.attribution = 0 AND s.lot_id IS NOT NULL))
    THEN
        broken := 'spend_uses_of_line';
    ELSIF EXISTS (
        SELECT FROM (SELECT DISTINCT pledge_id, obligation_id, day, revision, attribution
                     FROM posted WHERE attribution > 0) AS p
        LEFT JOIN spend_attributions a
            ON a.pledge_id = p.pledge_id AND a.obligation_id = p.obligation_id
           AND a.day = p.day AND a.revision = p.revision AND a.number = p.attribution
        WHERE a.id IS NULL)
    THEN
        broken := 'spend_uses_of_attribution';
    ELSIF EXISTS (
        SELECT FROM (SELECT pledge_id, lot_id, min(day) AS first, max(day) AS last
                     FROM posted GROUP BY pledge_id, lot_id) AS p
        LEFT JOIN lots l ON l.pledge_id = p.pledge_id AND l.id = p.lot_id
        WHERE (p.first >= l.valid_from AND p.last <= lot_ends(l.pledge_id, l.id)) IS NOT TRUE)
    THEN
        broken := 'spend_uses_within_life';
    ELSIF EXISTS (
        WITH used AS MATERIALIZED (
            SELECT DISTINCT pledge_id, lot_id FROM posted),
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
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken, 'a line of spend uses lots of its pledge on days of their lives, '
            'and for what they are for');
    END IF;
    RETURN NULL;
END
$$;
