//! What is in the log: a journal as it was posted, written in one way only.
//!
//! A leaf is JSON in the canonical form of RFC 8785: members in the order of their names, no
//! spaces, strings and whole numbers alone. What a journal doesn't have is left out. Amounts and
//! balances are decimal strings with all of the unit's digits, a balance on the account's normal
//! side; ids are as the API shows them, ids of things as 32 hexadecimal digits; days are
//! `2026-11-24`, moments UTC to the microsecond.
//!
//! ```json
//! {"actor":"petra","effective_date":"2024-11-05","id":"jnl_…","kind":"allocation","number":7,
//!  "pledge":"plg_…","recorded_at":"2024-11-05T09:30:00.000000Z","salt":"f3…","subject":"01…",
//!  "transfers":[{"amount":"2500.00",
//!    "credit":{"account":"acc_…","balance":"2500.00","code":"3130","creator":"crt_…",
//!              "market":"JP","seq":1},
//!    "debit":{"account":"acc_…","balance":"147500.00","code":"3120","market":"JP","seq":2},
//!    "line":1,"unit":"USD"}]}
//! ```
//!
//! An account's id alone would leave open what the account is of, so what it is kept by goes in as
//! well. Its sequence number and balance bind the entries of each account to each other: one that
//! was left out shows in any two that are proved.
//!
//! **What a hash gives away.** Nothing: the salt is random and commits with the posting, so that
//! whoever has hashes alone can't guess at what is in a leaf. Leaves themselves go to those who may
//! read the journals anyway. They name no creator but by id; names and bank details stand outside
//! the ledger and can be erased without a leaf changing. `reason`, `note` and `bank_reference` are
//! words of people, and are in the leaf as they are in the journal, since a posting without its
//! reason isn't the one that was made. Should the law ever ask for such words back, the row's text
//! and salt are blanked: that one leaf can't be opened any more, its hash says nothing, and all
//! other proofs still hold.

use serde::Serialize;
use time::{Date, OffsetDateTime, UtcOffset};
use uuid::Uuid;

use super::tree::{Hash, leaf_hash};
use crate::db::read::{LoggedAccount, LoggedJournal, LoggedSide, LoggedTransfer};
use crate::domain::money::format_minor;
use crate::domain::{
    AccountId, AdAccountId, ApprovalId, CreatorId, InstalmentId, JournalId, LotId, ObligationId,
    PledgeId,
};

/// A leaf, to be written. The members stand in the order of their names.
#[derive(Serialize)]
struct Leaf<'a> {
    actor: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    approval: Option<ApprovalId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    bank_reference: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    document: Option<Document<'a>>,
    effective_date: String,
    id: JournalId,
    kind: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    note: Option<&'a str>,
    number: i64,
    pledge: PledgeId,
    #[serde(skip_serializing_if = "Option::is_none")]
    reason: Option<&'a str>,
    recorded_at: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    reverses: Option<i64>,
    salt: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    subject: Option<String>,
    transfers: Vec<Transfer<'a>>,
}

#[derive(Serialize)]
struct Document<'a> {
    sha256: &'a str,
    uri: &'a str,
}

#[derive(Serialize)]
struct Transfer<'a> {
    amount: String,
    credit: Side<'a>,
    debit: Side<'a>,
    line: i16,
    unit: &'a str,
}

#[derive(Serialize)]
struct Side<'a> {
    account: AccountId,
    #[serde(skip_serializing_if = "Option::is_none")]
    ad_account: Option<AdAccountId>,
    balance: String,
    code: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    creator: Option<CreatorId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    instalment: Option<InstalmentId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    lot: Option<LotId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    market: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    obligation: Option<ObligationId>,
    #[serde(skip_serializing_if = "Option::is_none")]
    platform: Option<&'a str>,
    seq: i64,
}

fn simple(id: Uuid) -> String {
    id.as_simple().to_string()
}

fn day(date: Date) -> String {
    let (year, month, day) = date.to_calendar_date();
    format!("{year:04}-{:02}-{day:02}", u8::from(month))
}

fn moment(at: OffsetDateTime) -> String {
    let at = at.to_offset(UtcOffset::UTC);
    let (hour, minute, second, micros) = at.to_hms_micro();
    format!(
        "{}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z",
        day(at.date())
    )
}

fn side(side: &LoggedSide, minor_digits: u32) -> Side<'_> {
    let LoggedAccount {
        id,
        code,
        market,
        creator,
        instalment,
        lot,
        obligation,
        ad_account,
        platform,
        ..
    } = &side.account;
    Side {
        account: AccountId(*id),
        ad_account: ad_account.map(AdAccountId),
        balance: format_minor(side.balance, minor_digits),
        code,
        creator: creator.map(CreatorId),
        instalment: instalment.map(InstalmentId),
        lot: lot.map(LotId),
        market: market.as_deref(),
        obligation: obligation.map(ObligationId),
        platform: platform.as_deref(),
        seq: side.seq,
    }
}

fn transfer(transfer: &LoggedTransfer) -> Transfer<'_> {
    let digits = transfer.minor_digits;
    Transfer {
        amount: format_minor(transfer.amount, digits),
        credit: side(&transfer.credit, digits),
        debit: side(&transfer.debit, digits),
        line: transfer.line,
        unit: &transfer.unit,
    }
}

/// The leaf of a journal, to the byte.
pub fn leaf(journal: &LoggedJournal) -> Vec<u8> {
    let document = journal
        .document_uri
        .as_deref()
        .zip(journal.document_sha256.as_deref());
    let leaf = Leaf {
        actor: &journal.actor,
        approval: journal.approval.map(ApprovalId),
        bank_reference: journal.bank_reference.as_deref(),
        document: document.map(|(uri, sha256)| Document { sha256, uri }),
        effective_date: day(journal.effective_date),
        id: JournalId(journal.id),
        kind: &journal.kind,
        note: journal.note.as_deref(),
        number: journal.number,
        pledge: PledgeId(journal.pledge),
        reason: journal.reason.as_deref(),
        recorded_at: moment(journal.recorded_at),
        reverses: journal.reverses,
        salt: simple(journal.salt),
        subject: journal.subject.map(simple),
        transfers: journal.transfers.iter().map(transfer).collect(),
    };
    // Strings and numbers can always be written, and into memory.
    serde_json::to_vec(&leaf).unwrap_or_default()
}

/// The hash of a journal's leaf.
pub fn hash(journal: &LoggedJournal) -> Hash {
    leaf_hash(&leaf(journal))
}

#[cfg(test)]
#[path = "leaf_tests.rs"]
mod tests;
