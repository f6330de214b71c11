//! What every request finds: the ledger, the reference data, the keys, the database's pulse.

use std::fmt;
use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;

use crate::db::Pool;
use crate::domain::Catalogue;
use crate::engine::Engine;
use crate::http::access::{Register, Verifier};
use crate::http::limits::Limits;
use crate::http::paging::CursorKey;
use crate::jobs::Jobs;
use crate::statements::Issuer;
use crate::tlog::Log;

/// Answers whether the database does.
pub type Pulse = Arc<dyn Fn() -> Pin<Box<dyn Future<Output = bool> + Send>> + Send + Sync>;

/// What every request finds. One for the whole service, shared by its threads.
pub struct State {
    /// The one way into the ledger.
    pub engine: Engine,
    /// What the service does by itself.
    pub jobs: Jobs,
    /// The units and markets there are.
    pub catalogue: Arc<Catalogue>,
    /// Who is who.
    pub verifier: Verifier,
    /// Who may come in, and with which rights.
    pub register: Arc<Register>,
    /// How much one caller may ask.
    pub limits: Limits,
    /// Whether the database answers.
    pub pulse: Pulse,
    /// The logs over the journals.
    pub log: Log,
    /// What draws statements up.
    pub issuer: Issuer,
    /// Connections for reading.
    pub pool: Pool,
    /// Donors aren't told figures that come of fewer creators.
    pub small_cell: u32,
    /// What cursors are sealed with; the same for all instances.
    pub cursors: CursorKey,
}

impl fmt::Debug for State {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("State")
            .field("catalogue", &self.catalogue)
            .finish_non_exhaustive()
    }
}
