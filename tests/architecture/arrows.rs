//! `main → app → http → engine → db → domain`: imports point one way, and each ring knows its own.

use super::source::{Source, lines_naming};
use super::{assert_none, sources};

/// What one ring may not name, and how it is said.
struct Rule {
    ring: &'static str,
    forbidden: &'static [&'static str],
}

const RULES: &[Rule] = &[
    Rule {
        ring: "domain",
        forbidden: &[
            "actix",
            "actix_web",
            "diesel",
            "diesel_async",
            "jsonwebtoken",
            "log",
            "tokio",
            "std::env",
            "std::fs",
            "std::net",
            "std::thread",
            "SystemTime",
            "Instant",
            "now_utc",
            "now_local",
            "now_v7",
            "new_v4",
            "fastrand",
            "crate::app",
            "crate::db",
            "crate::embedded",
            "crate::engine",
            "crate::http",
        ],
    },
    Rule {
        ring: "db",
        forbidden: &[
            "actix",
            "actix_web",
            "jsonwebtoken",
            "crate::app",
            "crate::embedded",
            "crate::engine",
            "crate::http",
        ],
    },
    Rule {
        ring: "engine",
        forbidden: &[
            "actix",
            "actix_web",
            "diesel",
            "diesel_async",
            "jsonwebtoken",
            "StatusCode",
            "crate::app",
            "crate::embedded",
            "crate::http",
        ],
    },
    Rule {
        ring: "jobs",
        forbidden: &[
            "actix",
            "actix_web",
            "diesel",
            "diesel_async",
            "StatusCode",
            "crate::app",
            "crate::embedded",
            "crate::http",
        ],
    },
    Rule {
        ring: "http",
        forbidden: &["diesel", "diesel_async", "crate::app", "crate::embedded"],
    },
    Rule {
        ring: "app",
        forbidden: &["diesel::insert_into", "diesel::update", "diesel::delete"],
    },
    Rule {
        ring: "embedded",
        forbidden: &[
            "actix_web",
            "crate::app",
            "crate::db",
            "crate::domain",
            "crate::engine",
            "crate::http",
        ],
    },
    Rule {
        ring: "main",
        forbidden: &["actix_web", "diesel", "tokio"],
    },
    Rule {
        ring: "statements",
        forbidden: ONLY_READS,
    },
    Rule {
        ring: "exports",
        forbidden: ONLY_READS,
    },
    Rule {
        ring: "packs",
        forbidden: ONLY_READS,
    },
    Rule {
        ring: "reports",
        forbidden: ONLY_WORKS_OUT,
    },
    Rule {
        ring: "tlog",
        forbidden: ONLY_READS,
    },
    Rule {
        ring: "events",
        forbidden: ONLY_READS,
    },
];

/// What renders and reads never writes to the ledger.
const ONLY_READS: &[&str] = &[
    "insert_into",
    "diesel::update",
    "diesel::delete",
    "db::Writer",
    "crate::app",
    "crate::db::write",
    "crate::engine",
];

/// What works figures out and writes them neither reads a database nor answers anybody.
const ONLY_WORKS_OUT: &[&str] = &[
    "actix",
    "actix_web",
    "diesel",
    "diesel_async",
    "tokio",
    "now_utc",
    "crate::app",
    "crate::db::write",
    "crate::engine",
    "crate::http",
];

/// What of a file goes against the arrows.
fn findings(source: &Source) -> Vec<String> {
    let rules = RULES.iter().filter(|rule| rule.ring == source.ring());
    let mut findings = Vec::new();
    for name in rules.flat_map(|rule| rule.forbidden) {
        let mut lines = lines_naming(&source.shipped, name);
        for (line, path) in imports(source) {
            if !lines.contains(&line) && !lines_naming(&path, name).is_empty() {
                lines.push(line);
            }
        }
        let found = lines.iter().map(|line| {
            let (path, ring) = (&source.path, source.ring());
            format!("{path}:{line}: {ring} names {name}")
        });
        findings.extend(found);
    }
    findings
}

/// Every path a file imports, written out in full, with the line its `use` begins on.
fn imports(source: &Source) -> Vec<(usize, String)> {
    let code = &source.shipped;
    let mut found = Vec::new();
    for (at, _) in code.match_indices("use ") {
        let starts = code[..at].chars().next_back();
        if !starts.is_none_or(|c| c.is_whitespace() || c == ')') {
            continue;
        }
        let Some(end) = code[at..].find(';') else {
            continue;
        };
        let line = code[..at].matches('\n').count() + 1;
        let tree: String = code[at + 4..at + end].split_whitespace().collect();
        let mut paths = Vec::new();
        expand("", &tree, &mut paths);
        found.extend(
            paths
                .into_iter()
                .map(|path| (line, absolute(source, &path))),
        );
    }
    found
}

/// `a::{b, c::{d, e}}` as `a::b`, `a::c::d`, `a::c::e`.
fn expand(prefix: &str, tree: &str, paths: &mut Vec<String>) {
    let Some(open) = tree.find('{') else {
        paths.push(format!("{prefix}{tree}"));
        return;
    };
    let prefix = format!("{prefix}{}", &tree[..open]);
    let inner = tree[open + 1..]
        .strip_suffix('}')
        .unwrap_or(&tree[open + 1..]);
    let (mut depth, mut start) = (0_usize, 0);
    for (at, c) in inner.char_indices().chain([(inner.len(), ',')]) {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            ',' if depth == 0 => {
                if start < at {
                    expand(&prefix, &inner[start..at], paths);
                }
                start = at + 1;
            }
            _ => {}
        }
    }
}

/// The path with `super` and `self` resolved from the file's own place.
fn absolute(source: &Source, path: &str) -> String {
    let mut place = source.module();
    let mut rest = path;
    let mut relative = false;
    while let Some(after) = rest.strip_prefix("super::") {
        place.pop();
        (rest, relative) = (after, true);
    }
    match relative {
        true => format!("{}::{rest}", place.join("::")),
        false => path.to_owned(),
    }
}

#[test]
fn imports_point_one_way() {
    let sources = sources("src");
    assert!(sources.len() > 50, "only {} files", sources.len());
    let findings: Vec<String> = sources.iter().flat_map(findings).collect();
    assert_none(&findings);
}

#[test]
fn every_ring_there_is_has_a_rule() {
    let known: Vec<&str> = RULES.iter().map(|rule| rule.ring).collect();
    let sources = sources("src");
    let unknown: Vec<String> = sources
        .iter()
        .filter(|source| source.ring() != "lib" && !known.contains(&source.ring()))
        .map(|source| source.path.clone())
        .collect();
    assert_none(&unknown);
}

#[test]
fn an_import_against_the_arrows_is_noticed() {
    for (path, text) in [
        ("src/domain/a.rs", "use diesel::prelude::*;"),
        ("src/domain/a.rs", "fn a() { std::env::var(\"A\"); }"),
        ("src/domain/a.rs", "fn a() { uuid::Uuid::now_v7(); }"),
        ("src/domain/a.rs", "use super::super::db::Pool;"),
        ("src/domain/command/a.rs", "use super::super::super::db;"),
        ("src/db/a.rs", "use crate::{domain::Money, http::State};"),
        (
            "src/db/a.rs",
            "use crate::domain::{self};\nuse crate::{\n    app,\n};",
        ),
        ("src/db/write/a.rs", "pub(super) use crate::engine::Engine;"),
        (
            "src/engine/a.rs",
            "fn a() -> StatusCode { actix_web::http::StatusCode::OK }",
        ),
        ("src/engine/a.rs", "use diesel_async::AsyncPgConnection;"),
        ("src/http/a.rs", "type A = diesel::result::Error;"),
        ("src/http/write/a.rs", "use crate::app::config::Config;"),
        ("src/embedded/a.rs", "use crate::db::Database;"),
        ("src/statements/a.rs", "use crate::db::write::Session;"),
        ("src/reports/a.rs", "use crate::http::wire::Day;"),
        ("src/main.rs", "#[tokio::main] async fn main() {}"),
    ] {
        let findings = findings(&Source::new(path, text));
        assert!(!findings.is_empty(), "{path}: {text}");
    }
}

#[test]
fn an_import_along_the_arrows_is_let_through() {
    for (path, text) in [
        (
            "src/domain/a.rs",
            "//! diesel\nuse crate::domain::money::Money;",
        ),
        (
            "src/domain/a.rs",
            "#[cfg(test)]\nmod tests { use diesel::prelude::*; }",
        ),
        ("src/domain/a.rs", "const A: &str = \"tokio\";"),
        (
            "src/db/a.rs",
            "use super::httpish;\nuse diesel::prelude::*;",
        ),
        ("src/http/a.rs", "use crate::{db, engine::Engine};"),
        ("src/app/a.rs", "use crate::http::app::app;"),
    ] {
        assert_eq!(findings(&Source::new(path, text)), Vec::<String>::new());
    }
}
