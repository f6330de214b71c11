-- Spend that was in time and reported late wins back what lapsed meanwhile: by a journal that takes
-- part of an expiry back, line by line, as a reversal does. So what is left of the expiry to reverse
-- counts what was won back, and neither can exceed it.
ALTER TABLE journals
    DROP CONSTRAINT journals_reversal_stated,
    ADD CONSTRAINT journals_reversal_stated CHECK (
        (kind IN ('reversal', 'expiry-correction')) = (reverses IS NOT NULL));

-- It rests on the report of spend, not on a document.
DO $do$
DECLARE
    body text := pg_get_functiondef('check_reversal()'::regprocedure);
    every text := $every$    IF NEW.reason IS NULL OR origin.kind <> 'revaluation'
        AND (NEW.document_uri IS NULL OR NEW.document_sha256 IS NULL)
    THEN$every$;
BEGIN
    IF position(every IN body) = 0 THEN
        RAISE EXCEPTION 'check_reversal() is not as it was made';
    END IF;
    EXECUTE replace(body, every, $new$    IF NEW.kind = 'reversal' AND (NEW.reason IS NULL OR origin.kind <> 'revaluation'
        AND (NEW.document_uri IS NULL OR NEW.document_sha256 IS NULL))
    THEN$new$);
END
$do$;

CREATE FUNCTION check_win_back() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
DECLARE
    target journals;
BEGIN
    SELECT * INTO target FROM journals
    WHERE pledge_id = NEW.pledge_id AND number = NEW.reverses;
    IF NEW.kind = 'expiry-correction'
        AND (target.kind, target.subject, target.effective_date)
            IS DISTINCT FROM ('expiry', NEW.subject, NEW.effective_date)
    THEN
        PERFORM refuse('journals_win_back_of_lapse',
            'what is won back lapsed of that lot, and counts from the day it lapsed');
    END IF;
    IF NEW.kind = 'reversal' AND target.kind = 'expiry-correction' THEN
        PERFORM refuse('journals_reversible',
            'what spend won back isn''t reversed; a later report of the spend gives it back');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER journals_win_back AFTER INSERT ON journals
    FOR EACH ROW WHEN (NEW.reverses IS NOT NULL) EXECUTE FUNCTION check_win_back();

-- What was won back of an expiry is taken back of it, so it isn't counted a second time by itself.
CREATE OR REPLACE VIEW lot_figures AS
SELECT l.pledge_id, l.id,
       ARRAY(SELECT m.market FROM lot_markets m
             WHERE m.pledge_id = l.pledge_id AND m.lot_id = l.id ORDER BY m.position) AS markets,
       ARRAY(SELECT c.campaign FROM lot_campaigns c
             WHERE c.pledge_id = l.pledge_id AND c.lot_id = l.id ORDER BY c.position) AS campaigns,
       has.in_pool, has.placed, has.held, lost.lapsed, lost.revoked,
       (SELECT last.kind
        FROM accounts a
        CROSS JOIN LATERAL (
            SELECT t.journal, j.kind
            FROM transfers t JOIN journals j ON j.pledge_id = t.pledge_id AND j.number = t.journal
            WHERE t.pledge_id = a.pledge_id AND t.credit_account = a.number
              AND j.kind <> 'placement'
            ORDER BY t.credit_seq DESC LIMIT 1) AS last
        WHERE a.pledge_id = l.pledge_id AND a.lot_id = l.id
        ORDER BY last.journal DESC LIMIT 1) AS ended_by,
       lost.has_lapsed
FROM lots l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(debits - credits) FILTER (WHERE code = '1310'), 0)::bigint AS in_pool,
           coalesce(sum(debits - credits) FILTER (WHERE code = '1320'), 0)::bigint AS placed,
           coalesce(sum(held), 0)::bigint AS held
    FROM accounts WHERE pledge_id = l.pledge_id AND lot_id = l.id) AS has
CROSS JOIN LATERAL (
    SELECT coalesce(sum(net) FILTER (WHERE j.kind = 'expiry'), 0)::bigint AS lapsed,
           coalesce(sum(net) FILTER (WHERE j.kind = 'revocation'), 0)::bigint AS revoked,
           coalesce(bool_or(j.kind = 'expiry'), false) AS has_lapsed
    FROM journals j
    JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
    JOIN accounts a ON a.pledge_id = t.pledge_id AND a.code = '5910'
                   AND a.number = t.debit_account
    CROSS JOIN LATERAL (
        SELECT t.amount - reversed_of(t.pledge_id, t.journal, t.line) AS net) AS left_of
    WHERE j.pledge_id = l.pledge_id AND j.subject = l.id
      AND j.kind IN ('expiry', 'revocation')) AS lost;
