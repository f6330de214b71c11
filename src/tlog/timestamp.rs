//! Timestamps (RFC 3161): that a checkpoint existed at a time, by somebody who sells no grants.
//!
//! A timestamp authority is sent the SHA-256 of a checkpoint's text, its three lines, and answers
//! with a token: that digest, the time, and its own signature. Whoever trusts the authority then
//! knows that everything in the log was there at that time, whatever becomes of the ledger's key.
//!
//! An answer is kept if it grants the request, is about that digest, and carries the number that
//! was sent along (so that it isn't an older one). Whether it is signed by an authority that
//! deserves trust is for whoever relies on it, with nothing of ours:
//!
//! ```sh
//! head -n 3 checkpoint.txt > text
//! openssl ts -verify -data text -in timestamp.tsr -CAfile authority.pem
//! ```
//!
//! It is asked for after signing, by a task of its own: nothing waits for it. If it doesn't answer,
//! a checkpoint goes without, and the next round tries the one that is the last then.

use der::asn1::{AnyRef, ObjectIdentifier};
use der::{Decode, Reader, SliceReader, Tag, TagNumber, Tagged};
use time::format_description::BorrowedFormatItem;
use time::macros::format_description;
use time::{OffsetDateTime, PrimitiveDateTime};

/// The media type of a request, and of an answer.
pub const QUERY: &str = "application/timestamp-query";
/// See [`QUERY`].
pub const REPLY: &str = "application/timestamp-reply";

/// No answer is larger: it is a token with the certificates it takes to check it.
pub const LARGEST_REPLY: usize = 64 * 1024;

const SIGNED_DATA: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.7.2");
const TST_INFO: ObjectIdentifier = ObjectIdentifier::new_unwrap("1.2.840.113549.1.9.16.1.4");

/// Version 1, SHA-256 of 32 bytes that follow.
const BEFORE_DIGEST: [u8; 24] = [
    0x30, 0x43, 0x02, 0x01, 0x01, 0x30, 0x31, 0x30, 0x0d, 0x06, 0x09, 0x60, 0x86, 0x48, 0x01, 0x65,
    0x03, 0x04, 0x02, 0x01, 0x05, 0x00, 0x04, 0x20,
];

/// A nonce of eight bytes that follow.
const BEFORE_NONCE: [u8; 2] = [0x02, 0x08];

/// The certificate is asked for.
const END: [u8; 3] = [0x01, 0x01, 0xff];

/// What an authority is asked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Query {
    digest: [u8; 32],
    nonce: [u8; 8],
}

/// Why an answer isn't kept.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum BadReply {
    /// It isn't an answer to a timestamp query, or a token in it isn't one.
    #[error("it isn't a timestamp reply with a token")]
    Unreadable,
    /// It says no: the status, as the standard numbers it.
    #[error("the authority declined, with status {0}")]
    Declined(u8),
    /// It is about something else.
    #[error("its token isn't about what was sent")]
    AnotherImprint,
    /// It is an answer to another query.
    #[error("its token doesn't carry the number that was sent along")]
    AnotherNonce,
}

impl From<der::Error> for BadReply {
    fn from(_: der::Error) -> Self {
        BadReply::Unreadable
    }
}

impl Query {
    /// A query about a digest, with random bytes of its own.
    pub fn new(digest: [u8; 32], mut nonce: [u8; 8]) -> Self {
        nonce[0] = nonce[0] & 0x3f | 0x40; // a positive number of eight bytes
        Query { digest, nonce }
    }

    /// As it is sent.
    pub fn to_der(&self) -> Vec<u8> {
        let parts: [&[u8]; 5] = [
            &BEFORE_DIGEST,
            &self.digest,
            &BEFORE_NONCE,
            &self.nonce,
            &END,
        ];
        parts.concat()
    }

    /// The time an answer states, if it is one to this query.
    pub fn time_of(&self, reply: &[u8]) -> Result<OffsetDateTime, BadReply> {
        let parts = parts(AnyRef::from_der(reply)?)?;
        let status = parts.first().ok_or(BadReply::Unreadable)?;
        let status = self::parts(*status)?;
        match status.first().map(|it| it.value()) {
            Some([0 | 1]) => {}
            Some([other]) => return Err(BadReply::Declined(*other)),
            _ => return Err(BadReply::Unreadable),
        }
        let info = token_info(*parts.get(1).ok_or(BadReply::Unreadable)?)?;
        let [_, _, imprint, _, time, rest @ ..] = info.as_slice() else {
            return Err(BadReply::Unreadable);
        };
        let imprint = self::parts(*imprint)?;
        let [algorithm, digest] = imprint.as_slice() else {
            return Err(BadReply::Unreadable);
        };
        let sha256 = ObjectIdentifier::new_unwrap("2.16.840.1.101.3.4.2.1");
        if first_id(*algorithm)? != sha256 || digest.value() != self.digest {
            return Err(BadReply::AnotherImprint);
        }
        let nonce = rest.iter().find(|it| it.tag() == Tag::Integer);
        if nonce.map(|it| it.value()) != Some(&self.nonce[..]) {
            return Err(BadReply::AnotherNonce);
        }
        generalized_time(*time)
    }
}

/// What a sequence, or a tag around others, holds.
fn parts(of: AnyRef<'_>) -> Result<Vec<AnyRef<'_>>, BadReply> {
    if !of.tag().is_constructed() {
        return Err(BadReply::Unreadable);
    }
    let mut reader = SliceReader::new(of.value())?;
    let mut found = Vec::new();
    while !reader.is_finished() {
        found.push(AnyRef::decode(&mut reader)?);
    }
    Ok(found)
}

/// The object identifier that a sequence begins with.
fn first_id(of: AnyRef<'_>) -> Result<ObjectIdentifier, BadReply> {
    let parts = parts(of)?;
    Ok(parts.first().ok_or(BadReply::Unreadable)?.decode_as()?)
}

/// What a sequence has after such an identifier, in a tag 0 of its own.
fn content<'a>(of: AnyRef<'a>, kind: ObjectIdentifier) -> Result<AnyRef<'a>, BadReply> {
    let parts = parts(of)?;
    let is_tagged = |it: &&AnyRef<'_>| {
        let number = TagNumber::new(0);
        let constructed = true;
        it.tag()
            == Tag::ContextSpecific {
                constructed,
                number,
            }
    };
    match (first_id(of)? == kind, parts.get(1).filter(is_tagged)) {
        (true, Some(tagged)) => self::parts(*tagged)?
            .first()
            .copied()
            .ok_or(BadReply::Unreadable),
        _ => Err(BadReply::Unreadable),
    }
}

/// What a token states: a `TSTInfo`, in an octet string, in signed data.
fn token_info(token: AnyRef<'_>) -> Result<Vec<AnyRef<'_>>, BadReply> {
    let signed = parts(content(token, SIGNED_DATA)?)?;
    let inner = signed.get(2).copied().ok_or(BadReply::Unreadable)?;
    let stated = content(inner, TST_INFO)?;
    match stated.tag() {
        Tag::OctetString => parts(AnyRef::from_der(stated.value())?),
        _ => Err(BadReply::Unreadable),
    }
}

const TIME: &[BorrowedFormatItem<'static>] =
    format_description!("[year][month][day][hour][minute][second]");

/// A time in UTC, to the second: fractions are left out.
fn generalized_time(of: AnyRef<'_>) -> Result<OffsetDateTime, BadReply> {
    let text = std::str::from_utf8(of.value()).map_err(|_| BadReply::Unreadable)?;
    let text = text.strip_suffix('Z').ok_or(BadReply::Unreadable)?;
    let whole = text.split('.').next().unwrap_or_default();
    let time = PrimitiveDateTime::parse(whole, TIME).map_err(|_| BadReply::Unreadable)?;
    match of.tag() {
        Tag::GeneralizedTime => Ok(time.assume_utc()),
        _ => Err(BadReply::Unreadable),
    }
}

#[cfg(test)]
#[path = "timestamp_tests.rs"]
#[allow(clippy::unwrap_used)]
mod tests;
