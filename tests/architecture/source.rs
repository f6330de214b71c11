//! A Rust file as the rules see it: without comments, without what strings say, without tests.

/// A Rust file.
#[derive(Debug)]
pub(super) struct Source {
    /// Its path below the root.
    pub(super) path: String,
    /// As it is written.
    pub(super) text: String,
    /// With comments, strings and characters blanked; the same lines.
    pub(super) code: String,
    /// The code without what only tests are compiled from.
    pub(super) shipped: String,
}

impl Source {
    pub(super) fn new(path: &str, text: &str) -> Self {
        let code = blanked(text);
        let test_file = path.ends_with("tests.rs");
        let shipped = match test_file {
            true => String::new(),
            false => without_tests(&code),
        };
        let (path, text) = (path.to_owned(), text.to_owned());
        Source {
            path,
            text,
            code,
            shipped,
        }
    }

    /// The ring it belongs to: the first folder (or file) below `src/`.
    pub(super) fn ring(&self) -> &str {
        let below = self.path.strip_prefix("src/").unwrap_or("");
        let first = below.split('/').next().unwrap_or("");
        first.strip_suffix(".rs").unwrap_or(first)
    }

    /// The path of its module: `crate::db::write` for `src/db/write/mod.rs`.
    pub(super) fn module(&self) -> Vec<&str> {
        let below = self.path.strip_prefix("src/").unwrap_or("");
        let below = below.strip_suffix(".rs").unwrap_or(below);
        let parts = below
            .split('/')
            .filter(|part| !["mod", "lib", "main"].contains(part));
        std::iter::once("crate").chain(parts).collect()
    }
}

/// Where the token that starts at `at` ends, if it is a comment, a string or a character.
fn silent_token(text: &[char], at: usize) -> Option<usize> {
    let here = |offset: usize| text.get(at + offset).copied().unwrap_or('\0');
    match (here(0), here(1)) {
        ('/', '/') => Some(find(text, at, '\n')),
        ('/', '*') => Some(end_of_block(text, at)),
        ('"', _) => Some(end_of_string(text, at + 1)),
        ('\'', '\\') => Some(find(text, at + 3, '\'') + 1),
        ('\'', _) if here(2) == '\'' => Some(at + 3),
        ('r', '"' | '#') if at == 0 || !is_word(text[at - 1]) || text[at - 1] == 'b' => {
            end_of_raw(text, at + 1)
        }
        _ => None,
    }
}

fn find(text: &[char], from: usize, wanted: char) -> usize {
    (from..text.len())
        .find(|at| text[*at] == wanted)
        .unwrap_or(text.len())
}

fn end_of_block(text: &[char], from: usize) -> usize {
    let mut depth = 0;
    let mut at = from;
    while at + 1 < text.len() {
        match (text[at], text[at + 1]) {
            ('/', '*') => (depth, at) = (depth + 1, at + 2),
            ('*', '/') => (depth, at) = (depth - 1, at + 2),
            _ => at += 1,
        }
        if depth == 0 {
            return at;
        }
    }
    text.len()
}

fn end_of_string(text: &[char], from: usize) -> usize {
    let mut at = from;
    while at < text.len() {
        match text[at] {
            '\\' => at += 2,
            '"' => return at + 1,
            _ => at += 1,
        }
    }
    text.len()
}

/// `#`s, a quote, anything, a quote and as many `#`s; nothing if it is no raw string after all.
fn end_of_raw(text: &[char], from: usize) -> Option<usize> {
    let hashes = text[from..].iter().take_while(|c| **c == '#').count();
    if text.get(from + hashes) != Some(&'"') {
        return None;
    }
    let closes = |at: &usize| {
        text[*at] == '"'
            && text.len() > at + hashes
            && text[at + 1..=at + hashes].iter().all(|c| *c == '#')
    };
    let end = (from + hashes + 1..text.len()).find(closes);
    Some(end.map_or(text.len(), |at| at + 1 + hashes))
}

/// The text with everything that isn't code made spaces; line breaks stay.
fn blanked(text: &str) -> String {
    let text: Vec<char> = text.chars().collect();
    let mut code = String::with_capacity(text.len());
    let mut at = 0;
    while at < text.len() {
        let end = silent_token(&text, at).unwrap_or(at);
        if end == at {
            code.push(text[at]);
            at += 1;
            continue;
        }
        let silent = text[at..end.min(text.len())].iter();
        code.extend(silent.map(|c| if *c == '\n' { '\n' } else { ' ' }));
        at = end;
    }
    code
}

/// Code without the items behind `#[cfg(test)]`; their lines stay, empty.
fn without_tests(code: &str) -> String {
    let mut shipped = code.to_owned();
    while let Some(start) = shipped.find("#[cfg(test)]") {
        let rest = &shipped[start..];
        let semicolon = rest.find(';');
        let brace = rest.find('{');
        let end = match (semicolon, brace) {
            (Some(semicolon), Some(brace)) if semicolon < brace => semicolon + 1,
            (_, Some(brace)) => end_of_block_at(rest, brace),
            (Some(semicolon), None) => semicolon + 1,
            (None, None) => rest.len(),
        };
        let lines = "\n".repeat(rest[..end].matches('\n').count());
        shipped.replace_range(start..start + end, &lines);
    }
    shipped
}

/// Where the block that opens at `brace` ends, in code whose strings are blanked.
pub(super) fn end_of_block_at(code: &str, brace: usize) -> usize {
    let mut depth = 0_usize;
    for (at, c) in code[brace..].char_indices() {
        match c {
            '{' => depth += 1,
            '}' => depth -= 1,
            _ => {}
        }
        if depth == 0 {
            return brace + at + 1;
        }
    }
    code.len()
}

/// Whether a character can be part of a name.
pub(super) fn is_word(c: char) -> bool {
    c.is_alphanumeric() || c == '_'
}

/// Where a name (or a path such as `crate::http`) stands as a whole, in lines counted from 1.
pub(super) fn lines_naming(code: &str, name: &str) -> Vec<usize> {
    let whole = |at: &usize| {
        let before = code[..*at].chars().next_back();
        let after = code[at + name.len()..].chars().next();
        !before.is_some_and(is_word) && !after.is_some_and(is_word)
    };
    code.match_indices(name)
        .map(|(at, _)| at)
        .filter(whole)
        .map(|at| code[..at].matches('\n').count() + 1)
        .collect()
}

#[test]
fn comments_strings_and_tests_are_not_code() {
    let source = Source::new(
        "src/db/x.rs",
        "fn a() { let _ = (\"} // no\", '{', r#\"\"}\"#, b\"x\"); } // actix\n/* /* { */ */\n\
         fn b<'a>(x: &'a str) -> &'a str { x }\n#[cfg(test)]\n\
         mod tests { fn c() { d } }\nfn e() {}",
    );
    assert_eq!(source.code.matches('{').count(), 5);
    assert_eq!(source.code.matches('}').count(), 5);
    assert!(!source.code.contains("actix"));
    assert!(source.code.contains("fn b<'a>(x: &'a str)"));
    assert!(source.shipped.contains("fn e") && !source.shipped.contains("fn c"));
    assert_eq!(lines_naming(&source.shipped, "e"), [6]);
    assert_eq!(lines_naming("a::bc b", "b"), [1]);
}
