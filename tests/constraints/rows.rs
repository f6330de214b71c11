//! Pledges with their split, instalments and lots; creators; remembered keys.

use super::{Case, denied, ruled};

pub(super) const CASES: &[Case] = &[
    ruled(
        "pledges_pkey",
        &["INSERT INTO pledges \
        (id, reference, donor, recipient, purpose, functional_unit, total, created_at) \
        VALUES (id('fides'), 'again', 'D', 'R', 'P', 'USD', 1, now())"],
    ),
    ruled(
        "pledges_reference_unique",
        &["INSERT INTO pledges \
        (id, reference, donor, recipient, purpose, functional_unit, total, created_at) \
        VALUES (id('again'), 'fides', 'D', 'R', 'P', 'USD', 1, now())"],
    ),
    ruled(
        "pledges_total_positive",
        &["INSERT INTO pledges \
        (id, reference, donor, recipient, purpose, functional_unit, total, created_at) \
        VALUES (id('again'), 'again', 'D', 'R', 'P', 'USD', 0, now())"],
    ),
    ruled(
        "pledges_exchange_differences",
        &["INSERT INTO pledges \
        (id, reference, donor, recipient, purpose, functional_unit, total, created_at, \
         exchange_differences) \
        VALUES (id('again'), 'again', 'D', 'R', 'P', 'USD', 1, now(), 'nobody')"],
    ),
    ruled(
        "pledges_functional_unit_known",
        &["INSERT INTO pledges \
        (id, reference, donor, recipient, purpose, functional_unit, total, created_at) \
        VALUES (id('again'), 'again', 'D', 'R', 'P', 'XXX', 1, now())"],
    ),
    ruled(
        "pledges_state",
        &["UPDATE pledges SET state = 'spent', agreed_on = '2026-01-01' WHERE id = id('other')"],
    ),
    ruled(
        "pledges_agreed_on",
        &[
            "UPDATE pledges SET state = 'agreed' WHERE id = id('other')",
            "UPDATE pledges SET agreed_on = '2026-01-01' WHERE id = id('other')",
            "UPDATE pledges SET agreed_on = NULL WHERE id = id('fides')",
        ],
    ),
    ruled(
        "pledges_split_equals_total",
        &[
            // Nothing but the pledge itself.
            "INSERT INTO pledges \
            (id, reference, donor, recipient, purpose, functional_unit, total, created_at) \
            VALUES (id('again'), 'again', 'D', 'R', 'P', 'USD', 1, now())",
            // One more part afterwards.
            "INSERT INTO pledge_units VALUES (id('fides'), 'ADC:META:USD', 1, 2); \
         INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('fides'), id('more'), 'M1', 9, 'ADC:META:USD', 1, '2026-01-01')",
            // A part in another currency.
            "INSERT INTO pledges \
            (id, reference, donor, recipient, purpose, functional_unit, total, created_at) \
            VALUES (id('yen'), 'yen', 'D', 'R', 'P', 'USD', 5, now()); \
         INSERT INTO pledge_units VALUES (id('yen'), 'JPY', 5, 0); \
         INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('yen'), id('yen 1'), 'Y1', 0, 'JPY', 5, '2026-01-01')",
        ],
    ),
    ruled(
        "instalments_equal_split",
        &[
            "INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('fides'), id('more'), 'M1', 9, 'USD', 1, '2026-01-01')",
            // A split of which nothing is payable.
            "INSERT INTO pledges \
            (id, reference, donor, recipient, purpose, functional_unit, total, created_at) \
            VALUES (id('never'), 'never', 'D', 'R', 'P', 'USD', 5, now()); \
         INSERT INTO pledge_units VALUES (id('never'), 'USD', 5, 0)",
        ],
    ),
    ruled(
        "pledge_units_pkey",
        &["INSERT INTO pledge_units VALUES (id('fides'), 'USD', 1, 2)"],
    ),
    ruled(
        "pledge_units_amount_positive",
        &[
            "INSERT INTO pledge_units VALUES (id('fides'), 'ADC:META:USD', 0, 2)",
            "INSERT INTO pledge_units VALUES (id('fides'), 'ADC:META:USD', -1, 2)",
        ],
    ),
    ruled(
        "pledge_units_pledge_exists",
        &["INSERT INTO pledge_units VALUES (id('none'), 'USD', 1, 0)"],
    ),
    ruled(
        "pledge_units_unit_known",
        &["INSERT INTO pledge_units VALUES (id('fides'), 'XXX', 1, 2)"],
    ),
    ruled(
        "pledge_markets_pkey",
        &["INSERT INTO pledge_markets VALUES (id('fides'), 'JP', 2)"],
    ),
    ruled(
        "pledge_markets_pledge_exists",
        &["INSERT INTO pledge_markets VALUES (id('none'), 'JP', 0)"],
    ),
    ruled(
        "pledge_markets_market_known",
        &["INSERT INTO pledge_markets VALUES (id('fides'), 'XX', 2)"],
    ),
    ruled(
        "instalments_pkey",
        &[
            "INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('fides'), id('fides cash'), 'C2', 9, 'USD', 1, '2026-01-01')",
        ],
    ),
    ruled(
        "instalments_id_unique",
        &[
            "INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('other'), id('fides cash'), 'C2', 9, 'USD', 1, '2026-01-01')",
        ],
    ),
    ruled(
        "instalments_reference_unique",
        &[
            "INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('fides'), id('more'), 'C1', 9, 'USD', 1, '2026-01-01')",
        ],
    ),
    ruled(
        "instalments_amount_positive",
        &[
            "INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('fides'), id('more'), 'C2', 9, 'USD', 0, '2026-01-01')",
        ],
    ),
    ruled(
        "instalments_unit_of_pledge",
        &[
            "INSERT INTO instalments (pledge_id, id, reference, position, unit, amount, due_date) \
            VALUES (id('fides'), id('more'), 'C2', 9, 'JPY', 1, '2026-01-01')",
        ],
    ),
    ruled(
        "instalments_not_exceeded",
        &[
            "UPDATE instalments SET received = 70001 WHERE id = id('fides cash')",
            "UPDATE instalments SET received = -1 WHERE id = id('fides cash')",
            "UPDATE instalments SET written_off = -1 WHERE id = id('fides cash')",
            "UPDATE instalments SET received = 50000, written_off = 20001 \
            WHERE id = id('fides cash')",
        ],
    ),
    ruled(
        "instalments_condition_stated",
        &["UPDATE instalments SET condition_met_on = '2026-01-01' WHERE id = id('fides cash')"],
    ),
    ruled(
        "creators_pkey",
        &["INSERT INTO creators VALUES (id('joe'), 'US-2', 'US', now())"],
    ),
    ruled(
        "creators_reference_unique",
        &["INSERT INTO creators VALUES (id('jo'), 'US-1', 'US', now())"],
    ),
    ruled(
        "creators_market_known",
        &["INSERT INTO creators VALUES (id('jo'), 'XX-1', 'XX', now())"],
    ),
    ruled("lots_pkey", &["INSERT INTO lots SELECT * FROM lots"]),
    ruled(
        "lots_id_unique",
        &["INSERT INTO lots VALUES (id('other'), id('lot'), \
        id('other credits'), 'ADC:TIKTOK:USD', 1, 'free', '2026-01-01', '2026-01-01', \
        '2026-01-01')"],
    ),
    ruled(
        "lots_face_positive",
        &["INSERT INTO lots VALUES (id('fides'), id('lot 2'), \
        id('fides credits'), 'ADC:TIKTOK:USD', 0, 'free', '2026-01-01', '2026-01-01', \
        '2026-01-01')"],
    ),
    ruled(
        "lots_kind",
        &["INSERT INTO lots VALUES (id('fides'), id('lot 2'), \
        id('fides credits'), 'ADC:TIKTOK:USD', 1, 'odd', '2026-01-01', '2026-01-01', \
        '2026-01-01')"],
    ),
    ruled(
        "lots_valid_before_expiry",
        &["INSERT INTO lots VALUES (id('fides'), id('lot 2'), \
        id('fides credits'), 'ADC:TIKTOK:USD', 1, 'free', '2026-01-02', '2026-01-01', \
        '2026-01-01')"],
    ),
    ruled(
        "lots_credits_only",
        &["INSERT INTO lots VALUES (id('fides'), id('lot 2'), \
        id('fides cash'), 'USD', 1, 'free', '2026-01-01', '2026-01-01', \
        '2026-01-01')"],
    ),
    ruled(
        "lots_unit_of_pledge",
        &["INSERT INTO lots VALUES (id('fides'), id('lot 2'), \
        id('fides credits'), 'ADC:META:USD', 1, 'free', '2026-01-01', '2026-01-01', \
        '2026-01-01')"],
    ),
    ruled(
        "lots_unit_of_instalment",
        &[
            "INSERT INTO lots VALUES (id('fides'), id('lot 2'), \
        id('other credits'), 'ADC:TIKTOK:USD', 1, 'free', '2026-01-01', '2026-01-01', \
        '2026-01-01')",
            "INSERT INTO lots VALUES (id('fides'), id('lot 2'), \
        id('fides cash'), 'ADC:TIKTOK:USD', 1, 'free', '2026-01-01', '2026-01-01', \
        '2026-01-01')",
        ],
    ),
    ruled(
        "idempotency_keys_pkey",
        &["INSERT INTO idempotency_keys VALUES (id('key'), id('another'), now(), 'x')"],
    ),
    denied(
        "pledges_terms_fixed",
        &[
            "UPDATE pledges SET total = 1",
            "UPDATE pledges SET reference = 'x', state = state",
            "UPDATE pledges SET donor = 'x' WHERE false",
            "UPDATE pledges SET recipient = 'x'",
            "UPDATE pledges SET purpose = 'x'",
            "UPDATE pledges SET functional_unit = 'EUR'",
            "UPDATE pledges SET created_at = now()",
            "UPDATE pledges SET id = id('x')",
        ],
    ),
    denied(
        "instalments_terms_fixed",
        &[
            "UPDATE instalments SET amount = 1",
            "UPDATE instalments SET due_date = '2027-01-01'",
            "UPDATE instalments SET condition = 'x'",
            "UPDATE instalments SET unit = 'JPY', received = 0",
            "UPDATE instalments SET reference = 'x'",
            "UPDATE instalments SET pledge_id = id('other')",
            "UPDATE instalments SET position = 5",
            "UPDATE instalments SET id = id('x')",
        ],
    ),
];
