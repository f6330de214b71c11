//! Withholding rules, payouts and what becomes of them.

use super::{Case, ruled};

macro_rules! rule {
    ($($value:literal),+) => {
        concat!("INSERT INTO withholding_rules VALUES (", $($value, ",",)+ "'carlos', now())")
    };
}

/// A payout of the third pledge: id, creator, market, unit, amount, the bank's unit and amount,
/// reference, proposer.
macro_rules! payout {
    ($id:literal, $creator:literal, $market:literal, $unit:literal, $amount:literal,
     $bank_unit:literal, $bank_amount:literal, $reference:literal, $proposer:literal) => {
        concat!(
            "INSERT INTO payouts VALUES (id('payer'), id('",
            $id,
            "'), id('",
            $creator,
            "'), '",
            $market,
            "', '",
            $unit,
            "', ",
            $amount,
            ", '",
            $bank_unit,
            "', ",
            $bank_amount,
            ", '",
            $reference,
            "', NULL, '",
            $proposer,
            "', now(), '2027-01-01')"
        )
    };
}

/// Something that happens to a payout: which, seq, state, actor, journal, reason.
macro_rules! event {
    ($payout:literal, $seq:literal, $state:literal, $actor:literal, $journal:literal,
     $reason:literal) => {
        concat!(
            "INSERT INTO payout_events VALUES (id('payer'), id('",
            $payout,
            "'), ",
            $seq,
            ", '",
            $state,
            "', now(), '",
            $actor,
            "', ",
            $journal,
            ", ",
            $reason,
            ", CASE WHEN '",
            $state,
            "' = 'settled' THEN 'B-9' END)"
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "withholding_rules_pkey",
        &[rule!(
            "id('rule')",
            "'CH'",
            "'JP'",
            "'other'",
            "'2025-01-01'",
            "1",
            "'L'"
        )],
    ),
    ruled(
        "withholding_rules_one_a_day",
        &[rule!(
            "id('x')",
            "'CH'",
            "'JP'",
            "'service'",
            "'2025-01-01'",
            "1",
            "'L'"
        )],
    ),
    ruled(
        "withholding_rules_payer_country",
        &[
            rule!(
                "id('x')",
                "'ch'",
                "'JP'",
                "'other'",
                "'2025-01-01'",
                "1",
                "'L'"
            ),
            rule!(
                "id('x')",
                "'CHE'",
                "'JP'",
                "'other'",
                "'2025-01-01'",
                "1",
                "'L'"
            ),
        ],
    ),
    ruled(
        "withholding_rules_payee_country_exists",
        &[rule!(
            "id('x')",
            "'CH'",
            "'XX'",
            "'other'",
            "'2025-01-01'",
            "1",
            "'L'"
        )],
    ),
    ruled(
        "withholding_rules_payment_kind",
        &[rule!(
            "id('x')",
            "'CH'",
            "'JP'",
            "'gift'",
            "'2025-01-01'",
            "1",
            "'L'"
        )],
    ),
    ruled(
        "withholding_rules_rate_is_a_part",
        &[
            rule!(
                "id('x')",
                "'CH'",
                "'JP'",
                "'other'",
                "'2025-01-01'",
                "-1",
                "'L'"
            ),
            rule!(
                "id('x')",
                "'CH'",
                "'JP'",
                "'other'",
                "'2025-01-01'",
                "1000001",
                "'L'"
            ),
        ],
    ),
    ruled(
        "withholding_rules_law_stated",
        &[rule!(
            "id('x')",
            "'CH'",
            "'JP'",
            "'other'",
            "'2025-01-01'",
            "1",
            "''"
        )],
    ),
    ruled(
        "payouts_pkey",
        &[payout!(
            "paid", "hanako", "JP", "USD", 1, "USD", 1, "X", "petra"
        )],
    ),
    ruled(
        "payouts_id_unique",
        &[
            "INSERT INTO payouts SELECT id('fides'), id, creator_id, market, unit, amount, \
           bank_unit, bank_amount, 'X', NULL, proposed_by, now(), '2027-01-01' FROM payouts",
        ],
    ),
    ruled(
        "payouts_reference_unique",
        &[payout!(
            "x", "hanako", "JP", "USD", 1, "USD", 1, "paid", "petra"
        )],
    ),
    ruled(
        "payouts_amount_positive",
        &[
            payout!("x", "hanako", "JP", "USD", 0, "USD", 0, "X", "petra"),
            payout!("x", "hanako", "JP", "JPY", 1, "USD", 0, "X", "petra"),
            payout!("x", "hanako", "JP", "JPY", -1, "USD", 1, "X", "petra"),
        ],
    ),
    ruled(
        "payouts_one_currency_one_amount",
        &[payout!(
            "x", "hanako", "JP", "USD", 2, "USD", 1, "X", "petra"
        )],
    ),
    ruled(
        "payouts_in_cash",
        &[payout!(
            "x",
            "hanako",
            "JP",
            "JPY",
            1,
            "ADC:TIKTOK:USD",
            1,
            "X",
            "petra"
        )],
    ),
    ruled(
        "payouts_proposer_stated",
        &[payout!("x", "hanako", "JP", "USD", 1, "USD", 1, "X", "")],
    ),
    ruled(
        "payouts_unit_exists",
        &[
            "INSERT INTO payouts SELECT pledge_id, id('x'), creator_id, market, 'XXX', 1, \
           bank_unit, 1, 'X', NULL, 'petra', now(), '2027-01-01', 1, 'ECB', '2026-01-28' \
           FROM payouts WHERE id = id('waiting')",
        ],
    ),
    ruled(
        "payouts_bank_unit_of_pledge",
        &[
            "INSERT INTO payouts SELECT pledge_id, id('x'), creator_id, market, 'USD', 1, \
           'JPY', 1, 'X', NULL, 'petra', now(), '2027-01-01', 1, 'ECB', '2026-01-28' \
           FROM payouts WHERE id = id('waiting')",
        ],
    ),
    ruled(
        "payouts_market_of_pledge",
        &[payout!(
            "x", "hanako", "FR", "USD", 1, "USD", 1, "X", "petra"
        )],
    ),
    ruled(
        "payouts_creator_of_market",
        &[payout!(
            "x", "hanako", "US", "USD", 1, "USD", 1, "X", "petra"
        )],
    ),
    ruled(
        "payouts_held_on_the_way",
        &[
            payout!("x", "hanako", "JP", "USD", 1, "USD", 1, "X", "petra"),
            concat!(
                "INSERT INTO holds VALUES (id('payer'), id('x'), 3, 1), (id('payer'), id('x'), 1, \
                 2); ",
                payout!("x", "hanako", "JP", "USD", 2, "USD", 2, "X", "petra")
            ),
            concat!(
                "UPDATE holds SET amount = 0 WHERE subject = id('waiting'); ",
                event!("waiting", 1, "approved", "aiko", "NULL", "NULL")
            ),
            event!("waiting", 1, "void", "petra", "NULL", "'Twice'"),
        ],
    ),
    ruled(
        "payouts_rate_stated",
        &[
            payout!("x", "hanako", "JP", "JPY", 150, "USD", 1, "X", "petra"),
            "INSERT INTO payouts SELECT pledge_id, id('x'), creator_id, market, unit, 1, \
                 bank_unit, 1, 'X', NULL, 'petra', now(), '2027-01-01', 150, 'ECB', \
                 '2026-01-28' FROM payouts WHERE id = id('waiting')",
        ],
    ),
    ruled(
        "payouts_rate_positive",
        &[
            "INSERT INTO payouts SELECT pledge_id, id('x'), creator_id, market, 'JPY', 1, \
           bank_unit, 1, 'X', NULL, 'petra', now(), '2027-01-01', 0, 'ECB', '2026-01-28' \
           FROM payouts WHERE id = id('waiting')",
        ],
    ),
    ruled(
        "payout_events_pkey",
        &[event!("paid", 3, "settled", "petra", 3, "NULL")],
    ),
    ruled(
        "payout_events_state",
        &[event!("waiting", 1, "paid", "aiko", "NULL", "NULL")],
    ),
    ruled(
        "payout_events_actor_stated",
        &[event!("waiting", 1, "approved", "", "NULL", "NULL")],
    ),
    ruled(
        "payout_events_journal_stated",
        &[
            event!("waiting", 1, "approved", "aiko", 3, "NULL"),
            event!("waiting", 1, "settled", "petra", "NULL", "NULL"),
        ],
    ),
    ruled(
        "payout_events_reason_stated",
        &[
            event!("waiting", 1, "void", "petra", "NULL", "NULL"),
            event!("paid", 4, "returned", "petra", "NULL", "NULL"),
        ],
    ),
    ruled(
        "payout_events_payout_exists",
        &[event!("nothing", 1, "approved", "aiko", "NULL", "NULL")],
    ),
    ruled(
        "payout_events_journal_exists",
        &[event!("paid", 4, "returned", "petra", 99, "'Closed'")],
    ),
    ruled(
        "payout_events_in_order",
        &[
            event!("waiting", 1, "sent", "aiko", "NULL", "NULL"),
            event!("waiting", 1, "settled", "petra", 3, "NULL"),
            event!("waiting", 1, "returned", "petra", "NULL", "'Closed'"),
            event!("waiting", 2, "approved", "aiko", "NULL", "NULL"),
            event!("paid", 4, "void", "petra", "NULL", "'Twice'"),
            event!("paid", 4, "settled", "petra", 3, "NULL"),
            event!("paid", 5, "returned", "petra", 3, "'Closed'"),
        ],
    ),
    ruled(
        "payout_events_other_person",
        &[
            event!("waiting", 1, "approved", "petra", "NULL", "NULL"),
            concat!(
                event!("waiting", 1, "approved", "aiko", "NULL", "NULL"),
                "; ",
                event!("waiting", 2, "sent", "aiko", "NULL", "NULL")
            ),
            concat!(
                event!("waiting", 1, "approved", "aiko", "NULL", "NULL"),
                "; ",
                event!("waiting", 2, "sent", "petra", "NULL", "NULL")
            ),
        ],
    ),
    ruled(
        "payout_events_posted_within_amount",
        &[
            // Another's payment, more than was held, and a return that wasn't posted.
            concat!(
                event!("waiting", 1, "approved", "aiko", "NULL", "NULL"),
                "; ",
                event!("waiting", 2, "sent", "paola", "NULL", "NULL"),
                "; UPDATE holds SET amount = 0 WHERE subject = id('waiting'); ",
                event!("waiting", 3, "settled", "petra", 3, "NULL")
            ),
            concat!(
                event!("waiting", 1, "approved", "aiko", "NULL", "NULL"),
                "; ",
                event!("waiting", 2, "sent", "paola", "NULL", "NULL"),
                "; UPDATE holds SET amount = 0 WHERE subject = id('waiting'); \
                 SELECT post('payer', 3, 1, 11, '2026-01-30', kind => 'payment', \
                 subject => 'waiting'); ",
                event!("waiting", 3, "settled", "petra", 4, "NULL")
            ),
            event!("paid", 4, "returned", "petra", "NULL", "'Closed'"),
            event!("paid", 4, "returned", "petra", 3, "'Closed'"),
        ],
    ),
    ruled(
        "accounts_no_overdraft",
        &[
            // What is held for a payout is nobody else's.
            "SELECT post('payer', 3, 1, 16, '2026-01-30', kind => 'payment', subject => 'x')",
            "INSERT INTO holds VALUES (id('payer'), id('x'), 3, 16)",
        ],
    ),
];
