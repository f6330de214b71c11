//! The table and the ratios.

use std::time::Duration;

/// One measured row.
#[derive(Debug)]
struct Row {
    name: String,
    per_second: f64,
    latencies: Option<(Duration, Duration)>,
}

/// What was measured.
#[derive(Debug, Default)]
pub struct Report {
    rows: Vec<Row>,
    notes: Vec<String>,
}

impl Report {
    /// A rate, with the median and the 99th percentile where they were measured.
    pub fn rate(&mut self, name: &str, per_second: f64, latencies: Option<(Duration, Duration)>) {
        println!("  measured: {name}: {per_second:.0}/s");
        self.rows.push(Row {
            name: name.to_owned(),
            per_second,
            latencies,
        });
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

    fn find(&self, name: &str) -> f64 {
        self.rows
            .iter()
            .find(|row| row.name == name)
            .map_or(f64::NAN, |row| row.per_second)
    }

    fn best(&self, start: &str) -> f64 {
        let rows = self.rows.iter().filter(|row| row.name.starts_with(start));
        rows.map(|row| row.per_second).fold(f64::NAN, f64::max)
    }

    /// Prints everything.
    pub fn print(&self) {
        println!(
            "\n{:<34}{:>12}{:>12}{:>12}",
            "", "per second", "p50 ms", "p99 ms"
        );
        for row in &self.rows {
            let ms = |d: Duration| format!("{:.2}", d.as_secs_f64() * 1e3);
            let (p50, p99) = row
                .latencies
                .map_or((String::new(), String::new()), |(a, b)| (ms(a), ms(b)));
            println!("{:<34}{:>12.0}{p50:>12}{p99:>12}", row.name, row.per_second);
        }
        for note in &self.notes {
            println!("{note}");
        }
        let single = self.find("single, 64 clients");
        let plain = self.find("plain function, 32 clients");
        let bulk = self.best("bulk of 1,000");
        println!();
        let ratio = |name: &str, a: f64, b: f64, floor: f64, goal: f64| {
            println!(
                "{name:<52}{:>7.2} ×   (floor {floor} ×, goal {goal} ×)",
                a / b
            );
        };
        ratio(
            "single, 64 clients : plain function, 32 clients",
            single,
            plain,
            5.0,
            15.0,
        );
        ratio(
            "single, 64 clients : TPC-B's best",
            single,
            self.best("TPC-B"),
            1.0,
            3.0,
        );
        ratio(
            "bulk's best : plain function, 32 clients",
            bulk,
            plain,
            15.0,
            40.0,
        );
        let eight = self.find("eight pledges, 64 clients");
        ratio(
            "eight pledges : one pledge, 64 clients",
            eight,
            single,
            1.0,
            1.3,
        );
    }
}
