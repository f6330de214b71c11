//! Withholding: the part of what a creator is owed that goes to a tax office instead.
//!
//! Rules are data, dated and only ever added; the one in force on an invoice's effective date
//! applies. Without one nothing is withheld.

use rust_decimal::Decimal;
use time::{Date, OffsetDateTime};

use super::id::WithholdingRuleId;
use super::market::Market;
use super::money::Money;

/// A country by its ISO 3166-1 code, written as a market is; a payer's need not be a market.
pub type Country = Market;

macro_rules! payment_kinds {
    ($($(#[$doc:meta])* $name:ident = $word:literal;)+) => {
        /// What a creator is paid for, as far as withholding tells it apart.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
        pub enum PaymentKind {
            $($(#[$doc])* $name,)+
        }

        impl PaymentKind {
            /// Every kind there is.
            pub const ALL: &'static [PaymentKind] = &[$(PaymentKind::$name),+];

            /// The kind as the database and the API write it.
            pub fn as_str(self) -> &'static str {
                match self { $(PaymentKind::$name => $word),+ }
            }

            /// The kind written so.
            pub fn parse(text: &str) -> Option<PaymentKind> {
                match text { $($word => Some(PaymentKind::$name),)+ _ => None }
            }
        }
    };
}

payment_kinds! {
    /// Work done: a video made, an event spoken at.
    Service = "service";
    /// The use of a work: a licence to show it.
    Royalty = "royalty";
    /// Anything else.
    Other = "other";
}

/// Which payments a rule is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Route {
    /// Where the payer is.
    pub payer: Country,
    /// Where the creator is.
    pub payee: Country,
    /// What for.
    pub kind: PaymentKind,
}

/// A rule that holds from a day on, until a later one of the same route does.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WithholdingRule {
    /// Its id.
    pub id: WithholdingRuleId,
    /// Which payments it is for.
    pub route: Route,
    /// Its first day.
    pub valid_from: Date,
    /// How much, in parts per million.
    pub rate_ppm: i32,
    /// The law or treaty it rests on.
    pub legal_reference: String,
    /// Who stated it.
    pub stated_by: String,
    /// When.
    pub stated_at: OffsetDateTime,
}

impl WithholdingRule {
    /// The rate as a fraction.
    pub fn rate(&self) -> Decimal {
        Decimal::new(i64::from(self.rate_ppm), 6)
    }

    /// The rate in percent, such as `20.42`.
    pub fn rate_percent(&self) -> String {
        Decimal::new(i64::from(self.rate_ppm), 4)
            .normalize()
            .to_string()
    }

    /// What is withheld of `gross`, rounded once, half to even, to the minor digit.
    pub fn withheld(&self, gross: &Money) -> Option<Money> {
        gross.part(self.rate())
    }
}
