//! The table and the ratios, over all rounds.

use std::time::Duration;

/// The median and the 99th percentile of how long callers waited.
pub type Waits = (Duration, Duration);

/// One measured thing, once per round.
#[derive(Debug)]
struct Row {
    name: String,
    rates: Vec<f64>,
    waits: Vec<Waits>,
}

/// What was measured.
#[derive(Debug)]
pub struct Report {
    only: Vec<String>,
    rows: Vec<Row>,
    notes: Vec<String>,
}

/// One ratio of two rows, with what is asked of it.
struct Ratio {
    row: &'static str,
    beside: &'static str,
    floor: f64,
    goal: f64,
}

/// Rows are named by how their names begin: of several, the best of the round counts.
const RATIOS: [Ratio; 5] = [
    Ratio {
        row: "single, 64 clients",
        beside: "plain function, 32 clients",
        floor: 5.0,
        goal: 15.0,
    },
    Ratio {
        row: "single, 64 clients",
        beside: "TPC-B",
        floor: 1.0,
        goal: 3.0,
    },
    Ratio {
        row: "bulk of 1,000",
        beside: "plain function, 32 clients",
        floor: 15.0,
        goal: 40.0,
    },
    Ratio {
        row: "eight pledges, 64 clients",
        beside: "single, 64 clients",
        floor: 1.0,
        goal: 1.3,
    },
    Ratio {
        row: "log on, 64 clients",
        beside: "log off, 64 clients",
        floor: 0.9,
        goal: 1.0,
    },
];

fn median<T: Copy + PartialOrd>(values: impl Iterator<Item = T>) -> Option<T> {
    let mut values: Vec<T> = values.collect();
    values.sort_by(|a, b| a.partial_cmp(b).expect("no NaN"));
    values.get(values.len() / 2).copied()
}

impl Report {
    /// A report of the rows whose names contain one of these words, or of all if there are none.
    pub fn of(only: Vec<String>) -> Self {
        Report {
            only,
            rows: Vec::new(),
            notes: Vec::new(),
        }
    }

    /// Whether a row is to be measured.
    pub fn wants(&self, name: &str) -> bool {
        self.only.is_empty() || self.only.iter().any(|word| name.contains(word.as_str()))
    }

    /// A rate, with how long callers waited where that was measured.
    pub fn rate(&mut self, name: &str, per_second: f64, waits: Option<Waits>) {
        println!("  measured: {name}: {per_second:.0}/s");
        let known = self.rows.iter().position(|row| row.name == name);
        let at = known.unwrap_or_else(|| {
            self.rows.push(Row {
                name: name.to_owned(),
                rates: Vec::new(),
                waits: Vec::new(),
            });
            self.rows.len() - 1
        });
        self.rows[at].rates.push(per_second);
        self.rows[at].waits.extend(waits);
    }

    /// Resident memory.
    pub fn memory(&mut self, name: &str, kib: u64) {
        self.note(format!("{name}: {:.1} MB resident", kib as f64 / 1024.0));
    }

    /// Anything else worth a line.
    pub fn note(&mut self, note: String) {
        println!("  measured: {note}");
        self.notes.push(note);
    }

    /// The best rate of a round among the rows whose names begin so.
    fn best(&self, start: &str, round: usize) -> Option<f64> {
        let rows = self.rows.iter().filter(|row| row.name.starts_with(start));
        rows.filter_map(|row| row.rates.get(round).copied())
            .reduce(f64::max)
    }

    /// Prints the medians, and the ratios of what was measured in the same round.
    pub fn print(&self) {
        println!(
            "\n{:<30}{:>12}{:>16}{:>10}{:>10}",
            "median of the rounds", "per second", "least to most", "p50 ms", "p99 ms"
        );
        for row in &self.rows {
            let ms = |wait: Option<Duration>| {
                wait.map_or_else(String::new, |it| format!("{:.2}", it.as_secs_f64() * 1e3))
            };
            let (least, most) = (
                row.rates.iter().copied().fold(f64::INFINITY, f64::min),
                row.rates.iter().copied().fold(0.0, f64::max),
            );
            println!(
                "{:<30}{:>12.0}{:>16}{:>10}{:>10}",
                row.name,
                median(row.rates.iter().copied()).unwrap_or(f64::NAN),
                format!("{least:.0} to {most:.0}"),
                ms(median(row.waits.iter().map(|it| it.0))),
                ms(median(row.waits.iter().map(|it| it.1))),
            );
        }
        for note in &self.notes {
            println!("{note}");
        }
        println!();
        for ratio in &RATIOS {
            self.print_ratio(ratio);
        }
    }

    fn print_ratio(&self, ratio: &Ratio) {
        let mut each: Vec<f64> = (0..)
            .map_while(|round| Some((self.best(ratio.row, round)?, round)))
            .filter_map(|(rate, round)| Some(rate / self.best(ratio.beside, round)?))
            .collect();
        each.sort_by(f64::total_cmp);
        let (Some(least), Some(most)) = (each.first(), each.last()) else {
            return;
        };
        println!(
            "{:<54}{:>6.2} × ({least:.2} to {most:.2}; floor {} ×, goal {} ×)",
            format!("{} : {}", ratio.row, ratio.beside),
            each[each.len() / 2],
            ratio.floor,
            ratio.goal
        );
    }
}
