//! The second wall: whoever sees parts of the ledger only reads in a role of its own.
//!
//! `almoner_scoped` may read a few tables and write none, and each of those has row-level security
//! that is forced: its policies compare with what is set here, for one transaction, of the reader's
//! [`Sight`]. So a WHERE that was forgotten shows nothing foreign, and a reader for whom nothing is
//! set sees nothing at all. Who sees everything reads in the service's role, whose policies let
//! every row pass: the planner drops them.
//!
//! Cost: who sees everything, nothing; others two round trips, to begin and to end.

use diesel_async::{AnsiTransactionManager, AsyncPgConnection, TransactionManager};

use super::error::ReadError;
use super::sight::{Sight, SightMarkets};

const SNAPSHOT: &str = "BEGIN TRANSACTION ISOLATION LEVEL REPEATABLE READ READ ONLY";

/// Runs reads of several statements in one snapshot, behind the reader's wall.
///
/// A reader that is dropped half way leaves its connection in a transaction; the pool then closes
/// it instead of handing it out again.
pub async fn snapshot<T>(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    reads: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    AnsiTransactionManager::begin_transaction_sql(connection, &beginning(sight)).await?;
    let answer = reads(connection).await;
    match &answer {
        Ok(_) => AnsiTransactionManager::commit_transaction(connection).await?,
        Err(_) => AnsiTransactionManager::rollback_transaction(connection).await?,
    }
    answer
}

/// Runs a read that is a snapshot by itself, behind the reader's wall.
pub async fn look<T>(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    read: impl AsyncFnOnce(&mut AsyncPgConnection) -> Result<T, ReadError>,
) -> Result<T, ReadError> {
    match sight {
        Sight::Everything => read(connection).await,
        Sight::Creator(_) | Sight::Only { .. } => snapshot(connection, sight, read).await,
    }
}

/// What begins a transaction for that sight.
fn beginning(sight: &Sight) -> String {
    match settings(sight).as_slice() {
        [] => SNAPSHOT.to_owned(),
        settings => format!(
            "{SNAPSHOT}; SET LOCAL ROLE almoner_scoped; SELECT {}",
            settings.join(", ")
        ),
    }
}

/// What is set for that sight: ids, codes and words of our own, in which is nothing to escape.
fn settings(sight: &Sight) -> Vec<String> {
    let set = |name: &str, value: &str| format!("set_config('almoner.{name}', '{value}', true)");
    match sight {
        Sight::Everything => Vec::new(),
        Sight::Creator(creator) => vec![
            set("party", "creator"),
            set("creator", &creator.to_string()),
        ],
        Sight::Only {
            party,
            pledges,
            markets,
        } => {
            let ids: Vec<String> = pledges.iter().map(ToString::to_string).collect();
            let codes = match markets {
                SightMarkets::All => "*".to_owned(),
                SightMarkets::Listed(codes) => codes.join(","),
            };
            let small_cell = sight.small_cell();
            let small_cell = small_cell.map(|cell| set("small_cell", &cell.to_string()));
            let mut settings = vec![
                set("party", party.as_str()),
                set("pledges", &format!("{{{}}}", ids.join(","))),
                set("markets", &format!("{{{codes}}}")),
            ];
            settings.extend(small_cell);
            settings
        }
    }
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::{SNAPSHOT, beginning};
    use crate::db::read::{Sight, SightMarkets, SightParty};

    #[test]
    fn who_sees_everything_begins_a_plain_snapshot() {
        assert_eq!(beginning(&Sight::Everything), SNAPSHOT);
    }

    #[test]
    fn others_take_on_their_role_before_anything_is_read() {
        let id = Uuid::from_u128(1);
        let set = |rest: &str| format!("{SNAPSHOT}; SET LOCAL ROLE almoner_scoped; SELECT {rest}");
        let creator = "set_config('almoner.party', 'creator', true), \
            set_config('almoner.creator', '00000000-0000-0000-0000-000000000001', true)";
        assert_eq!(beginning(&Sight::Creator(id)), set(creator));
        let donor = Sight::Only {
            party: SightParty::Donor { small_cell: 5 },
            pledges: vec![id, id],
            markets: SightMarkets::Listed(vec!["JP".to_owned(), "US".to_owned()]),
        };
        let ids = format!("{{{id},{id}}}");
        let donor_s = format!(
            "set_config('almoner.party', 'donor', true), \
             set_config('almoner.pledges', '{ids}', true), \
             set_config('almoner.markets', '{{JP,US}}', true), \
             set_config('almoner.small_cell', '5', true)"
        );
        assert_eq!(beginning(&donor), set(&donor_s));
    }
}
