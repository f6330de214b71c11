//! Pledges that are wound down, closed and cancelled.

use super::{Case, ruled};

macro_rules! event {
    ($($value:literal),+) => {
        concat!("INSERT INTO pledge_events (pledge_id, id, state, effective_date, recorded_at, \
                 actor, reason, document_uri, document_sha256) VALUES (", $($value, ", ",)+
                "'doc', 'doc')")
    };
}

pub(super) const CASES: &[Case] = &[
    ruled(
        "pledge_events_pkey",
        &["INSERT INTO pledge_events SELECT * FROM pledge_events"],
    ),
    ruled(
        "pledge_events_state",
        &[event!(
            "id('other')",
            "id('new')",
            "'announced'",
            "'2026-01-01'",
            "now()",
            "'carlos'",
            "'x'"
        )],
    ),
    ruled(
        "pledge_events_actor_stated",
        &[event!(
            "id('other')",
            "id('new')",
            "'closing'",
            "'2026-01-01'",
            "now()",
            "''",
            "'x'"
        )],
    ),
    ruled(
        "pledge_events_closure_documented",
        &[
            "INSERT INTO pledge_events (pledge_id, id, state, effective_date, recorded_at, actor, \
           reason) VALUES (id('other'), id('new'), 'closed', '2026-01-01', now(), 'carlos', 'x')",
        ],
    ),
    ruled(
        "pledge_events_pledge_exists",
        &[event!(
            "id('none')",
            "id('new')",
            "'closing'",
            "'2026-01-01'",
            "now()",
            "'carlos'",
            "'x'"
        )],
    ),
    ruled(
        "pledges_closed_empty",
        &[
            "UPDATE pledges SET state = 'closed' WHERE id = id('fides')",
            "UPDATE pledges SET state = 'closed', agreed_on = '2026-01-01' WHERE id = id('other')",
        ],
    ),
    ruled(
        "pledges_ended",
        &[
            "UPDATE pledges SET state = 'announced' WHERE id = id('cancelled')",
            "UPDATE pledges SET state = 'active', agreed_on = '2026-01-01' \
             WHERE id = id('cancelled')",
            "SELECT open('cancelled', 1, '1010', 'USD'); \
             SELECT open('cancelled', 2, '3110', 'USD'); \
             SELECT post('cancelled', 1, 2, 5, '2026-01-30')",
        ],
    ),
];
