//! Announcing a pledge: its split, its markets and its instalments. Not binding; nothing is posted.

use std::collections::HashSet;

use time::Date;

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::Books;
use crate::domain::exchange::Bearer;
use crate::domain::id::{InstalmentId, PledgeId};
use crate::domain::market::Market;
use crate::domain::money::Money;
use crate::domain::pledge::{Instalment, Pledge, PledgeState};
use crate::domain::refusal::Refusal;
use crate::domain::unit::Unit;

/// Record a pledge as announced.
#[derive(Debug, Clone)]
pub struct AnnouncePledge {
    /// The id it will have.
    pub id: PledgeId,
    /// The parties' own name for it.
    pub reference: String,
    /// Who gives.
    pub donor: String,
    /// Who receives.
    pub recipient: String,
    /// What for.
    pub purpose: String,
    /// The currency the pledge is reported in.
    pub functional_unit: Unit,
    /// The face value.
    pub total: Money,
    /// The total by unit.
    pub split: Vec<Money>,
    /// The markets it is for.
    pub markets: Vec<Market>,
    /// Who bears what is lost or gained on exchange.
    pub exchange_differences: Bearer,
    /// When it is payable.
    pub instalments: Vec<NewInstalment>,
}

/// An instalment as it is announced.
#[derive(Debug, Clone)]
pub struct NewInstalment {
    /// The id it will have.
    pub id: InstalmentId,
    /// The parties' own name for it.
    pub reference: String,
    /// How much.
    pub amount: Money,
    /// When it is due.
    pub due_date: Date,
    /// What has to happen first.
    pub condition: Option<String>,
}

/// The first value that stands in a list twice, with its place.
fn repeated<T: Eq + std::hash::Hash>(values: impl Iterator<Item = T>) -> Option<(usize, T)> {
    let mut seen = HashSet::new();
    values.enumerate().find_map(|(place, value)| {
        if seen.contains(&value) {
            Some((place, value))
        } else {
            seen.insert(value);
            None
        }
    })
}

impl AnnouncePledge {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, books: &Books, needs: &mut Needs) {
        if !books.pledge_references.contains_key(&self.reference) {
            needs.pledge_references.insert(self.reference.clone());
        }
    }

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        self.check_lists()?;
        self.check_split()?;
        self.check_instalments()?;
        if books.pledge_references.get(&self.reference) == Some(&true) {
            return Err(Refusal::DuplicateReference {
                pointer: "/reference",
                what: "pledge",
                reference: self.reference.clone(),
            });
        }
        let pledge = Pledge {
            id: self.id,
            reference: self.reference.clone(),
            donor: self.donor.clone(),
            recipient: self.recipient.clone(),
            purpose: self.purpose.clone(),
            total: self.total.clone(),
            split: self.split.clone(),
            markets: self.markets.clone(),
            exchange_differences: self.exchange_differences,
            state: PledgeState::Announced,
            agreed_on: None,
            created_at: context.now,
        };
        let instalments: Vec<_> = self
            .instalments
            .iter()
            .map(|new| self.instalment(new))
            .collect();
        Ok(Decision {
            events: vec![Event::Announced(pledge.clone(), instalments.clone())],
            draft: None,
            outcome: Outcome::Pledge {
                pledge,
                instalments,
            },
        })
    }

    fn instalment(&self, new: &NewInstalment) -> Instalment {
        Instalment {
            id: new.id,
            pledge: self.id,
            reference: new.reference.clone(),
            amount: new.amount.clone(),
            due_date: new.due_date,
            condition: new.condition.clone(),
            condition_met_on: None,
            condition_document: None,
            received: 0,
            written_off: 0,
        }
    }

    fn check_lists(&self) -> Result<(), Refusal> {
        if let Some((place, unit)) = repeated(self.split.iter().map(Money::unit)) {
            let pointer = format!("/split/{place}/unit");
            return Err(Refusal::Repeated {
                pointer,
                value: unit.to_string(),
            });
        }
        if let Some((place, market)) = repeated(self.markets.iter()) {
            let pointer = format!("/markets/{place}");
            return Err(Refusal::Repeated {
                pointer,
                value: market.to_string(),
            });
        }
        if let Some((place, name)) = repeated(self.instalments.iter().map(|new| &new.reference)) {
            let pointer = format!("/instalments/{place}/reference");
            return Err(Refusal::Repeated {
                pointer,
                value: format!("{name:?}"),
            });
        }
        Ok(())
    }

    /// The split adds up to the total at face value, in units of the functional currency.
    fn check_split(&self) -> Result<(), Refusal> {
        let functional = self.functional_unit.code();
        if self.total.unit() != &self.functional_unit {
            return Err(Refusal::WrongUnit {
                pointer: "/total/unit",
                given: self.total.unit().to_string(),
                expected: functional.to_owned(),
            });
        }
        for (place, part) in self.split.iter().enumerate() {
            if part.unit().currency() != functional {
                return Err(Refusal::SplitCurrency {
                    pointer: format!("/split/{place}/unit"),
                    unit: part.unit().to_string(),
                    functional: functional.to_owned(),
                });
            }
        }
        let sum = self
            .split
            .iter()
            .map(Money::minor)
            .fold(0_i64, i64::saturating_add);
        if sum == self.total.minor() {
            return Ok(());
        }
        let sum = Money::from_minor(sum, self.functional_unit.clone());
        Err(Refusal::SplitNotTotal {
            total: self.total.clone(),
            sum,
        })
    }

    fn check_instalments(&self) -> Result<(), Refusal> {
        let split_units: Vec<&Unit> = self.split.iter().map(Money::unit).collect();
        if let Some(place) = self
            .instalments
            .iter()
            .position(|new| !split_units.contains(&new.amount.unit()))
        {
            let stray = &self.instalments[place].amount;
            let nothing = Money::from_minor(0, stray.unit().clone());
            return Err(Refusal::InstalmentsNotSplit {
                split: nothing,
                sum: stray.clone(),
            });
        }
        for part in &self.split {
            let of_unit = self
                .instalments
                .iter()
                .filter(|new| new.amount.unit() == part.unit());
            let sum = of_unit
                .map(|new| new.amount.minor())
                .fold(0_i64, i64::saturating_add);
            if sum != part.minor() {
                let sum = Money::from_minor(sum, part.unit().clone());
                return Err(Refusal::InstalmentsNotSplit {
                    split: part.clone(),
                    sum,
                });
            }
        }
        Ok(())
    }
}
