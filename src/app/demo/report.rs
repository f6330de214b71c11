//! What was loaded, and what to look at next.

use std::fmt;

use super::plan::Call;
use super::template::Template;

/// How many pledges a report names one by one.
const MOST_NAMED: usize = 5;

/// What was loaded.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Report {
    /// The pledges, in order.
    pub pledges: Vec<LoadedPledge>,
    /// How much there is of what.
    pub counts: Counts,
    /// Paths to look at next, each after what it shows.
    pub next: Vec<String>,
}

/// A pledge that is now there.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LoadedPledge {
    /// Its id.
    pub id: String,
    /// Its name.
    pub reference: String,
}

/// How much there is of what.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Counts {
    /// Creators enrolled.
    pub creators: usize,
    /// Those of them who were allocated something.
    pub funded_creators: usize,
    /// Receipts of cash.
    pub receipts: usize,
    /// Lots of credits.
    pub lots: usize,
    /// Budgets given to markets.
    pub budgets: usize,
    /// Allocations.
    pub allocations: usize,
    /// Allocations given back in part.
    pub releases: usize,
    /// Contracts and campaigns.
    pub obligations: usize,
    /// Invoices accepted.
    pub invoices: usize,
    /// Payouts proposed.
    pub payouts: usize,
    /// Payouts that came back.
    pub returns: usize,
    /// Rows of spend reported.
    pub spend_rows: usize,
    /// Lines of spend of which something was given back.
    pub refunds: usize,
    /// Writes that were refused, as they were to be.
    pub refused: usize,
    /// All writes, items of bulk requests one by one.
    pub writes: usize,
    /// Those of them that were there when they were last sent: from an earlier run, or because
    /// something of the same request had to be sent again.
    pub replayed: usize,
}

impl Counts {
    pub(super) fn add(&mut self, call: &Call, writes: usize, replayed: usize) {
        if matches!(call, Call::Filled(template) if template.refused.is_some()) {
            self.refused += 1;
            return;
        }
        self.writes += writes;
        self.replayed += replayed;
        match call {
            Call::Enrol(_) => self.creators += writes,
            Call::Receive(_) => self.receipts += writes,
            Call::IssueLot(_) => self.lots += writes,
            Call::Budget(..) => self.budgets += writes,
            Call::Allocate(_) => self.allocations += writes,
            Call::Release(_) => self.releases += writes,
            Call::Announce { .. }
            | Call::Agree(_)
            | Call::MeetCondition(..)
            | Call::WriteOff(..)
            | Call::ChargeSupport { .. } => {}
            Call::Filled(template) => self.count(template, writes),
        }
    }
}

impl Counts {
    fn count(&mut self, template: &Template, writes: usize) {
        let path = template.path.as_str();
        for (ending, count) in [
            ("/obligations/bulk", &mut self.obligations),
            ("/invoices", &mut self.invoices),
            ("/payouts/bulk", &mut self.payouts),
            ("/return", &mut self.returns),
            ("/refunds", &mut self.refunds),
        ] {
            if path.ends_with(ending) {
                *count += writes;
            }
        }
        if path.ends_with("/spend-imports") {
            let rows = template.body.as_ref().and_then(|it| it["rows"].as_array());
            self.spend_rows += rows.map_or(0, Vec::len);
        }
    }
}

impl Report {
    pub(super) fn suggest(&mut self) {
        let Some(first) = self.pledges.first() else {
            return;
        };
        let id = &first.id;
        self.next = vec![
            format!("The picture by unit and market: GET /v1/pledges/{id}/summary"),
            format!("Japan's budget: GET /v1/accounts?pledge_id={id}&code=3120&market=JP"),
            format!("The trial balance: GET /v1/trial-balance?pledge_id={id}"),
            format!("Whether the books hold: GET /v1/proofs"),
        ];
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let it = &self.counts;
        let new = it.writes - it.replayed;
        writeln!(
            f,
            "Loaded (fictional figures); {new} of {} writes were new:",
            it.writes
        )?;
        for pledge in self.pledges.iter().take(MOST_NAMED) {
            writeln!(f, "  {}  {}", pledge.id, pledge.reference)?;
        }
        if self.pledges.len() > MOST_NAMED {
            writeln!(f, "  and {} more", self.pledges.len() - MOST_NAMED)?;
        }
        writeln!(
            f,
            "  {} creators, {} of them funded by {} allocations; {} given back in part",
            it.creators, it.funded_creators, it.allocations, it.releases
        )?;
        writeln!(
            f,
            "  {} receipts, {} lots of credits, {} budgets",
            it.receipts, it.lots, it.budgets
        )?;
        writeln!(
            f,
            "  {} contracts and campaigns, {} invoices, {} payouts in eight countries ({} back)",
            it.obligations, it.invoices, it.payouts, it.returns
        )?;
        writeln!(
            f,
            "  {} rows of spend, {} lines refunded for invalid traffic",
            it.spend_rows, it.refunds
        )?;
        writeln!(
            f,
            "  {} duplicates were refused; what was left lapsed or went back, and it was closed",
            it.refused
        )?;
        writeln!(f, "Look at, with a token:")?;
        self.next
            .iter()
            .try_for_each(|line| writeln!(f, "  {line}"))
    }
}
