//! Statements that are written whole.

use actix_web::HttpResponse;
use time::{Date, OffsetDateTime};

use super::{is_short_enough, too_long};
use crate::db::read::{self, Connection, ReadError, Sight, StatementHead};
use crate::domain::{AccountId, Catalogue, CreatorId, Pledge};
use crate::http::access::Permission;
use crate::http::access::permission::{ReadHoldings, ReadLedger};
use crate::http::etag::{self, Tag};
use crate::http::problem::Problem;
use crate::http::read::get::Get;
use crate::http::read::personal::Personal;
use crate::statements::{Form, Paper, Section, Subject, Unwritable};

/// What a draft is made of, but for its lines.
struct Begun {
    head: StatementHead,
    pledge: Pledge,
    /// Whose account it is, and what they are called.
    holder: Option<(CreatorId, String)>,
    available: Option<i64>,
}

/// An account's statement as it stands, whole, in that form.
pub(super) async fn draft(
    get: &Get<ReadLedger>,
    form: Form,
    id: AccountId,
    (days, known_at): ((Date, Date), Option<OffsetDateTime>),
) -> Result<HttpResponse, Problem> {
    let names = get.sight().shows_names() && get.may::<ReadHoldings>();
    // Holds are kept as they stand, so what is available is known of the present alone.
    let present = known_at.is_none() && days.1 >= OffsetDateTime::now_utc().date();
    let (catalogue, sight) = (get.catalogue(), get.sight());
    let begun = get.snapshot(async |connection| {
        let head = read::statement_head(connection, catalogue, sight, id, days, known_at).await?;
        match head {
            Some(head) => begin(connection, catalogue, sight, head, (names, present)).await,
            None => Ok(None),
        }
    });
    let begun = begun.await?.ok_or_else(|| get.absent("account"))?;
    let Begun { head, .. } = &begun;
    let version = format!(
        "{} {:?} {:?}",
        head.known.journal, begun.available, begun.holder
    );
    let tag = get.tag(form.content_type(), &version);
    if get.has(&tag) {
        return Ok(tag.not_modified());
    }
    is_short_enough(get, head, form).await?;
    if let Some((creator, _)) = &begun.holder {
        get.reads_personal_data(Personal::Names, &[*creator])
            .await?;
    }
    let mut lines = Vec::new();
    for stretch in &head.stretches {
        let part = get.look(async |connection| {
            read::statement_lines(connection, sight, head, *stretch).await
        });
        lines.extend(part.await?);
    }
    written(get, begun.with(lines), form, tag).await
}

/// Reads what else the draft says, in the snapshot of its head.
async fn begin(
    connection: &mut Connection,
    catalogue: &Catalogue,
    sight: &Sight,
    head: StatementHead,
    (names, present): (bool, bool),
) -> Result<Option<Begun>, ReadError> {
    let account = &head.account;
    let Some(pledge) = read::pledge(connection, catalogue, sight, account.pledge).await? else {
        return Ok(None);
    };
    let holder = match account.key.creator.filter(|_| names) {
        Some(id) => {
            let creator = read::creator(connection, sight, id).await?;
            creator.and_then(|it| it.name).map(|name| (id, name))
        }
        None => None,
    };
    let available = match present && sight.shows_creators() {
        true => Some(head.closing() - read::held(connection, account).await?),
        false => None,
    };
    Ok(Some(Begun {
        head,
        pledge,
        holder,
        available,
    }))
}

impl Begun {
    fn with(self, lines: Vec<read::Entry>) -> Paper {
        let head = self.head;
        Paper {
            subject: Subject::Account,
            pledge: head.account.pledge,
            reference: self.pledge.reference,
            donor: self.pledge.donor,
            recipient: self.pledge.recipient,
            from: head.from,
            to: head.to,
            known: head.known,
            sections: vec![Section {
                holder: self.holder.map(|it| it.1),
                available: self.available,
                lines,
                head,
                issue: None,
            }],
            run: None,
        }
    }
}

/// The paper in that form, with its digest, off the threads that serve; 422 if it is too long.
pub async fn written<P: Permission>(
    get: &Get<P>,
    paper: Paper,
    form: Form,
    tag: Tag,
) -> Result<HttpResponse, Problem> {
    let pledge = paper.pledge;
    let written = actix_web::web::block(move || paper.write(form)).await;
    let written = written.map_err(|error| {
        log::error!("a statement of pledge {pledge} wasn't written: {error}");
        Problem::internal()
    })?;
    let written = written.map_err(|error| match error {
        Unwritable::TooLong { lines, most } => too_long(form, lines as i64, most as i64),
        Unwritable::DoesNotTie(_) | Unwritable::NotPrinted(_) | Unwritable::NoWorkbook(_) => {
            log::error!("a statement of pledge {pledge} wasn't written: {error}");
            Problem::internal()
        }
    })?;
    let headers = get.request().headers();
    Ok(etag::respond(
        headers,
        Some(tag),
        written.media_type,
        written.bytes,
    ))
}
