//! The register's rows, and what the books need of them.

use diesel::pg::Pg;
use diesel::prelude::*;
use diesel::query_builder::{AstPass, QueryFragment, QueryId};
use diesel::sql_types::{Array, Binary, Nullable, SmallInt, Text, Timestamptz, Uuid as SqlUuid};
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use futures_util::try_join;
use time::OffsetDateTime;
use uuid::Uuid;

use super::columns::{Columns, insert_columns};
use super::insert;
use crate::db::error::DbError;
use crate::db::identities::standings;
use crate::db::schema::{api_tokens, identity_subjects};
use crate::domain::books::Books;
use crate::domain::command::RegisterEvent;
use crate::domain::identity::{ApiToken, Revocation, Revoked, Subject};
use crate::domain::{ApiTokenId, IdentityId, Needs};

insert_columns! {
    InsertIdentities into "identities" {
        id: Uuid => SqlUuid,
        name: String => Text,
        kind: &'static str => Text,
        recorded_by: String => Text,
        recorded_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertSubjects into "identity_subjects" {
        issuer: String => Text,
        subject: String => Text,
        identity_id: Uuid => SqlUuid,
        recorded_by_issuer: String => Text,
        recorded_by: String => Text,
        recorded_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertGrants into "role_grants" {
        id: Uuid => SqlUuid,
        identity_id: Uuid => SqlUuid,
        role: &'static str => Text,
        valid_from: OffsetDateTime => Timestamptz,
        valid_until: Option<OffsetDateTime> => Nullable<Timestamptz>,
        granted_by_issuer: String => Text,
        granted_by: String => Text,
        granted_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertEnds into "role_ends" {
        grant_id: Uuid => SqlUuid,
        reason: String => Text,
        ended_by: String => Text,
        ended_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertChanges into "identity_events" {
        identity_id: Uuid => SqlUuid,
        seq: i16 => SmallInt,
        state: &'static str => Text,
        reason: String => Text,
        actor: String => Text,
        at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertRevocations into "revocations" {
        id: Uuid => SqlUuid,
        token_id: Option<String> => Nullable<Text>,
        issuer: Option<String> => Nullable<Text>,
        subject: Option<String> => Nullable<Text>,
        identity_id: Option<Uuid> => Nullable<SqlUuid>,
        reason: String => Text,
        revoked_by: String => Text,
        revoked_at: OffsetDateTime => Timestamptz,
    }
}

insert_columns! {
    InsertApiTokens into "api_tokens" {
        id: Uuid => SqlUuid,
        identity_id: Uuid => SqlUuid,
        issuer: String => Text,
        subject: String => Text,
        name: String => Text,
        hash: Vec<u8> => Binary,
        roles: String => Text,
        scopes: String => Text,
        pledges: String => Text,
        markets: String => Text,
        issued_by_issuer: String => Text,
        issued_by: String => Text,
        issued_at: OffsetDateTime => Timestamptz,
        expires_at: OffsetDateTime => Timestamptz,
    }
}

/// What a batch adds to the register.
#[derive(Debug, Default)]
pub(super) struct RegisterRows {
    identities: InsertIdentities,
    subjects: InsertSubjects,
    grants: InsertGrants,
    ends: InsertEnds,
    changes: InsertChanges,
    revocations: InsertRevocations,
    api_tokens: InsertApiTokens,
}

impl RegisterRows {
    pub(super) fn of(events: &[RegisterEvent]) -> Self {
        let mut rows = Self::default();
        for event in events {
            rows.push(event);
        }
        rows
    }

    fn push(&mut self, event: &RegisterEvent) {
        match event.clone() {
            RegisterEvent::IdentityRecorded(it) => self.identities.push(
                it.id.0,
                it.name,
                it.kind.as_str(),
                it.recorded_by,
                it.recorded_at,
            ),
            RegisterEvent::SubjectAdded(it) => self.subjects.push(
                it.subject.issuer,
                it.subject.subject,
                it.identity.0,
                it.recorded_by.issuer,
                it.recorded_by.subject,
                it.recorded_at,
            ),
            RegisterEvent::RoleGranted(it) => self.grants.push(
                it.id.0,
                it.identity.0,
                it.role.name(),
                it.from,
                it.until,
                it.granted_by.issuer,
                it.granted_by.subject,
                it.granted_at,
            ),
            RegisterEvent::RoleEnded(_, it) => {
                self.ends
                    .push(it.grant.0, it.reason, it.ended_by, it.ended_at);
            }
            RegisterEvent::StateChanged(it) => self.changes.push(
                it.identity.0,
                it.seq,
                it.state.as_str(),
                it.reason,
                it.actor,
                it.at,
            ),
            RegisterEvent::Revoked(it) => self.revoke(it),
            RegisterEvent::TokenIssued(it) => self.issue(it),
        }
    }

    fn revoke(&mut self, it: Revocation) {
        let (token, subject, identity) = match it.of {
            Revoked::Token(token) => (Some(token), None, None),
            Revoked::Subject(subject) => (None, Some(subject), None),
            Revoked::Identity(identity) => (None, None, Some(identity.0)),
        };
        let (issuer, subject) = subject.map(|it| (it.issuer, it.subject)).unzip();
        self.revocations.push(
            it.id.0,
            token,
            issuer,
            subject,
            identity,
            it.reason,
            it.revoked_by,
            it.revoked_at,
        );
    }

    fn issue(&mut self, it: ApiToken) {
        let roles: Vec<&str> = it.roles.iter().map(|role| role.name()).collect();
        let pledges: Vec<String> = it.pledges.iter().map(ToString::to_string).collect();
        self.api_tokens.push(
            it.id.0,
            it.identity.0,
            it.acts_as.issuer,
            it.acts_as.subject,
            it.name,
            it.hash.0.to_vec(),
            roles.join(" "),
            it.scopes.join(" "),
            pledges.join(" "),
            it.markets.join(" "),
            it.issued_by.issuer,
            it.issued_by.subject,
            it.issued_at,
            it.expires_at,
        );
    }

    /// Adds them, in the order references ask for.
    pub(super) async fn insert(self, connection: &AsyncPgConnection) -> Result<(), DbError> {
        try_join!(
            insert(connection, self.identities),
            insert(connection, self.subjects),
            insert(connection, self.grants),
            insert(connection, self.ends),
            insert(connection, self.changes),
            insert(connection, self.revocations),
            insert(connection, self.api_tokens),
        )?;
        Ok(())
    }
}

/// Loads what is needed of the register. It is locked by nothing: where two batches decide on the
/// same, a rule refuses the later one, which is then decided anew.
pub(super) async fn load_register(
    mut connection: &AsyncPgConnection,
    needs: &Needs,
    books: &mut Books,
) -> Result<(), DbError> {
    let (needs, books) = (&needs.register, &mut books.register);
    if !needs.identities.is_empty() {
        let ids: Vec<Uuid> = needs.identities.iter().map(|id| id.0).collect();
        books
            .identities
            .extend(needs.identities.iter().map(|id| (*id, None)));
        for standing in standings(connection, Some(&ids)).await? {
            books
                .identities
                .insert(standing.identity.id, Some(standing));
        }
    }
    for subject in &needs.subjects {
        let owner: Option<Uuid> = identity_subjects::table
            .filter(identity_subjects::issuer.eq(&subject.issuer))
            .filter(identity_subjects::subject.eq(&subject.subject))
            .select(identity_subjects::identity_id)
            .first(&mut connection)
            .await
            .optional()?;
        let subject: Subject = subject.clone();
        books.subjects.insert(subject, owner.map(IdentityId));
    }
    if !needs.api_tokens.is_empty() {
        let ids: Vec<Uuid> = needs.api_tokens.iter().map(|id| id.0).collect();
        books
            .api_tokens
            .extend(needs.api_tokens.iter().map(|id| (*id, None)));
        let rows: Vec<(Uuid, Uuid)> = api_tokens::table
            .filter(api_tokens::id.eq_any(&ids))
            .select((api_tokens::id, api_tokens::identity_id))
            .load(&mut connection)
            .await?;
        let found = rows.into_iter();
        books
            .api_tokens
            .extend(found.map(|(id, bearer)| (ApiTokenId(id), Some(IdentityId(bearer)))));
    }
    Ok(())
}
