//! The figures of the demonstration pledge, all of them fictional.
//!
//! What is public is that there is a pledge of that face value for these eight markets, in cash and
//! ad credits. How it divides, when anything was due or came, and what went where is made up here.

use time::Date;
use time::macros::date;

/// What an amount is counted in.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Unit {
    /// US dollars.
    Cash,
    /// Ad credits of the platform, in US dollars.
    Credits,
}

impl Unit {
    /// Both.
    pub const ALL: [Unit; 2] = [Unit::Cash, Unit::Credits];

    /// How the API spells it.
    pub fn code(self) -> &'static str {
        match self {
            Unit::Cash => "USD",
            Unit::Credits => "ADC:TIKTOK:USD",
        }
    }
}

/// An amount of one unit, in hundredths: both units have two fraction digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub struct Amount {
    /// How many hundredths.
    pub minor: i64,
    /// Of what.
    pub unit: Unit,
}

impl Amount {
    /// So many whole units.
    pub const fn whole(units: i64, unit: Unit) -> Self {
        Amount {
            minor: units * 100,
            unit,
        }
    }
}

/// What the creators of a market are paid in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Currency {
    /// ISO 4217's code for it.
    pub code: &'static str,
    /// How many fraction digits it has.
    pub digits: u32,
    /// So many ten-thousandths of it are one dollar, about which each month's rate lies.
    pub per_dollar_e4: i64,
}

impl Currency {
    /// Whether it is another one than the pledge's.
    pub fn is_foreign(&self) -> bool {
        self.code != Unit::Cash.code()
    }
}

/// What a market gets, and for how many.
#[derive(Debug)]
pub struct MarketFigures {
    /// Its code.
    pub code: &'static str,
    /// Budget in cash, in whole units.
    pub cash: i64,
    /// Budget in credits, in whole units.
    pub credits: i64,
    /// Creators in the network.
    pub network: usize,
    /// Those of them who are allocated something.
    pub funded: usize,
    /// What they are paid in.
    pub currency: Currency,
}

impl MarketFigures {
    /// Its budget in that unit.
    pub fn budget(&self, unit: Unit) -> Amount {
        match unit {
            Unit::Cash => Amount::whole(self.cash, unit),
            Unit::Credits => Amount::whole(self.credits, unit),
        }
    }
}

const fn market(
    code: &'static str,
    cash: i64,
    credits: i64,
    network: usize,
    funded: usize,
    currency: Currency,
) -> MarketFigures {
    MarketFigures {
        code,
        cash,
        credits,
        network,
        funded,
        currency,
    }
}

const fn currency(code: &'static str, digits: u32, per_dollar_e4: i64) -> Currency {
    Currency {
        code,
        digits,
        per_dollar_e4,
    }
}

const USD: Currency = currency("USD", 2, 10_000);
const GBP: Currency = currency("GBP", 2, 7_700);
const EUR: Currency = currency("EUR", 2, 9_200);
const JPY: Currency = currency("JPY", 0, 1_500_000);
const KRW: Currency = currency("KRW", 0, 13_800_000);
const IDR: Currency = currency("IDR", 2, 157_000_000);
const MXN: Currency = currency("MXN", 2, 198_000);
const BRL: Currency = currency("BRL", 2, 57_000);

/// The markets.
pub const MARKETS: [MarketFigures; 8] = [
    market("US", 330_000, 300_000, 240, 60, USD),
    market("GB", 190_000, 170_000, 130, 32, GBP),
    market("FR", 150_000, 130_000, 85, 22, EUR),
    market("JP", 150_000, 150_000, 70, 18, JPY),
    market("KR", 120_000, 120_000, 60, 16, KRW),
    market("ID", 130_000, 130_000, 85, 22, IDR),
    market("MX", 130_000, 110_000, 72, 18, MXN),
    market("BR", 150_000, 110_000, 80, 20, BRL),
];

/// The pledge's face value.
pub const TOTAL: Amount = Amount::whole(3_000_000, Unit::Cash);

/// The face value by unit.
pub const SPLIT: [Amount; 2] = [
    Amount::whole(1_750_000, Unit::Cash),
    Amount::whole(1_250_000, Unit::Credits),
];

/// One payment, or one issue of credits.
#[derive(Debug)]
pub struct InstalmentFigures {
    /// The parties' name for it.
    pub reference: &'static str,
    /// How much.
    pub amount: Amount,
    /// When it is due.
    pub due: Date,
    /// What has to happen first.
    pub condition: Option<&'static str>,
}

const fn instalment(
    reference: &'static str,
    units: i64,
    unit: Unit,
    due: Date,
) -> InstalmentFigures {
    InstalmentFigures {
        reference,
        amount: Amount::whole(units, unit),
        due,
        condition: None,
    }
}

/// What the pledge consists of.
pub const INSTALMENTS: [InstalmentFigures; 6] = [
    instalment("C1", 700_000, Unit::Cash, date!(2024 - 10 - 15)),
    instalment("C2", 600_000, Unit::Cash, date!(2025 - 03 - 31)),
    InstalmentFigures {
        condition: Some("Interim report accepted"),
        ..instalment("C3", 450_000, Unit::Cash, date!(2025 - 09 - 30))
    },
    instalment("T1", 500_000, Unit::Credits, date!(2024 - 11 - 01)),
    instalment("T2", 450_000, Unit::Credits, date!(2025 - 02 - 01)),
    instalment("T3", 300_000, Unit::Credits, date!(2025 - 06 - 01)),
];

/// A part of every market's budget, given once money for it has come.
#[derive(Debug)]
pub struct Tranche {
    /// Which one of its unit, from 1.
    pub number: usize,
    /// In cash or credits.
    pub unit: Unit,
    /// How much of the budget, and which part of the funded creators get theirs out of it.
    pub percent: i64,
    /// When it is given: after what pays for it has come.
    pub budgeted: Date,
    /// From when to when it is allocated, both days included.
    pub allocated: (Date, Date),
}

impl Tranche {
    /// What a market gets with it.
    pub fn of(&self, market: &MarketFigures) -> Amount {
        let budget = market.budget(self.unit);
        Amount {
            minor: budget.minor * self.percent / 100,
            ..budget
        }
    }

    /// Whether nothing comes after it in its unit.
    pub fn is_last(&self) -> bool {
        self.number == 3
    }
}

/// Cash: 45 % is what the first instalment covers once the fee, support cost and a reserve are off,
/// 84 % what both cover. Credits: as lots are issued, each a little less than has come.
pub const TRANCHES: [Tranche; 6] = [
    Tranche {
        number: 1,
        unit: Unit::Cash,
        percent: 45,
        budgeted: date!(2024 - 11 - 04),
        allocated: (date!(2024 - 11 - 11), date!(2025 - 04 - 11)),
    },
    Tranche {
        number: 2,
        unit: Unit::Cash,
        percent: 39,
        budgeted: date!(2025 - 04 - 22),
        allocated: (date!(2025 - 04 - 28), date!(2025 - 10 - 03)),
    },
    Tranche {
        number: 3,
        unit: Unit::Cash,
        percent: 16,
        budgeted: date!(2025 - 10 - 13),
        allocated: (date!(2025 - 10 - 20), date!(2025 - 11 - 28)),
    },
    Tranche {
        number: 1,
        unit: Unit::Credits,
        percent: 40,
        budgeted: date!(2024 - 11 - 04),
        allocated: (date!(2024 - 11 - 11), date!(2025 - 01 - 31)),
    },
    Tranche {
        number: 2,
        unit: Unit::Credits,
        percent: 35,
        budgeted: date!(2025 - 02 - 03),
        allocated: (date!(2025 - 02 - 10), date!(2025 - 05 - 30)),
    },
    Tranche {
        number: 3,
        unit: Unit::Credits,
        percent: 25,
        budgeted: date!(2025 - 06 - 02),
        allocated: (date!(2025 - 06 - 09), date!(2025 - 10 - 20)),
    },
];

/// The market of that code.
pub fn market_of(code: &str) -> &'static MarketFigures {
    let mut markets = MARKETS.iter();
    markets.find(|it| it.code == code).unwrap_or(&MARKETS[0])
}
