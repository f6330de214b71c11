//! Entries and statements.

use almoner::db::read::{self, EntryWindow, Moment, Sight};
use almoner::domain::AccountId;
use diesel_async::AsyncPgConnection;

use super::{FOREVER, Opened, added_up, books, opened, posted};

/// Opening, lines and closing of a statement tie, whatever the days and the instant.
pub async fn statements_tie_on_both_axes_of_time(connection: &mut AsyncPgConnection) {
    let catalogue = books(connection).await;
    let journals = posted(connection).await;
    for Opened { number, id } in opened(connection).await {
        for (first, last) in [(0, journals.len() - 1), (3, 40), (20, 20), (60, 150)] {
            let mut days = (
                journals[first].effective_date,
                journals[last].effective_date,
            );
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
                for stretch in head.stretches.clone() {
                    let sight = Sight::Everything;
                    let part = read::statement_lines(connection, &sight, &head, stretch).await;
                    lines.extend(part.unwrap());
                }
                let places: Vec<_> = lines.iter().map(|it| (it.effective_date, it.seq)).collect();
                assert!(places.is_sorted() && places.windows(2).all(|pair| pair[0] != pair[1]));
                let side = head.normal_side();
                let mut balance = head.opening;
                for line in &lines {
                    balance += if line.side == side {
                        line.amount
                    } else {
                        -line.amount
                    };
                }
                assert_eq!(
                    balance,
                    head.closing(),
                    "account {number}, {days:?}, {known_at:?}"
                );
                let last = known.map_or(i64::MAX, |journal| journal.number);
                let upto = added_up(connection, number, days.1, last).await;
                let before =
                    added_up(connection, number, days.0.previous_day().unwrap(), last).await;
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
    for Opened { number, id } in opened(connection).await {
        let sight = Sight::Everything;
        let account = read::account(
            connection,
            &catalogue,
            &sight,
            AccountId(id),
            Moment::default(),
        )
        .await
        .unwrap()
        .unwrap()
        .account;
        for (from, before) in [
            (None, None),
            (Some(journals[10].effective_date), None),
            (
                Some(journals[10].effective_date),
                Some(journals[99].effective_date),
            ),
        ] {
            let mut seen: Vec<i64> = Vec::new();
            loop {
                let after = seen.last().copied().unwrap_or(0);
                let window = EntryWindow {
                    after,
                    upto: account.entries,
                    from,
                    before,
                    limit: 5,
                };
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
                Some(eve) if eve <= upto => {
                    added_up(connection, number, eve, i64::MAX).await.entries
                }
                Some(_) => all,
                None => 0,
            };
            assert_eq!(
                seen.len() as i64,
                all - earlier,
                "account {number}, {from:?} to {before:?}"
            );
            assert!(seen.is_sorted());
            if from.is_none() && before.is_none() {
                assert_eq!(seen, (1..=account.entries).collect::<Vec<_>>());
            }
        }
    }
}
