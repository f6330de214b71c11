//! Identities as they stand, for both sides: the write path's books and the readers.

use std::collections::HashMap;

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::OffsetDateTime;
use uuid::Uuid;

use super::error::DbError;
use super::rows::unreadable;
use super::schema::{identities, identity_events, identity_subjects, role_ends, role_grants};
use crate::domain::identity::{
    Grant, Identity, IdentityKind, IdentityState, RoleEnd, RoleGrant, Standing, StateChange,
    Subject,
};
use crate::domain::{IdentityId, RoleGrantId};

/// Identities with their subjects, grants and changes, in the order they were recorded: those of
/// the ids, or all there are. Five statements, so a caller who minds reads them in one snapshot.
pub(super) async fn standings(
    mut connection: &AsyncPgConnection,
    ids: Option<&[Uuid]>,
) -> Result<Vec<Standing>, DbError> {
    type Row = (Uuid, String, String, String, OffsetDateTime);
    let mut query = identities::table.order(identities::id).into_boxed();
    if let Some(ids) = ids {
        query = query.filter(identities::id.eq_any(ids));
    }
    let rows: Vec<Row> = query.load(&mut connection).await?;
    let mut standings = Vec::with_capacity(rows.len());
    let mut places = HashMap::with_capacity(rows.len());
    for (id, name, kind, recorded_by, recorded_at) in rows {
        places.insert(id, standings.len());
        standings.push(Standing::new(Identity {
            id: IdentityId(id),
            name,
            kind: IdentityKind::parse(&kind).ok_or_else(|| unreadable("kind", &kind))?,
            recorded_by,
            recorded_at,
        }));
    }
    let mut found = Found { standings, places };
    found.load_subjects(connection, ids).await?;
    found.load_grants(connection, ids).await?;
    found.load_changes(connection, ids).await?;
    Ok(found.standings)
}

/// What is being put together.
struct Found {
    standings: Vec<Standing>,
    places: HashMap<Uuid, usize>,
}

impl Found {
    fn of(&mut self, identity: Uuid) -> Option<&mut Standing> {
        let place = self.places.get(&identity)?;
        self.standings.get_mut(*place)
    }

    async fn load_subjects(
        &mut self,
        mut connection: &AsyncPgConnection,
        ids: Option<&[Uuid]>,
    ) -> Result<(), DbError> {
        let mut query = identity_subjects::table
            .order((identity_subjects::recorded_at, identity_subjects::subject))
            .select((
                identity_subjects::identity_id,
                identity_subjects::issuer,
                identity_subjects::subject,
            ))
            .into_boxed();
        if let Some(ids) = ids {
            query = query.filter(identity_subjects::identity_id.eq_any(ids));
        }
        let rows: Vec<(Uuid, String, String)> = query.load(&mut connection).await?;
        for (identity, issuer, subject) in rows {
            if let Some(standing) = self.of(identity) {
                standing.subjects.push(Subject { issuer, subject });
            }
        }
        Ok(())
    }

    async fn load_grants(
        &mut self,
        mut connection: &AsyncPgConnection,
        ids: Option<&[Uuid]>,
    ) -> Result<(), DbError> {
        type GrantRow = (
            Uuid,
            Uuid,
            String,
            OffsetDateTime,
            Option<OffsetDateTime>,
            String,
            String,
            OffsetDateTime,
        );
        type EndRow = (Option<String>, Option<String>, Option<OffsetDateTime>);
        let mut query = role_grants::table
            .left_join(role_ends::table.on(role_ends::grant_id.eq(role_grants::id)))
            .order(role_grants::id)
            .select((
                role_grants::all_columns,
                (
                    role_ends::reason.nullable(),
                    role_ends::ended_by.nullable(),
                    role_ends::ended_at.nullable(),
                ),
            ))
            .into_boxed();
        if let Some(ids) = ids {
            query = query.filter(role_grants::identity_id.eq_any(ids));
        }
        let rows: Vec<(GrantRow, EndRow)> = query.load(&mut connection).await?;
        for ((id, identity, role, from, until, issuer, granted_by, granted_at), end) in rows {
            let id = RoleGrantId(id);
            let grant = RoleGrant {
                id,
                identity: IdentityId(identity),
                role: role.parse().map_err(|_| unreadable("role", &role))?,
                from,
                until,
                granted_by: Subject {
                    issuer,
                    subject: granted_by,
                },
                granted_at,
            };
            let end = match end {
                (Some(reason), Some(ended_by), Some(ended_at)) => Some(RoleEnd {
                    grant: id,
                    reason,
                    ended_by,
                    ended_at,
                }),
                _ => None,
            };
            if let Some(standing) = self.of(identity) {
                standing.grants.push(Grant { grant, end });
            }
        }
        Ok(())
    }

    async fn load_changes(
        &mut self,
        mut connection: &AsyncPgConnection,
        ids: Option<&[Uuid]>,
    ) -> Result<(), DbError> {
        type Row = (Uuid, i16, String, String, String, OffsetDateTime);
        let mut query = identity_events::table
            .order((identity_events::identity_id, identity_events::seq))
            .into_boxed();
        if let Some(ids) = ids {
            query = query.filter(identity_events::identity_id.eq_any(ids));
        }
        let rows: Vec<Row> = query.load(&mut connection).await?;
        for (identity, seq, state, reason, actor, at) in rows {
            let change = StateChange {
                identity: IdentityId(identity),
                seq,
                state: IdentityState::parse(&state).ok_or_else(|| unreadable("state", &state))?,
                reason,
                actor,
                at,
            };
            if let Some(standing) = self.of(identity) {
                standing.changes.push(change);
            }
        }
        Ok(())
    }
}
