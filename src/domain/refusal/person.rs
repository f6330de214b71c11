//! Why something about a creator's person is declined.

use super::OpenReason;
use super::open_reason::list;

/// Why something about a creator's person is declined.
#[derive(Debug, Clone, PartialEq, thiserror::Error)]
pub enum PersonRefusal {
    /// It was erased, and doesn't come back.
    #[error(
        "The name and bank details of the creator {reference:?} were erased: nothing more is \
         recorded of them. Enrol it anew, by another reference."
    )]
    Erased {
        /// The network's own name for it.
        reference: String,
    },
    /// Money is owed to it, bound for it, or owed by it.
    #[error(
        "The creator can't be erased while money is owed or on its way: {}. Pay, release or write \
         off what is left first.",
        list(.0)
    )]
    Owed(Vec<OpenReason>),
}

impl PersonRefusal {
    /// The stable code.
    pub fn code(&self) -> &'static str {
        match self {
            PersonRefusal::Erased { .. } => "creator-erased",
            PersonRefusal::Owed(_) => "creator-owed",
        }
    }
}
