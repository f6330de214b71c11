-- Money set aside on an account for something that isn't posted yet: a payout on its way, spend
-- that isn't final. It stays on the account and nothing else can take it. A hold is for one subject
-- on one account and says how much is held for it now: nothing, once it was used or let go.
CREATE TABLE holds (
    pledge_id uuid NOT NULL,
    subject uuid NOT NULL,
    account integer NOT NULL,
    amount bigint NOT NULL,
    expires_on date,
    CONSTRAINT holds_pkey PRIMARY KEY (pledge_id, subject, account),
    CONSTRAINT holds_amount_not_negative CHECK (amount >= 0)
);

-- Holds that may have run out.
CREATE INDEX holds_expiring ON holds (expires_on) WHERE amount > 0 AND expires_on IS NOT NULL;

ALTER TABLE accounts
    ADD COLUMN held bigint NOT NULL DEFAULT 0,
    DROP CONSTRAINT accounts_no_overdraft,
    ADD CONSTRAINT accounts_no_overdraft CHECK (
        may_overdraw OR CASE normal_side WHEN 'debit' THEN debits - credits >= held
                                         ELSE credits - debits >= held END);

-- How often holds were changed: with the number of journals, the version of a pledge's accounts.
ALTER TABLE pledges ADD COLUMN hold_changes bigint NOT NULL DEFAULT 0;

CREATE OR REPLACE FUNCTION open_account_empty() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.entries <> 0 OR NEW.last_day IS NOT NULL
        OR NEW.held <> 0
    THEN
        PERFORM refuse('accounts_open_empty', 'an account opens with nothing in it');
    END IF;
    RETURN NEW;
END
$$;

-- Carries an account's held figure with its holds. Nothing else writes it.
CREATE FUNCTION carry_hold() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    before bigint := 0;
BEGIN
    IF TG_OP = 'UPDATE' THEN
        before := OLD.amount;
    END IF;
    UPDATE accounts SET held = held + NEW.amount - before
    WHERE pledge_id = NEW.pledge_id AND number = NEW.account AND NOT may_overdraw;
    IF NOT FOUND THEN
        PERFORM refuse('holds_on_bounded_account',
            'money is held on an account that may not go against its side');
    END IF;
    UPDATE pledges SET hold_changes = hold_changes + 1 WHERE id = NEW.pledge_id;
    RETURN NULL;
END
$$;

CREATE TRIGGER holds_carry AFTER INSERT OR UPDATE ON holds
    FOR EACH ROW EXECUTE FUNCTION carry_hold();
CREATE TRIGGER holds_terms_fixed BEFORE UPDATE OF pledge_id, subject, account ON holds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_restatement();
CREATE TRIGGER holds_append_only BEFORE DELETE OR TRUNCATE ON holds
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DROP TRIGGER pledges_kept_by_transfers ON pledges;
CREATE TRIGGER pledges_kept_by_transfers
    BEFORE UPDATE OF journals, transferred, last_recorded_at, hold_changes ON pledges
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();

GRANT SELECT, INSERT ON holds TO almoner_service;
GRANT UPDATE (amount, expires_on) ON holds TO almoner_service;
