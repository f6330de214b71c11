//! How far the ledger has come, cheaply: what tells a reader that nothing has changed.

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Nullable, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;

use super::error::ReadError;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{AccountId, PledgeId};

/// What a pledge, or the whole ledger, had come to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, QueryableByName)]
pub struct Version {
    /// How many journals there were.
    #[diesel(sql_type = BigInt)]
    pub journals: i64,
    /// How often holds were changed.
    #[diesel(sql_type = BigInt)]
    pub hold_changes: i64,
    /// When the last one was recorded.
    #[diesel(sql_type = Nullable<Timestamptz>)]
    pub last_recorded_at: Option<OffsetDateTime>,
}

const OF_PLEDGE: &str = "
SELECT journals, hold_changes, last_recorded_at FROM pledges
WHERE id = $1 AND ($2 IS NULL OR id = ANY ($2))";

const OF_ACCOUNT: &str = "
SELECT p.journals, p.hold_changes, p.last_recorded_at
FROM accounts a JOIN pledges p ON p.id = a.pledge_id
WHERE a.id = $1 AND ($2 IS NULL OR a.pledge_id = ANY ($2)) AND ($3 IS NULL OR a.market = ANY ($3))
  AND ($4 IS NULL OR a.code = ANY ($4))";

const OF_LEDGER: &str = "
SELECT coalesce(sum(journals), 0)::bigint AS journals,
       coalesce(sum(hold_changes), 0)::bigint AS hold_changes,
       max(last_recorded_at) AS last_recorded_at
FROM pledges WHERE ($1 IS NULL OR id = ANY ($1)) AND ($2 IS NULL OR id = $2)";

/// The version of a pledge in sight.
pub async fn pledge_version(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: PledgeId,
) -> Result<Option<Version>, ReadError> {
    let text: Text = Text::new(OF_PLEDGE).bind(pledge.0).bind(sight.pledges());
    Ok(text.load(connection).await?.pop())
}

/// $1 the pledge.
const LAST_RECORDED: &str = "
SELECT greatest(p.created_at, p.last_recorded_at,
                (SELECT max(s.issued_at) FROM statements s WHERE s.pledge_id = p.id),
                (SELECT max(a.proposed_at) FROM approvals a WHERE a.pledge_id = p.id),
                (SELECT max(d.at) FROM approval_decisions d WHERE d.pledge_id = p.id),
                (SELECT max(e.recorded_at) FROM lot_events e WHERE e.pledge_id = p.id))
FROM pledges p WHERE p.id = $1";

/// When something of a pledge was last recorded: a journal, a statement, an approval, a lot's end.
pub async fn last_recorded(
    connection: &mut AsyncPgConnection,
    pledge: PledgeId,
) -> Result<Option<OffsetDateTime>, ReadError> {
    let text: Text<Timestamptz> = Text::new(LAST_RECORDED).bind(pledge.0);
    Ok(text.load(connection).await?.pop())
}

/// The version of the pledge of an account in sight.
pub async fn account_version(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    account: AccountId,
) -> Result<Option<Version>, ReadError> {
    let text: Text = Text::new(OF_ACCOUNT)
        .bind(account.0)
        .bind(sight.pledges())
        .bind(sight.markets())
        .bind(sight.codes());
    Ok(text.load(connection).await?.pop())
}

/// The version of everything in sight, or of one pledge.
pub async fn ledger_version(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    pledge: Option<PledgeId>,
) -> Result<Version, ReadError> {
    let text: Text = Text::new(OF_LEDGER)
        .bind(sight.pledges())
        .bind(pledge.map(|id| id.0));
    Ok(text.get_result(connection).await?)
}
