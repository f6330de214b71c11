-- An advertiser's account at a platform: where credits are placed and campaigns run. Currency,
-- region and time zone can't be changed at the platform, so they can't be changed here.
CREATE TABLE ad_accounts (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    platform text NOT NULL,
    reference text NOT NULL,
    name text NOT NULL,
    unit text NOT NULL,
    market text NOT NULL,
    time_zone text NOT NULL,
    opened_on date NOT NULL,
    CONSTRAINT ad_accounts_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT ad_accounts_id_unique UNIQUE (id),
    CONSTRAINT ad_accounts_reference_unique UNIQUE (pledge_id, platform, reference),
    CONSTRAINT ad_accounts_id_and_unit UNIQUE (pledge_id, id, unit),
    -- The unit is the platform's credits in the account's currency: others can't be placed here.
    CONSTRAINT ad_accounts_unit_of_platform
        CHECK (split_part(unit, ':', 1) = 'ADC' AND split_part(unit, ':', 2) = platform),
    CONSTRAINT ad_accounts_time_zone_stated CHECK (time_zone <> ''),
    CONSTRAINT ad_accounts_unit_of_pledge
        FOREIGN KEY (pledge_id, unit) REFERENCES pledge_units (pledge_id, unit),
    CONSTRAINT ad_accounts_market_of_pledge
        FOREIGN KEY (pledge_id, market) REFERENCES pledge_markets (pledge_id, market)
);

CREATE TRIGGER ad_accounts_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON ad_accounts
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON ad_accounts TO almoner_service;
