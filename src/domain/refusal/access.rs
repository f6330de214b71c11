//! What is refused of identities, their rights and their tokens.

use crate::domain::role::Role;

/// Why the register can't be kept so.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum AccessRefusal {
    /// Somebody would get rights to move money from themselves.
    #[error("Nobody gives themselves the role {role}: somebody else has to do this.")]
    OwnRights {
        /// The role.
        role: Role,
    },
    /// It ends before it begins, or is over already.
    #[error("It would never be in force: it has to end after it begins, and after now.")]
    NeverInForce,
    /// The end of a token isn't within a year from now.
    #[error("A token ends after now and within 366 days: choose an end in between.")]
    ExpiryOutOfRange,
    /// A token would use a role that its bearer doesn't hold.
    #[error("The identity doesn't hold the role {role} now: it has to be granted first.")]
    RoleNotHeld {
        /// The role.
        role: Role,
    },
    /// Somebody would have a token in hand that moves money as another person.
    #[error("A token with the role {role} is made by the person who bears it.")]
    MadeByBearer {
        /// The role.
        role: Role,
    },
}

impl AccessRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            AccessRefusal::OwnRights { .. } => "own-rights",
            AccessRefusal::NeverInForce => "never-in-force",
            AccessRefusal::ExpiryOutOfRange => "expiry-out-of-range",
            AccessRefusal::RoleNotHeld { .. } => "role-not-held",
            AccessRefusal::MadeByBearer { .. } => "made-by-bearer",
        }
    }

    /// Where in the body the reason lies.
    pub fn pointer(&self) -> Option<&'static str> {
        match self {
            AccessRefusal::OwnRights { .. } => None,
            AccessRefusal::NeverInForce => Some("/until"),
            AccessRefusal::ExpiryOutOfRange => Some("/expires_at"),
            AccessRefusal::RoleNotHeld { .. } | AccessRefusal::MadeByBearer { .. } => {
                Some("/roles")
            }
        }
    }

    /// Whether the same may succeed later, or by somebody else.
    pub fn may_pass(&self) -> bool {
        match self {
            AccessRefusal::OwnRights { .. }
            | AccessRefusal::RoleNotHeld { .. }
            | AccessRefusal::MadeByBearer { .. } => true,
            AccessRefusal::NeverInForce | AccessRefusal::ExpiryOutOfRange => false,
        }
    }
}
