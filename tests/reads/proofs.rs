//! Summary, trial balance and proofs.

use almoner::db::read::{self, Sight};
use almoner::domain::PledgeId;
use diesel_async::{AsyncPgConnection, SimpleAsyncConnection};

use super::{FOREVER, books, id};

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
    let summary = read::summary(connection, &catalogue, &everything, pledge)
        .await
        .unwrap()
        .unwrap();
    let balances = read::trial_balance(connection, &catalogue, &everything, Some(pledge), None)
        .await
        .unwrap();
    for (unit, whole) in &summary.units {
        let whole = whole.unwrap();
        let balance = balances.iter().find(|it| &it.unit == unit).unwrap();
        assert_eq!(balance.debits(), balance.credits());
        let of = |codes: &[&str]| -> i64 {
            let rows = balance
                .rows
                .iter()
                .filter(|row| codes.contains(&row.code.as_str()));
            rows.map(read::TrialBalanceRow::balance).sum()
        };
        assert_eq!(whole.unallocated, of(&["3110", "3210"]));
        assert_eq!(
            whole.markets.used().unwrap().available,
            of(&["3120", "3220"])
        );
        assert_eq!(
            whole.markets.used().unwrap().allocated,
            of(&["3130", "3230"])
        );
        let markets = summary.markets.iter().filter(|(_, its, _)| its == unit);
        let budgeted: i64 = markets.map(|(_, _, used)| used.budgeted()).sum();
        assert_eq!(budgeted, whole.markets.budgeted());
    }
    let now = balances;
    let then = read::trial_balance(
        connection,
        &catalogue,
        &everything,
        Some(pledge),
        Some(FOREVER),
    )
    .await;
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
    let broken: Vec<&str> = proofs
        .iter()
        .filter(|it| !it.holds)
        .map(|it| it.name)
        .collect();
    for name in [
        "accounts-equal-transfers",
        "entries-chained",
        "journals-gapless",
        "journals-complete",
    ] {
        assert!(broken.contains(&name), "{broken:?}");
    }
    for proof in proofs.iter().filter(|it| !it.holds) {
        assert!(proof.broken > 0 && !proof.offending.is_empty() && proof.offending.len() <= 10);
    }
}
