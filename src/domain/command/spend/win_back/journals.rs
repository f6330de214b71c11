//! The journals that an import posts of what lapsed: what is won back, and what lapses again.

use std::collections::BTreeMap;

use time::Date;

use super::{Lapses, loss};
use crate::domain::account::AccountKey;
use crate::domain::chart::Code;
use crate::domain::command::Event;
use crate::domain::command::require::entry;
use crate::domain::command::spend::sheet::Sheet;
use crate::domain::id::PledgeId;
use crate::domain::journal::{Draft, Kind, Reverses};
use crate::domain::pledge::Lot;
use crate::domain::reversal::Reversible;

impl Lapses<'_> {
    /// The journals by which the rows win back, one for each expiry, with what they take back.
    pub(in crate::domain::command::spend) fn corrections(
        &self,
        pledge: PledgeId,
        note: &str,
    ) -> Vec<(Draft, Event)> {
        let mut by_expiry: BTreeMap<i64, Vec<(i16, i64)>> = BTreeMap::new();
        for ((expiry, line), amount) in &self.won {
            let lines = by_expiry.entry(*expiry).or_default();
            lines.push((*line, *amount));
        }
        let all = self.books.lapses.keys();
        let all = all.flat_map(|lot| self.books.lapses_of(*lot));
        let expiries: BTreeMap<i64, &Reversible> = all.map(|it| (it.number, it)).collect();
        let mut corrections = Vec::with_capacity(by_expiry.len());
        for (number, taken) in by_expiry {
            let Some(expiry) = expiries.get(&number).filter(|it| it.pledge == pledge) else {
                continue;
            };
            let back = taken.iter().filter_map(|(number, amount)| {
                let line = expiry.line(*number)?;
                Some(entry(line.credit.clone(), line.debit.clone(), *amount))
            });
            let day = expiry.effective_date;
            let draft = Draft {
                subject: expiry.subject,
                note: Some(note.to_owned()),
                reverses: Some(Reverses {
                    journal: number,
                    lines: taken.iter().map(|(line, _)| *line).collect(),
                }),
                ..Draft::new(pledge, Kind::ExpiryCorrection, day, back.collect())
            };
            corrections.push((draft, Event::Reversed(expiry.id, taken)));
        }
        corrections
    }

    /// The journals by which lapses again what changed places, and what the rows freed of lots that
    /// have ended; one for each lot and day. What was freed lapses as far as it is there still, in
    /// the account as in the campaign's purse.
    pub(in crate::domain::command::spend) fn lapse_again(
        self,
        sheet: &mut Sheet<'_>,
        pledge: PledgeId,
    ) -> Vec<Draft> {
        let Lapses {
            books,
            mut lost,
            freed,
            ..
        } = self;
        for ((lot, _), (campaign, freed)) in freed {
            let lots = books.placed.get(&campaign.ad_account);
            let known = lots.into_iter().flatten().find(|it| it.id == lot);
            let Some(day) = known.map(Lot::ends_on).and_then(Date::next_day) else {
                continue;
            };
            let (placed, purse) = (campaign.placed(lot), campaign.purse());
            let there = sheet.takable(&placed, 0, day);
            let amount = there.min(sheet.takable(&purse, 0, day)).min(freed);
            if amount <= 0 {
                continue;
            }
            let gone = AccountKey::plain(Code::Lapsed, &purse.unit);
            let moves = [
                entry(loss(&purse), placed, amount),
                entry(purse, gone, amount),
            ];
            for it in &moves {
                sheet.post(&it.debit, &it.credit, amount, day);
            }
            lost.entry((lot, day)).or_default().extend(moves);
        }
        let drafts = lost.into_iter().map(|((lot, day), moves)| Draft {
            subject: Some(lot.0),
            ..Draft::new(pledge, Kind::Expiry, day, moves)
        });
        drafts.collect()
    }
}
