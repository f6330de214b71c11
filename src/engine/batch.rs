//! One batch: lock, load, decide, write, commit.
//!
//! What was written, and what was refused, goes into the audit trail with the batch; if there is
//! nothing to write but that, it is written alone.

use std::collections::HashMap;

use time::OffsetDateTime;
use uuid::Uuid;

use super::lane::Manner;
use super::memory::Memory;
use super::submission::{Answer, Failure, Submission};
use super::trail;
use crate::db::write::{AnsweredKey, Session};
use crate::db::{DbError, Writer};
use crate::domain::audit::AuditEvent;
use crate::domain::books::{Books, Posting};
use crate::domain::command::{Home, Settled, Thing, Unapproved};
use crate::domain::{Context, Draft, JournalId, Needs, PledgeId};

/// A batch takes up to this many commands; beyond it, a batch gains no more speed. What brings many
/// rows counts for several ([`Command::weight`](crate::domain::Command::weight)).
pub const BATCH: usize = 1_024;

/// Loading takes at most this many rounds: by id, what that leads to, then accounts, then their
/// days. It ends when nothing more is needed.
const ROUNDS: usize = 6;

/// What was decided of one command.
#[derive(Debug, Clone)]
pub(super) struct Decided {
    pub(super) answer: Answer,
    /// What a preview shows: what would be posted, and how many others would have to approve it.
    pub(super) drafts: Vec<Draft>,
    pub(super) approvals: i16,
}

/// What is carried out in one transaction.
#[derive(Debug)]
pub(super) struct Batch<'a> {
    pub(super) commands: Vec<&'a Submission>,
    /// What goes into the audit trail besides.
    pub(super) notes: Vec<&'a AuditEvent>,
    pub(super) manner: Manner,
}

/// A result per command, in their order.
pub(super) type Results = Vec<Result<Decided, Failure>>;

/// Carries out the commands in one transaction. On an error nothing was written, or, if the
/// connection broke while committing, it is unknown whether all of it was.
pub(super) async fn attempt(
    writer: &mut Writer,
    memory: &mut Memory,
    batch: &Batch<'_>,
) -> Result<Results, DbError> {
    loop {
        let mut session = writer.session().await?;
        match within(&mut session, memory, batch).await {
            Ok((results, Ended::Committed)) => {
                writer.take_back(session);
                return Ok(results);
            }
            Ok((results, Ended::NothingToWrite)) => {
                writer.abandon(session).await;
                return Ok(results);
            }
            Err(error) => {
                memory.forget_accounts();
                let again = session.may_have_died_idle();
                let error = writer.give_up(session, error).await;
                if !(again && matches!(error, DbError::Away(_))) {
                    return Err(error);
                }
                log::info!(error:% = error; "a kept connection is replaced");
            }
        }
    }
}

/// How a batch's transaction ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Ended {
    Committed,
    NothingToWrite,
}

/// Everything from begin to commit.
async fn within(
    session: &mut Session,
    memory: &mut Memory,
    batch: &Batch<'_>,
) -> Result<(Results, Ended), DbError> {
    let commands = &batch.commands;
    let mut books = Books::default();
    locate(session, commands, &mut books).await?;
    let pledges: Vec<_> = commands
        .iter()
        .filter_map(|submission| home(&books, submission))
        .collect();
    let keys: Vec<Uuid> = commands
        .iter()
        .map(|submission| submission.key.digest)
        .collect();
    let mut first = needs(commands.iter().copied(), &books);
    if memory.recall_creators(&first, &mut books) | memory.recall_campaigns(&first, &mut books) {
        first = needs(commands.iter().copied(), &books);
    }
    let asked: Vec<_> = first.creators.iter().copied().collect();
    let campaigns: Vec<_> = first.campaigns.iter().cloned().collect();
    let remembered = memory.spare(&mut first);
    let (now, stored) = session.begin(&pledges, &keys, first, &mut books).await?;
    memory.keep_creators(asked, &books);
    memory.keep_campaigns(campaigns, &books);
    memory.recall_accounts(remembered, &mut books);
    let known: HashMap<Uuid, (Uuid, Vec<u8>)> = stored
        .into_iter()
        .map(|(key, print, answer)| (key, (print, answer)))
        .collect();

    for _ in 0..ROUNDS {
        let fresh = commands
            .iter()
            .filter(|it| !known.contains_key(&it.key.digest));
        let mut more = needs(fresh.copied(), &books);
        if more.is_empty() {
            break;
        }
        let remembered = memory.spare(&mut more);
        memory.recall_accounts(remembered, &mut books);
        session.load(more, &mut books).await?;
    }

    conclude(session, memory, batch, books, known, now).await
}

/// The part after everything needed is known: decides, writes, commits.
async fn conclude(
    session: &mut Session,
    memory: &mut Memory,
    batch: &Batch<'_>,
    mut books: Books,
    mut known: HashMap<Uuid, (Uuid, Vec<u8>)>,
    now: OffsetDateTime,
) -> Result<(Results, Ended), DbError> {
    let Batch {
        commands,
        notes,
        manner,
    } = batch;
    let mut done = Done::default();
    let mut results: Results = commands
        .iter()
        .map(|it| decide(it, *manner, now, &mut books, &mut known, &mut done))
        .collect();
    look_again(session, commands, &mut results).await?;

    let write = match manner {
        Manner::Each => !done.answered.is_empty(),
        Manner::All => !done.answered.is_empty() && results.iter().all(Result::is_ok),
        Manner::Preview => false,
    };
    let mut trail: Vec<AuditEvent> = notes.iter().map(|it| (*it).clone()).collect();
    if *manner != Manner::Preview {
        trail.extend(trail::refused(commands, &results, &books));
    }
    if write {
        trail.append(&mut done.trail);
        session.commit(&books, done.answered, trail, now).await?;
        memory.keep_accounts(books);
    } else if trail.is_empty() {
        return Ok((results, Ended::NothingToWrite));
    } else {
        let nothing = Books::default();
        session.commit(&nothing, Vec::new(), trail, now).await?;
    }
    Ok((results, Ended::Committed))
}

/// What is written with the books' changes.
#[derive(Debug, Default)]
struct Done {
    answered: Vec<AnsweredKey>,
    trail: Vec<AuditEvent>,
}

/// What the commands still need, given what is known.
fn needs<'a>(commands: impl Iterator<Item = &'a Submission>, books: &Books) -> Needs {
    let mut needs = Needs::default();
    for submission in commands {
        submission.command.needs(books, &mut needs);
    }
    needs
}

/// Looks up which pledges things belong to.
async fn locate(
    session: &mut Session,
    commands: &[&Submission],
    books: &mut Books,
) -> Result<(), DbError> {
    let mut things: HashMap<Thing, Vec<Uuid>> = HashMap::new();
    for submission in commands {
        for home in submission.command.homes() {
            if let Home::Of(thing, id) = home {
                things.entry(thing).or_default().push(id);
            }
        }
    }
    for (thing, ids) in things {
        session.locate(thing, ids, books).await?;
    }
    Ok(())
}

/// The pledge whose lock a command needs; none for what moves no money or names what isn't there.
pub(super) fn home(books: &Books, submission: &Submission) -> Option<PledgeId> {
    match submission.command.home() {
        Home::Pledge(id) => Some(id),
        Home::Of(thing, id) => books.homes.get(&(thing, id)).copied(),
        Home::Registry => None,
    }
}

/// A command that locks no pledge may be refused for what an earlier request with its own key did:
/// committed after the keys were looked up, and before what it made was found. Then that request's
/// answer is the answer. Costs a round trip where such a command was refused, and nothing else.
async fn look_again(
    session: &mut Session,
    commands: &[&Submission],
    results: &mut Results,
) -> Result<(), DbError> {
    let mut refused: Vec<_> = commands
        .iter()
        .zip(results.iter_mut())
        .filter(|(submission, result)| {
            matches!(submission.command.home(), Home::Registry)
                && matches!(result, Err(Failure::Refused(_)))
        })
        .collect();
    if refused.is_empty() {
        return Ok(());
    }
    let keys: Vec<Uuid> = refused
        .iter()
        .map(|(submission, _)| submission.key.digest)
        .collect();
    let stored = session.stored_keys(&keys).await?;
    for (submission, result) in &mut refused {
        let mut stored = stored.iter();
        if let Some((_, print, body)) = stored.find(|(key, ..)| *key == submission.key.digest) {
            **result = repeat(submission, print, body);
        }
    }
    Ok(())
}

/// What the key was answered with before, if it was for the same request.
fn repeat(submission: &Submission, fingerprint: &Uuid, body: &[u8]) -> Result<Decided, Failure> {
    if *fingerprint != submission.key.fingerprint {
        return Err(Failure::KeyReused);
    }
    let answer = Answer {
        body: (submission.render.repeated)(&submission.command, body),
        replayed: true,
    };
    Ok(Decided {
        answer,
        drafts: Vec::new(),
        approvals: 0,
    })
}

/// Decides one command, or repeats what its key was answered with before.
fn decide(
    submission: &Submission,
    manner: Manner,
    now: OffsetDateTime,
    books: &mut Books,
    known: &mut HashMap<Uuid, (Uuid, Vec<u8>)>,
    done: &mut Done,
) -> Result<Decided, Failure> {
    let key = submission.key;
    if let Some((fingerprint, body)) = known.get(&key.digest) {
        return repeat(submission, fingerprint, body);
    }
    let journal = submission.command.journal();
    let journal = journal.unwrap_or_else(|| JournalId(Uuid::now_v7()));
    let actor = submission.actor.clone();
    let identity = submission.identity.clone();
    let context = Context {
        now,
        journal,
        actor,
        identity,
        by_controller: submission.by_controller,
    };
    let unapproved = match (manner, submission.proposal.as_deref()) {
        (Manner::Preview, _) => Unapproved::IsShown,
        (Manner::Each, Some(proposal)) => Unapproved::Waits(proposal),
        (Manner::Each, None) | (Manner::All, _) => Unapproved::IsRefused,
    };
    let Settled {
        decision,
        mandate,
        needed,
    } = submission.command.settle(books, &context, unapproved)?;
    let body = (submission.render.answer)(&decision.outcome);
    let kept = (submission.render.kept)(&decision.outcome).unwrap_or_else(|| body.clone());
    let drafts = match manner {
        Manner::Preview => submission.command.drafts(&decision),
        Manner::Each | Manner::All => Vec::new(),
    };
    let maker = mandate
        .as_ref()
        .map_or(&submission.actor, |it| &it.maker.name);
    let posting = Posting {
        actor: maker,
        approval: mandate.as_ref().map(|it| it.approval),
        now,
        journal,
        new_id: Uuid::now_v7,
    };
    let before = books.changes.journals.len();
    books.apply(decision, &posting);
    let posted = books.changes.journals.get(before).map(|it| it.id);
    done.trail.extend(trail::done(submission, posted, books));
    known.insert(key.digest, (key.fingerprint, kept.clone()));
    done.answered.push((key.digest, key.fingerprint, kept));
    Ok(Decided {
        answer: Answer {
            body,
            replayed: false,
        },
        drafts,
        approvals: needed,
    })
}
