DROP TABLE identity_events, role_ends, role_grants, identity_subjects, identities,
    register_versions;
DROP FUNCTION check_identity_event();
DROP FUNCTION check_own_rights();
DROP FUNCTION moves_money(text);
DROP FUNCTION check_register_version();
DROP FUNCTION count_register_change();
