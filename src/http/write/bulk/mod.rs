//! Many writes of one kind in one request: all or none, or each on its own.
//!
//! *Independent* always answers 207: what came of each item, in the order they were sent; an item
//! that can't be read has its own problem and doesn't disturb the others. *Atomic* answers 201 once
//! all were committed, or refuses with every reason there is, and nothing was written. Either way
//! each item carries its own idempotency key (see [`crate::http::idempotency`]); the header of that
//! name isn't asked for.

mod shapes;

use std::collections::HashSet;
use std::str::FromStr;

use actix_web::HttpResponse;
use actix_web::http::StatusCode;

pub use shapes::{BulkIn, BulkOut, BulkPreviewOut, ItemIn, ModeIn, PreviewResultOut, ResultOut};

use self::shapes::Asks;
use super::answer::{PreviewOut, json};
use super::post::Post;
use crate::domain::Command;
use crate::domain::id::NotAnId;
use crate::engine::{Answer, Submission};
use crate::http::access::Permission;
use crate::http::body::{Edge, Fields, Node};
use crate::http::idempotency::ClientKey;
use crate::http::problem::{Problem, Reason};

/// The most items of one request.
pub const MOST_ITEMS: usize = 1000;

/// The most bytes of one request.
pub const BODY_LIMIT_BYTES: usize = 4 * 1024 * 1024;

/// The field they stand in.
const ITEMS: &str = "items";

/// The field of an item that isn't part of what it asks for.
const KEY: &str = "idempotency_key";

/// How one item is read.
type Read<'r> = &'r dyn Fn(&mut Fields<'_>) -> Option<Command>;

/// An item that was read: its digest, for a dry run, and what goes to the engine.
pub struct Item {
    request: [u8; 32],
    submission: Submission,
}

impl Item {
    /// An item that stands for the single request of that digest.
    pub fn new(submission: Submission, request: [u8; 32]) -> Self {
        Item {
            request,
            submission,
        }
    }
}

/// Puts what the engine said of the items that were read back among those that couldn't be. They
/// stand in the body's `list`.
fn reunite<T>(
    list: &str,
    items: Vec<Result<(), Problem>>,
    verdicts: impl IntoIterator<Item = Result<T, Problem>>,
) -> Vec<Result<T, Problem>> {
    let mut verdicts = verdicts.into_iter();
    let unsaid = || Err(Problem::internal());
    items
        .into_iter()
        .enumerate()
        .map(|(place, item)| {
            let verdict = item.and_then(|()| verdicts.next().unwrap_or_else(unsaid));
            verdict.map_err(|problem| problem.within(&format!("/{list}/{place}")))
        })
        .collect()
}

impl<P: Permission> Post<P> {
    /// Reads the items, each as a single request to `path`, and answers what came of them.
    pub async fn bulk(
        self,
        path: &str,
        read: impl Fn(&mut Fields<'_>) -> Option<Command>,
    ) -> Result<HttpResponse, Problem> {
        self.all(path, &read, Asks::ForSomething).await
    }

    /// The same, of items that each approve something.
    pub async fn approve_all(
        self,
        path: &str,
        read: impl Fn(&mut Fields<'_>) -> Option<Command>,
    ) -> Result<HttpResponse, Problem> {
        self.all(path, &read, Asks::ForApproval).await
    }

    async fn all(self, path: &str, read: Read<'_>, asks: Asks) -> Result<HttpResponse, Problem> {
        let validate_only = self.validate_only()?;
        let (mode, nodes) = self.mode_and_items()?;
        let items = self.items(nodes, path, read, validate_only);
        match mode {
            _ if validate_only => {
                let results = self.foresee(items, ITEMS).await;
                Ok(json(StatusCode::OK, &BulkPreviewOut { results }))
            }
            ModeIn::Independent => self.commit_each(items, asks).await,
            ModeIn::Atomic => {
                let answers = self.commit_all(items, ITEMS).await?;
                let answers = answers.into_iter().map(Ok).collect();
                Ok(json(StatusCode::CREATED, &BulkOut::of(answers, asks)))
            }
        }
    }

    fn mode_and_items(&self) -> Result<(ModeIn, Vec<Node>), Problem> {
        let body = self.json()?;
        let mode = Fields::read(&body, "", self.edge(), |body| {
            let mode = body.value("mode", ModeIn::read);
            body.list(ITEMS, MOST_ITEMS).and(mode)
        })
        .map_err(Problem::invalid)?;
        let Node::Object(mut body) = body else {
            return Err(Problem::internal());
        };
        match body.remove(ITEMS) {
            Some(Node::List(items)) => Ok((mode, items)),
            _ => Err(Problem::internal()),
        }
    }

    /// The ids of that name in the items, as far as they can be read: what can't be is told of
    /// when the items are.
    pub fn named_in_items<T: FromStr<Err = NotAnId>>(&self, name: &str) -> Vec<T> {
        let Ok(Node::Object(body)) = self.json() else {
            return Vec::new();
        };
        let Some(Node::List(items)) = body.get(ITEMS) else {
            return Vec::new();
        };
        let named = items.iter().filter_map(|item| match item {
            Node::Object(item) => match item.get(name)? {
                Node::Text(text) => text.parse().ok(),
                _ => None,
            },
            _ => None,
        });
        named.take(MOST_ITEMS).collect()
    }

    /// Reads each item; a key that stands twice counts for the first that bears it.
    fn items(
        &self,
        nodes: Vec<Node>,
        path: &str,
        read: Read<'_>,
        validate_only: bool,
    ) -> Vec<Result<Item, Problem>> {
        let edge = self.edge();
        let mut seen = HashSet::with_capacity(nodes.len());
        nodes
            .into_iter()
            .map(|node| {
                let (key, item) = self.item(node, path, read, edge)?;
                let known = key.is_some();
                if !known && !validate_only {
                    return Err(faulty_key("missing-field", "this field has to be there"));
                }
                if known && !seen.insert(key) {
                    let detail = "another item before it has the same key";
                    return Err(faulty_key("idempotency-key-repeated", detail));
                }
                Ok(item)
            })
            .collect()
    }

    fn item(
        &self,
        node: Node,
        path: &str,
        read: Read<'_>,
        edge: Edge<'_>,
    ) -> Result<(Option<ClientKey>, Item), Problem> {
        let mut node = node;
        let key = match &mut node {
            Node::Object(object) => object.remove(KEY),
            _ => None,
        };
        let key = match key {
            None => Ok(None),
            Some(Node::Text(text)) => ClientKey::parse(&text).map(Some).map_err(|error| {
                Reason::new(pointer(), "idempotency-key-malformed", error.to_string())
            }),
            Some(other) => {
                let detail = format!("a string is asked for here, not {}", other.kind());
                Err(Reason::new(pointer(), "wrong-type", detail))
            }
        };
        match (key, Fields::read(&node, "", edge, read)) {
            (Ok(key), Ok(command)) => {
                let (submission, request) = self.submission(command, key.as_ref(), path, &node);
                Ok((key, Item::new(submission, request)))
            }
            (key, fields) => {
                let reasons = key
                    .err()
                    .into_iter()
                    .chain(fields.err().into_iter().flatten());
                Err(Problem::invalid(reasons.collect()))
            }
        }
    }

    async fn commit_each(
        self,
        items: Vec<Result<Item, Problem>>,
        asks: Asks,
    ) -> Result<HttpResponse, Problem> {
        let Parts {
            items, submissions, ..
        } = Parts::of(items);
        let verdicts = self.state().engine.submit_each(submissions).await;
        let verdicts = verdicts
            .into_iter()
            .map(|verdict| verdict.map_err(Problem::from));
        Ok(json(
            StatusCode::MULTI_STATUS,
            &BulkOut::of(reunite(ITEMS, items, verdicts), asks),
        ))
    }

    /// Commits all items, or none, and refuses with all reasons there are.
    pub async fn commit_all(
        &self,
        items: Vec<Result<Item, Problem>>,
        list: &str,
    ) -> Result<Vec<Answer>, Problem> {
        let readable = items.iter().all(Result::is_ok);
        let Parts {
            items, submissions, ..
        } = Parts::of(items);
        let engine = &self.state().engine;
        let verdicts: Vec<Result<Option<Answer>, Problem>> = if readable {
            match engine.submit_all(submissions).await {
                Ok(answers) => answers.into_iter().map(|answer| Ok(Some(answer))).collect(),
                Err(verdicts) => verdicts
                    .into_iter()
                    .map(|it| it.map(|_| None).map_err(Problem::from))
                    .collect(),
            }
        } else {
            // Refused already; what the ledger would say of the other items is listed as well.
            let verdicts = engine.preview(submissions).await;
            verdicts
                .into_iter()
                .map(|it| it.map(|_| None).map_err(Problem::from))
                .collect()
        };
        let verdicts = reunite(list, items, verdicts);
        if verdicts.iter().any(Result::is_err) {
            let refused = verdicts.into_iter().filter_map(Result::err).collect();
            return Err(Problem::bulk_refused(refused));
        }
        Ok(verdicts.into_iter().flatten().flatten().collect())
    }

    /// What would come of each.
    pub async fn foresee(
        &self,
        items: Vec<Result<Item, Problem>>,
        list: &str,
    ) -> Vec<PreviewResultOut> {
        let Parts {
            items,
            submissions,
            requests,
        } = Parts::of(items);
        let previews = self.state().engine.preview(submissions).await;
        let previews = previews
            .into_iter()
            .zip(requests)
            .map(|(preview, request)| {
                preview
                    .map(|it| PreviewOut::new(&it, &request))
                    .map_err(Problem::from)
            });
        reunite(list, items, previews)
            .into_iter()
            .enumerate()
            .map(|(index, verdict)| {
                let (preview, problem) = match verdict {
                    Ok(preview) => (Some(preview), None),
                    Err(problem) => (None, Some(problem.shape(None, None))),
                };
                PreviewResultOut {
                    index,
                    preview,
                    problem,
                }
            })
            .collect()
    }
}

fn pointer() -> String {
    format!("/{KEY}")
}

fn faulty_key(code: &'static str, detail: &str) -> Problem {
    Problem::invalid(vec![Reason::new(pointer(), code, detail)])
}

/// What there is to submit, in order; and what each item came to so far, those included.
struct Parts {
    items: Vec<Result<(), Problem>>,
    submissions: Vec<Submission>,
    requests: Vec<[u8; 32]>,
}

impl Parts {
    fn of(items: Vec<Result<Item, Problem>>) -> Self {
        let mut submissions = Vec::with_capacity(items.len());
        let mut requests = Vec::with_capacity(items.len());
        let mut take = |Item {
                            request,
                            submission,
                        }| {
            submissions.push(submission);
            requests.push(request);
        };
        let items = items.into_iter().map(|item| item.map(&mut take));
        Parts {
            items: items.collect(),
            submissions,
            requests,
        }
    }
}
