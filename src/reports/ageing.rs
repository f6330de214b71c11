//! What is owed and what was paid in advance, by age.

use std::collections::{BTreeMap, VecDeque};

use time::Date;

use super::cell::{Amount, Free, row};
use super::{Report, Total};
use crate::db::read::{Cut, InstalmentTerms, Movement, Position};
use crate::domain::{Code, CreatorId, JournalId, Kind, Market, ObligationId, Unit};

row! {
    /// An instalment of which something is owed.
    ReceivableLine {
        /// The instalment.
        instalment_id: String,
        /// What the parties call it.
        reference: Free,
        /// What is counted.
        unit: String,
        /// When it was due.
        due_date: Date,
        /// What was promised.
        amount: Amount,
        /// What of it is agreed and neither received nor written off.
        outstanding: Amount,
        /// How many days ago it was due; less than zero, if it isn't yet.
        days_past_due: i64,
        /// `not-due`, `1-30`, `31-60`, `61-90` or `over-90`.
        band: String,
    }
}

row! {
    /// An advance of which part was neither accounted for nor given back.
    AdvanceLine {
        /// The contract it was paid on; null if the journal names none.
        obligation_id: Option<String>,
        /// What the parties call the contract.
        reference: Option<Free>,
        /// The creator.
        creator_id: Option<String>,
        /// The market.
        market: Option<String>,
        /// What is counted.
        unit: String,
        /// When it was paid.
        paid_on: Date,
        /// The journal that paid it.
        journal_id: String,
        /// The journal's number.
        journal: i64,
        /// What was paid.
        paid: Amount,
        /// What of it is still to be accounted for: what came back went to the oldest first.
        outstanding: Amount,
        /// How many days ago it was paid.
        days: i64,
        /// `0-30`, `31-60`, `61-90` or `over-90`.
        band: String,
    }
}

fn late(days: i64) -> &'static str {
    match days {
        ..=0 => "not-due",
        1..=30 => "1-30",
        31..=60 => "31-60",
        61..=90 => "61-90",
        _ => "over-90",
    }
}

fn since(days: i64) -> &'static str {
    match days {
        ..=30 => "0-30",
        31..=60 => "31-60",
        61..=90 => "61-90",
        _ => "over-90",
    }
}

/// What is outstanding by unit and band, and of each unit in all.
fn by_band<'a>(items: impl Iterator<Item = (&'a Unit, &'static str, i64)>) -> Vec<Total> {
    let mut bands: BTreeMap<(&str, &str), (&Unit, i64)> = BTreeMap::new();
    let mut all: BTreeMap<&str, (&Unit, i64)> = BTreeMap::new();
    for (unit, band, minor) in items {
        bands.entry((unit.code(), band)).or_insert((unit, 0)).1 += minor;
        all.entry(unit.code()).or_insert((unit, 0)).1 += minor;
    }
    let bands = bands
        .iter()
        .map(|((_, band), (unit, sum))| Total::amount(*band, unit, *sum));
    let all = all
        .values()
        .map(|(unit, sum)| Total::amount("outstanding", unit, *sum));
    bands.chain(all).collect()
}

/// What instalments owe, by how long ago it was due.
pub fn receivables(
    cut: &Cut,
    terms: &[InstalmentTerms],
    positions: &[Position],
) -> Report<ReceivableLine> {
    let owed = |it: &InstalmentTerms| -> i64 {
        let own = positions.iter().filter(|position| {
            let code = position.key.code;
            position.key.instalment == Some(it.id)
                && matches!(code, Code::CashReceivable | Code::CreditsReceivable)
        });
        own.map(Position::balance).sum()
    };
    let open: Vec<(&InstalmentTerms, i64, i64)> = terms
        .iter()
        .map(|it| (it, owed(it), (cut.day() - it.due_date).whole_days()))
        .filter(|(_, outstanding, _)| *outstanding != 0)
        .collect();
    let line = |(it, outstanding, days): &(&InstalmentTerms, i64, i64)| ReceivableLine {
        instalment_id: it.id.to_string(),
        reference: Free(it.reference.clone()),
        unit: it.unit.code().to_owned(),
        due_date: it.due_date,
        amount: Amount::new(it.amount, &it.unit),
        outstanding: Amount::new(*outstanding, &it.unit),
        days_past_due: *days,
        band: late(*days).to_owned(),
    };
    let totals = by_band(
        open.iter()
            .map(|(it, sum, days)| (&it.unit, late(*days), *sum)),
    );
    Report::new(
        "receivables-ageing",
        cut,
        open.iter().map(line).collect(),
        totals,
    )
}

/// What of one advance is open.
struct Open<'a> {
    number: i64,
    journal: JournalId,
    paid_on: Date,
    paid: i64,
    left: i64,
    unit: &'a Unit,
    obligation: Option<ObligationId>,
    creator: Option<CreatorId>,
    market: Option<Market>,
}

/// Takes so much from what is open: of that journal first, then of the oldest.
fn take(open: &mut VecDeque<Open<'_>>, root: i64, mut amount: i64) {
    let own = open.iter().position(|it| it.number == root);
    let order = own.into_iter().chain(0..open.len()).collect::<Vec<_>>();
    for at in order {
        if let Some(it) = open.get_mut(at) {
            let taken = amount.min(it.left);
            it.left -= taken;
            amount -= taken;
        }
    }
}

/// Puts back what an accounting that was taken back had taken: to the newest that has room.
fn give(open: &mut VecDeque<Open<'_>>, mut amount: i64) {
    for it in open.iter_mut().rev() {
        let given = amount.min(it.paid - it.left);
        it.left += given;
        amount -= given;
    }
}

/// The advances by contract, with what is open of each.
fn open_advances(movements: &[Movement]) -> Vec<Open<'_>> {
    let mut by_contract: BTreeMap<_, VecDeque<Open<'_>>> = BTreeMap::new();
    for it in movements.iter().filter(|it| it.key.code == Code::Advances) {
        let obligation = it.subject.map(ObligationId);
        let of = (
            it.key.unit.code(),
            it.key.market,
            it.key.creator,
            obligation,
        );
        let open = by_contract.entry(of).or_default();
        if it.credit > 0 {
            take(open, it.root, it.credit);
        } else if it.root_kind == Kind::Advance && it.kind != Kind::Reversal {
            open.push_back(Open {
                number: it.number,
                journal: it.journal,
                paid_on: it.effective_date,
                paid: it.debit,
                left: it.debit,
                unit: &it.key.unit,
                obligation,
                creator: it.key.creator,
                market: it.key.market,
            });
        } else {
            give(open, it.debit);
        }
    }
    let mut all: Vec<Open<'_>> = by_contract.into_values().flatten().collect();
    all.retain(|it| it.left != 0);
    all.sort_by_key(|it| (it.paid_on, it.number));
    all
}

/// What was paid in advance and isn't accounted for, by how long ago it was paid.
pub fn advances(
    cut: &Cut,
    movements: &[Movement],
    references: &[(ObligationId, String)],
) -> Report<AdvanceLine> {
    let open = open_advances(movements);
    let days = |it: &Open<'_>| (cut.day() - it.paid_on).whole_days();
    let line = |it: &Open<'_>| {
        let named = references.iter().find(|(id, _)| Some(*id) == it.obligation);
        AdvanceLine {
            obligation_id: named.map(|(id, _)| id.to_string()),
            reference: named.map(|(_, reference)| Free(reference.clone())),
            creator_id: it.creator.map(|id| id.to_string()),
            market: it.market.map(|it| it.to_string()),
            unit: it.unit.code().to_owned(),
            paid_on: it.paid_on,
            journal_id: it.journal.to_string(),
            journal: it.number,
            paid: Amount::new(it.paid, it.unit),
            outstanding: Amount::new(it.left, it.unit),
            days: days(it),
            band: since(days(it)).to_owned(),
        }
    };
    let totals = by_band(open.iter().map(|it| (it.unit, since(days(it)), it.left)));
    Report::new(
        "advances-ageing",
        cut,
        open.iter().map(line).collect(),
        totals,
    )
}
