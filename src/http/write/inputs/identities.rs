//! Identities, what they may do, and their tokens.

use serde::Serialize;
use utoipa::ToSchema;

use crate::domain::{IdentityId, PledgeId, RoleGrantId};

/// A person or machine to be recorded.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = IdentityIn, examples(json!({"name": "Grace Hopper", "kind": "person"})))]
pub struct IdentityIn {
    /// What it is called.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// `person` or `machine`.
    #[schema(pattern = "^(person|machine)$")]
    pub kind: String,
}

/// A name by which an issuer knows the identity.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = SubjectIn, examples(json!({"issuer": "almoner-local",
    "subject": "grace@example.org"})))]
pub struct SubjectIn {
    /// The issuer, `iss` of its tokens; the one trusted here, if left out.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    pub issuer: Option<String>,
    /// Its name for them, `sub` of their tokens.
    #[schema(min_length = 1, max_length = 255)]
    pub subject: String,
}

/// A role to be granted.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleIn, examples(json!({"role": "auditor", "from": "2026-02-02",
    "until": "2026-02-27T17:00:00Z"})))]
pub struct RoleIn {
    /// Which.
    #[schema(pattern = "^(preparer|approver|controller|partner|auditor|admin)$")]
    pub role: String,
    /// From when, a moment or a day; from now on, if left out.
    #[schema(nullable = false)]
    pub from: Option<String>,
    /// Until when: a moment, or a day, which then counts as a whole.
    #[schema(nullable = false)]
    pub until: Option<String>,
}

/// A grant to be ended.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = RoleEndIn, examples(json!({
    "role_grant_id": "rgr_019ab3f27c5e7d10a4f3c2b1d0e9f807", "reason": "Left the team"})))]
pub struct RoleEndIn {
    /// Which.
    pub role_grant_id: RoleGrantId,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Why something is done.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ReasonIn, examples(json!({"reason": "On leave"})))]
pub struct ReasonIn {
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// Tokens to be revoked: one, a subject's, or an identity's.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = TokenRevocationIn, examples(json!({"subject": "grace@example.org",
    "reason": "Laptop lost"})))]
pub struct TokenRevocationIn {
    /// One token, by its `jti` or by the id of one made here.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    pub token_id: Option<String>,
    /// All tokens of this subject that were made by now.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    pub subject: Option<String>,
    /// The subject's issuer; the one trusted here, if left out.
    #[schema(min_length = 1, max_length = 255, nullable = false)]
    pub issuer: Option<String>,
    /// All tokens of this identity that were made by now.
    #[schema(nullable = false)]
    pub identity_id: Option<IdentityId>,
    /// Why.
    #[schema(min_length = 1, max_length = 1000)]
    pub reason: String,
}

/// A token to be made.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ApiTokenIn, examples(json!({"name": "Power Query", "roles": ["auditor"],
    "scopes": ["ledger:read", "reference:read"], "expires_at": "2026-12-31"})))]
pub struct ApiTokenIn {
    /// What it is for.
    #[schema(min_length = 1, max_length = 200)]
    pub name: String,
    /// Who will bear it: oneself, if left out. Administrators make tokens for others.
    #[schema(nullable = false)]
    pub identity_id: Option<IdentityId>,
    /// The roles it may use: one's own, if left out.
    #[schema(nullable = false)]
    pub roles: Option<Vec<String>>,
    /// The scopes it carries: all that the roles can use and oneself has, if left out.
    #[schema(nullable = false)]
    pub scopes: Option<Vec<String>>,
    /// For a partner: the pledges it shows.
    #[schema(nullable = false)]
    pub pledges: Option<Vec<PledgeId>>,
    /// For a partner: the markets it shows; `*` alone is all.
    #[schema(nullable = false)]
    pub markets: Option<Vec<String>>,
    /// Its end, a moment or a day, which then counts as a whole: within 366 days.
    pub expires_at: String,
}
