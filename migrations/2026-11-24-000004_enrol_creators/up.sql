CREATE TABLE creators (
    id uuid NOT NULL,
    reference text NOT NULL,
    name text NOT NULL,
    market text NOT NULL,
    enrolled_at timestamptz NOT NULL,
    CONSTRAINT creators_pkey PRIMARY KEY (id),
    CONSTRAINT creators_reference_unique UNIQUE (reference),
    CONSTRAINT creators_name_stated CHECK (name <> ''),
    CONSTRAINT creators_market_known FOREIGN KEY (market) REFERENCES markets (code),
    CONSTRAINT creators_id_and_market UNIQUE (id, market)
);

-- Lists page through a market's creators in the order of enrolment.
CREATE INDEX creators_by_market ON creators (market, id);

CREATE TRIGGER creators_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON creators
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON creators TO almoner_service;
