//! Identifiers that carry their type: `plg_018f…` is a pledge wherever it is seen.
//!
//! An id is a prefix, an underscore and the 32 lower-case hexadecimal digits of a `UUIDv7`: 36
//! characters at most, which fits bank reference fields, and no hyphens for a spreadsheet to
//! reinterpret. A `CreatorId` can't be passed where a `PledgeId` is meant.

use std::fmt;
use std::str::FromStr;

use serde::{Serialize, Serializer};
use uuid::Uuid;

/// Why a text isn't an id of the type asked for.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("an id of this type is {expected}_ followed by 32 lower-case hexadecimal digits")]
pub struct NotAnId {
    /// The prefix ids of the type carry.
    pub expected: &'static str,
}

/// Reads the 32 digits behind `prefix_`, exactly as they are written: one spelling per id.
fn parse(text: &str, prefix: &'static str) -> Result<Uuid, NotAnId> {
    text.strip_prefix(prefix)
        .and_then(|rest| rest.strip_prefix('_'))
        .filter(|digits| digits.len() == 32)
        .filter(|digits| {
            digits
                .bytes()
                .all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'))
        })
        .and_then(|digits| Uuid::try_parse(digits).ok())
        .ok_or(NotAnId { expected: prefix })
}

macro_rules! typed_ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(pub Uuid);

        impl $name {
            /// What every id of this type begins with.
            pub const PREFIX: &'static str = $prefix;
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                write!(f, concat!($prefix, "_{}"), self.0.as_simple())
            }
        }

        impl FromStr for $name {
            type Err = NotAnId;
            fn from_str(text: &str) -> Result<Self, NotAnId> {
                parse(text, $prefix).map(Self)
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.collect_str(self)
            }
        }
    )+};
}

typed_ids! {
    /// A pledge.
    PledgeId = "plg";
    /// An instalment of a pledge.
    InstalmentId = "ins";
    /// A lot of ad credits.
    LotId = "lot";
    /// A creator in the network.
    CreatorId = "crt";
    /// An allocation to a creator.
    AllocationId = "alc";
    /// An obligation: a contract with a creator, or a campaign for one.
    ObligationId = "obl";
    /// A payout to a creator.
    PayoutId = "pay";
    /// A withholding rule.
    WithholdingRuleId = "whr";
    /// An exchange rate.
    ExchangeRateId = "fxr";
    /// An account as it was valued at a month's end.
    RevaluationId = "rvl";
    /// An ad account at a platform.
    AdAccountId = "ada";
    /// What a platform said was left in an ad account.
    PlatformBalanceId = "plb";
    /// A campaign's day of spend, as reported once.
    SpendLineId = "spl";
    /// A journal: one business event.
    JournalId = "jnl";
    /// An account of the ledger.
    AccountId = "acc";
    /// A run of a job.
    JobRunId = "run";
    /// A person or machine.
    IdentityId = "idn";
    /// A role, granted to an identity.
    RoleGrantId = "rgr";
    /// A revocation of tokens.
    RevocationId = "rvc";
    /// A token made here.
    ApiTokenId = "tok";
    /// A write that waits for somebody else.
    ApprovalId = "apr";
    /// A threshold above which something needs approval.
    ThresholdId = "thr";
    /// A statement that was issued.
    StatementId = "stm";
    /// Issuing statements for all accounts of a pledge.
    StatementRunId = "srn";
    /// A month that was closed or opened again.
    PeriodEventId = "prd";
    /// An entry of the audit trail.
    AuditEventId = "aud";
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_id_reads_back_as_written_and_in_no_other_spelling() {
        let id = PledgeId(Uuid::from_u128(0x0193_5c8e_7a00_7000_8000_0000_0000_00ab));
        let text = id.to_string();
        assert_eq!(text, "plg_01935c8e7a00700080000000000000ab");
        assert_eq!(text.parse(), Ok(id));
        for wrong in [
            "",
            "plg_",
            "crt_01935c8e7a00700080000000000000ab",
            "plg_01935C8E7A00700080000000000000AB",
            "plg_01935c8e-7a00-7000-8000-0000000000ab",
            "plg_01935c8e7a00700080000000000000a",
            " plg_01935c8e7a00700080000000000000ab",
        ] {
            assert!(
                wrong.parse::<PledgeId>().is_err(),
                "{wrong:?} was taken for a pledge id"
            );
        }
    }
}
