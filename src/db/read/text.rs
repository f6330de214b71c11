//! Statements written out in SQL, for what the query builder can't say.
//!
//! A [`Text`] is prepared once per connection, as the builder's own statements are: it is cached by
//! its wording. The wording is a constant of this build, so there are as many as the source has.

use std::marker::PhantomData;

use diesel::QueryResult;
use diesel::pg::Pg;
use diesel::query_builder::{AstPass, Query, QueryFragment, QueryId};
use diesel::sql_types::{self, Array, Nullable, Untyped};
use time::{Date, OffsetDateTime};
use uuid::Uuid;

/// A value a statement refers to.
#[derive(Debug, Clone)]
pub(super) enum Bind {
    Id(Option<Uuid>),
    Ids(Option<Vec<Uuid>>),
    Int(i32),
    Ints(Vec<i32>),
    Big(Option<i64>),
    Bigs(Vec<i64>),
    Word(Option<String>),
    Words(Option<Vec<String>>),
    Day(Option<Date>),
    Instant(Option<OffsetDateTime>),
}

macro_rules! binds {
    ($($from:ty => |$value:ident| $bind:expr;)+) => {$(
        impl From<$from> for Bind {
            fn from($value: $from) -> Self {
                $bind
            }
        }
    )+};
}

binds! {
    Uuid => |id| Bind::Id(Some(id));
    Option<Uuid> => |id| Bind::Id(id);
    Vec<Uuid> => |ids| Bind::Ids(Some(ids));
    Option<Vec<Uuid>> => |ids| Bind::Ids(ids);
    i32 => |number| Bind::Int(number);
    Vec<i32> => |numbers| Bind::Ints(numbers);
    i64 => |number| Bind::Big(Some(number));
    Option<i64> => |number| Bind::Big(number);
    Vec<i64> => |numbers| Bind::Bigs(numbers);
    String => |word| Bind::Word(Some(word));
    Option<String> => |word| Bind::Word(word);
    Option<Vec<String>> => |words| Bind::Words(words);
    Date => |day| Bind::Day(Some(day));
    Option<Date> => |day| Bind::Day(day);
    OffsetDateTime => |instant| Bind::Instant(Some(instant));
    Option<OffsetDateTime> => |instant| Bind::Instant(instant);
}

impl Bind {
    fn push<'b>(&'b self, out: &mut AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        match self {
            Bind::Id(id) => out.push_bind_param::<Nullable<sql_types::Uuid>, _>(id),
            Bind::Ids(ids) => out.push_bind_param::<Nullable<Array<sql_types::Uuid>>, _>(ids),
            Bind::Int(number) => out.push_bind_param::<sql_types::Integer, _>(number),
            Bind::Ints(numbers) => out.push_bind_param::<Array<sql_types::Integer>, _>(numbers),
            Bind::Big(number) => out.push_bind_param::<Nullable<sql_types::BigInt>, _>(number),
            Bind::Bigs(numbers) => out.push_bind_param::<Array<sql_types::BigInt>, _>(numbers),
            Bind::Word(word) => out.push_bind_param::<Nullable<sql_types::Text>, _>(word),
            Bind::Words(words) => out.push_bind_param::<Nullable<Array<sql_types::Text>>, _>(words),
            Bind::Day(day) => out.push_bind_param::<Nullable<sql_types::Date>, _>(day),
            Bind::Instant(instant) => {
                out.push_bind_param::<Nullable<sql_types::Timestamptz>, _>(instant)
            }
        }
    }
}

/// A statement in words, with its values. `$1` is the first value bound, as often as it is named.
/// `Row` is the SQL type of what it answers; by default columns are read by name.
#[derive(Debug, Clone)]
pub(super) struct Text<Row = Untyped> {
    wording: &'static str,
    binds: Vec<Bind>,
    row: PhantomData<fn() -> Row>,
}

impl<Row> Text<Row> {
    /// A statement without values so far.
    pub(super) fn new(wording: &'static str) -> Self {
        Text {
            wording,
            binds: Vec::new(),
            row: PhantomData,
        }
    }

    /// Adds the value that the next number stands for.
    pub(super) fn bind(mut self, value: impl Into<Bind>) -> Self {
        self.binds.push(value.into());
        self
    }
}

impl<Row> Query for Text<Row> {
    type SqlType = Row;
}

impl<Row: 'static> QueryId for Text<Row> {
    type QueryId = Text<Row>;
    // Cached by wording, not by type.
    const HAS_STATIC_QUERY_ID: bool = false;
}

impl<Row> QueryFragment<Pg> for Text<Row> {
    fn walk_ast<'b>(&'b self, mut out: AstPass<'_, 'b, Pg>) -> QueryResult<()> {
        let mut pieces = self.wording.split('$');
        out.push_sql(pieces.next().unwrap_or_default());
        for piece in pieces {
            let digits = piece.bytes().take_while(u8::is_ascii_digit).count();
            let (number, rest) = piece.split_at(digits);
            let index = number.parse::<usize>().ok().and_then(|n| n.checked_sub(1));
            let bind = index
                .and_then(|index| self.binds.get(index))
                .ok_or_else(|| {
                    let message = format!("${number} stands for nothing in: {}", self.wording);
                    diesel::result::Error::QueryBuilderError(message.into())
                })?;
            bind.push(&mut out)?;
            out.push_sql(rest);
        }
        Ok(())
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::{QueryFragment, Text};

    #[test]
    fn a_value_may_be_named_more_than_once_and_must_be_bound() {
        let text: Text = Text::new("SELECT $2, $1, $2").bind(7_i64).bind(8_i64);
        let shown = diesel::debug_query::<diesel::pg::Pg, _>(&text).to_string();
        assert_eq!(
            shown,
            "SELECT $1, $2, $3 -- binds: [Some(8), Some(7), Some(8)]"
        );
        let unbound: Text = Text::new("SELECT $1");
        let mut builder = diesel::pg::PgQueryBuilder::default();
        assert!(unbound.to_sql(&mut builder, &diesel::pg::Pg).is_err());
    }
}
