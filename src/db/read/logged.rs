//! Journals as they go into the log: every column a leaf binds, as the rows have it.
//!
//! Values are taken as they stand, also where no build ever wrote such: whoever checks the log
//! wants to see what is there.

use std::collections::{BTreeSet, HashMap};

use diesel::prelude::*;
use diesel::sql_types::{
    BigInt, Bool, Date, Integer, Nullable, SmallInt, Text as SqlText, Timestamptz, Uuid as SqlUuid,
};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::journals::journal_in_sight;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{JournalId, PledgeId};

/// A journal as it was posted.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedJournal {
    /// The pledge whose money moved.
    pub pledge: Uuid,
    /// Its number within the pledge, from 1.
    pub number: i64,
    /// Its public id.
    pub id: Uuid,
    /// What happened.
    pub kind: String,
    /// When it counts.
    pub effective_date: time::Date,
    /// When the ledger knew.
    pub recorded_at: OffsetDateTime,
    /// Who asked for it.
    pub actor: String,
    /// What it is about.
    pub subject: Option<Uuid>,
    /// Why.
    pub reason: Option<String>,
    /// What the preparer noted.
    pub note: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// Where the document is that it rests on.
    pub document_uri: Option<String>,
    /// SHA-256 of that document.
    pub document_sha256: Option<String>,
    /// The number of the journal it takes back.
    pub reverses: Option<i64>,
    /// The approval it was posted by.
    pub approval: Option<Uuid>,
    /// What keeps its hash from being guessed at.
    pub salt: Uuid,
    /// What moved, in the order of the lines.
    pub transfers: Vec<LoggedTransfer>,
}

/// One amount from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedTransfer {
    /// Its line.
    pub line: i16,
    /// What is counted.
    pub unit: String,
    /// How many digits the unit has after the point.
    pub minor_digits: u32,
    /// How much, in minor digits.
    pub amount: i64,
    /// The account debited.
    pub debit: LoggedSide,
    /// The account credited.
    pub credit: LoggedSide,
}

/// One side of a transfer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedSide {
    /// The account.
    pub account: LoggedAccount,
    /// The entry's number within the account.
    pub seq: i64,
    /// The account's balance after it, on its normal side, in minor digits.
    pub balance: i64,
}

/// An account with what it is kept by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoggedAccount {
    /// Its id.
    pub id: Uuid,
    /// Its code in the chart.
    pub code: String,
    /// Whether debits add to its balance.
    pub is_debit_normal: bool,
    /// The market it is kept by, if it is.
    pub market: Option<String>,
    /// The creator.
    pub creator: Option<Uuid>,
    /// The instalment.
    pub instalment: Option<Uuid>,
    /// The lot.
    pub lot: Option<Uuid>,
    /// The obligation.
    pub obligation: Option<Uuid>,
    /// The ad account.
    pub ad_account: Option<Uuid>,
    /// The platform.
    pub platform: Option<String>,
}

#[derive(QueryableByName)]
struct JournalRow {
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    kind: String,
    #[diesel(sql_type = Date)]
    effective_date: time::Date,
    #[diesel(sql_type = Timestamptz)]
    recorded_at: OffsetDateTime,
    #[diesel(sql_type = SqlText)]
    actor: String,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    subject: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlText>)]
    reason: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    note: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    bank_reference: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    document_uri: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    document_sha256: Option<String>,
    #[diesel(sql_type = Nullable<BigInt>)]
    reverses: Option<i64>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    approval_id: Option<Uuid>,
    #[diesel(sql_type = SqlUuid)]
    salt: Uuid,
}

#[derive(QueryableByName)]
struct TransferRow {
    #[diesel(sql_type = BigInt)]
    journal: i64,
    #[diesel(sql_type = SmallInt)]
    line: i16,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = SmallInt)]
    minor_digits: i16,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = Integer)]
    debit_account: i32,
    #[diesel(sql_type = BigInt)]
    debit_seq: i64,
    #[diesel(sql_type = BigInt)]
    debit_balance: i64,
    #[diesel(sql_type = Integer)]
    credit_account: i32,
    #[diesel(sql_type = BigInt)]
    credit_seq: i64,
    #[diesel(sql_type = BigInt)]
    credit_balance: i64,
}

#[derive(QueryableByName)]
struct AccountRow {
    #[diesel(sql_type = Integer)]
    number: i32,
    #[diesel(sql_type = SqlUuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    code: String,
    #[diesel(sql_type = Bool)]
    is_debit_normal: bool,
    #[diesel(sql_type = Nullable<SqlText>)]
    market: Option<String>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    creator_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    instalment_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    lot_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    obligation_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlUuid>)]
    ad_account_id: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlText>)]
    platform: Option<String>,
}

const JOURNALS: &str = "
SELECT number, id, kind, effective_date, recorded_at, actor, subject, reason, note, bank_reference,
       document_uri, document_sha256, reverses, approval_id, salt
FROM journals WHERE pledge_id = $1 AND number > $2 AND number <= $3 ORDER BY number";

const TRANSFERS: &str = "
SELECT t.journal, t.line, t.unit, u.minor_digits, t.amount, t.debit_account, t.debit_seq,
       t.debit_balance, t.credit_account, t.credit_seq, t.credit_balance
FROM transfers t JOIN units u ON u.code = t.unit
WHERE t.pledge_id = $1 AND t.journal > $2 AND t.journal <= $3 ORDER BY t.journal, t.line";

/// Of the accounts that many transfers touch, each is read once.
const ACCOUNTS: &str = "
SELECT number, id, code, normal_side = 'debit' AS is_debit_normal, market, creator_id,
       instalment_id, lot_id, obligation_id, ad_account_id, platform
FROM accounts WHERE pledge_id = $1 AND number = ANY ($2)";

impl AccountRow {
    fn account(self) -> LoggedAccount {
        LoggedAccount {
            id: self.id,
            code: self.code,
            is_debit_normal: self.is_debit_normal,
            market: self.market,
            creator: self.creator_id,
            instalment: self.instalment_id,
            lot: self.lot_id,
            obligation: self.obligation_id,
            ad_account: self.ad_account_id,
            platform: self.platform,
        }
    }
}

/// The accounts with these numbers.
async fn accounts(
    connection: &mut AsyncPgConnection,
    pledge: Uuid,
    numbers: BTreeSet<i32>,
) -> Result<HashMap<i32, LoggedAccount>, ReadError> {
    let numbers: Vec<i32> = numbers.into_iter().collect();
    let text: Text = Text::new(ACCOUNTS).bind(pledge).bind(numbers);
    let rows: Vec<AccountRow> = text.load(connection).await?;
    Ok(rows
        .into_iter()
        .map(|row| (row.number, row.account()))
        .collect())
}

/// The transfers of a stretch of journals, by journal.
async fn transfers(
    connection: &mut AsyncPgConnection,
    pledge: Uuid,
    text: Text,
) -> Result<HashMap<i64, Vec<LoggedTransfer>>, ReadError> {
    let rows: Vec<TransferRow> = text.load(connection).await?;
    let numbers = rows
        .iter()
        .flat_map(|row| [row.debit_account, row.credit_account]);
    let accounts = accounts(connection, pledge, numbers.collect()).await?;
    let side = |number: i32, seq: i64, balance: i64| {
        let account = accounts.get(&number).cloned();
        let account = account.ok_or_else(|| unreadable("account number", &number.to_string()))?;
        Ok::<_, ReadError>(LoggedSide {
            account,
            seq,
            balance,
        })
    };
    let mut transfers: HashMap<i64, Vec<LoggedTransfer>> = HashMap::new();
    for row in rows {
        let transfer = LoggedTransfer {
            line: row.line,
            minor_digits: u32::try_from(row.minor_digits).unwrap_or(0),
            amount: row.amount,
            debit: side(row.debit_account, row.debit_seq, row.debit_balance)?,
            credit: side(row.credit_account, row.credit_seq, row.credit_balance)?,
            unit: row.unit,
        };
        transfers.entry(row.journal).or_default().push(transfer);
    }
    Ok(transfers)
}

/// The journals of a pledge after one number and up to another, those that are there; three
/// statements, over rows that don't change.
pub async fn logged_journals(
    connection: &mut AsyncPgConnection,
    pledge: Uuid,
    after: i64,
    upto: i64,
) -> Result<Vec<LoggedJournal>, ReadError> {
    let window = |wording| Text::new(wording).bind(pledge).bind(after).bind(upto);
    let mut transfers = transfers(connection, pledge, window(TRANSFERS)).await?;
    let journals: Text = window(JOURNALS);
    let journals: Vec<JournalRow> = journals.load(connection).await?;
    let read = |row: JournalRow| LoggedJournal {
        pledge,
        transfers: transfers.remove(&row.number).unwrap_or_default(),
        number: row.number,
        id: row.id,
        kind: row.kind,
        effective_date: row.effective_date,
        recorded_at: row.recorded_at,
        actor: row.actor,
        subject: row.subject,
        reason: row.reason,
        note: row.note,
        bank_reference: row.bank_reference,
        document_uri: row.document_uri,
        document_sha256: row.document_sha256,
        reverses: row.reverses,
        approval: row.approval_id,
        salt: row.salt,
    };
    Ok(journals.into_iter().map(read).collect())
}

/// Where a journal is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalPlace {
    /// The journal.
    pub id: JournalId,
    /// Whose it is.
    pub pledge: PledgeId,
    /// Its number within the pledge, from 1.
    pub number: i64,
}

#[derive(QueryableByName)]
struct PlaceRow {
    #[diesel(sql_type = SqlUuid)]
    pledge_id: Uuid,
    #[diesel(sql_type = BigInt)]
    number: i64,
}

/// $1 the journal.
const PLACE: &str = concat!(
    "SELECT j.pledge_id, j.number FROM journals j WHERE j.id = $1 AND ",
    journal_in_sight!()
);

/// Where the journal with that id is, if it is there and in sight.
pub async fn place_of_journal(
    connection: &mut AsyncPgConnection,
    sight: &Sight,
    id: JournalId,
) -> Result<Option<JournalPlace>, ReadError> {
    let text: Text = Text::new(PLACE)
        .bind(id.0)
        .bind(sight.pledges())
        .bind(sight.markets())
        .bind(sight.codes());
    let rows: Vec<PlaceRow> = text.load(connection).await?;
    let place = |row: PlaceRow| JournalPlace {
        id,
        pledge: PledgeId(row.pledge_id),
        number: row.number,
    };
    Ok(rows.into_iter().next().map(place))
}
