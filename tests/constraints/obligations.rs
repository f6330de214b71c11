//! Ad accounts, obligations and holds.

use super::{Case, denied, ruled};

macro_rules! ad_account {
    ($($value:literal),+) => {
        concat!("INSERT INTO ad_accounts VALUES (", $($value, ",",)+ "'2026-01-01')")
    };
}

macro_rules! obligation {
    ($($value:literal),+) => {
        concat!("INSERT INTO obligations (pledge_id, id, kind, reference, unit, amount, \
                 creator_id, market, starts_on, ends_on, ad_account_id, campaign) \
                 VALUES (id('other')",
                $(", ", $value,)+ ")")
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "ad_accounts_pkey",
        &[ad_account!(
            "id('other')",
            "id('tokyo')",
            "'TIKTOK'",
            "'A-2'",
            "'X'",
            "'ADC:TIKTOK:USD'",
            "'JP'",
            "'UTC'"
        )],
    ),
    ruled(
        "ad_accounts_id_unique",
        &[ad_account!(
            "id('fides')",
            "id('tokyo')",
            "'TIKTOK'",
            "'A-2'",
            "'X'",
            "'ADC:TIKTOK:USD'",
            "'JP'",
            "'UTC'"
        )],
    ),
    ruled(
        "ad_accounts_reference_unique",
        &[ad_account!(
            "id('other')",
            "id('osaka')",
            "'TIKTOK'",
            "'A-1'",
            "'X'",
            "'ADC:TIKTOK:USD'",
            "'JP'",
            "'UTC'"
        )],
    ),
    ruled(
        "ad_accounts_unit_of_platform",
        &[
            ad_account!(
                "id('other')",
                "id('osaka')",
                "'META'",
                "'A-2'",
                "'X'",
                "'ADC:TIKTOK:USD'",
                "'JP'",
                "'UTC'"
            ),
            ad_account!(
                "id('other')",
                "id('osaka')",
                "'TIKTOK'",
                "'A-2'",
                "'X'",
                "'USD'",
                "'JP'",
                "'UTC'"
            ),
        ],
    ),
    ruled(
        "ad_accounts_time_zone_stated",
        &[ad_account!(
            "id('other')",
            "id('osaka')",
            "'TIKTOK'",
            "'A-2'",
            "'X'",
            "'ADC:TIKTOK:USD'",
            "'JP'",
            "''"
        )],
    ),
    ruled(
        "ad_accounts_unit_of_pledge",
        &[ad_account!(
            "id('other')",
            "id('osaka')",
            "'META'",
            "'A-2'",
            "'X'",
            "'ADC:META:USD'",
            "'JP'",
            "'UTC'"
        )],
    ),
    ruled(
        "ad_accounts_market_of_pledge",
        &[ad_account!(
            "id('other')",
            "id('osaka')",
            "'TIKTOK'",
            "'A-2'",
            "'X'",
            "'ADC:TIKTOK:USD'",
            "'FR'",
            "'UTC'"
        )],
    ),
    ruled(
        "obligations_pkey",
        &[obligation!(
            "id('contract')",
            "'contract'",
            "'C-2'",
            "'USD'",
            "1",
            "id('hanako')",
            "'JP'",
            "'2026-01-01'",
            "'2026-02-01'",
            "NULL",
            "NULL"
        )],
    ),
    ruled(
        "obligations_id_unique",
        &[
            "INSERT INTO obligations (pledge_id, id, kind, reference, unit, amount, creator_id, \
           market, starts_on, ends_on) VALUES (id('fides'), id('contract'), 'contract', 'C-2', \
           'USD', 1, id('hanako'), 'JP', '2026-01-01', '2026-02-01')",
        ],
    ),
    ruled(
        "obligations_reference_unique",
        &[obligation!(
            "id('new')",
            "'contract'",
            "'C-1'",
            "'USD'",
            "1",
            "id('hanako')",
            "'JP'",
            "'2026-01-01'",
            "'2026-02-01'",
            "NULL",
            "NULL"
        )],
    ),
    ruled(
        "obligations_campaign_unique",
        &[concat!(
            obligation!(
                "id('new')",
                "'campaign'",
                "'C-2'",
                "'ADC:TIKTOK:USD'",
                "1",
                "id('hanako')",
                "'JP'",
                "'2026-01-01'",
                "'2026-02-01'",
                "id('tokyo')",
                "'77'"
            ),
            "; ",
            obligation!(
                "id('newer')",
                "'campaign'",
                "'C-3'",
                "'ADC:TIKTOK:USD'",
                "1",
                "id('hanako')",
                "'JP'",
                "'2026-01-01'",
                "'2026-02-01'",
                "id('tokyo')",
                "'77'"
            )
        )],
    ),
    ruled(
        "obligations_kind",
        &[obligation!(
            "id('new')",
            "'gift'",
            "'C-2'",
            "'USD'",
            "1",
            "id('hanako')",
            "'JP'",
            "'2026-01-01'",
            "'2026-02-01'",
            "NULL",
            "NULL"
        )],
    ),
    ruled(
        "obligations_amount_positive",
        &[obligation!(
            "id('new')",
            "'contract'",
            "'C-2'",
            "'USD'",
            "0",
            "id('hanako')",
            "'JP'",
            "'2026-01-01'",
            "'2026-02-01'",
            "NULL",
            "NULL"
        )],
    ),
    ruled(
        "obligations_start_before_end",
        &[obligation!(
            "id('new')",
            "'contract'",
            "'C-2'",
            "'USD'",
            "1",
            "id('hanako')",
            "'JP'",
            "'2026-02-02'",
            "'2026-02-01'",
            "NULL",
            "NULL"
        )],
    ),
    ruled(
        "obligations_campaign_stated",
        &[
            // A campaign without its number, a contract in credits, a contract in an ad account.
            obligation!(
                "id('new')",
                "'campaign'",
                "'C-2'",
                "'ADC:TIKTOK:USD'",
                "1",
                "id('hanako')",
                "'JP'",
                "'2026-01-01'",
                "'2026-02-01'",
                "id('tokyo')",
                "NULL"
            ),
            obligation!(
                "id('new')",
                "'contract'",
                "'C-2'",
                "'ADC:TIKTOK:USD'",
                "1",
                "id('hanako')",
                "'JP'",
                "'2026-01-01'",
                "'2026-02-01'",
                "NULL",
                "NULL"
            ),
            obligation!(
                "id('new')",
                "'contract'",
                "'C-2'",
                "'USD'",
                "1",
                "id('hanako')",
                "'JP'",
                "'2026-01-01'",
                "'2026-02-01'",
                "NULL",
                "'77'"
            ),
        ],
    ),
    ruled(
        "obligations_unit_of_pledge",
        &[obligation!(
            "id('new')",
            "'contract'",
            "'C-2'",
            "'JPY'",
            "1",
            "id('hanako')",
            "'JP'",
            "'2026-01-01'",
            "'2026-02-01'",
            "NULL",
            "NULL"
        )],
    ),
    ruled(
        "obligations_creator_of_market",
        &[obligation!(
            "id('new')",
            "'contract'",
            "'C-2'",
            "'USD'",
            "1",
            "id('hanako')",
            "'US'",
            "'2026-01-01'",
            "'2026-02-01'",
            "NULL",
            "NULL"
        )],
    ),
    ruled(
        "obligations_unit_of_ad_account",
        &[obligation!(
            "id('new')",
            "'campaign'",
            "'C-2'",
            "'USD'",
            "1",
            "id('hanako')",
            "'JP'",
            "'2026-01-01'",
            "'2026-02-01'",
            "id('tokyo')",
            "'77'"
        )],
    ),
    // Accounts kept by them.
    ruled(
        "accounts_terms_of_obligation",
        &[
            "SELECT open('other', 6, '3140', 'USD', market => 'US', creator => 'joe', \
             obligation => 'contract')",
            "SELECT open('fides', 7, '3140', 'USD', market => 'JP', creator => 'hanako', \
             obligation => 'contract')",
        ],
    ),
    ruled(
        "accounts_unit_of_ad_account",
        &[
            "SELECT open('fides', 7, '1320', 'ADC:TIKTOK:USD', lot => 'lot', \
           ad_account => 'tokyo')",
        ],
    ),
    ruled(
        "accounts_dimensions_of_chart",
        &[
            "SELECT open('fides', 7, '3120', 'USD')",
            "SELECT open('fides', 7, '5810', 'USD', market => 'US')",
            "SELECT open('fides', 7, '3130', 'USD', market => 'US')",
            "SELECT open('fides', 7, '1110', 'USD')",
            "SELECT open('fides', 7, '1310', 'ADC:TIKTOK:USD')",
            "SELECT open('fides', 7, '1310', 'ADC:TIKTOK:USD', instalment => 'fides credits')",
            "SELECT open('fides', 7, '2110', 'USD')",
        ],
    ),
    // Holds.
    ruled(
        "holds_pkey",
        &["INSERT INTO holds (pledge_id, subject, account, amount) \
           VALUES (id('other'), id('payout'), 4, 1)"],
    ),
    ruled(
        "holds_amount_not_negative",
        &["UPDATE holds SET amount = -1"],
    ),
    ruled(
        "holds_on_bounded_account",
        &[
            "INSERT INTO holds (pledge_id, subject, account, amount) \
             VALUES (id('other'), id('new'), 5, 1)",
            "INSERT INTO holds (pledge_id, subject, account, amount) \
             VALUES (id('other'), id('new'), 99, 1)",
        ],
    ),
    ruled(
        "accounts_no_overdraft",
        &[
            // Of 35 there, 10 are held.
            "UPDATE holds SET amount = 36",
            "SELECT post('other', 4, 3, 26, '2026-01-30')",
            "INSERT INTO holds (pledge_id, subject, account, amount) \
             VALUES (id('other'), id('new'), 4, 26)",
        ],
    ),
    denied("holds_terms_fixed", &["UPDATE holds SET account = 3"]),
];
