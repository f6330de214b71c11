//! What of a batch goes into the audit trail.

use uuid::Uuid;

use super::batch::{Results, home};
use super::submission::{Failure, Submission};
use crate::domain::audit::{AuditEvent, Happened};
use crate::domain::books::Books;
use crate::domain::{AuditEventId, Command, JournalId, PledgeId, Refusal};

fn event(submission: &Submission, pledge: Option<PledgeId>, happened: Happened) -> AuditEvent {
    AuditEvent {
        id: AuditEventId(Uuid::now_v7()),
        actor: submission.actor.clone(),
        identity: submission.identity.clone(),
        origin: submission.origin.clone(),
        pledge,
        happened,
    }
}

/// That a command is written, with the first journal it posts. What jobs did is recorded as that
/// already, however often they find nothing to do.
pub(super) fn done(
    submission: &Submission,
    journal: Option<JournalId>,
    books: &Books,
) -> Option<AuditEvent> {
    if matches!(submission.command, Command::RecordRun(_)) {
        return None;
    }
    let key = submission.key.digest;
    let done = Happened::Done { key, journal };
    Some(event(submission, home(books, submission), done))
}

/// That a command is refused.
pub(super) fn refusal(
    submission: &Submission,
    pledge: Option<PledgeId>,
    refusal: &Refusal,
) -> AuditEvent {
    let refused = Happened::Refused {
        code: refusal.code(),
        detail: refusal.to_string(),
    };
    event(submission, pledge, refused)
}

/// The commands of a batch that are refused.
pub(super) fn refused<'a>(
    commands: &'a [&Submission],
    results: &'a Results,
    books: &'a Books,
) -> impl Iterator<Item = AuditEvent> + use<'a> {
    let refused = |(submission, result): (&&Submission, &_)| match result {
        Err(Failure::Refused(why)) => {
            let pledge = home(books, submission);
            let pledge = pledge.filter(|id| matches!(books.pledges.get(id), Some(Some(_))));
            Some(refusal(submission, pledge, why))
        }
        _ => None,
    };
    commands.iter().zip(results).filter_map(refused)
}
