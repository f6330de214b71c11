//! The register of identities and tokens: as a whole, which every instance keeps in memory, and in
//! parts, for those who look after it.

use diesel::prelude::*;
use diesel_async::{AsyncPgConnection, RunQueryDsl};
use time::{Duration, OffsetDateTime};
use uuid::Uuid;

use super::error::{ReadError, unreadable};
use super::page::{Page, Window};
use super::sight::Sight;
use super::snapshot;
use crate::db::identities::standings;
use crate::db::schema::{api_token_uses, api_tokens, identities, register_versions, revocations};
use crate::domain::identity::{
    ApiToken, MAX_LIFETIME, Revocation, Revoked, Standing, Subject, TokenHash,
};
use crate::domain::{ApiTokenId, IdentityId, RevocationId};

/// The register as it is after so many changes.
#[derive(Debug, Clone, Default)]
pub struct RegisterContents {
    /// How many changes.
    pub version: i64,
    /// Every identity.
    pub standings: Vec<Standing>,
    /// The revocations that can concern a token that hasn't expired.
    pub revocations: Vec<Revocation>,
    /// The tokens made here that haven't expired.
    pub api_tokens: Vec<ApiToken>,
}

/// How often the register has changed: what is asked several times a second.
pub async fn register_version(connection: &mut AsyncPgConnection) -> Result<i64, ReadError> {
    let version = register_versions::table.select(register_versions::version);
    Ok(version.get_result(connection).await?)
}

/// The whole register, in one snapshot.
pub async fn register_contents(
    connection: &mut AsyncPgConnection,
) -> Result<RegisterContents, ReadError> {
    snapshot(connection, &Sight::Everything, async |connection| {
        let version = register_version(connection).await?;
        let now = OffsetDateTime::now_utc();
        // No token lasts longer; a day more for clocks that differ.
        let since = now - MAX_LIFETIME - Duration::DAY;
        let revoked: Vec<RevocationRow> = revocations::table
            .filter(revocations::revoked_at.ge(since))
            .order(revocations::id)
            .select(RevocationRow::as_select())
            .load(connection)
            .await?;
        let tokens: Vec<TokenRow> = api_tokens::table
            .filter(api_tokens::expires_at.ge(now - Duration::DAY))
            .select(TokenRow::as_select())
            .load(connection)
            .await?;
        let revoked = revoked.into_iter().map(RevocationRow::read);
        let tokens = tokens.into_iter().map(TokenRow::read);
        Ok(RegisterContents {
            version,
            standings: standings(connection, None).await?,
            revocations: revoked.collect::<Result<_, _>>()?,
            api_tokens: tokens.collect::<Result<_, _>>()?,
        })
    })
    .await
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = revocations)]
struct RevocationRow {
    id: Uuid,
    token_id: Option<String>,
    issuer: Option<String>,
    subject: Option<String>,
    identity_id: Option<Uuid>,
    reason: String,
    revoked_by: String,
    revoked_at: OffsetDateTime,
}

impl RevocationRow {
    fn read(self) -> Result<Revocation, ReadError> {
        let of = match (self.token_id, self.issuer, self.subject, self.identity_id) {
            (Some(token), None, None, None) => Revoked::Token(token),
            (None, Some(issuer), Some(subject), None) => {
                Revoked::Subject(Subject { issuer, subject })
            }
            (None, None, None, Some(identity)) => Revoked::Identity(IdentityId(identity)),
            _ => return Err(unreadable("revocation", &self.id.to_string())),
        };
        Ok(Revocation {
            id: RevocationId(self.id),
            of,
            reason: self.reason,
            revoked_by: self.revoked_by,
            revoked_at: self.revoked_at,
        })
    }
}

#[derive(Debug, Queryable, Selectable)]
#[diesel(table_name = api_tokens)]
struct TokenRow {
    id: Uuid,
    identity_id: Uuid,
    issuer: String,
    subject: String,
    name: String,
    hash: Vec<u8>,
    roles: String,
    scopes: String,
    pledges: String,
    markets: String,
    issued_by_issuer: String,
    issued_by: String,
    issued_at: OffsetDateTime,
    expires_at: OffsetDateTime,
}

/// What is written with spaces between.
fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(' ').filter(|word| !word.is_empty())
}

impl TokenRow {
    fn read(self) -> Result<ApiToken, ReadError> {
        let role = |name: &str| name.parse().map_err(|_| unreadable("role", name));
        let pledge = |id: &str| id.parse().map_err(|_| unreadable("pledge", id));
        let hash = <[u8; 32]>::try_from(self.hash.as_slice());
        Ok(ApiToken {
            id: ApiTokenId(self.id),
            identity: IdentityId(self.identity_id),
            acts_as: Subject {
                issuer: self.issuer,
                subject: self.subject,
            },
            name: self.name,
            hash: TokenHash(hash.map_err(|_| unreadable("hash of", &self.id.to_string()))?),
            roles: words(&self.roles).map(role).collect::<Result<_, _>>()?,
            scopes: words(&self.scopes).map(str::to_owned).collect(),
            pledges: words(&self.pledges).map(pledge).collect::<Result<_, _>>()?,
            markets: words(&self.markets).map(str::to_owned).collect(),
            issued_by: Subject {
                issuer: self.issued_by_issuer,
                subject: self.issued_by,
            },
            issued_at: self.issued_at,
            expires_at: self.expires_at,
        })
    }
}

/// Identities, in the order they were recorded; called within a snapshot.
pub async fn list_identities(
    connection: &mut AsyncPgConnection,
    window: Window,
) -> Result<Page<Standing>, ReadError> {
    let mut query = identities::table
        .order(identities::id)
        .limit(window.limit + 1)
        .select(identities::id)
        .into_boxed();
    if let Some(after) = window.after {
        query = query.filter(identities::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(identities::id.le(until));
    }
    let ids: Vec<Uuid> = query.load(connection).await?;
    let found = standings(connection, Some(&ids)).await?;
    Ok(Page::cut(found, window.limit))
}

/// One identity; called within a snapshot.
pub async fn identity(
    connection: &mut AsyncPgConnection,
    id: IdentityId,
) -> Result<Option<Standing>, ReadError> {
    Ok(standings(connection, Some(&[id.0])).await?.pop())
}

/// Every identity; called within a snapshot.
pub async fn all_identities(
    connection: &mut AsyncPgConnection,
) -> Result<Vec<Standing>, ReadError> {
    Ok(standings(connection, None).await?)
}

/// Revocations, in the order they were made.
pub async fn list_revocations(
    connection: &mut AsyncPgConnection,
    window: Window,
) -> Result<Page<Revocation>, ReadError> {
    let mut query = revocations::table
        .order(revocations::id)
        .limit(window.limit + 1)
        .select(RevocationRow::as_select())
        .into_boxed();
    if let Some(after) = window.after {
        query = query.filter(revocations::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(revocations::id.le(until));
    }
    let rows: Vec<RevocationRow> = query.load(connection).await?;
    let read = rows.into_iter().map(RevocationRow::read);
    Ok(Page::cut(read.collect::<Result<_, _>>()?, window.limit))
}

/// A token that was made here, with when it was last seen and when it was revoked.
#[derive(Debug, Clone)]
pub struct ListedToken {
    /// The token.
    pub token: ApiToken,
    /// When it was last seen, to the minute.
    pub last_used_at: Option<OffsetDateTime>,
    /// When it was revoked by itself.
    pub revoked_at: Option<OffsetDateTime>,
}

/// Tokens made here, in the order they were made: those of an identity, or all.
pub async fn list_api_tokens(
    connection: &mut AsyncPgConnection,
    bearer: Option<IdentityId>,
    window: Window,
) -> Result<Page<ListedToken>, ReadError> {
    let mut query = api_tokens::table
        .left_join(api_token_uses::table.on(api_token_uses::token_id.eq(api_tokens::id)))
        .order(api_tokens::id)
        .limit(window.limit + 1)
        .select((
            TokenRow::as_select(),
            api_token_uses::last_used_at.nullable(),
        ))
        .into_boxed();
    if let Some(bearer) = bearer {
        query = query.filter(api_tokens::identity_id.eq(bearer.0));
    }
    if let Some(after) = window.after {
        query = query.filter(api_tokens::id.gt(after));
    }
    if let Some(until) = window.until {
        query = query.filter(api_tokens::id.le(until));
    }
    let rows: Vec<(TokenRow, Option<OffsetDateTime>)> = query.load(connection).await?;
    let mut listed = Vec::with_capacity(rows.len());
    for (row, last_used_at) in rows {
        listed.push(ListedToken {
            token: row.read()?,
            last_used_at,
            revoked_at: None,
        });
    }
    let ids: Vec<String> = listed.iter().map(|it| it.token.id.to_string()).collect();
    let revoked: Vec<(Option<String>, OffsetDateTime)> = revocations::table
        .filter(revocations::token_id.eq_any(&ids))
        .order(revocations::revoked_at.desc())
        .select((revocations::token_id, revocations::revoked_at))
        .load(connection)
        .await?;
    for (id, at) in revoked {
        let own = |it: &&mut ListedToken| id.as_deref() == Some(&it.token.id.to_string());
        if let Some(found) = listed.iter_mut().find(own) {
            found.revoked_at = Some(at);
        }
    }
    Ok(Page::cut(listed, window.limit))
}
