DROP FUNCTION refuse_change();
DROP FUNCTION refuse(text, text);
REVOKE USAGE ON SCHEMA public FROM almoner_service;

DO $$
BEGIN
    IF to_regclass('public.__diesel_schema_migrations') IS NOT NULL THEN
        REVOKE SELECT ON public.__diesel_schema_migrations FROM almoner_service;
    END IF;
END
$$;

-- Other databases of the same server may still use the role; it then stays, with no rights here.
DO $$
BEGIN
    DROP ROLE almoner_service;
EXCEPTION WHEN dependent_objects_still_exist OR insufficient_privilege THEN
    NULL;
END
$$;
