-- An allocation reserves part of a market's budget for one of its creators.
CREATE TABLE allocations (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    creator_id uuid NOT NULL,
    market text NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    released bigint NOT NULL DEFAULT 0,
    effective_date date NOT NULL,
    note text,
    CONSTRAINT allocations_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT allocations_amount_positive CHECK (amount > 0),
    CONSTRAINT allocations_release_within_amount CHECK (released >= 0 AND released <= amount)
);

-- An allocation is addressed by its id alone.
CREATE INDEX allocations_by_id ON allocations (id);

-- Money is allocated in a unit and for a market of its own pledge, to a creator of that market.
-- Asked once per batch: as foreign keys, these would be asked row by row where it is busiest. (What
-- is referred to is append-only, so it can't go away afterwards.)
CREATE FUNCTION check_allocations() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp
SET enable_seqscan = off SET enable_hashjoin = off SET enable_mergejoin = off AS $$
BEGIN
    IF EXISTS (SELECT FROM (SELECT DISTINCT pledge_id, unit FROM made) AS m
               LEFT JOIN pledge_units u USING (pledge_id, unit)
               WHERE u.pledge_id IS NULL) THEN
        PERFORM refuse('allocations_unit_of_pledge', 'an allocation is in a unit of its pledge');
    END IF;
    IF EXISTS (SELECT FROM (SELECT DISTINCT pledge_id, market FROM made) AS m
               LEFT JOIN pledge_markets p USING (pledge_id, market)
               WHERE p.pledge_id IS NULL) THEN
        PERFORM refuse('allocations_market_of_pledge',
            'an allocation is for a market of its pledge');
    END IF;
    IF EXISTS (SELECT FROM made LEFT JOIN creators c ON c.id = made.creator_id
               WHERE c.market IS DISTINCT FROM made.market) THEN
        PERFORM refuse('allocations_creator_of_market',
            'an allocation is to a creator of its market');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER allocations_of_pledge AFTER INSERT ON allocations
    REFERENCING NEW TABLE AS made
    FOR EACH STATEMENT EXECUTE FUNCTION check_allocations();
CREATE TRIGGER allocations_terms_fixed
    BEFORE UPDATE OF pledge_id, id, creator_id, market, unit, amount, effective_date, note
    ON allocations FOR EACH STATEMENT EXECUTE FUNCTION refuse_restatement();
CREATE TRIGGER allocations_append_only BEFORE DELETE OR TRUNCATE ON allocations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON allocations TO almoner_service;
GRANT UPDATE (released) ON allocations TO almoner_service;
