//! Journals that take back others.

use super::{Case, ruled};

/// After a lot's last day 5 of its 30,000 lapsed, by the pledge's eighth journal.
macro_rules! lapsed {
    ($then:literal) => {
        concat!(
            "SELECT open('fides', 7, '1310', 'ADC:TIKTOK:USD', lot => 'lot'); \
             SELECT open('fides', 8, '3200', 'ADC:TIKTOK:USD'); \
             SELECT open('fides', 9, '5910', 'ADC:TIKTOK:USD'); \
             SELECT post('fides', 7, 8, 30000, '2026-01-30'); \
             SELECT post('fides', 9, 7, 5, '2027-01-01', kind => 'expiry', subject => 'lot'); ",
            $then
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "journals_win_back_of_lapse",
        &[
            // Of another lot, from another day on, and of what didn't lapse.
            lapsed!(
                "SELECT post('fides', 7, 9, 1, '2027-01-01', kind => 'expiry-correction', \
                 subject => 'lot 2', reverses => 8)"
            ),
            lapsed!(
                "SELECT post('fides', 7, 9, 1, '2027-01-02', kind => 'expiry-correction', \
                 subject => 'lot', reverses => 8)"
            ),
            lapsed!(
                "SELECT post('fides', 8, 7, 1, '2026-01-30', kind => 'expiry-correction', \
                 subject => 'lot', reverses => 7)"
            ),
        ],
    ),
    ruled(
        "journals_reversal_stated",
        &[
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'reversal', reason => 'x', \
             document => 'doc')",
            "SELECT post('other', 4, 3, 5, '2026-01-28', reverses => 3, reason => 'x', \
             document => 'doc')",
            "SELECT post('other', 4, 3, 5, '2026-01-28', kind => 'expiry-correction')",
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
            lapsed!(
                "SELECT post('fides', 9, 7, 5, '2027-01-01', kind => 'expiry', subject => 'lot'); \
                 SELECT post('fides', 7, 9, 6, '2027-01-01', kind => 'expiry-correction', \
                 subject => 'lot', reverses => 8); SET CONSTRAINTS ALL IMMEDIATE"
            ),
            // Of 60, 61; and of the 5 that were taken back, 6 given again.
            "SELECT post('other', 2, 1, 7, '2026-01-28', kind => 'reversal', reverses => 1, \
             reason => 'x', document => 'doc'); \
             SELECT post('other', 1, 2, 8, '2026-01-28', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 3, 4, 6, '2026-01-28', kind => 'reversal', reverses => 4, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
    ruled(
        "journals_reversible",
        &[
            lapsed!(
                "SELECT post('fides', 7, 9, 5, '2027-01-01', kind => 'expiry-correction', \
                 subject => 'lot', reverses => 8); \
                 SELECT post('fides', 9, 7, 5, '2027-01-02', kind => 'reversal', \
                 reverses => 9, reason => 'x', document => 'doc')"
            ),
            // What was placed or paid; and an agreement that was taken back, given back.
            "SELECT post('other', 2, 3, 1, '2026-01-28', kind => 'payment-return'); \
             SELECT post('other', 3, 2, 1, '2026-01-28', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 2, 3, 1, '2026-01-28', kind => 'payment'); \
             SELECT post('other', 3, 2, 1, '2026-01-28', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 2, 3, 1, '2026-01-28', kind => 'agreement'); \
             SELECT post('other', 3, 2, 1, '2026-01-28', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE; \
             SELECT post('other', 2, 3, 1, '2026-01-28', kind => 'reversal', reverses => 6, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
    ruled(
        "transfers_reversal_whole",
        &[
            "SELECT post('fides', 3, 2, 20, '2026-01-30', kind => 'reversal', reverses => 1, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('other', 2, 3, 2, '2026-01-28', kind => 'condition-met'); \
             SELECT post('other', 3, 2, 1, '2026-01-28', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
    ruled(
        "transfers_reversal_keeps_proof",
        &[
            // The bank's side of a receipt without what it funded; and a fee alone.
            "SELECT post('fides', 2, 1, 5, '2026-01-30', kind => 'reversal', reverses => 2, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT open('fides', 8, '5810', 'USD'); \
             SELECT post('fides', 8, 2, 5, '2026-01-30', kind => 'suspense'); \
             SELECT post('fides', 2, 8, 5, '2026-01-30', kind => 'reversal', reverses => 7, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
    ruled(
        "transfers_release_within_allocation",
        &[
            // 9,000 are taken back of an allocation of which 500 were released already; and of a
            // release that was taken back and made again, the reversal is taken back.
            "SELECT post('fides', 5, 6, 1000, '2026-01-30', kind => 'allocation', \
             name => 'more', subject => 'more'); \
             SELECT post('fides', 6, 5, 500, '2026-01-30', kind => 'release', \
             subject => 'allocation'); \
             SELECT post('fides', 6, 5, 9000, '2026-01-30', kind => 'reversal', reverses => 5, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
            "SELECT post('fides', 5, 6, 1000, '2026-01-30', kind => 'allocation', \
             name => 'more', subject => 'more'); \
             SELECT post('fides', 6, 5, 900, '2026-01-30', kind => 'release', \
             subject => 'allocation'); \
             SELECT post('fides', 5, 6, 900, '2026-01-30', kind => 'reversal', reverses => 8, \
             reason => 'x', document => 'doc'); \
             SELECT post('fides', 6, 5, 9000, '2026-01-30', kind => 'release', \
             subject => 'allocation'); \
             SELECT post('fides', 6, 5, 900, '2026-01-30', kind => 'reversal', reverses => 9, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
    ruled(
        "journals_bank_reference_unique",
        &[
            // Received, taken back, received again; then the first is given back after all.
            "SELECT open('other', 6, '1110', 'USD', instalment => 'other cash'); \
             SELECT post('other', 6, 2, 40, '2026-01-28', kind => 'budget'); \
             SELECT post('other', 1, 6, 10, '2026-01-28', kind => 'suspense', \
             subject => 'other cash', bank_reference => 'B'); \
             SELECT post('other', 6, 1, 10, '2026-01-28', kind => 'reversal', reverses => 6, \
             reason => 'x', document => 'doc'); \
             SELECT post('other', 1, 6, 10, '2026-01-28', kind => 'suspense', \
             subject => 'other cash', bank_reference => 'B'); \
             SELECT post('other', 1, 6, 3, '2026-01-28', kind => 'reversal', reverses => 7, \
             reason => 'x', document => 'doc'); SET CONSTRAINTS ALL IMMEDIATE",
        ],
    ),
];
