//! What a row of a report is made of, declared once for every form it is written in.

use serde::ser::SerializeMap;
use serde::{Serialize, Serializer};
use time::{Date, OffsetDateTime};
use utoipa::openapi::RefOr;
use utoipa::openapi::schema::{ObjectBuilder, Schema, SchemaType, Type};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::Unit;
use crate::domain::money::format_minor;
use crate::statements::{push_day, push_instant};

/// A column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Column {
    /// What it is called, in every form.
    pub name: &'static str,
    /// What is in it.
    pub kind: Kind,
    /// What it means.
    pub meaning: &'static str,
}

/// What is in a column.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// Words and names: the ledger's own, and what people wrote.
    Text,
    /// How much of the row's unit.
    Amount,
    /// A day.
    Day,
    /// A moment.
    Instant,
    /// How many, or which place.
    Number,
    /// Yes or no.
    Flag,
}

/// What is in one place of a table.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Cell {
    /// Nothing.
    Empty,
    /// A word of the ledger's own.
    Word(String),
    /// What people wrote: it may look like a formula.
    Free(String),
    /// How much.
    Amount(Amount),
    /// When.
    Day(Date),
    /// When, to the microsecond.
    Instant(OffsetDateTime),
    /// How many.
    Number(i64),
    /// Whether.
    Flag(bool),
}

/// How much of the row's unit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Amount {
    minor: i64,
    digits: u32,
}

impl Amount {
    /// So many of the unit's minor digit.
    pub fn new(minor: i64, unit: &Unit) -> Self {
        Amount {
            minor,
            digits: unit.minor_digits(),
        }
    }

    /// As a number, if fifteen digits hold it exactly: as many as a spreadsheet keeps.
    pub fn number(self) -> Option<f64> {
        let exact = self.minor.unsigned_abs() < 1_000_000_000_000_000;
        exact.then(|| self.minor as f64 / 10_f64.powi(self.digits as i32))
    }

    /// How many digits follow the point.
    pub fn digits(self) -> u32 {
        self.digits
    }
}

impl std::fmt::Display for Amount {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&format_minor(self.minor, self.digits))
    }
}

/// What people wrote.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Free(pub String);

impl PartialSchema for Amount {
    fn schema() -> RefOr<Schema> {
        let text = ObjectBuilder::new().schema_type(SchemaType::new(Type::String));
        let pattern = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$";
        RefOr::T(text.pattern(Some(pattern)).build().into())
    }
}

impl ToSchema for Amount {}

impl PartialSchema for Free {
    fn schema() -> RefOr<Schema> {
        String::schema()
    }
}

impl ToSchema for Free {}

/// A day: `2026-11-24`.
pub fn day_text(day: Date) -> String {
    written(|out| push_day(out, day))
}

/// A moment in UTC: `2026-11-24T05:57:41.000000Z`.
pub fn instant_text(at: OffsetDateTime) -> String {
    written(|out| push_instant(out, at))
}

fn written(write: impl FnOnce(&mut Vec<u8>)) -> String {
    let mut out = Vec::new();
    write(&mut out);
    String::from_utf8_lossy(&out).into_owned()
}

impl Cell {
    /// As text, without a formula being kept from being one.
    pub fn text(&self) -> String {
        match self {
            Cell::Empty => String::new(),
            Cell::Word(text) | Cell::Free(text) => text.clone(),
            Cell::Amount(amount) => amount.to_string(),
            Cell::Day(day) => day_text(*day),
            Cell::Instant(at) => instant_text(*at),
            Cell::Number(number) => number.to_string(),
            Cell::Flag(flag) => flag.to_string(),
        }
    }
}

impl Serialize for Cell {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        match self {
            Cell::Empty => to.serialize_none(),
            Cell::Number(number) => to.serialize_i64(*number),
            Cell::Flag(flag) => to.serialize_bool(*flag),
            Cell::Word(_) | Cell::Free(_) | Cell::Amount(_) | Cell::Day(_) | Cell::Instant(_) => {
                to.serialize_str(&self.text())
            }
        }
    }
}

/// What may stand in a field of a row.
pub trait Field {
    /// What is in its column.
    const KIND: Kind;
    /// What is in its place.
    fn cell(&self) -> Cell;
}

macro_rules! fields {
    ($($type:ty => $kind:ident, |$it:ident| $cell:expr;)+) => {$(
        impl Field for $type {
            const KIND: Kind = Kind::$kind;
            fn cell(&self) -> Cell {
                let $it = self;
                $cell
            }
        }
    )+};
}

fields! {
    String => Text, |it| Cell::Word(it.clone());
    Free => Text, |it| Cell::Free(it.0.clone());
    Amount => Amount, |it| Cell::Amount(*it);
    Date => Day, |it| Cell::Day(*it);
    OffsetDateTime => Instant, |it| Cell::Instant(*it);
    i64 => Number, |it| Cell::Number(*it);
    bool => Flag, |it| Cell::Flag(*it);
}

impl<T: Field> Field for Option<T> {
    const KIND: Kind = T::KIND;
    fn cell(&self) -> Cell {
        self.as_ref().map_or(Cell::Empty, Field::cell)
    }
}

/// A row of a report.
pub trait Row: Serialize {
    /// Its columns, in order.
    const COLUMNS: &'static [Column];
    /// What is in them, in the same order.
    fn cells(&self) -> Vec<Cell>;
}

/// A row as JSON: an object of its columns.
pub fn write_row<R: Row, S: Serializer>(row: &R, to: S) -> Result<S::Ok, S::Error> {
    let mut map = to.serialize_map(Some(R::COLUMNS.len()))?;
    for (column, cell) in R::COLUMNS.iter().zip(row.cells()) {
        map.serialize_entry(column.name, &cell)?;
    }
    map.end()
}

/// Declares a kind of row: a struct with its columns, its JSON and its description.
macro_rules! row {
    ($(#[doc = $doc:literal])+ $name:ident {
        $($(#[doc = $meaning:literal])+ $field:ident: $type:ty,)+
    }) => {
        $(#[doc = $doc])+
        #[derive(Debug, Clone, PartialEq, utoipa::ToSchema)]
        pub struct $name {
            $($(#[doc = $meaning])+ pub $field: $type,)+
        }

        impl $crate::reports::cell::Row for $name {
            const COLUMNS: &'static [$crate::reports::cell::Column] = &[
                $($crate::reports::cell::Column {
                    name: stringify!($field),
                    kind: <$type as $crate::reports::cell::Field>::KIND,
                    meaning: concat!($($meaning),+),
                }),+
            ];

            fn cells(&self) -> Vec<$crate::reports::cell::Cell> {
                vec![$($crate::reports::cell::Field::cell(&self.$field)),+]
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
                $crate::reports::cell::write_row(self, to)
            }
        }
    };
}

pub(super) use row;
