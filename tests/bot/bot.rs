//! The real bot, in this process: the router, the worker and the store of production, with durations of
//! milliseconds and a database of its own.

use std::sync::{Arc, LazyLock};
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::http::Request;
use scrutineer::engine::{Engine, Limits, RuleSet};
use scrutineer::github::signature::Secrets;
use scrutineer::github::{self, GitHub};
use scrutineer::server::{self, Server};
use scrutineer::store::{self, Store};
use scrutineer::{review, worker};
use secrecy::SecretString;
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinHandle;
use tower::ServiceExt;

use crate::database::Database;
use crate::fake::state::APP_ID;

pub const SECRET: &str = "It's a Secret to Everybody";
pub const PRIVATE_KEY: &str = include_str!("../data/test-key.pem");

/// The rules are compiled once per process; every bot of it shares them.
static ENGINE: LazyLock<Arc<Engine>> = LazyLock::new(|| {
    let rules = RuleSet::embedded().expect("the rules of the house");
    Arc::new(Engine::new(rules, Limits::default()))
});

const MS: Duration = Duration::from_millis(1);

/// Every duration of the bot, so short that a story is told in milliseconds.
#[derive(Clone, Debug)]
pub struct Patience {
    pub request_timeout: Duration,
    pub settle: Duration,
    pub debounce: Duration,
    pub check_start: Duration,
    pub attempts: i64,
    /// How often failed deliveries are asked for and open runs are swept.
    pub patrol: Option<Duration>,
    /// Between two commands of one person.
    pub cooldown: Duration,
    /// How long a claim lasts unless it is renewed.
    pub lease: Duration,
    /// In a process of its own.
    pub apart: bool,
    /// GitHub is an Enterprise Server.
    pub enterprise: bool,
    /// What a process of its own logs.
    pub log: &'static str,
}

impl Patience {
    pub fn short() -> Patience {
        Patience {
            request_timeout: Duration::from_secs(10),
            settle: 30 * MS,
            debounce: MS,
            check_start: Duration::from_secs(5),
            attempts: 5,
            patrol: None,
            cooldown: Duration::ZERO,
            lease: Duration::from_secs(60),
            apart: false,
            enterprise: false,
            log: "info",
        }
    }
}

pub struct Bot {
    address: String,
    github: String,
    patience: Patience,
    database: Database,
    running: Option<Running>,
}

struct Running {
    store: Store,
    metrics: Router,
    stop: watch::Sender<bool>,
    tasks: Vec<JoinHandle<()>>,
}

impl Bot {
    pub async fn start(github: &str, patience: Patience) -> Bot {
        let (address, github, database) = (String::new(), github.to_owned(), Database::create());
        let mut bot = Bot { address, github, patience, database, running: None };
        bot.run().await;
        bot
    }

    /// Starts on the database that is there.
    pub async fn run(&mut self) {
        let context = self.context().await;
        let store = context.store.clone();
        let stop = watch::Sender::new(false);
        let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        self.address = format!("http://{}", listener.local_addr().expect("an address"));
        let secrets = Secrets(vec![SecretString::from(SECRET)]);
        let settings = server::Settings { app_id: Some(APP_ID.to_string()), ..server::Settings::default() };
        let sources = server::Sources { github: context.github.clone(), tally: context.tally.clone() };
        let server = Server::observing(store.clone(), secrets, settings, Some(sources));
        let (router, metrics) = (server::app(server.clone()), server::metrics(server));
        let server = tokio::spawn(async move {
            axum::serve(listener, router).await.expect("it serves until it is stopped");
        });
        let mut tasks = Vec::new();
        if let Some(every) = self.patrol() {
            tasks.push(tokio::spawn(worker::patrol(context.clone(), every, stop.subscribe())));
        }
        let worker = tokio::spawn(worker::run(context, self.worker(), stop.subscribe()));
        tasks.extend([server, worker]);
        self.running = Some(Running { store, metrics, stop, tasks });
    }

    async fn context(&self) -> review::Context {
        let below = if self.patience.enterprise { "/api/v3" } else { "" };
        let url = format!("{}{below}", self.github).parse().expect("an address");
        let mut github = github::Settings::new(url, APP_ID.to_string(), SecretString::from(PRIVATE_KEY));
        if !self.patience.enterprise {
            github.graphql_url = format!("{}/graphql", self.github).parse().expect("an address");
        }
        github.request_timeout = self.patience.request_timeout;
        github.write_pause = MS;
        let mut store = store::Settings::new(self.database.url());
        store.lease = self.patience.lease;
        store.debounce = self.patience.debounce;
        review::Context {
            github: GitHub::connect(github).expect("settings that work"),
            store: Store::open(store).await.expect("a new database"),
            engine: ENGINE.clone(),
            settings: review::Settings {
                settle: self.patience.settle,
                stale_retry: 5 * MS,
                check_start: self.patience.check_start,
                retry: 5 * MS,
                cooldown: self.patience.cooldown,
                ..review::Settings::default()
            },
            cores: Arc::new(Semaphore::new(2)),
            tally: Arc::default(),
        }
    }

    fn patrol(&self) -> Option<worker::Patrol> {
        let every = self.patience.patrol?;
        Some(worker::Patrol { every, first: every, late: Duration::ZERO })
    }

    fn worker(&self) -> worker::Settings {
        worker::Settings {
            poll: 10 * MS,
            retry: 5 * MS,
            attempts: self.patience.attempts,
            ..worker::Settings::new(self.patience.lease)
        }
    }

    /// Ends it in the midst of whatever it does, as a crash would. Its database stays.
    pub async fn crash(&mut self) {
        let Some(running) = self.running.take() else { return };
        running.tasks.iter().for_each(JoinHandle::abort);
        for task in running.tasks {
            let _ = task.await;
        }
        running.store.close().await;
        self.database.is_left().await;
    }

    /// The database is gone; the next start makes a new one.
    pub async fn lose_database(&mut self) {
        self.crash().await;
        self.database = Database::create();
    }

    pub fn store(&self) -> &Store {
        &self.running.as_ref().expect("a running bot").store
    }

    #[allow(dead_code, reason = "the demo does not look into it")]
    pub fn database(&self) -> &Database {
        &self.database
    }

    /// What an operator's collector is told.
    #[allow(dead_code, reason = "the demo counts nothing")]
    pub async fn scrape(&self) -> String {
        let metrics = self.running.as_ref().expect("a running bot").metrics.clone();
        let request = Request::get("/metrics").body(Body::empty()).expect("a request");
        let answer = metrics.oneshot(request).await.expect("a router never fails");
        let text = to_bytes(answer.into_body(), usize::MAX).await.expect("a body in memory");
        String::from_utf8(text.to_vec()).expect("a text")
    }

    pub async fn is_idle(&self) -> bool {
        let depth = self.store().depth().await.expect("a database");
        depth.waiting + depth.running == 0
    }

    #[allow(dead_code, reason = "the demo shows it")]
    pub fn url(&self) -> &str {
        &self.address
    }

    pub fn webhook(&self) -> String {
        format!("{}/api/github/webhooks", self.address)
    }
}

impl Drop for Bot {
    fn drop(&mut self) {
        if let Some(running) = &self.running {
            running.stop.send_replace(true);
            running.tasks.iter().for_each(JoinHandle::abort);
        }
    }
}
