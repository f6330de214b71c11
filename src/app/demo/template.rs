//! A call whose ids aren't known yet: `{name}` stands for an id that an earlier answer gave.

use serde_json::Value;

use super::DemoError;
use super::requests::{Ids, Request, Role};

/// A call, with names where ids belong.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Template {
    /// What is happening, for people; calls that belong together say the same.
    pub headline: String,
    /// Who calls.
    pub role: Role,
    /// The address; a part in braces is the name of an id.
    pub path: String,
    /// What is said; a text in braces is the name of an id. Nothing for a question.
    pub body: Option<Value>,
    /// The names of its items if it is a bulk request.
    pub items: Option<Vec<String>>,
    /// Where in the answer an id stands that later calls need, and its name.
    pub learns: Option<(&'static str, String)>,
    /// The code of the refusal that this call is to meet.
    pub refused: Option<&'static str>,
}

impl Template {
    /// A call by the preparer.
    pub fn new(headline: impl Into<String>, path: impl Into<String>, body: Value) -> Self {
        Template {
            headline: headline.into(),
            role: Role::Preparer,
            path: path.into(),
            body: Some(body),
            items: None,
            learns: None,
            refused: None,
        }
    }

    /// The same by somebody else.
    pub fn by(self, role: Role) -> Self {
        Template { role, ..self }
    }

    /// The same, whose answer gives the id of that name.
    pub fn learning(self, name: impl Into<String>) -> Self {
        Template {
            learns: Some(("/id", name.into())),
            ..self
        }
    }

    /// A question, whose answer gives at `pointer` the id of that name.
    pub fn question(
        headline: impl Into<String>,
        path: impl Into<String>,
        pointer: &'static str,
        name: impl Into<String>,
    ) -> Self {
        Template {
            body: None,
            learns: Some((pointer, name.into())),
            ..Template::new(headline, path, Value::Null)
        }
    }

    /// The same, to be refused with that code.
    pub fn refused(self, code: &'static str) -> Self {
        Template {
            refused: Some(code),
            ..self
        }
    }

    /// Many writes in one call, each with its name and what it says. The names are keys as well.
    pub fn bulk(headline: impl Into<String>, path: &str, items: Vec<(String, Value)>) -> Self {
        let (names, mut items): (Vec<String>, Vec<Value>) = items.into_iter().unzip();
        for (name, item) in names.iter().zip(&mut items) {
            item["idempotency_key"] = Value::String(name.clone());
        }
        let body = serde_json::json!({"mode": "independent", "items": items});
        Template {
            items: Some(names),
            ..Template::new(headline, path, body)
        }
    }

    /// The request it comes to.
    pub fn fill(&self, ids: &Ids) -> Result<Request, DemoError> {
        let mut path = String::with_capacity(self.path.len() + 32);
        let mut rest = self.path.as_str();
        while let Some((before, name, after)) = braces(rest) {
            path.push_str(before);
            path.push_str(ids.named(name)?);
            rest = after;
        }
        path.push_str(rest);
        let mut body = self.body.clone();
        if let Some(body) = &mut body {
            fill(body, ids)?;
        }
        Ok(Request {
            path,
            role: self.role,
            body,
            items: self.items.clone(),
            refused: self.refused,
        })
    }
}

/// What comes before the first name in braces, the name, and what comes after it.
fn braces(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once('{')?;
    let (name, after) = rest.split_once('}')?;
    Some((before, name, after))
}

fn fill(value: &mut Value, ids: &Ids) -> Result<(), DemoError> {
    match value {
        Value::String(text) => {
            if let Some(("", name, "")) = braces(text) {
                *text = ids.named(name)?.to_owned();
            }
            Ok(())
        }
        Value::Array(items) => items.iter_mut().try_for_each(|item| fill(item, ids)),
        Value::Object(members) => members.values_mut().try_for_each(|it| fill(it, ids)),
        Value::Null | Value::Bool(_) | Value::Number(_) => Ok(()),
    }
}
