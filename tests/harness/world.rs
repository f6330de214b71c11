//! A ledger with a database and a service of its own.

use std::io;
use std::net::SocketAddr;
use std::path::Path;

use actix_web::dev::ServerHandle;
use almoner::app::config::{Config, JobSettings, SMALLEST_CELL};
use almoner::app::database::Opened;
use almoner::app::log::LogSettings;
use almoner::app::service::Service;
use almoner::db::{Database, read};
use almoner::domain::{CreatorId, PledgeId};
use almoner::http::access::{AccessSettings, LocalKey, Markets, MintRequest, Party, Role};
use almoner::http::access::{mint, now_s};
use almoner::http::cors::Origins;
use almoner::http::limits::{LimitSettings, Rate};
use almoner::tlog::note::Signer;
use tokio::task::JoinHandle;

use super::files::Folder;
use super::{Client, Process, TestDatabase};

/// The key of a witness whom every ledger here trusts.
pub const WITNESS: &str = "-----BEGIN PRIVATE KEY-----
MC4CAQAwBQYDK2VwBCIEIEpTOlf1Pm63f2JHDKzLow7SoCJd+jyo8XSEfK3hIaC1
-----END PRIVATE KEY-----
";

/// That witness.
pub fn witness() -> Signer {
    Signer::witness("witness.example", WITNESS).unwrap()
}

/// A ledger of a test's own.
#[derive(Debug)]
pub struct World {
    pub database: TestDatabase,
    address: SocketAddr,
    handle: ServerHandle,
    running: JoinHandle<io::Result<()>>,
    http: reqwest::Client,
    key: LocalKey,
    config: Config,
    folder: Folder,
}

impl World {
    pub async fn new() -> Self {
        let database = TestDatabase::create().await;
        let url = database.url().to_owned();
        Self::through(database, url, None).await
    }

    /// A service that reaches the database by URLs of its own: through something that fails.
    pub async fn through(database: TestDatabase, url: String, read_url: Option<String>) -> Self {
        let folder = Folder::new();
        let config = Config {
            database_url: Some(url),
            read_database_url: read_url,
            listen: SocketAddr::from(([127, 0, 0, 1], 0)),
            data_dir: folder.path().to_path_buf(),
            access: AccessSettings::default(),
            origins: Origins::parse("").unwrap(),
            // All stories come from one address, and so does the corpus of bad tokens, all at once.
            limits: LimitSettings {
                failed_attempts: 100_000,
                rate: Some(Rate {
                    per_second: 100_000,
                    burst: 200_000,
                }),
                ..LimitSettings::default()
            },
            jobs: JobSettings::OFF,
            log: LogSettings {
                witnesses: vec![witness().verifier().clone()],
                ..LogSettings::quiet()
            },
            small_cell: SMALLEST_CELL,
        };
        let opened = Opened::open(&config).await.unwrap();
        let service = Service::build(&config, &opened).await.unwrap();
        World {
            database,
            address: service.address(),
            handle: service.handle(),
            running: tokio::spawn(service.run()),
            http: reqwest::Client::new(),
            key: config.access.local_key(&config.data_dir).unwrap(),
            config,
            folder,
        }
    }

    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Where the service keeps its key.
    pub fn data_dir(&self) -> &Path {
        self.folder.path()
    }

    /// The same, which also does what the service does by itself, with so many seconds between.
    pub async fn second_process_with_jobs(&self, every_s: u32) -> Process {
        Process::start_with_jobs(self.database.url(), self.data_dir(), every_s).await
    }

    /// Another service, in a process of its own, on the same database and with the same keys.
    pub async fn second_process(&self) -> Process {
        Process::start(self.database.url(), self.data_dir()).await
    }

    fn client(&self, request: &MintRequest) -> Client {
        let token = mint(&self.key, &self.config.access, request, now_s()).unwrap();
        Client::new(self.http.clone(), self.address, Some(token))
    }

    /// Somebody with one role; it is told by the subject who did it.
    pub fn user(&self, role: Role, subject: &str) -> Client {
        self.client(&MintRequest::new(role, subject))
    }

    /// One person with all roles that move money.
    pub fn factotum(&self, subject: &str) -> Client {
        let mut request = MintRequest::new(Role::Preparer, subject);
        request.roles.extend([Role::Approver, Role::Controller]);
        self.client(&request)
    }

    pub fn preparer(&self) -> Client {
        self.user(Role::Preparer, "petra")
    }

    pub fn approver(&self) -> Client {
        self.user(Role::Approver, "aiko")
    }

    /// Who hands payouts to the bank: neither who proposes nor who approves them.
    pub fn payer(&self) -> Client {
        self.user(Role::Preparer, "paola")
    }

    pub fn controller(&self) -> Client {
        self.user(Role::Controller, "carlos")
    }

    pub fn auditor(&self) -> Client {
        self.user(Role::Auditor, "audrey")
    }

    pub fn admin(&self) -> Client {
        self.user(Role::Admin, "adele")
    }

    /// A partner who may see these pledges in these markets; `*` alone stands for all. Whoever
    /// doesn't say which party it is of is a donor.
    pub fn partner_of(&self, party: Option<Party>, pledges: &[&str], markets: &[&str]) -> Client {
        let id = |id: &&str| id.parse::<PledgeId>().unwrap().0;
        let mut request = MintRequest::new(Role::Partner, "paul");
        request.party = party;
        request.pledges = pledges.iter().map(id).collect();
        request.markets = Markets::parse(markets).unwrap();
        self.client(&request)
    }

    /// A grantee, who of partners sees the most.
    pub fn partner(&self, pledges: &[&str], markets: &[&str]) -> Client {
        self.partner_of(Some(Party::Grantee), pledges, markets)
    }

    /// Who gave these pledges, and may see them in these markets.
    pub fn donor(&self, pledges: &[&str], markets: &[&str]) -> Client {
        self.partner_of(Some(Party::Donor), pledges, markets)
    }

    /// The creator with that id.
    pub fn creator_client(&self, creator: &str) -> Client {
        let mut request = MintRequest::new(Role::Creator, "chiyo");
        request.creator = Some(creator.parse::<CreatorId>().unwrap().0);
        self.client(&request)
    }

    /// Somebody without a token.
    pub fn nobody(&self) -> Client {
        Client::new(self.http.clone(), self.address, None)
    }

    /// Every standing proof holds, over everything there is.
    pub async fn prove_books(&self) {
        let database = Database::at(self.database.url());
        let mut connection = database.connect_for_reading().await.unwrap();
        let proofs = read::proofs(&mut connection, None).await.unwrap();
        assert!(!proofs.is_empty());
        for proof in proofs {
            let name = proof.name;
            assert!(
                proof.holds,
                "{name}: {} {:?}",
                proof.sentence, proof.offending
            );
        }
    }

    /// Proves the books, sees that nothing is left open, and clears up.
    pub async fn finish(self) {
        self.database.no_transaction_is_left_open().await;
        self.prove_books().await;
        self.abandon().await;
    }

    /// Clears up a ledger whose books were tampered with.
    pub async fn abandon(self) {
        // Not gracefully: that waits for clients to hang up, and these keep their connections.
        self.handle.stop(false).await;
        self.running.await.unwrap().unwrap();
        self.database.drop().await;
    }
}
