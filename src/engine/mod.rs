//! The one write path: whatever is waiting is decided and committed together.
//!
//! Guarantees, bounds and order are in [`lane`].

mod submission;

pub use submission::{Answer, Failure, Key, Preview, Render, Submission};

/// Takes submissions and answers once they are committed. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Engine {}

impl Engine {
    /// Commits one command and answers; a refusal writes nothing.
    pub async fn submit(&self, _submission: Submission) -> Result<Answer, Failure> {
        todo!()
    }

    /// Commits each command on its own merits, in order; one refusal does not disturb the others.
    pub async fn submit_each(&self, _submissions: Vec<Submission>) -> Vec<Result<Answer, Failure>> {
        todo!()
    }

    /// Commits all commands in one transaction, or none. On refusal: a result per command, the
    /// refused ones with their reasons, the others with what they would have answered.
    pub async fn submit_all(
        &self,
        _submissions: Vec<Submission>,
    ) -> Result<Vec<Answer>, Vec<Result<Answer, Failure>>> {
        todo!()
    }

    /// Decides the commands one after the other as if they were committed, and writes nothing.
    pub async fn preview(&self, _submissions: Vec<Submission>) -> Vec<Result<Preview, Failure>> {
        todo!()
    }
}
