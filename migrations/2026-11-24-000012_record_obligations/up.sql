-- What part of a creator's allocation is bound by: a contract with the creator, in cash, or a
-- campaign for it, in credits. The terms alone; what is still bound is in the obligation's purse
-- (3140, 3240), and the journal that bound it bears the obligation's id.
CREATE TABLE obligations (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    kind text NOT NULL,
    reference text NOT NULL,
    unit text NOT NULL,
    amount bigint NOT NULL,
    creator_id uuid NOT NULL,
    market text NOT NULL,
    deliverables text,
    starts_on date NOT NULL,
    ends_on date NOT NULL,
    ad_account_id uuid,
    campaign text,
    code_expires_on date,
    document_uri text,
    document_sha256 text,
    CONSTRAINT obligations_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT obligations_id_unique UNIQUE (id),
    CONSTRAINT obligations_reference_unique UNIQUE (pledge_id, reference),
    -- One campaign of an ad account is paid from one reservation.
    CONSTRAINT obligations_campaign_unique UNIQUE (pledge_id, ad_account_id, campaign),
    CONSTRAINT obligations_terms UNIQUE (pledge_id, id, unit, creator_id, market),
    CONSTRAINT obligations_kind CHECK (kind IN ('contract', 'campaign')),
    CONSTRAINT obligations_amount_positive CHECK (amount > 0),
    CONSTRAINT obligations_start_before_end CHECK (starts_on <= ends_on),
    -- A campaign runs in an ad account, on its credits; a contract is in cash and runs in none.
    CONSTRAINT obligations_campaign_stated CHECK (CASE kind
        WHEN 'campaign' THEN ad_account_id IS NOT NULL AND campaign IS NOT NULL
        ELSE ad_account_id IS NULL AND campaign IS NULL AND code_expires_on IS NULL
             AND unit NOT LIKE 'ADC:%' END),
    CONSTRAINT obligations_unit_of_pledge
        FOREIGN KEY (pledge_id, unit) REFERENCES pledge_units (pledge_id, unit),
    CONSTRAINT obligations_creator_of_market
        FOREIGN KEY (creator_id, market) REFERENCES creators (id, market),
    CONSTRAINT obligations_unit_of_ad_account FOREIGN KEY (pledge_id, ad_account_id, unit)
        REFERENCES ad_accounts (pledge_id, id, unit)
);

CREATE INDEX obligations_by_creator ON obligations (pledge_id, creator_id);

CREATE TRIGGER obligations_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON obligations
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON obligations TO almoner_service;
