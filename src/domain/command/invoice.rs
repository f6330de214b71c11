//! Accepting a creator's invoice against its contract: the cost arises, the creator is owed what
//! isn't withheld (5110→2120 and 2210), and the obligation is released by as much (3140→4910).

use time::Date;

use super::require::{entry, require_contract, require_new_bank_reference, require_value};
use super::{Context, Decision, Event, Home, Needs, Outcome, Thing};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::exchange::{StatedRate, clearing, share};
use crate::domain::id::ObligationId;
use crate::domain::journal::{Document, Draft, Kind, Move};
use crate::domain::money::Money;
use crate::domain::obligation::Obligation;
use crate::domain::refusal::Refusal;
use crate::domain::withholding::{Country, PaymentKind, Route, WithholdingRule};

/// Accept a creator's invoice.
#[derive(Debug, Clone)]
pub struct AcceptInvoice {
    /// The contract it is for.
    pub obligation: ObligationId,
    /// The invoice's own reference; accepted once on a contract.
    pub reference: String,
    /// What it comes to, before anything is withheld.
    pub amount: Money,
    /// At what rate it counts, if it is in another currency than the contract.
    pub rate: Option<StatedRate>,
    /// What it is for.
    pub payment_kind: PaymentKind,
    /// Where the payer is; without it no withholding rule can apply.
    pub payer_country: Option<Country>,
    /// When it counts.
    pub effective_date: Date,
    /// The invoice.
    pub document: Document,
}

/// What used of a contract is released: the restriction has been met.
pub(super) fn releases(obligation: &Obligation, amount: i64) -> Move {
    let released = AccountKey::plain(Code::CashReleased, obligation.amount.unit());
    entry(obligation.purse(), released, amount)
}

impl AcceptInvoice {
    fn route(&self, obligation: &Obligation) -> Option<(Route, Date)> {
        let route = |payer| Route {
            payer,
            payee: obligation.market,
            kind: self.payment_kind,
        };
        Some((route(self.payer_country?), self.effective_date))
    }

    fn rule<'a>(&self, books: &'a Books, obligation: &Obligation) -> Option<&'a WithholdingRule> {
        let route = self.route(obligation)?;
        books.withholding_rules.get(&route)?.as_ref()
    }

    /// The cost at its value in the pledge's own currency, what is owed in the invoice's, and the
    /// release. In another currency each debt stands behind the line that carries its value.
    fn moves(&self, obligation: &Obligation, value: i64, withheld: i64) -> Vec<Move> {
        let (unit, own) = (self.amount.unit(), obligation.amount.unit());
        let market = obligation.market;
        let cost = AccountKey::market(Code::CreatorCost, own, market);
        let owed = AccountKey::creator(Code::CreatorPayable, unit, market, obligation.creator);
        let taxed = AccountKey::market(Code::TaxWithheld, unit, market);
        let gross = self.amount.minor();
        let taxes = share(value, withheld, gross);
        let parts = [
            (owed, gross - withheld, value - taxes),
            (taxed, withheld, taxes),
        ];
        let mut moves = Vec::with_capacity(5);
        for (debt, amount, worth) in parts {
            if unit == own {
                moves.push(entry(cost.clone(), debt, amount));
            } else {
                moves.push(entry(cost.clone(), clearing(own), worth));
                moves.push(entry(clearing(unit), debt, amount));
            }
        }
        moves.push(releases(obligation, value));
        moves
    }

    pub(super) fn home(&self) -> Home {
        Home::Of(Thing::Obligation, self.obligation.0)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let Some(book) = books.home(Thing::Obligation, self.obligation.0) else {
            return;
        };
        needs.obligation(books, self.obligation);
        let (subject, day) = (self.obligation.0, self.effective_date);
        needs.bank_reference(books, book.pledge.id, subject, &self.reference);
        let Some(Some(known)) = books.obligations.get(&self.obligation) else {
            return;
        };
        if let Some((route, day)) = self.route(known) {
            needs.withholding_rule(books, route, day);
        }
        if require_contract(known, &self.amount).is_ok() {
            needs.currency(books, known.market);
            needs.moves(books, known.pledge, self.moves(known, 0, 0), day);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let (book, obligation) = books.obligation(self.obligation)?;
        require_contract(obligation, &self.amount)?;
        let (own, rate) = (obligation.amount.unit(), self.rate.as_ref());
        let value = require_value(books, obligation.market, &self.amount, own, rate)?;
        let (subject, what) = (self.obligation.0, "document on this obligation");
        require_new_bank_reference(books, subject, what, "/reference", &self.reference)?;
        let rule = self.rule(books, obligation);
        let unit = self.amount.unit().clone();
        let withheld = match rule {
            Some(rule) => rule.withheld(&self.amount).map_or(0, |it| it.minor()),
            None => 0,
        };
        let mut moves = self.moves(obligation, value.minor(), withheld);
        moves.retain(|it| it.amount > 0);
        let draft = Draft {
            subject: Some(subject),
            bank_reference: Some(self.reference.clone()),
            document: Some(self.document.clone()),
            ..Draft::new(obligation.pledge, Kind::Invoice, self.effective_date, moves)
        };
        book.check(&draft)?;
        let mut changed = obligation.clone();
        changed.remaining -= value.minor();
        let stated = self.rate.clone();
        let stated = stated.map(|it| Event::RateStated(obligation.pledge, unit.clone(), it));
        Ok(Decision {
            events: [Event::ObligationChanged(changed.clone())]
                .into_iter()
                .chain(stated)
                .collect(),
            draft: Some(draft),
            outcome: Outcome::Invoice {
                obligation: changed,
                reference: self.reference.clone(),
                payment_kind: self.payment_kind,
                gross: self.amount.clone(),
                value,
                rate: self.rate.clone(),
                withheld: Money::from_minor(withheld, unit),
                rule: rule.cloned(),
                effective_date: self.effective_date,
                journal: context.journal,
            },
        })
    }
}
