//! Statements that were issued, whole again.
//!
//! Only figures and a digest are kept of them: the lines are read anew, from entries that never
//! change. What is read has to be what was issued, to the digest, or it isn't shown.

use aws_lc_rs::digest;

use super::issuing::{IssueError, Issuer};
use super::ndjson::public;
use super::whole::ndjson_of;
use super::{DoesNotTie, Issue, Paper, Section, Subject};
use crate::db::read::{self, ReadError, Sight, snapshot};
use crate::domain::PledgeId;
use crate::domain::statement::Statement;

impl Issuer {
    /// The statement as it was issued. Names aren't part of it: `holder` is what the account's
    /// creator is called, if the reader may see that.
    pub async fn paper(
        &self,
        statement: &Statement,
        holder: Option<String>,
    ) -> Result<Paper, IssueError> {
        let (pledge, id) = (statement.pledge, statement.account_id);
        let section = self.section(statement, holder).await?;
        let parties = self.parties(pledge).await?;
        let (reference, donor, recipient) = parties.ok_or(IssueError::Absent(id))?;
        Ok(Paper {
            subject: Subject::Account,
            pledge,
            reference,
            donor,
            recipient,
            from: statement.from,
            to: statement.to,
            known: section.head.known,
            sections: vec![section],
            run: None,
        })
    }

    /// What the pledge's parties call it, who gives and who is given to.
    async fn parties(
        &self,
        pledge: PledgeId,
    ) -> Result<Option<(String, String, String)>, IssueError> {
        let mut connection = self.pool.get().await.map_err(ReadError::from)?;
        let (catalogue, sight) = (&*self.catalogue, &Sight::Everything);
        let found = snapshot(&mut connection, sight, async |connection| {
            read::pledge(connection, catalogue, sight, pledge).await
        });
        let found = found.await?;
        Ok(found.map(|it| (it.reference, it.donor, it.recipient)))
    }

    /// The statement as it was issued, as one account of several, on a connection of its own.
    pub async fn section(
        &self,
        statement: &Statement,
        holder: Option<String>,
    ) -> Result<Section, IssueError> {
        let mut connection = self.pool.get().await.map_err(ReadError::from)?;
        let (catalogue, sight) = (&*self.catalogue, &Sight::Everything);
        let (id, days) = (statement.account_id, (statement.from, statement.to));
        let known_at = Some(statement.known_at);
        let head = snapshot(&mut connection, sight, async |connection| {
            read::statement_head(connection, catalogue, sight, id, days, known_at).await
        });
        let head = head.await?.ok_or(IssueError::Absent(id))?;
        let mut lines = Vec::new();
        for stretch in &head.stretches {
            let read = read::statement_lines(&mut connection, sight, &head, *stretch).await?;
            lines.extend(read.iter().map(public));
        }
        let section = Section {
            head,
            holder,
            available: statement.available,
            lines,
            issue: Some(Issue::of(statement)),
        };
        match section.ties() && digest_of(&section) == statement.digest {
            true => Ok(section),
            false => Err(IssueError::DoesNotTie(DoesNotTie, id)),
        }
    }
}

/// The digest of its NDJSON.
fn digest_of(section: &Section) -> [u8; 32] {
    let mut written = Vec::new();
    ndjson_of(&mut written, section);
    let mut own = [0; 32];
    own.copy_from_slice(digest::digest(&digest::SHA256, &written).as_ref());
    own
}

impl Issue {
    fn of(statement: &Statement) -> Self {
        Issue {
            id: statement.id,
            number: statement.number,
            supersedes: statement.supersedes,
            reason: statement.reason.clone(),
            issued_by: statement.issued_by.clone(),
            issued_at: statement.issued_at,
            digest: statement.digest_text(),
            checkpoint: statement.checkpoint.clone(),
            signature: statement.signature.clone(),
        }
    }
}
