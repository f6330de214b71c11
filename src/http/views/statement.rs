//! Statements that were issued.

use serde::Serialize;
use utoipa::ToSchema;

use crate::db::read::RunProgress;
use crate::domain::money::format_minor;
use crate::domain::statement::{Statement, StatementRun};
use crate::domain::{AccountId, Outcome, PledgeId, StatementId, StatementRunId};
use crate::http::wire::{Day, Instant};

/// A statement that was issued: what it says before and after its lines.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = IssuedStatement)]
pub struct IssuedStatementOut {
    /// Its id.
    pub id: StatementId,
    /// The account.
    pub account_id: AccountId,
    /// The pledge whose money the account counts.
    pub pledge_id: PledgeId,
    /// The account's own number for it: they have no gaps.
    pub number: i64,
    /// The first day: the one after the last statement's last.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// What the ledger knew when it was drawn up.
    pub known_at: Instant,
    /// The pledge's last journal taken into account.
    pub known_journal: i64,
    /// What the account counts.
    pub unit: String,
    /// The balance it opens with: what the one before closed with.
    pub opening: String,
    /// What was debited.
    pub total_debits: String,
    /// What was credited.
    pub total_credits: String,
    /// The balance it closes with.
    pub closing: String,
    /// What of that wasn't held for anything when it was issued; null if the account had moved on.
    pub available: Option<String>,
    /// How many lines it has.
    pub lines: i64,
    /// The number of the one it stands in for.
    pub supersedes: Option<i64>,
    /// Why that was issued again.
    pub reason: Option<String>,
    /// The run that issued it, if one did.
    pub run_id: Option<StatementRunId>,
    /// Who issued it.
    pub issued_by: String,
    /// When.
    pub issued_at: Instant,
    /// SHA-256 of its NDJSON (`statement.ndjson`), in hexadecimal.
    pub digest: String,
    /// The checkpoint of the pledge's log that has every journal it is drawn from: a signed note.
    pub checkpoint: String,
    /// The ledger's signature of account, number, days and digest: a signed note.
    pub signature: String,
}

impl From<&Statement> for IssuedStatementOut {
    fn from(it: &Statement) -> Self {
        let amount = |minor| format_minor(minor, it.unit.minor_digits());
        IssuedStatementOut {
            id: it.id,
            account_id: it.account_id,
            pledge_id: it.pledge,
            number: it.number,
            from: Day(it.from),
            to: Day(it.to),
            known_at: Instant(it.known_at),
            known_journal: it.known_journal,
            unit: it.unit.to_string(),
            opening: amount(it.opening),
            total_debits: amount(it.total_debits),
            total_credits: amount(it.total_credits),
            closing: amount(it.closing()),
            available: it.available.map(amount),
            lines: it.lines,
            supersedes: it.supersedes,
            reason: it.reason.clone(),
            run_id: it.run.map(StatementRunId),
            issued_by: it.issued_by.clone(),
            issued_at: Instant(it.issued_at),
            digest: it.digest_text(),
            checkpoint: it.checkpoint.clone(),
            signature: it.signature.clone(),
        }
    }
}

/// A statement that is issued, of several the one that was asked for; or a run that was begun.
pub(super) fn render(outcome: &Outcome) -> Vec<u8> {
    match outcome {
        Outcome::Statements(issued) => super::json(&issued.last().map(IssuedStatementOut::from)),
        Outcome::StatementRun(run) => super::json(&StatementRunOut::begun(run)),
        _ => Vec::new(),
    }
}

/// Statements being issued for all accounts of a pledge.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = StatementRun)]
pub struct StatementRunOut {
    /// Its id.
    pub id: StatementRunId,
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The last day of the statements.
    pub to: Day,
    /// What the ledger knew: all of them are drawn up as of then.
    pub known_at: Instant,
    /// The pledge's last journal taken into account.
    pub known_journal: i64,
    /// `issuing`, or `done`.
    pub state: &'static str,
    /// How many accounts it is for.
    pub accounts: i64,
    /// How many of them have their statement.
    pub issued: i64,
    /// How many earlier statements were issued again on the way.
    pub reissued: i64,
    /// Why they were, if it was asked for.
    pub reissue_reason: Option<String>,
    /// Who asked for it.
    pub issued_by: String,
    /// When.
    pub issued_at: Instant,
}

impl StatementRunOut {
    /// A run that was just asked for.
    pub fn begun(run: &StatementRun) -> Self {
        let accounts = i64::try_from(run.accounts.len()).unwrap_or(i64::MAX);
        Self::new(
            run,
            RunProgress {
                accounts,
                issued: 0,
                reissued: 0,
            },
        )
    }

    /// A run as far as it has come.
    pub fn new(run: &StatementRun, progress: RunProgress) -> Self {
        StatementRunOut {
            id: StatementRunId(run.id),
            pledge_id: run.pledge,
            to: Day(run.to),
            known_at: Instant(run.known_at),
            known_journal: run.known_journal,
            state: match progress.issued == progress.accounts {
                true => "done",
                false => "issuing",
            },
            accounts: progress.accounts,
            issued: progress.issued,
            reissued: progress.reissued,
            reissue_reason: run.reason.clone(),
            issued_by: run.issued_by.clone(),
            issued_at: Instant(run.issued_at),
        }
    }
}
