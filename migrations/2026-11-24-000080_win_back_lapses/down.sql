DROP VIEW lot_figures;
CREATE VIEW lot_figures AS
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
        ORDER BY last.journal DESC LIMIT 1) AS ended_by
FROM lots l
CROSS JOIN LATERAL (
    SELECT coalesce(sum(debits - credits) FILTER (WHERE code = '1310'), 0)::bigint AS in_pool,
           coalesce(sum(debits - credits) FILTER (WHERE code = '1320'), 0)::bigint AS placed,
           coalesce(sum(held), 0)::bigint AS held
    FROM accounts WHERE pledge_id = l.pledge_id AND lot_id = l.id) AS has
CROSS JOIN LATERAL (
    SELECT coalesce(sum(CASE WHEN a.number = t.debit_account THEN net ELSE -net END)
                        FILTER (WHERE j.kind <> 'revocation'), 0)::bigint AS lapsed,
           coalesce(sum(net) FILTER (WHERE j.kind = 'revocation'), 0)::bigint AS revoked
    FROM journals j
    JOIN transfers t ON t.pledge_id = j.pledge_id AND t.journal = j.number
    JOIN accounts a ON a.pledge_id = t.pledge_id AND a.code = '5910'
                   AND a.number IN (t.debit_account, t.credit_account)
    CROSS JOIN LATERAL (
        SELECT t.amount - reversed_of(t.pledge_id, t.journal, t.line) AS net) AS left_of
    WHERE j.pledge_id = l.pledge_id AND j.subject = l.id
      AND j.kind IN ('expiry', 'revocation', 'expiry-correction')) AS lost;
GRANT SELECT ON lot_figures TO almoner_service;
DROP TRIGGER journals_win_back ON journals;
DROP FUNCTION check_win_back;
ALTER TABLE journals
    DROP CONSTRAINT journals_reversal_stated,
    ADD CONSTRAINT journals_reversal_stated CHECK ((kind = 'reversal') = (reverses IS NOT NULL));
DO $do$
DECLARE
    body text := pg_get_functiondef('check_reversal()'::regprocedure);
    own text := $own$    IF NEW.kind = 'reversal' AND (NEW.reason IS NULL OR origin.kind <> 'revaluation'
        AND (NEW.document_uri IS NULL OR NEW.document_sha256 IS NULL))
    THEN$own$;
BEGIN
    EXECUTE replace(body, own, $old$    IF NEW.reason IS NULL OR origin.kind <> 'revaluation'
        AND (NEW.document_uri IS NULL OR NEW.document_sha256 IS NULL)
    THEN$old$);
END
$do$;
