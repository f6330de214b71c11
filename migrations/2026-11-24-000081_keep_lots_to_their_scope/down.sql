DROP TRIGGER journals_placement_scope ON journals;
DROP FUNCTION check_placement_scope;

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
        WHERE s.id IS NULL)
    THEN
        broken := 'spend_uses_of_line';
    ELSIF EXISTS (
        SELECT FROM (SELECT pledge_id, lot_id, min(day) AS first, max(day) AS last
                     FROM posted GROUP BY pledge_id, lot_id) AS p
        LEFT JOIN lots l ON l.pledge_id = p.pledge_id AND l.id = p.lot_id
        WHERE (p.first >= l.valid_from AND p.last <= lot_ends(l.pledge_id, l.id)) IS NOT TRUE)
    THEN
        broken := 'spend_uses_within_life';
    END IF;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a line of spend uses lots of its pledge on days of their lives');
    END IF;
    RETURN NULL;
END
$$;
