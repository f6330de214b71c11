ALTER TABLE jobs DISABLE TRIGGER jobs_append_only;
DELETE FROM jobs WHERE name = 'revaluation';
ALTER TABLE jobs ENABLE TRIGGER jobs_append_only;
DROP TRIGGER journals_revaluation_ends ON journals;
DROP FUNCTION check_revaluation_ends();
DO $do$
DECLARE
    body text := pg_get_functiondef('check_reversal()'::regprocedure);
    first text := '    IF NEW.reason IS NULL OR origin.kind';
    place text := $place$    IF origin.kind IN ('placement',$place$;
BEGIN
    EXECUTE left(body, position(first IN body) - 1) || substr(body, position(place IN body));
END
$do$;
ALTER TABLE journals ADD CONSTRAINT journals_reversal_documented CHECK (
    reverses IS NULL OR (reason IS NOT NULL AND document_uri IS NOT NULL
                         AND document_sha256 IS NOT NULL));
DROP FUNCTION carried_on(uuid, integer, date);
DROP TABLE revaluations;
DROP FUNCTION check_revaluation();
