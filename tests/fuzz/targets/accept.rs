//! Whatever a client accepts, it gets something that is offered, or is told what there is.

#![no_main]

use actix_web::http::header::{ACCEPT, HeaderMap, HeaderValue};
use almoner::http::accept::{CSV, JSON, negotiate};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|values: Vec<Vec<u8>>| {
    let mut headers = HeaderMap::new();
    for value in &values {
        if let Ok(value) = HeaderValue::from_bytes(value) {
            headers.append(ACCEPT, value);
        }
    }
    let offers = [JSON, CSV];
    match negotiate(&headers, &offers) {
        Ok(chosen) => assert!(offers.contains(&chosen)),
        Err(problem) => assert!(!problem.code().is_empty()),
    }
});
