//! Journals that take back others.

use super::{Case, ruled};

pub(super) const CASES: &[Case] = &[
    ruled(
        "journals_reversal_stated",
        &[
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'reversal', reason => 'x', \
             document => 'doc')",
            "SELECT post('other', 4, 3, 5, '2026-01-28', reverses => 3, reason => 'x', \
             document => 'doc')",
        ],
    ),
    ruled(
        "journals_reversal_documented",
        &[
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'reversal', reverses => 3, \
             reason => 'x')",
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'reversal', reverses => 3, \
             document => 'doc')",
        ],
    ),
    ruled(
        "journals_reverses_earlier",
        &[
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'reversal', reverses => 5, \
           reason => 'x', document => 'doc')",
        ],
    ),
    ruled(
        "transfers_reversal_mirrors",
        &[
            // The same way round, from another account, of another line, of another journal.
            "SELECT post('other', 3, 4, 5, '2026-01-28', kind => 'reversal', reverses => 3, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 2, 3, 5, '2026-01-28', kind => 'reversal', reverses => 3, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'reversal', reverses => 3, \
             reason => 'x', document => 'doc', line => 2); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'reversal', reverses => 2, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
    ruled(
        "transfers_reversal_within_original",
        &[
            // Of 60, 61; and of the 5 that were taken back, 6 given again.
            "SELECT post('other', 2, 1, 7, '2026-01-28', kind => 'reversal', reverses => 1, \
             reason => 'x', document => 'doc'); \
             SELECT post('other', 1, 2, 8, '2026-01-28', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 3, 4, 6, '2026-01-28', kind => 'reversal', reverses => 4, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
];
