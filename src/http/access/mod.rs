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
//!
//! Cost: a token seen before costs one SHA-256 and one read lock; a new one adds one signature
//! check. Nothing here touches the network or the database, and keys are read once, at start.
//!
//! Where later rules belong: *revocation* is a check by issuer, subject or `jti` on the principal
//! that [`Verifier::verify`] returns, after the cache and not inside it, so that it works at once
//! (see [`cache`]); *maker is not checker* needs the principal's identity and the proposal, so it
//! is decided in the writing transaction; *row-level security* takes [`Visibility`] as it is.

mod bearer;
pub mod cache;
mod claims;
mod error;
mod jwks;
mod keys;
mod local_key;
mod members;
mod mint;
pub mod permission;
mod principal;
mod settings;
pub mod verifier;

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests;

pub use bearer::bearer_token;
pub use error::{AccessError, Malformation};
pub use keys::{KeyError, KeySet};
pub use local_key::LocalKey;
pub use mint::{DEFAULT_TTL_S, MintError, MintRequest, mint};
pub use permission::{Forbidden, PERMISSIONS, Permission, Rule, authorize};
pub use principal::{
    Markets, Party, Principal, Role, Scopes, Visibility, parse_creator_id, parse_pledge_id,
};
pub use settings::{AccessSettings, KeySource, SettingsError};
pub use verifier::{Verifier, now_s};
