//! How two statements of one account and the same days differ.

use serde::Serialize;
use utoipa::ToSchema;

use super::EntryOut;
use crate::db::read::LateEntry;
use crate::domain::chart::Side;
use crate::domain::money::format_minor;
use crate::domain::statement::Statement;
use crate::domain::{AccountId, StatementId};
use crate::http::wire::{Day, Instant};

/// One of the two.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ComparedStatement)]
pub struct ComparedOut {
    /// Its id.
    pub id: StatementId,
    /// The account's number for it.
    pub number: i64,
    /// What the ledger knew then.
    pub known_at: Instant,
    /// The last journal it took into account.
    pub known_journal: i64,
    /// What it opens with.
    pub opening: String,
    /// What was debited.
    pub total_debits: String,
    /// What was credited.
    pub total_credits: String,
    /// What it closes with.
    pub closing: String,
}

/// An entry that was posted in between.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = LateEntry)]
pub struct LateEntryOut {
    /// The entry; its balance is the account's in the order of posting.
    #[serde(flatten)]
    pub entry: EntryOut,
    /// Who posted it; left out where the caller may not see that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub actor: Option<String>,
}

/// How two statements differ. What entries say explains the difference of the figures, to the last
/// digit.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = StatementDiff)]
pub struct StatementDiffOut {
    /// The account.
    pub account_id: AccountId,
    /// What it counts.
    pub unit: String,
    /// The first day.
    pub from: Day,
    /// The last day.
    pub to: Day,
    /// The one that knew less.
    pub earlier: ComparedOut,
    /// The one that knew more.
    pub later: ComparedOut,
    /// What the opening balance changed by: that of the entries before the first day.
    pub opening_difference: String,
    /// What the closing balance changed by.
    pub closing_difference: String,
    /// Entries before the first day.
    pub before: Vec<LateEntryOut>,
    /// Entries on these days.
    pub within: Vec<LateEntryOut>,
    /// Whether the entries explain all of the difference: that they don't never happens, unless
    /// rows were altered behind the ledger's back.
    pub explained: bool,
}

impl StatementDiffOut {
    /// Two statements, with what was posted in between.
    pub fn new(earlier: &Statement, later: &Statement, late: &[LateEntry]) -> Self {
        let digits = earlier.unit.minor_digits();
        let amount = |minor| format_minor(minor, digits);
        let compared = |it: &Statement| ComparedOut {
            id: it.id,
            number: it.number,
            known_at: Instant(it.known_at),
            known_journal: it.known_journal,
            opening: amount(it.opening),
            total_debits: amount(it.total_debits),
            total_credits: amount(it.total_credits),
            closing: amount(it.closing()),
        };
        let net = |it: &LateEntry| match it.entry.side {
            Side::Debit => earlier.normal_side.balance(it.entry.amount, 0),
            Side::Credit => earlier.normal_side.balance(0, it.entry.amount),
        };
        let is_before = |it: &&LateEntry| it.entry.effective_date < earlier.from;
        let before: i64 = late.iter().filter(is_before).map(net).sum();
        let all: i64 = late.iter().map(net).sum();
        let shown = |it: &LateEntry| LateEntryOut {
            entry: EntryOut::new(&it.entry, digits),
            actor: it.actor.clone(),
        };
        let opening = later.opening - earlier.opening;
        let closing = later.closing() - earlier.closing();
        StatementDiffOut {
            account_id: earlier.account_id,
            unit: earlier.unit.to_string(),
            from: Day(earlier.from),
            to: Day(earlier.to),
            earlier: compared(earlier),
            later: compared(later),
            opening_difference: amount(opening),
            closing_difference: amount(closing),
            before: late.iter().filter(is_before).map(shown).collect(),
            within: late.iter().filter(|it| !is_before(it)).map(shown).collect(),
            explained: (before, all) == (opening, closing),
        }
    }
}
