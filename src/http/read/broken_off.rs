//! What is sent while it is read, and broke off.

use std::fmt::Display;

/// The answer broke off: the connection is closed, so that the reader sees it isn't whole.
#[derive(Debug, thiserror::Error)]
#[error("the answer broke off")]
pub(super) struct BrokenOff;

impl BrokenOff {
    /// Of that answer, for that reason, which is logged.
    pub(super) fn of(answer: impl Display, reason: impl Display) -> Self {
        log::error!("{answer} broke off: {reason}");
        BrokenOff
    }
}

impl From<BrokenOff> for actix_web::Error {
    fn from(error: BrokenOff) -> Self {
        actix_web::error::ErrorInternalServerError(error)
    }
}
