//! The chart of accounts: what kinds of account there are, and the rule each follows.
//!
//! The same table stands in the database (`chart`, `chart_unit_kinds`), where it is enforced; a
//! test compares the two row by row.

use super::unit::UnitKind;

/// The side on which an account's balance is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Side {
    /// Assets, receivables and costs.
    Debit,
    /// Purses, liabilities and releases.
    Credit,
}

impl Side {
    /// As the database and the API write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Side::Debit => "debit",
            Side::Credit => "credit",
        }
    }

    /// What `debits` and `credits` come to on this side.
    pub fn balance(self, debits: i64, credits: i64) -> i64 {
        match self {
            Side::Debit => debits - credits,
            Side::Credit => credits - debits,
        }
    }
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $label:literal, $side:ident, $kind:ident,
       $dimensions:literal;)+) => {
        /// A code of the chart of accounts.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub enum Code {
            $($(#[$doc])* $name,)+
        }

        impl Code {
            /// Every code, in order.
            pub const ALL: &'static [Code] = &[$(Code::$name),+];

            /// The four digits.
            pub fn as_str(self) -> &'static str {
                match self { $(Code::$name => $code),+ }
            }

            /// What the account is called.
            pub fn name(self) -> &'static str {
                match self { $(Code::$name => $label),+ }
            }

            /// Its normal side.
            pub fn side(self) -> Side {
                match self { $(Code::$name => Side::$side),+ }
            }

            /// The only kind of unit it may count.
            pub fn unit_kind(self) -> UnitKind {
                match self { $(Code::$name => UnitKind::$kind),+ }
            }

            /// What accounts of this code are kept by: `m` market, `c` creator, `i` instalment,
            /// `l` lot.
            pub fn dimensions(self) -> &'static str {
                match self { $(Code::$name => $dimensions),+ }
            }

            /// The code written as four digits, if it is one of the chart's.
            pub fn parse(text: &str) -> Option<Code> {
                match text { $($code => Some(Code::$name),)+ _ => None }
            }
        }
    };
}

chart! {
    /// Money at the bank.
    Bank = "1010", "Bank", Debit, Cash, "";
    /// Cash an instalment still owes.
    CashReceivable = "1110", "Pledge receivable, cash", Debit, Cash, "i";
    /// Credits an instalment still owes.
    CreditsReceivable = "1210", "Pledge receivable, credits", Debit, Credits, "i";
    /// Credits of a lot, in the platform's pool.
    CreditPool = "1310", "Ad credits held in the platform's pool", Debit, Credits, "l";
    /// Conditional cash that came before its condition was met.
    CashAdvance = "2300", "Refundable advance, cash", Credit, Cash, "i";
    /// Conditional credits that came before their condition was met.
    CreditsAdvance = "2310", "Refundable advance, credits", Credit, Credits, "i";
    /// Cash promised and not yet there: not spendable.
    CashPledged = "3100", "Purse: pledged, not yet funded, cash", Credit, Cash, "";
    /// Cash there and not yet budgeted.
    CashFunded = "3110", "Purse: funded, unallocated, cash", Credit, Cash, "";
    /// A market's cash budget.
    CashMarket = "3120", "Purse: market budget, cash", Credit, Cash, "m";
    /// Cash reserved for a creator.
    CashCreator = "3130", "Purse: creator allocation, cash", Credit, Cash, "mc";
    /// Cash set aside for running the programme.
    SupportCost = "3190", "Purse: programme support cost", Credit, Cash, "";
    /// Credits promised and not yet issued: not spendable.
    CreditsPledged = "3200", "Purse: pledged, not yet funded, credits", Credit, Credits, "";
    /// Credits issued and not yet budgeted.
    CreditsFunded = "3210", "Purse: funded, unallocated, credits", Credit, Credits, "";
    /// A market's credit budget.
    CreditsMarket = "3220", "Purse: market budget, credits", Credit, Credits, "m";
    /// Credits reserved for a creator.
    CreditsCreator = "3230", "Purse: creator allocation, credits", Credit, Credits, "mc";
    /// Cash whose restriction has been met.
    CashReleased = "4910", "Restriction released, cash", Credit, Cash, "";
    /// What the bank kept.
    BankFees = "5810", "Bank fees", Debit, Cash, "";
}

/// The purses and receivables of one kind of unit: the same tree for cash and for credits.
#[derive(Debug, Clone, Copy)]
pub struct Purses {
    /// What an instalment still owes.
    pub receivable: Code,
    /// Received before its condition was met.
    pub advance: Code,
    /// Promised, not spendable.
    pub pledged: Code,
    /// There, not yet budgeted.
    pub funded: Code,
    /// Budgeted for a market.
    pub market: Code,
    /// Reserved for a creator.
    pub creator: Code,
}

impl Purses {
    /// The tree for units of that kind.
    pub fn of(kind: UnitKind) -> Purses {
        match kind {
            UnitKind::Cash => Purses {
                receivable: Code::CashReceivable,
                advance: Code::CashAdvance,
                pledged: Code::CashPledged,
                funded: Code::CashFunded,
                market: Code::CashMarket,
                creator: Code::CashCreator,
            },
            UnitKind::Credits => Purses {
                receivable: Code::CreditsReceivable,
                advance: Code::CreditsAdvance,
                pledged: Code::CreditsPledged,
                funded: Code::CreditsFunded,
                market: Code::CreditsMarket,
                creator: Code::CreditsCreator,
            },
        }
    }
}
