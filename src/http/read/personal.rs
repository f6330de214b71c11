//! Reads of personal data: the one place they all pass before they are answered.

use actix_web::HttpMessage;

use super::get::Get;
use crate::domain::CreatorId;
use crate::http::access::Permission;
use crate::http::boundary::RequestId;

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
    /// Notes in the log who is about to be told what of whom: by ids, never by name. A list in
    /// which nobody is named tells nothing.
    pub fn reads_personal_data(&self, what: Personal, of: &[CreatorId]) {
        if of.is_empty() || !log::log_enabled!(log::Level::Info) {
            return;
        }
        let creators: Vec<String> = of.iter().map(ToString::to_string).collect();
        let extensions = self.request().extensions();
        log::info!(
            what = what.as_str(),
            reader = self.principal().subject(),
            token = self.principal().token_id(),
            creators = creators.join(" ").as_str(),
            request_id = extensions.get::<RequestId>().map_or("none", RequestId::as_str);
            "personal data is read"
        );
    }
}
