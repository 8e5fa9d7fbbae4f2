//! A real database of its own for each test, and the deliveries tests feed it.

use std::ops::Deref;
use std::time::Duration;

use tempfile::TempDir;

use super::{Claim, Settings, Store};
use crate::domain::{
    Delivery, Glimpse, InstallationId, PullNumber, Repo, RepoId, RepoName, Sha, Subject, Target, Wake,
};

/// Long enough that no lease ends by itself while a test runs: time passes only where a test says so.
const LEASE: Duration = Duration::from_secs(60);

#[path = "../../tests/cluster/mod.rs"]
#[allow(
    unreachable_pub,
    dead_code,
    clippy::disallowed_methods,
    reason = "it is shared with other tests, and starts a server"
)]
pub(crate) mod cluster;

pub(crate) struct TestStore {
    store: Store,
    pub(crate) dir: TempDir,
    pub(crate) url: String,
}

impl Drop for TestStore {
    fn drop(&mut self) {
        if self.url.starts_with("postgres") {
            cluster::remove(&self.url);
        }
    }
}

impl Deref for TestStore {
    type Target = Store;

    fn deref(&self) -> &Store {
        &self.store
    }
}

pub(crate) fn settings(dir: &TempDir) -> Settings {
    settings_for(format!("sqlite://{}/queue.sqlite", dir.path().display()))
}

fn settings_for(url: String) -> Settings {
    Settings { lease: LEASE, debounce: Duration::ZERO, ..Settings::new(url) }
}

/// On PostgreSQL where this process was told of one, else on SQLite.
fn anywhere(dir: &TempDir) -> Settings {
    match cluster::chosen() {
        Some(server) => settings_for(cluster::create(&server)),
        None => settings(dir),
    }
}

pub(crate) async fn open() -> TestStore {
    open_with(|_| {}).await
}

pub(crate) async fn open_with(change: impl FnOnce(&mut Settings)) -> TestStore {
    let dir = tempfile::tempdir().unwrap();
    let mut settings = anywhere(&dir);
    change(&mut settings);
    open_in(dir, settings).await
}

/// Where there can be replicas.
pub(crate) async fn open_on_postgresql() -> TestStore {
    open_in(tempfile::tempdir().unwrap(), settings_for(cluster::create(&cluster::shared()))).await
}

async fn open_in(dir: TempDir, settings: Settings) -> TestStore {
    let url = settings.url.clone();
    let store = Store::open(settings).await.unwrap();
    TestStore { store, dir, url }
}

impl TestStore {
    /// Another process on the same database, as a replica or a next life.
    pub(crate) async fn another(&self) -> Store {
        Store::open(settings_for(self.url.clone())).await.unwrap()
    }

    pub(crate) fn advance(&self, by: Duration) {
        self.store.inner.database.clock.advance(by);
    }

    /// Feeds a trigger with a delivery id of its own.
    pub(crate) async fn trigger(&self, wake: Wake) {
        let guid = uuid::Uuid::new_v4().to_string();
        self.store.accept(delivery(&guid), Some(wake)).await.unwrap();
    }

    pub(crate) async fn claimed(&self) -> Claim {
        self.store.claim().await.unwrap().expect("a target is due")
    }

    /// The keys of all that is due, in the order of their claims.
    pub(crate) async fn claim_all(&self) -> Vec<String> {
        let mut keys = Vec::new();
        while let Some(claim) = self.store.claim().await.unwrap() {
            keys.push(claim.key);
        }
        keys
    }
}

pub(crate) fn delivery(guid: &str) -> Delivery {
    Delivery {
        guid: guid.to_owned(),
        event: "pull_request".to_owned(),
        action: Some("synchronize".to_owned()),
    }
}

/// A trigger of pull request `number` in repository `repo` of `installation`.
pub(crate) fn wake(installation: i64, repo: i64, number: i64) -> Wake {
    Wake {
        target: Target {
            repo: Repo {
                installation: InstallationId(installation),
                id: RepoId(repo),
                name: RepoName::parse("octo/hello").unwrap(),
            },
            subject: Subject::Pull(PullNumber(number)),
        },
        glimpse: Glimpse {
            action: "synchronize".to_owned(),
            head: Sha::parse(&"a".repeat(40)).unwrap(),
            base_ref: "main".to_owned(),
            base: None,
            tree: None,
            draft: false,
            open: true,
            author: "octocat".to_owned(),
            updated_at: "2026-11-21T10:00:00Z".to_owned(),
        },
    }
}

/// The same, by another author.
pub(crate) fn wake_by(author: &str, number: i64) -> Wake {
    let mut wake = wake(1, 1, number);
    wake.glimpse.author = author.to_owned();
    wake
}
