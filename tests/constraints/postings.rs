//! Accounts, their days, journals and transfers: the ledger proper.

use super::{Case, denied, ruled};

pub(super) const CASES: &[Case] = &[
    // What is spent is there: now, and on every day since.
    ruled(
        "accounts_no_overdraft",
        &[
            "SELECT post('fides', 5, 6, 11001, '2026-01-30')",
            "SELECT post('fides', 4, 5, 30001, '2026-01-30')",
            "SELECT post('fides', 6, 5, 9001, '2026-01-30')",
            "SELECT post('fides', 2, 1, 50001, '2026-01-30')",
            "SELECT open('fides', 7, '5810', 'USD'); \
             SELECT post('fides', 7, 1, 50001, '2026-01-30')",
        ],
    ),
    ruled(
        "account_days_no_overdraft",
        &[
            "SELECT post('fides', 5, 6, 1001, '2026-01-20')",
            "SELECT post('fides', 5, 6, 5000, '2026-01-21')",
            "SELECT post('fides', 5, 6, 1001, '2026-01-06')",
            "SELECT post('fides', 5, 4, 10000, '2026-01-24')",
            "SELECT post('fides', 4, 5, 1, '2026-01-04')",
        ],
    ),
    // Accounts.
    ruled(
        "accounts_pkey",
        &["SELECT open('fides', 1, '5810', 'USD', name => 'new')"],
    ),
    ruled(
        "accounts_id_unique",
        &["SELECT open('fides', 7, '5810', 'USD', name => 'fides 1')"],
    ),
    ruled(
        "accounts_address_unique",
        &[
            "SELECT open('fides', 7, '1010', 'USD')",
            "SELECT open('fides', 7, '3120', 'USD', market => 'JP')",
            "SELECT open('fides', 7, '3130', 'USD', market => 'JP', creator => 'hanako')",
        ],
    ),
    ruled(
        "accounts_number_positive",
        &["SELECT open('fides', 0, '5810', 'USD')"],
    ),
    ruled(
        "accounts_rules_of_chart",
        &[
            "SELECT open('fides', 7, '5810', 'USD', side => 'credit')",
            "SELECT open('fides', 7, '5810', 'USD', overdraw => true)",
        ],
    ),
    ruled(
        "accounts_unit_kind_of_unit",
        &[
            "SELECT open('fides', 7, '1010', 'ADC:TIKTOK:USD', kind => 'cash')",
            "SELECT open('fides', 7, '3210', 'USD', kind => 'credits')",
        ],
    ),
    // Credits on a cash-only account, and cash on a credits-only one.
    ruled(
        "accounts_unit_kind_allowed",
        &[
            "SELECT open('fides', 7, '1010', 'ADC:TIKTOK:USD')",
            "SELECT open('fides', 7, '3110', 'ADC:TIKTOK:USD')",
            "SELECT open('fides', 7, '3190', 'ADC:TIKTOK:USD')",
            "SELECT open('fides', 7, '5810', 'ADC:TIKTOK:USD')",
            "SELECT open('fides', 7, '1110', 'ADC:TIKTOK:USD', instalment => 'fides credits')",
            "SELECT open('fides', 7, '1310', 'USD', lot => 'lot')",
            "SELECT open('fides', 7, '3220', 'USD', market => 'JP')",
        ],
    ),
    ruled(
        "accounts_unit_of_pledge",
        &[
            "SELECT open('fides', 7, '1010', 'JPY')",
            "SELECT open('none', 1, '1010', 'USD')",
        ],
    ),
    ruled(
        "accounts_market_of_pledge",
        &["SELECT open('fides', 7, '3120', 'USD', market => 'FR')"],
    ),
    ruled(
        "accounts_creator_of_market",
        &[
            "SELECT open('fides', 7, '3130', 'USD', market => 'US', creator => 'hanako')",
            "SELECT open('fides', 7, '3130', 'USD', market => 'US', creator => 'nobody')",
        ],
    ),
    ruled(
        "accounts_unit_of_instalment",
        &[
            "SELECT open('fides', 7, '1110', 'USD', instalment => 'other cash')",
            "SELECT open('fides', 7, '1110', 'USD', instalment => 'fides credits')",
            "SELECT open('fides', 7, '2310', 'ADC:TIKTOK:USD', instalment => 'fides cash')",
        ],
    ),
    ruled(
        "accounts_unit_of_lot",
        &["SELECT open('other', 6, '1310', 'ADC:TIKTOK:USD', lot => 'lot')"],
    ),
    denied(
        "accounts_open_empty",
        &[
            "INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, \
            may_overdraw, debits) \
            VALUES (id('fides'), 7, id('7'), '5810', 'USD', 'cash', 'debit', false, 5)",
            "INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, \
            may_overdraw, credits) \
            VALUES (id('fides'), 7, id('7'), '4910', 'USD', 'cash', 'credit', false, 5)",
            "INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, \
            may_overdraw, entries) \
            VALUES (id('fides'), 7, id('7'), '5810', 'USD', 'cash', 'debit', false, 5)",
            "INSERT INTO accounts (pledge_id, number, id, code, unit, unit_kind, normal_side, \
            may_overdraw, last_day) \
            VALUES (id('fides'), 7, id('7'), '5810', 'USD', 'cash', 'debit', false, now())",
        ],
    ),
    // Figures follow from transfers.
    denied(
        "accounts_kept_by_transfers",
        &[
            "UPDATE accounts SET debits = debits + 1",
            "UPDATE accounts SET credits = 0 WHERE number = 5",
            "UPDATE accounts SET market = 'US' WHERE number = 5",
        ],
    ),
    denied(
        "account_days_kept_by_transfers",
        &[
            "UPDATE account_days SET credits = 0",
            "INSERT INTO account_days VALUES (id('fides'), 5, '2026-03-01', 0, 5, 4, 4)",
            "COPY account_days FROM PROGRAM 'true'",
        ],
    ),
    denied(
        "pledges_kept_by_transfers",
        &[
            "UPDATE pledges SET journals = 0",
            "UPDATE pledges SET transferred = 5, state = state",
            "UPDATE pledges SET last_recorded_at = NULL",
        ],
    ),
    // With the guard out of the way (its table's owner can do that), the rows are still refused.
    denied(
        "account_days_pkey",
        &["ALTER TABLE account_days DISABLE TRIGGER USER; \
        INSERT INTO account_days SELECT * FROM account_days LIMIT 1"],
    ),
    denied(
        "account_days_entries_in_order",
        &["ALTER TABLE account_days DISABLE TRIGGER USER; \
        INSERT INTO account_days VALUES (id('fides'), 5, '2026-03-01', 0, 5, 4, 3)"],
    ),
    // Journals.
    ruled(
        "journals_pkey",
        &["SELECT post('fides', 4, 5, 1, '2026-01-30', number_off => -1, name => 'new')"],
    ),
    ruled(
        "journals_id_unique",
        &["SELECT post('fides', 4, 5, 1, '2026-01-30', name => 'fides journal 1')"],
    ),
    ruled(
        "journals_kind",
        &["SELECT post('fides', 4, 5, 1, '2026-01-30', kind => 'gift')"],
    ),
    ruled(
        "journals_transfers_positive",
        &["SELECT post('fides', 4, 5, 1, '2026-01-30', says => 0)"],
    ),
    ruled(
        "journals_actor_stated",
        &["SELECT post('fides', 4, 5, 1, '2026-01-30', actor => '')"],
    ),
    ruled(
        "journals_bank_reference_unique",
        &[
            "SELECT post('fides', 1, 2, 5, '2026-01-30', kind => 'receipt', \
            subject => 'fides cash', \
            bank_reference => 'BANK-1')",
        ],
    ),
    ruled(
        "journals_gapless",
        &[
            "SELECT post('fides', 4, 5, 1, '2026-01-30', number_off => 1)",
            "SELECT post('fides', 4, 5, 1, '2026-01-30', number_off => -100)",
            "SELECT post('none', 4, 5, 1, '2026-01-30')",
            // Recorded before, or together with, the last one.
            "SELECT post('fides', 4, 5, 1, '2026-01-30', recorded => '0')",
            "SELECT post('fides', 4, 5, 1, '2026-01-30', recorded => '-1 microsecond')",
            // Two at once with a gap between them.
            "INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, \
            transfers, actor) \
         SELECT id, journals + n, id('journal ' || n), 'budget', '2026-01-30', \
                last_recorded_at + n * interval '1 second', 1, 'petra' \
         FROM pledges, (VALUES (1), (3)) AS nth (n) WHERE reference = 'fides'",
        ],
    ),
    ruled(
        "journals_recorded_in_order",
        &[
            "INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, \
            transfers, actor) \
         SELECT id, journals + n, id('journal ' || n), 'budget', '2026-01-30', \
                last_recorded_at + interval '1 second', 1, 'petra' \
         FROM pledges, generate_series(1, 2) AS n WHERE reference = 'fides'",
            "INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, \
            transfers, actor) \
         SELECT id, journals + n, id('journal ' || n), 'budget', '2026-01-30', \
                last_recorded_at + (3 - n) * interval '1 second', 1, 'petra' \
         FROM pledges, generate_series(1, 2) AS n WHERE reference = 'fides'",
        ],
    ),
    ruled(
        "journals_transfers_complete",
        &[
            "SELECT post('fides', 4, 5, 1, '2026-01-30', says => 2)",
            // A journal without transfers, noticed at commit.
            "INSERT INTO journals (pledge_id, number, id, kind, effective_date, recorded_at, \
            transfers, actor) \
         SELECT id, journals + 1, id('bare'), 'budget', '2026-01-30', \
                last_recorded_at + interval '1 second', 1, 'petra' \
         FROM pledges WHERE reference = 'fides'",
        ],
    ),
    // Transfers.
    ruled(
        "transfers_pkey",
        &["INSERT INTO transfers SELECT * FROM transfers"],
    ),
    ruled(
        "transfers_amount_positive",
        &[
            "SELECT post('fides', 4, 5, 0, '2026-01-30')",
            "SELECT post('fides', 4, 5, -5, '2026-01-30')",
        ],
    ),
    ruled(
        "transfers_two_accounts",
        &["SELECT post('fides', 4, 4, 5, '2026-01-30')"],
    ),
    ruled(
        "transfers_debit_sequence",
        &["SELECT post('fides', 5, 6, 5, '2026-01-30', debit_seq_off => -2)"],
    ),
    ruled(
        "transfers_credit_sequence",
        &["SELECT post('fides', 4, 5, 5, '2026-01-30', credit_seq_off => -1)"],
    ),
    ruled(
        "transfers_sequence_gapless",
        &[
            "SELECT post('fides', 4, 5, 5, '2026-01-30', debit_seq_off => 1)",
            "SELECT post('fides', 4, 5, 5, '2026-01-30', credit_seq_off => 1)",
            "SELECT post('fides', 4, 5, 5, '2026-01-30', credit_seq_off => -100)",
            "SELECT post_twice(4, 5, false, debit_seq_off => 1)",
            "SELECT post_twice(4, 5, true, credit_seq_off => 1)",
        ],
    ),
    ruled(
        "transfers_running_figures",
        &[
            "SELECT post('fides', 4, 5, 5, '2026-01-30', debit_balance_off => 1)",
            "SELECT post('fides', 4, 5, 5, '2026-01-30', credit_balance_off => -1)",
            "SELECT post('fides', 4, 5, 5, '2026-01-30', debit_turnover_off => 1)",
            "SELECT post('fides', 4, 5, 5, '2026-01-30', credit_turnover_off => -1)",
            // Of the same accounts a second time in a batch, the same way and back.
            "SELECT post_twice(4, 5, false, debit_balance_off => 1)",
            "SELECT post_twice(4, 5, false, debit_turnover_off => 1)",
            "SELECT post_twice(4, 5, false, credit_balance_off => 1)",
            "SELECT post_twice(4, 5, false, credit_turnover_off => -1)",
            "SELECT post_twice(4, 5, false, debit_balance_off => 6)",
            "SELECT post_twice(4, 5, true, debit_balance_off => 1)",
            "SELECT post_twice(4, 5, true, debit_turnover_off => -1)",
            "SELECT post_twice(4, 5, true, credit_balance_off => -1)",
            "SELECT post_twice(4, 5, true, credit_turnover_off => 1)",
            "SELECT post_twice(1, 5, false, debit_turnover_off => 1)",
            "SELECT post_twice(1, 5, true, debit_turnover_off => 1)",
            "SELECT post_twice(1, 5, true, debit_balance_off => 6)",
        ],
    ),
    ruled(
        "transfers_along_the_tree",
        &[
            // From a creator to another, to what the market has elsewhere, and past the market.
            "SELECT open('fides', 7, '3120', 'USD', market => 'US'); \
             SELECT post('fides', 5, 7, 5, '2026-01-30')",
            "SELECT open('fides', 7, '3130', 'USD', market => 'US', creator => 'joe'); \
             SELECT post('fides', 6, 7, 5, '2026-01-30')",
            "SELECT open('fides', 7, '3130', 'USD', market => 'US', creator => 'joe'); \
             SELECT post('fides', 5, 7, 5, '2026-01-30')",
            "SELECT post('fides', 6, 4, 5, '2026-01-30')",
            "SELECT post('fides', 3, 5, 5, '2026-01-30')",
            "SELECT open('fides', 7, '3150', 'USD'); \
             SELECT post('fides', 5, 7, 5, '2026-01-30')",
        ],
    ),
    ruled(
        "transfers_one_unit",
        &[
            "SELECT post('fides', 4, 5, 5, '2026-01-30', unit => 'ADC:TIKTOK:USD')",
            // Cash turned into credits.
            "SELECT open('fides', 7, '3210', 'ADC:TIKTOK:USD'); \
         SELECT post('fides', 4, 7, 5, '2026-01-30')",
        ],
    ),
    ruled(
        "transfers_account_exists",
        &[
            "SELECT post('fides', 4, 99, 5, '2026-01-30')",
            // Another pledge's account, by its number.
            "SELECT post('other', 1, 99, 5, '2026-01-30')",
        ],
    ),
    ruled(
        "transfers_effective_with_journal",
        &[
            "SELECT post('fides', 4, 5, 5, '2026-01-30', day_off => 1)",
            "SELECT post('fides', 4, 5, 5, '2026-01-30', day_off => -1)",
        ],
    ),
    ruled(
        "transfers_journal_exists",
        &["SELECT post('fides', 4, 5, 5, '2026-01-30', transfer_journal_off => 92)"],
    ),
    // More given back than was allocated: at once, bit by bit, of what isn't an allocation, and of
    // another pledge's.
    ruled(
        "transfers_release_within_allocation",
        &[
            "SELECT post('fides', 5, 6, 5, '2026-01-30', kind => 'allocation'); \
             SELECT post('fides', 6, 5, 9001, '2026-01-30', kind => 'release', \
                 subject => 'allocation')",
            "SELECT post('fides', 6, 5, 8000, '2026-01-30', kind => 'release', \
                 subject => 'allocation'); \
             SELECT post('fides', 5, 6, 8000, '2026-01-30', kind => 'allocation'); \
             SELECT post('fides', 6, 5, 1001, '2026-01-30', kind => 'release', \
                 subject => 'allocation')",
            "SELECT post('fides', 6, 5, 5, '2026-01-30', kind => 'release')",
            "SELECT post('fides', 6, 5, 5, '2026-01-30', kind => 'release', \
                 subject => 'fides cash')",
            "SELECT open('other', 6, '3110', 'USD'); \
             SELECT post('other', 1, 6, 5, '2026-01-30', kind => 'release', \
                 subject => 'allocation')",
        ],
    ),
    // One more transfer in an old journal.
    ruled(
        "transfers_with_journal",
        &["INSERT INTO transfers \
         SELECT p.id, p.journals, 2, 'USD', 5, '2026-01-25', 4, 5, d.entries + 1, \
                d.credits - d.debits - 5, d.debits + 5, c.entries + 1, \
                c.credits - c.debits + 5, c.credits + 5 \
         FROM pledges p JOIN accounts d ON d.pledge_id = p.id AND d.number = 4 \
         JOIN accounts c ON c.pledge_id = p.id AND c.number = 5 \
         WHERE p.id = id('fides')"],
    ),
];
