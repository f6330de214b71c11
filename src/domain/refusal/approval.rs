//! Why something isn't approved, or can't wait to be.

use crate::domain::approval::Action;
use crate::domain::id::ApprovalId;
use crate::domain::money::Money;

/// Why an approval isn't given, or can't be asked for.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum ApprovalRefusal {
    /// What was seen isn't what waits.
    #[error(
        "The digest is not that of what {approval} would post: read it again, and approve what \
        it shows."
    )]
    NotAsShown {
        /// The approval.
        approval: ApprovalId,
    },
    /// The world changed: it would post something else by now.
    #[error(
        "Since {approval} was asked for things have changed. What waits is: {waits}. It would now \
        be: {now}. Reject it, or let its maker withdraw it and ask anew."
    )]
    Outdated {
        /// The approval.
        approval: ApprovalId,
        /// What was to be posted.
        waits: String,
        /// What would be.
        now: String,
    },
    /// It needs approval, and is part of what is taken as a whole.
    #[error(
        "This {} needs approval{}, and what is all or none can't wait in parts: send it on its \
        own, or let each item stand on its own.", .action.as_str(), match .amount {
            Some(amount) => format!(" ({amount})"), None => String::new() })]
    NotAtOnce {
        /// What would be done.
        action: Action,
        /// How much.
        amount: Option<Money>,
    },
}

impl ApprovalRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            ApprovalRefusal::NotAsShown { .. } => "approval-not-as-shown",
            ApprovalRefusal::Outdated { .. } => "approval-outdated",
            ApprovalRefusal::NotAtOnce { .. } => "approval-needed",
        }
    }

    /// Where in the body the reason lies.
    pub fn pointer(&self) -> Option<&'static str> {
        match self {
            ApprovalRefusal::NotAsShown { .. } => Some("/digest"),
            ApprovalRefusal::Outdated { .. } | ApprovalRefusal::NotAtOnce { .. } => None,
        }
    }
}
