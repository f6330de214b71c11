//! The keys in force, which change while the service runs: their file is written anew, or their
//! issuer publishes others.
//!
//! Guarantees: a token is remembered as good only while the keys are as they were when it was
//! checked. Keys whose issuer can't be reached stay good for [`KEPT_FOR`] and not longer. A token
//! with an unknown key makes the issuer be asked at most once in [`ASKED_EVERY`], whoever sends how
//! many of them.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};
use std::time::{Duration, Instant};

use tokio::sync::Notify;

use super::keys::KeySet;

/// How long keys are good whose issuer doesn't answer.
pub const KEPT_FOR: Duration = Duration::from_secs(24 * 3_600);

/// How often the issuer is asked for keys that tokens name and nobody knows.
pub const ASKED_EVERY: Duration = Duration::from_secs(30);

/// The keys in force.
#[derive(Debug)]
pub struct KeyRing {
    keys: RwLock<Option<Arc<KeySet>>>,
    generation: AtomicU64,
    /// Where there is somebody to ask for keys.
    issuer: Option<Issuer>,
}

#[derive(Debug, Default)]
struct Issuer {
    wanted: Notify,
    asked: Mutex<Option<Instant>>,
}

impl From<KeySet> for Arc<KeyRing> {
    fn from(keys: KeySet) -> Self {
        Arc::new(KeyRing {
            keys: RwLock::new(Some(Arc::new(keys))),
            generation: AtomicU64::new(0),
            issuer: None,
        })
    }
}

impl KeyRing {
    /// No keys yet: their issuer is still to be asked.
    pub fn of_issuer() -> Self {
        KeyRing {
            keys: RwLock::default(),
            generation: AtomicU64::new(0),
            issuer: Some(Issuer::default()),
        }
    }

    /// The keys, if there are any, and which they are.
    pub(super) fn keys(&self) -> (Option<Arc<KeySet>>, u64) {
        let keys = self.keys.read().unwrap_or_else(PoisonError::into_inner);
        // Read under the lock that `replace` changes it under.
        (keys.clone(), self.generation.load(Ordering::Acquire))
    }

    /// Which keys these are: another number once there are others.
    pub(super) fn generation(&self) -> u64 {
        self.generation.load(Ordering::Acquire)
    }

    /// Puts other keys in force, or none.
    pub fn replace(&self, keys: Option<KeySet>) {
        let mut current = self.keys.write().unwrap_or_else(PoisonError::into_inner);
        if current.as_deref() == keys.as_ref() {
            return; // what is known to be good stays known
        }
        *current = keys.map(Arc::new);
        self.generation.fetch_add(1, Ordering::AcqRel);
    }

    /// Has the issuer asked for a key that a token names. Whether it is being asked now; not if it
    /// was, lately, or if there is nobody to ask.
    pub(super) fn want(&self) -> bool {
        let Some(issuer) = &self.issuer else {
            return false;
        };
        let mut asked = issuer.asked.lock().unwrap_or_else(PoisonError::into_inner);
        let lately = |it: Instant| it.elapsed() < ASKED_EVERY;
        if asked.is_some_and(lately) {
            return false;
        }
        *asked = Some(Instant::now());
        issuer.wanted.notify_one();
        true
    }

    /// Waits until a key is wanted; for ever, if there is nobody to ask.
    pub async fn wanted(&self) {
        match &self.issuer {
            Some(issuer) => issuer.wanted.notified().await,
            None => std::future::pending().await,
        }
    }
}

#[cfg(test)]
#[allow(clippy::unwrap_used)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_asked_once_for_however_many_unknown_keys() {
        let ring = KeyRing::of_issuer();
        assert!(ring.want());
        assert!((0..1_000).all(|_| !ring.want()));
        assert!(ring.keys().0.is_none());
    }

    #[test]
    fn the_same_keys_again_change_nothing_and_none_do() {
        let key = |x: &str| {
            let jwk = serde_json::json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": x}]});
            KeySet::from_jwks(&jwk.to_string()).unwrap()
        };
        let one = "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo";
        let ring = KeyRing::of_issuer();
        ring.replace(Some(key(one)));
        let first = ring.generation();
        ring.replace(Some(key(one)));
        assert_eq!(ring.generation(), first);
        ring.replace(None);
        assert_ne!(ring.generation(), first);
    }
}
