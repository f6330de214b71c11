//! What a lot may be used for, how its life was extended, and what was lost of it.

use serde::Serialize;
use utoipa::ToSchema;

use super::{DocumentOut, LotOut};
use crate::domain::lot::{Extension, FairValue};
use crate::domain::money::format_minor;
use crate::domain::{JournalId, Outcome};
use crate::http::wire::{Day, Instant, MoneyOut};

/// What credits are worth by the pledge's books; nothing is posted by it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = FairValue)]
pub struct FairValueOut {
    /// Percent of the face value: a decimal string with four fraction digits.
    pub rate_percent: String,
    /// How it was arrived at.
    pub technique: String,
}

impl From<&FairValue> for FairValueOut {
    fn from(value: &FairValue) -> Self {
        FairValueOut {
            rate_percent: format_minor(i64::from(value.rate_ppm), 4),
            technique: value.technique.clone(),
        }
    }
}

/// A later end that the platform granted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Extension)]
pub struct ExtensionOut {
    /// The last day from then on.
    pub expires_at: Day,
    /// Why; left out where the caller may not see what people wrote.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub reason: Option<String>,
    /// The platform's notice.
    pub document: DocumentOut,
    /// When it was recorded.
    pub recorded_at: Instant,
}

impl From<&Extension> for ExtensionOut {
    fn from(extension: &Extension) -> Self {
        ExtensionOut {
            expires_at: Day(extension.expires_at),
            reason: Some(extension.reason.clone()),
            document: (&extension.document).into(),
            recorded_at: Instant(extension.recorded_at),
        }
    }
}

/// Credits the platform took back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, ToSchema)]
#[schema(as = Revocation)]
pub struct RevocationOut {
    /// What was posted.
    pub journal_id: JournalId,
    /// How much.
    pub amount: MoneyOut,
    /// Why.
    pub reason: Option<String>,
    /// When it counts.
    pub effective_date: Day,
    /// The lot as it now stands.
    pub lot: LotOut,
}

impl RevocationOut {
    /// What a committed loss of credits is answered with; nothing, if the outcome is of another
    /// kind.
    pub fn of(outcome: &Outcome) -> Option<Self> {
        let Outcome::CreditsLost {
            lot,
            amount,
            reason,
            effective_date,
            journal,
        } = outcome
        else {
            return None;
        };
        Some(RevocationOut {
            journal_id: *journal,
            amount: amount.into(),
            reason: reason.clone(),
            effective_date: Day(*effective_date),
            lot: lot.into(),
        })
    }
}
