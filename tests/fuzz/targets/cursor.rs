//! Nobody makes a cursor but the service: what wasn't sealed for a list isn't read as one of it,
//! and what was reads as it was written.

#![no_main]

use almoner::http::paging::{Cursor, CursorKey};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|texts: (&str, &str, &str)| {
    let (text, after, pin) = texts;
    let key = CursorKey::derive(b"a secret of the deployment's");
    assert_eq!(Cursor::read(text, &key, "/v1/creators?"), None);
    if after.contains('\n') {
        return;
    }
    let cursor = Cursor {
        after: after.to_owned(),
        pin: pin.to_owned(),
    };
    let written = cursor.write(&key, "/v1/creators?");
    assert_eq!(Cursor::read(&written, &key, "/v1/creators?"), Some(cursor));
    assert_eq!(Cursor::read(&written, &key, "/v1/creators?market=JP"), None);
    let other = CursorKey::derive(b"another deployment's secret");
    assert_eq!(Cursor::read(&written, &other, "/v1/creators?"), None);
});
