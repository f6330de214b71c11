-- What one currency was worth in another: so many of `quote` for one of `base`, by whose word, on
-- which day. Only ever added to.
CREATE TABLE exchange_rates (
    id uuid NOT NULL,
    base text NOT NULL,
    quote text NOT NULL,
    day date NOT NULL,
    rate_e8 bigint NOT NULL, -- in hundred-millionths: 150.25 is 15025000000
    source text NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    CONSTRAINT exchange_rates_pkey PRIMARY KEY (id),
    CONSTRAINT exchange_rates_one_a_day UNIQUE (base, quote, day, source),
    CONSTRAINT exchange_rates_two_currencies CHECK (base <> quote),
    CONSTRAINT exchange_rates_in_cash CHECK (base NOT LIKE 'ADC:%' AND quote NOT LIKE 'ADC:%'),
    CONSTRAINT exchange_rates_rate_positive CHECK (rate_e8 > 0),
    CONSTRAINT exchange_rates_source_stated CHECK (source <> ''),
    CONSTRAINT exchange_rates_base_exists FOREIGN KEY (base) REFERENCES units (code),
    CONSTRAINT exchange_rates_quote_exists FOREIGN KEY (quote) REFERENCES units (code)
);

CREATE TRIGGER exchange_rates_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON exchange_rates
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON exchange_rates TO almoner_service;
