DROP TABLE statements;
DROP FUNCTION check_statement();
DROP TABLE statement_run_accounts;
DROP TABLE statement_runs;
