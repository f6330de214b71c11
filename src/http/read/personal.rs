//! Reads of personal data: the one place they all pass before they are answered.

use super::get::Get;
use crate::domain::CreatorId;
use crate::domain::audit::Happened;
use crate::http::access::Permission;
use crate::http::problem::Problem;
use crate::http::trail;

/// What personal data is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Personal {
    /// Names of creators.
    Names,
    /// Where a creator is paid, its account masked.
    BankDetails,
    /// Where a creator is paid, in full.
    Account,
}

impl Personal {
    fn as_str(self) -> &'static str {
        match self {
            Personal::Names => "names",
            Personal::BankDetails => "bank-details",
            Personal::Account => "account",
        }
    }
}

impl<P: Permission> Get<P> {
    /// Keeps in the audit trail who is about to be told what of whom: by ids, never by name. What
    /// can't be kept there isn't told. A list in which nobody is named tells nothing.
    pub async fn reads_personal_data(
        &self,
        what: Personal,
        of: &[CreatorId],
    ) -> Result<(), Problem> {
        if of.is_empty() {
            return Ok(());
        }
        let read = Happened::Read {
            what: what.as_str(),
            of: of.to_vec(),
        };
        let event = trail::event(self.request(), self.principal(), read);
        Ok(self.state().engine.note(event).await?)
    }
}
