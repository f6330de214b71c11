//! What this instance knows of the register: whose a subject is, what they hold now, what was
//! revoked, and the tokens that were made here.
//!
//! Guarantees: it is asked of every request, after the cache of verified tokens, so a revocation
//! works as soon as it is known here. It is looked at several times a second (see [`POLL`]) on a
//! connection of its own; if that hasn't succeeded for [`TRUSTED_FOR`], nobody is let in, as nobody
//! can tell any more who may. What a token claims is only ever cut down to what its identity holds:
//! claims never add to the register, and the register never adds to claims.
//!
//! Cost: one read lock and two or three look-ups in hash maps; nothing waits and nothing is asked
//! of the database. A change makes the register be read anew as a whole: some thousand identities
//! take some ten milliseconds.

use std::collections::{HashMap, HashSet};
use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, PoisonError, RwLock};
use std::time::{Duration, Instant};

use time::OffsetDateTime;
use tokio::sync::{Notify, watch};

use super::api_token::hash;
use super::error::AccessError;
use super::principal::Principal;
use crate::db::read::RegisterContents;
use crate::domain::identity::{ApiToken, IdentityState, Revoked, Standing, TokenHash};
use crate::domain::{ApiTokenId, IdentityId};

/// How often it is looked whether the register has changed.
pub const POLL: Duration = Duration::from_millis(200);

/// How long the register is trusted after it was last looked at.
pub const TRUSTED_FOR: Duration = Duration::from_secs(5);

/// How long somebody who changed the register waits until this instance knows.
const CATCH_UP: Duration = Duration::from_secs(1);

/// Whether subjects have to be in the register: `ALMONER_SUBJECTS`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum SubjectPolicy {
    /// A subject that isn't in it is taken on its issuer's word.
    #[default]
    Issuer,
    /// A subject that isn't in it is turned away.
    Registered,
}

/// What this instance knows of the register.
#[derive(Debug)]
pub struct Register {
    policy: SubjectPolicy,
    known: RwLock<Arc<Known>>,
    started: Instant,
    /// When it was last looked at, in milliseconds after the start.
    looked_at_ms: AtomicU64,
    wanted: Notify,
    looks: watch::Sender<u64>,
}

/// By a name within an issuer's names.
type BySubject<T> = HashMap<String, HashMap<String, T>>;

/// The register as it was read, ordered for looking up.
#[derive(Debug, Default)]
struct Known {
    version: Option<i64>,
    subjects: BySubject<Arc<Standing>>,
    /// The ids of tokens that were revoked one by one.
    revoked_tokens: HashSet<String>,
    /// Until when, in seconds, the tokens of subjects are revoked that were issued.
    revoked_subjects: BySubject<i64>,
    revoked_identities: HashMap<IdentityId, i64>,
    made_here: HashMap<TokenHash, Arc<MadeHere>>,
}

/// A token that was made here.
#[derive(Debug)]
struct MadeHere {
    token: ApiToken,
    principal: Arc<Principal>,
    uses: Arc<Uses>,
}

/// When a token was last seen, and what of that is recorded, in seconds and in minutes.
#[derive(Debug, Default)]
struct Uses {
    seen_at: AtomicI64,
    recorded_minute: AtomicI64,
}

impl Register {
    /// A register that was just read.
    pub fn new(policy: SubjectPolicy, contents: RegisterContents) -> Self {
        let register = Register {
            policy,
            known: RwLock::default(),
            started: Instant::now(),
            looked_at_ms: AtomicU64::new(0),
            wanted: Notify::new(),
            looks: watch::Sender::new(0),
        };
        register.replace(contents);
        register
    }

    /// Whether subjects have to be in it.
    pub fn policy(&self) -> SubjectPolicy {
        self.policy
    }

    /// After how many changes it was read.
    pub fn version(&self) -> Option<i64> {
        self.known().version
    }

    /// Takes on what was read anew.
    pub fn replace(&self, contents: RegisterContents) {
        let known = Arc::new(Known::of(contents, &self.known()));
        *self.known.write().unwrap_or_else(PoisonError::into_inner) = known;
    }

    /// That it was looked at, and is as it is here. `begun` is when the question was asked.
    pub fn confirm(&self, begun: Instant) {
        let ms = begun.saturating_duration_since(self.started).as_millis();
        let ms = u64::try_from(ms).unwrap_or(u64::MAX);
        self.looked_at_ms.store(ms, Ordering::Relaxed);
        self.looks.send_modify(|looks| *looks += 1);
    }

    /// Waits until it is time to look again: some fraction of a second, or until somebody asks.
    pub async fn next_look(&self) {
        let _ = tokio::time::timeout(POLL, self.wanted.notified()).await;
    }

    /// Waits until this instance knows what was committed before; not for long, as others may take
    /// as long as they take.
    pub async fn catch_up(&self) {
        let mut looks = self.looks.subscribe();
        let before = *looks.borrow_and_update();
        // A look that is on its way may have begun too early; the one after it hasn't.
        let two = async {
            while *looks.borrow_and_update() < before + 2 {
                self.wanted.notify_one();
                if looks.changed().await.is_err() {
                    return;
                }
            }
        };
        let _ = tokio::time::timeout(CATCH_UP, two).await;
    }

    fn known(&self) -> Arc<Known> {
        Arc::clone(&self.known.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Whether it was looked at lately, so that somebody may come in.
    pub fn is_trusted(&self) -> bool {
        let looked_at = Duration::from_millis(self.looked_at_ms.load(Ordering::Relaxed));
        self.started.elapsed().saturating_sub(looked_at) <= TRUSTED_FOR
    }

    /// The principal of a token that was made here.
    pub fn find(&self, token: &str) -> Result<Arc<Principal>, AccessError> {
        let known = self.known();
        let found = known.made_here.get(&hash(token));
        let made = found.ok_or(AccessError::UnknownApiToken)?;
        let now = OffsetDateTime::now_utc();
        if now >= made.token.expires_at {
            let ago = (now - made.token.expires_at).whole_seconds();
            return Err(AccessError::Expired {
                ago_s: ago.unsigned_abs(),
            });
        }
        made.uses
            .seen_at
            .store(now.unix_timestamp(), Ordering::Relaxed);
        Ok(Arc::clone(&made.principal))
    }

    /// Lets the bearer of a good token in, as whom the register knows and with what they hold now.
    pub fn admit(&self, principal: Arc<Principal>) -> Result<Arc<Principal>, AccessError> {
        if !self.is_trusted() {
            return Err(AccessError::RegisterAway);
        }
        let known = self.known();
        let (issuer, subject) = (principal.issuer(), principal.subject());
        let issued_at = principal.issued_at();
        let until = known.revoked_subjects.get(issuer);
        let until = until.and_then(|it| it.get(subject));
        if known.revoked_tokens.contains(principal.token_id())
            || until.is_some_and(|until| issued_at <= *until)
        {
            return Err(AccessError::Revoked);
        }
        let standing = known.subjects.get(issuer).and_then(|it| it.get(subject));
        let Some(standing) = standing else {
            return match self.policy {
                SubjectPolicy::Issuer => Ok(principal),
                SubjectPolicy::Registered => Err(AccessError::SubjectUnknown),
            };
        };
        let identity = standing.identity.id;
        let until = known.revoked_identities.get(&identity);
        if until.is_some_and(|until| issued_at <= *until) {
            return Err(AccessError::Revoked);
        }
        match standing.state() {
            IdentityState::Suspended => Err(AccessError::Suspended),
            IdentityState::Active => {
                let held = standing.roles_at(OffsetDateTime::now_utc());
                Ok(Arc::new(principal.known_as(identity, &held)))
            }
        }
    }

    /// The tokens that were seen in a minute which isn't recorded yet, with that minute.
    pub fn unrecorded_uses(&self) -> Vec<(ApiTokenId, OffsetDateTime)> {
        let known = self.known();
        let mut uses = Vec::new();
        for made in known.made_here.values() {
            let minute = made.uses.seen_at.load(Ordering::Relaxed) / 60;
            if made.uses.recorded_minute.swap(minute, Ordering::Relaxed) < minute {
                let at = OffsetDateTime::from_unix_timestamp(minute * 60);
                uses.push((made.token.id, at.unwrap_or(OffsetDateTime::UNIX_EPOCH)));
            }
        }
        uses
    }
}

fn enter<T>(all: &mut BySubject<T>, issuer: &str, subject: &str, value: T) {
    let of_issuer = all.entry(issuer.to_owned()).or_default();
    of_issuer.insert(subject.to_owned(), value);
}

impl Known {
    fn of(contents: RegisterContents, before: &Known) -> Self {
        let mut known = Known {
            version: Some(contents.version),
            ..Known::default()
        };
        for standing in contents.standings {
            let standing = Arc::new(standing);
            for it in &standing.subjects {
                let own = Arc::clone(&standing);
                enter(&mut known.subjects, &it.issuer, &it.subject, own);
            }
        }
        // In the order they were made, so that the latest counts.
        for revocation in contents.revocations {
            let until = revocation.revoked_at.unix_timestamp();
            match revocation.of {
                Revoked::Token(token) => _ = known.revoked_tokens.insert(token),
                Revoked::Subject(it) => {
                    enter(&mut known.revoked_subjects, &it.issuer, &it.subject, until);
                }
                Revoked::Identity(id) => _ = known.revoked_identities.insert(id, until),
            }
        }
        for token in contents.api_tokens {
            let earlier = before.made_here.get(&token.hash);
            let uses = earlier.map(|it| Arc::clone(&it.uses)).unwrap_or_default();
            let made = MadeHere {
                principal: Arc::new(Principal::of_api_token(&token)),
                uses,
                token,
            };
            known.made_here.insert(made.token.hash, Arc::new(made));
        }
        known
    }
}
