DROP VIEW entries;
DROP TRIGGER pledges_kept_by_transfers ON pledges;
DROP TRIGGER journals_transfers_complete ON pledges;
DROP TABLE transfers;
DROP TABLE journals;
DROP FUNCTION check_journals_complete();
DROP FUNCTION post_transfers();
DROP FUNCTION number_journals();
