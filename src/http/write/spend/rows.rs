//! Rows of a report of spend, as lists of objects and as lines of a file have them: texts by name.

use uuid::Uuid;

use crate::domain::command::{RefusedRow, SpendRow};
use crate::domain::spend::SpendState;
use crate::domain::{Money, PledgeId, SpendLineId, Unit, UnitKind};
use crate::http::body::{Edge, Fault, Node, Text, day};

/// What a row consists of.
pub const COLUMNS: [&str; 9] = [
    "account",
    "campaign",
    "day",
    "currency",
    "spend",
    "cash_spend",
    "voucher_spend",
    "revision",
    "final",
];

/// A row's texts, in the order of [`COLUMNS`].
type Texts<'a> = [&'a str; 9];

/// Reads a row out of its texts; a fault names its column.
pub fn read_row(
    pledge: PledgeId,
    line: i32,
    texts: Texts<'_>,
    edge: Edge<'_>,
) -> Result<SpendRow, RefusedRow> {
    let [
        account,
        campaign,
        on,
        currency,
        spend,
        cash,
        voucher,
        revision,
        finality,
    ] = texts;
    let at = |column: &str, fault: Fault| RefusedRow {
        line,
        code: fault.code,
        detail: format!("{column}: {}", fault.detail),
    };
    let reference = |column, text| Text::REFERENCE.read(text).map_err(|it| at(column, it));
    let currency = cash_unit(currency, edge).map_err(|it| at("currency", it))?;
    let amount = |column, text| minor(text, &currency).map_err(|it| at(column, it));
    Ok(SpendRow {
        id: SpendLineId(Uuid::now_v7()),
        line,
        campaign: (
            pledge,
            reference("account", account)?,
            reference("campaign", campaign)?,
        ),
        day: day(on, &edge.past()).map_err(|it| at("day", it))?,
        spend: amount("spend", spend)?,
        cash: amount("cash_spend", cash)?,
        voucher: amount("voucher_spend", voucher)?,
        revision: number(revision).map_err(|it| at("revision", it))?,
        state: state(finality).map_err(|it| at("final", it))?,
        currency,
    })
}

fn cash_unit(code: &str, edge: Edge<'_>) -> Result<Unit, Fault> {
    let unit = edge.catalogue.units.get(code);
    unit.filter(|unit| unit.kind() == UnitKind::Cash)
        .ok_or_else(|| Fault::new("unknown-unit", "there is no such currency"))
}

fn minor(text: &str, unit: &Unit) -> Result<i64, Fault> {
    let money = Money::parse(text, unit);
    let money = money.map_err(|error| Fault::new(error.code(), error.to_string()))?;
    match money.minor() >= 0 && !text.starts_with('-') {
        true => Ok(money.minor()),
        false => Err(Fault::new(
            "amount-negative",
            "what was spent is zero or more",
        )),
    }
}

fn number(text: &str) -> Result<i32, Fault> {
    let digits = (1..=9).contains(&text.len()) && text.bytes().all(|b| b.is_ascii_digit());
    let number = digits.then(|| text.parse().ok()).flatten();
    number.ok_or_else(|| {
        let detail = "a revision is a whole number of at most nine digits";
        Fault::new("revision-malformed", detail)
    })
}

fn state(text: &str) -> Result<SpendState, Fault> {
    match text {
        "true" => Ok(SpendState::Final),
        "false" => Ok(SpendState::Provisional),
        _ => Err(Fault::new("finality-malformed", "it is true or false")),
    }
}

/// Reads a row of a list: an object with the columns as its members. A revision may be a number,
/// and whether it is final a truth value.
pub fn read_object(
    pledge: PledgeId,
    line: i32,
    node: &Node,
    edge: Edge<'_>,
) -> Result<SpendRow, RefusedRow> {
    let refused = |code, detail: String| RefusedRow { line, code, detail };
    let Node::Object(object) = node else {
        let detail = format!("an object is asked for here, not {}", node.kind());
        return Err(refused("wrong-type", detail));
    };
    if let Some(stranger) = object.keys().find(|it| !COLUMNS.contains(&it.as_str())) {
        let detail = format!("there is no {stranger:?} in a row");
        return Err(refused("unknown-field", detail));
    }
    let mut texts = [""; 9];
    let revision: String;
    for (text, column) in texts.iter_mut().zip(COLUMNS) {
        *text = match (column, object.get(column)) {
            (_, Some(Node::Text(given))) => given,
            ("final", Some(Node::Bool(true))) => "true",
            ("final", Some(Node::Bool(false))) => "false",
            ("revision", Some(Node::Number(_))) => continue,
            (_, Some(other)) => {
                let detail = format!("{column}: a string is asked for, not {}", other.kind());
                return Err(refused("wrong-type", detail));
            }
            (_, None) => {
                let detail = format!("{column}: it has to be there");
                return Err(refused("missing-field", detail));
            }
        };
    }
    if let Some(Node::Number(number)) = object.get("revision") {
        revision = number.to_string();
        texts[7] = &revision;
    }
    read_row(pledge, line, texts, edge)
}
