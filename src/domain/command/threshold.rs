//! Stating a threshold: above which amount an action needs approval, from a day on.

use time::Date;

use super::require::require_unit;
use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::approval::{Action, Limit, Threshold};
use crate::domain::books::Books;
use crate::domain::id::{PledgeId, ThresholdId};
use crate::domain::money::Money;
use crate::domain::refusal::Refusal;

/// State a threshold.
#[derive(Debug, Clone)]
pub struct StateThreshold {
    /// The id it will have.
    pub id: ThresholdId,
    /// Whose money.
    pub pledge: PledgeId,
    /// Which action it is for.
    pub action: Action,
    /// What is more than this needs approval.
    pub above: Money,
    /// By how many people besides the maker.
    pub approvals: i16,
    /// From which day on.
    pub valid_from: Date,
}

impl StateThreshold {
    pub(super) fn home(&self) -> Home {
        Home::Pledge(self.pledge)
    }

    pub(super) fn needs(&self, _: &Books, _: &mut Needs) {}

    pub(super) fn decide(&self, books: &Books, context: &Context) -> Result<Decision, Refusal> {
        let book = books.pledge(self.pledge)?;
        require_unit(&book.pledge, self.above.unit(), "/above/unit")?;
        let threshold = Threshold {
            id: self.id,
            pledge: self.pledge,
            limit: Limit {
                action: self.action,
                unit: self.above.unit().code().to_owned(),
                above: self.above.minor(),
                approvals: self.approvals,
                valid_from: self.valid_from,
            },
            above: self.above.clone(),
            stated_by: context.actor.clone(),
            stated_at: context.now,
        };
        Ok(Decision {
            events: vec![Event::ThresholdStated(threshold.clone())],
            draft: None,
            outcome: Outcome::Threshold(threshold),
        })
    }
}
