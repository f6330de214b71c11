//! A key is 1 to 255 printable characters, and the same in quotes as without.

#![no_main]

use almoner::http::idempotency::ClientKey;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|text: &str| {
    let Ok(key) = ClientKey::parse(text) else {
        return;
    };
    assert!(text.bytes().all(|b| (b' '..=b'~').contains(&b)), "{text:?}");
    assert!((1..=2 * 255 + 2).contains(&text.len()), "{text:?}");
    if !text.starts_with('"') {
        let quoted = format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""));
        assert_eq!(ClientKey::parse(&quoted), Ok(key), "{text:?}");
    }
});
