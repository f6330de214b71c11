//! From what a batch decided to the rows that say so, in the order references ask for.

use diesel::prelude::*;
use diesel_async::{AsyncConnectionCore, AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;

use super::AnsweredKey;
use super::columns::{
    Columns, InsertAccounts, InsertAllocations, InsertCreators, InsertInstalments, InsertJournals,
    InsertKeys, InsertLots, InsertPledgeMarkets, InsertPledgeUnits, InsertPledges, InsertTransfers,
};
use crate::db::error::DbError;
use crate::db::schema::{allocations, instalments, pledges};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, Changes};
use crate::domain::journal::Journal;
use crate::domain::{Allocation, Document, Pledge, PledgeId};

async fn run<S: Columns>(connection: &mut AsyncPgConnection, statement: S) -> Result<(), DbError> {
    if !statement.is_empty() {
        connection.execute_returning_count(statement).await?;
    }
    Ok(())
}

/// A position in a list, as the database counts it. Requests are bounded far below its range.
fn place(index: usize) -> i16 {
    i16::try_from(index).unwrap_or(i16::MAX)
}

fn split_document(document: Option<&Document>) -> (Option<String>, Option<String>) {
    document
        .map(|document| (document.uri.clone(), document.sha256.clone()))
        .unzip()
}

/// Writes everything the books' changes say, and the answers to its keys.
pub(super) async fn post(
    connection: &mut AsyncPgConnection,
    books: &Books,
    keys: Vec<AnsweredKey>,
    now: OffsetDateTime,
) -> Result<(), DbError> {
    let changes = &books.changes;
    announce(connection, changes).await?;
    let mut creators = InsertCreators::default();
    for creator in &changes.creators {
        creators.push(
            creator.id.0,
            creator.reference.clone(),
            creator.name.clone(),
            creator.market.to_string(),
            creator.enrolled_at,
        );
    }
    run(connection, creators).await?;
    issue_lots(connection, changes).await?;
    open_accounts(connection, books).await?;
    post_journals(connection, books).await?;
    allocate(connection, books).await?;
    update(connection, books).await?;
    let mut answered = InsertKeys::default();
    for (key, fingerprint, answer) in keys {
        answered.push(key, fingerprint, now, answer);
    }
    run(connection, answered).await
}

async fn announce(connection: &mut AsyncPgConnection, changes: &Changes) -> Result<(), DbError> {
    let mut rows = InsertPledges::default();
    let mut units = InsertPledgeUnits::default();
    let mut markets = InsertPledgeMarkets::default();
    let mut instalments = InsertInstalments::default();
    for (pledge, own_instalments) in &changes.announced {
        push_pledge(&mut rows, pledge);
        for (index, part) in pledge.split.iter().enumerate() {
            units.push(
                pledge.id.0,
                part.unit().to_string(),
                part.minor(),
                place(index),
            );
        }
        for (index, market) in pledge.markets.iter().enumerate() {
            markets.push(pledge.id.0, market.to_string(), place(index));
        }
        for (index, instalment) in own_instalments.iter().enumerate() {
            instalments.push(
                pledge.id.0,
                instalment.id.0,
                instalment.reference.clone(),
                place(index),
                instalment.amount.unit().to_string(),
                instalment.amount.minor(),
                instalment.due_date,
                instalment.condition.clone(),
            );
        }
    }
    run(connection, rows).await?;
    run(connection, units).await?;
    run(connection, markets).await?;
    run(connection, instalments).await
}

fn push_pledge(rows: &mut InsertPledges, pledge: &Pledge) {
    rows.push(
        pledge.id.0,
        pledge.reference.clone(),
        pledge.donor.clone(),
        pledge.recipient.clone(),
        pledge.purpose.clone(),
        pledge.total.unit().to_string(),
        pledge.total.minor(),
        pledge.created_at,
    );
}

async fn issue_lots(connection: &mut AsyncPgConnection, changes: &Changes) -> Result<(), DbError> {
    let mut rows = InsertLots::default();
    for lot in &changes.lots {
        let (uri, sha256) = split_document(lot.document.as_ref());
        rows.push(
            lot.pledge.0,
            lot.id.0,
            lot.instalment.0,
            lot.face.unit().to_string(),
            lot.face.minor(),
            lot.kind.as_str().to_owned(),
            lot.valid_from,
            lot.expires_at,
            lot.issued_on,
            uri,
            sha256,
        );
    }
    run(connection, rows).await
}

async fn open_accounts(connection: &mut AsyncPgConnection, books: &Books) -> Result<(), DbError> {
    let mut rows = InsertAccounts::default();
    for (pledge, key) in &books.changes.accounts {
        let Some(Some(book)) = books.pledges.get(pledge) else {
            continue;
        };
        let Some(account) = book.account(key) else {
            continue;
        };
        rows.push(
            pledge.0,
            account.number,
            account.id.0,
            key.code.as_str(),
            key.unit.to_string(),
            key.code.unit_kind().as_str(),
            key.code.side().as_str(),
            false,
            key.market.map(|market| market.to_string()),
            key.creator.map(|id| id.0),
            key.instalment.map(|id| id.0),
            key.lot.map(|id| id.0),
        );
    }
    run(connection, rows).await
}

async fn post_journals(connection: &mut AsyncPgConnection, books: &Books) -> Result<(), DbError> {
    let mut journals = InsertJournals::default();
    let mut transfers = InsertTransfers::default();
    for journal in &books.changes.journals {
        push_journal(&mut journals, journal);
        push_transfers(&mut transfers, journal);
    }
    run(connection, journals).await?;
    run(connection, transfers).await
}

fn push_journal(rows: &mut InsertJournals, journal: &Journal) {
    let draft = &journal.draft;
    let (uri, sha256) = split_document(draft.document.as_ref());
    rows.push(
        draft.pledge.0,
        journal.number,
        journal.id.0,
        draft.kind.as_str(),
        draft.effective_date,
        journal.recorded_at,
        place(journal.transfers.len()),
        journal.actor.clone(),
        draft.subject,
        draft.reason.clone(),
        draft.bank_reference.clone(),
        uri,
        sha256,
    );
}

fn push_transfers(rows: &mut InsertTransfers, journal: &Journal) {
    let draft = &journal.draft;
    for (index, (movement, transfer)) in draft.moves.iter().zip(&journal.transfers).enumerate() {
        let AccountKey { unit, .. } = &movement.debit;
        rows.push(
            draft.pledge.0,
            journal.number,
            place(index + 1),
            unit.to_string(),
            transfer.amount,
            draft.effective_date,
            transfer.debit.account,
            transfer.credit.account,
            transfer.debit.seq,
            transfer.debit.balance,
            transfer.debit.turnover,
            transfer.credit.seq,
            transfer.credit.balance,
            transfer.credit.turnover,
        );
    }
}

async fn allocate(connection: &mut AsyncPgConnection, books: &Books) -> Result<(), DbError> {
    let mut rows = InsertAllocations::default();
    for id in &books.changes.allocations {
        let Some(Some(allocation)) = books.allocations.get(id) else {
            continue;
        };
        push_allocation(&mut rows, allocation);
    }
    run(connection, rows).await
}

fn push_allocation(rows: &mut InsertAllocations, allocation: &Allocation) {
    rows.push(
        allocation.pledge.0,
        allocation.id.0,
        allocation.creator.0,
        allocation.market.to_string(),
        allocation.amount.unit().to_string(),
        allocation.amount.minor(),
        allocation.released,
        allocation.effective_date,
        allocation.note.clone(),
    );
}

/// What is noted on earlier rows: rare next to allocations, so a statement each.
async fn update(connection: &mut AsyncPgConnection, books: &Books) -> Result<(), DbError> {
    for PledgeId(id) in &books.changes.moved_on {
        let Some(Some(book)) = books.pledges.get(&PledgeId(*id)) else {
            continue;
        };
        diesel::update(pledges::table.filter(pledges::id.eq(*id)))
            .set((
                pledges::state.eq(book.pledge.state.as_str()),
                pledges::agreed_on.eq(book.pledge.agreed_on),
            ))
            .execute(connection)
            .await?;
    }
    for (pledge, id) in &books.changes.instalments {
        let Some(Some(book)) = books.pledges.get(pledge) else {
            continue;
        };
        let Some(instalment) = book.instalment(*id) else {
            continue;
        };
        let (uri, sha256) = split_document(instalment.condition_document.as_ref());
        diesel::update(instalments::table.find((pledge.0, id.0)))
            .set((
                instalments::condition_met_on.eq(instalment.condition_met_on),
                instalments::condition_document_uri.eq(uri),
                instalments::condition_document_sha256.eq(sha256),
                instalments::received.eq(instalment.received),
                instalments::written_off.eq(instalment.written_off),
            ))
            .execute(connection)
            .await?;
    }
    for id in &books.changes.released {
        let Some(Some(allocation)) = books.allocations.get(id) else {
            continue;
        };
        diesel::update(allocations::table.find((allocation.pledge.0, id.0)))
            .set(allocations::released.eq(allocation.released))
            .execute(connection)
            .await?;
    }
    Ok(())
}
