//! What is taken back is what was posted, and what of it is left is known from one command to the
//! next.

use almoner::domain::command::{Outcome, Portion, ReverseJournal};
use almoner::domain::pledge::PledgeState;
use almoner::domain::{Command, JournalId, Kind, Money, Reversible, ReversibleLine};
use time::macros::date;
use uuid::Uuid;

use super::fixture::*;
use super::refusals::allocated;

fn reverse(journal: JournalId, portion: Portion) -> ReverseJournal {
    ReverseJournal {
        journal,
        portion,
        reason: "Entered wrongly".to_owned(),
        document: document(),
        effective_date: DAY,
    }
}

fn rest(journal: JournalId) -> Command {
    Command::ReverseJournal(reverse(journal, Portion::Rest))
}

fn each(journal: JournalId, amount: Money) -> Command {
    Command::ReverseJournal(reverse(journal, Portion::Each(amount)))
}

fn lines(journal: JournalId, amounts: &[(i16, Money)]) -> Command {
    Command::ReverseJournal(reverse(journal, Portion::Lines(amounts.to_vec())))
}

/// The last journal of that kind that is remembered.
fn known(ledger: &Ledger, kind: Kind) -> JournalId {
    let journals = ledger.books.journals.values().flatten();
    let own = journals.filter(|it| it.kind == kind);
    own.max_by_key(|it| it.number).unwrap().id
}

impl Ledger {
    /// Enters what was posted as if it had been loaded.
    fn remember_journals(&mut self) {
        let ids: Vec<JournalId> = self
            .books
            .changes
            .journals
            .iter()
            .map(|it| {
                // An allocation shares its id with its journal.
                let subject = it
                    .draft
                    .subject
                    .filter(|_| it.draft.kind == Kind::Allocation);
                subject.map_or(it.id, JournalId)
            })
            .collect();
        for (at, id) in ids.iter().enumerate() {
            let journal = &self.books.changes.journals[at];
            let (draft, reverses) = (&journal.draft, journal.draft.reverses.as_ref());
            let line = |(at, it): (usize, &almoner::domain::Move)| ReversibleLine {
                line: reverses.map_or(i16::try_from(at + 1).unwrap(), |it| it.lines[at]),
                debit: it.debit.clone(),
                credit: it.credit.clone(),
                amount: it.amount,
                reversed: 0,
            };
            let reversible = Reversible {
                id: *id,
                pledge: draft.pledge,
                number: journal.number,
                kind: draft.kind,
                effective_date: draft.effective_date,
                subject: draft.subject,
                bank_reference: draft.bank_reference.clone(),
                reverses: reverses.map(|it| ids[usize::try_from(it.journal).unwrap() - 1]),
                lines: draft.moves.iter().enumerate().map(line).collect(),
            };
            self.books.journals.entry(*id).or_insert(Some(reversible));
        }
    }

    /// Remembers a placement that never was.
    fn pretend_placement(&mut self) {
        let budget = self.books.journals[&known(self, Kind::Budget)].clone();
        let id = JournalId(Uuid::from_u128(0x77));
        let placed = budget.map(|it| Reversible {
            id,
            kind: Kind::Placement,
            ..it
        });
        self.books.journals.insert(id, placed);
    }

    /// Reverses, remembers the reversal, and tells what is left of the lines.
    fn reverses(&mut self, command: &Command) -> Vec<i64> {
        let decided = self.carry_out(command);
        self.remember_journals();
        let Outcome::Reversal { lines, .. } = decided.outcome else {
            panic!("{:?}", decided.outcome);
        };
        lines.iter().map(|line| line.left.minor()).collect()
    }
}

/// What is taken back wrongly, of what was received, given to JP and to Hanako.
fn reversed_wrongly(ledger: &Ledger) -> Vec<(&'static str, Command)> {
    let nowhere = JournalId(Uuid::from_u128(0x99));
    vec![
        ("not-found", rest(nowhere)),
        (
            "unknown-reference",
            lines(known(ledger, Kind::Budget), &[(2, usd(1))]),
        ),
        ("wrong-unit", each(known(ledger, Kind::Budget), adc(1))),
        (
            "repeated",
            lines(known(ledger, Kind::Budget), &[(1, usd(1)), (1, usd(1))]),
        ),
        ("lines-differ", each(known(ledger, Kind::Agreement), usd(1))),
        (
            "whole-only",
            lines(known(ledger, Kind::Agreement), &[(1, usd(70_000))]),
        ),
        ("wrong-state", rest(known(ledger, Kind::Agreement))),
        (
            "reversal-lopsided",
            lines(known(ledger, Kind::Receipt), &[(1, usd(1))]),
        ),
        (
            "exceeds-reversible",
            each(known(ledger, Kind::Budget), usd(10_001)),
        ),
        (
            "insufficient-funds",
            each(known(ledger, Kind::Budget), usd(6_001)),
        ),
        (
            "exceeds-reversible",
            each(known(ledger, Kind::Allocation), usd(4_001)),
        ),
        (
            "backdated-overdraft",
            Command::ReverseJournal(ReverseJournal {
                effective_date: date!(2026 - 04 - 30),
                ..reverse(known(ledger, Kind::Allocation), Portion::Rest)
            }),
        ),
        ("not-reversible", rest(known(ledger, Kind::Placement))),
    ]
}

/// The above, with all that was posted known, and a placement besides.
pub(super) fn taken_back() -> (Ledger, Vec<(&'static str, Command)>) {
    let mut ledger = allocated();
    ledger.remember_journals();
    ledger.pretend_placement();
    let cases = reversed_wrongly(&ledger);
    (ledger, cases)
}

#[test]
fn a_reversal_swaps_the_sides_of_the_lines_and_bears_their_numbers() {
    let mut ledger = Ledger::signed();
    ledger.carry_out(&Command::ReceiveCash(receive(CASH, usd(690), usd(10))));
    ledger.remember_journals();
    let receipt = known(&ledger, Kind::Receipt);
    let part = lines(receipt, &[(3, usd(10)), (2, usd(10)), (4, usd(10))]);
    let draft = ledger.decide(&part).unwrap().draft;
    assert_eq!(
        moves(draft.as_ref()),
        [
            "Dr 3110 Cr 3100 0.10 USD",
            "Dr 1110.cash Cr 5810 0.10 USD",
            "Dr 4910 Cr 3110 0.10 USD",
        ]
    );
    let draft = draft.unwrap();
    assert_eq!(draft.reverses.unwrap().lines, [3, 2, 4]);
    assert_eq!(draft.subject, Some(receipt.0));
    assert_eq!(ledger.reverses(&part), [690, 0, 690, 0]);
    let whole = ledger.decide(&rest(receipt)).unwrap().draft;
    assert_eq!(
        moves(whole.as_ref()),
        ["Dr 1110.cash Cr 1010 6.90 USD", "Dr 3110 Cr 3100 6.90 USD"]
    );
    let instalment = |ledger: &mut Ledger| ledger.book().instalment(CASH).unwrap().received;
    assert_eq!(instalment(&mut ledger), 690);
    ledger.reverses(&rest(receipt));
    assert_eq!(instalment(&mut ledger), 0);
}

#[test]
fn commands_of_one_batch_share_what_is_left() {
    let mut ledger = Ledger::funded();
    ledger.carry_out(&Command::BudgetMarket(budget("JP", usd(10_000))));
    ledger.carry_out(&Command::AllocateToCreator(allocate(HANAKO, usd(4_000))));
    ledger.remember_journals();
    let journal = known(&ledger, Kind::Allocation);
    assert_eq!(ledger.reverses(&each(journal, usd(1_500))), [2_500]);
    let refusal = ledger.decide(&each(journal, usd(2_501))).unwrap_err();
    assert_eq!(refusal.code(), "exceeds-reversible");
    // A release finds less to be released, and a reversal less to be taken back.
    let refusal = ledger.decide(&release(ALLOCATION, usd(2_501))).unwrap_err();
    assert_eq!(refusal.code(), "exceeds-allocation");
    ledger.carry_out(&release(ALLOCATION, usd(2_000)));
    let refusal = ledger.decide(&each(journal, usd(501))).unwrap_err();
    assert_eq!(refusal.code(), "exceeds-allocation");
    assert_eq!(ledger.reverses(&each(journal, usd(500))), [2_000]);
    // Of the first reversal 1,500 can be given back.
    let first = ledger.books.changes.journals[5].id;
    assert_eq!(ledger.reverses(&rest(first)), [0]);
    assert_eq!(
        ledger.decide(&rest(first)).unwrap_err().code(),
        "exceeds-reversible"
    );
    let remaining = ledger.books.allocation(ALLOCATION).unwrap().1.remaining();
    assert_eq!(remaining, usd(1_500));
}

#[test]
fn an_agreement_taken_back_leaves_the_pledge_as_it_was_announced() {
    let mut ledger = Ledger::signed();
    ledger.remember_journals();
    let agreement = known(&ledger, Kind::Agreement);
    assert_eq!(ledger.reverses(&rest(agreement)), [0, 0]);
    let pledge = &ledger.book().pledge;
    assert_eq!(
        (pledge.state, pledge.agreed_on),
        (PledgeState::Announced, None)
    );
    let reversal = known(&ledger, Kind::Reversal);
    let refusal = ledger.decide(&rest(reversal)).unwrap_err();
    assert_eq!(refusal.code(), "not-reversible");
    ledger.carry_out(&sign());
}

#[test]
fn a_line_of_the_bank_s_is_free_while_all_of_its_receipt_is_taken_back() {
    let mut ledger = Ledger::signed();
    let wire = |minor| {
        let mut receipt = receive(CASH, usd(minor), usd(0));
        receipt.bank_reference = Some("B-1".to_owned());
        Command::ReceiveCash(receipt)
    };
    ledger.carry_out(&wire(500));
    ledger.remember_journals();
    let receipt = known(&ledger, Kind::Receipt);
    ledger.reverses(&each(receipt, usd(499)));
    assert_eq!(
        ledger.decide(&wire(50)).unwrap_err().code(),
        "duplicate-reference"
    );
    ledger.reverses(&rest(receipt));
    let reversal = known(&ledger, Kind::Reversal);
    assert!(ledger.decide(&rest(reversal)).is_ok());
    ledger.carry_out(&wire(50));
    let refusal = ledger.decide(&rest(reversal)).unwrap_err();
    assert_eq!(refusal.code(), "duplicate-reference");
}
