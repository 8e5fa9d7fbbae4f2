//! What becomes of an installation's targets when the App is removed, put to sleep, or allowed more.

use sqlx::{Any, AssertSqlSafe, Transaction};

use super::database::Database;
use super::{Error, requests};
use crate::domain::{Asked, InstallationId, RepoId};

/// What touches many rows is done one after the other, by all replicas: it waits for this row first.
pub(super) async fn in_turn(tx: &mut Transaction<'_, Any>) -> Result<(), Error> {
    sqlx::query(
        "INSERT INTO slots (repo, head, holder, until) VALUES (0, 'installations', '', 0) \
         ON CONFLICT (repo, head) DO UPDATE SET until = 0",
    )
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// Targets, and with them writes and requests. Work under way ends at its next look at the lease.
pub(super) async fn forget(
    database: &Database,
    tx: &mut Transaction<'_, Any>,
    id: InstallationId,
) -> Result<(), Error> {
    for sql in forgetting(database, "installation = $1") {
        sqlx::query(sql).bind(id.0).execute(&mut **tx).await?;
    }
    // A trigger that came amid this keeps it.
    sqlx::query(
        "DELETE FROM installations WHERE id = $1 \
         AND NOT EXISTS (SELECT 1 FROM targets WHERE installation = $1)",
    )
    .bind(id.0)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

/// The same for some of its repositories.
pub(super) async fn forget_repos(
    database: &Database,
    tx: &mut Transaction<'_, Any>,
    installation: InstallationId,
    repos: &[RepoId],
) -> Result<(), Error> {
    let mut repos = repos.to_vec();
    // As the keys of their targets are.
    repos.sort_by_cached_key(|repo| repo.0.to_string());
    for repo in repos {
        for sql in forgetting(database, "installation = $1 AND repo = $2") {
            sqlx::query(sql).bind(installation.0).bind(repo.0).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

fn forgetting(database: &Database, whose: &'static str) -> [AssertSqlSafe<String>; 3] {
    let targets = format!("SELECT key FROM targets WHERE {whose}");
    // All parts are constants.
    [
        format!("UPDATE deliveries SET target_key = NULL WHERE target_key IN ({targets})"),
        format!("DELETE FROM targets WHERE key IN ({targets} {})", database.in_order()),
        format!("DELETE FROM verdicts WHERE {whose}"),
    ]
    .map(AssertSqlSafe)
}

/// Everything that waits or runs is given up until the installation returns.
pub(super) async fn suspend(
    database: &Database,
    tx: &mut Transaction<'_, Any>,
    installation: InstallationId,
    now: i64,
) -> Result<(), Error> {
    // Both parts are constants.
    let sql = AssertSqlSafe(format!("{SUSPEND} {})", database.in_order()));
    sqlx::query(sql).bind(installation.0).bind(now).execute(&mut **tx).await?;
    Ok(())
}

const SUSPEND: &str = "
UPDATE targets SET state = 'dead', lease_owner = '', lease_until = 0, touched_at = $2,
    error = 'the installation was suspended'
WHERE key IN (SELECT key FROM targets WHERE installation = $1 AND state IN ('waiting', 'running')";

/// Asks once more for everything that was given up or not said in full.
pub(super) async fn retry(
    database: &Database,
    tx: &mut Transaction<'_, Any>,
    installation: InstallationId,
    id: &str,
    now: i64,
) -> Result<(), Error> {
    // All parts are constants.
    let sql = AssertSqlSafe(format!("{RETRY} {}) RETURNING key", database.in_order()));
    let keys: Vec<String> =
        sqlx::query_scalar(sql).bind(installation.0).bind(now).fetch_all(&mut **tx).await?;
    for key in keys {
        requests::add(tx, id, (installation, &key), &Asked::Rerun { head: None }, now).await?;
    }
    Ok(())
}

const RETRY: &str = "
UPDATE targets SET state = CASE WHEN state = 'running' THEN 'running' ELSE 'waiting' END,
    generation = generation + 1, attempts = 0, crashes = 0, degraded = 0, run_at = $2, touched_at = $2
WHERE key IN (SELECT key FROM targets WHERE installation = $1 AND (state = 'dead' OR degraded = 1)";

#[cfg(test)]
mod tests {
    use super::super::testing::{TestStore, delivery, open, wake};
    use super::super::{Intent, WriteKind};
    use super::*;
    use crate::domain::{Order, Sha};

    async fn obey(store: &TestStore, order: Order) {
        store.obey(delivery(&uuid::Uuid::new_v4().to_string()), &order).await.unwrap();
    }

    fn intent() -> Intent {
        Intent { kind: WriteKind::Check, head: Sha::zero(), detail: "{}".to_owned() }
    }

    #[tokio::test]
    async fn a_removed_installation_leaves_nothing_behind() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        store.trigger(wake(2, 2, 8)).await;
        let claim = store.claimed().await;
        store.intend(&claim, &intent()).await.unwrap();
        obey(&store, Order::ForgetInstallation(InstallationId(1))).await;
        assert!(!store.renew(&claim).await.unwrap());
        assert!(store.intend(&claim, &intent()).await.is_err());
        assert!(store.writes(&claim.target).await.unwrap().is_empty());
        assert_eq!(store.claim_all().await, ["2/pull/8"]);
        store.trigger(wake(1, 1, 7)).await;
        assert!(store.claimed().await.fresh);
    }

    #[tokio::test]
    async fn a_removed_repository_leaves_the_others() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        store.trigger(wake(1, 2, 8)).await;
        let order = Order::ForgetRepos { installation: InstallationId(1), repos: vec![RepoId(1)] };
        obey(&store, order).await;
        assert_eq!(store.claim_all().await, ["2/pull/8"]);
    }

    #[tokio::test]
    async fn a_suspended_installation_sleeps_until_it_returns() {
        let store = open().await;
        store.trigger(wake(1, 1, 7)).await;
        store.trigger(wake(1, 1, 8)).await;
        let claim = store.claimed().await;
        obey(&store, Order::Suspend(InstallationId(1))).await;
        assert!(!store.renew(&claim).await.unwrap());
        assert_eq!(store.claim_all().await, [""; 0]);
        obey(&store, Order::Retry(InstallationId(1))).await;
        assert_eq!(store.claim_all().await.len(), 2);
    }

    #[tokio::test]
    async fn new_permissions_ask_again_for_what_was_not_said_in_full() {
        let store = open().await;
        for number in [1, 2, 3] {
            store.trigger(wake(1, 1, number)).await;
        }
        let claims = [store.claimed().await, store.claimed().await, store.claimed().await];
        store.dead(&claims[0], "incident", "error").await.unwrap();
        store.degraded(&claims[1]).await.unwrap();
        store.finish(&claims[1]).await.unwrap();
        store.finish(&claims[2]).await.unwrap();
        store.obey(delivery("x"), &Order::Retry(InstallationId(1))).await.unwrap();
        assert_eq!(store.requests(&claims[1].target).await.unwrap()[0].asked, Asked::Rerun { head: None });
        assert_eq!(store.claim_all().await, ["1/pull/1", "1/pull/2"]);
    }
}
