-- What is released of an allocation is compared with it when the transaction commits, by its own key.
-- Within the transfers' trigger a plan made while there were few of them went through all releases.
DO $do$
DECLARE
    body text := pg_get_functiondef('post_transfers()'::regprocedure);
    cut text := $cut$    -- Allocations are a view that the next migration makes, as no release comes before it.
    IF releases AND EXISTS (
        SELECT FROM posted p
        JOIN journals r ON r.pledge_id = p.pledge_id AND r.number = p.journal
        LEFT JOIN allocations a ON a.id = r.subject AND a.pledge_id = r.pledge_id
        WHERE r.kind = 'release' AND (a.id IS NULL OR a.released > a.amount))
    THEN
        PERFORM refuse('transfers_release_within_allocation',
            'what is released of an allocation is at most its amount');
    END IF;
$cut$;
BEGIN
    IF position(cut IN body) = 0 THEN
        RAISE EXCEPTION 'post_transfers() is not as it was made';
    END IF;
    EXECUTE replace(body, cut, '');
END
$do$;

CREATE FUNCTION check_release() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
DECLARE
    allocation bigint := (
        SELECT number FROM journals
        WHERE id = NEW.subject AND pledge_id = NEW.pledge_id AND kind = 'allocation');
    released bigint := (
        SELECT sum((SELECT sum(t.amount - reversed_of(t.pledge_id, t.journal, t.line))
                    FROM transfers t
                    WHERE t.pledge_id = r.pledge_id AND t.journal = r.number))
        FROM journals r
        WHERE r.pledge_id = NEW.pledge_id AND r.subject = NEW.subject AND r.kind = 'release');
BEGIN
    IF NOT EXISTS (
        SELECT FROM transfers t
        WHERE t.pledge_id = NEW.pledge_id AND t.journal = allocation
          AND released + reversed_of(t.pledge_id, t.journal, t.line) <= t.amount)
    THEN
        PERFORM refuse('transfers_release_within_allocation',
            'what is released of an allocation is at most its amount');
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER journals_release AFTER INSERT ON journals
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW WHEN (NEW.kind = 'release')
    EXECUTE FUNCTION check_release();
