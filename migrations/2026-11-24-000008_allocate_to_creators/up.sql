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

CREATE TRIGGER allocations_terms_fixed
    BEFORE UPDATE OF pledge_id, id, creator_id, market, unit, amount, effective_date, note
    ON allocations FOR EACH STATEMENT EXECUTE FUNCTION refuse_restatement();
CREATE TRIGGER allocations_append_only BEFORE DELETE OR TRUNCATE ON allocations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON allocations TO almoner_service;
GRANT UPDATE (released) ON allocations TO almoner_service;
