DROP TRIGGER journals_lapse ON journals;
DROP FUNCTION check_lapse;
ALTER TABLE journals DROP CONSTRAINT journals_revocation_documented;
