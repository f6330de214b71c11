//! Statements that are issued: what an account came to over some days, under a number of its own.
//!
//! Each goes on where the one before it ended and opens with what that closed with; the first opens
//! with nothing. So the statements of an account, those that another stands in for left out, tell
//! all of it once. Where late entries changed what one of them said, it is issued again for the
//! same days, for a reason, before the account goes on.

use time::{Date, OffsetDateTime};
use uuid::Uuid;

use super::chart::Side;
use super::id::{AccountId, PledgeId, StatementId};
use super::unit::Unit;

/// A statement as it is, or is to be, issued. Amounts are in minor digits.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Statement {
    /// Its id.
    pub id: StatementId,
    /// Whose money its account counts.
    pub pledge: PledgeId,
    /// The account's number within the pledge.
    pub account: i32,
    /// The account's id.
    pub account_id: AccountId,
    /// The side on which the account's balance is positive.
    pub normal_side: Side,
    /// What the account counts.
    pub unit: Unit,
    /// The account's own number for it, without gaps.
    pub number: i64,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The last journal that was known.
    pub known_journal: i64,
    /// When that was recorded.
    pub known_at: OffsetDateTime,
    /// The balance at the end of the day before the first.
    pub opening: i64,
    /// What was debited on these days.
    pub total_debits: i64,
    /// What was credited on these days.
    pub total_credits: i64,
    /// What of the closing balance wasn't held, where the days reach the present.
    pub available: Option<i64>,
    /// How many lines it has.
    pub lines: i64,
    /// The number of the one it stands in for.
    pub supersedes: Option<i64>,
    /// Why that is issued again.
    pub reason: Option<String>,
    /// The run it was issued by, if one issued it.
    pub run: Option<Uuid>,
    /// Who issued it.
    pub issued_by: String,
    /// Who, whatever name they go by.
    pub identity: String,
    /// When.
    pub issued_at: OffsetDateTime,
    /// SHA-256 of its lines, as NDJSON.
    pub digest: [u8; 32],
    /// The checkpoint of the pledge's log that has all it is drawn from: a signed note.
    pub checkpoint: String,
    /// The ledger's signature of what it is and of its digest: a signed note.
    pub signature: String,
}

impl Statement {
    /// The balance at the end of the last day.
    pub fn closing(&self) -> i64 {
        let (debits, credits) = (self.total_debits, self.total_credits);
        self.opening + self.normal_side.balance(debits, credits)
    }

    /// Its digest in lower-case hexadecimal.
    pub fn digest_text(&self) -> String {
        hexadecimal(&self.digest)
    }
}

/// Bytes in lower-case hexadecimal.
pub fn hexadecimal(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// A statement that stands, as far as the next one depends on it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Standing {
    /// Its number.
    pub number: i64,
    /// The first day.
    pub from: Date,
    /// The last day.
    pub to: Date,
    /// The balance at its end, in minor digits.
    pub closing: i64,
    /// What it knew.
    pub known_at: OffsetDateTime,
}

/// The statements of an account so far.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Series {
    /// The last number given; 0 before the first.
    pub last: i64,
    /// Those that nothing stands in for, by their days.
    pub standing: Vec<Standing>,
}

impl Series {
    /// The one whose days end last before a day.
    pub fn before(&self, day: Date) -> Option<&Standing> {
        self.standing.iter().rfind(|it| it.to < day)
    }

    /// When the last one that stands was known, or any before it, if that was later than a moment.
    pub fn known_since(&self, at: OffsetDateTime) -> OffsetDateTime {
        let known = self.standing.iter().map(|it| it.known_at);
        known.fold(at, OffsetDateTime::max)
    }

    /// The one of that number.
    pub fn numbered(&self, number: i64) -> Option<&Standing> {
        self.standing.iter().find(|it| it.number == number)
    }

    /// The same once a statement is issued.
    pub fn issue(&mut self, statement: &Statement) {
        self.last = statement.number;
        self.standing
            .retain(|it| Some(it.number) != statement.supersedes);
        self.standing.push(Standing {
            number: statement.number,
            from: statement.from,
            to: statement.to,
            closing: statement.closing(),
            known_at: statement.known_at,
        });
        self.standing.sort_unstable_by_key(|it| it.to);
    }
}

/// Issuing for all accounts of a pledge, as known at one journal.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct StatementRun {
    /// Its id.
    pub id: Uuid,
    /// Whose accounts.
    pub pledge: PledgeId,
    /// The last day of what is issued.
    pub to: Date,
    /// The last journal that is known.
    pub known_journal: i64,
    /// When that was recorded.
    pub known_at: OffsetDateTime,
    /// The accounts it is for, by their numbers.
    pub accounts: Vec<i32>,
    /// Why what late entries changed is issued again, if it is.
    pub reason: Option<String>,
    /// Who had it issued.
    pub issued_by: String,
    /// Who, whatever name they go by.
    pub identity: String,
    /// When.
    pub issued_at: OffsetDateTime,
}
