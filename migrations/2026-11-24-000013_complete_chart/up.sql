-- The rest of the chart: where money is on its way out, and what it went for. Two codes are kept by
-- market where a market lost and without one where nobody had it yet, so what a code may be kept by
-- gets a table of its own; o obligation, a ad account and p platform join the letters.
CREATE TABLE chart_dimensions (
    code text NOT NULL,
    dimensions text NOT NULL,
    CONSTRAINT chart_dimensions_pkey PRIMARY KEY (code, dimensions),
    CONSTRAINT chart_dimensions_code_exists FOREIGN KEY (code) REFERENCES chart (code)
);

INSERT INTO chart_dimensions (code, dimensions) SELECT code, dimensions FROM chart;

ALTER TABLE accounts
    DROP CONSTRAINT accounts_rules_of_chart,
    DROP CONSTRAINT accounts_address_unique,
    DROP CONSTRAINT accounts_unit_of_pledge,
    DROP COLUMN dimensions,
    DROP COLUMN address,
    ADD COLUMN obligation_id uuid,
    ADD COLUMN ad_account_id uuid,
    ADD COLUMN platform text;
ALTER TABLE chart DROP CONSTRAINT chart_rules, DROP COLUMN dimensions,
    ADD CONSTRAINT chart_rules UNIQUE (code, normal_side, may_overdraw);

INSERT INTO chart (code, name, normal_side, may_overdraw) VALUES
    ('1320', 'Ad credits placed in an ad account', 'debit', false),
    ('1400', 'Advances, not yet liquidated', 'debit', false),
    ('1420', 'Recoverable', 'debit', false),
    ('1900', 'Suspense', 'debit', true),
    ('1950', 'Currency clearing', 'debit', true),
    ('2110', 'Payable to the platform', 'credit', false),
    ('2120', 'Payable to a creator', 'credit', false),
    ('2210', 'Tax withheld, to remit', 'credit', false),
    ('2400', 'Due to the donor', 'credit', false),
    ('3140', 'Purse: obligated, cash', 'credit', false),
    ('3150', 'Purse: reserve for fees and exchange differences', 'credit', false),
    ('3170', 'Purse: pending recovery', 'credit', false),
    ('3240', 'Purse: obligated, credits', 'credit', false),
    ('4920', 'Restriction released, in kind', 'credit', false),
    ('4930', 'Restriction released, lapsed', 'credit', false),
    ('5110', 'Cost: creators', 'debit', false),
    ('5210', 'Cost: advertising in kind', 'debit', false),
    ('5220', 'Cost: ad overspill in cash', 'debit', false),
    ('5230', 'Cost: tax on ad spend', 'debit', false),
    ('5310', 'Cost: programme support', 'debit', false),
    ('5910', 'Loss: credits expired or revoked', 'debit', false),
    ('5920', 'Loss: pledge written off', 'debit', false),
    ('5930', 'Loss: bad debt', 'debit', false),
    ('7100', 'Exchange difference, realised', 'debit', true),
    ('7200', 'Exchange difference, unrealised', 'debit', true);

INSERT INTO chart_dimensions (code, dimensions) VALUES
    ('1320', 'la'), ('1400', 'mc'), ('1420', 'mc'), ('1900', ''), ('1950', ''), ('2110', 'p'),
    ('2120', 'mc'), ('2210', 'm'), ('2400', ''), ('3140', 'mco'), ('3150', ''), ('3170', ''),
    ('3240', 'mco'), ('4920', ''), ('4930', ''), ('5110', 'm'), ('5210', 'm'), ('5220', 'm'),
    ('5230', 'm'), ('5310', ''), ('5910', ''), ('5910', 'm'), ('5920', ''), ('5930', ''), ('7100', ''),
    ('7200', '');

INSERT INTO chart_unit_kinds (code, kind) VALUES
    ('1320', 'credits'), ('1400', 'cash'), ('1420', 'cash'), ('1900', 'cash'), ('1900', 'credits'),
    ('1950', 'cash'), ('2110', 'cash'), ('2120', 'cash'), ('2210', 'cash'), ('2400', 'cash'),
    ('3140', 'cash'), ('3150', 'cash'), ('3170', 'cash'), ('3240', 'credits'), ('4920', 'credits'),
    ('4930', 'cash'), ('4930', 'credits'), ('5110', 'cash'), ('5210', 'credits'), ('5220', 'cash'),
    ('5230', 'cash'), ('5310', 'cash'), ('5910', 'credits'), ('5920', 'cash'), ('5920', 'credits'), ('5930', 'cash'),
    ('7100', 'cash'), ('7200', 'cash');

ALTER TABLE accounts
    ADD COLUMN dimensions text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN market IS NULL THEN '' ELSE 'm' END ||
        CASE WHEN creator_id IS NULL THEN '' ELSE 'c' END ||
        CASE WHEN instalment_id IS NULL THEN '' ELSE 'i' END ||
        CASE WHEN lot_id IS NULL THEN '' ELSE 'l' END ||
        CASE WHEN obligation_id IS NULL THEN '' ELSE 'o' END ||
        CASE WHEN ad_account_id IS NULL THEN '' ELSE 'a' END ||
        CASE WHEN platform IS NULL THEN '' ELSE 'p' END) STORED,
    -- What the account is kept by, in one word: its natural key within the pledge.
    ADD COLUMN address text NOT NULL GENERATED ALWAYS AS (
        code || ' ' || unit || coalesce(' ' || market, '') || coalesce(' ' || creator_id::text, '')
        || coalesce(' ' || instalment_id::text, '') || coalesce(' ' || lot_id::text, '')
        || coalesce(' ' || obligation_id::text, '') || coalesce(' ' || ad_account_id::text, '')
        || coalesce(' ' || platform, '')) STORED,
    -- Creators are paid, and taxes withheld, in the market's currency, whatever was pledged.
    ADD COLUMN pledged_unit text GENERATED ALWAYS AS (
        CASE WHEN code IN ('1950', '2120', '2210') THEN NULL ELSE unit END) STORED,
    -- The pledge comes second here alone. With it first, a plan made while there were few accounts
    -- may find an account of a number by this key, going through every account of the pledge.
    ADD CONSTRAINT accounts_address_unique UNIQUE (address, pledge_id),
    ADD CONSTRAINT accounts_rules_of_chart FOREIGN KEY (code, normal_side, may_overdraw)
        REFERENCES chart (code, normal_side, may_overdraw),
    ADD CONSTRAINT accounts_dimensions_of_chart FOREIGN KEY (code, dimensions)
        REFERENCES chart_dimensions (code, dimensions),
    ADD CONSTRAINT accounts_unit_of_pledge
        FOREIGN KEY (pledge_id, pledged_unit) REFERENCES pledge_units (pledge_id, unit),
    ADD CONSTRAINT accounts_terms_of_obligation
        FOREIGN KEY (pledge_id, obligation_id, unit, creator_id, market)
        REFERENCES obligations (pledge_id, id, unit, creator_id, market),
    ADD CONSTRAINT accounts_unit_of_ad_account FOREIGN KEY (pledge_id, ad_account_id, unit)
        REFERENCES ad_accounts (pledge_id, id, unit);

CREATE INDEX accounts_of_obligations ON accounts (pledge_id, obligation_id)
    WHERE obligation_id IS NOT NULL;

CREATE TRIGGER chart_dimensions_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON chart_dimensions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT ON chart_dimensions TO almoner_service;
GRANT INSERT (obligation_id, ad_account_id, platform) ON accounts TO almoner_service;
