ALTER TABLE spend_uses DISABLE TRIGGER spend_uses_check;
INSERT INTO spend_uses (pledge_id, obligation_id, day, revision, place, lot_id, amount)
SELECT pledge_id, obligation_id, day, revision, 0, lot_id, voucher_spend
FROM spend_lines WHERE lot_id IS NOT NULL;
ALTER TABLE spend_uses ENABLE TRIGGER spend_uses_check;

CREATE OR REPLACE FUNCTION check_spend_lines() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
BEGIN
    SELECT CASE WHEN p.voucher_spend <> coalesce(u.used, 0) THEN 'spend_lines_lots_add_up'
                ELSE 'spend_lines_as_posted' END
    INTO broken
    FROM posted p
    LEFT JOIN journals j ON j.pledge_id = p.pledge_id AND j.number = p.journal
    LEFT JOIN LATERAL (
        SELECT sum(amount) AS used FROM spend_uses u
        WHERE u.pledge_id = p.pledge_id AND u.obligation_id = p.obligation_id
          AND u.day = p.day AND u.revision = p.revision) AS u ON true
    WHERE p.voucher_spend <> coalesce(u.used, 0)
       OR (p.journal IS NOT NULL AND (j.kind, j.effective_date, j.subject)
           IS DISTINCT FROM ('spend', p.day, p.ad_account_id))
    LIMIT 1;
    IF broken IS NULL THEN
        SELECT CASE WHEN s.since > p.lines THEN 'spend_lines_revision_rises'
                    ELSE 'spend_lines_final_stays' END
        INTO broken
        FROM (SELECT pledge_id, obligation_id, day, count(*) AS lines, min(revision) AS first,
                     max(revision) FILTER (WHERE state = 'provisional') AS last_provisional
              FROM posted GROUP BY pledge_id, obligation_id, day) AS p
        CROSS JOIN LATERAL (
            SELECT count(*) FILTER (WHERE s.revision >= p.first) AS since,
                   min(s.revision) FILTER (WHERE s.state = 'final') AS first_final
            FROM spend_lines s
            WHERE s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
              AND s.day = p.day) AS s
        WHERE s.since > p.lines OR s.first_final < p.last_provisional
        LIMIT 1;
    END IF;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a line of spend stands in lots, follows an earlier one and is posted for its day');
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
    SELECT CASE WHEN s.id IS NULL THEN 'spend_uses_of_line'
                WHEN p.attribution > 0 AND a.id IS NULL THEN 'spend_uses_of_attribution'
                WHEN (p.day BETWEEN l.valid_from AND lot_ends(l.pledge_id, l.id)) IS NOT TRUE
                    THEN 'spend_uses_within_life'
                ELSE 'spend_uses_within_scope' END
    INTO broken
    FROM posted p
    LEFT JOIN spend_lines s ON s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                           AND s.day = p.day AND s.revision = p.revision
    LEFT JOIN spend_attributions a
        ON p.attribution > 0 AND a.pledge_id = p.pledge_id AND a.obligation_id = p.obligation_id
       AND a.day = p.day AND a.revision = p.revision AND a.number = p.attribution
    LEFT JOIN lots l ON l.pledge_id = p.pledge_id AND l.id = p.lot_id
    WHERE s.id IS NULL OR (p.attribution > 0 AND a.id IS NULL)
       OR (p.day BETWEEN l.valid_from AND lot_ends(l.pledge_id, l.id)) IS NOT TRUE
       OR (l.scope_markets > 0 AND NOT EXISTS (
           SELECT FROM obligations o
           JOIN lot_markets m ON m.pledge_id = o.pledge_id AND m.market = o.market
           WHERE o.pledge_id = p.pledge_id AND o.id = p.obligation_id AND m.lot_id = p.lot_id))
       OR (l.scope_campaigns > 0 AND NOT EXISTS (
           SELECT FROM obligations o
           JOIN lot_campaigns c ON c.pledge_id = o.pledge_id AND c.campaign = o.campaign
           WHERE o.pledge_id = p.pledge_id AND o.id = p.obligation_id AND c.lot_id = p.lot_id))
    LIMIT 1;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a line of spend uses lots of its pledge on days of their lives, and for what they are for');
    END IF;
    RETURN NULL;
END
$$;

ALTER TABLE spend_lines DROP COLUMN lot_id;

ALTER TABLE spend_lines
    ADD CONSTRAINT spend_lines_of_campaign FOREIGN KEY (pledge_id, obligation_id, ad_account_id)
        REFERENCES obligations (pledge_id, id, ad_account_id);
ALTER TABLE account_days
    ADD CONSTRAINT account_days_account_exists
        FOREIGN KEY (pledge_id, account) REFERENCES accounts (pledge_id, number);
