//! What somebody does in the organisation: "people and controls".

use std::fmt;
use std::str::FromStr;

/// What somebody does in the organisation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// Proposes whatever moves money; posts it below the approval threshold.
    Preparer,
    /// Approves or rejects what somebody else proposed.
    Approver,
    /// Sets thresholds and periods; proposes reversals and write-offs.
    Controller,
    /// A donor, grantee or market lead: reads the pledges and markets its token lists.
    Partner,
    /// Somebody the money is for: reads what concerns itself.
    Creator,
    /// Reads everything, proofs included.
    Auditor,
    /// Looks after identities, webhooks and settings; never sees or moves money.
    Admin,
}

impl Role {
    /// Every role there is.
    pub const ALL: &'static [Self] = &[
        Self::Preparer,
        Self::Approver,
        Self::Controller,
        Self::Partner,
        Self::Creator,
        Self::Auditor,
        Self::Admin,
    ];

    /// The role as the claim `roles` spells it.
    pub fn name(self) -> &'static str {
        match self {
            Self::Preparer => "preparer",
            Self::Approver => "approver",
            Self::Controller => "controller",
            Self::Partner => "partner",
            Self::Creator => "creator",
            Self::Auditor => "auditor",
            Self::Admin => "admin",
        }
    }

    /// Whether the role has a part in moving money: nobody gives it to themselves.
    pub fn moves_money(self) -> bool {
        match self {
            Self::Preparer | Self::Approver | Self::Controller => true,
            Self::Partner | Self::Creator | Self::Auditor | Self::Admin => false,
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(self.name())
    }
}

/// A name that is no role's; the sentence lists those that are.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error(
    "There is no role of that name: the roles are preparer, approver, controller, partner, \
     creator, auditor and admin."
)]
pub struct UnknownRole;

impl FromStr for Role {
    type Err = UnknownRole;

    fn from_str(name: &str) -> Result<Self, UnknownRole> {
        Self::ALL
            .iter()
            .copied()
            .find(|role| role.name() == name)
            .ok_or(UnknownRole)
    }
}
