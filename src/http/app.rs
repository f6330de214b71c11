//! The application put together, and the server that runs it.

use std::io;
use std::net::SocketAddr;
use std::num::NonZeroUsize;
use std::sync::Arc;
use std::thread::available_parallelism;
use std::time::Duration;

use actix_web::body::BoxBody;
use actix_web::dev::{Server, ServiceFactory, ServiceRequest, ServiceResponse};
use actix_web::middleware::from_fn;
use actix_web::web::{self, Data, ServiceConfig};
use actix_web::{App, Error, HttpServer};

use crate::http::boundary::{boundary, nothing_here};
use crate::http::cors::Origins;
use crate::http::limits::limited;
use crate::http::routes::{Endpoint, mount};
use crate::http::state::State;
use crate::http::{docs, health, read, write};

/// How long an idle connection is kept.
pub const KEEP_ALIVE: Duration = Duration::from_secs(75);

/// How long the head of a request may take to arrive.
pub const HEAD_TIMEOUT: Duration = Duration::from_secs(5);

/// How many connections wait in the system's queue until they are taken.
pub const BACKLOG: u32 = 1_024;

/// How long a connection that is being closed may take.
pub const DISCONNECT_TIMEOUT: Duration = Duration::from_secs(3);

/// How long requests in flight may take once the service is told to stop.
pub const SHUTDOWN_TIMEOUT_S: u64 = 30;

/// Every address there is, the description and its page apart.
pub fn endpoints() -> Vec<Endpoint> {
    let mut endpoints = vec![
        Endpoint::get("/livez", health::livez),
        Endpoint::get("/readyz", health::readyz),
    ];
    endpoints.extend(read::endpoints());
    endpoints.extend(write::endpoints());
    endpoints
}

/// Makes everything answer.
pub fn configure(config: &mut ServiceConfig) {
    mount(config, endpoints());
    config
        .route(docs::DESCRIPTION, web::get().to(docs::serve_description))
        .route("/docs", web::get().to(docs::lead_to_page))
        .service(docs::page())
        .default_service(web::to(nothing_here));
}

/// The application, as the server and the tests run it.
pub fn app(
    state: Data<State>,
    origins: &Origins,
) -> App<
    impl ServiceFactory<
        ServiceRequest,
        Config = (),
        Response = ServiceResponse<BoxBody>,
        Error = Error,
        InitError = (),
    > + use<>,
> {
    App::new()
        .app_data(state)
        .configure(configure)
        .wrap(from_fn(limited))
        .wrap(origins.middleware())
        .wrap(from_fn(boundary))
}

/// How the server runs.
#[derive(Debug, Clone)]
pub struct ServerSettings {
    /// Where it listens; with port 0, on a free one.
    pub listen: SocketAddr,
    /// How many threads take requests; as many as there are cores, if not said.
    pub workers: Option<usize>,
    /// Which other origins' pages may call.
    pub origins: Origins,
}

/// Binds the address and starts to listen; the server runs once it is polled. It minds no signals:
/// whoever runs it stops it by its handle, and decides what else has to end.
pub fn bind(state: Data<State>, settings: &ServerSettings) -> io::Result<(Server, SocketAddr)> {
    let origins = settings.origins.clone();
    let connections = Arc::clone(state.limits.connections());
    let workers = settings.workers.and_then(NonZeroUsize::new);
    let workers = workers.map_or_else(available_parallelism, Ok);
    let workers = workers.unwrap_or(NonZeroUsize::MIN);
    let server = HttpServer::new(move || app(state.clone(), &origins))
        .workers(workers.get())
        .backlog(BACKLOG)
        .max_connections(connections.for_each(workers))
        .on_connect(move |connection, data| connections.admit(connection, data))
        .keep_alive(KEEP_ALIVE)
        .client_request_timeout(HEAD_TIMEOUT)
        .client_disconnect_timeout(DISCONNECT_TIMEOUT)
        .shutdown_timeout(SHUTDOWN_TIMEOUT_S)
        .disable_signals()
        .bind(settings.listen)?;
    let address = server.addrs().first().copied();
    let address = address.ok_or_else(|| io::Error::other("the server listens nowhere"))?;
    Ok((server.run(), address))
}
