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
    CONSTRAINT allocations_release_within_amount CHECK (released >= 0 AND released <= amount),
    CONSTRAINT allocations_creator_of_market
        FOREIGN KEY (creator_id, market) REFERENCES creators (id, market)
);

-- An allocation is addressed by its id alone.
CREATE INDEX allocations_by_id ON allocations (id);

-- Money is allocated in a unit and for a market of its own pledge. Asked once per batch: as foreign
-- keys, these would be asked row by row where it is busiest.
CREATE FUNCTION check_allocations() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF EXISTS (SELECT FROM made LEFT JOIN pledge_units u USING (pledge_id, unit)
               WHERE u.pledge_id IS NULL) THEN
        PERFORM refuse('allocations_unit_of_pledge', 'an allocation is in a unit of its pledge');
    END IF;
    IF EXISTS (SELECT FROM made LEFT JOIN pledge_markets m USING (pledge_id, market)
               WHERE m.pledge_id IS NULL) THEN
        PERFORM refuse('allocations_market_of_pledge',
            'an allocation is for a market of its pledge');
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
