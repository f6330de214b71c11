DROP TRIGGER journals_bank_reference ON journals;
DROP FUNCTION check_bank_reference();
DROP INDEX journals_bank_references;
CREATE UNIQUE INDEX journals_bank_reference_unique ON journals (pledge_id, subject, bank_reference)
    WHERE bank_reference IS NOT NULL;
DROP FUNCTION is_reversed(uuid, bigint);
