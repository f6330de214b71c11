//! The API's description (OpenAPI 3.1), made from the code, and the page that shows it.
//!
//! A handler's attribute says what is its own: summary, request, answer. What every operation has
//! in common (the token, the headers, the parameters of a path, the refusals) is added here.

mod refusals;
mod waiting;

use std::sync::LazyLock;

use actix_web::HttpResponse;
use actix_web::http::header;
use utoipa::openapi::path::{Operation, Parameter, ParameterBuilder, ParameterIn};
use utoipa::openapi::response::ResponseBuilder;
use utoipa::openapi::schema::{AdditionalProperties, ObjectBuilder, Schema, Type};
use utoipa::openapi::security::{HttpAuthScheme, HttpBuilder, SecurityRequirement, SecurityScheme};
use utoipa::openapi::{
    Components, ContentBuilder, HeaderBuilder, OpenApi as Description, Ref, RefOr, Required,
};
use utoipa::{OpenApi, PartialSchema};

use self::refusals::{OF_ANYTHING, OF_READS, OF_WRITES, REFUSALS, Refusal, refusal};
use utoipa_swagger_ui::{Config, SwaggerUi};

use self::waiting::{expires_in_days, reserve, waits};
use crate::http::health;
use crate::http::problem::ProblemOut;
use crate::http::routes::is_guarded;
use crate::http::write::may_wait;
use crate::http::{read, write};

/// Where the description is.
pub const DESCRIPTION: &str = "/openapi.yaml";
/// Where the page is that shows it.
pub const PAGE: &str = "/docs/";

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
        (name = "obligations", description = "What binds an allocation: contracts and campaigns"),
        (name = "lots", description = "How lots of ad credits end"),
        (name = "jobs", description = "What the service does by itself"),
        (name = "withholding", description = "What goes to a tax office instead of a creator"),
        (name = "payouts", description = "What creators are paid, by three people"),
        (name = "approvals", description = "What waits for somebody else, and above what it does"),
        (name = "exchange", description = "What one currency is worth in another"),
        (name = "ad spend", description = "What platforms report, give back and are owed"),
        (name = "ad accounts", description = "Where credits are placed and campaigns run"),
        (name = "accounts", description = "Where the money is: balances, entries, statements"),
        (name = "journals", description = "What was posted"),
        (name = "statements", description = "Statements: drafts and those that are issued"),
        (name = "reports", description = "Reports as JSON, CSV and XLSX; proofs"),
        (name = "proofs", description = "The logs over the journals: checkpoints, tiles, proofs"),
        (name = "identities", description = "Who may come in, and what they may do"),
        (name = "tokens", description = "Tokens made here, and tokens that don't count any more"),
        (name = "controls", description = "What was done and refused, and what is closed"),
        (name = "reference", description = "Units and markets"),
        (name = "service", description = "The service itself"),
    ),
    paths(health::livez, health::readyz),
    components(schemas(ProblemOut))
)]
struct Frame;

/// The description of everything there is.
pub fn description() -> Description {
    let mut description = Frame::openapi()
        .merge_from(read::Paths::openapi())
        .merge_from(write::Paths::openapi());
    share(description.components.get_or_insert_default());
    for (path, item) in &mut description.paths.paths {
        for operation in item.get.iter_mut() {
            complete(path, operation, OF_READS);
        }
        for operation in item.post.iter_mut() {
            complete(path, operation, OF_WRITES);
            if path.starts_with("/v1/") {
                complete_write(path, operation); // others post nothing
            }
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
    HttpResponse::Ok()
        .content_type("application/yaml")
        .body(YAML.as_str())
}

/// Leads to the page that shows it.
pub async fn lead_to_page() -> HttpResponse {
    HttpResponse::PermanentRedirect()
        .insert_header((header::LOCATION, PAGE))
        .finish()
}

/// The page that shows it, from files that are part of the program.
pub fn page() -> SwaggerUi {
    let config = Config::from(DESCRIPTION)
        .try_it_out_enabled(true)
        .persist_authorization(false);
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

/// What operations refer to.
fn share(components: &mut Components) {
    components
        .security_schemes
        .insert("token".to_owned(), RefOr::T(token()));
    for Refusal(_, name, description) in REFUSALS {
        components
            .responses
            .insert((*name).to_owned(), RefOr::T(refusal(description)));
    }
    for (name, description) in [
        (
            "Request-Id",
            "The caller's own, or one made here: what to name when asking about it.",
        ),
        (
            "Idempotent-Replayed",
            "`true` if an earlier request with the same key was answered so.",
        ),
        (
            "RateLimit",
            "What is left to the subject and to the address: `r` requests, all again in `t` s.",
        ),
        (
            "RateLimit-Policy",
            "What each is allowed: `q` requests at once, refilled within `w` seconds.",
        ),
    ] {
        let header = HeaderBuilder::new()
            .schema(Some(text()))
            .description(Some(description));
        components
            .headers
            .insert(name.to_owned(), RefOr::T(header.build()));
    }
    for (name, parameter) in [
        ("IdempotencyKey", key()),
        ("ValidateOnly", validate_only()),
        ("Reserve", reserve()),
        ("ExpiresInDays", expires_in_days()),
    ] {
        components
            .parameters
            .insert(name.to_owned(), RefOr::T(parameter));
    }
    for (name, schema) in &mut components.schemas {
        if let (true, RefOr::T(Schema::Object(schema))) = (name.ends_with("In"), schema) {
            schema.additional_properties = Some(Box::new(AdditionalProperties::FreeForm(false)));
        }
    }
}

/// What every operation has.
fn complete(path: &str, operation: &mut Operation, refusals: &[&str]) {
    let guarded = is_guarded(path);
    for name in placeholders(path) {
        add_parameter(operation, in_path(path, name));
    }
    add_header(operation, "Request-Id");
    if guarded {
        add_header(operation, "RateLimit");
        add_header(operation, "RateLimit-Policy");
    }
    let refusals = if guarded { refusals } else { OF_ANYTHING };
    for Refusal(status, name, _) in REFUSALS.iter().filter(|it| refusals.contains(&it.0)) {
        let refusal = RefOr::Ref(Ref::from_response_name(*name));
        operation
            .responses
            .responses
            .entry((*status).to_owned())
            .or_insert(refusal);
    }
    // An empty list says that no token is asked for, which saying nothing doesn't.
    let security = operation.security.get_or_insert_default();
    if guarded {
        security.push(SecurityRequirement::new::<_, [&str; 0], &str>("token", []));
    }
}

/// What every write has besides.
fn complete_write(path: &str, operation: &mut Operation) {
    let bulk = path.ends_with("/bulk");
    let parameters = operation.parameters.get_or_insert_default();
    let shared = |name| RefOr::Ref(Ref::new(format!("#/components/parameters/{name}")));
    if !bulk {
        parameters.push(shared("IdempotencyKey"));
    }
    parameters.push(shared("ValidateOnly"));
    if may_wait(path) || bulk {
        parameters.push(shared("Reserve"));
        parameters.push(shared("ExpiresInDays"));
    }
    if may_wait(path) {
        let waits = RefOr::T(waits());
        operation
            .responses
            .responses
            .insert("202".to_owned(), waits);
    }
    add_header(operation, "Idempotent-Replayed");
    let preview = if bulk { "BulkPreview" } else { "Preview" };
    let preview = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(preview)))
        .build();
    let dry_run = ResponseBuilder::new()
        .description("With validate_only: what would be posted. Nothing was written")
        .content("application/json", preview)
        .header_ref("Request-Id", Ref::new("#/components/headers/Request-Id"));
    let responses = &mut operation.responses.responses;
    responses
        .entry("200".to_owned())
        .or_insert_with(|| RefOr::T(dry_run.build()));
}

/// A header of every answer that has been written down so far.
fn add_header(operation: &mut Operation, name: &str) {
    for response in operation.responses.responses.values_mut() {
        if let RefOr::T(response) = response {
            let shared = RefOr::Ref(Ref::new(format!("#/components/headers/{name}")));
            response.headers.insert(name.to_owned(), shared);
        }
    }
}

fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

fn key() -> Parameter {
    let description = "Any text of the caller's own, bare or in quotes. The same key with the same \
                       request is answered as the first time; with another request it is refused. \
                       Only a dry run may lack it.";
    ParameterBuilder::new()
        .name("Idempotency-Key")
        .parameter_in(ParameterIn::Header)
        .description(Some(description))
        .schema(Some(text().min_length(Some(1)).max_length(Some(255))))
        .build()
}

fn validate_only() -> Parameter {
    let description = "Answers what the write would post, with a digest, and writes nothing.";
    ParameterBuilder::new()
        .name("validate_only")
        .parameter_in(ParameterIn::Query)
        .description(Some(description))
        .schema(Some(ObjectBuilder::new().schema_type(Type::Boolean)))
        .build()
}

/// The names in braces.
fn placeholders(path: &str) -> impl Iterator<Item = &str> {
    path.split('{')
        .filter_map(|part| part.split_once('}').map(|(name, _)| name))
}

fn in_path(path: &str, name: &str) -> Parameter {
    let schema = match name {
        // Which forms a statement has; and a report, beside JSON.
        "form" => {
            let forms: &[&str] = match path.ends_with("/statement.{form}") {
                true => &["json", "csv", "ndjson", "xlsx", "pdf", "xml"],
                false => &["csv", "xlsx"],
            };
            let text = ObjectBuilder::new().schema_type(Type::String);
            RefOr::T(text.enum_values(Some(forms.iter().copied())).build().into())
        }
        _ => String::schema(),
    };
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .schema(Some(schema))
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
        let answering = answering
            .iter()
            .map(|it| (it.method().to_string(), it.path().to_owned()));
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
        let whole = serde_json::to_value(description()).unwrap();
        for line in openapi_yaml().lines() {
            let Some((_, reference)) = line.split_once("$ref: '#") else {
                continue;
            };
            let pointer = reference.trim_end_matches('\'');
            assert!(whole.pointer(pointer).is_some(), "{pointer} leads nowhere");
        }
    }
}
