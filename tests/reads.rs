//! Reads against the tables they are read from: what the fast paths answer is what adding up every
//! entry comes to.
//!
//! Each story takes a connection, as the owner, to a migrated database of its own.

use almoner::db::read::{self, EntryWindow, Moment, Sight, SightMarkets, Window};
use almoner::domain::{AccountId, Catalogue, JournalId, PledgeId};
use diesel::prelude::*;
use diesel::sql_types::{BigInt, Date, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl, SimpleAsyncConnection};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

/// Makes ids that can be guessed: kind and number.
fn id(kind: u128, number: u128) -> Uuid {
    Uuid::from_u128(0x0193_0000_0000_7000_8000_0000_0000_0000 | kind << 96 | number)
}

/// A small pledge, and a function that posts one journal with figures taken from the accounts.
const BOOKS: &str = include_str!("reads/books.sql");

async fn books(connection: &mut AsyncPgConnection) -> Catalogue {
    connection.batch_execute(BOOKS).await.unwrap();
    read::load_catalogue(connection).await.unwrap()
}

#[derive(QueryableByName, Debug, PartialEq, Eq, Clone, Copy)]
struct Sums {
    #[diesel(sql_type = BigInt)]
    debits: i64,
    #[diesel(sql_type = BigInt)]
    credits: i64,
    #[diesel(sql_type = BigInt)]
    entries: i64,
}

/// What adding up every entry comes to.
async fn added_up(
    connection: &mut AsyncPgConnection,
    account: i32,
    day: time::Date,
    journal: i64,
) -> Sums {
    let sql = "SELECT coalesce(sum(debit), 0)::bigint AS debits,
                      coalesce(sum(credit), 0)::bigint AS credits, count(*) AS entries
               FROM entries WHERE account = $1 AND effective_date <= $2 AND journal <= $3";
    diesel::sql_query(sql)
        .bind::<diesel::sql_types::Integer, _>(account)
        .bind::<Date, _>(day)
        .bind::<BigInt, _>(journal)
        .get_result(connection)
        .await
        .unwrap()
}

#[derive(QueryableByName, Debug, Clone)]
struct Posted {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = Timestamptz)]
    recorded_at: OffsetDateTime,
    #[diesel(sql_type = Date)]
    effective_date: time::Date,
}

async fn posted(connection: &mut AsyncPgConnection) -> Vec<Posted> {
    let sql = "SELECT number, id, recorded_at, effective_date FROM journals ORDER BY number";
    diesel::sql_query(sql).load(connection).await.unwrap()
}

#[derive(QueryableByName, Debug, Clone, Copy)]
struct Opened {
    #[diesel(sql_type = diesel::sql_types::Integer)]
    number: i32,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
}

async fn accounts(connection: &mut AsyncPgConnection) -> Vec<Opened> {
    let sql = "SELECT number, id FROM accounts ORDER BY number";
    diesel::sql_query(sql).load(connection).await.unwrap()
}

const FOREVER: time::Date = time::macros::date!(9999 - 12 - 31);

/// Every account, at every journal and around many days, is what its entries come to.
pub async fn accounts_on_both_axes_are_what_their_entries_come_to(
    connection: &mut AsyncPgConnection,
) {
    let catalogue = books(connection).await;
    let journals = posted(connection).await;
    for Opened { number, id } in accounts(connection).await {
        let days = journals.iter().map(|journal| journal.effective_date).step_by(29);
        let mut days: Vec<Option<time::Date>> = days.map(Some).collect();
        days.push(None);
        for as_of in days {
            for known in journals.iter().step_by(23).map(Some).chain([None]) {
                let moment = Moment { as_of, known_at: known.map(|journal| journal.recorded_at) };
                let found =
                    read::account(connection, &catalogue, &Sight::Everything, AccountId(id), moment)
                        .await
                        .unwrap()
                        .unwrap();
                let last = known.map_or(journals.len() as i64, |journal| journal.number);
                let sums =
                    added_up(connection, number, as_of.unwrap_or(FOREVER), last).await;
                let figures = (found.account.debits, found.account.credits);
                assert_eq!(figures, (sums.debits, sums.credits), "{number} at {moment:?}");
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
    let account = AccountId(accounts(connection).await[0].id);
    let mut at = async |known_at| {
        let moment = Moment { as_of: None, known_at: Some(known_at) };
        read::account(connection, &catalogue, &Sight::Everything, account, moment).await
    };
    for journal in journals.iter().step_by(13) {
        for later in [0, 1, 999] {
            let asked = journal.recorded_at + Duration::microseconds(later);
            let known = at(asked).await.unwrap().unwrap().known;
            assert_eq!((known.journal, known.at), (journal.number, journal.recorded_at));
        }
    }
    let before = journals[0].recorded_at - Duration::microseconds(1);
    let known = at(before).await.unwrap().unwrap().known;
    assert_eq!(known.journal, 0);
    assert_eq!(at(known.at).await.unwrap().unwrap().known, known);
    let tomorrow = OffsetDateTime::now_utc() + Duration::days(1);
    assert_eq!(at(tomorrow).await.unwrap_err(), read::ReadError::KnownAtInFuture);
}

/// Opening, lines and closing of a statement tie, whatever the page, the days and the instant.
pub async fn statements_tie_and_read_the_same_page_by_page(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let journals = posted(connection).await;
    for Opened { number, id } in accounts(connection).await {
        for (first, last) in [(0, journals.len() - 1), (3, 40), (20, 20), (60, 150)] {
            let mut days = (journals[first].effective_date, journals[last].effective_date);
            if days.0 > days.1 {
                days = (days.1, days.0);
            }
            for known in [None, Some(&journals[90])] {
                let known_at = known.map(|journal| journal.recorded_at);
                let head = read::statement_head(
                    connection,
                    &catalogue,
                    &Sight::Everything,
                    AccountId(id),
                    days,
                    known_at,
                )
                .await
                .unwrap()
                .unwrap();
                let mut lines: Vec<read::Entry> = Vec::new();
                loop {
                    let after = lines.last().map(|line| (line.effective_date, line.seq));
                    let page =
                        read::statement_lines(connection, &Sight::Everything, &head, after, 7)
                            .await
                            .unwrap();
                    let done = page.len() < 7;
                    lines.extend(page);
                    if done {
                        break;
                    }
                }
                let places: Vec<_> = lines.iter().map(|it| (it.effective_date, it.seq)).collect();
                assert!(places.is_sorted() && places.windows(2).all(|pair| pair[0] != pair[1]));
                let side = head.normal_side();
                let mut balance = head.opening;
                for line in &lines {
                    balance += if line.side == side { line.amount } else { -line.amount };
                }
                assert_eq!(balance, head.closing(), "account {number}, {days:?}, {known_at:?}");
                let last = known.map_or(i64::MAX, |journal| journal.number);
                let upto = added_up(connection, number, days.1, last).await;
                let before = added_up(connection, number, days.0.previous_day().unwrap(), last).await;
                assert_eq!(lines.len() as i64, upto.entries - before.entries);
                assert_eq!(head.total_debits, upto.debits - before.debits);
                assert_eq!(head.total_credits, upto.credits - before.credits);
            }
        }
    }
}

/// Entries come in the order of their numbers, each once, whatever the page and the days.
pub async fn entries_page_through_an_account_without_a_gap(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let journals = posted(connection).await;
    for Opened { number, id } in accounts(connection).await {
        let sight = Sight::Everything;
        let account =
            read::account(connection, &catalogue, &sight, AccountId(id), Moment::default())
                .await
                .unwrap()
                .unwrap()
                .account;
        for (from, before) in [
            (None, None),
            (Some(journals[10].effective_date), None),
            (Some(journals[10].effective_date), Some(journals[99].effective_date)),
        ] {
            let mut seen: Vec<i64> = Vec::new();
            loop {
                let after = seen.last().copied().unwrap_or(0);
                let window = EntryWindow { after, upto: account.entries, from, before, limit: 5 };
                let page = read::list_entries(connection, &sight, account.pledge, number, window)
                    .await
                    .unwrap();
                seen.extend(page.data.iter().map(|entry| entry.seq));
                if !page.has_more {
                    break;
                }
            }
            let eve = from.map(|day| day.previous_day().unwrap());
            let upto = before.map_or(FOREVER, |day| day.previous_day().unwrap());
            let all = added_up(connection, number, upto, i64::MAX).await.entries;
            let earlier = match eve {
                Some(eve) if eve <= upto => added_up(connection, number, eve, i64::MAX).await.entries,
                Some(_) => all,
                None => 0,
            };
            assert_eq!(seen.len() as i64, all - earlier, "account {number}, {from:?} to {before:?}");
            assert!(seen.is_sorted());
            if from.is_none() && before.is_none() {
                assert_eq!(seen, (1..=account.entries).collect::<Vec<_>>());
            }
        }
    }
}

/// All pages of a list of accounts show one instant, also when the ledger goes on meanwhile.
pub async fn pages_of_accounts_show_one_instant(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let everything = Sight::Everything;
    let filter = read::AccountFilter::default();
    let window = |after, known_at| read::AccountWindow { after, limit: 4, known_at };
    let first = read::list_accounts(connection, &catalogue, &everything, &filter, window(None, None))
        .await
        .unwrap();
    let last_account = accounts(connection).await.last().copied().unwrap();
    let before =
        added_up(connection, last_account.number, FOREVER, i64::MAX).await;
    connection.batch_execute("SELECT goes_on(40)").await.unwrap();
    let mut last = first.last;
    let mut shown = first.page.data;
    let mut more = first.page.has_more;
    while more {
        let next = window(last, first.known_at);
        let page =
            read::list_accounts(connection, &catalogue, &everything, &filter, next).await.unwrap();
        shown.extend(page.page.data);
        (last, more) = (page.last, page.page.has_more);
    }
    let it = shown.iter().find(|account| account.id.0 == last_account.id).unwrap();
    assert_eq!((it.debits, it.credits, it.entries), (before.debits, before.credits, before.entries));
    let debits: i64 = shown.iter().filter(|it| it.key.unit.code() == "USD").map(|it| it.debits).sum();
    let credits: i64 =
        shown.iter().filter(|it| it.key.unit.code() == "USD").map(|it| it.credits).sum();
    assert_eq!(debits, credits, "a list of all accounts balances");
}

/// A partner sees its own pledges, of them its own markets, and never a name.
pub async fn what_is_out_of_sight_is_absent(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let pledge = PledgeId(id(1, 1));
    let only = |markets| Sight::Only { pledges: vec![pledge.0], markets };
    let japan = only(SightMarkets::Listed(vec!["JP".to_owned()]));
    let whole = only(SightMarkets::All);
    let foreign = Sight::Only { pledges: vec![id(1, 9)], markets: SightMarkets::All };
    let all = Window { after: None, until: None, limit: 1000 };

    assert!(read::pledge(connection, &catalogue, &foreign, pledge).await.unwrap().is_none());
    assert!(read::summary(connection, &catalogue, &foreign, pledge).await.unwrap().is_none());
    for Opened { id, .. } in accounts(connection).await {
        let mut seen = async |sight: &Sight| {
            let moment = Moment::default();
            read::account(connection, &catalogue, sight, AccountId(id), moment).await.unwrap()
        };
        assert!(seen(&foreign).await.is_none());
        let account = seen(&whole).await.unwrap().account;
        let japanese = account.key.market.is_some_and(|market| market.as_str() == "JP");
        assert_eq!(seen(&japan).await.is_some(), japanese);
    }
    for sight in [&whole, &japan] {
        let creators = read::list_creators(connection, sight, None, all).await.unwrap().data;
        assert!(!creators.is_empty() && creators.iter().all(|creator| creator.name.is_empty()));
        assert_eq!(
            creators.iter().all(|creator| creator.market.as_str() == "JP"),
            sight == &japan
        );
    }
    let any = read::AllocationFilter::default();
    let none = read::list_allocations(connection, &catalogue, &foreign, &any, all).await.unwrap();
    assert!(none.data.is_empty());
    let summary = read::summary(connection, &catalogue, &japan, pledge).await.unwrap().unwrap();
    assert!(summary.units.iter().all(|(_, whole)| whole.is_none()));
    assert!(summary.markets.iter().all(|(market, _, _)| market.as_str() == "JP"));

    let mut partly_seen = 0;
    for journal in posted(connection).await {
        let mut seen = async |sight: &Sight| {
            read::journal(connection, &catalogue, sight, JournalId(journal.id)).await.unwrap()
        };
        assert!(seen(&foreign).await.is_none());
        let full = seen(&whole).await.unwrap();
        assert!(full.actor.is_none());
        let Some(part) = seen(&japan).await else { continue };
        assert_eq!(part.transfers.len(), full.transfers.len());
        for transfer in &part.transfers {
            let sides = [transfer.debit.account, transfer.credit.account];
            let markets = sides.iter().flatten().map(|side| side.market.unwrap());
            assert!(markets.clone().count() > 0);
            assert!(markets.clone().all(|market| market.as_str() == "JP"));
            partly_seen += usize::from(markets.count() == 1);
        }
    }
    assert!(partly_seen > 0, "a budget shows the market's side alone");
}

/// The summary adds up to the trial balance, and every proof holds.
pub async fn the_books_are_proved_and_the_summary_agrees(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let pledge = PledgeId(id(1, 1));
    for only in [None, Some(pledge)] {
        for proof in read::proofs(connection, only).await.unwrap() {
            assert!(proof.holds, "{proof:?}");
            assert!(!proof.figures.is_empty(), "{proof:?}");
        }
    }
    let everything = Sight::Everything;
    let summary = read::summary(connection, &catalogue, &everything, pledge).await.unwrap().unwrap();
    let balances =
        read::trial_balance(connection, &catalogue, &everything, Some(pledge), None).await.unwrap();
    for (unit, whole) in &summary.units {
        let whole = whole.unwrap();
        let balance = balances.iter().find(|it| &it.unit == unit).unwrap();
        assert_eq!(balance.debits(), balance.credits());
        let of = |codes: &[&str]| -> i64 {
            let rows = balance.rows.iter().filter(|row| codes.contains(&row.code.as_str()));
            rows.map(read::TrialBalanceRow::balance).sum()
        };
        assert_eq!(whole.unallocated, of(&["3110", "3210"]));
        assert_eq!(whole.markets.available, of(&["3120", "3220"]));
        assert_eq!(whole.markets.allocated, of(&["3130", "3230"]));
        let markets = summary.markets.iter().filter(|(_, its, _)| its == unit);
        let budgeted: i64 = markets.map(|(_, _, used)| used.budgeted()).sum();
        assert_eq!(budgeted, whole.markets.budgeted());
    }
    let now = balances;
    let then =
        read::trial_balance(connection, &catalogue, &everything, Some(pledge), Some(FOREVER)).await;
    assert_eq!(then.unwrap(), now);
}

/// A proof that is broken says so, with the rows that break it.
pub async fn a_broken_proof_shows_what_breaks_it(connection: &mut AsyncPgConnection) {
    books(connection).await;
    connection
        .batch_execute(
            "SET session_replication_role = replica;
             UPDATE accounts SET debits = debits + 1, credits = credits + 1 WHERE number = 3;
             UPDATE transfers SET debit_balance = debit_balance + 1 WHERE journal = 20;
             DELETE FROM journals WHERE number = 30;
             SET session_replication_role = origin;",
        )
        .await
        .unwrap();
    let proofs = read::proofs(connection, None).await.unwrap();
    let broken: Vec<&str> = proofs.iter().filter(|it| !it.holds).map(|it| it.name).collect();
    for name in
        ["accounts-equal-transfers", "entries-chained", "journals-gapless", "journals-complete"]
    {
        assert!(broken.contains(&name), "{broken:?}");
    }
    for proof in proofs.iter().filter(|it| !it.holds) {
        assert!(proof.broken > 0 && !proof.offending.is_empty() && proof.offending.len() <= 10);
    }
}
