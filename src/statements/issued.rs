//! Statements that were issued, whole again.
//!
//! Only figures and a digest are kept of them: the lines are read anew, from entries that never
//! change. What is read has to be what was issued, to the digest, or it isn't shown.

use aws_lc_rs::digest;

use super::issuing::{IssueError, Issuer};
use super::ndjson::public;
use super::{DoesNotTie, Form, Issue, Paper, Section, Subject};
use crate::db::read::{self, ReadError, Sight, snapshot};
use crate::domain::statement::Statement;

impl Issuer {
    /// The statement as it was issued. Names aren't part of it: `holder` is what the account's
    /// creator is called, if the reader may see that.
    pub async fn paper(
        &self,
        statement: &Statement,
        holder: Option<String>,
    ) -> Result<Paper, IssueError> {
        let mut connection = self.pool.get().await.map_err(ReadError::from)?;
        let (catalogue, sight) = (&*self.catalogue, &Sight::Everything);
        let (id, days) = (statement.account_id, (statement.from, statement.to));
        let known_at = Some(statement.known_at);
        let found = snapshot(&mut connection, sight, async |connection| {
            let pledge = read::pledge(connection, catalogue, sight, statement.pledge).await?;
            let head = read::statement_head(connection, catalogue, sight, id, days, known_at);
            Ok(pledge.zip(head.await?))
        });
        let (pledge, head) = found.await?.ok_or(IssueError::Absent(id))?;
        let mut lines = Vec::new();
        for stretch in &head.stretches {
            let read = read::statement_lines(&mut connection, sight, &head, *stretch).await?;
            lines.extend(read.iter().map(public));
        }
        let paper = Paper {
            subject: Subject::Account,
            pledge: statement.pledge,
            reference: pledge.reference,
            donor: pledge.donor,
            recipient: pledge.recipient,
            from: statement.from,
            to: statement.to,
            known: head.known,
            sections: vec![Section {
                head,
                holder,
                available: statement.available,
                lines,
            }],
            issue: Some(Issue::of(statement)),
        };
        let altered = || IssueError::DoesNotTie(DoesNotTie, id);
        let written = paper.write(Form::Ndjson).map_err(|_| altered())?;
        let own = digest::digest(&digest::SHA256, &written.bytes);
        match own.as_ref() == statement.digest {
            true => Ok(paper),
            false => Err(altered()),
        }
    }
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
