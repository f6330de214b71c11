//! Turning what rows say into what the domain knows.

use super::error::{ReadError, unreadable};
use crate::domain::{Catalogue, Code, Document, Kind, Market, Money, Unit};

pub(super) fn unit(catalogue: &Catalogue, code: &str) -> Result<Unit, ReadError> {
    catalogue
        .units
        .get(code)
        .ok_or_else(|| unreadable("unit", code))
}

pub(super) fn money(catalogue: &Catalogue, minor: i64, code: &str) -> Result<Money, ReadError> {
    Ok(Money::from_minor(minor, unit(catalogue, code)?))
}

pub(super) fn market(code: &str) -> Result<Market, ReadError> {
    code.parse().map_err(|_| unreadable("market", code))
}

pub(super) fn code(text: &str) -> Result<Code, ReadError> {
    Code::parse(text).ok_or_else(|| unreadable("account code", text))
}

pub(super) fn document(uri: Option<String>, sha256: Option<String>) -> Option<Document> {
    uri.zip(sha256)
        .map(|(uri, sha256)| Document { uri, sha256 })
}

pub(super) fn kind(text: &str) -> Result<Kind, ReadError> {
    Kind::parse(text).ok_or_else(|| unreadable("kind of journal", text))
}
