//! What a platform gives back for invalid traffic: as credits, which go back to the lots they came
//! from and to the campaign, or in cash, which is the donor's.
//!
//! | Refund | Postings |
//! |---|---|
//! | as credits | Dr 1320.acct.lot Cr 5210.m; Dr 4920 Cr 3240.ob |
//! | … into a lot past its life | as well: Dr 5910.m Cr 1320.acct.lot; Dr 3240.ob Cr 4930 |
//! | in cash | Dr 1010 Cr 2400 |

use time::Date;

use super::platform::require_currency;
use super::require::{entry, require_unit};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::id::SpendLineId;
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::obligation::Obligation;
use crate::domain::refusal::Refusal;
use crate::domain::spend::{SpendLine, SpendState, part_last};
use crate::domain::unit::UnitKind;

/// Record what a platform gave back of a line of spend.
#[derive(Debug, Clone)]
pub struct RefundSpend {
    /// A report of the campaign's day.
    pub line: SpendLineId,
    /// How much.
    pub amount: Money,
    /// The platform's own reference; one reference is refunded once on a line.
    pub reference: String,
    /// Whether it came as cash.
    pub in_cash: bool,
    /// What it rests on.
    pub document: Option<Document>,
    /// When it counts.
    pub effective_date: Date,
}

/// A refund of a line of spend.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Refunded {
    /// The line as it then stands.
    pub line: SpendLine,
    /// The platform's own reference.
    pub reference: String,
    /// How much, in minor digits.
    pub amount: i64,
    /// Whether it came as cash.
    pub in_cash: bool,
    /// What of it went back to the campaign, in minor digits.
    pub restored: i64,
    /// What of that lapsed at once, in minor digits.
    pub lapsed: i64,
}

impl RefundSpend {
    fn minor(&self) -> i64 {
        self.amount.minor()
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::SpendLine, self.line.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(line) = needs.spend_line(books, self.line) else {
            return;
        };
        needs.refund(
            books,
            line.pledge,
            line.obligation,
            line.day,
            &self.reference,
        );
        needs.ad_account(books, line.ad_account);
        needs.placed(books, line.pledge, line.ad_account);
        if let Some(Some(terms)) = books.obligations.get(&line.obligation) {
            let moves = self.moves(books, line, terms);
            needs.moves(books, line.pledge, moves, self.effective_date);
        }
    }

    /// What moves. Credits go back to the lots used last.
    fn moves(&self, books: &Books, line: &SpendLine, terms: &Obligation) -> Vec<Move> {
        if self.in_cash {
            let unit = self.amount.unit();
            let bank = AccountKey::plain(Code::Bank, unit);
            let due = AccountKey::plain(Code::DueToDonor, unit);
            return match unit.kind() {
                UnitKind::Cash => vec![entry(bank, due, self.minor())],
                UnitKind::Credits => Vec::new(), // refused as it stands
            };
        }
        let unit = terms.amount.unit();
        let (standing, _) = part_last(&line.uses, line.refunded);
        let (_, refunded) = part_last(&standing, self.minor());
        let known = books.placed.get(&line.ad_account);
        let lots = known.map_or(&[][..], Vec::as_slice);
        let mut moves = Vec::new();
        let mut lapsed = 0;
        for it in &refunded {
            let placed = AccountKey::placed(Code::CreditPlaced, unit, it.lot, line.ad_account);
            let cost = AccountKey::market(Code::AdvertisingCost, unit, terms.market);
            moves.push(entry(placed.clone(), cost, it.amount));
            let lot = lots.iter().find(|lot| lot.id == it.lot);
            if lot.is_some_and(|lot| lot.ends_on() < self.effective_date) {
                let lost = AccountKey::market(Code::CreditsLost, unit, terms.market);
                moves.push(entry(lost, placed, it.amount));
                lapsed += it.amount;
            }
        }
        let released = AccountKey::plain(Code::CreditsReleased, unit);
        moves.push(entry(released, terms.purse(), self.minor()));
        if lapsed > 0 {
            let gone = AccountKey::plain(Code::Lapsed, unit);
            moves.push(entry(terms.purse(), gone, lapsed));
        }
        moves
    }

    fn check(&self, books: &Books, line: &SpendLine) -> Result<(), Refusal> {
        let (book, account) = books.ad_account(line.ad_account)?;
        if self.in_cash {
            require_currency(account, self.amount.unit(), "/amount/unit")?;
            require_unit(&book.pledge, self.amount.unit(), "/amount/unit")?;
        } else if self.amount.unit() != &account.unit {
            return Err(Refusal::WrongUnit {
                pointer: "/amount/unit",
                given: self.amount.unit().to_string(),
                expected: account.unit.to_string(),
            });
        }
        if line.state == SpendState::Provisional {
            return Err(Refusal::WrongState {
                what: "line of spend",
                state: "provisional",
                command: "a refund",
                open: "It is open once the line is final.",
            });
        }
        let known = (line.obligation, line.day, self.reference.clone());
        if books.refunds.get(&known) == Some(&true) {
            return Err(Refusal::DuplicateReference {
                pointer: "/reference",
                what: "refund of this line",
                reference: self.reference.clone(),
            });
        }
        match self.minor() <= line.refundable() {
            true => Ok(()),
            false => Err(Refusal::ExceedsSpend {
                remaining: Money::from_minor(line.refundable(), self.amount.unit().clone()),
                requested: self.amount.clone(),
            }),
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let line = books.spend_line(self.line)?;
        let (book, terms) = books.obligation(line.obligation)?;
        self.check(books, line)?;
        let (pledge, day) = (line.pledge, self.effective_date);
        let draft = Draft {
            subject: Some(line.ad_account.0),
            document: self.document.clone(),
            ..Draft::new(pledge, Kind::Refund, day, self.moves(books, line, terms))
        };
        book.check(&draft)?;
        let mut changed = line.clone();
        match self.in_cash {
            true => changed.refunded_in_cash += self.minor(),
            false => changed.refunded += self.minor(),
        }
        let left = Money::from_minor(changed.refundable(), terms.amount.unit().clone());
        let gone = draft.moves.iter();
        let gone = gone.filter(|it| it.credit.code == Code::Lapsed);
        let refunded = Refunded {
            line: changed,
            reference: self.reference.clone(),
            amount: self.minor(),
            in_cash: self.in_cash,
            restored: if self.in_cash { 0 } else { self.minor() },
            lapsed: gone.map(|it| it.amount).sum(),
        };
        Ok(Decision {
            events: vec![Event::SpendRefunded(context.journal, refunded)],
            draft: Some(draft),
            outcome: Outcome::SpendRefund {
                line: self.line,
                amount: self.amount.clone(),
                reference: self.reference.clone(),
                in_cash: self.in_cash,
                left,
                effective_date: day,
                journal: context.journal,
            },
        })
    }
}
