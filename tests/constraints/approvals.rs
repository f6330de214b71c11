//! What is decided of what waits, what is posted by it, and above what it has to wait.

use super::{Case, denied, ruled};

/// A decision: of what, its number, what, by whom, and why.
macro_rules! decision {
    ($name:literal, $seq:literal, $verdict:literal, $actor:literal, $reason:literal) => {
        decision!($name, $seq, $verdict, $actor, $reason, "repeat('a', 64)")
    };
    ($name:literal, $seq:literal, $verdict:literal, $actor:literal, $reason:literal,
     $digest:literal) => {
        concat!(
            "INSERT INTO approval_decisions VALUES (id('fides'), id('",
            $name,
            "'), ",
            $seq,
            ", '",
            $verdict,
            "', '",
            $actor,
            "', now(), ",
            $digest,
            ", ",
            $reason,
            ", NULL); "
        )
    };
}

/// After both approvals of what petra asked for.
macro_rules! approved {
    ($then:expr) => {
        concat!(
            decision!("asked", 1, "approved", "aiko", "NULL"),
            decision!("asked", 2, "approved", "akira", "NULL"),
            $then
        )
    };
}

/// A threshold: its name, action, unit, amount, how many, by whom, and by which approval.
macro_rules! threshold {
    ($name:literal, $action:literal, $unit:literal, $above:literal, $approvals:literal,
     $by:literal, $approval:literal) => {
        concat!(
            "INSERT INTO thresholds VALUES (id('fides'), id('",
            $name,
            "'), '",
            $action,
            "', '",
            $unit,
            "', ",
            $above,
            ", ",
            $approvals,
            ", '2026-01-01', '",
            $by,
            "', now(), id('",
            $approval,
            "'))"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "approval_decisions_pkey",
        &[decision!("stated", 1, "approved", "akira", "NULL")],
    ),
    ruled(
        "approval_decisions_approval_exists",
        &[decision!("nothing", 1, "approved", "aiko", "NULL")],
    ),
    ruled(
        "approval_decisions_verdict",
        &[decision!("asked", 1, "pending", "aiko", "NULL")],
    ),
    ruled(
        "approval_decisions_actor_stated",
        &[decision!("asked", 1, "approved", "", "NULL")],
    ),
    ruled(
        "approval_decisions_reason_stated",
        &[
            decision!("asked", 1, "rejected", "aiko", "NULL"),
            decision!("asked", 1, "withdrawn", "petra", "NULL"),
            decision!("asked", 1, "approved", "aiko", "'Fine'"),
        ],
    ),
    ruled(
        "approval_decisions_by_different_people",
        &[
            concat!(
                decision!("asked", 1, "approved", "aiko", "NULL"),
                decision!("asked", 2, "approved", "aiko", "NULL")
            ),
            concat!(
                decision!("asked", 1, "approved", "aiko", "NULL"),
                decision!("asked", 2, "rejected", "aiko", "'No'")
            ),
        ],
    ),
    ruled(
        "approval_decisions_in_order",
        &[
            decision!("asked", 2, "approved", "aiko", "NULL"),
            decision!("stated", 2, "approved", "akira", "NULL"),
            decision!("stated", 2, "withdrawn", "carlos", "'Late'"),
            concat!(
                decision!("asked", 1, "rejected", "aiko", "'No'"),
                decision!("asked", 2, "approved", "akira", "NULL")
            ),
            concat!(
                decision!("asked", 1, "withdrawn", "petra", "'No'"),
                decision!("asked", 2, "approved", "akira", "NULL")
            ),
            approved!(decision!("asked", 3, "rejected", "abe", "'No'")),
        ],
    ),
    ruled(
        "approval_decisions_by_another",
        &[
            decision!("asked", 1, "approved", "petra", "NULL"),
            decision!("asked", 1, "rejected", "petra", "'No'"),
        ],
    ),
    ruled(
        "approval_decisions_withdrawn_by_maker",
        &[decision!("asked", 1, "withdrawn", "aiko", "'No'")],
    ),
    ruled(
        "approval_decisions_in_time",
        &[
            decision!("late", 1, "approved", "aiko", "NULL"),
            decision!("late", 1, "rejected", "aiko", "'No'"),
            decision!("late", 1, "withdrawn", "petra", "'No'"),
            decision!("asked", 1, "expired", "scheduler", "NULL"),
        ],
    ),
    ruled(
        "approval_decisions_as_shown",
        &[
            decision!("asked", 1, "approved", "aiko", "NULL", "repeat('b', 64)"),
            decision!("asked", 1, "approved", "aiko", "NULL", "NULL"),
        ],
    ),
    ruled(
        "approval_decisions_let_go",
        &[
            concat!(
                "INSERT INTO holds VALUES (id('fides'), id('asked'), 4, 5, NULL); ",
                decision!("asked", 1, "rejected", "aiko", "'No'")
            ),
            concat!(
                "INSERT INTO holds VALUES (id('fides'), id('asked'), 4, 5, NULL); ",
                approved!("")
            ),
            concat!(
                "INSERT INTO holds VALUES (id('fides'), id('late'), 4, 5, NULL); ",
                decision!("late", 1, "expired", "scheduler", "NULL")
            ),
        ],
    ),
    ruled(
        "journals_by_two_people",
        &[
            "SELECT post('fides', 3, 2, 5, '2026-01-30', kind => 'write-off')",
            "SELECT post('fides', 3, 2, 5, '2026-01-30', kind => 'bad-debt')",
            "SELECT post('fides', 1, 4, 5, '2026-02-01', kind => 'placement', subject => 'lot')",
        ],
    ),
    ruled(
        "journals_approved",
        &[
            // By nothing, by what waits, by what one of two approved, by what was approved before,
            // for somebody else, and of another pledge.
            "SELECT post('fides', 4, 5, 5, '2026-01-30', approval => 'nothing')",
            "SELECT post('fides', 4, 5, 5, '2026-01-30', approval => 'asked')",
            concat!(
                decision!("asked", 1, "approved", "aiko", "NULL"),
                "SELECT post('fides', 4, 5, 5, '2026-01-30', approval => 'asked')"
            ),
            "SELECT post('fides', 4, 5, 5, '2026-01-30', actor => 'carlos', approval => 'stated')",
            approved!(
                "SELECT post('fides', 4, 5, 5, '2026-01-30', actor => 'aiko', approval => 'asked')"
            ),
            approved!("SELECT post('other', 2, 3, 5, '2026-01-30', approval => 'asked')"),
        ],
    ),
    ruled(
        "thresholds_pkey",
        &[threshold!(
            "limit", "budget", "USD", 5, 1, "carlos", "stated"
        )],
    ),
    ruled(
        "thresholds_action_exists",
        &[threshold!("new", "dance", "USD", 5, 1, "carlos", "stated")],
    ),
    ruled(
        "thresholds_unit_of_pledge",
        &[threshold!("new", "budget", "JPY", 5, 1, "carlos", "stated")],
    ),
    ruled(
        "thresholds_above_not_negative",
        &[threshold!(
            "new", "budget", "USD", -1, 1, "carlos", "stated"
        )],
    ),
    ruled(
        "thresholds_approvals_within",
        &[
            threshold!("new", "budget", "USD", 5, 0, "carlos", "stated"),
            threshold!("new", "budget", "USD", 5, 4, "carlos", "stated"),
        ],
    ),
    ruled(
        "thresholds_approved",
        &[
            threshold!("new", "budget", "USD", 5, 1, "petra", "asked"),
            threshold!("new", "budget", "USD", 5, 1, "carlos", "stated"),
            approved!(threshold!("new", "budget", "USD", 5, 1, "carlos", "asked")),
        ],
    ),
    denied(
        "pledges_kept_by_transfers",
        &["UPDATE pledges SET thresholds = 0"],
    ),
];

/// What was approved by as many as it takes is posted by it, and a threshold stated by it.
pub(super) const RIGHT: &[&str] = &[
    approved!("SELECT post('fides', 4, 5, 5, '2026-01-30', approval => 'asked')"),
    approved!(
        "SELECT post('fides', 3, 2, 5, '2026-01-30', kind => 'write-off', approval => 'asked')"
    ),
    approved!(threshold!("new", "budget", "USD", 5, 1, "petra", "asked")),
    decision!("late", 1, "expired", "scheduler", "NULL"),
    concat!(
        "INSERT INTO holds VALUES (id('fides'), id('asked'), 4, 5, NULL); ",
        decision!("asked", 1, "approved", "aiko", "NULL")
    ),
];
