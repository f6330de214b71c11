//! A file that somebody was given, checked as a statement: of one account, or of several.
//!
//! One of several accounts is made up of statements that were issued of one account each, so each
//! of them is checked as one is ([`Claim`]). What is signed are these: that there are no others
//! isn't, which a pledge's audit pack shows.

use std::collections::BTreeSet;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::check::{Claim, NotAStatement};
use crate::tlog::note::Verifier;
use crate::tlog::proof::Finding;

#[derive(Debug, Deserialize)]
struct Subject {
    market: Option<String>,
    creator_id: Option<String>,
    lot_id: Option<String>,
}

impl Subject {
    /// What it is of, after the pledge.
    fn said(&self) -> String {
        let market = self.market.iter().map(|it| format!(", of market {it}"));
        let others = self.creator_id.iter().chain(&self.lot_id);
        market
            .chain(others.map(|it| format!(", of {it}")))
            .collect()
    }
}

#[derive(Debug, Deserialize)]
struct Document<'a> {
    subject: Subject,
    pledge_id: String,
    from: String,
    to: String,
    #[serde(borrow)]
    sections: Vec<&'a RawValue>,
}

/// Checks a statement's JSON with the ledger's public keys, of which one has to have signed it.
pub fn check(json: &str, keys: &[Verifier]) -> Result<Vec<Finding>, NotAStatement> {
    #[derive(Deserialize)]
    struct Shape<'a> {
        #[serde(borrow)]
        sections: Option<&'a RawValue>,
    }
    let shape: Shape<'_> = serde_json::from_str(json)?;
    if shape.sections.is_none() {
        return Ok(Claim::read(json)?.check(keys));
    }
    let document: Document<'_> = serde_json::from_str(json)?;
    let claims = document.sections.iter().map(|it| Claim::read(it.get()));
    let claims = claims.collect::<Result<Vec<_>, _>>()?;
    let mut findings = vec![document.agrees_with(&claims)];
    findings.extend(claims.iter().flat_map(|claim| of_one(claim, keys)));
    Ok(findings)
}

/// What there is to say of one account's: one sentence if all of it holds, else each.
fn of_one(claim: &Claim, keys: &[Verifier]) -> Vec<Finding> {
    let findings = claim.check(keys);
    let account = claim.account();
    if findings.iter().all(|it| it.holds) {
        let (from, to) = claim.days();
        let (lines, closing) = (claim.lines().len(), claim.closing());
        let (number, journals) = (claim.number().unwrap_or_default(), claim.known_journal());
        let sentence = format!(
            "Statement number {number} of {account}, {from} to {to}, is as the ledger signed it, \
             to the byte: its {lines} lines add up to {closing}, and its signed checkpoint covers \
             the {journals} journals it is drawn from."
        );
        return vec![Finding::new(true, sentence)];
    }
    let each = findings.into_iter();
    let each = each.map(|it| Finding::new(it.holds, format!("{account}: {}", it.sentence)));
    each.collect()
}

impl Document<'_> {
    /// Whether its parts are of what it says it is of, each of another account.
    fn agrees_with(&self, claims: &[Claim]) -> Finding {
        let subject = &self.subject;
        let own = |said: &Option<String>, own: Option<&str>| {
            said.as_deref().is_none_or(|said| own == Some(said))
        };
        let belong = claims.iter().all(|claim| {
            claim.pledge() == self.pledge_id
                && own(&subject.market, claim.market())
                && own(&subject.creator_id, claim.creator())
                && own(&subject.lot_id, claim.lot())
        });
        let accounts: BTreeSet<&str> = claims.iter().map(Claim::account).collect();
        let first = claims.iter().map(|claim| claim.days().0).min();
        let reach = claims.iter().all(|claim| claim.days().1 >= &*self.to);
        let sentence = format!(
            "It has {} signed statements of {}{}, each of another account: the first begins on \
             {}, and none ends before {}. That there are no others isn't signed.",
            claims.len(),
            self.pledge_id,
            subject.said(),
            self.from,
            self.to
        );
        let agrees = belong && reach && first == Some(&*self.from);
        Finding::new(agrees && accounts.len() == claims.len(), sentence)
    }
}
