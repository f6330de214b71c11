//! `almoner demo`: loads the demonstration pledge through the API, as anybody's program would.
//!
//! Guarantee: every write has an idempotency key made from the seed, the pledge's number and the
//! step. Loading again with the same seed and factor, by the same callers, doubles nothing and
//! completes what is missing, wherever an earlier run was interrupted; a larger factor adds
//! pledges. Another seed is other data under the same references, so it needs an empty ledger.
//!
//! Three people do it: one prepares, one approves what the others ask for, and one states
//! thresholds, writes off, sends what is paid, and brings the pledge to its end.
//!
//! Bounds: calls go one after the other, all but invoices and moves of the pledge itself up to 1000
//! in one; a pledge is some 1,700 requests and 9,200 writes. One pledge's data is in memory at a
//! time.
//!
//! Exchange rates and a rule of withholding are everybody's: the first pledge brings them, and they
//! say that they are fictional.

mod approving;
mod client;
mod figures;
mod names;
pub mod plan;
mod random;
mod rates;
mod report;
mod requests;
mod shares;
mod template;
mod year;

#[cfg(test)]
mod tests;

use std::collections::HashSet;

use serde_json::Value;

use client::{Answer, Client};
use plan::{Call, Step};
pub use report::{Counts, LoadedPledge, Report};
use requests::Ids;

/// What to load.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Options {
    /// How many pledges, at least one.
    pub factor: u32,
    /// What names, amounts and days are drawn from.
    pub seed: u64,
}

/// Where the API is, and who calls it. Keys are bound to their callers, so the same subjects have
/// to load again; the tokens may be new ones.
#[derive(Clone)]
pub struct Api {
    /// Its address, such as `http://127.0.0.1:8080`; plain HTTP.
    pub base_url: String,
    /// A token of a preparer.
    pub preparer_token: String,
    /// A token of an approver, who isn't the preparer.
    pub approver_token: String,
    /// A token of a controller, for thresholds, write-offs, payments and the end.
    pub controller_token: String,
}

impl std::fmt::Debug for Api {
    /// Without the tokens: they let whoever reads them act.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Api")
            .field("base_url", &self.base_url)
            .finish_non_exhaustive()
    }
}

/// Why the demonstration couldn't be loaded; a sentence for the terminal.
#[derive(Debug, thiserror::Error)]
pub enum DemoError {
    /// The factor is zero.
    #[error("The factor has to be at least 1: it is how many pledges are loaded.")]
    NothingAsked,
    /// The API refused something.
    #[error("{what}: the API refused it ({status} {code}). {detail}{}", hint(code))]
    Refused {
        /// What was to be done.
        what: String,
        /// The status of the answer.
        status: u16,
        /// The problem's code.
        code: String,
        /// The problem's detail.
        detail: String,
    },
    /// The API couldn't be reached, or broke off.
    #[error(
        "The API couldn't be reached, or didn't answer in time ({}). Load again: what is done \
         isn't done twice.",
        causes(.0)
    )]
    Unreachable(#[from] reqwest::Error),
    /// The answer isn't one of this API.
    #[error("This doesn't look like Almoner's API: {0}.")]
    Unexpected(String),
}

/// What helps against a refusal that loading is likely to meet.
fn hint(code: &str) -> &'static str {
    match code {
        "duplicate-reference" => {
            " The ledger seems to hold the demonstration of another seed or by other callers: load \
             with those, or into an empty ledger."
        }
        "idempotency-key-reused" => {
            " The ledger seems to hold the demonstration of another version: load into an empty \
             ledger."
        }
        _ => "",
    }
}

/// An error and what led to it, without the address: that is known, and may hold a password.
fn causes(error: &reqwest::Error) -> String {
    let mut sentences = Vec::new();
    let mut next = std::error::Error::source(error);
    while let Some(cause) = next {
        sentences.push(cause.to_string());
        next = cause.source();
    }
    match sentences.last() {
        Some(root) => root.clone(),
        None if error.is_timeout() => "timed out".to_owned(),
        None => "no reason given".to_owned(),
    }
}

/// Loads what is missing of the demonstration, and tells `progress`, line by line, how far it is:
/// every step of a lone pledge, each pledge of many.
pub async fn load(
    options: &Options,
    api: &Api,
    mut progress: impl FnMut(&str),
) -> Result<Report, DemoError> {
    if options.factor == 0 {
        return Err(DemoError::NothingAsked);
    }
    let client = Client::new(api)?;
    let mut report = Report::default();
    for (number, steps) in (1..).zip(plan::plan(options.seed, options.factor)) {
        let reference = plan::reference(number);
        let alone = options.factor == 1;
        let mut headline = String::new();
        let step_by_step = |step: &Step| {
            let next = step.call.headline();
            if alone && next != headline {
                progress(&format!("{reference}: {next}"));
                headline = next;
            }
        };
        let pledge = load_pledge(&client, &reference, &steps, &mut report, step_by_step).await?;
        if !alone {
            let (factor, counts) = (options.factor, &report.counts);
            progress(&format!(
                "{number}/{factor} {reference} loaded, {} writes so far",
                counts.writes
            ));
        }
        report.pledges.push(pledge);
    }
    report.suggest();
    Ok(report)
}

async fn load_pledge(
    client: &Client<'_>,
    reference: &str,
    steps: &[Step],
    report: &mut Report,
    mut begin: impl FnMut(&Step),
) -> Result<LoadedPledge, DemoError> {
    let mut ids = Ids::default();
    for step in steps {
        begin(step);
        let request = requests::request(step, &ids)?;
        let what = format!("{reference}, {}", step.call.headline());
        let answer = client.send(&request, &step.key, &what).await?;
        let names = request.items.as_deref();
        let answer = client.approve(answer, names, &step.key, &what).await?;
        let lone = usize::from(request.body.is_some());
        let writes = request.items.as_ref().map_or(lone, Vec::len);
        report.counts.add(&step.call, writes, answer.replayed);
        learn(&mut ids, &step.call, request.items, answer)?;
    }
    let funded: HashSet<&str> = steps.iter().flat_map(funded_by).collect();
    report.counts.funded_creators += funded.len();
    Ok(LoadedPledge {
        id: ids.pledge()?.to_owned(),
        reference: reference.to_owned(),
    })
}

fn funded_by(step: &Step) -> Vec<&str> {
    match &step.call {
        Call::Allocate(items) => items.iter().map(|item| item.creator.as_str()).collect(),
        _ => Vec::new(),
    }
}

fn learn_at(ids: &mut Ids, pointer: &str, name: String, body: &Value) -> Result<(), DemoError> {
    let id = body.pointer(pointer).and_then(Value::as_str);
    let id = id.ok_or_else(|| DemoError::Unexpected(format!("{name} was given no id")))?;
    ids.learn_item(name, id.to_owned());
    Ok(())
}

/// Notes the ids that later calls need.
fn learn(
    ids: &mut Ids,
    call: &Call,
    items: Option<Vec<String>>,
    answer: Answer,
) -> Result<(), DemoError> {
    match call {
        Call::Announce { .. } => return ids.learn_pledge(&answer.body),
        Call::IssueLot(lot) => {
            let name = format!("{}/{}", lot.instalment, lot.kind);
            return learn_at(ids, "/id", name, &answer.body);
        }
        Call::Filled(template) => {
            if let Some((pointer, name)) = &template.learns {
                return learn_at(ids, pointer, name.clone(), &answer.body);
            }
        }
        _ => {}
    }
    let results = answer
        .body
        .as_array()
        .map_or(&[] as &[serde_json::Value], Vec::as_slice);
    for (name, result) in items.into_iter().flatten().zip(results) {
        let id = result["id"].as_str().map(str::to_owned);
        let id = id.ok_or_else(|| DemoError::Unexpected(format!("{name} was given no id")))?;
        ids.learn_item(name, id);
    }
    Ok(())
}
