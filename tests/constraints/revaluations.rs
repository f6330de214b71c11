//! What is owed in other currencies, valued at a month's end.

use super::{Case, ruled};

macro_rules! valued {
    ($id:literal, $of:literal, $figures:literal, $rate:literal, $by:literal) => {
        concat!(
            "INSERT INTO revaluations VALUES (id('payer'), id('",
            $id,
            "'), ",
            $of,
            ", ",
            $figures,
            ", ",
            $rate,
            ", ",
            $by,
            ")"
        )
    };
}

macro_rules! of {
    ($id:literal, $of:literal) => {
        valued!(
            $id,
            $of,
            "100, 1, 2, 1",
            "1, 'ECB', '2025-01-20'",
            "NULL, 'carlos', '2026-04-01'"
        )
    };
}

macro_rules! with {
    ($figures:literal, $rate:literal, $by:literal) => {
        valued!("x", "'JPY', 5, '2026-02-28', 1", $figures, $rate, $by)
    };
}

const EARLY: &str = with!(
    "100, 1, 2, 1",
    "1, 'ECB', '2025-01-20'",
    "NULL, 'carlos', '2026-02-28 23:00Z'"
);

pub(super) const CASES: &[Case] = &[
    ruled(
        "revaluations_pkey",
        &[of!("x", "'JPY', 5, '2026-01-31', 1")],
    ),
    ruled(
        "revaluations_id_unique",
        &[of!("valued", "'JPY', 5, '2026-02-28', 1")],
    ),
    ruled(
        "revaluations_in_order",
        &[
            of!("x", "'JPY', 5, '2026-01-31', 3"),
            of!("x", "'JPY', 5, '2026-02-28', 2"),
            of!("x", "'JPY', 5, '2026-02-28', 0"),
        ],
    ),
    ruled(
        "revaluations_of_foreign_debt",
        &[
            of!("x", "'USD', 3, '2026-02-28', 1"),
            of!("x", "'USD', 5, '2026-02-28', 1"),
            of!("x", "'JPY', 1, '2026-02-28', 1"),
        ],
    ),
    ruled(
        "revaluations_account_exists",
        &[of!("x", "'JPY', 99, '2026-02-28', 1")],
    ),
    ruled(
        "revaluations_at_month_end",
        &[of!("x", "'JPY', 5, '2026-02-27', 1")],
    ),
    ruled("revaluations_month_over", &[EARLY]),
    ruled(
        "revaluations_figures_not_negative",
        &[
            with!(
                "-1, 1, 2, 1",
                "1, 'ECB', '2025-01-20'",
                "NULL, 'carlos', '2026-04-01'"
            ),
            with!(
                "1, 1, -2, -3",
                "1, 'ECB', '2025-01-20'",
                "NULL, 'carlos', '2026-04-01'"
            ),
        ],
    ),
    ruled(
        "revaluations_difference",
        &[with!(
            "100, 1, 2, 2",
            "1, 'ECB', '2025-01-20'",
            "NULL, 'carlos', '2026-04-01'"
        )],
    ),
    ruled(
        "revaluations_rate_positive",
        &[with!(
            "100, 1, 2, 1",
            "0, 'ECB', '2025-01-20'",
            "NULL, 'carlos', '2026-04-01'"
        )],
    ),
    ruled(
        "revaluations_rate_in_force",
        &[with!(
            "100, 1, 2, 1",
            "1, 'ECB', '2026-03-01'",
            "NULL, 'carlos', '2026-04-01'"
        )],
    ),
    ruled(
        "revaluations_source_stated",
        &[with!(
            "100, 1, 2, 1",
            "1, '', '2025-01-20'",
            "NULL, 'carlos', '2026-04-01'"
        )],
    ),
    ruled(
        "revaluations_actor_stated",
        &[with!(
            "100, 1, 2, 1",
            "1, 'ECB', '2025-01-20'",
            "NULL, '', '2026-04-01'"
        )],
    ),
    ruled(
        "revaluations_journal_exists",
        &[with!(
            "100, 1, 2, 1",
            "1, 'ECB', '2025-01-20'",
            "99, 'carlos', '2026-04-01'"
        )],
    ),
    ruled(
        "revaluations_posted",
        &[
            // Not at all, by an invoice, and by a revaluation of another day.
            with!(
                "100, 1, 2, 1",
                "1, 'ECB', '2025-01-20'",
                "2, 'carlos', '2026-04-01'"
            ),
            concat!(
                "SELECT post('payer', 1, 4, 1, '2026-01-31', kind => 'revaluation'); ",
                with!(
                    "100, 1, 2, 1",
                    "1, 'ECB', '2025-01-20'",
                    "4, 'carlos', '2026-04-01'"
                )
            ),
        ],
    ),
    ruled(
        "journals_revaluation_ends",
        &[
            // Not reversed; in part; on another day; and given back.
            "SELECT post('payer', 1, 4, 2, '2026-01-31', kind => 'revaluation')",
            "SELECT post('payer', 1, 4, 2, '2026-01-31', kind => 'revaluation'); \
             SELECT post('payer', 4, 1, 1, '2026-02-01', kind => 'reversal', reverses => 4, \
             reason => 'x')",
            "SELECT post('payer', 1, 4, 2, '2026-01-31', kind => 'revaluation'); \
             SELECT post('payer', 4, 1, 2, '2026-02-02', kind => 'reversal', reverses => 4, \
             reason => 'x')",
            "SELECT post('payer', 1, 4, 2, '2026-01-31', kind => 'revaluation'); \
             SELECT post('payer', 4, 1, 2, '2026-02-01', kind => 'reversal', reverses => 4, \
             reason => 'x'); SET CONSTRAINTS ALL IMMEDIATE; \
             SELECT post('payer', 1, 4, 2, '2026-02-02', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc')",
        ],
    ),
];
