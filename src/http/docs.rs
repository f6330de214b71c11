//! The API's description (OpenAPI 3.1), made from the code, and the page that shows it.
//!
//! A handler's attribute says what is its own: summary, request, answer. What every operation has
//! in common (the token, the headers, the parameters of a path, the refusals) is added here.

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{ObjectBuilder, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    ContentBuilder, Header, HeaderBuilder, OpenApi as Description, Ref, RefOr, Required, Response,
};
use utoipa::{OpenApi, PartialSchema};
use utoipa_swagger_ui::{Config, SwaggerUi};

use crate::http::health;
use crate::http::problem::{ProblemOut, Reason, ShortageOut};
use crate::http::wire;
use crate::http::write;

/// Where the description is.
pub const DESCRIPTION: &str = "/openapi.yaml";

#[derive(OpenApi)]
#[openapi(
    info(title = "Almoner", description = "A double-entry ledger for grants in cash and ad \
        credits. Money is a decimal string with its unit; every refusal is a problem with a stable \
        code (RFC 9457); every write can be sent again with the same Idempotency-Key."),
    servers((url = "/", description = "This service")),
    tags(
        (name = "pledges", description = "What a donor promises, and its agreement"),
        (name = "instalments", description = "What comes in: conditions, cash, credits"),
        (name = "budgets", description = "What is funded, divided over markets"),
        (name = "creators", description = "Who the money is for"),
        (name = "allocations", description = "What is reserved for a creator"),
        (name = "service", description = "The service itself"),
    ),
    paths(health::livez, health::readyz),
    components(schemas(ProblemOut, Reason, ShortageOut, wire::MoneyOut))
)]
struct Frame;

/// The description of everything there is.
pub fn description() -> Description {
    let mut description = Frame::openapi().merge_from(write::Paths::openapi());
    let components = description.components.get_or_insert_default();
    components.security_schemes.insert("token".to_owned(), RefOr::T(token()));
    for (path, item) in &mut description.paths.paths {
        for operation in item.get.iter_mut() {
            complete(path, operation, REFUSALS_OF_READS);
        }
        for operation in item.post.iter_mut() {
            complete(path, operation, REFUSALS_OF_WRITES);
            complete_write(path, operation);
        }
    }
    description
}

/// The description as it is committed and served; the same code gives the same text.
pub fn openapi_yaml() -> String {
    description().to_yaml().unwrap_or_else(|error| {
        log::error!("the description can't be written: {error}");
        String::new()
    })
}

static YAML: LazyLock<String> = LazyLock::new(openapi_yaml);

/// Serves the description.
pub async fn serve_description() -> HttpResponse {
    HttpResponse::Ok().content_type("application/yaml").body(YAML.as_str())
}

/// Leads to the page that shows it.
pub async fn lead_to_page() -> HttpResponse {
    HttpResponse::PermanentRedirect().insert_header((header::LOCATION, "/docs/")).finish()
}

/// The page that shows it, from files that are part of the program.
pub fn page() -> SwaggerUi {
    let config = Config::from(DESCRIPTION).try_it_out_enabled(true).persist_authorization(false);
    SwaggerUi::new("/docs/{_:.*}").config(config)
}

fn token() -> SecurityScheme {
    SecurityScheme::Http(
        HttpBuilder::new()
            .scheme(HttpAuthScheme::Bearer)
            .bearer_format("JWT")
            .description(Some(
                "An access token (RFC 9068). Where a client knows Basic only, it is taken as the \
                 password of any user.",
            ))
            .build(),
    )
}

/// Status, when it is answered, and whether only callers with a token meet it.
type Refusals = &'static [(&'static str, &'static str)];

const REFUSALS_OF_READS: Refusals = &[
    ("401", "The caller isn't known"),
    ("403", "The caller is known, but may not"),
    ("404", "Absent, or not the caller's to know"),
    ("422", "A parameter can't be taken"),
    ("500", "A defect; the request id is all that is said"),
    ("503", "Not now; come back after Retry-After"),
];

const REFUSALS_OF_WRITES: Refusals = &[
    ("400", "It can't be read, or has no Idempotency-Key"),
    ("401", "The caller isn't known"),
    ("403", "The caller is known, but may not"),
    ("404", "Absent"),
    ("409", "The same bytes may succeed later: funds, state, a name that is taken"),
    ("413", "Larger than is read here"),
    ("415", "Not JSON"),
    ("422", "Never as sent"),
    ("500", "A defect; the request id is all that is said"),
    ("503", "Not now; the same request with the same key settles it"),
];

/// What every operation has.
fn complete(path: &str, operation: &mut Operation, refusals: Refusals) {
    let guarded = path.starts_with("/v1/");
    for name in placeholders(path) {
        add_parameter(operation, in_path(name));
    }
    for (status, description) in refusals {
        let open = matches!(*status, "401" | "403" | "404" | "422");
        if guarded || !open {
            let responses = &mut operation.responses.responses;
            responses.entry((*status).to_owned()).or_insert_with(|| refusal(description));
        }
    }
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            response.headers.insert("Request-Id".to_owned(), RefOr::T(request_id()));
        }
    }
    if guarded {
        let token = SecurityRequirement::new::<_, [&str; 0], &str>("token", []);
        operation.security.get_or_insert_default().push(token);
    }
}

/// What every write has besides.
fn complete_write(path: &str, operation: &mut Operation) {
    if !path.ends_with("/bulk") {
        let key = "Any text of the caller's own, bare or in quotes. The same key with the same \
                   request is answered as the first time; with another request it is refused. Only \
                   a dry run may lack it.";
        let parameter = ParameterBuilder::new()
            .name("Idempotency-Key")
            .parameter_in(ParameterIn::Header)
            .description(Some(key))
            .schema(Some(text().min_length(Some(1)).max_length(Some(255))));
        add_parameter(operation, parameter.build());
    }
    let dry = "Answers what the write would post, with a digest, and writes nothing.";
    let parameter = ParameterBuilder::new()
        .name("validate_only")
        .parameter_in(ParameterIn::Query)
        .description(Some(dry))
        .schema(Some(ObjectBuilder::new().schema_type(Type::Boolean)));
    add_parameter(operation, parameter.build());
    for (status, response) in &mut operation.responses.responses {
        if let (true, RefOr::T(response)) = (status.starts_with('2'), response) {
            let replayed = "`true` if an earlier request with the same key was answered so.";
            response.headers.insert("Idempotent-Replayed".to_owned(), RefOr::T(header(replayed)));
        }
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn header(description: &str) -> Header {
    HeaderBuilder::new().schema(Some(text())).description(Some(description)).build()
}

fn request_id() -> Header {
    header("The caller's own, or one made here: what to name when asking about the request.")
}

fn refusal(description: &str) -> RefOr<Response> {
    let problem = ContentBuilder::new().schema(Some(Ref::from_schema_name("Problem"))).build();
    let response = ResponseBuilder::new().description(description);
    RefOr::T(response.content("application/problem+json", problem).build())
}

/// The names in braces.
fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
}

fn in_path(name: &str) -> Parameter {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(String::schema()))
        .build()
}

/// Adds a parameter, unless the handler has one of that name already.
fn add_parameter(operation: &mut Operation, parameter: Parameter) {
    let parameters = operation.parameters.get_or_insert_default();
    let named = |known: &RefOr<Parameter>| match known {
        RefOr::T(known) => known.name == parameter.name,
        RefOr::Ref(_) => false,
    };
    if !parameters.iter().any(named) {
        parameters.push(RefOr::T(parameter));
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;
    use crate::http::app::endpoints;

    fn documented() -> BTreeSet<(String, String)> {
        let paths = description().paths.paths;
        let methods = |(path, item): (String, utoipa::openapi::PathItem)| {
            let get = item.get.map(|_| ("GET".to_owned(), path.clone()));
            let post = item.post.map(|_| ("POST".to_owned(), path.clone()));
            [get, post].into_iter().flatten()
        };
        paths.into_iter().flat_map(methods).collect()
    }

    #[test]
    fn what_answers_is_documented_and_what_is_documented_answers() {
        let answering = endpoints();
        let answering = answering.iter().map(|it| (it.method().to_string(), it.path().to_owned()));
        assert_eq!(answering.collect::<BTreeSet<_>>(), documented());
    }

    #[test]
    fn the_description_is_openapi_3_1_and_the_same_every_time() {
        let yaml = openapi_yaml();
        assert!(yaml.starts_with("openapi: 3.1.0\n"), "{}", &yaml[..80]);
        assert_eq!(yaml, openapi_yaml());
    }

    #[test]
    fn every_reference_leads_somewhere() {
        let yaml = openapi_yaml();
        let components = description().components.unwrap_or_default();
        for line in yaml.lines() {
            let Some((_, name)) = line.split_once("#/components/schemas/") else { continue };
            let name = name.trim_end_matches(['\'', '"']);
            assert!(components.schemas.contains_key(name), "{name} is described nowhere");
        }
    }
}
