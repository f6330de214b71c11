//! Withholding rules, and paying what was withheld to the tax office (2210→1010).

use time::Date;

use super::agreement::require_signed;
use super::require::{
    need_payment, payment, require_charge, require_market, require_new_bank_reference,
};
use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::account::AccountKey;
use crate::domain::books::Books;
use crate::domain::chart::Code;
use crate::domain::id::{PledgeId, WithholdingRuleId};
use crate::domain::journal::{Draft, Kind};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;
use crate::domain::unit::UnitKind;
use crate::domain::withholding::{Route, WithholdingRule};

/// State what is withheld from a day on.
#[derive(Debug, Clone)]
pub struct StateWithholding {
    /// The id it will have.
    pub id: WithholdingRuleId,
    /// Which payments it is for.
    pub route: Route,
    /// Its first day.
    pub valid_from: Date,
    /// How much, in parts per million.
    pub rate_ppm: i32,
    /// The law or treaty it rests on.
    pub legal_reference: String,
}

impl StateWithholding {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.withholding_day(books, self.route, self.valid_from);
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let day = (self.route, self.valid_from);
        if books.withholding_days.get(&day) == Some(&true) {
            let Route { payer, payee, kind } = self.route;
            return Err(Refusal::DuplicateReference {
                pointer: "/valid_from",
                what: "withholding rule of these countries and payments on that day",
                reference: format!("{payer} {payee} {} {}", kind.as_str(), self.valid_from),
            });
        }
        let rule = WithholdingRule {
            id: self.id,
            route: self.route,
            valid_from: self.valid_from,
            rate_ppm: self.rate_ppm,
            legal_reference: self.legal_reference.clone(),
            stated_by: context.actor.clone(),
            stated_at: context.now,
        };
        Ok(Decision {
            events: vec![Event::WithholdingStated(rule.clone())],
            draft: None,
            outcome: Outcome::WithholdingRule(rule),
        })
    }
}

/// Pay what was withheld in a market to its tax office.
#[derive(Debug, Clone)]
pub struct PayTax {
    /// Whose money.
    pub pledge: PledgeId,
    /// In which market it was withheld.
    pub market: Market,
    /// How much.
    pub amount: Money,
    /// What the bank charged for it, if it is in another currency than the pledge's.
    pub charged: Option<Money>,
    /// The bank's reference.
    pub bank_reference: String,
    /// When it counts.
    pub effective_date: Date,
}

impl PayTax {
    fn withheld(&self) -> AccountKey {
        AccountKey::market(Code::TaxWithheld, self.amount.unit(), self.market)
    }

    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        needs.bank_reference(books, self.pledge, self.pledge.0, &self.bank_reference);
        if let Some(Some(book)) = books.pledges.get(&self.pledge)
            && self.amount.unit().kind() == UnitKind::Cash
        {
            let (owed, own, day) = (
                self.withheld(),
                book.pledge.total.unit(),
                self.effective_date,
            );
            need_payment(books, needs, self.pledge, &owed, own, day);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        let unit = self.amount.unit();
        require_market(&book.pledge, self.market, "/market")?;
        if unit.kind() == UnitKind::Credits {
            return Err(Refusal::WrongUnitKind {
                pointer: "/amount/unit",
                unit: unit.to_string(),
                kind: unit.kind(),
                rule: "taxes are paid in cash.",
            });
        }
        let own = book.pledge.total.unit();
        let charged = require_charge(&self.amount, own, self.charged.as_ref())?;
        let (subject, what) = (self.pledge.0, "tax payment of the pledge");
        require_new_bank_reference(
            books,
            subject,
            what,
            "/bank_reference",
            &self.bank_reference,
        )?;
        require_signed(book, "paying tax")?;
        let amount = self.amount.minor();
        let moves = payment(books, book, self.withheld(), amount, &charged);
        let draft = Draft {
            subject: Some(subject),
            bank_reference: Some(self.bank_reference.clone()),
            ..Draft::new(self.pledge, Kind::TaxPayment, self.effective_date, moves)
        };
        book.check(&draft)?;
        let left = book.balance(&self.withheld()) - self.amount.minor();
        Ok(Decision {
            events: Vec::new(),
            draft: Some(draft),
            outcome: Outcome::TaxPayment {
                pledge: self.pledge,
                market: self.market,
                amount: self.amount.clone(),
                outstanding: Money::from_minor(left, unit.clone()),
                bank_reference: self.bank_reference.clone(),
                effective_date: self.effective_date,
                journal: context.journal,
            },
        })
    }
}
