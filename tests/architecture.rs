//! The shape of the code: which way imports point, how long things may grow, what is never written.
//!
//! Everything here is read from `src/`, `tests/`, `benches/` and `migrations/` as text. Each rule
//! is also fed something bad, so that it is known to be able to fail.

mod arrows;
mod limits;
mod source;

use std::fs;
use std::path::{Path, PathBuf};

use source::Source;

/// The repository's root.
fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// Every file below a folder of the repository, in order; nothing if there is no such folder.
fn files_below(folder: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    let mut open = vec![root().join(folder)];
    while let Some(folder) = open.pop() {
        let Ok(entries) = fs::read_dir(&folder) else {
            continue;
        };
        for entry in entries.flatten() {
            let path = entry.path();
            match path.is_dir() {
                true => open.push(path),
                false => found.push(path),
            }
        }
    }
    found.sort();
    found
}

/// The Rust files below a folder of the repository.
fn sources(folder: &str) -> Vec<Source> {
    files_below(folder)
        .into_iter()
        .filter(|path| path.extension().is_some_and(|end| end == "rs"))
        .map(|path| {
            let text = fs::read_to_string(&path).unwrap();
            let name = path.strip_prefix(root()).unwrap();
            Source::new(name.to_str().unwrap(), &text)
        })
        .collect()
}

/// Fails with everything that was found, a line each.
fn assert_none(findings: &[String]) {
    assert!(findings.is_empty(), "\n{}\n", findings.join("\n"));
}

#[test]
fn migrations_are_dated_verb_phrases_and_can_be_taken_back() {
    let mut findings = Vec::new();
    let mut names: Vec<String> = fs::read_dir(root().join("migrations"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    names.sort();
    assert!(!names.is_empty());
    for name in &names {
        if !is_dated_verb_phrase(name) {
            findings.push(format!("{name}: not YYYY-MM-DD-NNNNNN_verb_phrase"));
        }
        for file in ["up.sql", "down.sql"] {
            let text = fs::read_to_string(root().join("migrations").join(name).join(file));
            if text.is_ok_and(|text| !text.trim().is_empty()) {
                continue;
            }
            findings.push(format!("{name}: no {file}"));
        }
    }
    assert_none(&findings);
}

/// `2026-11-24-000003_record_pledges`: a date, a number, and at least two words, the first of which
/// is not a participle.
fn is_dated_verb_phrase(name: &str) -> bool {
    let Some((stamp, phrase)) = name.split_once('_') else {
        return false;
    };
    let lengths: Vec<usize> = stamp.split('-').map(str::len).collect();
    let digits = stamp.bytes().all(|b| b.is_ascii_digit() || b == b'-');
    let words: Vec<&str> = phrase.split('_').collect();
    let plain = |word: &&str| !word.is_empty() && word.bytes().all(|b| b.is_ascii_lowercase());
    digits
        && lengths == [4, 2, 2, 6]
        && words.len() > 1
        && words.iter().all(plain)
        && !["ing", "ed"].iter().any(|end| words[0].ends_with(end))
}

#[test]
fn a_migration_that_is_not_a_dated_verb_phrase_is_noticed() {
    assert!(is_dated_verb_phrase("2026-11-24-000003_record_pledges"));
    for name in [
        "00000000000000_initial",
        "2026-11-24-000003_pledges",
        "2026-11-24-000003_added_pledges",
        "2026-11-24-000003_Record_Pledges",
        "2026-11-24_record_pledges",
        "record_pledges",
    ] {
        assert!(!is_dated_verb_phrase(name), "{name}");
    }
}

#[test]
fn nothing_names_a_path_of_one_machine() {
    let mut findings = Vec::new();
    let folders = ["src", "tests", "benches", "migrations"].map(files_below);
    let single = ["Cargo.toml", "README.md", "diesel.toml", "openapi.yaml"];
    let single = single.iter().map(|name| root().join(name));
    for path in folders.into_iter().flatten().chain(single) {
        let Ok(text) = fs::read_to_string(&path) else {
            continue;
        };
        for (line, text) in text.lines().enumerate() {
            if names_a_home(text) {
                findings.push(format!("{}:{}: {text}", path.display(), line + 1));
            }
        }
    }
    assert_none(&findings);
}

/// Whether a line names somebody's home or the folder this was written in. Homes that exist by
/// convention, or in an example only, are nobody's.
fn names_a_home(line: &str) -> bool {
    let nobody = ["linuxbrew/", "somebody/", "a,b/"];
    let home = concat!("/ho", "me/");
    let mut homes = line
        .match_indices(home)
        .map(|(at, _)| &line[at + home.len()..]);
    homes.any(|rest| !nobody.iter().any(|name| rest.starts_with(name)))
        || line.contains(concat!("/Us", "ers/"))
        || line.contains(concat!("/wo", "rk/"))
}

#[test]
fn a_path_of_one_machine_is_noticed() {
    assert!(names_a_home(concat!(
        "let path = \"/ho",
        "me/ada/almoner\";"
    )));
    assert!(!names_a_home("let path = \"/usr/lib/postgresql\";"));
}
