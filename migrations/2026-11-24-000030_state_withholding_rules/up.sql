-- What is withheld from what creators are owed: a rate by the payer's country, the creator's, and
-- what is paid for, from a day on. Rules are only ever added; a later one takes the place of an
-- earlier one from its day on, and one of nothing ends it. Without a rule nothing is withheld.
CREATE TABLE withholding_rules (
    id uuid NOT NULL,
    payer_country text NOT NULL,
    payee_country text NOT NULL,
    payment_kind text NOT NULL,
    valid_from date NOT NULL,
    rate_ppm integer NOT NULL, -- parts per million: 20.42 percent is 204200
    legal_reference text NOT NULL,
    stated_by text NOT NULL,
    stated_at timestamptz NOT NULL,
    CONSTRAINT withholding_rules_pkey PRIMARY KEY (id),
    CONSTRAINT withholding_rules_one_a_day
        UNIQUE (payer_country, payee_country, payment_kind, valid_from),
    CONSTRAINT withholding_rules_payer_country CHECK (payer_country ~ '^[A-Z]{2}$'),
    CONSTRAINT withholding_rules_payee_country_exists
        FOREIGN KEY (payee_country) REFERENCES markets (code),
    CONSTRAINT withholding_rules_payment_kind
        CHECK (payment_kind IN ('service', 'royalty', 'other')),
    CONSTRAINT withholding_rules_rate_is_a_part CHECK (rate_ppm BETWEEN 0 AND 1000000),
    CONSTRAINT withholding_rules_law_stated CHECK (legal_reference <> '')
);

CREATE TRIGGER withholding_rules_append_only
    BEFORE UPDATE OR DELETE OR TRUNCATE ON withholding_rules
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON withholding_rules TO almoner_service;
