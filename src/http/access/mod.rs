//! Who is calling, and what they may do: tokens, roles, scopes, permissions, visibility.
//!
//! Guarantees:
//!
//! * A principal comes from a verified token only, and every rule of [`verifier`] was checked
//!   with a key and an algorithm of our choosing, never of the token's.
//! * Power is granted by what a token says, never by what it leaves out: an absent, unknown or
//!   ill-formed claim gives none.
//! * A permission is a type ([`permission`]), so a handler states it in its signature.
//! * No error, log line or cache entry holds a token.
//! * What a token claims is cut down to what its identity is granted now, and a revocation works
//!   as soon as this instance knows of it, whatever is remembered ([`Register`]).
//!
//! Cost: a token seen before costs one SHA-256 and one read lock, and look-ups in memory; a new one
//! adds one signature check. No request waits here for the network or the database: the keys
//! ([`KeyRing`]) and the register are kept up to date beside them.
//!
//! Read in this order: [`identify`] (what happens to a request), [`verifier`] (tokens of an
//! issuer), [`NewToken`] (tokens made here), [`Register`] (who may come in), [`permission`] (and do
//! what).
//!
//! Where later rules belong: *maker is not checker* compares [`Principal::identity`] with the
//! proposal's, so it is decided in the writing transaction; *row-level security* takes
//! [`Visibility`] as it is.

mod api_token;
mod bearer;
pub mod cache;
mod claims;
mod entrance;
mod error;
mod jwks;
mod jwks_url;
mod key_ring;
mod keys;
mod local_key;
mod members;
mod mint;
pub mod permission;
mod principal;
mod register;
mod settings;
pub mod verifier;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use api_token::NewToken;
pub use bearer::bearer_token;
pub use entrance::identify;
pub use error::{AccessError, Malformation};
pub use jwks_url::{FetchError, JwksUrl, NotTrustworthy};
pub use key_ring::{ASKED_EVERY, KEPT_FOR, KeyRing};
pub use keys::{KeyError, KeySet};
pub use local_key::{LocalKey, key_file};
pub use mint::{DEFAULT_TTL_S, MintError, MintRequest, mint};
pub use permission::{Forbidden, PERMISSIONS, Permission, Rule, authorize};
pub use principal::{
    Markets, Party, Principal, Role, Scopes, Visibility, parse_creator_id, parse_pledge_id,
};
pub use register::{POLL, Register, SubjectPolicy, TRUSTED_FOR};
pub use settings::{AccessSettings, KeySource, SettingsError};
pub use verifier::{Verifier, now_s};
