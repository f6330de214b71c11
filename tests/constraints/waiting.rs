//! What waits for somebody else.

use super::{Case, denied, ruled};

/// Something that waits, of a pledge: its name, action, unit and amount, maker, digest, how many
/// it takes, and when it expires.
macro_rules! approval {
    ($pledge:literal, $name:literal, $action:literal, $amount:literal, $maker:literal,
     $digest:literal, $needed:literal, $expires:literal) => {
        concat!(
            "INSERT INTO approvals VALUES (id('",
            $pledge,
            "'), id('",
            $name,
            "'), '",
            $action,
            "', ",
            $amount,
            ", '",
            $maker,
            "', '/v1/x', '{}', now(), '[]', repeat('",
            $digest,
            "', 64), 'x', ",
            $needed,
            ", false, now(), ",
            $expires,
            ")"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    denied(
        "actions_pkey",
        &["INSERT INTO actions VALUES ('budget', false)"],
    ),
    ruled(
        "approvals_pkey",
        &[approval!(
            "fides",
            "asked",
            "budget",
            "'USD', 5",
            "petra",
            "a",
            1,
            "'2100-01-01'"
        )],
    ),
    ruled(
        "approvals_id_unique",
        &[approval!(
            "other",
            "asked",
            "budget",
            "'USD', 5",
            "petra",
            "a",
            1,
            "'2100-01-01'"
        )],
    ),
    ruled(
        "approvals_pledge_exists",
        &[approval!(
            "none",
            "new",
            "budget",
            "'USD', 5",
            "petra",
            "a",
            1,
            "'2100-01-01'"
        )],
    ),
    ruled(
        "approvals_action_exists",
        &[approval!(
            "fides",
            "new",
            "dance",
            "'USD', 5",
            "petra",
            "a",
            1,
            "'2100-01-01'"
        )],
    ),
    ruled(
        "approvals_amount_in_unit",
        &[
            approval!(
                "fides",
                "new",
                "budget",
                "NULL, 5",
                "petra",
                "a",
                1,
                "'2100-01-01'"
            ),
            approval!(
                "fides",
                "new",
                "budget",
                "'USD', NULL",
                "petra",
                "a",
                1,
                "'2100-01-01'"
            ),
        ],
    ),
    ruled(
        "approvals_maker_stated",
        &[approval!(
            "fides",
            "new",
            "budget",
            "'USD', 5",
            "",
            "a",
            1,
            "'2100-01-01'"
        )],
    ),
    ruled(
        "approvals_digest_whole",
        &[
            approval!(
                "fides",
                "new",
                "budget",
                "'USD', 5",
                "petra",
                "x",
                1,
                "'2100-01-01'"
            ),
            approval!(
                "fides",
                "new",
                "budget",
                "'USD', 5",
                "petra",
                "aa",
                1,
                "'2100-01-01'"
            ),
        ],
    ),
    ruled(
        "approvals_needed_within",
        &[
            approval!(
                "fides",
                "new",
                "budget",
                "'USD', 5",
                "petra",
                "a",
                0,
                "'2100-01-01'"
            ),
            approval!(
                "fides",
                "new",
                "budget",
                "'USD', 5",
                "petra",
                "a",
                4,
                "'2100-01-01'"
            ),
        ],
    ),
    ruled(
        "approvals_expire_later",
        &[approval!(
            "fides", "new", "budget", "'USD', 5", "petra", "a", 1, "now()"
        )],
    ),
];
