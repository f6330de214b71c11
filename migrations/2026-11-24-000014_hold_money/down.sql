DROP TRIGGER pledges_kept_by_transfers ON pledges;
CREATE TRIGGER pledges_kept_by_transfers
    BEFORE UPDATE OF journals, transferred, last_recorded_at ON pledges
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();
DROP TABLE holds;
DROP FUNCTION carry_hold();

CREATE OR REPLACE FUNCTION open_account_empty() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.debits <> 0 OR NEW.credits <> 0 OR NEW.entries <> 0 OR NEW.last_day IS NOT NULL THEN
        PERFORM refuse('accounts_open_empty', 'an account opens with nothing in it');
    END IF;
    RETURN NEW;
END
$$;

ALTER TABLE pledges DROP COLUMN hold_changes;
ALTER TABLE accounts
    DROP CONSTRAINT accounts_no_overdraft,
    DROP COLUMN held,
    ADD CONSTRAINT accounts_no_overdraft CHECK (
        may_overdraw OR CASE normal_side WHEN 'debit' THEN debits >= credits
                                         ELSE credits >= debits END);
