//! Jobs: what the service does by itself, again and again, and what came of each time.

use time::OffsetDateTime;
use uuid::Uuid;

use super::id::JobRunId;

macro_rules! jobs {
    ($($(#[$doc:meta])* $name:ident = $word:literal, $purpose:literal;)+) => {
        /// What the service does by itself. The same list stands in the database, as `jobs`.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum Job {
            $($(#[$doc])* $name,)+
        }

        impl Job {
            /// Every job there is, in the order they are done.
            pub const ALL: &'static [Job] = &[$(Job::$name),+];

            /// The job as the database and the API write it.
            pub fn as_str(self) -> &'static str {
                match self { $(Job::$name => $word),+ }
            }

            /// What it is for.
            pub fn purpose(self) -> &'static str {
                match self { $(Job::$name => $purpose),+ }
            }

            /// The job written so.
            pub fn parse(text: &str) -> Option<Job> {
                match text { $($word => Some(Job::$name),)+ _ => None }
            }
        }
    };
}

jobs! {
    /// Credits lapse.
    Expiry = "expiry", "Lets credits lapse whose lot has ended";
    /// Holds of payouts end.
    HoldExpiry = "hold-expiry", "Voids payouts whose hold has run out";
    /// What nobody approved in time ends.
    ApprovalExpiry = "approval-expiry",
        "Lets what nobody approved in time expire, and frees what it held";
    /// What is owed in other currencies is valued anew.
    Revaluation = "revaluation", "Values what is owed in other currencies at the ends of months";
    /// Statements are issued for all accounts of pledges.
    StatementIssue = "statement-issue",
        "Issues the statements that were asked for, for all accounts of pledges";
}

/// How a run went.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum RunOutcome {
    /// Whatever there was to do was tried.
    Done,
    /// It broke off; the next run finds what it left.
    Failed,
}

impl RunOutcome {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            RunOutcome::Done => "done",
            RunOutcome::Failed => "failed",
        }
    }

    /// The outcome written so.
    pub fn parse(text: &str) -> Option<Self> {
        let all = [RunOutcome::Done, RunOutcome::Failed];
        all.into_iter().find(|known| known.as_str() == text)
    }
}

/// One time a job was done.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct JobRun {
    /// Its id.
    pub id: JobRunId,
    /// The job.
    pub job: Job,
    /// When it began.
    pub started_at: OffsetDateTime,
    /// When it ended.
    pub ended_at: OffsetDateTime,
    /// How it went.
    pub outcome: RunOutcome,
    /// How many things waited for it.
    pub found: i32,
    /// How much it did: journals posted, payouts voided.
    pub done: i32,
    /// How many of the things were refused, so that they wait for somebody.
    pub refused: i32,
    /// Who had it run.
    pub actor: String,
    /// The service that ran it.
    pub instance: Uuid,
}
