//! Why a read gives no answer.

use crate::db::DbError;

/// Why a read gives no answer. What is absent or out of sight is not an error but `None`.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// The database gave no answer, or one this build doesn't understand.
    #[error(transparent)]
    Database(#[from] DbError),
    /// `known_at` lies in the future: what will be known then isn't settled.
    #[error("what will be known at a moment still to come is not settled yet")]
    KnownAtInFuture,
}

impl From<diesel::result::Error> for ReadError {
    fn from(error: diesel::result::Error) -> Self {
        ReadError::Database(error.into())
    }
}

/// A value in a row that this build doesn't know, such as a unit added after it started.
pub(super) fn unreadable(what: &str, value: &str) -> ReadError {
    ReadError::Database(DbError::Declined(format!(
        "{what} {value} is not known to this build"
    )))
}
