//! Lots of credits: what came, where it went, what is going to lapse, what it was worth.

use time::Date;

use super::cell::{Amount, Free, row};
use super::{Report, Total};
use crate::db::read::{BURN_DAYS, Cut, LotSum, LotTerms};
use crate::domain::{Code, Kind, Unit};

row! {
    /// A lot of credits.
    LotLine {
        /// The lot.
        lot_id: String,
        /// What the parties call its instalment.
        instalment: Free,
        /// What is counted.
        unit: String,
        /// `free`, `assignable` or `conditional`.
        kind: String,
        /// When it was issued.
        issued_on: Date,
        /// Its first day.
        starts_on: Date,
        /// Its last day, extensions included.
        expires_on: Date,
        /// What it was issued with.
        received: Amount,
        /// What was spent of it.
        spent: Option<Amount>,
        /// What lapsed of it.
        expired: Option<Amount>,
        /// What the platform took back of it.
        revoked: Option<Amount>,
        /// What is in the platform's pool.
        in_pool: Option<Amount>,
        /// What is in ad accounts.
        placed: Option<Amount>,
        /// What is left of it: received less spent, expired and revoked.
        left: Option<Amount>,
        /// How many days off its end is; less than zero, if it is past.
        days_left: i64,
        /// The days until its end, at most: `ended`, `7`, `14`, `30`, `60`, `90` or `later`.
        band: String,
        /// What was spent of it in the last 28 days.
        spent_lately: Option<Amount>,
        /// What is going to lapse if as much is spent every day until it ends.
        forecast_loss: Option<Amount>,
    }
}

row! {
    /// Part of a gift in kind.
    InKindLine {
        /// The lot.
        lot_id: String,
        /// What the parties call its instalment.
        instalment: Free,
        /// The platform whose credits they are.
        platform: Option<String>,
        /// What is counted.
        unit: String,
        /// The currency the credits are denominated in.
        denomination: String,
        /// When the lot was issued.
        issued_on: Date,
        /// `received`, `used`, `expired`, `revoked` or `left`.
        part: String,
        /// In which market it was used, or lapsed; null for what belongs to none.
        market: Option<String>,
        /// How much at face value.
        face_value: Amount,
        /// How much of its face value it is worth; null if nothing was stated, and face value is
        /// the basis.
        fair_value_rate: Option<String>,
        /// How that was arrived at.
        basis: Free,
        /// What it is worth in the denomination's currency, on that basis.
        fair_value: Amount,
        /// Where the donor's document is.
        document: Option<Free>,
    }
}

/// How many days off the end of a lot is, at most: a band ends where the next begins.
const BANDS: [(i64, &str); 6] = [
    (-1, "ended"),
    (7, "7"),
    (14, "14"),
    (30, "30"),
    (60, "60"),
    (90, "90"),
];

/// The band of lots that end later than all others.
const LATER: &str = "later";

/// The band of a lot whose end is so many days off.
pub fn band(days_left: i64) -> &'static str {
    let found = BANDS.iter().find(|(most, _)| days_left <= *most);
    found.map_or(LATER, |(_, name)| name)
}

/// Where the credits of a lot are, in minor digits.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Figures {
    in_pool: i64,
    placed: i64,
    spent: i64,
    spent_lately: i64,
    expired: i64,
    revoked: i64,
}

/// Whether what moved was spent: against cost, or against another lot that the platform says was
/// used.
fn is_spend(sum: &LotSum) -> bool {
    let other_lot = sum.code == Code::CreditPlaced && sum.other == Code::CreditPlaced;
    sum.other == Code::AdvertisingCost || other_lot
}

impl Figures {
    fn of(terms: &LotTerms, sums: &[LotSum]) -> Self {
        let mut figures = Figures::default();
        for sum in sums.iter().filter(|it| it.lot == terms.id) {
            match sum.code {
                Code::CreditPool => figures.in_pool += sum.net,
                _ => figures.placed += sum.net,
            }
            match sum.other {
                _ if is_spend(sum) => {
                    figures.spent -= sum.net;
                    figures.spent_lately -= sum.recent;
                }
                Code::CreditsLost if sum.root_kind == Kind::Revocation => {
                    figures.revoked -= sum.net;
                }
                Code::CreditsLost => figures.expired -= sum.net,
                _ => {}
            }
        }
        figures
    }

    fn left(&self) -> i64 {
        self.in_pool + self.placed
    }

    /// What is going to lapse, if as much is spent every day as of late.
    fn loss(&self, days_left: i64) -> i64 {
        let usable = i128::from((days_left + 1).max(0));
        let used = i128::from(self.spent_lately.max(0)) * usable / i128::from(BURN_DAYS);
        let used = i64::try_from(used).unwrap_or(i64::MAX);
        self.left() - used.min(self.left())
    }
}

fn lot_line(cut: &Cut, terms: &LotTerms, figures: Option<Figures>) -> LotLine {
    let days_left = (terms.expires_at - cut.day()).whole_days();
    let amount = |minor| Amount::new(minor, &terms.unit);
    let of = |minor: fn(&Figures) -> i64| figures.as_ref().map(|it| amount(minor(it)));
    LotLine {
        lot_id: terms.id.to_string(),
        instalment: Free(terms.instalment.clone()),
        unit: terms.unit.code().to_owned(),
        kind: terms.kind.clone(),
        issued_on: terms.issued_on,
        starts_on: terms.valid_from,
        expires_on: terms.expires_at,
        received: amount(terms.face),
        spent: of(|it| it.spent),
        expired: of(|it| it.expired),
        revoked: of(|it| it.revoked),
        in_pool: of(|it| it.in_pool),
        placed: of(|it| it.placed),
        left: of(Figures::left),
        days_left,
        band: band(days_left).to_owned(),
        spent_lately: of(|it| it.spent_lately),
        forecast_loss: figures.map(|it| amount(it.loss(days_left))),
    }
}

/// What the lots of each unit come to.
fn lot_totals(lots: &[(&LotTerms, Figures)]) -> Vec<Total> {
    let mut units: Vec<&Unit> = lots.iter().map(|(terms, _)| &terms.unit).collect();
    units.sort_by_key(|unit| unit.code());
    units.dedup();
    let of = |unit: &&Unit| {
        let sum = |minor: fn(&LotTerms, &Figures) -> i64| -> i64 {
            let own = lots.iter().filter(|(terms, _)| terms.unit == **unit);
            own.map(|(terms, figures)| minor(terms, figures)).sum()
        };
        [
            Total::amount("received", unit, sum(|terms, _| terms.face)),
            Total::amount("spent", unit, sum(|_, it| it.spent)),
            Total::amount("expired", unit, sum(|_, it| it.expired)),
            Total::amount("revoked", unit, sum(|_, it| it.revoked)),
            Total::amount("left", unit, sum(|_, it| it.left())),
        ]
    };
    units.iter().flat_map(of).collect()
}

/// The register of lots, in the order they were issued. Where they went isn't told unless `shown`.
pub fn register(cut: &Cut, terms: &[LotTerms], sums: &[LotSum], shown: bool) -> Report<LotLine> {
    let lots = terms.iter().map(|it| (it, Figures::of(it, sums)));
    let lots: Vec<(&LotTerms, Figures)> = lots.collect();
    let line = |(it, figures): &(&LotTerms, Figures)| lot_line(cut, it, shown.then_some(*figures));
    let totals = if shown { lot_totals(&lots) } else { Vec::new() };
    Report::new("lot-register", cut, lots.iter().map(line).collect(), totals)
}

/// The lots of which something is left, the first to end first.
pub fn horizon(cut: &Cut, terms: &[LotTerms], sums: &[LotSum], shown: bool) -> Report<LotLine> {
    let lots = terms.iter().map(|it| (it, Figures::of(it, sums)));
    let mut lots: Vec<(&LotTerms, Figures)> = lots.collect();
    lots.retain(|(_, figures)| shown && figures.left() != 0);
    lots.sort_by_key(|(it, _)| (it.expires_at, it.id));
    let lines: Vec<LotLine> = lots
        .iter()
        .map(|(it, figures)| lot_line(cut, it, Some(*figures)))
        .collect();
    let mut totals: Vec<(&'static str, &Unit, i64, i64)> = Vec::new();
    for (it, figures) in &lots {
        let days_left = (it.expires_at - cut.day()).whole_days();
        let (band, left, loss) = (band(days_left), figures.left(), figures.loss(days_left));
        let known = totals
            .iter_mut()
            .find(|row| (row.0, row.1) == (band, &it.unit));
        match known {
            Some(row) => (row.2, row.3) = (row.2 + left, row.3 + loss),
            None => totals.push((band, &it.unit, left, loss)),
        }
    }
    let totals = totals.into_iter().flat_map(|(band, unit, left, loss)| {
        [
            Total::amount(format!("left {band}"), unit, left),
            Total::amount(format!("forecast_loss {band}"), unit, loss),
        ]
    });
    Report::new("expiry-horizon", cut, lines, totals.collect())
}

/// Millionths as a plain decimal: 1000000 is 1.000000.
fn rate(ppm: i32) -> String {
    crate::domain::money::format_minor(i64::from(ppm), 6)
}

/// So many minor digits at a rate, to the nearest, halves away from zero.
fn worth(minor: i64, ppm: i32) -> i64 {
    let product = i128::from(minor) * i128::from(ppm);
    let half = 500_000 * product.signum();
    i64::try_from((product + half) / 1_000_000).unwrap_or(i64::MAX)
}

fn in_kind_line(terms: &LotTerms, part: &str, market: Option<String>, minor: i64) -> InKindLine {
    let ppm = terms.fair_value_ppm;
    let value = ppm.map_or(minor, |ppm| worth(minor, ppm));
    let basis = terms
        .technique
        .clone()
        .unwrap_or_else(|| "face value".to_owned());
    InKindLine {
        lot_id: terms.id.to_string(),
        instalment: Free(terms.instalment.clone()),
        platform: terms.unit.facts().platform.clone(),
        unit: terms.unit.code().to_owned(),
        denomination: terms.unit.currency().to_owned(),
        issued_on: terms.issued_on,
        part: part.to_owned(),
        market,
        face_value: Amount::new(minor, &terms.unit),
        fair_value_rate: ppm.map(rate),
        basis: Free(basis),
        fair_value: Amount::new(value, &terms.unit),
        document: terms.document.clone().map(Free),
    }
}

/// What was used and lost of a lot, by market.
fn parts(terms: &LotTerms, sums: &[LotSum]) -> Vec<(&'static str, Option<String>, i64)> {
    let mut parts: Vec<(&'static str, Option<String>, i64)> = Vec::new();
    for sum in sums.iter().filter(|it| it.lot == terms.id) {
        let part = match sum.other {
            _ if is_spend(sum) => "used",
            Code::CreditsLost if sum.root_kind == Kind::Revocation => "revoked",
            Code::CreditsLost => "expired",
            _ => continue,
        };
        let market = sum.market.map(|it| it.to_string());
        match parts
            .iter_mut()
            .find(|row| row.0 == part && row.1 == market)
        {
            Some(row) => row.2 -= sum.net,
            None => parts.push((part, market, -sum.net)),
        }
    }
    parts.sort();
    parts.retain(|row| row.2 != 0);
    parts
}

/// The list of gifts in kind: what came of each lot, what was used, lost and is left, by market.
pub fn in_kind(cut: &Cut, terms: &[LotTerms], sums: &[LotSum]) -> Report<InKindLine> {
    let mut lines = Vec::new();
    for it in terms {
        lines.push(in_kind_line(it, "received", None, it.face));
        let gone = parts(it, sums).into_iter();
        lines.extend(gone.map(|(part, market, minor)| in_kind_line(it, part, market, minor)));
        let left = Figures::of(it, sums).left();
        if left != 0 {
            lines.push(in_kind_line(it, "left", None, left));
        }
    }
    let lots: Vec<_> = terms.iter().map(|it| (it, Figures::of(it, sums))).collect();
    Report::new("in-kind", cut, lines, lot_totals(&lots))
}

#[cfg(test)]
mod tests {
    use super::{band, rate, worth};

    #[test]
    fn a_lot_is_in_the_nearest_band_its_end_is_within() {
        let expected = [
            (-1, "ended"),
            (0, "7"),
            (7, "7"),
            (8, "14"),
            (30, "30"),
            (31, "60"),
            (90, "90"),
            (91, "later"),
        ];
        for (days_left, name) in expected {
            assert_eq!(band(days_left), name, "{days_left}");
        }
    }

    #[test]
    fn worth_is_to_the_nearest_minor_digit() {
        assert_eq!(rate(850_000), "0.850000");
        assert_eq!(worth(101, 500_000), 51);
        assert_eq!(worth(-101, 500_000), -51);
        assert_eq!(worth(100, 1_000_000), 100);
    }
}
