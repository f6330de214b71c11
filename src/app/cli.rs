//! The command line.

use std::io::Write;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};
use uuid::Uuid;

use crate::app::check::check;
use crate::app::config::{Config, JobSettings};
use crate::app::database::Opened;
use crate::app::demo;
use crate::app::greeting::greeting;
use crate::app::log::LogSettings;
use crate::app::service::Service;
use crate::app::verify::verify;
use crate::app::witness;
use crate::domain::{CreatorId, PledgeId};
use crate::embedded;
use crate::http::access::{DEFAULT_TTL_S, MintRequest, mint};
use crate::http::access::{Markets, Party, Role, now_s};
use crate::http::limits::LimitSettings;

/// The grant and ad-credit ledger.
///
/// Without a command, almoner serves its API. With nothing set in the environment it keeps its data
/// in ./.almoner, in a Postgres of its own; DATABASE_URL names another. README.md lists every
/// variable.
#[derive(Debug, Parser)]
#[command(name = "almoner", version, about, long_about)]
struct Cli {
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Serve the API (what happens without a command).
    Serve,
    /// Load the demonstration pledge through the API's own commands.
    ///
    /// Fictional figures, generated names. The same seed makes the same data; running it again
    /// adds nothing twice, and completes what was interrupted.
    Demo {
        /// How many pledges of that shape.
        #[arg(long, default_value_t = 1, value_parser = clap::value_parser!(u32).range(1..=10_000))]
        factor: u32,
        /// What the names and amounts are drawn from.
        #[arg(long, default_value_t = 1)]
        seed: u64,
    },
    /// Print a token, signed with the local key, and nothing else.
    Token {
        /// preparer, approver, controller, partner, creator, auditor or admin.
        #[arg(long)]
        role: Role,
        /// Whose token it is: recorded on every journal.
        #[arg(long)]
        subject: String,
        /// A pledge a partner may see; may be given several times.
        #[arg(long = "pledge", value_name = "ID")]
        pledges: Vec<String>,
        /// A market a partner may see, or '*' for all; may be given several times.
        #[arg(long = "market", value_name = "CC")]
        markets: Vec<String>,
        /// What a partner is: donor (if nothing is said), grantee or market-lead.
        #[arg(long)]
        party: Option<Party>,
        /// The creator a creator's token is about.
        #[arg(long, value_name = "ID")]
        creator: Option<String>,
        /// How long it is good for.
        #[arg(long, value_name = "SECONDS", default_value_t = DEFAULT_TTL_S)]
        ttl: u64,
    },
    /// Bring the database up to the schema this build knows.
    Migrate,
    /// Check every standing proof of the books and of their log; the exit status says whether all
    /// hold.
    Check {
        /// A public key of the logs, or a file of them; may be given several times. Without it,
        /// those of the settings are used.
        #[arg(long = "key", value_name = "KEY", env = "ALMONER_LOG_PUBLIC_KEY")]
        keys: Vec<String>,
    },
    /// Cosign a log's checkpoint, for somebody else than whoever runs the ledger.
    ///
    /// Fetches it, proves it consistent with the one seen last, and prints it with the witness's
    /// own signature.
    Witness(witness::Settings),
    /// Check a proof that somebody was given, offline; the exit status says whether it holds.
    Verify {
        /// A proof, as the API answers it.
        file: PathBuf,
        /// The ledger's public key (GET /tlog/key), or a file of them; may be given several times:
        /// one has to have signed.
        #[arg(
            long = "key",
            value_name = "KEY",
            env = "ALMONER_LOG_PUBLIC_KEY",
            required = true
        )]
        keys: Vec<String>,
        /// The public key of a witness who has to have seen it; may be given several times.
        #[arg(long = "witness", value_name = "KEY")]
        witnesses: Vec<String>,
        /// A checkpoint that was kept, to hold the proof against.
        #[arg(long, value_name = "FILE")]
        since: Option<PathBuf>,
    },
    /// Watches over the private Postgres; started by the service itself.
    #[command(hide = true, name = "embedded-guard")]
    EmbeddedGuard { plan: String },
}

/// Whatever goes wrong, as one sentence.
type Outcome = Result<ExitCode, Box<dyn std::error::Error>>;

/// Runs the command line and says how it went.
pub fn main() -> ExitCode {
    let cli = Cli::parse();
    if let Some(Command::EmbeddedGuard { plan }) = &cli.command {
        return embedded::guard(plan); // before any thread is started
    }
    env_logger::Builder::from_env(env_logger::Env::default().default_filter_or("warn"))
        // It would print what statements are given: names and whole answers.
        .filter_module("tokio_postgres", log::LevelFilter::Info)
        .init();
    let runtime = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build();
    let outcome: Outcome = match runtime {
        Ok(runtime) => runtime.block_on(run(cli.command.unwrap_or(Command::Serve))),
        Err(error) => Err(error.into()),
    };
    outcome.unwrap_or_else(|error| {
        eprintln!("almoner: {error}");
        ExitCode::FAILURE
    })
}

async fn run(command: Command) -> Outcome {
    let config = Config::from_env; // of a ledger's settings some commands need none
    match command {
        Command::Serve => serve(&config()?).await,
        Command::Demo { factor, seed } => demo(&config()?, demo::Options { factor, seed }).await,
        Command::Token {
            role,
            subject,
            pledges,
            markets,
            party,
            creator,
            ttl,
        } => {
            let request = MintRequest {
                pledges: pledges
                    .iter()
                    .map(|id| pledge(id))
                    .collect::<Result<_, _>>()?,
                markets: parse_markets(&markets)?,
                party,
                creator: creator.as_deref().map(parse_creator).transpose()?,
                ttl_s: ttl,
                ..MintRequest::new(role, subject)
            };
            let config = config()?;
            let key = config.access.local_key(&config.data_dir)?;
            println!("{}", mint(&key, &config.access, &request, now_s())?);
            Ok(ExitCode::SUCCESS)
        }
        Command::Migrate => migrate(&config()?).await,
        Command::Check { keys } => check(&config()?, &keys).await,
        Command::Verify {
            file,
            keys,
            witnesses,
            since,
        } => verify(&file, &keys, since.as_deref(), &witnesses),
        Command::Witness(settings) => witness::witness(&settings).await,
        Command::EmbeddedGuard { plan } => Ok(embedded::guard(&plan)),
    }
}

fn pledge(id: &str) -> Result<Uuid, String> {
    let parsed: Result<PledgeId, _> = id.parse();
    parsed
        .map(|id| id.0)
        .map_err(|error| format!("--pledge {id}: {error}."))
}

fn parse_creator(id: &str) -> Result<Uuid, String> {
    let parsed: Result<CreatorId, _> = id.parse();
    parsed
        .map(|id| id.0)
        .map_err(|error| format!("--creator {id}: {error}."))
}

fn parse_markets(codes: &[String]) -> Result<Markets, String> {
    Markets::parse(codes)
        .ok_or_else(|| "--market is a two-letter code such as JP, or '*' alone for all.".to_owned())
}

/// SIGTERM or SIGINT, whichever comes first. Once this has returned, neither ends the process.
fn told_to_stop() -> std::io::Result<impl Future<Output = ()>> {
    use tokio::signal::unix::{SignalKind, signal};
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    Ok(async move {
        tokio::select! {
            _ = terminate.recv() => {}
            _ = interrupt.recv() => {}
        }
    })
}

async fn serve(config: &Config) -> Outcome {
    if config.database_url.is_none() {
        eprintln!(
            "almoner: starting the private database in {} …",
            config.data_dir.display()
        );
    }
    let opened = Opened::open(config).await?;
    if opened
        .embedded
        .as_ref()
        .is_some_and(embedded::Embedded::joined)
    {
        eprintln!("almoner: another almoner runs the database of this folder; using it as well.");
    }
    let served = serve_on(config, &opened).await;
    opened.close().await?;
    served
}

async fn serve_on(config: &Config, opened: &Opened) -> Outcome {
    let service = Service::build(config, opened).await?;
    // Whoever reads the greeting may stop us at once.
    let told_to_stop = told_to_stop()?;
    let greeting = greeting(config, opened, service.address());
    // A service whose terminal or pipe was closed serves all the same.
    if let Err(error) = writeln!(std::io::stdout(), "{greeting}") {
        log::warn!(error:% = error; "nobody reads the greeting");
    }
    let handle = service.handle();
    tokio::spawn(async move {
        told_to_stop.await;
        handle.stop(true).await;
    });
    service.run().await?;
    Ok(ExitCode::SUCCESS)
}

/// Loads the demonstration through a service of its own on the same database, so that it works with
/// or without one running already.
async fn demo(config: &Config, options: demo::Options) -> Outcome {
    let opened = Opened::open(config).await?;
    let loaded = demo_on(config, &opened, options).await;
    opened.close().await?;
    loaded
}

async fn demo_on(config: &Config, opened: &Opened, options: demo::Options) -> Outcome {
    let listen = SocketAddr::from(([127, 0, 0, 1], 0));
    let service = Service::build(
        &Config {
            listen,
            jobs: JobSettings::OFF,
            limits: LimitSettings {
                rate: None, // nobody else is let in
                ..config.limits.clone()
            },
            log: LogSettings {
                every: None,
                stamped: None,
                ..config.log.clone()
            },
            ..config.clone()
        },
        opened,
    )
    .await?;
    let key = config.access.local_key(&config.data_dir)?;
    let token = |role: Role| {
        let request = MintRequest::new(role, format!("{role}@localhost"));
        mint(&key, &config.access, &request, now_s())
    };
    let api = demo::Api {
        base_url: format!("http://{}", service.address()),
        preparer_token: token(Role::Preparer)?,
        approver_token: token(Role::Approver)?,
        controller_token: token(Role::Controller)?,
    };
    let handle = service.handle();
    let running = tokio::spawn(service.run());
    let loaded = demo::load(&options, &api, |line| eprintln!("{line}")).await;
    handle.stop(true).await;
    running.await??;
    println!("{}", loaded?);
    Ok(ExitCode::SUCCESS)
}

async fn migrate(config: &Config) -> Outcome {
    let opened = Opened::open(config).await?;
    match opened.migrated.as_slice() {
        [] => println!("The database is up to date."),
        run => run.iter().for_each(|name| println!("ran {name}")),
    }
    opened.close().await?;
    Ok(ExitCode::SUCCESS)
}
