//! Tokens already found good. Checking a signature costs many times what the rest of a read does,
//! and dashboards send the same token for hours.
//!
//! Guarantees: holds at most the stated number of tokens; knows a token by the SHA-256 of all of
//! it, never by its text, so a single other bit is another token and a memory dump holds no
//! credential; what it returns is not yet checked against the clock, which the verifier does at
//! every use. Only tokens with a good signature and good claims are remembered, expired ones too
//! (a client that polls with one costs no signature check), so nobody without a signing key can
//! fill it.
//!
//! Sixteen shards with a lock each, so that readers seldom meet a writer. Within a shard, two
//! generations: whatever is used moves to the young one; when that is full it becomes the old one,
//! and the old one is dropped. So eviction costs nothing per use, and what is used stays.
//!
//! Revocation is not done by forgetting entries: several instances each have a cache, and a
//! revoked token would be found good again. It is a check on the principal, after this.

use std::collections::HashMap;
use std::sync::{Arc, PoisonError, RwLock};

use aws_lc_rs::digest::{SHA256, digest};

use super::claims::Lifetime;
use super::principal::Principal;

/// How many tokens a verifier remembers.
pub const CAPACITY: usize = 10_000;

const SHARDS: usize = 16;

/// The SHA-256 of a token.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub(super) struct Fingerprint([u8; 32]);

impl Fingerprint {
    pub(super) fn of(token: &str) -> Self {
        let mut bytes = [0; 32];
        // A SHA-256 has exactly as many bytes.
        bytes.copy_from_slice(digest(&SHA256, token.as_bytes()).as_ref());
        Self(bytes)
    }
}

/// What a good token says.
#[derive(Debug, Clone)]
pub(super) struct Verified {
    /// Which keys it was found good with.
    pub(super) keys: u64,
    pub(super) lifetime: Lifetime,
    pub(super) principal: Arc<Principal>,
}

/// See the module's page.
#[derive(Debug)]
pub(super) struct VerifiedTokens {
    shards: [RwLock<Generations>; SHARDS],
    /// The most each generation of a shard may hold.
    generation: usize,
}

#[derive(Debug, Default)]
struct Generations {
    young: HashMap<Fingerprint, Verified>,
    old: HashMap<Fingerprint, Verified>,
}

impl VerifiedTokens {
    /// Room for about as many tokens as said, and never for more.
    pub(super) fn new(capacity: usize) -> Self {
        let shards = std::array::from_fn(|_| RwLock::default());
        Self {
            shards,
            generation: capacity / SHARDS / 2,
        }
    }

    pub(super) fn find(&self, fingerprint: &Fingerprint) -> Option<Verified> {
        let shard = self.shard(fingerprint);
        let aged = {
            let generations = shard.read().unwrap_or_else(PoisonError::into_inner);
            match generations.young.get(fingerprint) {
                Some(verified) => return Some(verified.clone()),
                None => generations.old.get(fingerprint).cloned()?,
            }
        };
        self.remember(*fingerprint, aged.clone());
        Some(aged)
    }

    pub(super) fn remember(&self, fingerprint: Fingerprint, verified: Verified) {
        // A panic can't leave a shard half changed in a way that matters: an entry is whole.
        let mut generations = self
            .shard(&fingerprint)
            .write()
            .unwrap_or_else(PoisonError::into_inner);
        if generations.young.len() >= self.generation {
            generations.old = std::mem::take(&mut generations.young);
        }
        generations.young.insert(fingerprint, verified);
    }

    fn shard(&self, fingerprint: &Fingerprint) -> &RwLock<Generations> {
        &self.shards[usize::from(fingerprint.0[0]) % SHARDS]
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use std::sync::Arc;

    use super::{CAPACITY, Fingerprint, SHARDS, Verified, VerifiedTokens};
    use crate::http::access::claims::Lifetime;
    use crate::http::access::principal::tests::principal;

    fn verified() -> Verified {
        let claims = crate::http::access::claims::Claims {
            issuer: String::new(),
            subject: String::new(),
            token_id: String::new(),
            issued_at: 0,
            not_before: None,
            expires_at: 1,
            scope: String::new(),
            roles: Vec::new(),
            pledges: Vec::new(),
            markets: crate::http::access::principal::Markets::NONE,
            party: crate::http::access::principal::Party::Donor,
            creator: None,
        };
        let lifetime = Lifetime::of(&claims).unwrap();
        Verified {
            keys: 0,
            lifetime,
            principal: Arc::new(principal(&["auditor"], "")),
        }
    }

    fn held(tokens: &VerifiedTokens) -> usize {
        let count = |shard: &std::sync::RwLock<super::Generations>| {
            let generations = shard.read().unwrap();
            generations.young.len() + generations.old.len()
        };
        tokens.shards.iter().map(count).sum()
    }

    #[test]
    fn what_was_remembered_is_found_and_nothing_else() {
        let tokens = VerifiedTokens::new(CAPACITY);
        let entry = verified();
        tokens.remember(Fingerprint::of("a.b.c"), entry.clone());
        let found = tokens.find(&Fingerprint::of("a.b.c")).unwrap();
        assert!(Arc::ptr_eq(&found.principal, &entry.principal));
        assert!(tokens.find(&Fingerprint::of("a.b.C")).is_none());
    }

    #[test]
    fn no_more_than_the_capacity_is_ever_held() {
        let tokens = VerifiedTokens::new(CAPACITY);
        let entry = verified();
        for n in 0..3 * CAPACITY {
            tokens.remember(Fingerprint::of(&n.to_string()), entry.clone());
            if n % 997 == 0 {
                assert!(held(&tokens) <= CAPACITY, "after {n}");
            }
        }
        assert!(
            (CAPACITY / 3..=CAPACITY).contains(&held(&tokens)),
            "{}",
            held(&tokens)
        );
    }

    #[test]
    fn a_token_in_use_outlives_any_number_of_tokens_seen_once() {
        let tokens = VerifiedTokens::new(SHARDS * 2 * 4);
        let entry = verified();
        let busy = Fingerprint::of("busy");
        let idle = Fingerprint::of("idle");
        tokens.remember(busy, entry.clone());
        tokens.remember(idle, entry.clone());
        for n in 0..2_000 {
            tokens.remember(Fingerprint::of(&n.to_string()), entry.clone());
            assert!(tokens.find(&busy).is_some(), "after {n}");
        }
        assert!(tokens.find(&idle).is_none());
    }
}
