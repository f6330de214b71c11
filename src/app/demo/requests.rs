//! Calls as the API takes them: address, caller and body, with the ids that earlier answers gave.

use std::collections::HashMap;

use serde_json::{Value, json};
use time::Date;

use super::DemoError;
use super::figures::{Amount, INSTALMENTS, MARKETS, SPLIT, TOTAL, Unit};
use super::plan::{Call, Creator, Lot, Receipt, Step};
use crate::domain::money::format_minor;

/// Whose token a request needs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Role {
    /// Who prepares what moves money.
    Preparer,
    /// Who approves what somebody else proposed.
    Approver,
    /// Who states thresholds, writes off, and sends what is paid.
    Controller,
}

/// A request, ready to be sent.
#[derive(Debug)]
pub struct Request {
    /// Its address, below the API's.
    pub path: String,
    /// Who sends it.
    pub role: Role,
    /// What it says; nothing for a question.
    pub body: Option<Value>,
    /// The names of its items if it is a bulk request: each is answered with an id.
    pub items: Option<Vec<String>>,
    /// The code of the refusal it is to meet.
    pub refused: Option<&'static str>,
}

/// The ids of one pledge's things, by the names the plan has for them.
#[derive(Debug, Default)]
pub struct Ids {
    pledge: Option<String>,
    instalments: HashMap<String, String>,
    items: HashMap<String, String>,
}

impl Ids {
    /// The pledge's, once it is announced.
    pub fn pledge(&self) -> Result<&str, DemoError> {
        self.pledge.as_deref().ok_or_else(|| missing("the pledge"))
    }

    fn instalment(&self, reference: &str) -> Result<&str, DemoError> {
        self.instalments
            .get(reference)
            .map(String::as_str)
            .ok_or_else(|| missing(reference))
    }

    fn item(&self, name: &str) -> Result<&str, DemoError> {
        self.items
            .get(name)
            .map(String::as_str)
            .ok_or_else(|| missing(name))
    }

    /// The id of that name: the pledge's, an item's, or whatever was learned.
    pub fn named(&self, name: &str) -> Result<&str, DemoError> {
        match name {
            "pledge" => self.pledge(),
            other => self.item(other),
        }
    }

    /// Notes the id of an item of a bulk request.
    pub fn learn_item(&mut self, name: String, id: String) {
        self.items.insert(name, id);
    }

    /// Notes the ids of a pledge that was announced.
    pub fn learn_pledge(&mut self, answer: &Value) -> Result<(), DemoError> {
        self.pledge = Some(text(answer, "id")?);
        let instalments = answer["instalments"]
            .as_array()
            .map_or(&[] as &[Value], Vec::as_slice);
        for instalment in instalments {
            self.instalments
                .insert(text(instalment, "reference")?, text(instalment, "id")?);
        }
        Ok(())
    }
}

fn missing(what: &str) -> DemoError {
    DemoError::Unexpected(format!("the API's answers gave no id for {what}"))
}

fn text(answer: &Value, name: &str) -> Result<String, DemoError> {
    answer[name]
        .as_str()
        .map(str::to_owned)
        .ok_or_else(|| missing(name))
}

/// The request that a step comes to.
pub fn request(step: &Step, ids: &Ids) -> Result<Request, DemoError> {
    let one = |path, body| Request {
        path,
        role: Role::Preparer,
        body: Some(body),
        items: None,
        refused: None,
    };
    let pledge = |part| ids.pledge().map(|id| format!("/v1/pledges/{id}/{part}"));
    let instalment = |name, part| {
        ids.instalment(name)
            .map(|id| format!("/v1/instalments/{id}/{part}"))
    };
    Ok(match &step.call {
        Call::Announce { reference } => one("/v1/pledges".to_owned(), announcement(reference)),
        Call::Agree(on) => one(
            pledge("agreement")?,
            json!({"effective_date": day(*on), "document": document("agreement")}),
        ),
        Call::MeetCondition(name, on) => one(
            instalment(name, "condition")?,
            json!({"met_on": day(*on), "document": document("interim-report-accepted")}),
        ),
        Call::Receive(it) => one(instalment(it.instalment, "receipts")?, receipt(it)),
        Call::IssueLot(it) => one(instalment(it.instalment, "lots")?, lot(it)),
        Call::WriteOff(name, amount, on) => Request {
            role: Role::Controller,
            ..one(instalment(name, "write-offs")?, write_off(*amount, *on))
        },
        Call::ChargeSupport { gross, on } => one(
            pledge("support-costs")?,
            json!({"gross": money(*gross), "rate_percent": "13", "effective_date": day(*on)}),
        ),
        Call::Budget(market, amount, on) => one(
            pledge("budgets")?,
            json!({"market": market, "amount": money(*amount), "effective_date": day(*on)}),
        ),
        Call::Enrol(creators) => in_bulk("creators", creators.iter().map(enrolment).collect()),
        Call::Allocate(allocations) => {
            let items: Result<Vec<_>, DemoError> = allocations
                .iter()
                .map(|it| {
                    let item = json!({
                        "idempotency_key": it.key,
                        "pledge_id": ids.pledge()?,
                        "creator_id": ids.item(&it.creator)?,
                        "amount": money(it.amount),
                        "effective_date": day(it.on),
                        "note": it.note,
                    });
                    Ok((it.key.clone(), item))
                })
                .collect();
            in_bulk("allocations", items?)
        }
        Call::Filled(template) => template.fill(ids)?,
        Call::Release(it) => one(
            format!("/v1/allocations/{}/release", ids.item(&it.allocation)?),
            json!({"amount": money(it.amount), "reason": it.reason, "effective_date": day(it.on)}),
        ),
    })
}

fn in_bulk(collection: &str, items: Vec<(String, Value)>) -> Request {
    let (names, items): (Vec<String>, Vec<Value>) = items.into_iter().unzip();
    Request {
        path: format!("/v1/{collection}/bulk"),
        role: Role::Preparer,
        body: Some(json!({"mode": "independent", "items": items})),
        items: Some(names),
        refused: None,
    }
}

fn announcement(reference: &str) -> Value {
    let markets: Vec<&str> = MARKETS.iter().map(|market| market.code).collect();
    let instalments = INSTALMENTS.iter().map(|it| {
        let mut body = json!({
            "reference": it.reference,
            "amount": money(it.amount),
            "due_date": day(it.due),
        });
        if let Some(condition) = it.condition {
            body["condition"] = json!(condition);
        }
        body
    });
    json!({
        "reference": reference,
        "donor": {"name": "TikTok"},
        "recipient": {"name": "World Health Organization"},
        "purpose": "Destigmatizing mental health (fictional figures)",
        "functional_unit": Unit::Cash.code(),
        "total": money(TOTAL),
        "split": SPLIT.map(money),
        "markets": markets,
        "instalments": instalments.collect::<Vec<_>>(),
    })
}

fn receipt(it: &Receipt) -> Value {
    let mut body = json!({
        "received": money(it.received),
        "effective_date": day(it.on),
        "bank_reference": format!("DEMO-{}-{}", it.instalment, day(it.on).replace('-', "")),
    });
    if let Some(fee) = it.fee {
        body["fee"] = money(fee);
    }
    body
}

fn lot(it: &Lot) -> Value {
    json!({
        "face": money(it.face),
        "kind": it.kind,
        "valid_from": day(it.valid_from),
        "expires_at": day(it.expires_at),
        "effective_date": day(it.valid_from),
        "document": document(&format!("credits-{}-{}", it.instalment, it.kind)),
    })
}

fn write_off(amount: Amount, on: Date) -> Value {
    json!({
        "amount": money(amount),
        "reason": "The agreement was amended: the last payment is 400,000 (fictional figures)",
        "effective_date": day(on),
        "document": document("amendment"),
    })
}

fn enrolment(it: &Creator) -> (String, Value) {
    let item = json!({
        "idempotency_key": it.key,
        "reference": it.reference,
        "name": it.name,
        "market": it.market,
    });
    (it.reference.clone(), item)
}

/// An amount as the API spells it.
pub fn money(amount: Amount) -> Value {
    json!({"amount": format_minor(amount.minor, 2), "unit": amount.unit.code()})
}

/// A day as the API spells it.
pub fn day(date: Date) -> String {
    date.to_string()
}

/// A document that doesn't exist; the digest is that of its address.
pub fn document(name: &str) -> Value {
    let uri = format!("https://files.example.org/fictional/{name}.pdf");
    let digest = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, uri.as_bytes());
    let sha256: String = digest
        .as_ref()
        .iter()
        .map(|byte| format!("{byte:02x}"))
        .collect();
    json!({"uri": uri, "sha256": sha256})
}
