//! What of a pledge's credits is going to lapse.

use serde::Serialize;
use time::Date;
use utoipa::ToSchema;

use crate::db::read::{BURN_DAYS, Horizon, HorizonLot};
use crate::domain::pledge::LotKind;
use crate::domain::{LotId, PledgeId, Unit};
use crate::http::wire::{Day, MoneyOut};
use crate::reports::lots::band;

/// What is going to lapse of a lot, if it is used as of late.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HorizonLot)]
pub struct HorizonLotOut {
    /// The lot.
    pub lot_id: LotId,
    /// Its last day, extensions included.
    pub expires_at: Day,
    /// How many days off that is; negative, if it is past.
    pub days_left: i64,
    /// The days until its end, at most: `ended`, `7`, `14`, `30`, `60`, `90` or `later`.
    pub band: &'static str,
    /// What is left of it.
    pub remaining: MoneyOut,
    /// What of that is in the platform's pool, not placed yet.
    pub in_pool: MoneyOut,
    /// What of that is held for spend that isn't final.
    pub held: MoneyOut,
    /// What was spent of it in the days that are counted.
    pub spent: MoneyOut,
    /// What is going to lapse if as much is spent every day until it ends.
    pub forecast_loss: MoneyOut,
    /// Whether it has to be assigned to a campaign and isn't.
    pub unassigned: bool,
}

/// What is left, and is going to lapse, of the lots of a band.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = HorizonBand)]
pub struct HorizonBandOut {
    /// The days until their end, at most: `ended`, `7`, `14`, `30`, `60`, `90` or `later`.
    pub band: &'static str,
    /// What is left of them.
    pub remaining: MoneyOut,
    /// What of that is going to lapse.
    pub forecast_loss: MoneyOut,
}

/// What of a pledge's credits is going to lapse, if they are used as of late.
#[derive(Debug, Clone, Serialize, ToSchema)]
#[schema(as = ExpiryHorizon)]
pub struct HorizonOut {
    /// The pledge.
    pub pledge_id: PledgeId,
    /// The day it is, UTC.
    pub today: Day,
    /// Over how many days it is counted how fast credits are used.
    pub burn_days: i32,
    /// The lots of which something is left, the first to end first.
    pub lots: Vec<HorizonLotOut>,
    /// The same by band and unit, the nearest first; bands without a lot are left out.
    pub bands: Vec<HorizonBandOut>,
}

/// How many days off the lot's end is, and what of it is going to lapse, in minor digits.
fn forecast(it: &HorizonLot, today: Date) -> (i64, i64) {
    let days_left = (it.lot.ends_on() - today).whole_days();
    let usable = i128::from((days_left + 1).max(0));
    let remaining = it.lot.figures.remaining();
    let used = i128::from(it.spent) * usable / i128::from(BURN_DAYS);
    let used = i64::try_from(used).unwrap_or(i64::MAX);
    (days_left, remaining - used.min(remaining))
}

impl HorizonLotOut {
    fn new(it: &HorizonLot, today: Date) -> Self {
        let (days_left, loss) = forecast(it, today);
        let lot = &it.lot;
        let money = |minor| MoneyOut::of_minor(minor, lot.face.unit());
        HorizonLotOut {
            lot_id: lot.id,
            expires_at: Day(lot.ends_on()),
            days_left,
            band: band(days_left),
            remaining: money(lot.figures.remaining()),
            in_pool: money(lot.figures.in_pool),
            held: money(lot.figures.held),
            spent: money(it.spent),
            forecast_loss: money(loss),
            unassigned: lot.kind == LotKind::Assignable && lot.scope.campaigns.is_empty(),
        }
    }
}

impl HorizonOut {
    /// The horizon of a pledge.
    pub fn new(pledge: PledgeId, horizon: &Horizon) -> Self {
        let today = horizon.today;
        let mut bands: Vec<(&'static str, &Unit, i64, i64)> = Vec::new();
        for it in &horizon.lots {
            let (days_left, loss) = forecast(it, today);
            let (name, unit) = (band(days_left), it.lot.face.unit());
            let remaining = it.lot.figures.remaining();
            let known = bands.iter_mut().find(|row| (row.0, row.1) == (name, unit));
            match known {
                Some(row) => (row.2, row.3) = (row.2 + remaining, row.3 + loss),
                None => bands.push((name, unit, remaining, loss)),
            }
        }
        let bands = bands.into_iter();
        HorizonOut {
            pledge_id: pledge,
            today: Day(today),
            burn_days: BURN_DAYS,
            lots: horizon
                .lots
                .iter()
                .map(|it| HorizonLotOut::new(it, today))
                .collect(),
            bands: bands
                .map(|(band, unit, remaining, loss)| HorizonBandOut {
                    band,
                    remaining: MoneyOut::of_minor(remaining, unit),
                    forecast_loss: MoneyOut::of_minor(loss, unit),
                })
                .collect(),
        }
    }
}
