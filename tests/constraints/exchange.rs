//! Exchange rates, stated for a day or with a journal.

use super::{Case, ruled};

macro_rules! exchange {
    ($values:literal) => {
        concat!(
            "INSERT INTO exchange_rates VALUES (",
            $values,
            ", 'carlos', now())"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "exchange_rates_pkey",
        &[exchange!("id('fx'), 'USD', 'KRW', '2025-01-20', 1, 'ECB'")],
    ),
    ruled(
        "exchange_rates_one_a_day",
        &[exchange!("id('x'), 'USD', 'JPY', '2025-01-20', 1, 'ECB'")],
    ),
    ruled(
        "exchange_rates_two_currencies",
        &[exchange!("id('x'), 'USD', 'USD', '2025-01-20', 1, 'ECB'")],
    ),
    ruled(
        "exchange_rates_in_cash",
        &[
            exchange!("id('x'), 'ADC:TIKTOK:USD', 'JPY', '2025-01-20', 1, 'ECB'"),
            exchange!("id('x'), 'USD', 'ADC:TIKTOK:USD', '2025-01-20', 1, 'ECB'"),
        ],
    ),
    ruled(
        "exchange_rates_rate_positive",
        &[exchange!("id('x'), 'USD', 'KRW', '2025-01-20', 0, 'ECB'")],
    ),
    ruled(
        "exchange_rates_source_stated",
        &[exchange!("id('x'), 'USD', 'KRW', '2025-01-20', 1, ''")],
    ),
    ruled(
        "exchange_rates_base_exists",
        &[exchange!("id('x'), 'XXX', 'KRW', '2025-01-20', 1, 'ECB'")],
    ),
    ruled(
        "exchange_rates_quote_exists",
        &[exchange!("id('x'), 'USD', 'XXX', '2025-01-20', 1, 'ECB'")],
    ),
    ruled(
        "stated_rates_pkey",
        &["INSERT INTO stated_rates VALUES (id('payer'), 2, 'JPY', 1, 'ECB', '2026-01-28')"],
    ),
    ruled(
        "stated_rates_rate_positive",
        &["INSERT INTO stated_rates VALUES (id('payer'), 3, 'JPY', 0, 'ECB', '2026-01-28')"],
    ),
    ruled(
        "stated_rates_source_stated",
        &["INSERT INTO stated_rates VALUES (id('payer'), 3, 'JPY', 1, '', '2026-01-28')"],
    ),
    ruled(
        "stated_rates_unit_exists",
        &["INSERT INTO stated_rates VALUES (id('payer'), 3, 'XXX', 1, 'ECB', '2026-01-28')"],
    ),
    ruled(
        "stated_rates_journal_exists",
        &["INSERT INTO stated_rates VALUES (id('payer'), 99, 'JPY', 1, 'ECB', '2026-01-28')"],
    ),
];
