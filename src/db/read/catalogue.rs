//! Reference data: units and markets. One statement each; read once, when a service starts.

use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::error::{ReadError, unreadable};
use super::rows;
use crate::db::schema::{markets, units};
use crate::domain::market::MarketFacts;
use crate::domain::unit::UnitFacts;
use crate::domain::{Catalogue, Markets, Unit, UnitKind, Units};

type UnitRow = (String, String, i16, String, Option<String>, String);

fn read_unit(row: UnitRow) -> Result<Unit, ReadError> {
    let (code, kind, minor_digits, currency, platform, name) = row;
    let kind = [UnitKind::Cash, UnitKind::Credits]
        .into_iter()
        .find(|known| known.as_str() == kind)
        .ok_or_else(|| unreadable("kind of unit", &kind))?;
    let minor_digits =
        u32::try_from(minor_digits).map_err(|_| unreadable("number of digits of", &code))?;
    Ok(Unit::new(UnitFacts {
        code,
        kind,
        minor_digits,
        currency,
        platform,
        name,
    }))
}

/// The units and markets there are.
pub async fn load_catalogue(connection: &mut AsyncPgConnection) -> Result<Catalogue, ReadError> {
    let all: Vec<UnitRow> = units::table.load(connection).await?;
    let units: Vec<Unit> = all.into_iter().map(read_unit).collect::<Result<_, _>>()?;
    let all: Vec<(String, String, String)> = markets::table.load(connection).await?;
    let read = |(code, name, currency): (String, String, String)| {
        Ok(MarketFacts {
            code: rows::market(&code)?,
            name,
            currency,
        })
    };
    let markets: Vec<MarketFacts> = all
        .into_iter()
        .map(read)
        .collect::<Result<_, ReadError>>()?;
    Ok(Catalogue {
        units: Units::new(units),
        markets: Markets::new(markets),
    })
}
