//! What is described of every write that may have to wait for somebody else.

use utoipa::openapi::path::{Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::{ContentBuilder, Ref, Response};

use crate::http::write::MOST_DAYS;

/// Whether what a write takes is held for it while it waits.
pub(super) fn reserve() -> Parameter {
    let description =
        "If the write has to wait for approval: whether what it takes is held for it.";
    ParameterBuilder::new()
        .name("reserve")
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::Boolean)))
        .build()
}

/// How long a write waits.
pub(super) fn expires_in_days() -> Parameter {
    let description = "If the write has to wait for approval: for how many days; 14, if left out.";
    let days = ObjectBuilder::new()
        .schema_type(Type::Integer)
        .minimum(Some(1))
        .maximum(Some(MOST_DAYS));
    ParameterBuilder::new()
        .name("expires_in_days")
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .schema(Some(days))
        .build()
}

/// That a write waits for somebody else.
pub(super) fn waits() -> Response {
    let approval = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name("Approval")))
        .build();
    ResponseBuilder::new()
        .description("It is above its threshold, and waits to be approved by somebody else")
        .content("application/json", approval)
        .header_ref("Request-Id", Ref::new("#/components/headers/Request-Id"))
        .build()
}
