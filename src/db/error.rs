//! What can go wrong with the database, told apart by what a caller can do about it.

use diesel::result::{DatabaseErrorKind, Error};

/// A failure of a statement or a connection.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum DbError {
    /// The connection couldn't be had or broke, or the server takes no writes. Trying again later,
    /// on another connection, may help.
    #[error("the database cannot be reached: {0}")]
    Away(String),
    /// A named rule of the schema refused a row.
    #[error("the rule {0} refused a row")]
    Rule(String),
    /// Anything else the database declined: a statement cancelled for its timeout, a deadlock, a
    /// session that is ended, or a defect.
    #[error("the database declined a statement: {0}")]
    Declined(String),
}

impl From<Error> for DbError {
    fn from(error: Error) -> Self {
        match error {
            Error::DatabaseError(
                DatabaseErrorKind::UnableToSendCommand | DatabaseErrorKind::ClosedConnection,
                info,
            ) => DbError::Away(info.message().to_owned()),
            // A standby, or a server that became one: another is to be found at the same address.
            Error::DatabaseError(DatabaseErrorKind::ReadOnlyTransaction, info) => {
                DbError::Away(info.message().to_owned())
            }
            Error::DatabaseError(_, info) => match info.constraint_name() {
                Some(rule) => DbError::Rule(rule.to_owned()),
                None => DbError::Declined(info.message().to_owned()),
            },
            Error::BrokenTransactionManager => DbError::Away("a transaction broke".to_owned()),
            other => DbError::Declined(other.to_string()),
        }
    }
}

impl From<diesel::ConnectionError> for DbError {
    fn from(error: diesel::ConnectionError) -> Self {
        DbError::Away(error.to_string())
    }
}
