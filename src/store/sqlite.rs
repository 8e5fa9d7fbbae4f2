//! SQLite: one file, one process, one connection that writes. SQLite has one writer at a time anyway; a
//! pool of one lets tasks queue for it fairly instead of finding it busy.

use std::path::Path;
use std::sync::Arc;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection};

use super::Error;
use super::database::{PATIENCE, Prepare, Prepared, is_clean, untold};
use super::file::{self, Lock, Watch};

static TABLES: Migrator = sqlx::migrate!("src/store/migrations/sqlite");

const READERS: u32 = 4;

/// A commit returns when its bytes are on disk: an answered delivery is never lost.
const WRITER: &str = "PRAGMA busy_timeout = 3000; PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; \
                      PRAGMA foreign_keys = ON;";
const READER: &str = "PRAGMA busy_timeout = 3000; PRAGMA query_only = ON;";
const BESIDE: &str = "PRAGMA busy_timeout = 5000; PRAGMA foreign_keys = ON;";

/// A pool that writes, one that reads, and the right to use them alone.
pub(super) async fn open(url: &str) -> Result<(AnyPool, AnyPool, Lock), Error> {
    let path = file::locate(url)?;
    let lock = Lock::take(&path)?;
    let writer = options(&path, "rwc")?;
    create(&writer, &path).await?;
    let watch = Arc::new(Watch::new(&path));
    let write = pool(1, prepare_writer, &watch).connect_lazy_with(writer);
    let read = pool(READERS, prepare_reader, &watch).connect_lazy_with(options(&path, "rw")?);
    Ok((write, read, lock))
}

/// For a second process: it writes a row now and then, and waits while the first is writing.
pub(super) fn open_beside(url: &str) -> Result<AnyPool, Error> {
    let path = file::locate(url)?;
    let pool = pool(1, prepare_beside, &Arc::new(Watch::new(&path)));
    Ok(pool.connect_lazy_with(options(&path, "rw")?))
}

fn options(path: &Path, mode: &str) -> Result<AnyConnectOptions, Error> {
    let mut url = url::Url::from_file_path(path)
        .map_err(|()| Error::Unusable(format!("{} is not a whole path", path.display())))?
        .as_str()
        .replacen("file:", "sqlite:", 1);
    url.push_str("?mode=");
    url.push_str(mode);
    let options: AnyConnectOptions =
        url.parse().map_err(|error: sqlx::Error| Error::Unusable(error.to_string()))?;
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
    sqlx::raw_sql(WRITER).execute(&mut connection).await.map_err(unusable)?;
    TABLES
        .run(&mut connection)
        .await
        .map_err(|error| untold(error, &path.display().to_string(), "name another file"))?;
    connection.close().await.map_err(unusable)
}

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

/// Tables too: the file may have been deleted since the last connection.
fn prepare_writer(connection: &mut AnyConnection) -> Prepared<'_> {
    Box::pin(async move {
        sqlx::raw_sql(WRITER).execute(&mut *connection).await?;
        TABLES
            .run_direct(None, connection, false)
            .await
            .map_err(|error| sqlx::Error::Migrate(Box::new(error)))
    })
}

fn prepare_reader(connection: &mut AnyConnection) -> Prepared<'_> {
    Box::pin(async move { sqlx::raw_sql(READER).execute(connection).await.map(drop) })
}

fn prepare_beside(connection: &mut AnyConnection) -> Prepared<'_> {
    Box::pin(async move { sqlx::raw_sql(BESIDE).execute(connection).await.map(drop) })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests own their files")]
mod tests {
    use std::fs;

    use super::super::testing::{delivery, open, settings, wake};
    use super::super::{Accepted, Store};
    use super::*;

    #[tokio::test]
    async fn a_second_process_on_the_same_file_is_refused() {
        let store = open().await;
        let refused = Store::open(settings(&store.dir)).await.err().unwrap();
        assert!(matches!(refused, Error::InUse { .. }), "{refused:?}");
        store.close().await;
        assert!(Store::open(settings(&store.dir)).await.is_ok());
    }

    #[tokio::test]
    async fn what_a_dead_process_held_is_claimed_at_once() {
        let dir = tempfile::tempdir().unwrap();
        let first = Store::open(settings(&dir)).await.unwrap();
        first.accept(delivery("a"), Some(wake(1, 1, 7))).await.unwrap();
        let held = first.claim().await.unwrap().unwrap();
        first.close().await;
        let second = Store::open(settings(&dir)).await.unwrap();
        let claim = second.claim().await.unwrap().unwrap();
        assert_eq!((claim.key, claim.attempts), (held.key, 2));
        assert_eq!(second.accept(delivery("a"), None).await.unwrap(), Accepted::Known);
    }

    #[tokio::test]
    async fn a_file_that_is_no_database_is_told_with_its_remedy() {
        let dir = tempfile::tempdir().unwrap();
        fs::write(
            dir.path().join("queue.sqlite"),
            "not a database, but long enough to be read as one".repeat(9),
        )
        .unwrap();
        let error = Store::open(settings(&dir)).await.err().unwrap().to_string();
        assert!(error.contains("queue.sqlite") && error.contains("another file"), "{error}");
    }

    #[tokio::test]
    async fn a_lost_database_is_told_and_its_return_is_noticed() {
        let store = open().await;
        store.accept(delivery("a"), None).await.unwrap();
        let file = store.dir.path().join("queue.sqlite");
        for end in ["", "-wal", "-shm"] {
            let _ = fs::remove_file(store.dir.path().join(format!("queue.sqlite{end}")));
        }
        fs::create_dir(&file).unwrap();
        let lost = store.accept(delivery("b"), Some(wake(1, 1, 7))).await;
        assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
        assert!(store.ping().await.is_err());
        assert!(store.claim().await.is_err());
        fs::remove_dir(&file).unwrap();
        assert_eq!(store.accept(delivery("b"), Some(wake(1, 1, 7))).await.unwrap(), Accepted::New);
        assert_eq!(store.claimed().await.delivery, "b");
        assert!(file.is_file());
    }

    #[tokio::test]
    async fn a_deleted_database_is_begun_anew() {
        let store = open().await;
        store.accept(delivery("a"), None).await.unwrap();
        assert_eq!(store.depth().await.unwrap().waiting, 0);
        fs::remove_file(store.dir.path().join("queue.sqlite")).unwrap();
        assert_eq!(store.accept(delivery("a"), Some(wake(1, 1, 7))).await.unwrap(), Accepted::New);
        assert_eq!(store.depth().await.unwrap().waiting, 1);
        assert!(store.dir.path().join("queue.sqlite").is_file());
    }
}
