//! The connections: one that writes, a few that read. SQLite has one writer at a time anyway; a pool of
//! one lets tasks queue for it fairly instead of finding it busy.

use std::future::Future;
use std::path::Path;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::{MigrateError, Migrator};
use sqlx::{Any, AnyConnection, AnyPool, ConnectOptions, Connection, Transaction};

use super::Error;
use super::clock::Clock;
use super::file::{self, Lock, Watch};

static SQLITE: Migrator = sqlx::migrate!("src/store/migrations/sqlite");

/// How long a task waits for a connection before it calls the database unavailable.
const PATIENCE: Duration = Duration::from_secs(5);
const READERS: u32 = 4;

/// A commit returns when its bytes are on disk: an answered delivery is never lost.
const WRITER: &str = "PRAGMA busy_timeout = 3000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                      PRAGMA foreign_keys = ON;";
const READER: &str = "PRAGMA busy_timeout = 3000; PRAGMA query_only = ON;";

pub(super) struct Database {
    pub(super) clock: Clock,
    write: AnyPool,
    read: AnyPool,
    lock: Lock,
}

impl Database {
    pub(super) async fn open(url: &str) -> Result<Database, Error> {
        sqlx::any::install_default_drivers();
        let path = file::locate(url)?;
        let lock = Lock::take(&path)?;
        let writer = options(&path, "rwc")?;
        create(&writer, &path).await?;
        let watch = Arc::new(Watch::new(&path));
        Ok(Database {
            clock: Clock::default(),
            write: pool(1, prepare_writer, &watch).connect_lazy_with(writer),
            read: pool(READERS, prepare_reader, &watch).connect_lazy_with(options(&path, "rw")?),
            lock,
        })
    }

    /// A transaction that writes. Its first statement must be a write: a transaction that begins with a
    /// read can find the database busy when it turns to writing.
    pub(super) async fn write(&self) -> Result<Transaction<'static, Any>, Error> {
        Ok(self.write.begin().await?)
    }

    /// For single statements that write.
    pub(super) fn writer(&self) -> &AnyPool {
        &self.write
    }

    pub(super) fn reader(&self) -> &AnyPool {
        &self.read
    }

    pub(super) async fn close(&self) {
        self.read.close().await;
        self.write.close().await;
        self.lock.release();
    }
}

fn options(path: &Path, mode: &str) -> Result<AnyConnectOptions, Error> {
    let mut url = url::Url::from_file_path(path)
        .map_err(|()| Error::Unusable(format!("{} is not a whole path", path.display())))?
        .as_str()
        .replacen("file:", "sqlite:", 1);
    url.push_str("?mode=");
    url.push_str(mode);
    let options: AnyConnectOptions = url
        .parse()
        .map_err(|error: sqlx::Error| Error::Unusable(error.to_string()))?;
    Ok(options.disable_statement_logging())
}

/// Creates the file and its tables, with errors that tell an operator what to do.
async fn create(options: &AnyConnectOptions, path: &Path) -> Result<(), Error> {
    let unusable = |error: sqlx::Error| {
        let path = path.display();
        Error::Unusable(format!(
            "{path} cannot be opened as an SQLite database ({error}); let this process write there, or name another file"
        ))
    };
    let mut connection = AnyConnection::connect_with(options).await.map_err(unusable)?;
    sqlx::raw_sql(WRITER)
        .execute(&mut connection)
        .await
        .map_err(unusable)?;
    SQLITE.run(&mut connection).await.map_err(|error| match error {
        MigrateError::VersionMissing(version) | MigrateError::VersionMismatch(version) => Error::Unusable(format!(
            "{} was written by another version of this program (step {version} of its tables is not ours); \
             run that version, or name another file",
            path.display()
        )),
        other => Error::Unusable(format!("the tables of {} cannot be brought up to date: {other}", path.display())),
    })?;
    connection.close().await.map_err(unusable)
}

/// What a new connection is told before it is used.
type Prepare = for<'c> fn(&'c mut AnyConnection) -> Prepared<'c>;
type Prepared<'c> = Pin<Box<dyn Future<Output = Result<(), sqlx::Error>> + Send + 'c>>;

fn pool(size: u32, prepare: Prepare, watch: &Arc<Watch>) -> AnyPoolOptions {
    let watch = watch.clone();
    AnyPoolOptions::new()
        .max_connections(size)
        .acquire_timeout(PATIENCE)
        .after_connect(move |connection, _| prepare(connection))
        .before_acquire(move |connection, meta| {
            let usable = !watch.is_stale(meta.age) && is_clean(connection);
            Box::pin(async move { Ok(usable) })
        })
}

/// A commit that failed can leave a transaction behind that the driver still counts.
fn is_clean(connection: &AnyConnection) -> bool {
    !connection.is_in_transaction()
}

/// Tables too: the file may have been deleted since the last connection.
fn prepare_writer(connection: &mut AnyConnection) -> Prepared<'_> {
    Box::pin(async move {
        sqlx::raw_sql(WRITER).execute(&mut *connection).await?;
        SQLITE
            .run_direct(None, connection, false)
            .await
            .map_err(|error| sqlx::Error::Migrate(Box::new(error)))
    })
}

fn prepare_reader(connection: &mut AnyConnection) -> Prepared<'_> {
    Box::pin(async move { sqlx::raw_sql(READER).execute(connection).await.map(drop) })
}
