//! Whatever is sent: a problem with the right status and code, never a 5xx, and nothing written.

mod amounts;
mod bodies;
mod broken_off;
mod fields;
mod names;
mod queries;
mod wrong_doors;

use std::collections::BTreeMap;

use reqwest::{Method, RequestBuilder};
use serde_json::Value;

use crate::harness::{Answer, Client, World, new_key};
use crate::operations::{Operation, Place, writes};

/// Things to be wrong about, and how many rows there are before anybody is.
struct Scene {
    world: World,
    place: Place,
    before: BTreeMap<String, i64>,
}

impl Scene {
    async fn new() -> Self {
        let world = World::new().await;
        let place = Place::new(&world, "PLACE").await;
        let before = world.database.row_counts().await;
        Scene {
            world,
            place,
            before,
        }
    }

    /// Whoever may carry out the operation.
    fn client(&self, operation: &Operation) -> Client {
        operation.need.client(&self.world)
    }

    /// A write's request but for its body, with a new key.
    fn request(&self, operation: &Operation) -> RequestBuilder {
        let path = operation.path(&self.place);
        let request = self.client(operation).request(Method::POST, &path);
        request.header("Idempotency-Key", new_key())
    }

    /// Sends a write with that text as its JSON body.
    async fn send_text(&self, operation: &Operation, text: impl Into<Vec<u8>>) -> Answer {
        let request = self
            .request(operation)
            .header("Content-Type", "application/json");
        self.client(operation).send(request.body(text.into())).await
    }

    async fn send(&self, operation: &Operation, body: &Value) -> Answer {
        self.send_text(operation, body.to_string()).await
    }

    /// Nothing was written, the service answers still, and the books hold.
    async fn finish(self) {
        assert_eq!(self.world.database.row_counts().await, self.before);
        self.world.nobody().get("/readyz").await.expect(200);
        self.world.finish().await;
    }
}

/// The writes of one thing each.
fn single_writes() -> Vec<Operation> {
    writes()
        .into_iter()
        .filter(|it| !it.path.ends_with("/bulk"))
        .collect()
}

/// The writes of one thing each, with a body that would be taken.
fn bodies(place: &Place) -> Vec<(Operation, Value)> {
    let with_body = |it: Operation| (it, it.body.unwrap()(place));
    // To approve, or to send, nothing has to be said.
    let says = |(_, body): &(Operation, Value)| body.as_object().is_some_and(|it| !it.is_empty());
    let all = single_writes().into_iter().map(with_body);
    all.filter(says).collect()
}

/// Each place in a body where a value stands, as JSON pointers: of objects, lists and leaves. Rows
/// of spend are left out: what is wrong with one is told by its line.
fn pointers(body: &Value) -> Vec<String> {
    let mut found = Vec::new();
    let mut open = vec![(String::new(), body)];
    while let Some((pointer, value)) = open.pop() {
        match value {
            Value::Object(members) => open.extend(
                members
                    .iter()
                    .map(|(name, member)| (format!("{pointer}/{name}"), member)),
            ),
            Value::Array(items) if !pointer.ends_with("/rows") => open.extend(
                items
                    .iter()
                    .enumerate()
                    .map(|(at, item)| (format!("{pointer}/{at}"), item)),
            ),
            _ => {}
        }
        if !pointer.is_empty() {
            found.push(pointer);
        }
    }
    found.sort();
    found
}

/// The body with something else at the pointer.
fn with(body: &Value, pointer: &str, value: Value) -> Value {
    let mut body = body.clone();
    *body.pointer_mut(pointer).unwrap() = value;
    body
}

/// The problem says that this is the place.
#[track_caller]
fn refused_at(answer: &Answer, code: &str, pointer: &str) {
    let problem = answer.expect_problem(422, code);
    assert_eq!(problem["errors"][0]["pointer"], pointer, "{problem}");
    assert_eq!(problem["errors"][0]["code"], code, "{problem}");
}
