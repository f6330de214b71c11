-- A unit is what is counted: a currency (ISO 4217, its own minor digits) or the ad credits of one
-- platform in one currency of denomination. Amounts are whole numbers of the unit's minor digit.
CREATE TABLE units (
    code text NOT NULL,
    kind text NOT NULL,
    minor_digits smallint NOT NULL,
    currency text NOT NULL,
    platform text,
    name text NOT NULL,
    CONSTRAINT units_pkey PRIMARY KEY (code),
    CONSTRAINT units_kind CHECK (kind IN ('cash', 'credits')),
    CONSTRAINT units_minor_digits CHECK (minor_digits BETWEEN 0 AND 4),
    CONSTRAINT units_code_shape CHECK (
        CASE kind
            WHEN 'cash' THEN platform IS NULL AND code = currency AND code ~ '^[A-Z]{3}$'
            ELSE platform ~ '^[A-Z]{2,16}$' AND code = 'ADC:' || platform || ':' || currency
        END),
    CONSTRAINT units_code_and_kind UNIQUE (code, kind),
    CONSTRAINT units_code_and_digits UNIQUE (code, minor_digits),
    -- Credits count in the minor digits of their currency of denomination.
    CONSTRAINT units_digits_of_currency
        FOREIGN KEY (currency, minor_digits) REFERENCES units (code, minor_digits)
);

CREATE TABLE markets (
    code text NOT NULL,
    name text NOT NULL,
    currency text NOT NULL,
    CONSTRAINT markets_pkey PRIMARY KEY (code),
    CONSTRAINT markets_code_shape CHECK (code ~ '^[A-Z]{2}$'),
    CONSTRAINT markets_currency_known FOREIGN KEY (currency) REFERENCES units (code)
);

CREATE TRIGGER units_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON units
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- ISO 4217, list one, as of 2026: the currencies of the markets and those donors commonly pledge in.
INSERT INTO units (code, kind, minor_digits, currency, name) VALUES
    ('AED', 'cash', 2, 'AED', 'UAE dirham'),
    ('AUD', 'cash', 2, 'AUD', 'Australian dollar'),
    ('BRL', 'cash', 2, 'BRL', 'Brazilian real'),
    ('CAD', 'cash', 2, 'CAD', 'Canadian dollar'),
    ('CHF', 'cash', 2, 'CHF', 'Swiss franc'),
    ('CNY', 'cash', 2, 'CNY', 'Yuan renminbi'),
    ('DKK', 'cash', 2, 'DKK', 'Danish krone'),
    ('EUR', 'cash', 2, 'EUR', 'Euro'),
    ('GBP', 'cash', 2, 'GBP', 'Pound sterling'),
    ('IDR', 'cash', 2, 'IDR', 'Rupiah'),
    ('INR', 'cash', 2, 'INR', 'Indian rupee'),
    ('JPY', 'cash', 0, 'JPY', 'Yen'),
    ('KES', 'cash', 2, 'KES', 'Kenyan shilling'),
    ('KRW', 'cash', 0, 'KRW', 'Won'),
    ('KWD', 'cash', 3, 'KWD', 'Kuwaiti dinar'),
    ('MXN', 'cash', 2, 'MXN', 'Mexican peso'),
    ('NGN', 'cash', 2, 'NGN', 'Naira'),
    ('NOK', 'cash', 2, 'NOK', 'Norwegian krone'),
    ('SEK', 'cash', 2, 'SEK', 'Swedish krona'),
    ('SGD', 'cash', 2, 'SGD', 'Singapore dollar'),
    ('USD', 'cash', 2, 'USD', 'US dollar'),
    ('ZAR', 'cash', 2, 'ZAR', 'Rand');

INSERT INTO units (code, kind, minor_digits, currency, platform, name)
SELECT 'ADC:' || upper(p.name) || ':' || u.code, 'credits', u.minor_digits, u.code, upper(p.name),
       p.name || ' ad credits in ' || u.name
FROM units u, (VALUES ('TikTok'), ('Meta'), ('Google')) AS p (name)
WHERE u.kind = 'cash' AND u.code IN ('USD', 'EUR', 'GBP', 'JPY', 'KRW', 'IDR', 'MXN', 'BRL');

INSERT INTO markets (code, name, currency) VALUES
    ('US', 'United States', 'USD'),
    ('GB', 'United Kingdom', 'GBP'),
    ('FR', 'France', 'EUR'),
    ('JP', 'Japan', 'JPY'),
    ('KR', 'Korea, Republic of', 'KRW'),
    ('ID', 'Indonesia', 'IDR'),
    ('MX', 'Mexico', 'MXN'),
    ('BR', 'Brazil', 'BRL');

GRANT SELECT ON units, markets TO almoner_service;
