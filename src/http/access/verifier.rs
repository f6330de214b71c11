//! From a token to a principal.
//!
//! Order of checks, which is also the precedence of refusals: length, three parts; the header
//! (readable, `typ`, members never accepted, the key, that key's algorithm);
//! signature; claims (see `claims.rs`); times. Nothing of the payload is read before the
//! signature was found good.
//!
//! The header's say ends with `kid`, by which it picks one of our keys. Each key has exactly one
//! algorithm; `alg` is compared with it and never looked up by. Keys that come with the token or
//! from an address in it (`jwk`, `jku`, `x5c`, `x5u`) are refused, as is `crit`.

use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use super::cache::{CAPACITY, Fingerprint, Verified, VerifiedTokens};
use super::claims::{Claims, Expected, Lifetime};
use super::error::{AccessError, Malformation};
use super::key_ring::KeyRing;
use super::keys::{KeySet, VerificationKey};
use super::members::{Member, Members};
use super::principal::Principal;
use super::settings::AccessSettings;

/// The longest token that is looked at.
pub const MAX_TOKEN_BYTES: usize = 8 * 1024;

/// Header members that change what the rest means, or bring a key along.
const REFUSED_MEMBERS: [&str; 8] = ["crit", "jku", "jwk", "x5u", "x5c", "b64", "zip", "enc"];

/// Checks tokens against one set of keys, one issuer and one audience, and remembers those that
/// were found good. Shared by all threads.
#[derive(Debug)]
pub struct Verifier {
    keys: Arc<KeyRing>,
    expected: Expected,
    verified: VerifiedTokens,
}

impl Verifier {
    /// A verifier that has seen no token yet.
    pub fn new(keys: impl Into<Arc<KeyRing>>, settings: &AccessSettings) -> Self {
        let expected = Expected {
            issuer: settings.issuer.clone(),
            audience: settings.audience.clone(),
        };
        Self {
            keys: keys.into(),
            expected,
            verified: VerifiedTokens::new(CAPACITY),
        }
    }

    /// Whose tokens are trusted.
    pub fn issuer(&self) -> &str {
        &self.expected.issuer
    }

    /// The principal whom the token names at that time.
    ///
    /// The register is to be asked by the caller of this, with the principal it returns: every
    /// request passes there, remembered or not.
    pub fn verify(&self, token: &str, now_s: u64) -> Result<Arc<Principal>, AccessError> {
        if token.len() > MAX_TOKEN_BYTES {
            return Err(AccessError::Malformed(Malformation::TooLong));
        }
        if let Some(known) = self.recall(token, now_s) {
            return known;
        }
        let verified = self.verify_afresh(token)?;
        self.verified
            .remember(Fingerprint::of(token), verified.clone());
        verified.lifetime.check(now_s)?;
        Ok(verified.principal)
    }

    /// The same, if the token was found good before; none, if it wasn't.
    pub fn recall(&self, token: &str, now_s: u64) -> Option<Result<Arc<Principal>, AccessError>> {
        if token.len() > MAX_TOKEN_BYTES {
            return None;
        }
        let known = self.verified.find(&Fingerprint::of(token))?;
        // What was found good with other keys says nothing now.
        if known.keys != self.keys.generation() {
            return None;
        }
        let timely = known.lifetime.check(now_s);
        Some(timely.map(|()| known.principal))
    }

    fn verify_afresh(&self, token: &str) -> Result<Verified, AccessError> {
        let parts = Parts::of(token)?;
        let (keys, generation) = self.keys.keys();
        let keys = keys.ok_or(AccessError::KeysAway)?;
        let key = self.select_key(&keys, &parts.header)?;
        match jsonwebtoken::crypto::verify(
            parts.signature,
            parts.signed.as_bytes(),
            key.decoding(),
            key.algorithm(),
        ) {
            Ok(true) => {}
            Ok(false) | Err(_) => return Err(AccessError::BadSignature),
        }
        let claims = Claims::read(&parts.payload, &self.expected)?;
        let lifetime = Lifetime::of(&claims)?;
        Ok(Verified {
            keys: generation,
            lifetime,
            principal: Arc::new(Principal::from_claims(claims)),
        })
    }

    fn select_key<'k>(
        &self,
        keys: &'k KeySet,
        header: &[u8],
    ) -> Result<&'k VerificationKey, AccessError> {
        let unreadable = AccessError::Malformed(Malformation::Header);
        let Some(header) = Members::parse(header) else {
            return Err(unreadable);
        };
        match header.get::<String>("typ") {
            Member::Is(typ) if is_access_token_type(&typ) => {}
            _ => return Err(AccessError::WrongType),
        }
        if let Some(member) = REFUSED_MEMBERS
            .into_iter()
            .find(|name| header.contains(name))
        {
            return Err(AccessError::UnsupportedHeader(member));
        }
        let kid = match header.get::<String>("kid") {
            Member::Is(kid) => Some(kid),
            Member::Absent => None,
            Member::WrongType => return Err(unreadable),
        };
        let key = keys.select(kid.as_deref()).ok_or_else(|| {
            // It may be new; whoever comes again in a moment finds out.
            match self.keys.want() {
                true => AccessError::KeyWanted,
                false => AccessError::UnknownKey,
            }
        })?;
        match header.get::<String>("alg") {
            Member::Is(name) if key.has_algorithm(&name) => Ok(key),
            _ => Err(AccessError::WrongAlgorithm),
        }
    }
}

/// A token taken apart; nothing in it is trusted yet.
struct Parts<'a> {
    header: Vec<u8>,
    payload: Vec<u8>,
    /// What the signature is over: the first two parts and the dot between them.
    signed: &'a str,
    signature: &'a str,
}

impl<'a> Parts<'a> {
    fn of(token: &'a str) -> Result<Self, AccessError> {
        let shape = || AccessError::Malformed(Malformation::Shape);
        let (signed, signature) = token.rsplit_once('.').ok_or_else(shape)?;
        let (header, payload) = signed.split_once('.').ok_or_else(shape)?;
        // The decoder refuses other alphabets, padding, and trailing bits, so what was signed has
        // one spelling only. A third dot is none of its letters.
        let decode = |part: &str| URL_SAFE_NO_PAD.decode(part).map_err(|_| shape());
        decode(signature)?;
        Ok(Self {
            header: decode(header)?,
            payload: decode(payload)?,
            signed,
            signature,
        })
    }
}

/// What a token says its key is called, whether or not there is such a key.
pub(super) fn kid_of(token: &str) -> Option<String> {
    let (header, _) = token.split_once('.')?;
    let header = URL_SAFE_NO_PAD
        .decode(header.get(..1_024).unwrap_or(header))
        .ok()?;
    match Members::parse(&header)?.get::<String>("kid") {
        Member::Is(kid) => Some(kid),
        Member::Absent | Member::WrongType => None,
    }
}

/// RFC 9068, section 2.1: the media type, with `application/` optional; names of media types
/// don't tell case apart.
fn is_access_token_type(typ: &str) -> bool {
    typ.eq_ignore_ascii_case("at+jwt") || typ.eq_ignore_ascii_case("application/at+jwt")
}

/// Seconds since 1970 by the system's clock. A clock before that makes every token too early.
pub fn now_s() -> u64 {
    SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .map_or(0, |elapsed| elapsed.as_secs())
}
