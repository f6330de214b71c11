//! The answers that operations have in common when they decline.

use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::{ContentBuilder, Ref, Response};

/// A refusal's status, its name among the shared answers, and what it means.
pub(super) struct Refusal(
    pub(super) &'static str,
    pub(super) &'static str,
    pub(super) &'static str,
);

/// The statuses of refusals, as [`crate::http::problem`] has them.
pub(super) const REFUSALS: &[Refusal] = &[
    Refusal(
        "400",
        "Unreadable",
        "It can't be read, or a write has no Idempotency-Key",
    ),
    Refusal("401", "Unknown", "The caller isn't known"),
    Refusal("403", "Forbidden", "The caller is known, but may not"),
    Refusal(
        "404",
        "Absent",
        "There is no such thing, or it isn't the caller's to know",
    ),
    Refusal(
        "409",
        "Conflict",
        "The same bytes may succeed later: funds, state, a name that is taken",
    ),
    Refusal("413", "TooLarge", "The body is larger than is read here"),
    Refusal("415", "NotJson", "The body isn't said to be JSON in UTF-8"),
    Refusal(
        "422",
        "Invalid",
        "It can never succeed as sent; every reason is listed",
    ),
    Refusal(
        "429",
        "TooMany",
        "More than one caller is allowed, or too many attempts failed: come back after Retry-After",
    ),
    Refusal(
        "500",
        "Defect",
        "Something went wrong here; the request id is all that is said",
    ),
    Refusal(
        "503",
        "NotNow",
        "Come back after Retry-After; the same request, with the same key, settles it",
    ),
];

/// What a read may be refused with, what a write may, and what both may without a token.
pub(super) const OF_READS: &[&str] = &["401", "403", "404", "422", "429", "500", "503"];
pub(super) const OF_WRITES: &[&str] = &[
    "400", "401", "403", "404", "409", "413", "415", "422", "429", "500", "503",
];
pub(super) const OF_ANYTHING: &[&str] = &["500", "503"];

/// How a refusal is answered.
pub(super) fn refusal(description: &str) -> Response {
    let problem = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Problem")))
        .build();
    ResponseBuilder::new()
        .description(description)
        .content("application/problem+json", problem)
        .header_ref("Request-Id", Ref::new("#/components/headers/Request-Id"))
        .build()
}
