//! One client, one engine, and after every batch the same answers from the model.

use std::collections::{BTreeMap, HashMap, HashSet};

use almoner::domain::Command;
use almoner::engine::{Answer, Engine, Failure, Submission};

use super::draw::Draw;
use super::model::{Model, Told};
use super::{Ledger, Seed, by_two, steps, submission};

/// After so many batches every balance is compared and every proof asked for.
const CHECKPOINT: usize = 40;

/// How a batch is sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Manner {
    One,
    Each,
    All,
    Preview,
}

/// A request that was answered: it may come again.
#[derive(Debug, Clone)]
struct Sent {
    submission: Submission,
    told: String,
}

/// What is expected of one submission.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Expected {
    Told(String),
    Replayed(String),
    Refused(&'static str),
    KeyReused,
}

struct Machine<'a> {
    draw: Draw<'a>,
    model: Model,
    sent: Vec<Sent>,
    keys: HashMap<u128, Sent>,
    next_key: u128,
    /// How often each kind of command came to what.
    seen: BTreeMap<String, usize>,
}

/// What a command is, without its fields.
fn name(command: &Command) -> String {
    let text = format!("{command:?}");
    text.split('(').next().unwrap().to_owned()
}

/// What a command is about, if that is an instalment.
fn instalment(command: &Command) -> Option<String> {
    match command {
        Command::MeetCondition(it) => Some(it.instalment.to_string()),
        Command::ReceiveCash(it) => Some(it.instalment.to_string()),
        Command::IssueLot(it) => Some(it.instalment.to_string()),
        Command::WriteOff(it) => Some(it.instalment.to_string()),
        _ => None,
    }
}

fn takes_two(command: &Command) -> bool {
    command.action().is_some_and(|action| action.takes_two())
}

fn is_reversal(command: &Command) -> bool {
    matches!(command, Command::ReverseJournal(_))
}

impl<'a> Machine<'a> {
    fn new(draw: Draw<'a>) -> Self {
        Machine {
            draw,
            model: Model::default(),
            sent: Vec::new(),
            keys: HashMap::new(),
            next_key: 1,
            seen: BTreeMap::new(),
        }
    }

    /// A new command with a new key, an earlier request again, or another one with its key.
    fn submission(&mut self) -> Submission {
        let earlier = match self.sent.is_empty() {
            true => None,
            false => Some(self.draw.random.usize(0..self.sent.len())),
        };
        match (earlier, self.draw.random.u32(0..20)) {
            (Some(at), 0) => self.sent[at].submission.clone(),
            (Some(at), 1) => {
                let key = self.sent[at].submission.key.digest.as_u128();
                submission(self.draw.command(&self.model), key, u128::from(u64::MAX))
            }
            _ => {
                self.next_key += 1;
                let command = self.draw.command(&self.model);
                submission(command, self.next_key, self.next_key)
            }
        }
    }

    /// A batch. One that commits as a whole says at most one thing about an instalment: what it
    /// needs is looked up for the instalment as it stands, and only separate jobs are tried again.
    /// A reversal may be about any instalment.
    fn batch(&mut self, manner: Manner) -> Vec<Submission> {
        let count = match manner {
            Manner::One => 1,
            _ => self.draw.random.usize(1..12),
        };
        let mut batch: Vec<Submission> = (0..count).map(|_| self.submission()).collect();
        // What takes two is asked for alone, and not sent again: its key is the second's.
        batch.retain(|it| !takes_two(&it.command) || self.is_alone(manner, it));
        while batch.is_empty() {
            batch = vec![self.submission()];
            batch.retain(|it| !takes_two(&it.command));
        }
        if matches!(manner, Manner::All | Manner::Preview) {
            let mut named = HashSet::new();
            batch.retain(|it| instalment(&it.command).is_none_or(|id| named.insert(id)));
            if batch.iter().any(|it| is_reversal(&it.command)) {
                let signs = |it: &Command| matches!(it, Command::SignAgreement(_));
                batch.retain(|it| instalment(&it.command).is_none() && !signs(&it.command));
            }
        }
        batch
    }

    /// Whether a write-off can be sent so.
    fn is_alone(&self, manner: Manner, it: &Submission) -> bool {
        let fresh = !self.keys.contains_key(&it.key.digest.as_u128());
        fresh && matches!(manner, Manner::One | Manner::Preview)
    }

    /// What the model says to one submission.
    fn expect(&mut self, it: &Submission) -> Expected {
        let key = it.key.digest.as_u128();
        if let Some(known) = self.keys.get(&key) {
            return match known.submission.key == it.key {
                true => Expected::Replayed(known.told.clone()),
                false => Expected::KeyReused,
            };
        }
        let told: Told = self.model.apply(&it.command);
        let outcome = told.as_ref().map_or_else(|code| *code, |_| "done");
        let seen = format!("{} {outcome}", name(&it.command));
        *self.seen.entry(seen).or_default() += 1;
        match told {
            Ok(told) => {
                let submission = it.clone();
                let sent = Sent {
                    submission,
                    told: told.clone(),
                };
                self.keys.insert(key, sent.clone());
                self.sent.push(sent);
                Expected::Told(told)
            }
            Err(code) => Expected::Refused(code),
        }
    }

    /// What of the common things hasn't happened yet.
    fn never_seen(&self) -> Vec<&'static str> {
        let missing = COMMON.iter().filter(|it| !self.seen.contains_key(**it));
        missing.copied().collect()
    }

    async fn step(&mut self, engine: &Engine) {
        let manner = match self.draw.random.u32(0..10) {
            0..3 => Manner::One,
            3..7 => Manner::Each,
            7..9 => Manner::All,
            _ => Manner::Preview,
        };
        let batch = self.batch(manner);
        let before = (self.model.clone(), self.sent.clone(), self.keys.clone());
        let expected: Vec<Expected> = batch.iter().map(|it| self.expect(it)).collect();
        let refused = |it: &Expected| matches!(it, Expected::Refused(_) | Expected::KeyReused);
        let kept = match manner {
            Manner::One | Manner::Each => true,
            Manner::All => !expected.iter().any(refused),
            Manner::Preview => false,
        };
        if !kept {
            (self.model, self.sent, self.keys) = before;
        }
        let found = send(engine, manner, batch.clone()).await;
        let mut lines = Vec::new();
        for ((it, expected), found) in batch.iter().zip(&expected).zip(&found) {
            let same =
                expected == found || manner == Manner::Preview && as_preview(expected) == *found;
            if !same {
                let command = &it.command;
                lines.push(format!("{command:?}:\n  {found:?} instead of {expected:?}"));
            }
        }
        assert!(lines.is_empty(), "{manner:?}\n{}", lines.join("\n"));
        assert_eq!(found.len(), expected.len());
    }
}

/// A preview doesn't say whether it repeats an answer.
fn as_preview(expected: &Expected) -> Expected {
    match expected {
        Expected::Replayed(told) => Expected::Told(told.clone()),
        other => other.clone(),
    }
}

fn read(result: Result<Answer, Failure>) -> Expected {
    match result {
        Ok(answer) => {
            let told = String::from_utf8(answer.body).unwrap();
            match answer.replayed {
                true => Expected::Replayed(told),
                false => Expected::Told(told),
            }
        }
        Err(Failure::Refused(refusal)) => Expected::Refused(refusal.code()),
        Err(Failure::KeyReused) => Expected::KeyReused,
        Err(other) => panic!("{other:?}"),
    }
}

async fn send(engine: &Engine, manner: Manner, mut batch: Vec<Submission>) -> Vec<Expected> {
    match manner {
        Manner::One if takes_two(&batch[0].command) => {
            vec![read(by_two::settle(engine, batch.remove(0)).await)]
        }
        Manner::One => vec![read(engine.submit(batch.remove(0)).await)],
        Manner::Each => engine
            .submit_each(batch)
            .await
            .into_iter()
            .map(read)
            .collect(),
        Manner::All => match engine.submit_all(batch).await {
            Ok(answers) => answers.into_iter().map(|answer| read(Ok(answer))).collect(),
            Err(results) => results.into_iter().map(read).collect(),
        },
        Manner::Preview => {
            let previews = engine.preview(batch).await;
            let answer = |body| Answer {
                body,
                replayed: false,
            };
            let previews = previews.into_iter().map(|it| it.map(|it| answer(it.body)));
            previews.map(read).collect()
        }
    }
}

/// Every balance on every day, every pledge's state and count, and every proof.
async fn check(ledger: &Ledger, model: &Model) {
    assert_eq!(ledger.days().await, model.days());
    let pledges = "SELECT concat_ws(' ', id, state, journals) AS line FROM pledges";
    let mut found = ledger.database.lines(pledges).await;
    let mut expected: Vec<String> = model
        .pledges
        .iter()
        .map(|it| {
            let state = match (it.signed, it.active) {
                (false, _) => "announced",
                (true, false) => "agreed",
                (true, true) => "active",
            };
            format!("{} {state} {}", it.id, it.journals)
        })
        .collect();
    found.sort();
    expected.sort();
    assert_eq!(found, expected);
    ledger.prove().await;
}

/// What a run has to have met: it goes on until it has, and fails if that takes ten times as long.
const COMMON: &[&str] = &[
    "AnnouncePledge done",
    "SignAgreement done",
    "MeetCondition done",
    "ReceiveCash done",
    "IssueLot done",
    "WriteOff done",
    "BudgetMarket done",
    "ReturnBudget done",
    "AllocateToCreator done",
    "ReleaseAllocation done",
    "ReverseJournal done",
    "ReverseJournal exceeds-reversible",
    "ReverseJournal insufficient-funds",
    "AllocateToCreator insufficient-funds",
    "ReceiveCash exceeds-outstanding",
];

#[tokio::test(flavor = "multi_thread")]
async fn random_commands_come_to_what_a_plain_model_says() {
    let seed = Seed::choose();
    let ledger = Ledger::with_engines(1).await;
    let mut machine = Machine::new(Draw {
        random: fastrand::Rng::with_seed(seed.0),
        catalogue: &ledger.catalogue,
    });
    let steps = steps(240);
    for step in 1..=10 * steps.max(240) {
        machine.model.journal_ids = ledger.journal_ids().await;
        machine.step(&ledger.engines[0].0).await;
        let enough = step >= steps && machine.never_seen().is_empty();
        if step % CHECKPOINT == 0 || enough {
            check(&ledger, &machine.model).await;
        }
        if enough {
            break;
        }
    }
    let (never, seen) = (machine.never_seen(), &machine.seen);
    assert!(never.is_empty(), "{never:?} never happened: {seen:#?}");
    ledger.finish().await;
}

#[tokio::test(flavor = "multi_thread")]
#[should_panic(expected = "instead of")]
async fn a_ledger_that_answers_otherwise_than_the_model_is_noticed() {
    let ledger = Ledger::with_engines(1).await;
    let mut machine = Machine::new(Draw {
        random: fastrand::Rng::with_seed(7),
        catalogue: &ledger.catalogue,
    });
    for step in 1..400 {
        machine.step(&ledger.engines[0].0).await;
        if step == 20 {
            // The model forgets what it knows of one pledge's balances.
            machine.model.pledges[0].days.clear();
            machine.model.pledges[0].signed = true;
        }
    }
}
