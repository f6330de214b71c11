DROP POLICY statement_run_accounts_in_sight ON statement_run_accounts;
DROP POLICY statement_runs_in_sight ON statement_runs;
REVOKE SELECT ON statement_runs, statement_run_accounts FROM almoner_scoped;
DROP POLICY statement_run_accounts_whole ON statement_run_accounts;
DROP POLICY statement_runs_whole ON statement_runs;
ALTER TABLE statement_run_accounts NO FORCE ROW LEVEL SECURITY;
ALTER TABLE statement_run_accounts DISABLE ROW LEVEL SECURITY;
ALTER TABLE statement_runs NO FORCE ROW LEVEL SECURITY;
ALTER TABLE statement_runs DISABLE ROW LEVEL SECURITY;
