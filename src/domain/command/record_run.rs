//! Recording that a job was done.

use super::{Context, Decision, Event, Home, Needs, Outcome};
use crate::domain::books::Books;
use crate::domain::job::JobRun;
use crate::domain::refusal::Refusal;

/// Record that a job was done.
#[derive(Debug, Clone)]
pub struct RecordRun {
    /// The run.
    pub run: JobRun,
}

impl RecordRun {
    pub(super) fn home(&self) -> Home {
        Home::Registry
    }

    pub(super) fn needs(&self, _: &Books, _: &mut Needs) {}

    pub(super) fn decide(&self, _: &Books, _: &Context) -> Result<Decision, Refusal> {
        Ok(Decision {
            events: vec![Event::JobRan(self.run.clone())],
            draft: None,
            outcome: Outcome::JobRan(self.run.clone()),
        })
    }
}
