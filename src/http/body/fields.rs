//! The fields of an object: each is asked for by its name, and what is wrong with any is noted.
//!
//! Every reader answers `None` once it has noted why, so that a command is put together from all
//! of its fields before the first `?`, and the caller hears of all faults at once.

use std::str::FromStr;

use time::Date;

use super::edge::{EARLIEST, Edge, LATEST};
use super::json::{Node, Object};
use super::scalar::{self, Fault, Text};
use crate::domain::id::NotAnId;
use crate::domain::money::NotMoney;
use crate::domain::{Document, Market, Money, Unit};
use crate::http::problem::Reason;

/// More unknown fields than this aren't a slip, and aren't worth a longer answer.
pub(super) const MOST_UNKNOWN: usize = 20;

/// The fields of one object of the body.
#[derive(Debug)]
pub struct Fields<'a> {
    edge: Edge<'a>,
    pointer: String,
    object: &'a Object,
    asked: Vec<&'static str>,
    reasons: Vec<Reason>,
}

impl<'a> Fields<'a> {
    /// The fields of `object`, which stands at `pointer`.
    pub fn of(object: &'a Object, pointer: String, edge: Edge<'a>) -> Self {
        Fields {
            edge,
            pointer,
            object,
            asked: Vec::new(),
            reasons: Vec::new(),
        }
    }

    /// What `read` makes of the object at `pointer`, or every reason why it can't; one at least.
    pub fn read<T>(
        node: &'a Node,
        pointer: &str,
        edge: Edge<'a>,
        read: impl FnOnce(&mut Fields<'a>) -> Option<T>,
    ) -> Result<T, Vec<Reason>> {
        let Node::Object(object) = node else {
            let detail = format!("an object is asked for here, not {}", node.kind());
            return Err(vec![Reason::new(pointer, "wrong-type", detail)]);
        };
        let mut fields = Fields::of(object, pointer.to_owned(), edge);
        let value = read(&mut fields);
        match (value, fields.finish()) {
            (Some(value), reasons) if reasons.is_empty() => Ok(value),
            (_, reasons) => Err(reasons),
        }
    }

    /// What is read against.
    pub fn edge(&self) -> Edge<'a> {
        self.edge
    }

    /// The names of the fields that were asked for.
    pub fn asked(&self) -> &[&'static str] {
        &self.asked
    }

    /// What was found wrong, fields that nobody asked for included.
    fn finish(mut self) -> Vec<Reason> {
        let strangers = self
            .object
            .keys()
            .filter(|name| !self.asked.contains(&name.as_str()));
        let pointers = strangers
            .take(MOST_UNKNOWN)
            .map(|name| self.pointer_to(name));
        for pointer in pointers.collect::<Vec<_>>() {
            let detail = format!(
                "there is no such field here; there are {}",
                self.asked.join(", ")
            );
            self.reasons
                .push(Reason::new(pointer, "unknown-field", detail));
        }
        self.reasons
    }

    fn pointer_to(&self, name: &str) -> String {
        format!(
            "{}/{}",
            self.pointer,
            name.replace('~', "~0").replace('/', "~1")
        )
    }

    /// Notes what is wrong with a field.
    pub fn note<T>(&mut self, name: &str, fault: Fault) -> Option<T> {
        self.reasons
            .push(Reason::new(self.pointer_to(name), fault.code, fault.detail));
        None
    }

    /// Notes what is wrong with a field of one of the objects in a list.
    pub fn note_item<T>(&mut self, list: &str, at: usize, name: &str, fault: Fault) -> Option<T> {
        let pointer = format!("{}/{at}/{name}", self.pointer_to(list));
        self.reasons
            .push(Reason::new(pointer, fault.code, fault.detail));
        None
    }

    /// Whether the field is there.
    fn has(&mut self, name: &'static str) -> bool {
        self.asked.push(name);
        self.object.contains_key(name)
    }

    fn node(&mut self, name: &'static str) -> Option<&'a Node> {
        self.asked.push(name);
        let node = self.object.get(name);
        if node.is_none() {
            self.note::<()>(
                name,
                Fault::new("missing-field", "this field has to be there"),
            );
        }
        node
    }

    fn wrong_type<T>(&mut self, name: &str, expected: &str, node: &Node) -> Option<T> {
        let detail = format!("{expected} is asked for here, not {}", node.kind());
        self.note(name, Fault::new("wrong-type", detail))
    }

    /// A field that is written as a string.
    pub fn value<T>(
        &mut self,
        name: &'static str,
        parse: impl FnOnce(&str) -> Result<T, Fault>,
    ) -> Option<T> {
        match self.node(name)? {
            Node::Text(text) => parse(text).map_or_else(|fault| self.note(name, fault), Some),
            other => self.wrong_type(name, "a string", other),
        }
    }

    /// A field that may be left out: `Some(None)` if it is.
    pub fn optional<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Self, &'static str) -> Option<T>,
    ) -> Option<Option<T>> {
        if self.has(name) {
            read(self, name).map(Some)
        } else {
            Some(None)
        }
    }

    /// A field that is an object.
    pub fn object<T>(
        &mut self,
        name: &'static str,
        read: impl FnOnce(&mut Fields<'a>) -> Option<T>,
    ) -> Option<T> {
        let node = self.node(name)?;
        self.nested(node, self.pointer_to(name), read)
    }

    fn nested<T>(
        &mut self,
        node: &'a Node,
        pointer: String,
        read: impl FnOnce(&mut Fields<'a>) -> Option<T>,
    ) -> Option<T> {
        Fields::read(node, &pointer, self.edge, read)
            .map_err(|reasons| self.reasons.extend(reasons))
            .ok()
    }

    /// A field that is a list, of at least one item and at most so many.
    pub fn list(&mut self, name: &'static str, most: usize) -> Option<&'a [Node]> {
        match self.node(name)? {
            Node::List(items) if (1..=most).contains(&items.len()) => Some(items),
            Node::List(items) => {
                let detail = format!("1 to {most} of them are asked for, not {}", items.len());
                self.note(name, Fault::new("list-length", detail))
            }
            other => self.wrong_type(name, "an array", other),
        }
    }

    /// A field that is a list of objects, at least one and at most so many.
    pub fn objects<T>(
        &mut self,
        name: &'static str,
        most: usize,
        read: impl Fn(&mut Fields<'a>) -> Option<T>,
    ) -> Option<Vec<T>> {
        let items = self.list(name, most)?;
        // Collected before the verdict, so that one item's fault doesn't hide the next one's.
        let read: Vec<Option<T>> = items
            .iter()
            .enumerate()
            .map(|(place, item)| {
                self.nested(item, format!("{}/{place}", self.pointer_to(name)), &read)
            })
            .collect();
        read.into_iter().collect()
    }

    /// A free text.
    pub fn text(&mut self, name: &'static str, rule: Text) -> Option<String> {
        self.value(name, |text| rule.read(text))
    }

    /// A whole number from 1: a place in a list.
    pub fn place(&mut self, name: &'static str) -> Option<i16> {
        let place = self.whole(name, i16::MAX.into(), "not-a-place")?;
        i16::try_from(place).ok()
    }

    /// A whole number from 1 to `most`; another is a fault of that code.
    pub fn whole(&mut self, name: &'static str, most: i64, code: &'static str) -> Option<i64> {
        let node = self.node(name)?;
        let Node::Number(number) = node else {
            return self.wrong_type(name, "a number", node);
        };
        let number = number.as_i64().filter(|number| (1..=most).contains(number));
        number.or_else(|| {
            let detail = format!("a whole number from 1 to {most} is asked for here");
            self.note(name, Fault::new(code, detail))
        })
    }

    /// An id of that type.
    pub fn id<T: FromStr<Err = NotAnId>>(&mut self, name: &'static str) -> Option<T> {
        self.value(name, |text| {
            text.parse()
                .map_err(|error: NotAnId| Fault::new("malformed-id", error.to_string()))
        })
    }

    /// A day that is planned for.
    pub fn planned_day(&mut self, name: &'static str) -> Option<Date> {
        self.value(name, |text| scalar::day(text, &(EARLIEST..=LATEST)))
    }

    /// A day on which something counts.
    pub fn past_day(&mut self, name: &'static str) -> Option<Date> {
        let window = self.edge.past();
        self.value(name, |text| scalar::day(text, &window))
    }

    /// `effective_date`: today, if it is left out.
    pub fn effective_date(&mut self) -> Option<Date> {
        let day = self.optional("effective_date", Self::past_day)?;
        Some(day.unwrap_or(self.edge.today))
    }

    /// A known market.
    pub fn market(&mut self, name: &'static str) -> Option<Market> {
        let edge = self.edge;
        self.value(name, |code| market(code, edge))
    }

    /// A time zone by its IANA name.
    pub fn time_zone(&mut self, name: &'static str) -> Option<String> {
        let zones = &self.edge.catalogue.time_zones;
        self.value(name, |text| match zones.contains(text) {
            true => Ok(text.to_owned()),
            false => Err(Fault::new(
                "unknown-time-zone",
                "there is no such time zone; they go by IANA names, such as Asia/Tokyo",
            )),
        })
    }

    /// Whether something is so.
    pub fn flag(&mut self, name: &'static str) -> Option<bool> {
        match self.node(name)? {
            Node::Bool(is_so) => Some(*is_so),
            other => self.wrong_type(name, "true or false", other),
        }
    }

    /// A list of known markets.
    pub fn markets(&mut self, name: &'static str, most: usize) -> Option<Vec<Market>> {
        let edge = self.edge;
        self.values(name, most, |code| market(code, edge))
    }

    /// A list of free texts.
    pub fn texts(&mut self, name: &'static str, most: usize, rule: Text) -> Option<Vec<String>> {
        self.values(name, most, |text| rule.read(text))
    }

    /// A list of what is written as strings.
    pub(super) fn values<T>(
        &mut self,
        name: &'static str,
        most: usize,
        parse: impl Fn(&str) -> Result<T, Fault>,
    ) -> Option<Vec<T>> {
        let items = self.list(name, most)?;
        let mut values = Vec::with_capacity(items.len());
        for (place, item) in items.iter().enumerate() {
            let read = match item {
                Node::Text(text) => parse(text),
                other => {
                    let detail = format!("a string is asked for here, not {}", other.kind());
                    Err(Fault::new("wrong-type", detail))
                }
            };
            match read {
                Ok(value) => values.push(value),
                Err(fault) => {
                    let pointer = format!("{}/{place}", self.pointer_to(name));
                    self.reasons
                        .push(Reason::new(pointer, fault.code, fault.detail));
                }
            }
        }
        (values.len() == items.len()).then_some(values)
    }

    /// A known unit.
    pub fn unit(&mut self, name: &'static str) -> Option<Unit> {
        let units = &self.edge.catalogue.units;
        self.value(name, |code| {
            units.get(code).ok_or_else(|| {
                let detail = "there is no such unit; /v1/units lists those there are";
                Fault::new("unknown-unit", detail)
            })
        })
    }

    /// An amount greater than zero.
    pub fn money(&mut self, name: &'static str) -> Option<Money> {
        self.object(name, |money| money.amount(Money::parse_positive))
    }

    /// A list of amounts greater than zero.
    pub fn money_list(&mut self, name: &'static str, most: usize) -> Option<Vec<Money>> {
        self.objects(name, most, |money| money.amount(Money::parse_positive))
    }

    /// An amount that may be zero.
    pub fn money_or_zero(&mut self, name: &'static str) -> Option<Money> {
        self.object(name, |money| {
            money.amount(|text, unit| match Money::parse(text, unit)? {
                money if money.minor() >= 0 && !text.starts_with('-') => Ok(money),
                _ => Err(NotMoney::NotPositive),
            })
        })
    }

    fn amount(
        &mut self,
        parse: impl FnOnce(&str, &Unit) -> Result<Money, NotMoney>,
    ) -> Option<Money> {
        let unit = self.unit("unit");
        let amount = match self.node("amount")? {
            Node::Text(text) => text,
            Node::Number(_) => {
                let detail = "an amount is a decimal string, such as \"1250.00\", so that no \
                              program on its way rounds it";
                return self.note("amount", Fault::new("amount-not-string", detail));
            }
            other => return self.wrong_type("amount", "a string", other),
        };
        parse(amount, &unit?)
            .map_err(|error| Fault::new(error.code(), error.to_string()))
            .map_or_else(|fault| self.note("amount", fault), Some)
    }

    /// A document by its address and digest.
    pub fn document(&mut self, name: &'static str) -> Option<Document> {
        self.object(name, |document| {
            let uri = document.value("uri", scalar::uri);
            let sha256 = document.value("sha256", scalar::sha256);
            Some(Document {
                uri: uri?,
                sha256: sha256?,
            })
        })
    }
}

fn market(code: &str, edge: Edge<'_>) -> Result<Market, Fault> {
    edge.catalogue.markets.get(code).ok_or_else(|| {
        Fault::new(
            "unknown-market",
            "there is no such market; /v1/markets lists those there are",
        )
    })
}
