//! Why something can't be posted in a month, or a month can't be closed.

use time::Date;

/// Why a month refuses something.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PeriodRefusal {
    /// Only controllers post there.
    #[error(
        "Up to {until} the pledge's months are closed softly: on {day} only controllers post. Post \
         it on a later day, or have a controller post it."
    )]
    SoftClosed {
        /// The day it was to count on.
        day: Date,
        /// The last day that is closed.
        until: Date,
    },
    /// Nobody posts there.
    #[error(
        "Up to {until} the pledge's months are closed hard: nothing is posted on {day} any more. \
         Post the correction on a later day, with the day it concerns in its note; or have the \
         month opened again, by two people."
    )]
    HardClosed {
        /// The day it was to count on.
        day: Date,
        /// The last day that is closed.
        until: Date,
    },
    /// The month isn't over.
    #[error("The month isn't over before the end of {month_end}, so it can't be closed yet.")]
    NotOver {
        /// The month's last day.
        month_end: Date,
    },
    /// Something has to be put right first.
    #[error("The month can't be closed: {}.", .reasons.join("; "))]
    NotReady {
        /// What, as sentences.
        reasons: Vec<String>,
    },
}

impl PeriodRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            PeriodRefusal::SoftClosed { .. } => "period-soft-closed",
            PeriodRefusal::HardClosed { .. } => "period-closed",
            PeriodRefusal::NotOver { .. } => "period-not-over",
            PeriodRefusal::NotReady { .. } => "period-not-ready",
        }
    }

    /// Where in the body the reason lies.
    pub fn pointer(&self) -> Option<&'static str> {
        match self {
            PeriodRefusal::SoftClosed { .. } | PeriodRefusal::HardClosed { .. } => {
                Some("/effective_date")
            }
            PeriodRefusal::NotOver { .. } => Some("/month"),
            PeriodRefusal::NotReady { .. } => None,
        }
    }
}
