//! What lots are for, how they end, and what jobs did.

use super::{Case, denied, ruled};

macro_rules! lot {
    ($columns:literal, $values:literal) => {
        concat!(
            "INSERT INTO lots (pledge_id, id, instalment_id, unit, face, kind, valid_from, \
             expires_at, issued_on, ",
            $columns,
            ") VALUES (id('fides'), id('lot 2'), id('fides credits'), 'ADC:TIKTOK:USD', 1, 'free', \
             '2026-01-01', '2026-01-31', '2026-01-01', ",
            $values,
            ")"
        )
    };
}

/// An event of a lot that has 300.00 in the pool.
macro_rules! event {
    ($($value:literal),+) => {
        concat!("SELECT open('fides', 7, '1310', 'ADC:TIKTOK:USD', lot => 'lot'); \
                 SELECT open('fides', 8, '3200', 'ADC:TIKTOK:USD'); \
                 SELECT post('fides', 7, 8, 30000, '2026-01-30'); ",
                event!(@alone $($value),+))
    };
    (@alone $lot:literal, $number:literal, $kind:literal, $until:literal, $actor:literal) => {
        concat!("INSERT INTO lot_events VALUES (id('fides'), id(", $lot, "), ", $number, ", ",
                $kind, ", ", $until, ", 'Late', 'doc', 'doc', ", $actor, ", now())")
    };
}

macro_rules! run {
    ($job:literal, $ended:literal, $outcome:literal, $found:literal, $actor:literal) => {
        concat!(
            "INSERT INTO job_runs VALUES (id('run'), ",
            $job,
            ", '2026-01-02', ",
            $ended,
            ", ",
            $outcome,
            ", ",
            $found,
            ", 0, 0, ",
            $actor,
            ", id('service'))"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "lots_fair_value_rate",
        &[
            lot!("fair_value_ppm, fair_value_technique", "0, 'Quoted prices'"),
            lot!(
                "fair_value_ppm, fair_value_technique",
                "1000001, 'Quoted prices'"
            ),
        ],
    ),
    ruled(
        "lots_fair_value_stated",
        &[
            lot!("fair_value_ppm", "850000"),
            lot!("fair_value_technique", "'Quoted prices'"),
            lot!("fair_value_ppm, fair_value_technique", "850000, ''"),
        ],
    ),
    ruled(
        "lots_scope_complete",
        &[
            "INSERT INTO lot_markets VALUES (id('fides'), id('lot'), 'JP', 0)",
            "INSERT INTO lot_campaigns VALUES (id('fides'), id('lot'), '1790', 0)",
            lot!("scope_markets", "1"),
            lot!("scope_campaigns", "1"),
        ],
    ),
    ruled(
        "lot_markets_pkey",
        &[
            "INSERT INTO lot_markets VALUES (id('fides'), id('lot'), 'JP', 0), \
           (id('fides'), id('lot'), 'JP', 1)",
        ],
    ),
    ruled(
        "lot_markets_lot_exists",
        &["INSERT INTO lot_markets VALUES (id('fides'), id('lot 2'), 'JP', 0)"],
    ),
    ruled(
        "lot_markets_market_of_pledge",
        &["INSERT INTO lot_markets VALUES (id('fides'), id('lot'), 'FR', 0)"],
    ),
    ruled(
        "lot_campaigns_pkey",
        &[
            "INSERT INTO lot_campaigns VALUES (id('fides'), id('lot'), '1790', 0), \
           (id('fides'), id('lot'), '1790', 1)",
        ],
    ),
    ruled(
        "lot_campaigns_campaign_stated",
        &["INSERT INTO lot_campaigns VALUES (id('fides'), id('lot'), '', 0)"],
    ),
    ruled(
        "lot_campaigns_lot_exists",
        &["INSERT INTO lot_campaigns VALUES (id('fides'), id('lot 2'), '1790', 0)"],
    ),
    ruled(
        "lot_events_kind",
        &[event!("'lot'", "1", "'odd'", "'2027-01-31'", "'carlos'")],
    ),
    ruled(
        "lot_events_actor_stated",
        &[event!("'lot'", "1", "'extension'", "'2027-01-31'", "''")],
    ),
    ruled(
        "lot_events_lot_exists",
        &[event!(
            "'lot 2'",
            "1",
            "'extension'",
            "'2027-01-31'",
            "'carlos'"
        )],
    ),
    ruled(
        "lot_events_gapless",
        &[
            event!("'lot'", "2", "'extension'", "'2027-01-31'", "'carlos'"),
            event!("'lot'", "0", "'extension'", "'2027-01-31'", "'carlos'"),
        ],
    ),
    ruled(
        "lot_events_extend",
        &[
            event!("'lot'", "1", "'extension'", "'2026-12-31'", "'carlos'"),
            event!("'lot'", "1", "'extension'", "'2026-06-30'", "'carlos'"),
        ],
    ),
    ruled(
        "lot_events_while_it_lasts",
        &[
            // Nothing is there; and after some of it lapsed.
            event!(@alone "'lot'", "1", "'extension'", "'2027-01-31'", "'carlos'"),
            concat!(
                "SELECT open('fides', 7, '1310', 'ADC:TIKTOK:USD', lot => 'lot'); \
                 SELECT open('fides', 8, '3200', 'ADC:TIKTOK:USD'); \
                 SELECT post('fides', 7, 8, 30000, '2026-01-30'); \
                 SELECT open('fides', 9, '5910', 'ADC:TIKTOK:USD'); \
                 SELECT post('fides', 9, 7, 1, '2027-01-01', kind => 'expiry', subject => 'lot'); ",
                event!(@alone "'lot'", "1", "'extension'", "'2027-01-31'", "'carlos'")
            ),
        ],
    ),
    ruled(
        "journals_revocation_documented",
        &[
            "SELECT post('fides', 4, 5, 1, '2026-01-30', kind => 'revocation', subject => 'lot', \
             reason => 'x')",
            "SELECT post('fides', 4, 5, 1, '2026-01-30', kind => 'revocation', subject => 'lot', \
             document => 'doc')",
        ],
    ),
    ruled(
        "journals_lapse_of_lot",
        &[
            "SELECT post('fides', 4, 5, 1, '2027-01-30', kind => 'expiry', subject => 'lot 2')",
            "SELECT post('fides', 4, 5, 1, '2027-01-30', kind => 'expiry')",
            "SELECT post('other', 2, 3, 1, '2027-01-30', kind => 'expiry', subject => 'lot')",
            "SELECT post('fides', 4, 5, 1, '2026-01-30', kind => 'revocation', reason => 'x', \
             document => 'doc', subject => 'lot 2')",
        ],
    ),
    ruled(
        "journals_lapse_after_end",
        &["SELECT post('fides', 4, 5, 1, '2026-12-31', kind => 'expiry', subject => 'lot')"],
    ),
    denied("jobs_pkey", &["INSERT INTO jobs VALUES ('expiry', 'X')"]),
    ruled(
        "job_runs_pkey",
        &[concat!(
            run!("'expiry'", "'2026-01-03'", "'done'", "0", "'petra'"),
            "; ",
            run!("'expiry'", "'2026-01-03'", "'done'", "0", "'petra'")
        )],
    ),
    ruled(
        "job_runs_job_exists",
        &[run!("'laundry'", "'2026-01-03'", "'done'", "0", "'petra'")],
    ),
    ruled(
        "job_runs_start_before_end",
        &[run!("'expiry'", "'2026-01-01'", "'done'", "0", "'petra'")],
    ),
    ruled(
        "job_runs_outcome",
        &[run!("'expiry'", "'2026-01-03'", "'odd'", "0", "'petra'")],
    ),
    ruled(
        "job_runs_counts_not_negative",
        &[run!("'expiry'", "'2026-01-03'", "'done'", "-1", "'petra'")],
    ),
    ruled(
        "job_runs_actor_stated",
        &[run!("'expiry'", "'2026-01-03'", "'done'", "0", "''")],
    ),
];
