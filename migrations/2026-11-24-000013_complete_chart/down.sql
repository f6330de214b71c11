-- Only as long as no account of the rest of the chart was opened.
DROP INDEX accounts_of_obligations;
ALTER TABLE accounts
    DROP CONSTRAINT accounts_rules_of_chart,
    DROP CONSTRAINT accounts_dimensions_of_chart,
    DROP CONSTRAINT accounts_address_unique,
    DROP CONSTRAINT accounts_unit_of_pledge,
    DROP CONSTRAINT accounts_terms_of_obligation,
    DROP CONSTRAINT accounts_unit_of_ad_account,
    DROP COLUMN dimensions,
    DROP COLUMN address,
    DROP COLUMN pledged_unit,
    DROP COLUMN obligation_id,
    DROP COLUMN ad_account_id,
    DROP COLUMN platform;

ALTER TABLE chart ADD COLUMN dimensions text NOT NULL DEFAULT '';
ALTER TABLE chart DISABLE TRIGGER chart_append_only;
ALTER TABLE chart_unit_kinds DISABLE TRIGGER chart_unit_kinds_append_only;
DELETE FROM chart_unit_kinds WHERE code IN (
    '1320', '1400', '1420', '1900', '1950', '2110', '2120', '2210', '2400', '3140', '3150', '3170',
    '3240', '4920', '4930', '5110', '5210', '5220', '5230', '5310', '5910', '5920', '5930', '7100', '7200');
UPDATE chart c SET dimensions = d.dimensions FROM chart_dimensions d
WHERE d.code = c.code AND EXISTS (SELECT FROM chart_unit_kinds k WHERE k.code = c.code);
DROP TABLE chart_dimensions;
DELETE FROM chart c WHERE NOT EXISTS (SELECT FROM chart_unit_kinds k WHERE k.code = c.code);
ALTER TABLE chart ENABLE TRIGGER chart_append_only;
ALTER TABLE chart_unit_kinds ENABLE TRIGGER chart_unit_kinds_append_only;
ALTER TABLE chart ALTER COLUMN dimensions DROP DEFAULT,
    DROP CONSTRAINT chart_rules,
    ADD CONSTRAINT chart_rules UNIQUE (code, normal_side, may_overdraw, dimensions);

ALTER TABLE accounts
    ADD COLUMN dimensions text NOT NULL GENERATED ALWAYS AS (
        CASE WHEN market IS NULL THEN '' ELSE 'm' END ||
        CASE WHEN creator_id IS NULL THEN '' ELSE 'c' END ||
        CASE WHEN instalment_id IS NULL THEN '' ELSE 'i' END ||
        CASE WHEN lot_id IS NULL THEN '' ELSE 'l' END) STORED,
    ADD COLUMN address text NOT NULL GENERATED ALWAYS AS (
        code || ' ' || unit || coalesce(' ' || market, '') || coalesce(' ' || creator_id::text, '')
        || coalesce(' ' || instalment_id::text, '') || coalesce(' ' || lot_id::text, '')) STORED,
    ADD CONSTRAINT accounts_address_unique UNIQUE (address, pledge_id),
    ADD CONSTRAINT accounts_rules_of_chart FOREIGN KEY (code, normal_side, may_overdraw, dimensions)
        REFERENCES chart (code, normal_side, may_overdraw, dimensions),
    ADD CONSTRAINT accounts_unit_of_pledge
        FOREIGN KEY (pledge_id, unit) REFERENCES pledge_units (pledge_id, unit);
