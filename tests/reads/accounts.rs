//! Accounts on both axes of time, and lists of them.

use almoner::db::read::{self, Moment, Sight};
use almoner::domain::AccountId;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};
use time::{Duration, OffsetDateTime};

use super::{FOREVER, Opened, added_up, books, opened, posted};

/// Every account, at every journal and around many days, is what its entries come to.
pub async fn accounts_on_both_axes_are_what_their_entries_come_to(
    connection: &mut AsyncPgConnection,
) {
    let catalogue = books(connection).await;
    let journals = posted(connection).await;
    for Opened { number, id } in opened(connection).await {
        let days = journals
            .iter()
            .map(|journal| journal.effective_date)
            .step_by(53);
        let mut days: Vec<Option<time::Date>> = days.map(Some).collect();
        days.push(None);
        for as_of in days {
            for known in journals.iter().step_by(31).map(Some).chain([None]) {
                let moment = Moment {
                    as_of,
                    known_at: known.map(|journal| journal.recorded_at),
                };
                let found = read::account(
                    connection,
                    &catalogue,
                    &Sight::Everything,
                    AccountId(id),
                    moment,
                )
                .await
                .unwrap()
                .unwrap();
                let last = known.map_or(journals.len() as i64, |journal| journal.number);
                let sums = added_up(connection, number, as_of.unwrap_or(FOREVER), last).await;
                let figures = (found.account.debits, found.account.credits);
                assert_eq!(
                    figures,
                    (sums.debits, sums.credits),
                    "{number} at {moment:?}"
                );
                assert_eq!(found.known.journal, last);
                let entries = added_up(connection, number, FOREVER, last).await.entries;
                assert_eq!(found.account.entries, entries, "{number} at {moment:?}");
            }
        }
    }
}

/// An instant between two journals knows the earlier one, and is answered with its own instant.
pub async fn an_instant_knows_the_last_journal_recorded_by_then(
    connection: &mut AsyncPgConnection,
) {
    let catalogue = books(connection).await;
    let journals = posted(connection).await;
    let account = AccountId(opened(connection).await[0].id);
    let mut at = async |known_at| {
        let moment = Moment {
            as_of: None,
            known_at: Some(known_at),
        };
        read::account(connection, &catalogue, &Sight::Everything, account, moment).await
    };
    for journal in journals.iter().step_by(13) {
        for later in [0, 1, 999] {
            let asked = journal.recorded_at + Duration::microseconds(later);
            let known = at(asked).await.unwrap().unwrap().known;
            assert_eq!(
                (known.journal, known.at),
                (journal.number, journal.recorded_at)
            );
        }
    }
    let before = journals[0].recorded_at - Duration::microseconds(1);
    let known = at(before).await.unwrap().unwrap().known;
    assert_eq!(known.journal, 0);
    assert_eq!(at(known.at).await.unwrap().unwrap().known, known);
    let tomorrow = OffsetDateTime::now_utc() + Duration::days(1);
    assert_eq!(
        at(tomorrow).await.unwrap_err(),
        read::ReadError::KnownAtInFuture
    );
}

/// All pages of a list of accounts show one instant, also when the ledger goes on meanwhile.
pub async fn pages_of_accounts_show_one_instant(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let everything = Sight::Everything;
    let filter = read::AccountFilter::default();
    let window = |after, known_at| read::AccountWindow {
        after,
        limit: 4,
        known_at,
    };
    let first = read::list_accounts(
        connection,
        &catalogue,
        &everything,
        &filter,
        window(None, None),
    )
    .await
    .unwrap();
    let last_account = opened(connection).await.last().copied().unwrap();
    let before = added_up(connection, last_account.number, FOREVER, i64::MAX).await;
    connection
        .batch_execute("SELECT goes_on(40)")
        .await
        .unwrap();
    let mut last = first.last;
    let mut shown = first.page.data;
    let mut more = first.page.has_more;
    while more {
        let next = window(last, first.known_at);
        let page = read::list_accounts(connection, &catalogue, &everything, &filter, next)
            .await
            .unwrap();
        shown.extend(page.page.data);
        (last, more) = (page.last, page.page.has_more);
    }
    let it = shown
        .iter()
        .find(|account| account.id.0 == last_account.id)
        .unwrap();
    assert_eq!(
        (it.debits, it.credits, it.entries),
        (before.debits, before.credits, before.entries)
    );
    let debits: i64 = shown
        .iter()
        .filter(|it| it.key.unit.code() == "USD")
        .map(|it| it.debits)
        .sum();
    let credits: i64 = shown
        .iter()
        .filter(|it| it.key.unit.code() == "USD")
        .map(|it| it.credits)
        .sum();
    assert_eq!(debits, credits, "a list of all accounts balances");
}
