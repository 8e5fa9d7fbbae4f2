//! Starts the rooms, waits for the signal to stop, and ends them in order: first what comes in, then
//! what runs, then the database.

use std::sync::Arc;
use std::thread;

use anyhow::Context;
use tokio::net::TcpListener;
use tokio::signal::unix::{SignalKind, signal};
use tokio::sync::{Semaphore, watch};
use tokio::task::JoinSet;

use crate::cli::settings::{Hidden, Problem, Problems, Settings};
use crate::engine::{Engine, RuleSet};
use crate::github::{ConfigError, GitHub};
use crate::server::{self, Limits, Server};
use crate::store::{self, Store};
use crate::{review, worker};

pub(super) async fn run(settings: Settings) -> anyhow::Result<()> {
    let stop = stop_signal()?;
    for warning in &settings.warnings {
        tracing::warn!("{warning}");
    }
    let github = GitHub::connect(settings.github.clone()).map_err(problem_of_github)?;
    let Hidden(store_settings) = &settings.store;
    let store = Store::open(store_settings.clone()).await.map_err(problem_of_store)?;
    let context = context(&settings, github, store.clone())?;
    let Hidden(secrets) = &settings.secrets;
    let sources = server::Sources { github: context.github.clone(), tally: context.tally.clone() };
    let server = Server::observing(store.clone(), secrets.clone(), settings.server.clone(), Some(sources));

    let listener = bind(&settings.listen, "PORT").await?;
    let scraped = match &settings.metrics {
        Some(address) => Some(bind(address, "METRICS_ADDR").await?),
        None => None,
    };
    announce(&listener, &settings);

    let mut tasks = JoinSet::new();
    tasks.spawn(server::serve(listener, server::app(server.clone()), Limits::default(), stop.clone()));
    if let Some(listener) = scraped {
        tasks.spawn(server::serve(listener, server::metrics(server), Limits::default(), stop.clone()));
    }
    tasks.spawn(worker::patrol(context.clone(), settings.patrol, stop.clone()));
    tasks.spawn(worker::run(context, settings.worker, stop));
    while let Some(ended) = tasks.join_next().await {
        ended.context("a part of the App ended with a bug")?;
    }
    store.close().await;
    tracing::info!("stopped");
    Ok(())
}

fn context(settings: &Settings, github: GitHub, store: Store) -> anyhow::Result<review::Context> {
    let rules = RuleSet::embedded().context("the rules in this program do not load; this is a bug")?;
    let cores = thread::available_parallelism().map_or(2, usize::from);
    Ok(review::Context {
        github,
        store,
        engine: Arc::new(Engine::new(rules, settings.review.ceilings.file)),
        settings: settings.review.clone(),
        cores: Arc::new(Semaphore::new(cores)),
        tally: Arc::default(),
    })
}

fn announce(listener: &TcpListener, settings: &Settings) {
    let path = &settings.server.webhook_path;
    let address =
        listener.local_addr().map_or_else(|_| settings.listen.clone(), |address| address.to_string());
    let webhook = match &settings.public_url {
        Some(url) => format!("{}{path}", url.as_str().trim_end_matches('/')),
        None => format!("http://{address}{path}"),
    };
    tracing::info!(version = env!("CARGO_PKG_VERSION"), address, webhook, "listening");
}

async fn bind(address: &str, setting: &'static str) -> anyhow::Result<TcpListener> {
    TcpListener::bind(address).await.map_err(|error| {
        let what = format!("leads to {address}, where this process cannot listen ({error})");
        problem(setting, what, "stop what listens there, or choose another address or port").into()
    })
}

fn problem_of_github(error: ConfigError) -> anyhow::Error {
    match error {
        ConfigError::PrivateKey(what) => {
            let remedy = "give the .pem file that GitHub made for the App";
            problem("PRIVATE_KEY", format!("is no RSA key that can sign ({what})"), remedy).into()
        }
        other => other.into(),
    }
}

fn problem_of_store(error: store::Error) -> anyhow::Error {
    match error {
        store::Error::Unusable(what) => anyhow::anyhow!("DATABASE_URL cannot be used: {what}"),
        other => other.into(),
    }
}

fn problem(setting: &'static str, what: String, remedy: &str) -> Problems {
    Problems(vec![Problem { setting, what, remedy: remedy.to_owned() }])
}

/// Becomes true with the first SIGTERM or SIGINT.
fn stop_signal() -> anyhow::Result<watch::Receiver<bool>> {
    let mut terminate = signal(SignalKind::terminate()).context("listen for SIGTERM")?;
    let mut interrupt = signal(SignalKind::interrupt()).context("listen for SIGINT")?;
    let (sender, stop) = watch::channel(false);
    tokio::spawn(async move {
        tokio::select! {
            _ = terminate.recv() => tracing::info!("SIGTERM: stopping"),
            _ = interrupt.recv() => tracing::info!("SIGINT: stopping"),
        }
        sender.send_replace(true);
        // Until the process ends: a receiver whose sender is gone takes that for a signal, too.
        sender.closed().await;
    });
    Ok(stop)
}
