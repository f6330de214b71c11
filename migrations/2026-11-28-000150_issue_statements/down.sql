ALTER TABLE jobs DISABLE TRIGGER jobs_append_only;
DELETE FROM jobs WHERE name = 'statement-issue';
ALTER TABLE jobs ENABLE TRIGGER jobs_append_only;
DROP TABLE statements;
DROP FUNCTION check_statement();
DROP TABLE statement_run_accounts;
DROP TABLE statement_runs;
