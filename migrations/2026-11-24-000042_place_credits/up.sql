-- The lots placed in an ad account are found by it.
CREATE INDEX accounts_of_ad_accounts ON accounts (pledge_id, ad_account_id)
    WHERE ad_account_id IS NOT NULL;

-- A lot is placed while it lives: a placement is about a lot of its pledge.
CREATE FUNCTION check_placement() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NOT EXISTS (
        SELECT FROM lots
        WHERE pledge_id = NEW.pledge_id AND id = NEW.subject
          AND NEW.effective_date <= lot_ends(pledge_id, id))
    THEN
        PERFORM refuse('journals_placement_within_life',
            'credits are placed out of a lot of the pledge, by its last day');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER journals_placement AFTER INSERT ON journals
    FOR EACH ROW WHEN (NEW.kind = 'placement') EXECUTE FUNCTION check_placement();
