//! Identities, their rights, and their tokens.

use super::{Case, denied, ruled};

macro_rules! identity {
    ($values:literal) => {
        concat!(
            "INSERT INTO identities VALUES (",
            $values,
            ", 'adele', now())"
        )
    };
}

macro_rules! subject {
    ($values:literal) => {
        concat!(
            "INSERT INTO identity_subjects VALUES (",
            $values,
            ", now())"
        )
    };
}

macro_rules! grant {
    ($values:literal) => {
        concat!(
            "INSERT INTO role_grants VALUES (",
            $values,
            ", '2026-01-03')"
        )
    };
}

macro_rules! event {
    ($values:literal) => {
        concat!(
            "INSERT INTO identity_events VALUES (",
            $values,
            ", 'adele', now())"
        )
    };
}

macro_rules! revocation {
    ($values:literal) => {
        concat!(
            "INSERT INTO revocations VALUES (",
            $values,
            ", 'adele', now())"
        )
    };
}

/// A token with everything right but what is said.
macro_rules! token {
    (id: $id:literal, of: $identity:literal, name: $name:literal, hash: $hash:literal,
     roles: $roles:literal, by: $by:literal, ends: $ends:literal) => {
        concat!(
            "INSERT INTO api_tokens VALUES (id('",
            $id,
            "'), id('",
            $identity,
            "'), 'i', 's', '",
            $name,
            "', ",
            $hash,
            ", '",
            $roles,
            "', 'ledger:read', '', '', 'i', '",
            $by,
            "', '2026-01-05', '",
            $ends,
            "')"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "identities_pkey",
        &[identity!("id('grace'), 'Grace', 'person'")],
    ),
    ruled("identities_kind", &[identity!("id('x'), 'Grace', 'team'")]),
    ruled(
        "identities_name_stated",
        &[identity!("id('x'), '', 'person'")],
    ),
    ruled(
        "identity_subjects_pkey",
        &[subject!("'i', 'grace', id('robot'), 'i', 'adele'")],
    ),
    ruled(
        "identity_subjects_stated",
        &[
            subject!("'', 'x', id('robot'), 'i', 'adele'"),
            subject!("'i', '', id('robot'), 'i', 'adele'"),
        ],
    ),
    ruled(
        "identity_subjects_identity_exists",
        &[subject!("'i', 'x', id('nobody'), 'i', 'adele'")],
    ),
    ruled(
        "identity_subjects_not_oneself",
        &[subject!("'i', 'adele', id('grace'), 'i', 'adele'")],
    ),
    ruled(
        "role_grants_pkey",
        &[grant!(
            "id('prepares'), id('robot'), 'auditor', now(), NULL, 'i', 'adele'"
        )],
    ),
    ruled(
        "role_grants_role",
        &[grant!(
            "id('x'), id('robot'), 'owner', now(), NULL, 'i', 'adele'"
        )],
    ),
    ruled(
        "role_grants_ever_in_force",
        &[
            grant!("id('x'), id('robot'), 'auditor', '2026-02-01', '2026-01-31', 'i', 'adele'"),
            grant!("id('x'), id('robot'), 'auditor', '2026-01-01', '2026-01-03', 'i', 'adele'"),
        ],
    ),
    ruled(
        "role_grants_identity_exists",
        &[grant!(
            "id('x'), id('nobody'), 'auditor', now(), NULL, 'i', 'adele'"
        )],
    ),
    ruled(
        "role_grants_not_to_oneself",
        &[
            grant!("id('x'), id('grace'), 'preparer', now(), NULL, 'i', 'grace'"),
            grant!("id('x'), id('grace'), 'approver', now(), NULL, 'i', 'grace'"),
            grant!("id('x'), id('grace'), 'controller', now(), NULL, 'i', 'grace'"),
        ],
    ),
    ruled(
        "role_ends_pkey",
        &["INSERT INTO role_ends VALUES (id('audited'), 'Over', 'adele', now())"],
    ),
    ruled(
        "role_ends_reason_stated",
        &["INSERT INTO role_ends VALUES (id('prepares'), '', 'adele', now())"],
    ),
    ruled(
        "role_ends_grant_exists",
        &["INSERT INTO role_ends VALUES (id('nothing'), 'Over', 'adele', now())"],
    ),
    ruled(
        "identity_events_pkey",
        &[event!("id('robot'), 1, 'suspended', 'Away'")],
    ),
    ruled(
        "identity_events_state",
        &[event!("id('robot'), 2, 'gone', 'Away'")],
    ),
    ruled(
        "identity_events_by_turns",
        &[
            event!("id('robot'), 2, 'suspended', 'Away'"),
            event!("id('grace'), 1, 'active', 'Back'"),
        ],
    ),
    ruled(
        "identity_events_reason_stated",
        &[event!("id('robot'), 2, 'active', ''")],
    ),
    ruled(
        "identity_events_identity_exists",
        &[event!("id('nobody'), 1, 'suspended', 'Away'")],
    ),
    ruled(
        "identity_events_in_order",
        &[
            event!("id('robot'), 3, 'suspended', 'Away'"),
            event!("id('robot'), 0, 'active', 'Away'"),
        ],
    ),
    denied(
        "register_versions_pkey",
        &["INSERT INTO register_versions VALUES (true, 0)"],
    ),
    denied(
        "register_versions_one",
        &["INSERT INTO register_versions VALUES (false, 0)"],
    ),
    denied(
        "register_versions_count_up",
        &[
            "UPDATE register_versions SET version = 0",
            "UPDATE register_versions SET version = version + 2",
        ],
    ),
    denied(
        "register_versions_append_only",
        &[
            "DELETE FROM register_versions",
            "TRUNCATE register_versions",
        ],
    ),
    ruled(
        "revocations_pkey",
        &[revocation!("id('revoked'), 'x', NULL, NULL, NULL, 'Lost'")],
    ),
    ruled(
        "revocations_of_one_thing",
        &[
            revocation!("id('x'), NULL, NULL, NULL, NULL, 'Lost'"),
            revocation!("id('x'), 'x', 'i', 's', NULL, 'Lost'"),
            revocation!("id('x'), 'x', NULL, NULL, id('grace'), 'Lost'"),
            revocation!("id('x'), NULL, NULL, 's', NULL, 'Lost'"),
            revocation!("id('x'), 'x', 'i', NULL, NULL, 'Lost'"),
        ],
    ),
    ruled(
        "revocations_reason_stated",
        &[revocation!("id('x'), 'x', NULL, NULL, NULL, ''")],
    ),
    ruled(
        "revocations_identity_exists",
        &[revocation!(
            "id('x'), NULL, NULL, NULL, id('nobody'), 'Lost'"
        )],
    ),
    ruled(
        "api_tokens_pkey",
        &[
            token!(id: "token", of: "robot", name: "n", hash: "sha256('x')", roles: "auditor",
            by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_tokens_hash_unique",
        &[
            token!(id: "x", of: "robot", name: "n", hash: "sha256('token')", roles: "auditor",
            by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_tokens_hash_whole",
        &[
            token!(id: "x", of: "robot", name: "n", hash: "'x'", roles: "auditor",
            by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_tokens_name_stated",
        &[
            token!(id: "x", of: "robot", name: "", hash: "sha256('x')", roles: "auditor",
            by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_tokens_roles",
        &[
            token!(id: "x", of: "robot", name: "n", hash: "sha256('x')", roles: "",
                by: "adele", ends: "2026-06-01"),
            token!(id: "x", of: "robot", name: "n", hash: "sha256('x')", roles: "auditor root",
                by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_tokens_end_within_a_year",
        &[
            token!(id: "x", of: "robot", name: "n", hash: "sha256('x')", roles: "auditor",
                by: "adele", ends: "2026-01-05"),
            token!(id: "x", of: "robot", name: "n", hash: "sha256('x')", roles: "auditor",
                by: "adele", ends: "2027-01-07"),
        ],
    ),
    ruled(
        "api_tokens_identity_exists",
        &[
            token!(id: "x", of: "nobody", name: "n", hash: "sha256('x')", roles: "auditor",
            by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_tokens_made_by_bearer",
        &[
            token!(id: "x", of: "grace", name: "n", hash: "sha256('x')", roles: "preparer",
            by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_tokens_other_person",
        &[
            token!(id: "x", of: "robot", name: "n", hash: "sha256('x')", roles: "auditor preparer",
            by: "adele", ends: "2026-06-01"),
        ],
    ),
    ruled(
        "api_token_uses_pkey",
        &["INSERT INTO api_token_uses VALUES (id('token'), now())"],
    ),
    ruled(
        "api_token_uses_token_exists",
        &["INSERT INTO api_token_uses VALUES (id('nothing'), now())"],
    ),
    ruled(
        "api_token_uses_forward",
        &["UPDATE api_token_uses SET last_used_at = '2026-01-05'"],
    ),
    denied(
        "api_token_uses_append_only",
        &["DELETE FROM api_token_uses", "TRUNCATE api_token_uses"],
    ),
];
