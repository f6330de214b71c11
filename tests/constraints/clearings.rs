//! What of lines of spend was cleared of suspense.

use super::{Case, ruled};

/// A clearing of a report of the 11th, by a journal of that name.
macro_rules! clearing {
    ($revision:literal, $journal:literal, $amount:literal) => {
        concat!(
            "INSERT INTO spend_clearings VALUES (id('spent'), id('campaign'), '2026-02-11', ",
            $revision,
            ", id('",
            $journal,
            "'), ",
            $amount,
            "); "
        )
    };
}

/// After a report that has 8 of its 9 in cash in suspense.
macro_rules! suspended {
    ($then:expr) => {
        concat!(
            "SELECT open('spent', 3, '1900', 'USD'); \
             SELECT open('spent', 4, '5220', 'USD', market => 'JP'); \
             INSERT INTO spend_lines VALUES (id('spent'), id('campaign'), '2026-02-11', 1, \
             id('spilled'), id('shibuya'), 'final', 9, 9, 0, 8, NULL, id('import'), 2); ",
            $then
        )
    };
}

/// After a journal that clears 5, with something said of it otherwise.
macro_rules! cleared {
    ($name:literal, $day:literal, $said:literal, $then:expr) => {
        concat!(
            "SELECT post('spent', 4, 3, 5, '2026-02-",
            $day,
            "', name => '",
            $name,
            "', ",
            $said,
            "); ",
            $then
        )
    };
}

/// The same with nothing said otherwise.
macro_rules! rightly {
    ($name:literal, $then:expr) => {
        cleared!(
            $name,
            "20",
            "kind => 'suspense-clearing', subject => 'shibuya', reason => 'x'",
            $then
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "spend_clearings_pkey",
        &[suspended!(rightly!(
            "clear",
            concat!(clearing!("1", "clear", "5"), clearing!("1", "clear", "5"))
        ))],
    ),
    ruled(
        "spend_clearings_id_unique",
        &[suspended!(rightly!(
            "clear",
            concat!(clearing!("1", "clear", "5"), clearing!("2", "clear", "5"))
        ))],
    ),
    ruled(
        "spend_clearings_amount_positive",
        &[
            suspended!(rightly!("clear", clearing!("1", "clear", "0"))),
            suspended!(rightly!("clear", clearing!("1", "clear", "-5"))),
        ],
    ),
    ruled(
        "spend_clearings_of_line",
        &[suspended!(rightly!("clear", clearing!("2", "clear", "5")))],
    ),
    ruled(
        "spend_clearings_of_latest",
        &[suspended!(rightly!(
            "clear",
            concat!(
                "INSERT INTO spend_lines VALUES (id('spent'), id('campaign'), '2026-02-11', 2, \
                 id('later'), id('shibuya'), 'final', 9, 9, 0, 8, NULL, id('import'), 3); ",
                clearing!("1", "clear", "5")
            )
        ))],
    ),
    ruled(
        "spend_clearings_within_suspended",
        &[
            // 5 and 5 of 8; and of a line that has nothing in suspense.
            suspended!(rightly!(
                "clear",
                concat!(
                    clearing!("1", "clear", "5"),
                    rightly!("again", clearing!("1", "again", "5"))
                )
            )),
            suspended!(rightly!(
                "clear",
                "INSERT INTO spend_clearings VALUES (id('spent'), id('campaign'), '2026-02-10', 1, \
                 id('clear'), 5)"
            )),
        ],
    ),
    ruled(
        "spend_clearings_as_posted",
        &[
            // By nothing, another amount, another kind, before the day, for no reason, of another
            // ad account, and by what takes nothing out of suspense.
            suspended!(clearing!("1", "nothing", "5")),
            suspended!(rightly!("clear", clearing!("1", "clear", "4"))),
            suspended!(cleared!(
                "clear",
                "20",
                "kind => 'overspill', subject => 'shibuya', reason => 'x'",
                clearing!("1", "clear", "5")
            )),
            suspended!(cleared!(
                "clear",
                "10",
                "kind => 'suspense-clearing', subject => 'shibuya', reason => 'x'",
                clearing!("1", "clear", "5")
            )),
            suspended!(cleared!(
                "clear",
                "20",
                "kind => 'suspense-clearing', subject => 'shibuya'",
                clearing!("1", "clear", "5")
            )),
            suspended!(cleared!(
                "clear",
                "20",
                "kind => 'suspense-clearing', subject => 'tokyo', reason => 'x'",
                clearing!("1", "clear", "5")
            )),
            suspended!(concat!(
                "SELECT post('spent', 2, 1, 5, '2026-02-20', kind => 'suspense-clearing', \
                 subject => 'shibuya', reason => 'x', name => 'clear'); ",
                clearing!("1", "clear", "5")
            )),
        ],
    ),
    ruled(
        "journals_reversible",
        &[suspended!(rightly!(
            "clear",
            concat!(
                clearing!("1", "clear", "5"),
                "SELECT post('spent', 3, 4, 5, '2026-02-21', kind => 'reversal', reverses => 3, \
                 reason => 'x', document => 'doc')"
            )
        ))],
    ),
];

/// Parts of what a report has in suspense, up to all of it.
pub(super) const RIGHT: &str = suspended!(concat!(
    "SELECT post('spent', 4, 3, 3, '2026-02-11', name => 'rest', kind => 'suspense-clearing', \
     subject => 'shibuya', reason => 'x'); ",
    clearing!("1", "rest", "3"),
    rightly!("clear", clearing!("1", "clear", "5")),
    "SET CONSTRAINTS ALL IMMEDIATE"
));
