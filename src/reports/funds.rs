//! What was given and what became of it: the summary, the use of funds, what a party confirms.
//!
//! All three are told from the same picture of a pledge ([`Summary`]): worked out for a cut here,
//! and for a donor by the database, which withholds what comes of too few creators.

use super::cell::{Amount, row};
use super::{Report, Total};
use crate::db::read::{Cut, Movement, Position, Summary, Told, Use, Whole};
use crate::domain::{Code, Kind, Market, Unit};

row! {
    /// A pledge, or a market of it, in one unit.
    SummaryLine {
        /// What is counted.
        unit: String,
        /// The market; null for the whole pledge.
        market: Option<String>,
        /// The unit's part of the split.
        pledged: Option<Amount>,
        /// What has come in, bank fees included.
        received: Option<Amount>,
        /// What is known not to come.
        written_off: Option<Amount>,
        /// What is there and was not given to a market.
        unallocated: Option<Amount>,
        /// What is set aside for running the programme.
        support_cost: Option<Amount>,
        /// What markets were given, less what they returned.
        budgeted: Option<Amount>,
        /// What creators hold.
        allocated: Option<Amount>,
        /// What is bound by contracts and campaigns.
        obligated: Option<Amount>,
        /// What is gone, for what it was meant for.
        spent: Option<Amount>,
        /// What lapsed unused or was revoked.
        expired: Option<Amount>,
        /// What is still in budgets, also where it is set aside.
        available: Option<Amount>,
        /// Whether figures are null as they come of too few creators for the caller to know.
        withheld: bool,
    }
}

row! {
    /// What a pledge, or a market of it, was given in one unit, and what became of that.
    FundsLine {
        /// What is counted.
        unit: String,
        /// The market; null for the whole pledge.
        market: Option<String>,
        /// What came in and may be used; of a market, what it was given less what it returned and
        /// what of it is being recovered.
        given: Option<Amount>,
        /// What was used for what it was meant for, running the programme included.
        used: Option<Amount>,
        /// What lapsed unused or was revoked.
        expired: Option<Amount>,
        /// What was given back to the donor, or is to be.
        returned: Option<Amount>,
        /// What is left in purses that can be used.
        left: Option<Amount>,
        /// What is neither: bank fees, exchange differences, reserves and what is being recovered.
        other: Option<Amount>,
        /// Whether figures are null as they come of too few creators for the caller to know.
        withheld: bool,
    }
}

row! {
    /// What a donor or a grantee confirms of a pledge in one unit.
    ConfirmationLine {
        /// What is counted.
        unit: String,
        /// The unit's part of the split.
        pledged: Amount,
        /// What has come in, bank fees included.
        received: Amount,
        /// What is known not to come.
        written_off: Amount,
        /// What is owed by instalments agreed without a condition, or whose condition is met.
        receivable: Amount,
        /// What isn't owed yet, as its condition isn't met or nothing was agreed.
        conditional: Amount,
        /// What came before its condition was met, and is to be given back if it never is.
        refundable: Amount,
        /// What is to be given back to the donor.
        due_to_donor: Amount,
        /// What is left and can be used; of credits, what of them is left.
        left: Option<Amount>,
    }
}

/// The balance of all accounts of these codes in a unit.
fn balance(positions: &[Position], unit: &Unit, codes: &[Code]) -> i64 {
    let own = positions
        .iter()
        .filter(|it| it.key.unit == *unit && codes.contains(&it.key.code));
    own.map(Position::balance).sum()
}

const RECEIVABLES: [Code; 2] = [Code::CashReceivable, Code::CreditsReceivable];
const REFUNDABLE: [Code; 2] = [Code::CashAdvance, Code::CreditsAdvance];
const PLEDGED: [Code; 2] = [Code::CashPledged, Code::CreditsPledged];

/// The codes on which it shows what came in, was written off and given back.
pub const TERMS_CODES: &[Code] = &[
    Code::CashReceivable,
    Code::CreditsReceivable,
    Code::CashAdvance,
    Code::CreditsAdvance,
    Code::DueToDonor,
];

/// What came in of a unit: on receivables, or before they were any.
fn received(movements: &[Movement], unit: &Unit) -> i64 {
    let within = |code: Code| {
        RECEIVABLES.contains(&code) || REFUNDABLE.contains(&code) || PLEDGED.contains(&code)
    };
    let own = movements.iter().filter(|it| {
        let of = RECEIVABLES.contains(&it.key.code) || REFUNDABLE.contains(&it.key.code);
        of && it.key.unit == *unit && !within(it.other)
    });
    own.map(|it| it.credit - it.debit).sum()
}

fn written_off(movements: &[Movement], unit: &Unit) -> i64 {
    let own = movements.iter().filter(|it| {
        it.root_kind == Kind::WriteOff && it.key.unit == *unit && RECEIVABLES.contains(&it.key.code)
    });
    own.map(|it| it.credit - it.debit).sum()
}

/// What went from purses to the donor, or is to.
fn returned(movements: &[Movement], unit: &Unit) -> i64 {
    let own = movements.iter().filter(|it| {
        it.key.code == Code::DueToDonor
            && it.key.unit == *unit
            && it.other.as_str().starts_with("31")
    });
    own.map(|it| it.credit - it.debit).sum()
}

fn add(used: &mut Use, it: &Position) {
    let balance = it.balance();
    match it.key.code {
        Code::CashMarket | Code::CreditsMarket => used.available += balance,
        Code::CashCreator | Code::CreditsCreator => used.allocated += balance,
        Code::CashObligated | Code::CreditsObligated => used.obligated += balance,
        Code::CreatorCost | Code::AdvertisingCost | Code::OverspillCost | Code::AdTax => {
            used.spent += balance;
        }
        Code::CreditsLost => used.expired += balance,
        _ => {}
    }
}

/// What a report of funds is told from.
#[derive(Debug, Clone, Copy)]
pub struct Figures<'a> {
    /// The accounts in sight.
    pub positions: &'a [Position],
    /// What moved on accounts of [`TERMS_CODES`].
    pub movements: &'a [Movement],
    /// The split.
    pub split: &'a [(Unit, i64)],
    /// The markets in sight.
    pub markets: &'a [Market],
    /// Whether what belongs to no market is in sight.
    pub whole: bool,
    /// Whether what tells of single creators is: what markets did is withheld otherwise.
    pub creators: bool,
}

impl Figures<'_> {
    fn used(&self, unit: &Unit, market: Option<Market>) -> Use {
        let mut used = Use::default();
        let own = self.positions.iter().filter(|it| {
            let its = it.key.market;
            it.key.unit == *unit && its.is_some() && (market.is_none() || its == market)
        });
        own.for_each(|it| add(&mut used, it));
        used
    }

    /// What was done with budgets, as far as it may be told.
    fn told(&self, unit: &Unit, market: Option<Market>) -> Told {
        match self.creators {
            true => Told::Whole(self.used(unit, market)),
            false => Told::Withheld { budgeted: 0 },
        }
    }

    fn whole(&self, unit: &Unit, pledged: i64) -> Whole {
        let of = |codes: &[Code]| balance(self.positions, unit, codes);
        let unmarketed = self.positions.iter().filter(|it| {
            it.key.code == Code::CreditsLost && it.key.unit == *unit && it.key.market.is_none()
        });
        Whole {
            pledged,
            received: received(self.movements, unit),
            written_off: written_off(self.movements, unit),
            unallocated: of(&[Code::CashFunded, Code::CreditsFunded]),
            support_cost: of(&[Code::SupportCost]),
            expired_unallocated: unmarketed.map(Position::balance).sum(),
            markets: self.told(unit, None),
        }
    }

    /// The picture of the pledge by the cut. What is set aside counts as available: what was set
    /// aside earlier isn't kept.
    pub fn summary(&self, cut: &Cut) -> Summary {
        let units = self.split.iter().map(|(unit, pledged)| {
            let whole = self.whole.then(|| self.whole(unit, *pledged));
            (unit.clone(), whole)
        });
        let markets = self.markets.iter().flat_map(|market| {
            self.split
                .iter()
                .map(|(unit, _)| (*market, unit.clone(), self.told(unit, Some(*market))))
        });
        Summary {
            pledge: cut.pledge,
            known: cut.known,
            units: units.collect(),
            hold_changes: 0,
            markets: markets.collect(),
        }
    }
}

fn summary_line(unit: &Unit, market: Option<Market>, told: &Told) -> SummaryLine {
    let amount = |minor| Some(Amount::new(minor, unit));
    let used = |minor: fn(&Use) -> i64| told.used().and_then(|it| amount(minor(it)));
    SummaryLine {
        unit: unit.code().to_owned(),
        market: market.map(|it| it.to_string()),
        pledged: None,
        received: None,
        written_off: None,
        unallocated: None,
        support_cost: None,
        budgeted: amount(told.budgeted()),
        allocated: used(|it| it.allocated),
        obligated: used(|it| it.obligated),
        spent: used(|it| it.spent),
        expired: used(|it| it.expired),
        available: used(|it| it.available + it.held),
        withheld: told.used().is_none(),
    }
}

/// The summary: each unit as a whole, where that is in sight, then its markets.
pub fn summary(cut: &Cut, summary: &Summary) -> Report<SummaryLine> {
    let mut lines = Vec::new();
    for (unit, whole) in &summary.units {
        if let Some(whole) = whole {
            let amount = |minor| Some(Amount::new(minor, unit));
            let line = summary_line(unit, None, &whole.markets);
            let used = whole.markets.used();
            lines.push(SummaryLine {
                pledged: amount(whole.pledged),
                received: amount(whole.received),
                written_off: amount(whole.written_off),
                unallocated: amount(whole.unallocated),
                support_cost: amount(whole.support_cost),
                expired: used.and_then(|it| amount(it.expired + whole.expired_unallocated)),
                ..line
            });
        }
        let own = summary.markets.iter().filter(|it| it.1 == *unit);
        lines.extend(own.map(|(market, unit, told)| summary_line(unit, Some(*market), told)));
    }
    Report::new("summary", cut, lines, Vec::new())
}

/// What can still be used of budgets, allocations and obligations.
fn left(used: &Use) -> i64 {
    used.available + used.held + used.allocated + used.obligated
}

/// What the whole pledge was given in a unit and what became of it, by what is told of markets.
struct WholeFunds {
    given: i64,
    returned: i64,
    used: Option<i64>,
    expired: Option<i64>,
    left: Option<i64>,
}

impl WholeFunds {
    fn new(whole: &Whole, unit: &Unit, positions: &[Position], movements: &[Movement]) -> Self {
        let told = whole.markets.used();
        let drawn = balance(positions, unit, &[Code::SupportCostDrawn]);
        WholeFunds {
            given: whole.received - balance(positions, unit, &REFUNDABLE),
            returned: returned(movements, unit),
            used: told.map(|it| it.spent + drawn),
            expired: told.map(|it| it.expired + whole.expired_unallocated),
            left: told.map(|it| left(it) + whole.unallocated + whole.support_cost),
        }
    }

    fn other(&self) -> Option<i64> {
        let told = self.used.zip(self.expired).zip(self.left);
        told.map(|((used, expired), left)| self.given - used - expired - self.returned - left)
    }
}

fn market_funds(unit: &Unit, market: Market, told: &Told) -> FundsLine {
    let amount = |minor| Some(Amount::new(minor, unit));
    let used = |minor: fn(&Use) -> i64| told.used().and_then(|it| amount(minor(it)));
    FundsLine {
        unit: unit.code().to_owned(),
        market: Some(market.to_string()),
        given: amount(told.budgeted()),
        used: used(|it| it.spent),
        expired: used(|it| it.expired),
        returned: None,
        left: used(left),
        other: None,
        withheld: told.used().is_none(),
    }
}

/// Given, used, expired and left: each unit as a whole, where that is in sight, then its markets.
/// In each line, what was given is the sum of the others.
pub fn use_of_funds(
    cut: &Cut,
    summary: &Summary,
    positions: &[Position],
    movements: &[Movement],
) -> Report<FundsLine> {
    let mut lines = Vec::new();
    for (unit, whole) in &summary.units {
        if let Some(whole) = whole {
            let funds = WholeFunds::new(whole, unit, positions, movements);
            let amount = |minor| Amount::new(minor, unit);
            lines.push(FundsLine {
                unit: unit.code().to_owned(),
                market: None,
                given: Some(amount(funds.given)),
                used: funds.used.map(amount),
                expired: funds.expired.map(amount),
                returned: Some(amount(funds.returned)),
                left: funds.left.map(amount),
                other: funds.other().map(amount),
                withheld: funds.used.is_none(),
            });
        }
        let own = summary.markets.iter().filter(|it| it.1 == *unit);
        lines.extend(own.map(|(market, unit, told)| market_funds(unit, *market, told)));
    }
    Report::new("use-of-funds", cut, lines, Vec::new())
}

/// How far the pledge's log had come: its size, and its root in base64.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LogState {
    /// How many journals are in it.
    pub size: i64,
    /// One hash over all of them.
    pub root: String,
}

/// What a donor or a grantee confirms; nothing of markets that they don't see as a whole.
pub fn confirmation(
    cut: &Cut,
    summary: &Summary,
    positions: &[Position],
    log: Option<&LogState>,
) -> Report<ConfirmationLine> {
    let line = |(unit, whole): &(Unit, Option<Whole>)| {
        let whole = whole.as_ref()?;
        let amount = |minor| Amount::new(minor, unit);
        let owed = balance(positions, unit, &RECEIVABLES);
        let refundable = balance(positions, unit, &REFUNDABLE);
        let used = whole.markets.used();
        Some(ConfirmationLine {
            unit: unit.code().to_owned(),
            pledged: amount(whole.pledged),
            received: amount(whole.received),
            written_off: amount(whole.written_off),
            receivable: amount(owed),
            conditional: amount(whole.pledged - whole.received - whole.written_off - owed),
            refundable: amount(refundable),
            due_to_donor: amount(balance(positions, unit, &[Code::DueToDonor])),
            left: used.map(|it| amount(left(it) + whole.unallocated + whole.support_cost)),
        })
    };
    let lines = summary.units.iter().filter_map(line).collect();
    let totals = log.map_or_else(Vec::new, |log| {
        vec![
            Total::plain("log_size", log.size),
            Total::plain("log_root", &log.root),
        ]
    });
    Report::new("confirmation", cut, lines, totals)
}
