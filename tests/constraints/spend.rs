//! Placements, lines of spend, the lots they stand in, and refunds.

use super::{Case, denied, ruled};

/// A line of the campaign: day, revision, name, state, spend, cash, credits, suspended, journal.
macro_rules! line {
    ($day:literal, $revision:literal, $name:literal, $rest:literal) => {
        concat!(
            "INSERT INTO spend_lines VALUES (id('spent'), id('campaign'), '2026-",
            $day,
            "', ",
            $revision,
            ", id('",
            $name,
            "'), id('shibuya'), ",
            $rest,
            ", id('import'), 2)"
        )
    };
}

/// How much of a day's first report stands in a lot.
macro_rules! used {
    ($day:literal, $place:literal, $lot:literal, $amount:literal) => {
        concat!(
            "INSERT INTO spend_uses VALUES (id('spent'), id('campaign'), '2026-",
            $day,
            "', 1, ",
            $place,
            ", id('",
            $lot,
            "'), ",
            $amount,
            ")"
        )
    };
}

/// A final line of 5 that stands in one lot alone.
macro_rules! only {
    ($day:literal, $lot:literal) => {
        concat!(
            "INSERT INTO spend_lines VALUES (id('spent'), id('campaign'), '2026-",
            $day,
            "', 1, id('new'), id('shibuya'), 'final', 5, 0, 5, 0, NULL, id('import'), 2, id('",
            $lot,
            "'))"
        )
    };
}

/// A lot of the pledge that is for something.
macro_rules! narrow {
    ($scope:literal, $of:literal, $then:expr) => {
        concat!(
            "INSERT INTO lots (pledge_id, id, instalment_id, unit, face, kind, valid_from, \
             expires_at, issued_on, scope_",
            $scope,
            ") VALUES (id('spent'), id('narrow'), id('spent credits'), 'ADC:TIKTOK:USD', 100, \
             'free', '2026-01-01', '2026-06-30', '2026-01-01', 1); INSERT INTO lot_",
            $scope,
            " VALUES (id('spent'), id('narrow'), '",
            $of,
            "', 0); ",
            $then
        )
    };
}

macro_rules! refund {
    ($reference:literal, $name:literal, $amount:literal) => {
        concat!(
            "INSERT INTO spend_refunds VALUES (id('spent'), id('campaign'), '2026-02-10', '",
            $reference,
            "', id('",
            $name,
            "'), ",
            $amount,
            ", false)"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "ad_accounts_time_zone_known",
        &[
            "INSERT INTO ad_accounts VALUES (id('spent'), id('edo'), 'TIKTOK', 'A-2', 'Edo', \
           'ADC:TIKTOK:USD', 'JP', 'Asia/Edo', '2026-01-01')",
        ],
    ),
    ruled(
        "journals_placement_within_life",
        &[
            "SELECT post('spent', 1, 2, 1, '2026-07-01', kind => 'placement', \
                subject => 'spent lot')",
            "SELECT post('spent', 1, 2, 1, '2026-02-01', kind => 'placement', subject => 'lot')",
            "SELECT post('spent', 1, 2, 1, '2026-02-01', kind => 'placement')",
        ],
    ),
    ruled(
        "spend_lines_pkey",
        &[line!("02-10", "1", "new", "'final', 0, 0, 0, 0, NULL")],
    ),
    ruled(
        "spend_lines_id_unique",
        &[line!("02-11", "1", "line", "'final', 0, 0, 0, 0, NULL")],
    ),
    ruled(
        "spend_lines_state",
        &[line!("02-11", "1", "new", "'done', 0, 0, 0, 0, NULL")],
    ),
    ruled(
        "spend_lines_adds_up",
        &[line!("02-11", "1", "new", "'final', 3, 1, 1, 0, NULL")],
    ),
    ruled(
        "spend_lines_not_negative",
        &[
            line!("02-11", "1", "new", "'final', 0, -1, 1, -1, NULL"),
            line!("02-11", "1", "new", "'final', 0, 1, -1, 0, NULL"),
        ],
    ),
    ruled(
        "spend_lines_revision_not_negative",
        &[line!("02-11", "-1", "new", "'final', 0, 0, 0, 0, NULL")],
    ),
    ruled(
        "spend_lines_suspended_of_cash",
        &[
            line!("02-11", "1", "new", "'final', 1, 1, 0, 2, NULL"),
            line!("02-11", "1", "new", "'final', 1, 1, 0, -1, NULL"),
        ],
    ),
    ruled(
        "spend_lines_posted_if_final",
        &[line!("02-11", "1", "new", "'provisional', 0, 0, 0, 0, 1")],
    ),
    ruled(
        "spend_lines_of_campaign",
        &[
            "INSERT INTO spend_lines VALUES (id('spent'), id('bond'), '2026-02-11', 1, \
                id('new'), id('shibuya'), 'final', 0, 0, 0, 0, NULL, id('import'), 2)",
            "INSERT INTO spend_lines VALUES (id('fides'), id('campaign'), '2026-02-11', 1, \
                id('new'), id('shibuya'), 'final', 0, 0, 0, 0, NULL, id('import'), 2)",
            "INSERT INTO spend_lines VALUES (id('spent'), id('campaign'), '2026-02-11', 1, \
                id('new'), id('osaka'), 'final', 0, 0, 0, 0, NULL, id('import'), 2)",
        ],
    ),
    ruled(
        "spend_lines_lots_add_up",
        &[line!("02-11", "1", "new", "'final', 5, 0, 5, 0, NULL")],
    ),
    ruled(
        "spend_lines_final_stays",
        &[line!(
            "02-10",
            "2",
            "new",
            "'provisional', 0, 0, 0, 0, NULL"
        )],
    ),
    ruled(
        "spend_lines_revision_rises",
        &[line!("02-10", "0", "new", "'final', 0, 0, 0, 0, NULL")],
    ),
    ruled(
        "spend_lines_as_posted",
        &[
            line!("02-11", "1", "new", "'final', 0, 0, 0, 0, 1"),
            line!("02-11", "1", "new", "'final', 0, 0, 0, 0, 99"),
        ],
    ),
    ruled("spend_uses_pkey", &[used!("02-10", "0", "spent lot", "1")]),
    ruled(
        "spend_uses_amount_positive",
        &[used!("02-10", "1", "spent lot", "0")],
    ),
    ruled(
        "spend_uses_of_line",
        &[
            used!("02-11", "0", "spent lot", "5"),
            // Of one that says already which lot it stands in.
            concat!(
                only!("02-11", "spent lot"),
                "; ",
                used!("02-11", "0", "spent lot", "5")
            ),
        ],
    ),
    ruled(
        "spend_lines_lot_if_spent",
        &[
            "INSERT INTO spend_lines VALUES (id('spent'), id('campaign'), '2026-02-11', 1, \
             id('new'), id('shibuya'), 'final', 0, 0, 0, 0, NULL, id('import'), 2, \
             id('spent lot'))",
        ],
    ),
    ruled(
        "spend_uses_within_life",
        &[
            only!("07-01", "spent lot"),
            only!("02-11", "lot"),
            concat!(
                "WITH u AS (",
                used!("07-01", "0", "spent lot", "5"),
                ") ",
                line!("07-01", "1", "new", "'final', 5, 0, 5, 0, NULL")
            ),
            concat!(
                "WITH u AS (",
                used!("02-11", "0", "lot", "5"),
                ") ",
                line!("02-11", "1", "new", "'final', 5, 0, 5, 0, NULL")
            ),
        ],
    ),
    ruled(
        "spend_uses_within_scope",
        &[
            narrow!("markets", "US", only!("02-11", "narrow")),
            narrow!("campaigns", "K-2", only!("02-11", "narrow")),
            narrow!(
                "markets",
                "US",
                concat!(
                    "WITH u AS (",
                    used!("02-11", "0", "narrow", "5"),
                    ") ",
                    line!("02-11", "1", "new", "'final', 5, 0, 5, 0, NULL")
                )
            ),
            narrow!(
                "campaigns",
                "K-2",
                concat!(
                    "WITH u AS (",
                    used!("02-11", "0", "narrow", "5"),
                    ") ",
                    line!("02-11", "1", "new", "'final', 5, 0, 5, 0, NULL")
                )
            ),
        ],
    ),
    ruled(
        "journals_placement_within_scope",
        &[narrow!(
            "markets",
            "US",
            "SELECT open('spent', 3, '1320', 'ADC:TIKTOK:USD', lot => 'narrow', \
             ad_account => 'shibuya'); \
             SELECT open('spent', 4, '3210', 'ADC:TIKTOK:USD'); \
             INSERT INTO approvals SELECT id('spent'), id('placing'), action, unit, amount, maker, \
                path, body, asked_at, posting, digest, summary, 1, reserved, proposed_at, \
                expires_at FROM approvals WHERE id = id('asked'); \
             INSERT INTO approval_decisions VALUES (id('spent'), id('placing'), 1, 'approved', \
                'aiko', now(), repeat('a', 64), NULL, NULL); \
             SELECT post('spent', 3, 4, 1, '2026-02-01', kind => 'placement', \
                subject => 'narrow', approval => 'placing'); SET CONSTRAINTS ALL IMMEDIATE"
        )],
    ),
    ruled("spend_refunds_pkey", &[refund!("IVT-1", "another", "1")]),
    ruled(
        "spend_refunds_id_unique",
        &[refund!("IVT-2", "refund", "1")],
    ),
    ruled(
        "spend_refunds_amount_positive",
        &[refund!("IVT-2", "another", "0")],
    ),
    ruled(
        "spend_refunds_reference_stated",
        &[refund!("", "another", "1")],
    ),
    ruled(
        "spend_refunds_as_posted",
        &[
            refund!("IVT-2", "another", "1"),
            refund!("IVT-2", "bond", "1"),
        ],
    ),
    ruled(
        "spend_refunds_within_spend",
        &[
            concat!(
                "SELECT post('spent', 1, 2, 1, '2026-02-20', kind => 'refund', \
                    name => 'another'); ",
                refund!("IVT-2", "another", "16")
            ),
            line!("02-10", "2", "new", "'final', 0, 0, 0, 0, NULL"),
        ],
    ),
    denied(
        "platform_profiles_pkey",
        &["INSERT INTO platform_profiles VALUES \
           ('TIKTOK', 1, '2026-01-01', true, false, false, 'fefo', 3, 0)"],
    ),
    denied(
        "platform_profiles_day_unique",
        &["INSERT INTO platform_profiles VALUES \
           ('TIKTOK', 2, '2020-01-01', true, false, false, 'fefo', 3, 0)"],
    ),
    denied(
        "platform_profiles_platform_shape",
        &["INSERT INTO platform_profiles VALUES \
           ('TikTok', 2, '2026-01-01', true, false, false, 'fefo', 3, 0)"],
    ),
    denied(
        "platform_profiles_version_positive",
        &["INSERT INTO platform_profiles VALUES \
           ('TIKTOK', 0, '2026-01-01', true, false, false, 'fefo', 3, 0)"],
    ),
    denied(
        "platform_profiles_order_of_use",
        &["INSERT INTO platform_profiles VALUES \
           ('TIKTOK', 2, '2026-01-01', true, false, false, 'lifo', 3, 0)"],
    ),
    denied(
        "platform_profiles_bounds_not_negative",
        &[
            "INSERT INTO platform_profiles VALUES \
             ('TIKTOK', 2, '2026-01-01', true, false, false, 'fefo', -1, 0)",
            "INSERT INTO platform_profiles VALUES \
             ('TIKTOK', 2, '2026-01-01', true, false, false, 'fefo', 3, -1)",
        ],
    ),
    denied(
        "time_zones_pkey",
        &["INSERT INTO time_zones VALUES ('Asia/Tokyo')"],
    ),
];
