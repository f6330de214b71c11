//! How values are spelled on the wire: money, days, instants, ids and markets.

use std::fmt;

use serde::{Serialize, Serializer};
use time::{Date, OffsetDateTime, UtcOffset};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, Schema, SchemaFormat, Type};
use utoipa::openapi::{RefOr, schema::SchemaType};
use utoipa::{PartialSchema, ToSchema};

use crate::domain::money::format_minor;
use crate::domain::{
    AccountId, AdAccountId, AllocationId, ApiTokenId, ApprovalId, AuditEventId, CreatorId,
    ExchangeRateId, IdentityId, InstalmentId, JobRunId, JournalId, LotId, Market, Money,
    ObligationId, PayoutId, PeriodEventId, PlatformBalanceId, PledgeId, RevaluationId,
    RevocationId, RoleGrantId, SpendLineId, StatementId, StatementRunId, ThresholdId, Unit,
    WithholdingRuleId,
};

/// An amount of one unit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Money, examples(json!({"amount": "1250.00", "unit": "USD"})))]
pub struct MoneyOut {
    /// A decimal string, with all of the unit's fraction digits; never a number.
    #[schema(pattern = r"^-?(0|[1-9][0-9]*)(\.[0-9]+)?$")]
    pub amount: String,
    /// A currency (`USD`), or the ad credits of a platform in one (`ADC:TIKTOK:USD`).
    pub unit: String,
}

impl MoneyOut {
    /// So many of the unit's minor digit.
    pub fn of_minor(minor: i64, unit: &Unit) -> Self {
        let amount = format_minor(minor, unit.minor_digits());
        MoneyOut {
            amount,
            unit: unit.code().to_owned(),
        }
    }
}

impl From<&Money> for MoneyOut {
    fn from(money: &Money) -> Self {
        MoneyOut {
            amount: money.amount(),
            unit: money.unit().code().to_owned(),
        }
    }
}

/// A day: `2026-11-24`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Day(pub Date);

impl fmt::Display for Day {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (year, month, day) = self.0.to_calendar_date();
        write!(f, "{year:04}-{:02}-{day:02}", u8::from(month))
    }
}

/// A moment, to the microsecond, in UTC: `2026-11-24T05:57:41.000000Z`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Instant(pub OffsetDateTime);

impl fmt::Display for Instant {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let utc = self.0.to_offset(UtcOffset::UTC);
        let (hour, minute, second, micros) = utc.to_hms_micro();
        write!(
            f,
            "{}T{hour:02}:{minute:02}:{second:02}.{micros:06}Z",
            Day(utc.date())
        )
    }
}

macro_rules! written_as_text {
    ($($name:ty),+) => {$(
        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

written_as_text!(Day, Instant);

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::new(Type::String))
}

/// Describes a type as a string of some form, in place wherever it is used.
macro_rules! described {
    ($($name:ty => $schema:expr;)+) => {$(
        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                RefOr::T($schema.build().into())
            }
        }

        impl ToSchema for $name {}
    )+};
}

fn id(prefix: &str) -> ObjectBuilder {
    text()
        .pattern(Some(format!("^{prefix}_[0-9a-f]{{32}}$")))
        .examples([format!("{prefix}_019ab3f27c5e7d10a4f3c2b1d0e9f807")])
}

described! {
    Day => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date)));
    Instant => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::DateTime)));
    Market => text().pattern(Some("^[A-Z]{2}$")).examples(["JP"]);
    PledgeId => id(PledgeId::PREFIX);
    InstalmentId => id(InstalmentId::PREFIX);
    LotId => id(LotId::PREFIX);
    CreatorId => id(CreatorId::PREFIX);
    AllocationId => id(AllocationId::PREFIX);
    ObligationId => id(ObligationId::PREFIX);
    AdAccountId => id(AdAccountId::PREFIX);
    PlatformBalanceId => id(PlatformBalanceId::PREFIX);
    SpendLineId => id(SpendLineId::PREFIX);
    JournalId => id(JournalId::PREFIX);
    PayoutId => id(PayoutId::PREFIX);
    PeriodEventId => id(PeriodEventId::PREFIX);
    StatementId => id(StatementId::PREFIX);
    StatementRunId => id(StatementRunId::PREFIX);
    ExchangeRateId => id(ExchangeRateId::PREFIX);
    RevaluationId => id(RevaluationId::PREFIX);
    WithholdingRuleId => id(WithholdingRuleId::PREFIX);
    AccountId => id(AccountId::PREFIX);
    JobRunId => id(JobRunId::PREFIX);
    IdentityId => id(IdentityId::PREFIX);
    RoleGrantId => id(RoleGrantId::PREFIX);
    RevocationId => id(RevocationId::PREFIX);
    ApiTokenId => id(ApiTokenId::PREFIX);
    ApprovalId => id(ApprovalId::PREFIX);
    ThresholdId => id(ThresholdId::PREFIX);
    AuditEventId => id(AuditEventId::PREFIX);
}

#[cfg(test)]
mod tests {
    use super::*;
    use time::macros::{date, datetime};

    #[test]
    fn days_and_instants_are_written_in_full_and_in_utc() {
        assert_eq!(Day(date!(2026 - 01 - 09)).to_string(), "2026-01-09");
        let at = datetime!(2026-11-24 05:57:41.25 +09:00);
        assert_eq!(Instant(at).to_string(), "2026-11-23T20:57:41.250000Z");
    }
}
