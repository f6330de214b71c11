//! Ad spend as a platform reports it, many rows at once.
//!
//! | Row | Postings |
//! |---|---|
//! | provisional | none: its credits are held on the campaign's purse and on lots |
//! | final | Dr 5210.m Cr 1320.acct.lot, by first expiring; Dr 3240.ob Cr 4920 |
//! | restated | the difference; what is less goes back to the lots used last |
//! | with cash | Dr 5220.m Cr 2110.platform; Dr 3120.m Cr 4910, or without cover Dr 1900 Cr 2110 |
//! | in time, after its lot lapsed | what lapsed is won back first: see [`win_back`] |
//!
//! A row is judged after those before it. One that is refused changes nothing and stops no other,
//! unless all or none were asked for.

mod postings;
mod row;
mod sheet;
mod win_back;

use foldhash::HashMap;
use time::Date;
use uuid::Uuid;

use self::row::Ledger;
use super::agreement::require_signed;
use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::account::AccountKey;
use crate::domain::books::{Books, PledgeBook};
use crate::domain::chart::Code;
use crate::domain::hold::HoldChange;
use crate::domain::id::{PledgeId, SpendLineId};
use crate::domain::journal::Draft;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::spend::{Campaign, SpendLine, SpendState};
use crate::domain::unit::Unit;

/// How many rows an answer names, of those refused and of those that spilled over.
pub const MOST_NAMED: usize = 100;

/// A row of a report, as it was read.
#[derive(Debug, Clone)]
pub struct SpendRow {
    /// The id it will have, if it is new.
    pub id: SpendLineId,
    /// Its line, counted from 1.
    pub line: i32,
    /// The campaign.
    pub campaign: CampaignName,
    /// The day, in the ad account's time zone.
    pub day: Date,
    /// The currency it counts in.
    pub currency: Unit,
    /// All that was spent, in minor digits.
    pub spend: i64,
    /// What of it was cash.
    pub cash: i64,
    /// What of it was credits.
    pub voucher: i64,
    /// Which report of the day this is.
    pub revision: i32,
    /// Whether it is final.
    pub state: SpendState,
}

/// A row that was refused, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RefusedRow {
    /// Its line, counted from 1.
    pub line: i32,
    /// The stable code.
    pub code: &'static str,
    /// A sentence with the arithmetic.
    pub detail: String,
}

impl RefusedRow {
    fn new(line: i32, refusal: &Refusal) -> Self {
        RefusedRow {
            line,
            code: refusal.code(),
            detail: refusal.to_string(),
        }
    }
}

/// A final row that was spent in cash: what more the platform is owed than before.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Overspill {
    /// Its line, counted from 1.
    pub line: i32,
    /// What more is owed; less than zero after a restatement.
    pub amount: Money,
    /// Whether no purse of the market covered it, so that it is in suspense.
    pub suspended: bool,
}

/// What came of an import.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SpendImport {
    /// The import's id.
    pub id: Uuid,
    /// Whose credits.
    pub pledge: PledgeId,
    /// Rows that became final.
    pub posted: usize,
    /// Rows that are held.
    pub held: usize,
    /// Rows that were final before, and now say something else.
    pub restated: usize,
    /// Rows that said what was known.
    pub unchanged: usize,
    /// Rows of a revision that another has replaced.
    pub stale: usize,
    /// How many rows were refused.
    pub refused: usize,
    /// The first of them.
    pub refusals: Vec<RefusedRow>,
    /// How many rows were spent in cash.
    pub overspilled: usize,
    /// The first of them.
    pub overspill: Vec<Overspill>,
}

/// Import what a platform reports of campaigns' days.
#[derive(Debug, Clone)]
pub struct ImportSpend {
    /// The id the import will have.
    pub id: Uuid,
    /// Whose credits.
    pub pledge: PledgeId,
    /// Whether all rows are taken or none.
    pub atomic: bool,
    /// The rows, in order.
    pub rows: Vec<SpendRow>,
    /// Rows that couldn't be read.
    pub unread: Vec<RefusedRow>,
}

/// What all rows came to.
struct Closed {
    outcome: SpendImport,
    lines: Vec<SpendLine>,
    /// The journals, in the order they are posted.
    drafts: Vec<Draft>,
    /// What was taken back of expiries.
    won: Vec<Event>,
    holds: Vec<HoldChange>,
}

/// A campaign by the platform's own numbers: of the ad account, and of the campaign in it.
pub type CampaignName = (PledgeId, String, String);

impl ImportSpend {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let book = books.pledges.get(&self.pledge).and_then(Option::as_ref);
        let mut accounts: HashMap<AccountKey, Date> = HashMap::default();
        for row in &self.rows {
            let Some(found) = books.campaigns.get(&row.campaign) else {
                needs.campaigns.insert(row.campaign.clone());
                continue;
            };
            let (Some(campaign), Some(book)) = (found, book) else {
                continue;
            };
            let touched = touch(books, book, needs, campaign, row);
            for key in touched.into_iter().flatten() {
                let first = accounts.entry(key).or_insert(row.day);
                *first = row.day.min(*first);
            }
        }
        for (key, day) in accounts {
            needs.accounts(books, self.pledge, [key], day);
        }
        win_back::needs(books, self.pledge, needs);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_signed(book, "importing spend")?;
        let mut ledger = Ledger::new(books, book, self, context);
        for row in &self.rows {
            ledger.take(row);
        }
        let closed = ledger.close();
        let outcome = closed.outcome;
        if self.atomic && outcome.refused > 0 {
            return Err(Refusal::SpendRowsRefused {
                rows: self.rows.len() + self.unread.len(),
                refused: outcome.refused,
                first: outcome.refusals,
            });
        }
        let mut drafts = closed.drafts.into_iter();
        let draft = drafts.next();
        let posted = drafts.map(Event::Posted);
        let held = closed.holds.into_iter();
        let held = held.map(|change| Event::Held(self.pledge, change));
        let lines = closed.lines.into_iter().map(Event::SpendRecorded);
        Ok(Decision {
            events: posted.chain(closed.won).chain(held).chain(lines).collect(),
            draft,
            outcome: Outcome::SpendImport(outcome),
        })
    }
}

/// What is needed for a row of a known campaign; the accounts it may touch, once it is known what
/// was reported before and which lots there are.
fn touch(
    books: &Books,
    book: &PledgeBook,
    needs: &mut Needs,
    campaign: &Campaign,
    row: &SpendRow,
) -> Option<Vec<AccountKey>> {
    let pledge = book.pledge.id;
    let line = (campaign.obligation, row.day);
    let lots = books.placed.get(&campaign.ad_account);
    if lots.is_none() {
        needs.placed.insert((pledge, campaign.ad_account));
    }
    let known = match books.spend.get(&line) {
        None => {
            needs.spend.insert((pledge, line.0, line.1));
            return None;
        }
        // It will change nothing, whatever the days since then come to.
        Some(Some(known)) if row.revision <= known.revision => return None,
        Some(known) => known.as_ref(),
    };
    let was_held = known.is_some_and(|known| known.state == SpendState::Provisional);
    if was_held || row.state == SpendState::Provisional {
        needs.holds(book, campaign.obligation.0);
    }
    let mut keys = vec![
        campaign.purse(),
        campaign.cost(),
        AccountKey::plain(Code::CreditsReleased, &campaign.unit),
    ];
    keys.extend(lots?.iter().map(|lot| campaign.placed(lot.id)));
    let spent_cash = known.is_some_and(|known| known.cash > 0);
    if (row.cash > 0 || spent_cash) && row.currency.code() == campaign.unit.currency() {
        keys.extend(cash_accounts(campaign, &row.currency));
    }
    Some(keys)
}

/// What overspill goes through: its cost, what the platform is owed, the market's budget, the
/// restriction released, and suspense.
fn cash_accounts(campaign: &Campaign, currency: &Unit) -> [AccountKey; 5] {
    [
        AccountKey::market(Code::OverspillCost, currency, campaign.market),
        AccountKey::platform(Code::PlatformPayable, currency, &campaign.platform),
        AccountKey::market(Code::CashMarket, currency, campaign.market),
        AccountKey::plain(Code::CashReleased, currency),
        AccountKey::plain(Code::Suspense, currency),
    ]
}
