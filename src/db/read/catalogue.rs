//! Reference data: units, markets, platform profiles and time zones. One statement each; read once,
//! when a service starts.

use diesel::QueryDsl;
use diesel_async::{AsyncPgConnection, RunQueryDsl};

use super::error::{ReadError, unreadable};
use super::rows;
use crate::db::schema::{markets, platform_profiles, time_zones, units};
use crate::domain::market::MarketFacts;
use crate::domain::platform::OrderOfUse;
use crate::domain::unit::UnitFacts;
use crate::domain::{Catalogue, Markets, PlatformProfile, Profiles, Unit, UnitKind, Units};

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

type ProfileRow = (String, i32, time::Date, bool, bool, bool, String, i32, i64);

fn read_profile(row: ProfileRow) -> Result<PlatformProfile, ReadError> {
    let (platform, version, valid_from, placed, taken_back, moved_on, order, days, tolerance) = row;
    let order_of_use =
        OrderOfUse::parse(&order).ok_or_else(|| unreadable("order of use", &order))?;
    Ok(PlatformProfile {
        platform,
        version,
        valid_from,
        pool_to_account: placed,
        account_to_pool: taken_back,
        account_to_account: moved_on,
        order_of_use,
        final_after_days: days,
        tolerance,
    })
}

/// The units, markets, platform profiles and time zones there are.
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
    let all: Vec<ProfileRow> = platform_profiles::table.load(connection).await?;
    let profiles: Result<_, _> = all.into_iter().map(read_profile).collect();
    let zones: Vec<String> = time_zones::table
        .select(time_zones::name)
        .load(connection)
        .await?;
    Ok(Catalogue {
        units: Units::new(units),
        markets: Markets::new(markets),
        profiles: Profiles::new(profiles?),
        time_zones: zones.into_iter().collect(),
    })
}
