//! The audit trail, months that are closed, and people told apart by identity.

use super::{Case, denied, ruled};

/// An entry of the audit trail: its name, outcome, actor, journal, key, code and detail.
macro_rules! entry {
    ($name:literal, $outcome:literal, $actor:literal, $journal:literal, $key:literal, $code:literal,
     $detail:literal) => {
        concat!(
            "INSERT INTO audit_events VALUES (id('",
            $name,
            "'), now(), '",
            $outcome,
            "', '",
            $actor,
            "', 'i|p', 'POST /v1/x', NULL, NULL, NULL, ",
            $journal,
            ", ",
            $key,
            ", ",
            $code,
            ", ",
            $detail,
            "); "
        )
    };
}

/// A month: of which pledge, its last day, state, reconciliation, reason, document and approval.
macro_rules! month {
    ($pledge:literal, $end:literal, $state:literal, $reconciliation:literal, $reason:literal,
     $document:literal, $approval:literal) => {
        concat!(
            "INSERT INTO period_events VALUES (id('",
            $pledge,
            "'), id('month'), '",
            $end,
            "', '",
            $state,
            "', ",
            $reconciliation,
            ", ",
            $reason,
            ", ",
            $document,
            ", 0, 'carlos', now(), ",
            $approval,
            "); "
        )
    };
    ($end:literal, $state:literal) => {
        month!(
            "fides",
            $end,
            $state,
            "'waived'",
            "'Small'",
            "NULL, NULL",
            "NULL"
        )
    };
}

/// A decision by somebody of that name and identity.
macro_rules! decided {
    ($approval:literal, $seq:literal, $verdict:literal, $actor:literal, $identity:literal,
     $reason:literal) => {
        concat!(
            "INSERT INTO approval_decisions VALUES (id('fides'), id('",
            $approval,
            "'), ",
            $seq,
            ", '",
            $verdict,
            "', '",
            $actor,
            "', now(), repeat('a', 64), ",
            $reason,
            ", NULL, ",
            $identity,
            "); "
        )
    };
}

/// A payout of the same terms as the one that waits.
macro_rules! payout {
    ($identity:literal, $approval:literal) => {
        concat!(
            "INSERT INTO payouts SELECT pledge_id, id('x'), creator_id, market, unit, 1, \
             bank_unit, 1, 'X', NULL, 'petra', now(), '2027-01-01', NULL, NULL, NULL, ",
            $identity,
            ", ",
            $approval,
            " FROM payouts WHERE id = id('waiting'); "
        )
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "audit_events_pkey",
        &[concat!(
            entry!("entry", "read", "petra", "NULL", "NULL", "NULL", "NULL"),
            entry!("entry", "read", "petra", "NULL", "NULL", "NULL", "NULL")
        )],
    ),
    ruled(
        "audit_events_outcome",
        &[entry!(
            "entry", "lost", "petra", "NULL", "NULL", "NULL", "NULL"
        )],
    ),
    ruled(
        "audit_events_person_stated",
        &[entry!("entry", "read", "", "NULL", "NULL", "NULL", "NULL")],
    ),
    ruled(
        "audit_events_done_answered",
        &[
            entry!("entry", "done", "petra", "NULL", "NULL", "NULL", "NULL"),
            entry!(
                "entry",
                "read",
                "petra",
                "NULL",
                "id('key')",
                "NULL",
                "NULL"
            ),
        ],
    ),
    ruled(
        "audit_events_refused_for_reason",
        &[
            entry!("entry", "refused", "petra", "NULL", "NULL", "NULL", "NULL"),
            entry!("entry", "refused", "petra", "NULL", "NULL", "'x'", "NULL"),
            entry!("entry", "read", "petra", "NULL", "NULL", "'x'", "'X.'"),
        ],
    ),
    ruled(
        "audit_events_posted_when_done",
        &[entry!(
            "entry", "refused", "petra", "id('j')", "NULL", "'x'", "'X.'"
        )],
    ),
    ruled(
        "personal_data_reads_pkey",
        &["INSERT INTO personal_data_reads VALUES (id('hanako'), id('seen'), 'names')"],
    ),
    ruled(
        "personal_data_reads_event_exists",
        &["INSERT INTO personal_data_reads VALUES (id('hanako'), id('nothing'), 'names')"],
    ),
    ruled(
        "personal_data_reads_creator_exists",
        &["INSERT INTO personal_data_reads VALUES (id('nobody'), id('seen'), 'names')"],
    ),
    ruled(
        "personal_data_reads_what",
        &[concat!(
            entry!("entry", "read", "petra", "NULL", "NULL", "NULL", "NULL"),
            "INSERT INTO personal_data_reads VALUES (id('hanako'), id('entry'), 'thoughts')"
        )],
    ),
    ruled(
        "period_events_pkey",
        &[concat!(
            month!("2025-10-31", "soft-closed"),
            month!("2025-11-30", "soft-closed")
        )],
    ),
    ruled(
        "period_events_pledge_exists",
        &[month!(
            "none",
            "2025-10-31",
            "soft-closed",
            "'waived'",
            "'Small'",
            "NULL, NULL",
            "NULL"
        )],
    ),
    ruled("period_events_state", &[month!("2025-10-31", "shut")]),
    ruled(
        "period_events_month_end",
        &[
            month!("2025-10-30", "hard-closed"),
            month!("2025-11-01", "hard-closed"),
        ],
    ),
    ruled(
        "period_events_month_over",
        &[month!("2099-12-31", "hard-closed")],
    ),
    ruled(
        "period_events_actor_stated",
        &[
            "INSERT INTO period_events VALUES (id('fides'), id('month'), '2025-10-31', \
           'hard-closed', 'waived', 'Small', NULL, NULL, 0, '', now(), NULL)",
        ],
    ),
    ruled(
        "period_events_reconciliation",
        &[month!(
            "fides",
            "2025-10-31",
            "hard-closed",
            "'begun'",
            "'Small'",
            "NULL, NULL",
            "NULL"
        )],
    ),
    ruled(
        "period_events_reconciled",
        &[
            month!(
                "fides",
                "2025-10-31",
                "hard-closed",
                "NULL",
                "NULL",
                "NULL, NULL",
                "NULL"
            ),
            month!(
                "fides",
                "2025-10-31",
                "hard-closed",
                "'waived'",
                "NULL",
                "NULL, NULL",
                "NULL"
            ),
            month!(
                "fides",
                "2025-10-31",
                "hard-closed",
                "'done'",
                "NULL",
                "NULL, NULL",
                "NULL"
            ),
        ],
    ),
    ruled(
        "period_events_document_whole",
        &[month!(
            "fides",
            "2025-10-31",
            "hard-closed",
            "'done'",
            "NULL",
            "'doc', NULL",
            "NULL"
        )],
    ),
    ruled(
        "period_events_opened_for_reason",
        &[month!(
            "fides",
            "2025-10-31",
            "open",
            "NULL",
            "NULL",
            "'doc', 'doc'",
            "id('stated')"
        )],
    ),
    ruled(
        "period_events_opened_by_two",
        &[
            month!(
                "fides",
                "2025-10-31",
                "open",
                "NULL",
                "'Late'",
                "'doc', 'doc'",
                "NULL"
            ),
            // By what was approved before, not now.
            month!(
                "fides",
                "2025-10-31",
                "open",
                "NULL",
                "'Late'",
                "'doc', 'doc'",
                "id('stated')"
            ),
        ],
    ),
    denied(
        "pledges_closed_softly_first",
        &[
            "INSERT INTO pledges (id, reference, donor, recipient, purpose, functional_unit, \
           total, state, created_at, exchange_differences, closed_until) \
           SELECT id('x'), 'X', donor, recipient, purpose, functional_unit, total, 'announced', \
           created_at, exchange_differences, '2025-01-31' FROM pledges WHERE id = id('fides')",
        ],
    ),
    ruled(
        "journals_in_open_period",
        &[
            concat!(
                month!("2025-12-31", "hard-closed"),
                "SELECT post('fides', 4, 5, 5, '2025-12-31')"
            ),
            concat!(
                month!("2025-12-31", "hard-closed"),
                "SELECT post('fides', 4, 5, 5, '2024-02-01')"
            ),
        ],
    ),
    ruled(
        "approvals_maker_identity_stated",
        &[
            "INSERT INTO approvals SELECT pledge_id, id('x'), action, unit, amount, maker, path, \
           body, asked_at, posting, digest, summary, needed, reserved, proposed_at, expires_at, '' \
           FROM approvals WHERE id = id('asked')",
        ],
    ),
    ruled(
        "approval_decisions_identity_stated",
        &[decided!("asked", 1, "approved", "aiko", "''", "NULL")],
    ),
    ruled(
        "approval_decisions_by_different_identities",
        &[concat!(
            decided!("asked", 1, "approved", "aiko", "'idn'", "NULL"),
            decided!("asked", 2, "approved", "akira", "'idn'", "NULL")
        )],
    ),
    ruled("payouts_proposer_identity_stated", &[payout!("''", "NULL")]),
    ruled(
        "payouts_approval_exists",
        &[payout!("NULL", "id('nothing')")],
    ),
    ruled("payouts_approved", &[payout!("NULL", "id('paying')")]),
    ruled(
        "payout_events_identity_stated",
        &[
            "INSERT INTO payout_events VALUES (id('payer'), id('waiting'), 1, 'approved', now(), \
           'aiko', NULL, NULL, NULL, '')",
        ],
    ),
    // By another name, but the same person.
    ruled(
        "payout_events_other_person",
        &[concat!(
            payout!("'idn'", "NULL"),
            "INSERT INTO payout_events VALUES (id('payer'), id('x'), 1, 'approved', now(), 'aiko', \
             NULL, NULL, NULL, 'idn')"
        )],
    ),
];
