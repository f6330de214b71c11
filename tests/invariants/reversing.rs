//! Taking back what was posted, drawn at random, and what it comes to in plain words.

use almoner::domain::command::{Portion, ReverseJournal};
use almoner::domain::{Command, JournalId, Money};
use uuid::Uuid;

use super::books::{About, Moves, Pledge};
use super::draw::{Draw, document};
use super::model::{Model, Told};

/// Whether an account stands in the proof of its unit.
fn is_proved(account: &str) -> bool {
    match &account[..4] {
        "4910" | "5810" => false,
        "1010" | "1110" | "1210" | "1310" | "2300" | "2310" => true,
        purse => purse.starts_with("31") || purse.starts_with("32"),
    }
}

/// Whether it is a receivable, or the purse of what was pledged.
fn is_awaited(account: &str) -> bool {
    matches!(&account[..4], "1110" | "1210" | "3100" | "3200")
}

fn is_of_instalment(account: &str) -> bool {
    matches!(&account[..4], "1110" | "1210" | "2300" | "2310")
}

fn unit(account: &str) -> &str {
    account.split(' ').nth(1).unwrap()
}

/// Whether in some unit, what stands together gains or loses by the moves.
fn is_lopsided(moves: &Moves, stands: fn(&str) -> bool) -> bool {
    moves.iter().any(|(own, ..)| {
        let same = moves.iter().filter(|(debit, ..)| unit(debit) == unit(own));
        let gains = same.map(|(debit, credit, amount)| {
            amount * (i64::from(stands(credit)) - i64::from(stands(debit)))
        });
        gains.sum::<i64>() != 0
    })
}

impl Pledge {
    fn line(&self, at: usize, line: i16) -> Option<&(String, String, i64)> {
        let posted = &self.posted[at];
        let place = posted.lines.iter().position(|own| *own == line)?;
        Some(&posted.moves[place])
    }

    fn amount(&self, at: usize, line: i16) -> i64 {
        self.line(at, line).map_or(0, |(_, _, amount)| *amount)
    }

    /// How much of a line later journals took back.
    fn taken_back(&self, at: usize, line: i16) -> i64 {
        let later = (at + 1..self.posted.len()).filter(|it| self.posted[*it].reverses == Some(at));
        later
            .map(|it| self.amount(it, line) - self.taken_back(it, line))
            .sum()
    }

    fn is_taken_back(&self, at: usize) -> bool {
        let mut lines = self.posted[at].lines.iter();
        lines.all(|line| self.taken_back(at, *line) == self.amount(at, *line))
    }

    /// The journal, the one it reverses, and so on.
    fn chain(&self, at: usize) -> Vec<usize> {
        let earlier = |at: &usize| self.posted[*at].reverses;
        std::iter::successors(Some(at), earlier).collect()
    }

    /// How much of a line can be taken back.
    fn left(&self, chain: &[usize], line: i16) -> i64 {
        let losing = chain.iter().step_by(2);
        let left = losing.map(|at| self.amount(*at, line) - self.taken_back(*at, line));
        left.min().unwrap()
    }

    /// What is asked to be taken back, line by line.
    fn asked(&self, chain: &[usize], portion: &Portion) -> Result<Vec<(i16, i64)>, &'static str> {
        let own = &self.posted[chain[0]];
        match portion {
            Portion::Rest => {
                let all = own
                    .lines
                    .iter()
                    .map(|line| (*line, self.left(chain, *line)));
                let some: Vec<_> = all.filter(|(_, left)| *left > 0).collect();
                match some.is_empty() {
                    true => Err("exceeds-reversible"),
                    false => Ok(some),
                }
            }
            Portion::Each(amount) => {
                let (first, _, much) = &own.moves[0];
                let mut rest = own.moves.iter();
                if rest.any(|(debit, _, other)| other != much || unit(debit) != unit(first)) {
                    return Err("lines-differ");
                }
                if amount.unit().code() != unit(first) {
                    return Err("wrong-unit");
                }
                let lines = own.lines.iter();
                Ok(lines.map(|line| (*line, amount.minor())).collect())
            }
            Portion::Lines(lines) => {
                for (place, (line, _)) in lines.iter().enumerate() {
                    if lines[..place].iter().any(|(earlier, _)| earlier == line) {
                        return Err("repeated");
                    }
                }
                let one = |(line, amount): &(i16, Money)| {
                    let (debit, ..) = self.line(chain[0], *line).ok_or("unknown-reference")?;
                    match unit(debit) == amount.unit().code() {
                        true => Ok((*line, amount.minor())),
                        false => Err("wrong-unit"),
                    }
                };
                lines.iter().map(one).collect()
            }
        }
    }

    /// What can be said of it without knowing what it is about.
    fn allowed(
        &self,
        chain: &[usize],
        asked: &[(i16, i64)],
        back: &Moves,
    ) -> Result<(), &'static str> {
        let own = &self.posted[chain[0]];
        let about = &self.posted[*chain.last().unwrap()].about;
        let whole = asked.len() == own.lines.len()
            && asked
                .iter()
                .all(|(line, amount)| *amount >= self.amount(chain[0], *line));
        if matches!(about, About::Agreement | About::Condition(_)) && !whole {
            return Err("whole-only");
        }
        let of_instalment = !matches!(
            about,
            About::Nothing | About::Allocation(_) | About::Release(_)
        );
        if is_lopsided(back, is_proved) || of_instalment && is_lopsided(back, is_awaited) {
            return Err("reversal-lopsided");
        }
        let mut asked = asked.iter();
        match asked.all(|(line, amount)| *amount <= self.left(chain, *line)) {
            true => Ok(()),
            false => Err("exceeds-reversible"),
        }
    }

    /// What becomes of the pledge and its instalments, once it is posted.
    fn settle(&mut self, chain: &[usize], back: &Moves) -> Result<(), &'static str> {
        let origin = *chain.last().unwrap();
        let takes = chain.len() % 2 == 1;
        let about = self.posted[origin].about.clone();
        let own = back
            .iter()
            .filter(|(debit, credit, _)| is_of_instalment(debit) || is_of_instalment(credit));
        let amount: i64 = own.map(|(_, _, amount)| amount).sum();
        let change = if takes { -amount } else { amount };
        match about {
            About::Agreement => {
                let mut all = self.instalments.iter();
                if all.any(|it| it.received + it.written_off > 0 || it.conditional && !it.waits) {
                    return Err("wrong-state");
                }
                (self.signed, self.active) = (false, false);
            }
            About::Condition(at) => {
                let owed = back.iter().filter(|(_, credit, _)| is_awaited(credit));
                let owed: i64 = owed.map(|(_, _, amount)| amount).sum();
                if self.instalments[at].outstanding() != owed {
                    return Err("wrong-state");
                }
                self.instalments[at].waits = true;
            }
            About::Receipt(at, reference) => {
                let free = self.is_taken_back(origin);
                let own = &mut self.instalments[at];
                let known = reference
                    .as_ref()
                    .is_some_and(|it| own.references.contains(it));
                if !takes && free && known {
                    return Err("duplicate-reference");
                }
                let early = |it: &(String, String, i64)| it.1.starts_with("23");
                if !takes && back.iter().any(early) && !own.waits {
                    return Err("wrong-state");
                }
                if change > own.outstanding() {
                    return Err("exceeds-outstanding");
                }
                own.received += change;
            }
            About::WriteOff(at) => {
                let own = &mut self.instalments[at];
                if change > own.outstanding() {
                    return Err("exceeds-outstanding");
                }
                own.written_off += change;
            }
            About::Nothing | About::Allocation(_) | About::Release(_) => {}
        }
        Ok(())
    }

    /// Which receipt stands for its line of the bank's.
    fn refer(&mut self, origin: usize) {
        let stands = !self.is_taken_back(origin);
        if let About::Receipt(at, Some(reference)) = self.posted[origin].about.clone() {
            let known = &mut self.instalments[at].references;
            match stands {
                true => _ = known.insert(reference),
                false => _ = known.remove(&reference),
            }
        }
    }
}

impl Model {
    /// The place of its pledge, and its own among the pledge's journals.
    fn journal(&self, id: Uuid) -> Option<(usize, usize)> {
        let mut pledges = self.pledges.iter().enumerate();
        pledges.find_map(|(at, pledge)| {
            let mut ids = self.journal_ids.get(&pledge.id)?.iter();
            Some((at, ids.position(|known| *known == id)?))
        })
    }

    pub(super) fn reverse(&mut self, it: &ReverseJournal) -> Told {
        let (home, at) = self.journal(it.journal.0).ok_or("not-found")?;
        let mut pledge = self.pledges[home].clone();
        let chain = pledge.chain(at);
        let origin = *chain.last().unwrap();
        let about = pledge.posted[origin].about.clone();
        let again = matches!(about, About::Agreement | About::Condition(_));
        if again && chain.len() > 1 {
            return Err("not-reversible");
        }
        let asked = pledge.asked(&chain, &it.portion)?;
        let back = asked.iter().map(|(line, amount)| {
            let (debit, credit, _) = pledge.line(at, *line).unwrap();
            (credit.clone(), debit.clone(), *amount)
        });
        let back: Moves = back.collect();
        pledge.allowed(&chain, &asked, &back)?;
        pledge.settle(&chain, &back)?;
        let amount: i64 = asked.iter().map(|(_, amount)| amount).sum();
        let takes = chain.len() % 2 == 1;
        let (id, releases) = match about {
            About::Allocation(id) => (Some(id), takes),
            About::Release(id) => (Some(id), !takes),
            _ => (None, false),
        };
        let mut own = self.allocations.iter_mut().find(|own| Some(own.id) == id);
        if releases && own.as_ref().is_some_and(|own| amount > own.remaining) {
            return Err("exceeds-allocation");
        }
        let lines = pledge.posted[at].lines.clone();
        let left = lines.iter().map(|line| {
            let taken = asked.iter().filter(|(own, _)| own == line);
            let left = pledge.left(&chain, *line) - taken.map(|(_, much)| much).sum::<i64>();
            left.to_string()
        });
        let told = format!("{} left", left.collect::<Vec<_>>().join(" "));
        pledge.post(back, it.effective_date)?;
        let posted = pledge.posted.last_mut().unwrap();
        posted.reverses = Some(at);
        posted.lines = asked.iter().map(|(line, _)| *line).collect();
        pledge.refer(origin);
        if let Some(own) = &mut own {
            own.remaining += if releases { -amount } else { amount };
        }
        self.pledges[home] = pledge;
        Ok(told)
    }
}

impl Draw<'_> {
    pub(super) fn reverse(&mut self, model: &Model) -> Command {
        let pledge = self.pledge(model);
        let ids = model.journal_ids.get(&pledge.id);
        let Some(ids) = ids.filter(|ids| !ids.is_empty()) else {
            return self.allocate(model);
        };
        let mut at = self.random.usize(0..ids.len());
        // Reversals are rarer than what they reverse, and worth more trying.
        let reversals: Vec<usize> = (0..ids.len())
            .filter(|at| pledge.posted[*at].reverses.is_some())
            .collect();
        if self.one_in(3) {
            at = self.pick(&reversals).copied().unwrap_or(at);
        }
        let own = &pledge.posted[at];
        let money = |account: &str, minor| {
            let unit = self.catalogue.units.get(unit(account)).unwrap();
            Money::from_minor(minor, unit)
        };
        let part = |amount: i64, of: i64| (amount / of).max(1);
        let portion = match self.random.u32(0..8) {
            0..3 => Portion::Rest,
            3..5 => {
                let (account, _, amount) = &own.moves[0];
                let unit = money(account, 1).unit().clone();
                Portion::Each(self.amount(&unit, *amount))
            }
            5..7 => {
                let of = self.random.i64(1..4);
                let lines = own.lines.iter().zip(&own.moves);
                let each = lines.map(|(line, it)| (*line, money(&it.0, part(it.2, of))));
                Portion::Lines(each.collect())
            }
            _ => {
                let line = self.random.i16(1..6);
                let (account, _, amount) = &own.moves[0];
                let mut lines = vec![(line, money(account, part(*amount, 2)))];
                if self.random.bool() {
                    lines.push((self.random.i16(1..6), money(account, part(*amount, 2))));
                }
                Portion::Lines(lines)
            }
        };
        let nobody = self.one_in(40);
        Command::ReverseJournal(ReverseJournal {
            journal: JournalId(if nobody { Uuid::nil() } else { ids[at] }),
            portion,
            reason: "Entered wrongly".to_owned(),
            document: document(),
            effective_date: self.later_day(),
        })
    }
}
