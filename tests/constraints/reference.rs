//! Units, markets, the chart and the deployment's secrets: the service reads them and has no right
//! to write them.

use super::{Case, denied};

pub(super) const CASES: &[Case] = &[
    denied(
        "units_pkey",
        &["INSERT INTO units SELECT * FROM units WHERE code = 'USD'"],
    ),
    denied(
        "units_kind",
        &["INSERT INTO units VALUES ('ADC:XX:USD', 'shells', 2, 'USD', 'XX', 'Shells')"],
    ),
    denied(
        "units_minor_digits",
        &[
            "INSERT INTO units VALUES ('XXX', 'cash', 5, 'XXX', NULL, 'Too fine')",
            "INSERT INTO units VALUES ('XXX', 'cash', -1, 'XXX', NULL, 'Too coarse')",
        ],
    ),
    denied(
        "units_code_shape",
        &[
            "INSERT INTO units VALUES ('usd', 'cash', 2, 'usd', NULL, 'Small letters')",
            "INSERT INTO units VALUES ('XXX', 'cash', 2, 'USD', NULL, 'Another currency')",
            "INSERT INTO units VALUES ('XXX', 'cash', 2, 'XXX', 'META', 'Cash of a platform')",
            "INSERT INTO units VALUES ('ADC:SNAP:USD', 'credits', 2, 'USD', 'META', 'Whose?')",
            "INSERT INTO units VALUES ('USDT', 'credits', 2, 'USD', 'META', 'Not spelled so')",
        ],
    ),
    denied(
        "units_digits_of_currency",
        &[
            "INSERT INTO units VALUES ('ADC:SNAP:JPY', 'credits', 2, 'JPY', 'SNAP', 'Sen')",
            "INSERT INTO units VALUES ('ADC:SNAP:XXX', 'credits', 2, 'XXX', 'SNAP', 'Of what?')",
        ],
    ),
    denied(
        "markets_pkey",
        &["INSERT INTO markets SELECT * FROM markets WHERE code = 'JP'"],
    ),
    denied(
        "markets_code_shape",
        &[
            "INSERT INTO markets VALUES ('jp', 'Japan', 'JPY')",
            "INSERT INTO markets VALUES ('JPN', 'Japan', 'JPY')",
        ],
    ),
    denied(
        "markets_currency_known",
        &["INSERT INTO markets VALUES ('XX', 'Nowhere', 'XXX')"],
    ),
    denied(
        "chart_pkey",
        &["INSERT INTO chart SELECT * FROM chart WHERE code = '1010'"],
    ),
    denied(
        "chart_normal_side",
        &["INSERT INTO chart VALUES ('9999', 'Odd', 'left', false)"],
    ),
    denied(
        "chart_dimensions_pkey",
        &["INSERT INTO chart_dimensions VALUES ('1010', '')"],
    ),
    denied(
        "chart_dimensions_code_exists",
        &["INSERT INTO chart_dimensions VALUES ('9999', '')"],
    ),
    denied(
        "chart_unit_kinds_pkey",
        &["INSERT INTO chart_unit_kinds VALUES ('1010', 'cash')"],
    ),
    denied(
        "chart_unit_kinds_kind",
        &["INSERT INTO chart_unit_kinds VALUES ('1010', 'shells')"],
    ),
    denied(
        "chart_unit_kinds_code_exists",
        &["INSERT INTO chart_unit_kinds VALUES ('9999', 'cash')"],
    ),
    denied(
        "secrets_pkey",
        &["INSERT INTO secrets SELECT * FROM secrets"],
    ),
    denied(
        "secrets_long_enough",
        &["INSERT INTO secrets VALUES ('guests', 'guess')"],
    ),
];
