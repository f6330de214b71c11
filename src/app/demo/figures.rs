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
) -> MarketFigures {
    MarketFigures {
        code,
        cash,
        credits,
        network,
        funded,
    }
}

/// The markets.
pub const MARKETS: [MarketFigures; 8] = [
    market("US", 330_000, 300_000, 240, 60),
    market("GB", 190_000, 170_000, 130, 32),
    market("FR", 150_000, 130_000, 85, 22),
    market("JP", 150_000, 150_000, 70, 18),
    market("KR", 120_000, 120_000, 60, 16),
    market("ID", 130_000, 130_000, 85, 22),
    market("MX", 130_000, 110_000, 72, 18),
    market("BR", 150_000, 110_000, 80, 20),
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
    /// How much of the budget.
    pub percent: i64,
    /// When it is given: after what pays for it has come.
    pub budgeted: Date,
    /// From when to when it is allocated, both days included.
    pub allocated: (Date, Date),
    /// How many of the creators who are funded in that unit get something of it.
    pub takers_percent: usize,
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

/// Cash: 45 % is what the first instalment covers once the fee and support cost are off, 85 % what
/// both cover. Credits: as lots are issued, each a little less than has come.
pub const TRANCHES: [Tranche; 6] = [
    Tranche {
        number: 1,
        unit: Unit::Cash,
        percent: 45,
        budgeted: date!(2024 - 11 - 04),
        allocated: (date!(2024 - 11 - 11), date!(2025 - 04 - 11)),
        takers_percent: 100,
    },
    Tranche {
        number: 2,
        unit: Unit::Cash,
        percent: 40,
        budgeted: date!(2025 - 04 - 22),
        allocated: (date!(2025 - 04 - 28), date!(2025 - 10 - 03)),
        takers_percent: 75,
    },
    Tranche {
        number: 3,
        unit: Unit::Cash,
        percent: 15,
        budgeted: date!(2025 - 10 - 13),
        allocated: (date!(2025 - 10 - 20), date!(2025 - 11 - 28)),
        takers_percent: 40,
    },
    Tranche {
        number: 1,
        unit: Unit::Credits,
        percent: 40,
        budgeted: date!(2024 - 11 - 04),
        allocated: (date!(2024 - 11 - 11), date!(2025 - 01 - 31)),
        takers_percent: 100,
    },
    Tranche {
        number: 2,
        unit: Unit::Credits,
        percent: 35,
        budgeted: date!(2025 - 02 - 03),
        allocated: (date!(2025 - 02 - 10), date!(2025 - 05 - 30)),
        takers_percent: 75,
    },
    Tranche {
        number: 3,
        unit: Unit::Credits,
        percent: 25,
        budgeted: date!(2025 - 06 - 02),
        allocated: (date!(2025 - 06 - 09), date!(2025 - 11 - 14)),
        takers_percent: 40,
    },
];

/// How many of a market's funded creators get credits beside cash.
pub const CREDIT_TAKERS_PERCENT: usize = 60;
