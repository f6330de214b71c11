DROP TRIGGER journals_placement_scope ON journals;
DROP FUNCTION check_placement_scope;

CREATE OR REPLACE FUNCTION check_spend_uses() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    broken text;
BEGIN
    SELECT CASE WHEN s.id IS NULL THEN 'spend_uses_of_line'
                ELSE 'spend_uses_within_life' END
    INTO broken
    FROM posted p
    LEFT JOIN spend_lines s ON s.pledge_id = p.pledge_id AND s.obligation_id = p.obligation_id
                           AND s.day = p.day AND s.revision = p.revision
    LEFT JOIN lots l ON l.pledge_id = p.pledge_id AND l.id = p.lot_id
    WHERE s.id IS NULL OR (p.day BETWEEN l.valid_from AND lot_ends(l.pledge_id, l.id)) IS NOT TRUE
    LIMIT 1;
    IF broken IS NOT NULL THEN
        PERFORM refuse(broken,
            'a line of spend uses lots of its pledge on days of their lives');
    END IF;
    RETURN NULL;
END
$$;
