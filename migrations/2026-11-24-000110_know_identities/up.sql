-- Who may come in. A person or machine has one identity and any number of subjects: the names that
-- issuers of tokens know it by. What it may do is granted role by role, from a moment and, if that
-- is said, until another. All of it is only ever added to.
CREATE TABLE identities (
    id uuid NOT NULL,
    name text NOT NULL,
    kind text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT identities_pkey PRIMARY KEY (id),
    CONSTRAINT identities_kind CHECK (kind IN ('person', 'machine')),
    CONSTRAINT identities_name_stated CHECK (name <> '')
);

-- A subject belongs to one identity for ever, so that who did something never changes.
CREATE TABLE identity_subjects (
    issuer text NOT NULL,
    subject text NOT NULL,
    identity_id uuid NOT NULL,
    recorded_by_issuer text NOT NULL,
    recorded_by text NOT NULL,
    recorded_at timestamptz NOT NULL,
    CONSTRAINT identity_subjects_pkey PRIMARY KEY (issuer, subject),
    CONSTRAINT identity_subjects_stated CHECK (issuer <> '' AND subject <> ''),
    CONSTRAINT identity_subjects_identity_exists
        FOREIGN KEY (identity_id) REFERENCES identities (id)
);

CREATE INDEX identity_subjects_by_identity ON identity_subjects (identity_id);

CREATE TABLE role_grants (
    id uuid NOT NULL,
    identity_id uuid NOT NULL,
    role text NOT NULL,
    valid_from timestamptz NOT NULL,
    valid_until timestamptz,
    granted_by_issuer text NOT NULL,
    granted_by text NOT NULL,
    granted_at timestamptz NOT NULL,
    CONSTRAINT role_grants_pkey PRIMARY KEY (id),
    CONSTRAINT role_grants_role CHECK (
        role IN ('preparer', 'approver', 'controller', 'partner', 'creator', 'auditor', 'admin')),
    CONSTRAINT role_grants_ever_in_force CHECK (
        valid_until IS NULL OR (valid_until > valid_from AND valid_until > granted_at)),
    CONSTRAINT role_grants_identity_exists FOREIGN KEY (identity_id) REFERENCES identities (id)
);

CREATE INDEX role_grants_by_identity ON role_grants (identity_id);

CREATE TABLE role_ends (
    grant_id uuid NOT NULL,
    reason text NOT NULL,
    ended_by text NOT NULL,
    ended_at timestamptz NOT NULL,
    CONSTRAINT role_ends_pkey PRIMARY KEY (grant_id),
    CONSTRAINT role_ends_reason_stated CHECK (reason <> ''),
    CONSTRAINT role_ends_grant_exists FOREIGN KEY (grant_id) REFERENCES role_grants (id)
);

-- What became of an identity, in order: suspended and reinstated by turns.
CREATE TABLE identity_events (
    identity_id uuid NOT NULL,
    seq smallint NOT NULL,
    state text NOT NULL,
    reason text NOT NULL,
    actor text NOT NULL,
    at timestamptz NOT NULL,
    CONSTRAINT identity_events_pkey PRIMARY KEY (identity_id, seq),
    CONSTRAINT identity_events_state CHECK (state IN ('active', 'suspended')),
    CONSTRAINT identity_events_by_turns CHECK ((seq % 2 = 1) = (state = 'suspended')),
    CONSTRAINT identity_events_reason_stated CHECK (reason <> ''),
    CONSTRAINT identity_events_identity_exists FOREIGN KEY (identity_id) REFERENCES identities (id)
);

CREATE FUNCTION check_identity_event() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF NEW.seq < 1 OR NEW.seq > 1 AND NOT EXISTS (
        SELECT FROM identity_events
        WHERE identity_id = NEW.identity_id AND seq = NEW.seq - 1)
    THEN
        PERFORM refuse('identity_events_in_order',
            'what becomes of an identity is numbered without gaps');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER identity_events_in_order BEFORE INSERT ON identity_events
    FOR EACH ROW EXECUTE FUNCTION check_identity_event();

CREATE FUNCTION moves_money(role text) RETURNS boolean
LANGUAGE sql IMMUTABLE AS $$ SELECT role IN ('preparer', 'approver', 'controller') $$;

-- Who looks after identities never gets money rights by that: neither are they granted to oneself,
-- nor does one take on the identity of somebody who holds them.
CREATE FUNCTION check_own_rights() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    IF TG_TABLE_NAME = 'role_grants' THEN
        IF moves_money(NEW.role) AND EXISTS (
            SELECT FROM identity_subjects s
            WHERE s.identity_id = NEW.identity_id AND s.issuer = NEW.granted_by_issuer
              AND s.subject = NEW.granted_by)
        THEN
            PERFORM refuse('role_grants_not_to_oneself',
                'roles that move money are granted by somebody else');
        END IF;
    ELSIF (NEW.issuer, NEW.subject) = (NEW.recorded_by_issuer, NEW.recorded_by) AND EXISTS (
        SELECT FROM role_grants g
        WHERE g.identity_id = NEW.identity_id AND moves_money(g.role)
          AND (g.valid_until IS NULL OR g.valid_until > NEW.recorded_at)
          AND NOT EXISTS (SELECT FROM role_ends e WHERE e.grant_id = g.id))
    THEN
        PERFORM refuse('identity_subjects_not_oneself',
            'nobody takes on an identity that holds roles that move money');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER role_grants_not_to_oneself BEFORE INSERT ON role_grants
    FOR EACH ROW EXECUTE FUNCTION check_own_rights();
CREATE TRIGGER identity_subjects_not_oneself BEFORE INSERT ON identity_subjects
    FOR EACH ROW EXECUTE FUNCTION check_own_rights();

-- How often the register has changed. Every instance looks at this row several times a second and
-- reads the register anew when it differs. Whoever changes the register holds the row until the
-- change is committed, so that a higher count is never seen before a change with a lower one.
CREATE TABLE register_versions (
    sole boolean NOT NULL,
    version bigint NOT NULL,
    CONSTRAINT register_versions_pkey PRIMARY KEY (sole),
    CONSTRAINT register_versions_one CHECK (sole)
);

INSERT INTO register_versions (sole, version) VALUES (true, 0);

CREATE FUNCTION check_register_version() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    IF NEW.version <> OLD.version + 1 THEN
        PERFORM refuse('register_versions_count_up', 'the register counts its changes one by one');
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER register_versions_count_up BEFORE UPDATE ON register_versions
    FOR EACH ROW EXECUTE FUNCTION check_register_version();
CREATE TRIGGER register_versions_append_only BEFORE DELETE OR TRUNCATE ON register_versions
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

CREATE FUNCTION count_register_change() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER
SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
    UPDATE register_versions SET version = version + 1;
    IF NOT FOUND THEN
        PERFORM refuse('register_versions_kept', 'the register has lost count of its changes');
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER identities_counted AFTER INSERT ON identities
    FOR EACH STATEMENT EXECUTE FUNCTION count_register_change();
CREATE TRIGGER identity_subjects_counted AFTER INSERT ON identity_subjects
    FOR EACH STATEMENT EXECUTE FUNCTION count_register_change();
CREATE TRIGGER role_grants_counted AFTER INSERT ON role_grants
    FOR EACH STATEMENT EXECUTE FUNCTION count_register_change();
CREATE TRIGGER role_ends_counted AFTER INSERT ON role_ends
    FOR EACH STATEMENT EXECUTE FUNCTION count_register_change();
CREATE TRIGGER identity_events_counted AFTER INSERT ON identity_events
    FOR EACH STATEMENT EXECUTE FUNCTION count_register_change();

CREATE TRIGGER identities_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identities
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER identity_subjects_append_only BEFORE UPDATE OR DELETE OR TRUNCATE
    ON identity_subjects FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER role_grants_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON role_grants
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER role_ends_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON role_ends
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER identity_events_append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON identity_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

GRANT SELECT, INSERT ON identities, identity_subjects, role_grants, role_ends, identity_events
    TO almoner_service;
GRANT SELECT ON register_versions TO almoner_service;
