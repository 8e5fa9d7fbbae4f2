//! PostgreSQL: one database, any number of replicas. Each works on what it claimed; a dead one's claims
//! go to the others when their leases end, by the database's clock.

use std::time::Duration;

use sqlx::any::{AnyConnectOptions, AnyPoolOptions};
use sqlx::migrate::Migrator;
use sqlx::{AnyConnection, AnyPool, ConnectOptions, Connection};

use super::Error;
use super::clock::{Clock, monotonic};
use super::database::{PATIENCE, Prepared, is_clean, untold};

static TABLES: Migrator = sqlx::migrate!("src/store/migrations/postgres");

/// One takes deliveries in, the others serve the jobs, whose statements are short.
const CONNECTIONS: u32 = 8;

/// How long the first connection may take. Nobody waits for an answer yet, and a server that is just
/// starting, or overloaded, is worth waiting for.
const START: Duration = Duration::from_secs(30);

/// A commit is on disk before it returns, whatever the server's defaults; nothing waits longer than a
/// delivery may take, and a replica that vanished amid a transaction does not hold its locks.
const PREPARE: &str = "SET lock_timeout = '5s'; SET statement_timeout = '10s'; \
                       SET idle_in_transaction_session_timeout = '15s'; \
                       SET default_transaction_isolation = 'read committed'; \
                       SET client_min_messages = 'warning'; \
                       SELECT set_config('synchronous_commit', 'on', false) \
                       WHERE current_setting('synchronous_commit') = 'off'";

/// Whether an address names PostgreSQL.
pub(super) fn is_meant(url: &str) -> bool {
    url.starts_with("postgres://") || url.starts_with("postgresql://")
}

/// Brings the tables up to date. Of replicas that start at once, one does it and the others wait.
pub(super) async fn open(url: &str, clock: &Clock) -> Result<AnyPool, Error> {
    let options = options(url)?;
    create(&options).await?;
    Ok(pool(clock.clone()).connect_lazy_with(options))
}

/// For a process that is no replica: one connection, and the tables are left as they are.
pub(super) fn open_beside(url: &str, clock: &Clock) -> Result<AnyPool, Error> {
    Ok(pool(clock.clone()).max_connections(1).connect_lazy_with(options(url)?))
}

fn options(url: &str) -> Result<AnyConnectOptions, Error> {
    let options: AnyConnectOptions = url.parse().map_err(|error: sqlx::Error| {
        Error::Unusable(format!("it is no address ({error}); write postgres://USER:PASSWORD@HOST/DATABASE"))
    })?;
    Ok(options.disable_statement_logging())
}

async fn create(options: &AnyConnectOptions) -> Result<(), Error> {
    let unusable = |error: sqlx::Error| {
        Error::Unusable(format!(
            "PostgreSQL cannot be used there ({error}); check host, user, password and database name, and that it runs"
        ))
    };
    let connecting = AnyConnection::connect_with(options);
    let mut connection = tokio::time::timeout(START, connecting)
        .await
        .unwrap_or(Err(sqlx::Error::PoolTimedOut))
        .map_err(unusable)?;
    TABLES
        .run(&mut connection)
        .await
        .map_err(|error| untold(error, "the database", "name another database"))?;
    connection.close().await.map_err(unusable)
}

/// A connection is asked for a sign of life before it is used: the database may have been away.
fn pool(clock: Clock) -> AnyPoolOptions {
    AnyPoolOptions::new()
        .max_connections(CONNECTIONS)
        .acquire_timeout(PATIENCE)
        .test_before_acquire(true)
        .after_connect(move |connection, _| prepare(connection, clock.clone()))
        .before_acquire(|connection, _| {
            let usable = is_clean(connection);
            Box::pin(async move { Ok(usable) })
        })
}

/// The clock is compared with each new connection; none lives longer than half an hour.
fn prepare(connection: &mut AnyConnection, clock: Clock) -> Prepared<'_> {
    Box::pin(async move {
        sqlx::raw_sql(PREPARE).execute(&mut *connection).await?;
        let asked = monotonic();
        let now: i64 = sqlx::query_scalar(NOW).fetch_one(connection).await?;
        clock.follow(asked, now);
        Ok(())
    })
}

/// Milliseconds since 1970, by the database's clock.
const NOW: &str = "SELECT CAST(FLOOR(EXTRACT(EPOCH FROM clock_timestamp()) * 1000) AS BIGINT)";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_names_its_database() {
        assert!(is_meant("postgres://me@db/x") && is_meant("postgresql://db/x"));
        assert!(!is_meant("sqlite://postgres") && !is_meant("postgres"));
    }
}
