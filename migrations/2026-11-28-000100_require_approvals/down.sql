ALTER TABLE jobs DISABLE TRIGGER jobs_append_only;
DELETE FROM jobs WHERE name = 'approval-expiry';
ALTER TABLE jobs ENABLE TRIGGER jobs_append_only;
DROP TRIGGER pledges_kept_by_transfers ON pledges;
CREATE TRIGGER pledges_kept_by_transfers
    BEFORE UPDATE OF journals, transferred, last_recorded_at, hold_changes ON pledges
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_figures_by_hand();
DROP TABLE thresholds;
DROP FUNCTION state_threshold();
ALTER TABLE pledges DROP COLUMN thresholds;
DROP TRIGGER journals_posted_as_approved ON journals;
DROP FUNCTION check_journal_approved();
DROP INDEX journals_by_approval;
ALTER TABLE journals DROP COLUMN approval_id;
DROP FUNCTION is_approved_now(uuid, uuid, text);
DROP VIEW approval_figures;
DROP TABLE approval_decisions;
DROP FUNCTION check_approval_let_go();
DROP FUNCTION check_approval_decision();
DROP TABLE approvals;
DROP TABLE actions;
