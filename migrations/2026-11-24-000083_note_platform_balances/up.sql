-- What a platform's own screen said was left in an ad account at the end of a day. Nothing is posted
-- by it; the ledger is compared with it. Of several for a day the last one recorded counts.
CREATE TABLE platform_balances (
    pledge_id uuid NOT NULL,
    id uuid NOT NULL,
    ad_account_id uuid NOT NULL,
    as_of date NOT NULL,
    amount bigint NOT NULL,
    document_uri text NOT NULL,
    document_sha256 text NOT NULL,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT platform_balances_pkey PRIMARY KEY (pledge_id, id),
    CONSTRAINT platform_balances_amount_not_negative CHECK (amount >= 0),
    CONSTRAINT platform_balances_actor_stated CHECK (actor <> ''),
    CONSTRAINT platform_balances_of_ad_account
        FOREIGN KEY (pledge_id, ad_account_id) REFERENCES ad_accounts (pledge_id, id)
);

CREATE INDEX platform_balances_by_day
    ON platform_balances (pledge_id, ad_account_id, as_of, recorded_at);

CREATE TRIGGER platform_balances_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON platform_balances FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON platform_balances TO almoner_service;
