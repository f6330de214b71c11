-- Whoever sees a pledge sees which runs issued statements of it; and of the accounts a run is for,
-- those in sight.
ALTER TABLE statement_runs ENABLE ROW LEVEL SECURITY;
ALTER TABLE statement_runs FORCE ROW LEVEL SECURITY;
ALTER TABLE statement_run_accounts ENABLE ROW LEVEL SECURITY;
ALTER TABLE statement_run_accounts FORCE ROW LEVEL SECURITY;
DO $$
BEGIN
    EXECUTE format('CREATE POLICY statement_runs_whole ON statement_runs TO almoner_service, %I
                        USING (true) WITH CHECK (true)', current_user);
    EXECUTE format('CREATE POLICY statement_run_accounts_whole ON statement_run_accounts
                        TO almoner_service, %I USING (true) WITH CHECK (true)', current_user);
END
$$;
GRANT SELECT ON statement_runs, statement_run_accounts TO almoner_scoped;
CREATE POLICY statement_runs_in_sight ON statement_runs FOR SELECT TO almoner_scoped
    USING (pledge_id = ANY ((SELECT sight_pledges())::uuid[]));
CREATE POLICY statement_run_accounts_in_sight ON statement_run_accounts FOR SELECT TO almoner_scoped
    USING (EXISTS (SELECT FROM accounts a WHERE a.pledge_id = statement_run_accounts.pledge_id
                                            AND a.number = statement_run_accounts.account));
