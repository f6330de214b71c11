//! Tokens made here: for oneself, or by an administrator for somebody else.

use std::collections::BTreeSet;

use actix_web::HttpResponse;
use serde_json::{Map, Value};
use uuid::Uuid;

use super::answer::Done;
use super::identities::{keep, role_named};
use super::inputs::{ApiTokenIn, ReasonIn};
use super::post::Post;
use crate::domain::command::{IssueApiToken, KeepRegister, RevokeApiToken};
use crate::domain::identity::TokenHash;
use crate::domain::{ApiTokenId, Command, IdentityId, PledgeId, RevocationId, Role};
use crate::engine::Answer;
use crate::http::access::permission::IssueApiTokens;
use crate::http::access::{Markets, NewToken, Permission, Principal, Scopes, Visibility};
use crate::http::body::{Bound, Fault, Fields, Text};
use crate::http::problem::Problem;
use crate::http::views::{ApiTokenOut, SHOWN_NOW, TokenRevocationOut};

/// Where tokens made here are.
const COLLECTION: &str = "/v1/api-tokens";

/// How many pledges a token shows at most.
const MOST_PLEDGES: usize = 500;

fn beyond(what: &str) -> Fault {
    let detail = format!("a token gives nobody more than they have, and you don't have {what}");
    Fault::new("beyond-own-rights", detail)
}

/// A token that is asked for, as it is read.
struct Wanted<'c> {
    caller: &'c Principal,
    /// Who will bear it; nobody, if that can't be told, and only faults are looked for.
    identity: Option<IdentityId>,
    is_own: bool,
}

impl<'c> Wanted<'c> {
    /// Who will bear it: the caller, or, if that is for the caller to say, somebody else.
    fn read(caller: &'c Principal, body: &mut Fields<'_>) -> Option<Self> {
        let named = body.optional("identity_id", |body, name| body.id::<IdentityId>(name))?;
        let own = caller.identity_id();
        let Some(identity) = named.or(own) else {
            let detail = "you aren't in the register; an administrator has to record you first";
            return body.note("identity_id", Fault::new("subject-unknown", detail));
        };
        let is_own = own == Some(identity);
        if !is_own && !caller.roles().contains(&Role::Admin) {
            return body.note("identity_id", beyond("the role admin, which makes others'"));
        }
        Some(Wanted {
            caller,
            identity: Some(identity),
            is_own,
        })
    }

    fn roles(&self, body: &mut Fields<'_>) -> Option<Vec<Role>> {
        let named = body.optional_words("roles", Role::ALL.len(), |text| {
            let role = role_named(text)?;
            match self.is_own && !self.caller.roles().contains(&role) {
                true => Err(beyond(&format!("the role {role}"))),
                false => Ok(role),
            }
        })?;
        let roles: BTreeSet<Role> = match named {
            Some(named) => named.into_iter().collect(),
            None if self.is_own => self.caller.roles().iter().copied().collect(),
            None if self.identity.is_none() => return None,
            None => {
                let detail = "for somebody else it has to be said which roles it may use";
                return body.note("roles", Fault::new("missing-field", detail));
            }
        };
        if roles.contains(&Role::Partner) && roles.len() > 1 {
            let detail = "a partner has no other role: make a token for each";
            return body.note("roles", Fault::new("partner-alone", detail));
        }
        Some(roles.into_iter().collect())
    }

    fn scopes(&self, roles: Option<&[Role]>, body: &mut Fields<'_>) -> Option<Vec<String>> {
        let usable = Scopes::usable_by(roles.unwrap_or(Role::ALL));
        let named = body.optional_words("scopes", 100, |text| {
            if text == IssueApiTokens::SCOPE {
                let detail = "a token made here makes no others, so that a leak ends with it";
                return Err(Fault::new("scope-not-given", detail));
            }
            if !usable.contains(text) {
                let detail = "none of the roles can use a scope of that name";
                return Err(Fault::new("unknown-scope", detail));
            }
            match self.is_own && !self.caller.scopes().contains(text) {
                true => Err(beyond(&format!("the scope {text}"))),
                false => Ok(text.to_owned()),
            }
        })?;
        let all = usable.to_string();
        let given = all.split(' ').filter(|scope| {
            *scope != IssueApiTokens::SCOPE
                && (!self.is_own || self.caller.scopes().contains(scope))
        });
        let mut scopes = named.unwrap_or_else(|| given.map(str::to_owned).collect());
        scopes.sort_unstable();
        scopes.dedup();
        Some(scopes)
    }

    /// The pledges and markets a partner's shows: what was asked for, or all that the caller sees.
    fn sight(
        &self,
        roles: Option<&[Role]>,
        body: &mut Fields<'_>,
    ) -> Option<(Vec<PledgeId>, Vec<String>)> {
        let own = match self.caller.visibility() {
            Visibility::Partner {
                pledges, markets, ..
            } if self.is_own => Some((pledges, markets)),
            Visibility::Partner { .. } | Visibility::Creator(_) | Visibility::Everything => None,
        };
        let pledges = body.optional_words("pledges", MOST_PLEDGES, |text| {
            let id = text.parse::<PledgeId>();
            let id = id.map_err(|error| Fault::new("malformed-id", error.to_string()))?;
            match own.is_some_and(|(pledges, _)| !pledges.contains(&id.0)) {
                true => Err(beyond("that pledge in sight")),
                false => Ok(id),
            }
        });
        let markets = body.optional_words("markets", 250, |text| {
            let read = Markets::parse(&[text]).ok_or_else(|| {
                let detail = "a market is two capital letters; an asterisk alone is all";
                Fault::new("unknown-market", detail)
            })?;
            let seen = own.is_none_or(|(_, own)| match &read {
                Markets::All => *own == Markets::All,
                Markets::Listed(_) => own.contains(text),
            });
            match seen {
                true => Ok(text.to_owned()),
                false => Err(beyond("that market in sight")),
            }
        });
        let (pledges, markets) = (pledges?, markets?);
        let is_partner = roles? == [Role::Partner];
        if !is_partner && (pledges.is_some() || markets.is_some()) {
            let detail = "pledges and markets are named for a partner; other roles see all or none";
            return body.note("roles", Fault::new("lists-without-partner", detail));
        }
        if markets
            .as_ref()
            .is_some_and(|all| Markets::parse(all).is_none())
        {
            let detail = "an asterisk stands alone, for all markets";
            return body.note("markets", Fault::new("unknown-market", detail));
        }
        let (all_pledges, all_markets) = own.filter(|_| is_partner).map_or_else(
            || (Vec::new(), Vec::new()),
            |(pledges, markets)| {
                let pledges = pledges.iter().map(|it| PledgeId(*it)).collect();
                let markets = match markets {
                    Markets::All => vec!["*".to_owned()],
                    Markets::Listed(codes) => codes.clone(),
                };
                (pledges, markets)
            },
        );
        Some((
            pledges.unwrap_or(all_pledges),
            markets.unwrap_or(all_markets),
        ))
    }
}

/// Reads a token to be made by that caller, which will have that hash.
pub fn api_token(caller: &Principal, hash: TokenHash, body: &mut Fields<'_>) -> Option<Command> {
    let name = body.text("name", Text::NAME);
    let expires_at = body.moment("expires_at", Bound::End);
    let wanted = Wanted::read(caller, body);
    // Read even if nobody can bear it, so that all faults are told at once.
    let unborn = Wanted {
        caller,
        identity: None,
        is_own: false,
    };
    let reading = wanted.as_ref().unwrap_or(&unborn);
    let roles = reading.roles(body);
    let scopes = reading.scopes(roles.as_deref(), body);
    let sight = reading.sight(roles.as_deref(), body);
    let (pledges, markets) = sight?;
    Some(Command::KeepRegister(KeepRegister::IssueApiToken(
        IssueApiToken {
            id: ApiTokenId(Uuid::now_v7()),
            identity: wanted?.identity?,
            name: name?,
            hash,
            roles: roles?,
            scopes: scopes?,
            pledges,
            markets,
            expires_at: expires_at?,
            by: caller.known_by(),
        },
    )))
}

/// Reads why a token is revoked.
pub fn revocation(
    token: ApiTokenId,
    bearer: Option<IdentityId>,
    body: &mut Fields<'_>,
) -> Option<Command> {
    let reason = body.text("reason", Text::PROSE)?;
    Some(Command::KeepRegister(KeepRegister::RevokeApiToken(
        RevokeApiToken {
            id: RevocationId(Uuid::now_v7()),
            token,
            bearer,
            reason,
        },
    )))
}

/// Puts the token into the first answer, and into no other: what is kept for a repetition has none.
fn show(done: Done, token: &NewToken) -> Done {
    let answer = match done {
        Done::Committed(answer) if !answer.replayed => answer,
        other => return other,
    };
    let Ok(mut shown) = serde_json::from_slice::<Map<String, Value>>(&answer.body) else {
        return Done::Committed(answer);
    };
    shown.insert("secret".to_owned(), token.reveal().into());
    shown.insert("secret_note".to_owned(), SHOWN_NOW.into());
    Done::Committed(Answer {
        body: serde_json::to_vec(&shown).unwrap_or(answer.body),
        replayed: false,
    })
}

/// Make a token for a machine or a spreadsheet
///
/// It is shown in this answer and never again, not even if the request is sent again. It may do
/// what it lists, as far as its bearer holds it still. Made for somebody else by an administrator,
/// it moves money for machines alone, and not by whoever granted the machine that role.
#[utoipa::path(post, path = "/v1/api-tokens", tag = "tokens", request_body = ApiTokenIn,
    responses((status = 201, description = "Made", body = ApiTokenOut)))]
pub async fn issue_api_token(post: Post<IssueApiTokens>) -> Result<HttpResponse, Problem> {
    let caller = post.principal().clone();
    let token = NewToken::make().ok_or_else(Problem::internal)?;
    let done = keep(post, |body| api_token(&caller, token.hash(), body)).await?;
    Ok(show(done, &token).created(COLLECTION))
}

/// Revoke a token that was made here
///
/// One's own; administrators revoke anybody's. It stops on every instance within a second.
#[utoipa::path(post, path = "/v1/api-tokens/{id}/revocation", tag = "tokens",
    request_body = ReasonIn,
    responses((status = 200, description = "Revoked", body = TokenRevocationOut)))]
pub async fn revoke_api_token(post: Post<IssueApiTokens>) -> Result<HttpResponse, Problem> {
    let id: ApiTokenId = post.id()?;
    let caller = post.principal();
    let bearer = match caller.roles().contains(&Role::Admin) {
        true => None,
        // Nobody has this id: whoever isn't registered has no tokens.
        false => Some(caller.identity_id().unwrap_or(IdentityId(Uuid::nil()))),
    };
    Ok(keep(post, |body| revocation(id, bearer, body))
        .await?
        .changed())
}
