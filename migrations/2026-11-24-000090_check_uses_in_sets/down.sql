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
