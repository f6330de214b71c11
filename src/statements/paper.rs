//! A statement whole, as a page, a sheet or a bank's message needs it.
//!
//! A [`Paper`] has a section for each account: one for an account's own statement, several for a
//! creator's, a market's, a lot's or a pledge's. Statements are issued by account, so each section
//! says how it was: one of several accounts is issued where all of its sections are. What people
//! are called stands here and nowhere in the figures, so that a name can be erased without a
//! statement's digest changing.

use time::{Date, OffsetDateTime};

use crate::db::read::{Entry, Known, StatementHead};
use crate::domain::chart::Side;
use crate::domain::{CreatorId, LotId, Market, PledgeId, StatementId, StatementRunId};

/// A statement on paper.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Paper {
    /// What it is a statement of.
    pub subject: Subject,
    /// The pledge.
    pub pledge: PledgeId,
    /// What its parties call it.
    pub reference: String,
    /// Who gives.
    pub donor: String,
    /// Who is given to, and keeps these accounts.
    pub recipient: String,
    /// The first day: of several accounts, the first of all.
    pub from: Date,
    /// The last day: of several accounts, the one that all were asked for.
    pub to: Date,
    /// What was taken into account. Where a section was issued by itself, it says what it knew.
    pub known: Known,
    /// An account each, by code, market and number.
    pub sections: Vec<Section>,
    /// The run that had statements of several accounts issued, if this is made up of those.
    pub run: Option<StatementRunId>,
}

impl Paper {
    /// How it was issued, if it is an account's own statement and was.
    pub fn issue(&self) -> Option<&Issue> {
        match (&self.subject, self.sections.as_slice()) {
            (Subject::Account, [section]) => section.issue.as_ref(),
            _ => None,
        }
    }

    /// Whether all of it was issued, and there is something of it.
    pub fn is_issued(&self) -> bool {
        let mut sections = self.sections.iter();
        !self.sections.is_empty() && sections.all(|it| it.issue.is_some())
    }

    /// When it was made: when the last of it was issued; a draft, when the last thing it knows was
    /// recorded.
    pub fn made_at(&self) -> OffsetDateTime {
        let issues = self.sections.iter().filter_map(|it| it.issue.as_ref());
        let last = issues.map(|it| it.issued_at).max();
        last.filter(|_| self.is_issued()).unwrap_or(self.known.at)
    }

    /// How many lines it has.
    pub fn lines(&self) -> usize {
        self.sections.iter().map(|it| it.lines.len()).sum()
    }
}

/// What a statement is of.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Subject {
    /// One account.
    Account,
    /// What a creator holds and was paid.
    Creator(CreatorId),
    /// What was given to a market.
    Market(Market),
    /// What became of a lot of credits.
    Lot(LotId),
    /// All of a pledge.
    Pledge,
}

impl Subject {
    /// What it is, in a word.
    pub fn as_str(&self) -> &'static str {
        match self {
            Subject::Account => "account",
            Subject::Creator(_) => "creator",
            Subject::Market(_) => "market",
            Subject::Lot(_) => "lot",
            Subject::Pledge => "pledge",
        }
    }
}

/// An account of a statement.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Section {
    /// What stands before and after its lines.
    pub head: StatementHead,
    /// What the account's creator is called, if it has one whose name the reader may see.
    pub holder: Option<String>,
    /// What of the closing balance isn't held for something, in minor digits. Holds are kept as
    /// they stand, not as they stood: where the statement isn't of the present, there is none.
    pub available: Option<i64>,
    /// By effective date and, on each day, in the order of posting.
    pub lines: Vec<Entry>,
    /// How it was issued; a draft wasn't.
    pub issue: Option<Issue>,
}

impl Section {
    /// Its lines, each with the balance after it.
    pub fn running(&self) -> impl Iterator<Item = (&Entry, i64)> {
        let own_side = self.head.normal_side();
        self.lines.iter().scan(self.head.opening, move |sum, line| {
            *sum += match line.side == own_side {
                true => line.amount,
                false => -line.amount,
            };
            Some((line, *sum))
        })
    }

    /// What its lines come to on that side.
    fn total(&self, side: Side) -> i64 {
        let own = self.lines.iter().filter(|line| line.side == side);
        own.map(|line| line.amount).sum()
    }

    /// Whether its lines come to what its head says.
    pub(super) fn ties(&self) -> bool {
        let head = &self.head;
        let (debits, credits) = (self.total(Side::Debit), self.total(Side::Credit));
        let moved = head.normal_side().balance(debits, credits);
        (debits, credits) == (head.total_debits, head.total_credits)
            && head.opening + moved == head.closing()
    }
}

/// How a statement was issued.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Issue {
    /// Its id.
    pub id: StatementId,
    /// The account's own gapless number for it.
    pub number: i64,
    /// The number of the one it stands in for, if that was issued before for the same days.
    pub supersedes: Option<i64>,
    /// Why it was issued again.
    pub reason: Option<String>,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_at: OffsetDateTime,
    /// SHA-256 of the statement's NDJSON, in lower-case hexadecimal.
    pub digest: String,
    /// The checkpoint of the pledge's log that has all its journals: a signed note.
    pub checkpoint: String,
    /// The ledger's signature of account, number, days and digest: a signed note.
    pub signature: String,
}
