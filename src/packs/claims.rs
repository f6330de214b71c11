//! What leaves say, read back.

use serde::Deserialize;

/// A journal as the log has it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Leaf {
    pub(super) effective_date: String,
    pub(super) id: String,
    pub(super) number: i64,
    pub(super) pledge: String,
    pub(super) transfers: Vec<Transfer>,
}

/// What moved.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Transfer {
    pub(super) amount: String,
    pub(super) credit: Side,
    pub(super) debit: Side,
    pub(super) unit: String,
}

/// One side of it.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Side {
    pub(super) account: String,
    pub(super) balance: String,
    pub(super) code: String,
    pub(super) seq: i64,
}
