//! Keeping the register: identities, subjects, roles, and revocations of their tokens.

use actix_web::HttpResponse;
use uuid::Uuid;

use super::answer::Done;
use super::inputs::{IdentityIn, ReasonIn, RoleEndIn, RoleIn, SubjectIn, TokenRevocationIn};
use super::post::Post;
use crate::domain::command::{
    AddSubject, ChangeState, EndRole, GrantRole, KeepRegister, RecordIdentity, RevokeTokens,
};
use crate::domain::identity::{IdentityKind, IdentityState, Revoked, Subject};
use crate::domain::{Command, IdentityId, RevocationId, Role, RoleGrantId};
use crate::http::access::Permission;
use crate::http::access::permission::{ManageIdentities, RevokeAccess};
use crate::http::body::{Bound, Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{IdentityOut, TokenRevocationOut};

/// Where identities are.
const COLLECTION: &str = "/v1/identities";

/// Where revocations are.
const REVOCATIONS: &str = "/v1/revocations";

/// Reads an identity.
pub fn identity(body: &mut Fields<'_>) -> Option<Command> {
    let name = body.text("name", Text::NAME);
    let kind = body.value("kind", |text| {
        let unknown = || Fault::new("unknown-kind", "an identity is a person or a machine");
        IdentityKind::parse(text).ok_or_else(unknown)
    });
    Some(command(KeepRegister::RecordIdentity(RecordIdentity {
        id: IdentityId(Uuid::now_v7()),
        name: name?,
        kind: kind?,
    })))
}

fn command(keep: KeepRegister) -> Command {
    Command::KeepRegister(keep)
}

/// Reads a subject of an issuer; of the one trusted here, if it isn't named.
fn known_subject(trusted: &str, body: &mut Fields<'_>) -> Option<Subject> {
    let issuer = body.optional("issuer", |body, name| body.text(name, Text::SUBJECT));
    let subject = body.text("subject", Text::SUBJECT);
    Some(Subject {
        issuer: issuer?.unwrap_or_else(|| trusted.to_owned()),
        subject: subject?,
    })
}

/// Reads a subject of an identity.
pub fn subject(
    identity: IdentityId,
    trusted: &str,
    by: &Subject,
    body: &mut Fields<'_>,
) -> Option<Command> {
    let subject = known_subject(trusted, body)?;
    Some(command(KeepRegister::AddSubject(AddSubject {
        identity,
        subject,
        by: by.clone(),
    })))
}

/// A role by its name.
pub fn role_named(text: &str) -> Result<Role, Fault> {
    let read = text.parse::<Role>();
    read.map_err(|unknown| Fault::new("unknown-role", unknown.to_string()))
}

/// Reads a role to be granted.
pub fn role(identity: IdentityId, by: &Subject, body: &mut Fields<'_>) -> Option<Command> {
    let role = body.value("role", role_named);
    let from = body.optional_moment("from", Bound::Start);
    let until = body.optional_moment("until", Bound::End);
    Some(command(KeepRegister::GrantRole(GrantRole {
        id: RoleGrantId(Uuid::now_v7()),
        identity,
        role: role?,
        from: from?,
        until: until?,
        by: by.clone(),
    })))
}

/// Reads the end of a grant.
pub fn role_end(identity: IdentityId, body: &mut Fields<'_>) -> Option<Command> {
    let grant = body.id("role_grant_id");
    let reason = body.text("reason", Text::PROSE);
    Some(command(KeepRegister::EndRole(EndRole {
        identity,
        grant: grant?,
        reason: reason?,
    })))
}

/// Reads why an identity's state changes.
pub fn state(identity: IdentityId, state: IdentityState, body: &mut Fields<'_>) -> Option<Command> {
    let reason = body.text("reason", Text::PROSE)?;
    Some(command(KeepRegister::ChangeState(ChangeState {
        identity,
        state,
        reason,
    })))
}

/// Reads which tokens are revoked: of the three ways to say so, one.
pub fn revocation(trusted: &str, body: &mut Fields<'_>) -> Option<Command> {
    let text = |body: &mut Fields<'_>, name| body.text(name, Text::SUBJECT);
    let token = body.optional("token_id", text);
    let subject = body.optional("subject", text);
    let issuer = body.optional("issuer", text);
    let identity = body.optional("identity_id", |body, name| body.id(name));
    let reason = body.text("reason", Text::PROSE);
    let of = match (token?, subject?, issuer?, identity?) {
        (Some(token), None, None, None) => Revoked::Token(token),
        (None, Some(subject), issuer, None) => Revoked::Subject(Subject {
            issuer: issuer.unwrap_or_else(|| trusted.to_owned()),
            subject,
        }),
        (None, None, None, Some(identity)) => Revoked::Identity(identity),
        _ => {
            let detail = "one of token_id, subject (with its issuer) and identity_id is named";
            return body.note("token_id", Fault::new("one-of-three", detail));
        }
    };
    Some(command(KeepRegister::RevokeTokens(RevokeTokens {
        id: RevocationId(Uuid::now_v7()),
        of,
        reason: reason?,
    })))
}

/// Submits a change to the register and, once it is committed, waits until this instance knows.
pub(super) async fn keep<P: Permission>(
    post: Post<P>,
    read: impl for<'a> FnOnce(&mut Fields<'a>) -> Option<Command>,
) -> Result<Done, Problem> {
    let state = post.state.clone();
    let done = post.submit(read).await?;
    if let Done::Committed(_) = done {
        state.register.catch_up().await;
    }
    Ok(done)
}

/// Record an identity
///
/// A person or a machine. It may do nothing until it is granted a role, and nobody comes in as it
/// until a subject is recorded.
#[utoipa::path(post, path = "/v1/identities", tag = "identities", request_body = IdentityIn,
    responses((status = 201, description = "Recorded", body = IdentityOut)))]
pub async fn record_identity(post: Post<ManageIdentities>) -> Result<HttpResponse, Problem> {
    Ok(keep(post, identity).await?.created(COLLECTION))
}

/// Record a subject of an identity
///
/// A person may have several; what needs two people can't be done by two subjects of one. From now
/// on the subject may do what its tokens say and the identity is granted, and no more.
#[utoipa::path(post, path = "/v1/identities/{id}/subjects", tag = "identities",
    request_body = SubjectIn,
    responses((status = 200, description = "The identity with it", body = IdentityOut)))]
pub async fn add_subject(post: Post<ManageIdentities>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let by = post.principal().known_by();
    let trusted = post.state().verifier.issuer().to_owned();
    let done = keep(post, |body| subject(id, &trusted, &by, body)).await?;
    Ok(done.changed())
}

/// Grant a role
///
/// Roles that move money are granted by somebody else than the person who gets them.
#[utoipa::path(post, path = "/v1/identities/{id}/roles", tag = "identities",
    request_body = RoleIn,
    responses((status = 200, description = "The identity with it", body = IdentityOut)))]
pub async fn grant_role(post: Post<ManageIdentities>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let by = post.principal().known_by();
    Ok(keep(post, |body| role(id, &by, body)).await?.changed())
}

/// End a role
///
/// At once, whatever was said of its end when it was granted.
#[utoipa::path(post, path = "/v1/identities/{id}/role-ends", tag = "identities",
    request_body = RoleEndIn,
    responses((status = 200, description = "The identity without it", body = IdentityOut)))]
pub async fn end_role(post: Post<ManageIdentities>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    Ok(keep(post, |body| role_end(id, body)).await?.changed())
}

/// Suspend an identity
///
/// Nobody comes in as it until it is reinstated.
#[utoipa::path(post, path = "/v1/identities/{id}/suspension", tag = "identities",
    request_body = ReasonIn,
    responses((status = 200, description = "The identity, suspended", body = IdentityOut)))]
pub async fn suspend_identity(post: Post<ManageIdentities>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let suspended = IdentityState::Suspended;
    Ok(keep(post, |body| state(id, suspended, body))
        .await?
        .changed())
}

/// Reinstate an identity
#[utoipa::path(post, path = "/v1/identities/{id}/reinstatement", tag = "identities",
    request_body = ReasonIn,
    responses((status = 200, description = "The identity, active", body = IdentityOut)))]
pub async fn reinstate_identity(post: Post<ManageIdentities>) -> Result<HttpResponse, Problem> {
    let id = post.id()?;
    let active = IdentityState::Active;
    Ok(keep(post, |body| state(id, active, body)).await?.changed())
}

/// Revoke tokens
///
/// One, or all that a subject or an identity holds and that were made by now: on every instance
/// within a second.
#[utoipa::path(post, path = "/v1/revocations", tag = "tokens", request_body = TokenRevocationIn,
    responses((status = 201, description = "Revoked", body = TokenRevocationOut)))]
pub async fn revoke_tokens(post: Post<RevokeAccess>) -> Result<HttpResponse, Problem> {
    let trusted = post.state().verifier.issuer().to_owned();
    let done = keep(post, |body| revocation(&trusted, body)).await?;
    Ok(done.created(REVOCATIONS))
}
