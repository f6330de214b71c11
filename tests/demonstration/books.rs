//! The books as a reader of the exported journal has them: added up here, by nothing of the
//! service's, and held against the two proofs.

use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

/// Accounts whose balance may be on either side: suspense, currency clearing, exchange differences.
const EITHER_SIDE: [&str; 4] = ["1900", "1950", "7100", "7200"];

/// An account: its full name, its code, and what it is counted in.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Account {
    pub name: String,
    pub code: String,
    pub unit: String,
}

/// What was posted as one: debits are positive.
#[derive(Debug)]
pub struct Journal {
    pub id: String,
    pub day: String,
    postings: Vec<(usize, i64)>,
}

/// The journal from its first entry to its last, in the order they were recorded.
#[derive(Debug, Default)]
pub struct Books {
    pub accounts: Vec<Account>,
    pub journals: Vec<Journal>,
}

/// What each account was debited and credited with, by its place.
#[derive(Debug, Clone)]
pub struct Sums(Vec<(i64, i64)>);

/// What the accounts of a unit and code were debited and credited with, together.
pub type ByCode = BTreeMap<(String, String), (i64, i64)>;

/// The decimal without its point: within a unit all have as many digits after it.
fn minor(figure: &str) -> i64 {
    figure.replace('.', "").parse().unwrap()
}

impl Books {
    /// Reads a journal written for hledger, up to the entry that asserts what it comes to.
    pub fn read(text: &str) -> Self {
        let mut books = Books::default();
        let mut places: HashMap<Account, usize> = HashMap::new();
        for line in text.lines() {
            if line.starts_with(|c: char| c.is_ascii_digit()) {
                let (day, rest) = line.split_once(" (").unwrap();
                let (number, _) = rest.split_once(')').unwrap();
                if number == "end" {
                    break;
                }
                assert_eq!(number.parse::<usize>().unwrap(), books.journals.len() + 1);
                books.journals.push(Journal {
                    id: String::new(),
                    day: day.to_owned(),
                    postings: Vec::new(),
                });
            } else if let Some(id) = line.strip_prefix("    ; ") {
                books.journals.last_mut().unwrap().id = id.to_owned();
            } else if let Some(posting) = line.strip_prefix("    ") {
                let (name, moved) = posting.split_once("  ").unwrap();
                let (figure, unit) = moved.split_once(' ').unwrap();
                let account = Account {
                    name: name.to_owned(),
                    code: name.split(':').nth(1).unwrap().to_owned(),
                    unit: unit.trim_matches('"').to_owned(),
                };
                let next = places.len();
                let place = *places.entry(account).or_insert(next);
                let journal = books.journals.last_mut().unwrap();
                journal.postings.push((place, minor(figure)));
            }
        }
        let mut accounts: Vec<(Account, usize)> = places.into_iter().collect();
        accounts.sort_by_key(|(_, place)| *place);
        books.accounts = accounts.into_iter().map(|(account, _)| account).collect();
        books
    }

    /// What the first `known` journals say of the time up to the end of a day.
    pub fn as_of(&self, day: &str, known: usize) -> Sums {
        let mut sums = Sums(vec![(0, 0); self.accounts.len()]);
        let journals = self.journals.iter().take(known);
        journals
            .filter(|journal| journal.day.as_str() <= day)
            .for_each(|journal| sums.add(journal));
        sums
    }

    /// How many journals there were once the last of those that count up to the day was recorded.
    pub fn known_by(&self, day: &str) -> usize {
        let last = self.journals.iter().rposition(|it| it.day.as_str() <= day);
        last.map_or(0, |at| at + 1)
    }

    /// The figures by unit and code, of what was touched.
    pub fn by_code(&self, sums: &Sums) -> ByCode {
        let mut all = ByCode::new();
        for (account, (debits, credits)) in self.accounts.iter().zip(&sums.0) {
            if (*debits, *credits) != (0, 0) {
                let at = (account.unit.clone(), account.code.clone());
                let sum = all.entry(at).or_default();
                *sum = (sum.0 + debits, sum.1 + credits);
            }
        }
        all
    }

    /// What the account of that name and unit was debited and credited with.
    pub fn of(&self, sums: &Sums, name: &str, unit: &str) -> (i64, i64) {
        let mut places = self.accounts.iter();
        let at = places.position(|it| it.name == name && it.unit == unit);
        at.map_or((0, 0), |at| sums.0[at])
    }

    /// No account is beyond its normal side.
    pub fn sides_hold(&self, sums: &Sums, when: &str) {
        for (account, sum) in self.accounts.iter().zip(&sums.0) {
            account.is_on_its_side(*sum, when);
        }
    }

    /// Posts journal after journal in the order they were recorded: after each of them the proofs
    /// hold, and no account that it touched is beyond its normal side.
    pub fn every_journal_leaves_them_proved(&self) {
        let mut sums = Sums(vec![(0, 0); self.accounts.len()]);
        let mut all = ByCode::new();
        for (journal, number) in self.journals.iter().zip(1..) {
            let when = format!("after journal {number}");
            sums.add(journal);
            for (place, minor) in &journal.postings {
                let account = &self.accounts[*place];
                account.is_on_its_side(sums.0[*place], &when);
                let at = (account.unit.clone(), account.code.clone());
                let sum = all.entry(at).or_default();
                *sum = (sum.0 + (*minor).max(0), sum.1 - (*minor).min(0));
            }
            prove(&all, &when);
        }
    }
}

impl Account {
    fn is_on_its_side(&self, (debits, credits): (i64, i64), when: &str) {
        let debit_normal = matches!(self.code.as_bytes()[0], b'1' | b'5');
        let balance = match debit_normal {
            true => debits - credits,
            false => credits - debits,
        };
        let may_be = EITHER_SIDE.contains(&self.code.as_str());
        assert!(balance >= 0 || may_be, "{when}: {self:?} is {balance}");
    }
}

impl Sums {
    fn add(&mut self, journal: &Journal) {
        for (place, minor) in &journal.postings {
            let sum = &mut self.0[*place];
            *sum = (sum.0 + (*minor).max(0), sum.1 - (*minor).min(0));
        }
    }
}

/// What the service's trial balance says; that each unit's totals are those of its rows.
pub fn trial_balance(answer: &Value) -> ByCode {
    let mut all = ByCode::new();
    for unit in answer["units"].as_array().unwrap() {
        let figure = |of: &Value, what: &str| minor(of[what].as_str().unwrap());
        let mut totals = (0, 0);
        for row in unit["rows"].as_array().unwrap() {
            let sum = (figure(row, "debits"), figure(row, "credits"));
            totals = (totals.0 + sum.0, totals.1 + sum.1);
            let text = |of: &Value, what: &str| of[what].as_str().unwrap().to_owned();
            if sum != (0, 0) {
                all.insert((text(unit, "unit"), text(row, "code")), sum);
            }
        }
        let told = (figure(unit, "total_debits"), figure(unit, "total_credits"));
        assert_eq!(told, totals, "{unit}");
    }
    all
}

/// Per unit, debits are credits; and the proofs of cash and of credits hold.
pub fn prove(all: &ByCode, when: &str) {
    let units: std::collections::BTreeSet<&str> = all.keys().map(|(it, _)| it.as_str()).collect();
    for unit in units {
        let own = || all.iter().filter(|((of, _), _)| of == unit);
        let debits: i64 = own().map(|(_, sum)| sum.0).sum();
        let credits: i64 = own().map(|(_, sum)| sum.1).sum();
        assert_eq!(debits, credits, "{when}: {unit}");
        // Debits positive, so what is owed and what purses hold are negative.
        let debit = |codes: &[&str]| -> i64 {
            let of = own().filter(|((_, code), _)| codes.iter().any(|it| code.starts_with(it)));
            of.map(|(_, sum)| sum.0 - sum.1).sum()
        };
        let (purses, there) = match unit.starts_with("ADC:") {
            true => (debit(&["32"]), debit(&["1210", "1310", "1320", "2310"])),
            false => {
                let owed = debit(&["21", "22", "23", "2400"]);
                let held = debit(&["1010", "1110", "14", "1900", "1950"]);
                (debit(&["31"]), held + owed)
            }
        };
        assert_eq!(-purses, there, "{when}: the proof of {unit}");
    }
}
