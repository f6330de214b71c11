-- Credits lapse of a lot, once its last day has ended; they are revoked for a reason, on a document.
ALTER TABLE journals ADD CONSTRAINT journals_revocation_documented CHECK (
    kind <> 'revocation' OR (reason IS NOT NULL AND document_uri IS NOT NULL
                             AND document_sha256 IS NOT NULL));

CREATE FUNCTION check_lapse() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    last_day date := lot_ends(NEW.pledge_id, NEW.subject);
BEGIN
    IF last_day IS NULL THEN
        PERFORM refuse('journals_lapse_of_lot', 'what lapses or is revoked is a lot''s');
    END IF;
    IF NEW.kind = 'expiry' AND NEW.effective_date <= last_day THEN
        PERFORM refuse('journals_lapse_after_end', 'a lot lapses after its last day');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER journals_lapse AFTER INSERT ON journals
    FOR EACH ROW WHEN (NEW.kind IN ('expiry', 'revocation')) EXECUTE FUNCTION check_lapse();
