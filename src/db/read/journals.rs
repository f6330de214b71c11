//! Journals with their transfers.
//!
//! A reader who sees some accounts only (those of some markets, or of some codes) sees the journals
//! of which every transfer touches one of their accounts, and of each transfer the sides that are
//! theirs: of the other side the code alone.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel::sql_types::{BigInt, Bool, Date, Nullable, SmallInt, Text as SqlText, Timestamptz};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::ReadError;
use super::page::Page;
use super::rows;
use super::sight::Sight;
use super::text::Text;
use crate::domain::{
    AccountId, ApprovalId, Catalogue, Code, Document, JournalId, Kind, Market, Money, PledgeId,
};

/// A posted journal, as far as it is in sight.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedJournal {
    /// Its public id.
    pub id: JournalId,
    /// The pledge whose money moved.
    pub pledge: PledgeId,
    /// Its number within the pledge, from 1, without gaps.
    pub number: i64,
    /// What happened.
    pub kind: Kind,
    /// When it counts.
    pub effective_date: time::Date,
    /// When the ledger knew.
    pub recorded_at: OffsetDateTime,
    /// Who asked for it; none if the reader sees parts of the ledger only.
    pub actor: Option<String>,
    /// What it is about, by the kind of the journal.
    pub subject: Option<Uuid>,
    /// Why, where a reason was asked for.
    pub reason: Option<String>,
    /// The bank's own reference.
    pub bank_reference: Option<String>,
    /// What it rests on.
    pub document: Option<Document>,
    /// The approval it was posted by, if it took one; none if the reader sees parts only.
    pub approval: Option<ApprovalId>,
    /// The journal it takes back, if it is a reversal.
    pub reverses: Option<JournalId>,
    /// What moved.
    pub transfers: Vec<PostedTransfer>,
}

/// One amount from one account to another.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PostedTransfer {
    /// Its place in the journal, from 1.
    pub line: i16,
    /// How much.
    pub amount: Money,
    /// How much of it was taken back since.
    pub reversed: Money,
    /// The account debited.
    pub debit: PostedSide,
    /// The account credited.
    pub credit: PostedSide,
}

/// One side of a transfer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostedSide {
    /// The account's code.
    pub code: Code,
    /// Which account it is; none if it is out of sight.
    pub account: Option<PostedAccount>,
}

/// An account a transfer touched.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PostedAccount {
    /// Its id.
    pub id: AccountId,
    /// Its market, if it has one.
    pub market: Option<Market>,
    /// The entry's number within the account.
    pub seq: i64,
    /// The account's balance after it, in minor digits.
    pub balance: i64,
}

/// Which journals of a pledge are asked for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct JournalWindow {
    /// The last journal already seen; 0 for none.
    pub after: i64,
    /// The last journal to show.
    pub upto: i64,
    /// How many are wanted, at most.
    pub limit: i64,
}

#[derive(Debug, QueryableByName)]
struct JournalRow {
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    pledge_id: Uuid,
    #[diesel(sql_type = BigInt)]
    number: i64,
    #[diesel(sql_type = diesel::sql_types::Uuid)]
    id: Uuid,
    #[diesel(sql_type = SqlText)]
    kind: String,
    #[diesel(sql_type = Date)]
    effective_date: time::Date,
    #[diesel(sql_type = Timestamptz)]
    recorded_at: OffsetDateTime,
    #[diesel(sql_type = SqlText)]
    actor: String,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    subject: Option<Uuid>,
    #[diesel(sql_type = Nullable<SqlText>)]
    reason: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    bank_reference: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    document_uri: Option<String>,
    #[diesel(sql_type = Nullable<SqlText>)]
    document_sha256: Option<String>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    reverses: Option<Uuid>,
    #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>)]
    approval_id: Option<Uuid>,
}

impl JournalRow {
    fn read(
        self,
        sight: &Sight,
        transfers: Vec<PostedTransfer>,
    ) -> Result<PostedJournal, ReadError> {
        Ok(PostedJournal {
            id: JournalId(self.id),
            pledge: PledgeId(self.pledge_id),
            number: self.number,
            kind: rows::kind(&self.kind)?,
            effective_date: self.effective_date,
            recorded_at: self.recorded_at,
            actor: sight.shows_staff().then_some(self.actor),
            subject: self.subject,
            reason: self.reason.filter(|_| sight.shows_reasons()),
            bank_reference: self.bank_reference,
            document: rows::document(self.document_uri, self.document_sha256),
            reverses: self.reverses.map(JournalId),
            approval: self
                .approval_id
                .filter(|_| *sight == Sight::Everything)
                .map(ApprovalId),
            transfers,
        })
    }
}

#[derive(Debug, QueryableByName)]
struct TransferRow {
    #[diesel(sql_type = BigInt)]
    journal: i64,
    #[diesel(sql_type = SmallInt)]
    line: i16,
    #[diesel(sql_type = SqlText)]
    unit: String,
    #[diesel(sql_type = BigInt)]
    amount: i64,
    #[diesel(sql_type = BigInt)]
    reversed: i64,
    #[diesel(embed)]
    debit: DebitRow,
    #[diesel(embed)]
    credit: CreditRow,
}

macro_rules! side_row {
    ($name:ident, $code:literal, $id:literal, $market:literal, $seen:literal, $seq:literal,
     $balance:literal) => {
        #[derive(Debug, QueryableByName)]
        struct $name {
            #[diesel(sql_type = SqlText, column_name = $code)]
            code: String,
            #[diesel(sql_type = Nullable<diesel::sql_types::Uuid>, column_name = $id)]
            id: Option<Uuid>,
            #[diesel(sql_type = Nullable<SqlText>, column_name = $market)]
            market: Option<String>,
            #[diesel(sql_type = Bool, column_name = $seen)]
            in_sight: bool,
            #[diesel(sql_type = BigInt, column_name = $seq)]
            seq: i64,
            #[diesel(sql_type = BigInt, column_name = $balance)]
            balance: i64,
        }

        impl $name {
            fn read(self, sight: &Sight) -> Result<PostedSide, ReadError> {
                let market = self.market.as_deref().map(rows::market).transpose()?;
                let code = rows::code(&self.code)?;
                let account = |id| PostedAccount {
                    id: AccountId(id),
                    market,
                    seq: self.seq,
                    balance: self.balance,
                };
                let seen = self.id.filter(|_| self.in_sight && sight.shows_code(code));
                Ok(PostedSide {
                    code,
                    account: seen.map(account),
                })
            }
        }
    };
}

side_row!(
    DebitRow,
    "debit_code",
    "debit_id",
    "debit_market",
    "debit_seen",
    "debit_seq",
    "debit_balance"
);
side_row!(
    CreditRow,
    "credit_code",
    "credit_id",
    "credit_market",
    "credit_seen",
    "credit_seq",
    "credit_balance"
);

/// Ends a condition on journals `j`: $2 pledges, $3 markets and $4 codes of accounts in sight.
macro_rules! journal_in_sight {
    () => {
        "($2 IS NULL OR j.pledge_id = ANY ($2))
  AND (($3 IS NULL AND $4 IS NULL) OR NOT EXISTS (
    SELECT FROM transfers t
    WHERE t.pledge_id = j.pledge_id AND t.journal = j.number AND NOT EXISTS (
        SELECT FROM accounts a
        WHERE a.pledge_id = t.pledge_id AND a.number IN (t.debit_account, t.credit_account)
          AND ($3 IS NULL OR a.market = ANY ($3)) AND ($4 IS NULL OR a.code = ANY ($4)))))"
    };
}

pub(super) use journal_in_sight;

macro_rules! journal_columns {
    () => {
        "j.pledge_id, j.number, j.id, j.kind, j.effective_date, j.recorded_at, j.actor, j.subject,
       j.reason, j.bank_reference, j.document_uri, j.document_sha256,
       (SELECT o.id FROM journals o WHERE o.pledge_id = j.pledge_id AND o.number = j.reverses)
           AS reverses, j.approval_id"
    };
}

/// $1 the journal.
const ONE: &str = concat!(
    "SELECT ",
    journal_columns!(),
    " FROM journals j WHERE j.id = $1 AND ",
    journal_in_sight!()
);

/// $1 the pledge, $5 the journal before, $6 the last one to show, $7 the limit.
const LIST: &str = concat!(
    "SELECT ",
    journal_columns!(),
    " FROM journals j
WHERE j.pledge_id = $1 AND j.number > $5 AND j.number <= $6 AND ",
    journal_in_sight!(),
    " ORDER BY j.number LIMIT $7"
);

/// $1 the pledge, $2 the journals, $3 the markets in sight, $4 the last journal that is known:
/// what later ones took back isn't, so that all pages of a list show one moment.
const TRANSFERS: &str = "
SELECT t.journal, t.line, t.unit, t.amount, (
           WITH RECURSIVE later (number, sign) AS (
               SELECT r.number, 1 FROM journals r
               WHERE r.pledge_id = t.pledge_id AND r.reverses = t.journal AND r.number <= $4
               UNION ALL
               SELECT r.number, -later.sign FROM later
               JOIN journals r ON r.pledge_id = t.pledge_id AND r.reverses = later.number
                              AND r.number <= $4)
           SELECT coalesce(sum(later.sign * back.amount), 0)::bigint
           FROM later JOIN transfers back ON back.pledge_id = t.pledge_id
                                         AND back.journal = later.number AND back.line = t.line
       ) AS reversed,
       coalesce(d.code, code_of(t.pledge_id, t.debit_account)) AS debit_code, d.id AS debit_id,
       d.market AS debit_market,
       t.debit_seq, t.debit_balance,
       ($3 IS NULL OR coalesce(d.market = ANY ($3), false)) AS debit_seen,
       coalesce(c.code, code_of(t.pledge_id, t.credit_account)) AS credit_code, c.id AS credit_id,
       c.market AS credit_market, t.credit_seq, t.credit_balance,
       ($3 IS NULL OR coalesce(c.market = ANY ($3), false)) AS credit_seen
FROM transfers t
LEFT JOIN accounts d ON d.pledge_id = t.pledge_id AND d.number = t.debit_account
LEFT JOIN accounts c ON c.pledge_id = t.pledge_id AND c.number = t.credit_account
WHERE t.pledge_id = $1 AND t.journal = ANY ($2)
ORDER BY t.journal, t.line";

async fn with_transfers(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    rows: Vec<JournalRow>,
    upto: i64,
) -> Result<Vec<PostedJournal>, ReadError> {
    let [
        JournalRow {
            pledge_id: pledge, ..
        },
        ..,
    ] = *rows.as_slice()
    else {
        return Ok(Vec::new());
    };
    let numbers: Vec<i64> = rows.iter().map(|row| row.number).collect();
    let text: Text = Text::new(TRANSFERS)
        .bind(pledge)
        .bind(numbers)
        .bind(sight.markets())
        .bind(upto);
    let transfers: Vec<TransferRow> = text.load(connection).await?;
    let mut by_journal: HashMap<i64, Vec<PostedTransfer>> = HashMap::new();
    for row in transfers {
        let transfer = PostedTransfer {
            line: row.line,
            amount: rows::money(catalogue, row.amount, &row.unit)?,
            reversed: rows::money(catalogue, row.reversed, &row.unit)?,
            debit: row.debit.read(sight)?,
            credit: row.credit.read(sight)?,
        };
        by_journal.entry(row.journal).or_default().push(transfer);
    }
    let read = |row: JournalRow| {
        let transfers = by_journal.remove(&row.number).unwrap_or_default();
        row.read(sight, transfers)
    };
    rows.into_iter().map(read).collect()
}

/// The journal, if it is there and in sight. Journals never change, and what was taken back of one
/// is asked for in one statement, so no snapshot is needed.
pub async fn journal(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    id: JournalId,
) -> Result<Option<PostedJournal>, ReadError> {
    let text: Text = Text::new(ONE)
        .bind(id.0)
        .bind(sight.pledges())
        .bind(sight.markets())
        .bind(sight.codes());
    let rows: Vec<JournalRow> = text.load(connection).await?;
    Ok(with_transfers(connection, catalogue, sight, rows, i64::MAX)
        .await?
        .pop())
}

/// The journals of a pledge in sight, in the order of their numbers.
pub async fn list_journals(
    connection: &mut AsyncPgConnection,
    catalogue: &Catalogue,
    sight: &Sight,
    pledge: PledgeId,
    window: JournalWindow,
) -> Result<Page<PostedJournal>, ReadError> {
    let text: Text = Text::new(LIST)
        .bind(pledge.0)
        .bind(sight.pledges())
        .bind(sight.markets())
        .bind(sight.codes())
        .bind(window.after)
        .bind(window.upto)
        .bind(window.limit + 1);
    let page = Page::cut(text.load(connection).await?, window.limit);
    let data = with_transfers(connection, catalogue, sight, page.data, window.upto).await?;
    Ok(Page {
        data,
        has_more: page.has_more,
    })
}
