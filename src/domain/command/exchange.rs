//! Stating what one currency is worth in another.

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::Books;
use crate::domain::exchange::{ExchangeRate, StatedRate};
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
    fn rate(&self, context: &Context) -> ExchangeRate {
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
        let name = ExchangeRate::name(&self.base, &self.quote, &self.stated);
        if !books.exchange_rates.contains_key(&name) {
            needs.exchange_rates.insert(name);
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
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
        let name = ExchangeRate::name(&self.base, &self.quote, &self.stated);
        if books.exchange_rates.get(&name) == Some(&true) {
            let (base, quote, day, source) = name;
            return Err(Refusal::DuplicateReference {
                pointer: "/date",
                what: "rate of these currencies by that source on that day",
                reference: format!("{base} {quote} {day} {source}"),
            });
        }
        let rate = self.rate(context);
        Ok(Decision {
            events: vec![Event::ExchangeRateStated(rate.clone())],
            draft: None,
            outcome: Outcome::ExchangeRate(rate),
        })
    }
}
