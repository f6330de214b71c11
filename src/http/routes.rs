//! Which handler answers to which method at which path.
//!
//! Handlers are listed one by one, next to where they are written, and brought together by path
//! here: so that a known path answers 405 with `Allow` to any other method, and HEAD wherever GET
//! is.

use std::collections::BTreeMap;

use actix_web::http::Method;
use actix_web::web::{self, ServiceConfig};
use actix_web::{FromRequest, Handler, HttpResponse, Responder, Route, guard};

use crate::http::problem::Problem;

/// How much of a body is read, unless an endpoint says otherwise.
const BODY_LIMIT_BYTES: usize = 256 * 1024;

/// How much of a body is read at an address; found in the address's data.
#[derive(Debug, Clone, Copy)]
pub struct BodyLimit(pub usize);

impl Default for BodyLimit {
    fn default() -> Self {
        BodyLimit(BODY_LIMIT_BYTES)
    }
}

/// A handler with its method and path.
pub struct Endpoint {
    path: &'static str,
    method: Method,
    limit: BodyLimit,
    route: Route,
}

impl Endpoint {
    /// Answers to GET, and to HEAD.
    pub fn get<F, Args>(path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = web::route()
            .guard(guard::Any(guard::Get()).or(guard::Head()))
            .to(handler);
        Endpoint {
            path,
            method: Method::GET,
            limit: BodyLimit::default(),
            route,
        }
    }

    /// Answers to POST.
    pub fn post<F, Args>(path: &'static str, handler: F) -> Self
    where
        F: Handler<Args>,
        Args: FromRequest + 'static,
        F::Output: Responder + 'static,
    {
        let route = web::post().to(handler);
        Endpoint {
            path,
            method: Method::POST,
            limit: BodyLimit::default(),
            route,
        }
    }

    /// Reads bodies of up to so many bytes.
    pub fn with_body_limit(self, bytes: usize) -> Self {
        Endpoint {
            limit: BodyLimit(bytes),
            ..self
        }
    }

    /// The path as it is documented.
    pub fn path(&self) -> &'static str {
        self.path
    }

    /// The method it answers to.
    pub fn method(&self) -> &Method {
        &self.method
    }
}

/// Whether an address is for those with a token, and counts against their limits.
pub fn is_guarded(path: &str) -> bool {
    path.starts_with("/v1/") || path.starts_with("/tlog/")
}

/// Makes the endpoints answer. Paths go in alphabetical order, in which a word such as `bulk` comes
/// before a `{placeholder}` that it would match.
pub fn mount(config: &mut ServiceConfig, endpoints: Vec<Endpoint>) {
    let mut paths: BTreeMap<&str, Vec<Endpoint>> = BTreeMap::new();
    for endpoint in endpoints {
        paths.entry(endpoint.path).or_default().push(endpoint);
    }
    for (path, endpoints) in paths {
        let allow = allow(&endpoints);
        let elsewise = move || {
            let problem = Problem::method_not_allowed(&allow);
            async move { Err::<HttpResponse, Problem>(problem) }
        };
        // A tile's path goes on over any number of slashes.
        let pattern = path.replace("{tile}", "{tile:.+}");
        let mut resource = web::resource(pattern).default_service(web::to(elsewise));
        for endpoint in endpoints {
            resource = resource.app_data(endpoint.limit).route(endpoint.route);
        }
        config.service(resource);
    }
}

/// The methods as the header `Allow` lists them.
fn allow(endpoints: &[Endpoint]) -> String {
    let names = endpoints.iter().map(|endpoint| match endpoint.method {
        Method::GET => "GET, HEAD",
        _ => endpoint.method.as_str(),
    });
    names.collect::<Vec<_>>().join(", ")
}
