//! The database of a story: an SQLite file, or a database of the PostgreSQL this process was told of.

use std::sync::Arc;
use std::time::Duration;

use sqlx::{AnyConnection, Connection};
use tempfile::TempDir;

use crate::cluster;

/// It goes when the last bot that knows it has gone.
#[derive(Clone)]
pub struct Database {
    inner: Arc<Inner>,
}

struct Inner {
    url: String,
    dir: TempDir,
}

impl Database {
    pub fn create() -> Database {
        match cluster::chosen() {
            Some(server) => Database::on(&server),
            None => Database::at(|dir| format!("sqlite://{}", dir.path().join("queue.sqlite").display())),
        }
    }

    /// Where there can be replicas.
    pub fn on(server: &str) -> Database {
        Database::at(|_| cluster::create(server))
    }

    fn at(url: impl FnOnce(&TempDir) -> String) -> Database {
        let dir = tempfile::tempdir().expect("a temporary directory");
        Database { inner: Arc::new(Inner { url: url(&dir), dir }) }
    }

    pub fn url(&self) -> &str {
        &self.inner.url
    }

    /// A directory that lasts as long.
    pub fn dir(&self) -> &TempDir {
        &self.inner.dir
    }

    /// The only bot that used it is dead. Where others may share it, they leave a dead one's claims alone
    /// until its leases end; here that time passes at once.
    pub async fn is_left(&self) {
        if !self.is_shared() {
            return;
        }
        let mut book = self.connect().await;
        // What was under way when it died still comes to its end.
        while self.guests(&mut book).await > 0 {
            tokio::time::sleep(Duration::from_millis(2)).await;
        }
        let ended = sqlx::query("UPDATE targets SET lease_until = 0 WHERE state = 'running'");
        ended.execute(&mut book).await.expect("the queue");
        book.close().await.expect("it was open");
    }

    async fn guests(&self, book: &mut AnyConnection) -> i64 {
        let others = "SELECT COUNT(*) FROM pg_stat_activity \
                      WHERE application_name = current_setting('application_name') AND pid <> pg_backend_pid()";
        sqlx::query_scalar(others).fetch_one(book).await.expect("the server's book")
    }

    async fn connect(&self) -> AnyConnection {
        sqlx::any::install_default_drivers();
        let read_only = if self.is_shared() { "" } else { "?mode=ro" };
        AnyConnection::connect(&format!("{}{read_only}", self.inner.url)).await.expect("a database")
    }

    /// Whether several bots can use it at once.
    fn is_shared(&self) -> bool {
        self.inner.url.starts_with("postgres")
    }

    /// Whether no target waits or is worked on, by the queue's own book.
    pub async fn is_idle(&self) -> bool {
        let mut book = self.connect().await;
        let busy = "SELECT COUNT(*) FROM targets WHERE state IN ('waiting', 'running')";
        let count: i64 = sqlx::query_scalar(busy).fetch_one(&mut book).await.expect("the queue");
        book.close().await.expect("it was open");
        count == 0
    }
}

impl Drop for Inner {
    fn drop(&mut self) {
        if self.url.starts_with("postgres") {
            cluster::remove(&self.url);
        }
    }
}
