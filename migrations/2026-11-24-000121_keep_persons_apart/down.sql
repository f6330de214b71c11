ALTER TABLE creators ADD COLUMN name text;
ALTER TABLE creators DISABLE TRIGGER creators_append_only;
-- Of those who were erased there is no name to give back.
UPDATE creators c
SET name = coalesce((SELECT p.name FROM creator_persons p WHERE p.creator_id = c.id), c.reference);
ALTER TABLE creators ENABLE TRIGGER creators_append_only;
ALTER TABLE creators ALTER COLUMN name SET NOT NULL,
    ADD CONSTRAINT creators_name_stated CHECK (name <> '');

DROP TABLE creator_erasures;
DROP TABLE creator_bank_details;
DROP TABLE creator_persons;
DROP FUNCTION refuse_erased();
DROP FUNCTION erase_person();
DROP FUNCTION creator_debts(uuid);
