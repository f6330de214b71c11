-- A pledge: a donor's promise to a recipient, split over units and payable in instalments.
-- It is also the unit of consistency: all its money moves under this row's lock.
CREATE TABLE pledges (
    id uuid NOT NULL,
    reference text NOT NULL,
    donor text NOT NULL,
    recipient text NOT NULL,
    purpose text NOT NULL,
    functional_unit text NOT NULL,
    total bigint NOT NULL,
    state text NOT NULL DEFAULT 'announced',
    agreed_on date,
    created_at timestamptz NOT NULL,
    -- The last journal, and the last one whose transfers are there: the same at every commit.
    -- Kept by the triggers of journals and transfers, never by hand.
    journals bigint NOT NULL DEFAULT 0,
    transferred bigint NOT NULL DEFAULT 0,
    last_recorded_at timestamptz,
    CONSTRAINT pledges_pkey PRIMARY KEY (id),
    CONSTRAINT pledges_reference_unique UNIQUE (reference),
    CONSTRAINT pledges_total_positive CHECK (total > 0),
    CONSTRAINT pledges_state CHECK (state IN ('announced', 'agreed', 'active')),
    CONSTRAINT pledges_agreed_on CHECK ((state = 'announced') = (agreed_on IS NULL)),
    CONSTRAINT pledges_functional_unit_known
        FOREIGN KEY (functional_unit) REFERENCES units (code)
) WITH (fillfactor = 50);

CREATE TABLE pledge_units (
    pledge_id uuid NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    position smallint NOT NULL,
    CONSTRAINT pledge_units_pkey PRIMARY KEY (pledge_id, unit),
    CONSTRAINT pledge_units_amount_positive CHECK (amount > 0),
    CONSTRAINT pledge_units_pledge_exists FOREIGN KEY (pledge_id) REFERENCES pledges (id),
    CONSTRAINT pledge_units_unit_known FOREIGN KEY (unit) REFERENCES units (code)
);

CREATE TABLE pledge_markets (
    pledge_id uuid NOT NULL,
    market text NOT NULL,
    position smallint NOT NULL,
    CONSTRAINT pledge_markets_pkey PRIMARY KEY (pledge_id, market),
    CONSTRAINT pledge_markets_pledge_exists FOREIGN KEY (pledge_id) REFERENCES pledges (id),
    CONSTRAINT pledge_markets_market_known FOREIGN KEY (market) REFERENCES markets (code)
);

CREATE TABLE instalments (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    reference text NOT NULL,
    position smallint NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    due_date date NOT NULL,
    condition text,
    condition_met_on date,
    condition_document_uri text,
    condition_document_sha256 text,
    received bigint NOT NULL DEFAULT 0,
    written_off bigint NOT NULL DEFAULT 0,
    CONSTRAINT instalments_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT instalments_id_unique UNIQUE (id),
    CONSTRAINT instalments_id_and_unit UNIQUE (pledge_id, id, unit),
    CONSTRAINT instalments_reference_unique UNIQUE (pledge_id, reference),
    CONSTRAINT instalments_amount_positive CHECK (amount > 0),
    CONSTRAINT instalments_not_exceeded
        CHECK (received >= 0 AND written_off >= 0 AND received <= amount - written_off),
    CONSTRAINT instalments_condition_stated
        CHECK (condition_met_on IS NULL OR condition IS NOT NULL),
    CONSTRAINT instalments_unit_of_pledge
        FOREIGN KEY (pledge_id, unit) REFERENCES pledge_units (pledge_id, unit)
);

-- The split adds up to the total at face value, and each unit's instalments add up to its part of
-- the split. Sums over rows, so they are checked once, when the transaction commits.
-- The path is fixed, or a temporary table of the caller's would be looked at instead.
CREATE FUNCTION check_pledge_sums() RETURNS trigger
LANGUAGE plpgsql
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    pledge uuid;
BEGIN
    IF TG_TABLE_NAME = 'pledges' THEN
        pledge := NEW.id;
    ELSE
        pledge := NEW.pledge_id;
    END IF;
    IF EXISTS (
        SELECT FROM pledges p
        LEFT JOIN pledge_units s ON s.pledge_id = p.id
        LEFT JOIN units u ON u.code = s.unit
        WHERE p.id = pledge
        GROUP BY p.id
        HAVING sum(s.amount) IS DISTINCT FROM p.total
            OR bool_or(u.currency <> p.functional_unit))
    THEN
        PERFORM refuse('pledges_split_equals_total',
            'the split of a pledge adds up to its total, in units of its functional currency');
    END IF;
    IF EXISTS (
        SELECT FROM pledge_units s
        LEFT JOIN instalments i ON i.pledge_id = s.pledge_id AND i.unit = s.unit
        WHERE s.pledge_id = pledge
        GROUP BY s.unit, s.amount
        HAVING sum(i.amount) IS DISTINCT FROM s.amount)
    THEN
        PERFORM refuse('instalments_equal_split',
            'the instalments of a pledge add up, unit by unit, to its split');
    END IF;
    RETURN NULL;
END
$$;

CREATE CONSTRAINT TRIGGER pledges_split_equals_total AFTER INSERT ON pledges
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_pledge_sums();
CREATE CONSTRAINT TRIGGER pledge_units_equal_total AFTER INSERT ON pledge_units
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_pledge_sums();
CREATE CONSTRAINT TRIGGER instalments_equal_split AFTER INSERT ON instalments
    DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION check_pledge_sums();

-- What was pledged stays as it was pledged; only what happens to it afterwards may be noted.
CREATE FUNCTION refuse_restatement() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse(TG_TABLE_NAME || '_terms_fixed',
        format('the terms of %s are fixed once recorded', TG_TABLE_NAME));
    RETURN NULL;
END
$$;

CREATE TRIGGER pledges_terms_fixed
    BEFORE UPDATE OF id, reference, donor, recipient, purpose, functional_unit, total, created_at
    ON pledges FOR EACH STATEMENT EXECUTE FUNCTION refuse_restatement();
CREATE TRIGGER instalments_terms_fixed
    BEFORE UPDATE OF pledge_id, id, reference, position, unit, amount, due_date, condition
    ON instalments FOR EACH STATEMENT EXECUTE FUNCTION refuse_restatement();
CREATE TRIGGER pledges_append_only BEFORE DELETE OR TRUNCATE ON pledges
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pledge_units_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pledge_units
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER pledge_markets_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON pledge_markets
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER instalments_append_only BEFORE DELETE OR TRUNCATE ON instalments
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON pledges, pledge_units, pledge_markets, instalments TO almoner_service;
GRANT INSERT (id, reference, donor, recipient, purpose, functional_unit, total, created_at)
    ON pledges TO almoner_service;
GRANT UPDATE (state, agreed_on) ON pledges TO almoner_service;
GRANT INSERT ON pledge_units, pledge_markets, instalments TO almoner_service;
GRANT UPDATE (condition_met_on, condition_document_uri, condition_document_sha256,
              received, written_off) ON instalments TO almoner_service;
