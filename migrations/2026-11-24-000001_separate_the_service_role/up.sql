-- The service connects as whoever the database URL names and at once takes on this role, which owns
-- nothing: it can add to the ledger and read it, and has no right to alter what stands there.
-- Roles belong to the whole server, so another database of the same server may have made it already.
DO $$
BEGIN
    IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'almoner_service') THEN
        CREATE ROLE almoner_service NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOBYPASSRLS;
    END IF;
EXCEPTION WHEN duplicate_object OR unique_violation THEN
    NULL; -- made by another database of this server at the same moment
END
$$;

DO $$
BEGIN
    EXECUTE format('GRANT almoner_service TO %I', current_user);
EXCEPTION WHEN OTHERS THEN
    IF NOT pg_has_role(current_user, 'almoner_service', 'MEMBER') THEN
        RAISE;
    END IF;
END
$$;

GRANT USAGE ON SCHEMA public TO almoner_service;

-- So that a service can see that there is nothing to migrate, without the owner's rights.
DO $$
BEGIN
    IF to_regclass('public.__diesel_schema_migrations') IS NOT NULL THEN
        GRANT SELECT ON public.__diesel_schema_migrations TO almoner_service;
    END IF;
END
$$;

-- A refusal by a trigger looks to the caller exactly like a refusal by a named constraint.
CREATE FUNCTION refuse(rule text, message text) RETURNS void
LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION USING ERRCODE = 'check_violation', CONSTRAINT = rule, MESSAGE = message;
END
$$;

-- Attached to what is only ever added to. Not a matter of rights: an owner is refused as well, and
-- would have to drop the trigger, which leaves a trace in the catalogue.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql AS $$
BEGIN
    PERFORM refuse(TG_TABLE_NAME || '_append_only',
        format('%s is append-only: %s is refused', TG_TABLE_NAME, lower(TG_OP)));
    RETURN NULL;
END
$$;
