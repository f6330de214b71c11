//! Statements that are issued: numbered without gaps, each opening with what the last closed with.

use super::{Case, ruled};

/// A run: its pledge, name, last day, journal, reason and who asked for it.
macro_rules! run {
    ($pledge:literal, $name:literal, $day:literal, $journal:literal, $reason:literal,
     $by:literal) => {
        concat!(
            "INSERT INTO statement_runs VALUES (id('",
            $pledge,
            "'), id('",
            $name,
            "'), ",
            $day,
            ", ",
            $journal,
            ", now(), ",
            $reason,
            ", '",
            $by,
            "', 'i|carlos', now())"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled("statements_pkey", &["SELECT issue(number => 1)"]),
    ruled("statements_id_unique", &["SELECT issue(name => 'issued')"]),
    ruled(
        "statements_superseded_once",
        &[
            "SELECT issue(from_day => '2020-01-01', to_day => '2020-01-31', supersedes => 1,
                       reason => 'Late');
           SELECT issue(3, '2020-01-01', '2020-01-31', supersedes => 1, reason => 'Later',
                       name => 'third')",
        ],
    ),
    ruled(
        "statements_account_exists",
        &["SELECT issue(1, account => 999)"],
    ),
    ruled(
        "statements_account_of_run",
        &["SELECT issue(run => 'nothing')"],
    ),
    ruled(
        "statements_once_a_run",
        &["SELECT issue(run => 'run');
           SELECT issue(3, '2020-03-01', '2020-03-31', run => 'run', name => 'third')"],
    ),
    ruled(
        "statements_days_ordered",
        &["SELECT issue(to_day => '2020-01-31')"],
    ),
    ruled(
        "statements_days_over",
        &["SELECT issue(to_day => (now() AT TIME ZONE 'UTC')::date)"],
    ),
    ruled(
        "statements_totals_not_negative",
        &[
            "SELECT issue(lines => -1)",
            "SELECT issue(debits => -1, credits => -1)",
        ],
    ),
    ruled(
        "statements_reissued_for_reason",
        &[
            "SELECT issue(from_day => '2020-01-01', to_day => '2020-01-31', supersedes => 1)",
            "SELECT issue(from_day => '2020-01-01', to_day => '2020-01-31', supersedes => 1,
                         reason => '')",
            "SELECT issue(reason => 'Late')",
        ],
    ),
    ruled("statements_person_stated", &["SELECT issue(by => '')"]),
    ruled(
        "statements_digest_whole",
        &["SELECT issue(digest => 'short')"],
    ),
    ruled("statements_signed", &["SELECT issue(signature => '')"]),
    ruled("statements_gapless", &["SELECT issue(number => 3)"]),
    ruled("statements_tie", &["SELECT issue(closing => 5)"]),
    ruled("statements_known_journal", &["SELECT issue(known => 1)"]),
    ruled(
        "statements_supersede",
        &[
            "SELECT issue(supersedes => 1, reason => 'Other days')",
            "SELECT issue(supersedes => 7, reason => 'Nothing')",
        ],
    ),
    ruled(
        "statements_follow_on",
        &[
            "SELECT issue(from_day => '2020-02-02')",
            "SELECT issue(from_day => '2020-01-31')",
        ],
    ),
    ruled(
        "statements_opening",
        &[
            "SELECT issue(opening => 5, closing => 5)",
            "SELECT issue(1, account => 2, opening => 5, closing => 5)",
        ],
    ),
    ruled(
        "statement_runs_pkey",
        &[run!("fides", "run", "'2020-03-31'", "1", "NULL", "carlos")],
    ),
    ruled(
        "statement_runs_id_unique",
        &[run!("payer", "run", "'2020-03-31'", "1", "NULL", "carlos")],
    ),
    ruled(
        "statement_runs_day_unique",
        &[run!(
            "fides",
            "other",
            "'2020-12-31'",
            "1",
            "NULL",
            "carlos"
        )],
    ),
    ruled(
        "statement_runs_pledge_exists",
        &[run!(
            "nothing",
            "other",
            "'2020-03-31'",
            "1",
            "NULL",
            "carlos"
        )],
    ),
    ruled(
        "statement_runs_days_over",
        &[run!(
            "fides",
            "other",
            "(now() AT TIME ZONE 'UTC')::date",
            "1",
            "NULL",
            "carlos"
        )],
    ),
    ruled(
        "statement_runs_something_known",
        &[run!(
            "fides",
            "other",
            "'2020-03-31'",
            "0",
            "NULL",
            "carlos"
        )],
    ),
    ruled(
        "statement_runs_person_stated",
        &[run!("fides", "other", "'2020-03-31'", "1", "NULL", "")],
    ),
    ruled(
        "statement_runs_reason_stated",
        &[run!("fides", "other", "'2020-03-31'", "1", "''", "carlos")],
    ),
    ruled(
        "statement_run_accounts_pkey",
        &["INSERT INTO statement_run_accounts VALUES (id('fides'), id('run'), 1)"],
    ),
    ruled(
        "statement_run_accounts_run_exists",
        &["INSERT INTO statement_run_accounts VALUES (id('fides'), id('nothing'), 2)"],
    ),
    ruled(
        "statement_run_accounts_account_exists",
        &["INSERT INTO statement_run_accounts VALUES (id('fides'), id('run'), 999)"],
    ),
];
