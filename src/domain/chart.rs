//! The chart of accounts: what kinds of account there are, and the rule each follows.
//!
//! The same table stands in the database (`chart`, `chart_unit_kinds`, `chart_dimensions`), where
//! it is enforced; a test compares the two row by row.

use super::unit::UnitKind;

/// The side on which an account's balance is positive.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
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

/// Which units an account may count.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Counts {
    /// Currencies alone.
    Cash,
    /// Ad credits alone.
    Credits,
    /// Either.
    Either,
}

impl Counts {
    /// The kinds of unit as the database lists them.
    pub fn kinds(self) -> &'static [UnitKind] {
        match self {
            Counts::Cash => &[UnitKind::Cash],
            Counts::Credits => &[UnitKind::Credits],
            Counts::Either => &[UnitKind::Cash, UnitKind::Credits],
        }
    }
}

macro_rules! chart {
    ($($(#[$doc:meta])* $name:ident = $code:literal, $label:literal, $side:ident, $counts:ident,
       [$($dimensions:literal),+] $(, $overdraw:ident)?;)+) => {
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

            /// Which units it may count.
            pub fn counts(self) -> Counts {
                match self { $(Code::$name => Counts::$counts),+ }
            }

            /// Whether its balance may go against its side.
            pub fn may_overdraw(self) -> bool {
                match self { $(Code::$name => false $(|| stringify!($overdraw) == "overdraw")?),+ }
            }

            /// What accounts of this code are kept by: `m` market, `c` creator, `i` instalment,
            /// `l` lot, `o` obligation, `a` ad account, `p` platform. Two codes are also kept
            /// without a market.
            pub fn dimensions(self) -> &'static [&'static str] {
                match self { $(Code::$name => &[$($dimensions),+]),+ }
            }

            /// Whether nothing may be left on it when its pledge is closed: what is had, owed and
            /// set aside, as against what it came to.
            pub fn must_be_empty_at_close(self) -> bool {
                self.as_str() < "4000"
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
    Bank = "1010", "Bank", Debit, Cash, [""];
    /// Cash an instalment still owes.
    CashReceivable = "1110", "Pledge receivable, cash", Debit, Cash, ["i"];
    /// Credits an instalment still owes.
    CreditsReceivable = "1210", "Pledge receivable, credits", Debit, Credits, ["i"];
    /// Credits of a lot, in the platform's pool.
    CreditPool = "1310", "Ad credits held in the platform's pool", Debit, Credits, ["l"];
    /// Credits of a lot, placed in an ad account.
    CreditPlaced = "1320", "Ad credits placed in an ad account", Debit, Credits, ["la"];
    /// Paid in advance to a creator, and not yet accounted for.
    Advances = "1400", "Advances, not yet liquidated", Debit, Cash, ["mc"];
    /// To be paid back by a creator: what it went for was not eligible.
    Recoverable = "1420", "Recoverable", Debit, Cash, ["mc"];
    /// What nobody could place yet; zero at close.
    Suspense = "1900", "Suspense", Debit, Either, [""], overdraw;
    /// Between two currencies: owed in one, paid from the other.
    CurrencyClearing = "1950", "Currency clearing", Debit, Cash, [""], overdraw;
    /// Owed to a platform: overspill, and tax on ad spend.
    PlatformPayable = "2110", "Payable to the platform", Credit, Cash, ["p"];
    /// Owed to a creator, in the currency it is paid in.
    CreatorPayable = "2120", "Payable to a creator", Credit, Cash, ["mc"];
    /// Withheld from creators, for the tax office.
    TaxWithheld = "2210", "Tax withheld, to remit", Credit, Cash, ["m"];
    /// Conditional cash that came before its condition was met.
    CashAdvance = "2300", "Refundable advance, cash", Credit, Cash, ["i"];
    /// Conditional credits that came before their condition was met.
    CreditsAdvance = "2310", "Refundable advance, credits", Credit, Credits, ["i"];
    /// To be given back to the donor.
    DueToDonor = "2400", "Due to the donor", Credit, Cash, [""];
    /// Cash promised and not yet there: not spendable.
    CashPledged = "3100", "Purse: pledged, not yet funded, cash", Credit, Cash, [""];
    /// Cash there and not yet budgeted.
    CashFunded = "3110", "Purse: funded, unallocated, cash", Credit, Cash, [""];
    /// A market's cash budget.
    CashMarket = "3120", "Purse: market budget, cash", Credit, Cash, ["m"];
    /// Cash reserved for a creator.
    CashCreator = "3130", "Purse: creator allocation, cash", Credit, Cash, ["mc"];
    /// Cash bound by a contract.
    CashObligated = "3140", "Purse: obligated, cash", Credit, Cash, ["mco"];
    /// Cash set aside for fees and exchange differences.
    Reserve = "3150", "Purse: reserve for fees and exchange differences", Credit, Cash, [""];
    /// Cash a creator has to pay back first: not spendable.
    PendingRecovery = "3170", "Purse: pending recovery", Credit, Cash, [""];
    /// Cash set aside for running the programme.
    SupportCost = "3190", "Purse: programme support cost", Credit, Cash, [""];
    /// Credits promised and not yet issued: not spendable.
    CreditsPledged = "3200", "Purse: pledged, not yet funded, credits", Credit, Credits, [""];
    /// Credits issued and not yet budgeted.
    CreditsFunded = "3210", "Purse: funded, unallocated, credits", Credit, Credits, [""];
    /// A market's credit budget.
    CreditsMarket = "3220", "Purse: market budget, credits", Credit, Credits, ["m"];
    /// Credits reserved for a creator.
    CreditsCreator = "3230", "Purse: creator allocation, credits", Credit, Credits, ["mc"];
    /// Credits bound by a campaign.
    CreditsObligated = "3240", "Purse: obligated, credits", Credit, Credits, ["mco"];
    /// Cash whose restriction has been met.
    CashReleased = "4910", "Restriction released, cash", Credit, Cash, [""];
    /// Credits used for what they were given for.
    CreditsReleased = "4920", "Restriction released, in kind", Credit, Credits, [""];
    /// What lapsed before it could be used.
    Lapsed = "4930", "Restriction released, lapsed", Credit, Either, [""];
    /// Work of creators.
    CreatorCost = "5110", "Cost: creators", Debit, Cash, ["m"];
    /// Advertising paid with credits.
    AdvertisingCost = "5210", "Cost: advertising in kind", Debit, Credits, ["m"];
    /// Advertising that went on against cash when the credits ran out.
    OverspillCost = "5220", "Cost: ad overspill in cash", Debit, Cash, ["m"];
    /// Tax on ad spend.
    AdTax = "5230", "Cost: tax on ad spend", Debit, Cash, ["m"];
    /// Running the programme.
    SupportCostDrawn = "5310", "Cost: programme support", Debit, Cash, [""];
    /// What the bank kept.
    BankFees = "5810", "Bank fees", Debit, Cash, [""];
    /// Credits that expired or were revoked, by market where a market had them.
    CreditsLost = "5910", "Loss: credits expired or revoked", Debit, Credits, ["", "m"];
    /// What was pledged and will not come.
    PledgeLost = "5920", "Loss: pledge written off", Debit, Either, [""];
    /// What was owed back and will not come.
    BadDebt = "5930", "Loss: bad debt", Debit, Cash, [""];
    /// Exchange differences on what was paid.
    ExchangeRealised = "7100", "Exchange difference, realised", Debit, Cash, [""], overdraw;
    /// Exchange differences on what is still owed.
    ExchangeUnrealised = "7200", "Exchange difference, unrealised", Debit, Cash, [""], overdraw;
}

impl Code {
    /// Whether its balance stands in the proof of units of that kind: the purses, what is behind
    /// them, and what is owed of it. Counted as credits less debits, they add up to nothing, in
    /// the whole of a pledge as in each of its journals.
    pub fn is_proved(self, kind: UnitKind) -> bool {
        let proved_in = match self {
            Code::Bank
            | Code::CashReceivable
            | Code::Advances
            | Code::Recoverable
            | Code::Suspense
            | Code::CurrencyClearing
            | Code::PlatformPayable
            | Code::CreatorPayable
            | Code::TaxWithheld
            | Code::CashAdvance
            | Code::DueToDonor
            | Code::CashPledged
            | Code::CashFunded
            | Code::CashMarket
            | Code::CashCreator
            | Code::CashObligated
            | Code::Reserve
            | Code::PendingRecovery
            | Code::SupportCost => UnitKind::Cash,
            Code::CreditsReceivable
            | Code::CreditPool
            | Code::CreditPlaced
            | Code::CreditsAdvance
            | Code::CreditsPledged
            | Code::CreditsFunded
            | Code::CreditsMarket
            | Code::CreditsCreator
            | Code::CreditsObligated => UnitKind::Credits,
            Code::CashReleased
            | Code::CreditsReleased
            | Code::Lapsed
            | Code::CreatorCost
            | Code::AdvertisingCost
            | Code::OverspillCost
            | Code::AdTax
            | Code::SupportCostDrawn
            | Code::BankFees
            | Code::CreditsLost
            | Code::PledgeLost
            | Code::BadDebt
            | Code::ExchangeRealised
            | Code::ExchangeUnrealised => return false,
        };
        kind == proved_in
    }

    /// Whether donors see its accounts: what was promised, came in, wasn't given to a market yet,
    /// and is theirs again. No line of these tells of a single creator, as those of the bank do.
    pub fn is_shown_to_donors(self) -> bool {
        matches!(
            self,
            Code::CashReceivable
                | Code::CreditsReceivable
                | Code::CreditPool
                | Code::CashAdvance
                | Code::CreditsAdvance
                | Code::DueToDonor
                | Code::CashPledged
                | Code::CashFunded
                | Code::SupportCost
                | Code::CreditsPledged
                | Code::CreditsFunded
                | Code::SupportCostDrawn
                | Code::PledgeLost
        )
    }

    /// Whether it is one side of what is owed and not there yet: a receivable, or the purse of what
    /// was pledged. These two move together.
    pub fn is_awaited(self) -> bool {
        let (cash, credits) = (Purses::of(UnitKind::Cash), Purses::of(UnitKind::Credits));
        let awaited = [cash, credits].map(|purses| [purses.receivable, purses.pledged]);
        awaited.iter().flatten().any(|code| *code == self)
    }
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
    /// Bound by a contract or a campaign.
    pub obligated: Code,
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
                obligated: Code::CashObligated,
            },
            UnitKind::Credits => Purses {
                receivable: Code::CreditsReceivable,
                advance: Code::CreditsAdvance,
                pledged: Code::CreditsPledged,
                funded: Code::CreditsFunded,
                market: Code::CreditsMarket,
                creator: Code::CreditsCreator,
                obligated: Code::CreditsObligated,
            },
        }
    }
}
