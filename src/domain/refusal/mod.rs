//! Refusals: why a command is declined.
//!
//! Each has a stable code, a sentence with its arithmetic and what would help, and its place. Of
//! several the first is given: what must exist, what can never succeed, the state, the funds.

mod access;
mod approval;
mod exchange;
mod lot;
mod meaning;
mod open_reason;
mod period;
mod person;
mod shortage;
mod statement;

use time::Date;

use super::account::AccountKey;
use super::command::RefusedRow;
use super::market::Market;
use super::money::Money;
use super::unit::UnitKind;

pub use access::AccessRefusal;
pub use approval::ApprovalRefusal;
pub use exchange::ExchangeRefusal;
pub use lot::LotRefusal;
pub use open_reason::OpenReason;
pub use period::PeriodRefusal;
pub use person::PersonRefusal;
pub use shortage::Shortage;
pub use statement::StatementRefusal;
use {open_reason::list, shortage::describe};

/// Why a command is declined.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum Refusal {
    /// What the request addresses isn't there.
    #[error("There is no {what} {id}.")]
    NotFound {
        /// A noun.
        what: &'static str,
        /// As it was written.
        id: String,
    },
    /// What the request's body refers to isn't there.
    #[error("There is no {what} {id}.")]
    UnknownReference {
        /// Where in the body.
        pointer: &'static str,
        /// A noun.
        what: &'static str,
        /// As it was written.
        id: String,
    },
    /// Another one already goes by that name.
    #[error("There is already a {what} with the reference {reference:?}.")]
    DuplicateReference {
        /// Where in the body.
        pointer: &'static str,
        /// A noun.
        what: &'static str,
        /// The name.
        reference: String,
    },
    /// The same thing twice in one list.
    #[error("{value} is listed twice; each is listed once.")]
    Repeated {
        /// Where in the body.
        pointer: String,
        /// What is repeated.
        value: String,
    },
    /// The split doesn't add up to the total.
    #[error("The split adds up to {sum}, the total is {total}.")]
    SplitNotTotal {
        /// The total at face value.
        total: Money,
        /// What the split comes to.
        sum: Money,
    },
    /// A part of the split is in another currency than the pledge.
    #[error("{unit} does not count in {functional}, the pledge's functional currency.")]
    SplitCurrency {
        /// Where in the body.
        pointer: String,
        /// The unit.
        unit: String,
        /// The pledge's functional currency.
        functional: String,
    },
    /// A unit's instalments don't add up to its part of the split.
    #[error("The instalments in {} add up to {sum}, the split says {split}.", split.unit())]
    InstalmentsNotSplit {
        /// The part of the split.
        split: Money,
        /// What the instalments come to.
        sum: Money,
    },
    /// The pledge has no money in that unit.
    #[error("The pledge has no part in {unit}; it is in {}.", pledged.join(" and "))]
    UnitNotPledged {
        /// Where in the body.
        pointer: &'static str,
        /// The unit named.
        unit: String,
        /// The units it has.
        pledged: Vec<String>,
    },
    /// The pledge isn't for that market.
    #[error("The pledge is not for market {market}; it is for {}.", pledged.join(", "))]
    MarketNotPledged {
        /// Where in the body.
        pointer: &'static str,
        /// The market named, or the creator's.
        market: Market,
        /// The markets it is for.
        pledged: Vec<String>,
    },
    /// An amount in another unit than the thing it is about.
    #[error("The amount is in {given}; it is to be in {expected}.")]
    WrongUnit {
        /// Where in the body.
        pointer: &'static str,
        /// The unit named.
        given: String,
        /// The unit it must have.
        expected: String,
    },
    /// Cash where credits are asked for, or the other way round.
    #[error("{unit} is {}; {rule}", match kind {
        UnitKind::Cash => "cash", UnitKind::Credits => "ad credits" })]
    WrongUnitKind {
        /// Where in the body.
        pointer: &'static str,
        /// The unit named.
        unit: String,
        /// What it is.
        kind: UnitKind,
        /// What holds instead.
        rule: &'static str,
    },
    /// A lot that could never be used.
    #[error("A lot that is valid from {valid_from} cannot expire on {expires_at}, before that.")]
    LotNeverValid {
        /// The first day.
        valid_from: Date,
        /// The last day.
        expires_at: Date,
    },
    /// A later end that isn't later.
    #[error("The lot ends on {ends_on} already; {expires_at} is not later.")]
    NotLater {
        /// Its last day as it is.
        ends_on: Date,
        /// The last day asked for.
        expires_at: Date,
    },
    /// Something that would end before it starts.
    #[error("What starts on {starts_on} cannot end on {ends_on}, before that.")]
    EndsBeforeStart {
        /// Where in the body.
        pointer: &'static str,
        /// The first day.
        starts_on: Date,
        /// The last day.
        ends_on: Date,
    },
    /// The command isn't open in the present state.
    #[error("The {what} is {state}; {command} is not open to it. {open}")]
    WrongState {
        /// A noun.
        what: &'static str,
        /// The state it is in.
        state: &'static str,
        /// What was asked.
        command: &'static str,
        /// Which moves are open, as a sentence.
        open: &'static str,
    },
    /// More than an instalment still owes.
    #[error("{outstanding} of the instalment is outstanding; {requested} is more than that.")]
    ExceedsOutstanding {
        /// Where in the body.
        pointer: &'static str,
        /// What is open.
        outstanding: Money,
        /// What was asked.
        requested: Money,
    },
    /// More than an allocation still holds.
    #[error("{remaining} of the allocation is not yet released; {requested} is more than that.")]
    ExceedsAllocation {
        /// What is left.
        remaining: Money,
        /// What was asked.
        requested: Money,
    },
    /// More than was liquidated of an obligation and not yet found ineligible.
    #[error(
        "{liquidated} of the obligation was liquidated and not yet claimed back; \
        {requested} is more than that."
    )]
    ExceedsLiquidated {
        /// What can be claimed back.
        liquidated: Money,
        /// What was asked.
        requested: Money,
    },
    /// A pledge can't be closed: something is left.
    #[error("The pledge can't be closed: {}.", list(.0))]
    NotEmpty(Vec<OpenReason>),
    /// Something about a creator's person is declined.
    #[error(transparent)]
    Person(PersonRefusal),
    /// More than is left of a line to take back.
    #[error("{left} of line {line} is left to reverse; {requested} is more than that.")]
    ExceedsReversible {
        /// Where in the body.
        pointer: String,
        /// The line.
        line: i16,
        /// What is left of it.
        left: Money,
        /// What was asked.
        requested: Money,
    },
    /// One amount for lines that differ.
    #[error("The lines of the journal don't all move the same; list what is taken back of each.")]
    LinesDiffer,
    /// Part of what only makes sense as a whole.
    #[error("A journal of the kind {kind} is taken back in whole, not in part.")]
    WholeOnly {
        /// The kind of journal.
        kind: &'static str,
    },
    /// Lines that only make sense together with others.
    #[error("This would leave {what} {apart} apart; take back the lines that go with it as well.")]
    ReversalLopsided {
        /// What has to stay equal.
        what: &'static str,
        /// By how much it wouldn't.
        apart: Money,
    },
    /// What can't be taken back by a reversal at all.
    #[error("A journal of the kind {kind} is not reversed: {instead}")]
    NotReversible {
        /// The kind of journal.
        kind: &'static str,
        /// What to do instead, as the rest of a sentence.
        instead: &'static str,
    },
    /// More than a lot has left.
    #[error("{available} of the lot is neither used nor held; {requested} is more than that.")]
    ExceedsLot {
        /// What is left and not held.
        available: Money,
        /// What was asked.
        requested: Money,
    },
    /// More than the purses have that lose credits of a lot.
    #[error(
        "The purses that credits of the lot may be taken from have {available} that is not \
        held; {requested} is more than that. Give back budget of markets it is not for, or take \
        less at once."
    )]
    ExceedsPurses {
        /// What they have and isn't held.
        available: Money,
        /// What was asked.
        requested: Money,
    },
    /// More than a payout holds.
    #[error("The payout holds {held}; {requested} is more than that.")]
    ExceedsPayout {
        /// What it holds.
        held: Money,
        /// What was asked.
        requested: Money,
    },
    /// More than is advanced on an obligation.
    #[error("{advanced} is advanced and not accounted for; {requested} is more than that.")]
    ExceedsAdvance {
        /// What is open.
        advanced: Money,
        /// What was asked.
        requested: Money,
    },
    /// Something about an exchange, or what it takes, doesn't hold.
    #[error(transparent)]
    Exchange(#[from] ExchangeRefusal),
    /// The register can't be kept so.
    #[error(transparent)]
    Access(#[from] AccessRefusal),
    /// It isn't approved, or can't wait to be.
    #[error(transparent)]
    Approval(#[from] ApprovalRefusal),
    /// A month is closed, or can't be.
    #[error(transparent)]
    Period(#[from] PeriodRefusal),
    /// A statement can't be issued.
    #[error(transparent)]
    Statement(#[from] StatementRefusal),
    /// Somebody checks their own work.
    #[error("{actor} {did} the {what}; {command} is for somebody else.")]
    SamePerson {
        /// A noun.
        what: &'static str,
        /// What they did before.
        did: &'static str,
        /// Who they are.
        actor: String,
        /// What was asked.
        command: &'static str,
    },
    /// A lot can't be used so.
    #[error(transparent)]
    Lot(#[from] LotRefusal),
    /// A row of spend whose parts don't make up the whole.
    #[error("The parts {cash} in cash and {voucher} in credits don't make up {spend}.")]
    SpendNotAddingUp {
        /// The whole.
        spend: Money,
        /// The part in cash.
        cash: Money,
        /// The part in credits, counted in the currency.
        voucher: Money,
    },
    /// The same revision said something else before.
    #[error("Revision {revision} said something else before; what changes needs a higher one.")]
    SpendRevisionConflict {
        /// The revision.
        revision: i32,
    },
    /// A provisional row of what is final already.
    #[error("Revision {revision} is final already; only a final row can follow it.")]
    SpendAlreadyFinal {
        /// The final one.
        revision: i32,
    },
    /// More than a line of spend still has.
    #[error("{remaining} of the line of spend is not yet refunded; {requested} is more than that.")]
    ExceedsSpend {
        /// What is left.
        remaining: Money,
        /// What was asked.
        requested: Money,
    },
    /// More than a line of spend has in suspense.
    #[error("{suspended} of the line of spend is in suspense; {requested} is more than that.")]
    ExceedsSuspended {
        /// What is.
        suspended: Money,
        /// What was asked.
        requested: Money,
    },
    /// All rows of an import or none: some were refused.
    #[error("Of {rows} rows {refused} were refused, so none was taken.")]
    SpendRowsRefused {
        /// How many rows there were.
        rows: usize,
        /// How many were refused.
        refused: usize,
        /// The first of those.
        first: Vec<RefusedRow>,
    },
    /// A purse doesn't cover it.
    #[error("{} has {} available and {} was requested: {} short.",
        describe(&.0.key), .0.available, .0.requested, .0.shortfall())]
    InsufficientFunds(Box<Shortage>),
    /// A purse covers it today, but not on every day since the effective date.
    #[error("{} has only {} on {day}, on or after {from}, and {} was requested: {} short.",
        describe(&shortage.key), shortage.available, shortage.requested, shortage.shortfall())]
    BackdatedOverdraft {
        /// The effective date asked for.
        from: Date,
        /// The day that has least.
        day: Date,
        /// The arithmetic.
        shortage: Box<Shortage>,
    },
    /// An account's cumulative figures would leave the range the ledger counts in.
    #[error("{} would pass the largest figure the ledger can hold.", describe(.0))]
    BeyondRange(Box<AccountKey>),
    /// The database refused a row the rules above let through, by the named constraint.
    #[error("The ledger's rule {0} forbids it.")]
    Constraint(String),
}
