//! How long files, functions and lines may grow, and what is never left in them.

use super::source::{Source, end_of_block_at, is_word, lines_naming};
use super::{assert_none, sources};

const FILE_LINES: usize = 400;
const FUNCTION_LINES: usize = 70;
const COLUMNS: usize = 100;

/// Written from the migrations as a whole.
const LONG_FILES: &[&str] = &["src/db/schema.rs"];

/// One list each, written out: cases of a table, or what is printed.
const LONG_FUNCTIONS: &[(&str, &str)] = &[
    ("benches/ledger/main.rs", "main"),
    (
        "src/http/tests.rs",
        "a_write_is_refused_for_its_form_in_the_documented_order",
    ),
    (
        "tests/bad_input/queries.rs",
        "filters_days_and_moments_are_read_strictly",
    ),
    ("tests/operations.rs", "writes"),
    ("tests/reads/sight.rs", "what_is_out_of_sight_is_absent"),
    ("tests/tokens/ill_claimed.rs", "ill_typed_claims"),
];

fn too_long(source: &Source) -> Vec<String> {
    let path = &source.path;
    let mut findings = Vec::new();
    let lines = source.text.lines().count();
    if lines > FILE_LINES && !LONG_FILES.contains(&path.as_str()) {
        findings.push(format!("{path}: {lines} lines, at most {FILE_LINES}"));
    }
    for (at, line) in source.text.lines().enumerate() {
        let columns = line.chars().count();
        if columns > COLUMNS {
            let at = at + 1;
            findings.push(format!("{path}:{at}: {columns} columns, at most {COLUMNS}"));
        }
    }
    for (name, line, lines) in functions(&source.code) {
        let long = LONG_FUNCTIONS.contains(&(path.as_str(), name.as_str()));
        if lines > FUNCTION_LINES && !long {
            findings.push(format!(
                "{path}:{line}: {name} has {lines} lines, at most {FUNCTION_LINES}"
            ));
        }
    }
    findings
}

/// Every function with a body: its name, the line it starts on, and how many lines it has.
fn functions(code: &str) -> Vec<(String, usize, usize)> {
    let mut found = Vec::new();
    for (at, _) in code.match_indices("fn ") {
        if code[..at].chars().next_back().is_some_and(is_word) {
            continue;
        }
        let rest = &code[at..];
        let name: String = rest[3..].chars().take_while(|c| is_word(*c)).collect();
        let Some(brace) = start_of_body(rest) else {
            continue;
        };
        if name.is_empty() {
            continue;
        }
        let line = code[..at].matches('\n').count() + 1;
        let lines = rest[..end_of_block_at(rest, brace)].matches('\n').count() + 1;
        found.push((name, line, lines));
    }
    found
}

/// Where the body's brace is; nothing if the declaration ends without one.
fn start_of_body(declaration: &str) -> Option<usize> {
    let mut depth = 0_i32;
    for (at, c) in declaration.char_indices() {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            '{' if depth == 0 => return Some(at),
            ';' if depth == 0 => return None,
            _ => {}
        }
        if depth < 0 {
            return None;
        }
    }
    None
}

/// What is left unfinished, or would end a request with a panic.
fn unfinished(source: &Source) -> Vec<String> {
    let mut findings = Vec::new();
    for word in ["todo!", "unimplemented!", "dbg!"] {
        let name = word.trim_end_matches('!');
        for line in lines_naming(&source.code, name) {
            let text = source.code.lines().nth(line - 1).unwrap_or("");
            if text.contains(word) {
                findings.push(format!("{}:{line}: {word}", source.path));
            }
        }
    }
    for call in [".unwrap()", ".expect(", "panic!("] {
        for (at, _) in source.shipped.match_indices(call) {
            let line = source.shipped[..at].matches('\n').count() + 1;
            findings.push(format!("{}:{line}: {call}", source.path));
        }
    }
    findings
}

#[test]
fn files_functions_and_lines_keep_to_their_limits() {
    let all = ["src", "tests", "benches"].map(sources);
    let findings: Vec<String> = all.iter().flatten().flat_map(too_long).collect();
    assert_none(&findings);
}

#[test]
fn nothing_is_left_unfinished_and_nothing_panics_on_purpose() {
    let findings: Vec<String> = sources("src").iter().flat_map(unfinished).collect();
    assert_none(&findings);
}

#[test]
fn every_module_says_what_it_is() {
    let all = ["src", "tests", "benches"].map(sources);
    let silent: Vec<String> = all
        .iter()
        .flatten()
        .filter(|source| !source.text.starts_with("//!"))
        .map(|source| format!("{} does not begin with //!", source.path))
        .collect();
    assert_none(&silent);
}

#[test]
fn what_grows_too_long_is_noticed() {
    let line = format!("const A: &str = \"{}\";", "é".repeat(90));
    let long_function = format!(
        "trait B {{ fn b(); }}\nfn c() {{\n{}}}",
        "    d();\n".repeat(80)
    );
    for (text, expected) in [
        ("//!\n".repeat(401), "401 lines"),
        (line, "109 columns"),
        (long_function, "c has 82 lines"),
    ] {
        let findings = too_long(&Source::new("src/a.rs", &text));
        assert_eq!(findings.len(), 1, "{findings:?}");
        assert!(findings[0].contains(expected), "{findings:?}");
    }
    let exempt = too_long(&Source::new("src/db/schema.rs", &"//!\n".repeat(401)));
    assert_eq!(exempt, Vec::<String>::new());
}

#[test]
fn what_is_left_unfinished_is_noticed() {
    for (text, expected) in [
        ("fn a() { todo!() }", 1),
        ("fn a() { unimplemented!(\"b\") }", 1),
        (
            "#[cfg(test)]\nmod tests { fn a() { dbg!(1); b.unwrap(); } }",
            1,
        ),
        ("fn a() { b.unwrap(); c.expect(\"d\"); }", 2),
        ("fn a() { b.unwrap_or(1); } // todo! .unwrap()", 0),
    ] {
        let findings = unfinished(&Source::new("src/a.rs", text));
        assert_eq!(findings.len(), expected, "{text}: {findings:?}");
    }
}
