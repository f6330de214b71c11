//! Stating what one currency is worth in another.

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::Books;
use crate::domain::exchange::{ExchangeRate, RateName, StatedRate};
use crate::domain::id::ExchangeRateId;
use crate::domain::refusal::Refusal;
use crate::domain::unit::{Unit, UnitKind};

/// State an exchange rate.
#[derive(Debug, Clone)]
pub struct StateExchangeRate {
    /// The id it will have.
    pub id: ExchangeRateId,
    /// One of this …
    pub base: Unit,
    /// … is so many of this.
    pub quote: Unit,
    /// The rate, by whose word, and for which day.
    pub stated: StatedRate,
}

impl StateExchangeRate {
    /// What the rate is known by.
    pub(super) fn name(&self) -> RateName {
        ExchangeRate::name(&self.base, &self.quote, &self.stated)
    }

    pub(super) fn rate(&self, context: &Context) -> ExchangeRate {
        ExchangeRate {
            id: self.id,
            base: self.base.clone(),
            quote: self.quote.clone(),
            stated: self.stated.clone(),
            stated_by: context.actor.clone(),
            stated_at: context.now,
        }
    }

    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        let name = self.name();
        if !books.exchange_rates.contains_key(&name) {
            needs.exchange_rates.insert(name);
        }
    }

    /// It is of two currencies, and credits are none.
    pub(super) fn require_currencies(&self) -> Result<(), Refusal> {
        for (unit, pointer) in [(&self.base, "/base"), (&self.quote, "/quote")] {
            if unit.kind() == UnitKind::Credits {
                return Err(Refusal::WrongUnitKind {
                    pointer,
                    unit: unit.to_string(),
                    kind: unit.kind(),
                    rule: "credits are never exchanged.",
                });
            }
        }
        if self.base == self.quote {
            return Err(Refusal::Repeated {
                pointer: "/quote".to_owned(),
                value: self.quote.to_string(),
            });
        }
        Ok(())
    }

    /// That source has said something of that day already.
    pub(super) fn is_stated(&self) -> Refusal {
        let (base, quote, day, source) = self.name();
        Refusal::DuplicateReference {
            pointer: "/date",
            what: "rate of these currencies by that source on that day",
            reference: format!("{base} {quote} {day} {source}"),
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        self.require_currencies()?;
        if let Some(Some(_)) = books.exchange_rates.get(&self.name()) {
            return Err(self.is_stated());
        }
        let rate = self.rate(context);
        Ok(Decision {
            events: vec![Event::ExchangeRateStated(rate.clone())],
            draft: None,
            outcome: Outcome::ExchangeRate(rate),
        })
    }
}
