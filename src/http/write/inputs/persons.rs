//! Where creators are paid, and why they are erased.

use serde::Serialize;
use utoipa::ToSchema;

use super::DocumentIn;

/// Where a creator is paid.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = BankDetailsIn, examples(json!({
    "holder": "山田 花子",
    "account": "DE89370400440532013000",
    "bank": "COBADEFFXXX"
})))]
pub struct BankDetailsIn {
    /// Whose account it is.
    #[schema(min_length = 1, max_length = 200)]
    pub holder: String,
    /// The account: an IBAN, or the number the bank goes by.
    #[schema(min_length = 1, max_length = 64)]
    pub account: String,
    /// The bank: a BIC, or the code it goes by.
    #[schema(min_length = 1, max_length = 64, nullable = false)]
    pub bank: Option<String>,
}

/// Why a creator's name and bank details are erased.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ErasureIn, examples(json!({
    "reason": "Asked to be forgotten",
    "document": {"uri": "https://files.example.org/request-17.pdf",
        "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"}
})))]
pub struct ErasureIn {
    /// Why. Don't name the creator: it stays.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
    /// What asks for it.
    pub document: DocumentIn,
}
