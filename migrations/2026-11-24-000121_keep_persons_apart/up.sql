-- Who a creator is, apart from what it holds: names and bank details stand outside the ledger, and can be
-- erased without touching a journal. The ledger goes by id, reference and market.
CREATE TABLE creator_persons (
    creator_id uuid NOT NULL,
    name text NOT NULL,
    CONSTRAINT creator_persons_pkey PRIMARY KEY (creator_id),
    CONSTRAINT creator_persons_name_stated CHECK (name <> ''),
    CONSTRAINT creator_persons_creator_exists FOREIGN KEY (creator_id) REFERENCES creators (id)
);

INSERT INTO creator_persons (creator_id, name) SELECT id, name FROM creators;
ALTER TABLE creators DROP CONSTRAINT creators_name_stated, DROP COLUMN name;
-- A dropped column stays in the rows it was in, until they are written anew.
CLUSTER creators USING creators_pkey;
ALTER TABLE creators SET WITHOUT CLUSTER;

-- Where a creator is paid. A change is a new version; the last one counts.
CREATE TABLE creator_bank_details (
    creator_id uuid NOT NULL,
    version smallint NOT NULL,
    holder text NOT NULL,
    account text NOT NULL,
    bank text,
    actor text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT creator_bank_details_pkey PRIMARY KEY (creator_id, version),
    CONSTRAINT creator_bank_details_version_positive CHECK (version > 0),
    CONSTRAINT creator_bank_details_stated CHECK (holder <> '' AND account <> '' AND bank <> ''),
    CONSTRAINT creator_bank_details_creator_exists
        FOREIGN KEY (creator_id) REFERENCES creators (id)
);

-- That a creator was erased: once, by whom, why and on what document. Recording it is what erases.
CREATE TABLE creator_erasures (
    creator_id uuid NOT NULL,
    erased_at timestamptz NOT NULL,
    actor text NOT NULL,
    reason text NOT NULL,
    document_uri text NOT NULL,
    document_sha256 text NOT NULL,
    CONSTRAINT creator_erasures_pkey PRIMARY KEY (creator_id),
    CONSTRAINT creator_erasures_creator_exists FOREIGN KEY (creator_id) REFERENCES creators (id)
);

-- What is owed to a creator, bound for it, or owed by it: while there is any, somebody has to know who
-- it is. What is on its way to it is still owed, and an allocation alone is a reservation.
CREATE FUNCTION creator_debts(creator uuid)
RETURNS TABLE (code text, market text, unit text, amount bigint)
LANGUAGE sql STABLE SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
    SELECT a.code, a.market, a.unit,
           sum(CASE a.normal_side WHEN 'debit' THEN a.debits - a.credits
                                  ELSE a.credits - a.debits END)::bigint
    FROM accounts a
    WHERE a.creator_id = creator AND a.code IN ('1400', '1420', '2120', '3140', '3240')
      AND a.debits <> a.credits
    GROUP BY a.code, a.market, a.unit
    ORDER BY a.code, a.unit
$$;

-- Money for a creator moves under the locks of the pledges for its market, so while these are held
-- nothing new comes to be owed; and what is recorded of it takes turns by the row of the creator.
CREATE FUNCTION erase_person() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM creators WHERE id = NEW.creator_id FOR NO KEY UPDATE;
    PERFORM FROM pledges p
    WHERE p.id IN (SELECT m.pledge_id FROM pledge_markets m
                   JOIN creators c ON c.market = m.market WHERE c.id = NEW.creator_id)
    ORDER BY p.id FOR NO KEY UPDATE;
    IF EXISTS (SELECT FROM creator_debts(NEW.creator_id)) THEN
        PERFORM refuse('creator_erasures_nothing_owed',
            'a creator is erased once nothing is owed to it, bound for it, or owed by it');
    END IF;
    DELETE FROM creator_persons WHERE creator_id = NEW.creator_id;
    DELETE FROM creator_bank_details WHERE creator_id = NEW.creator_id;
    RETURN NULL;
END
$$;

CREATE FUNCTION refuse_erased() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    PERFORM FROM creators WHERE id = NEW.creator_id FOR SHARE;
    IF EXISTS (SELECT FROM creator_erasures WHERE creator_id = NEW.creator_id) THEN
        PERFORM refuse(TG_TABLE_NAME || '_not_erased', 'what was erased does not come back');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER creator_erasures_erase AFTER INSERT ON creator_erasures
    FOR EACH ROW EXECUTE FUNCTION erase_person();
CREATE TRIGGER creator_persons_not_erased AFTER INSERT ON creator_persons
    FOR EACH ROW EXECUTE FUNCTION refuse_erased();
CREATE TRIGGER creator_bank_details_not_erased AFTER INSERT ON creator_bank_details
    FOR EACH ROW EXECUTE FUNCTION refuse_erased();

-- Nothing is changed or deleted here either, but by an erasure.
CREATE TRIGGER creator_persons_append_only BEFORE UPDATE OR DELETE ON creator_persons
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER creator_persons_kept BEFORE TRUNCATE ON creator_persons
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER creator_bank_details_append_only BEFORE UPDATE OR DELETE ON creator_bank_details
    FOR EACH STATEMENT WHEN (pg_trigger_depth() = 0) EXECUTE FUNCTION refuse_change();
CREATE TRIGGER creator_bank_details_kept BEFORE TRUNCATE ON creator_bank_details
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER creator_erasures_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON creator_erasures
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Answers to enrolments are kept without the name: it is put back from the request that is repeated.
ALTER TABLE idempotency_keys DISABLE TRIGGER idempotency_keys_append_only;
UPDATE idempotency_keys
SET answer = convert_to(regexp_replace(convert_from(answer, 'UTF8'),
        '^(\{"id":"crt_[0-9a-f]{32}","reference":"(?:\\.|[^"\\])*","name":")(?:\\.|[^"\\])*"',
        '\1"'), 'UTF8')
WHERE substring(answer FROM 1 FOR 11) = convert_to('{"id":"crt_', 'UTF8');
ALTER TABLE idempotency_keys ENABLE TRIGGER idempotency_keys_append_only;

GRANT SELECT, INSERT ON creator_persons, creator_bank_details, creator_erasures TO almoner_service;
GRANT SELECT ON creator_persons, creator_erasures TO almoner_scoped;
GRANT EXECUTE ON FUNCTION creator_debts(uuid) TO almoner_service;
REVOKE EXECUTE ON FUNCTION creator_debts(uuid) FROM PUBLIC;

DO $$
DECLARE
    walled text;
BEGIN
    FOREACH walled IN ARRAY ARRAY['creator_persons', 'creator_bank_details', 'creator_erasures'] LOOP
        EXECUTE format('ALTER TABLE %I ENABLE ROW LEVEL SECURITY', walled);
        EXECUTE format('ALTER TABLE %I FORCE ROW LEVEL SECURITY', walled);
        EXECUTE format('CREATE POLICY %I ON %I TO almoner_service, %I USING (true) WITH CHECK (true)',
                       walled || '_whole', walled, current_user);
    END LOOP;
END
$$;

-- Whoever sees a creator may know who it is.
CREATE POLICY creator_persons_in_sight ON creator_persons FOR SELECT TO almoner_scoped
    USING (EXISTS (SELECT FROM creators c WHERE c.id = creator_persons.creator_id));
CREATE POLICY creator_erasures_in_sight ON creator_erasures FOR SELECT TO almoner_scoped
    USING (EXISTS (SELECT FROM creators c WHERE c.id = creator_erasures.creator_id));
