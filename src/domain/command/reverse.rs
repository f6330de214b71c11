//! Taking back what was posted, in part or whole: a journal that moves back, line by line, what
//! an earlier one moved.
//!
//! What the earlier journal did to a thing besides the posting is taken back with it (see
//! [`effects`]). What was moved on since isn't there to be taken back: the account that lacks it is
//! named, as with any posting.

mod concern;
mod effects;

use std::collections::HashSet;

use time::Date;
use uuid::Uuid;

use self::concern::Concern;
use super::require::entry;
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::books::Books;
use crate::domain::id::JournalId;
use crate::domain::journal::{Document, Draft, Kind, Move, Reverses};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::reversal::{Chain, ReversibleLine};

/// Take a journal back, in part or whole.
#[derive(Debug, Clone)]
pub struct ReverseJournal {
    /// The journal.
    pub journal: JournalId,
    /// How much of it.
    pub portion: Portion,
    /// Why.
    pub reason: String,
    /// What it rests on.
    pub document: Document,
    /// When it counts.
    pub effective_date: Date,
}

/// How much of a journal is taken back.
#[derive(Debug, Clone)]
pub enum Portion {
    /// All that is left of it.
    Rest,
    /// As much of every line; they all move the same.
    Each(Money),
    /// So much of these lines.
    Lines(Vec<(i16, Money)>),
}

/// What is taken back of one line.
#[derive(Debug, Clone)]
struct Taken<'a> {
    line: &'a ReversibleLine,
    amount: i64,
    /// Where in the body that was asked for.
    pointer: String,
}

impl Taken<'_> {
    fn back(&self) -> Move {
        let line = self.line;
        entry(line.credit.clone(), line.debit.clone(), self.amount)
    }
}

/// What a reversal left of a line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ReversedLine {
    /// Its place in the journal that is reversed.
    pub line: i16,
    /// How much it moved.
    pub amount: Money,
    /// What was taken back of it now.
    pub taken_back: Money,
    /// What can still be taken back.
    pub left: Money,
}

impl ReverseJournal {
    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Journal, self.journal.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if !books.is_located(Thing::Journal, self.journal.0) {
            return;
        }
        if !books.journals.contains_key(&self.journal) {
            needs.journals.insert(self.journal);
        }
        let Ok((book, chain)) = books.chain(self.journal) else {
            return;
        };
        let lines = chain.target().lines.iter();
        let keys = lines.flat_map(|line| [line.debit.clone(), line.credit.clone()]);
        needs.accounts(books, book.pledge.id, keys, self.effective_date);
        effects::needs(books, book, &chain, self.effective_date, needs);
        if let Some((subject, reference)) = reference_to_be_had(&chain) {
            needs.bank_reference(books, book.pledge.id, subject, reference);
        }
    }

    /// What is asked to be taken back of each line. What isn't there is none of it.
    fn taken<'a>(&self, chain: &Chain<'a>) -> Result<Vec<Taken<'a>>, Refusal> {
        let target = chain.target();
        match &self.portion {
            Portion::Rest => rest(chain),
            Portion::Each(amount) => {
                let alike = |pair: &[ReversibleLine]| {
                    let unit = |it: &ReversibleLine| it.debit.unit.clone();
                    matches!(pair, [one, two]
                        if one.amount == two.amount && unit(one) == unit(two))
                };
                if !target.lines.windows(2).all(alike) {
                    return Err(Refusal::LinesDiffer);
                }
                let lines = target.lines.iter();
                lines
                    .map(|line| take(line, amount, "/amount/unit", "/amount".to_owned()))
                    .collect()
            }
            Portion::Lines(lines) => {
                let mut seen = HashSet::new();
                if let Some((line, _)) = lines.iter().find(|(line, _)| !seen.insert(*line)) {
                    return Err(Refusal::Repeated {
                        pointer: "/lines".to_owned(),
                        value: format!("line {line}"),
                    });
                }
                let each = lines.iter().enumerate();
                each.map(|(at, (number, amount))| {
                    let absent = || Refusal::UnknownReference {
                        pointer: "/lines",
                        what: "line",
                        id: number.to_string(),
                    };
                    let line = target.line(*number).ok_or_else(absent)?;
                    take(line, amount, "/lines", format!("/lines/{at}/amount"))
                })
                .collect()
            }
        }
    }

    fn draft(&self, chain: &Chain<'_>, taken: &[Taken<'_>]) -> Draft {
        let target = chain.target();
        let moves = taken.iter().map(Taken::back).collect();
        Draft {
            subject: Some(target.id.0),
            reason: Some(self.reason.clone()),
            document: Some(self.document.clone()),
            reverses: Some(Reverses {
                journal: target.number,
                lines: taken.iter().map(|it| it.line.line).collect(),
            }),
            ..Draft::new(target.pledge, Kind::Reversal, self.effective_date, moves)
        }
    }

    fn outcome(&self, chain: &Chain<'_>, taken: &[Taken<'_>], journal: JournalId) -> Outcome {
        let of = |line: &ReversibleLine| {
            let own = taken.iter().find(|it| it.line.line == line.line);
            own.map_or(0, |it| it.amount)
        };
        let lines = chain.target().lines.iter().map(|line| ReversedLine {
            line: line.line,
            amount: line.money(line.amount),
            taken_back: line.money(of(line)),
            left: line.money(chain.left(line.line) - of(line)),
        });
        Outcome::Reversal {
            pledge: chain.target().pledge,
            reverses: self.journal,
            effective_date: self.effective_date,
            reason: self.reason.clone(),
            lines: lines.collect(),
            journal,
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, chain) = books.chain(self.journal)?;
        require_reversible(&chain)?;
        let taken = self.taken(&chain)?;
        let draft = self.draft(&chain, &taken);
        require_whole(&chain, &taken)?;
        require_balance(&chain, &draft)?;
        require_left(&chain, &taken)?;
        require_reference(books, &chain)?;
        let things = effects::of(books, book, &chain, &taken)?;
        let holds = things.iter().filter_map(|event| match event {
            Event::Held(_, change) => Some(change.clone()),
            _ => None,
        });
        book.check_with(&draft, &holds.collect::<Vec<_>>())?;
        let lines = taken.iter().map(|it| (it.line.line, it.amount)).collect();
        let mut events = vec![Event::Reversed(self.journal, lines)];
        events.extend(things);
        Ok(Decision {
            events,
            draft: Some(draft),
            outcome: self.outcome(&chain, &taken, context.journal),
        })
    }
}

/// All that is left of every line, which is something.
fn rest<'a>(chain: &Chain<'a>) -> Result<Vec<Taken<'a>>, Refusal> {
    let lines = chain.target().lines.iter();
    let taken = lines.map(|line| Taken {
        line,
        amount: chain.left(line.line),
        pointer: String::new(),
    });
    let taken: Vec<_> = taken.filter(|it| it.amount > 0).collect();
    match chain.target().lines.first() {
        Some(line) if taken.is_empty() => Err(Refusal::ExceedsReversible {
            pointer: String::new(),
            line: line.line,
            left: line.money(0),
            requested: line.money(line.amount),
        }),
        Some(_) | None => Ok(taken),
    }
}

fn take<'a>(
    line: &'a ReversibleLine,
    amount: &Money,
    unit_pointer: &'static str,
    pointer: String,
) -> Result<Taken<'a>, Refusal> {
    if *amount.unit() != line.debit.unit {
        return Err(Refusal::WrongUnit {
            pointer: unit_pointer,
            given: amount.unit().to_string(),
            expected: line.debit.unit.to_string(),
        });
    }
    Ok(Taken {
        line,
        amount: amount.minor(),
        pointer,
    })
}

/// Some things can't be undone by saying so, and some are said anew rather than given back. The
/// database holds the same rule as `journals_reversible`.
fn require_reversible(chain: &Chain<'_>) -> Result<(), Refusal> {
    let instead = match (Concern::of(chain), chain.is_of_reversal()) {
        (Concern::OneWay(instead), true | false) => instead,
        (Concern::Agreement, true) => "sign the agreement anew.",
        (Concern::Condition, true) => "record anew that the condition is met.",
        (Concern::Agreement | Concern::Condition, false)
        | (
            Concern::Income
            | Concern::WriteOff
            | Concern::Allocation
            | Concern::Release
            | Concern::Binding
            | Concern::Unbinding
            | Concern::Advance(_)
            | Concern::Posting,
            true | false,
        ) => return Ok(()),
    };
    let kind = match chain.target().kind {
        Kind::Reversal => chain.origin().kind,
        other => other,
    };
    Err(Refusal::NotReversible {
        kind: kind.as_str(),
        instead,
    })
}

/// The database holds the same rule as `transfers_reversal_whole`.
fn require_whole(chain: &Chain<'_>, taken: &[Taken<'_>]) -> Result<(), Refusal> {
    let all = taken.len() == chain.target().lines.len()
        && taken.iter().all(|it| it.amount >= it.line.amount);
    match Concern::of(chain).is_whole() && !all {
        true => Err(Refusal::WholeOnly {
            kind: chain.origin().kind.as_str(),
        }),
        false => Ok(()),
    }
}

/// What stands together stays together: in part as in whole a reversal keeps the proofs. The
/// database holds the same rule as `transfers_reversal_keeps_proof`.
fn require_balance(chain: &Chain<'_>, draft: &Draft) -> Result<(), Refusal> {
    let proofs = draft.out_of_proof().map(|apart| {
        let what = "the pledge's purses and what is behind them";
        (what, apart)
    });
    let awaited = || {
        let apart = draft.out_of_awaited()?;
        let what = "what is pledged and what is receivable";
        Concern::of(chain)
            .is_of_instalment()
            .then_some((what, apart))
    };
    match proofs.or_else(awaited) {
        Some((what, apart)) => Err(Refusal::ReversalLopsided { what, apart }),
        None => Ok(()),
    }
}

/// The line of the bank's that the first journal will stand for again, as something of it will be
/// given back after all of it was taken.
fn reference_to_be_had<'a>(chain: &Chain<'a>) -> Option<(Uuid, &'a str)> {
    let origin = chain.origin();
    let free = !chain.takes_back() && origin.is_taken_back();
    let name = origin.subject.zip(origin.bank_reference.as_deref());
    name.filter(|_| free)
}

/// A line of the bank's that was received again in the meantime isn't received twice. The database
/// holds the same rule as `journals_bank_reference_unique`.
fn require_reference(books: &Books, chain: &Chain<'_>) -> Result<(), Refusal> {
    let Some((subject, reference)) = reference_to_be_had(chain) else {
        return Ok(());
    };
    let name = (subject, reference.to_owned());
    match books.bank_references.get(&name) {
        Some(true) => Err(Refusal::DuplicateReference {
            pointer: "",
            what: "receipt on this instalment",
            reference: name.1,
        }),
        Some(false) | None => Ok(()),
    }
}

/// The database holds the same rule as `transfers_reversal_within_original`.
fn require_left(chain: &Chain<'_>, taken: &[Taken<'_>]) -> Result<(), Refusal> {
    let beyond = |it: &&Taken<'_>| it.amount > chain.left(it.line.line);
    match taken.iter().find(beyond) {
        Some(it) => Err(Refusal::ExceedsReversible {
            pointer: it.pointer.clone(),
            line: it.line.line,
            left: it.line.money(chain.left(it.line.line)),
            requested: it.line.money(it.amount),
        }),
        None => Ok(()),
    }
}
