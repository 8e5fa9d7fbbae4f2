//! What becomes of an installation's targets when the App is removed, or put to sleep.

use sqlx::{Any, Transaction};

use super::Error;
use crate::domain::{InstallationId, RepoId};

/// Targets, and with them writes and requests. Work under way ends at its next look at the lease.
pub(super) async fn installation(tx: &mut Transaction<'_, Any>, id: InstallationId) -> Result<(), Error> {
    for sql in [
        "UPDATE deliveries SET target_key = NULL \
         WHERE target_key IN (SELECT key FROM targets WHERE installation = $1)",
        "DELETE FROM targets WHERE installation = $1",
        "DELETE FROM installations WHERE id = $1",
    ] {
        sqlx::query(sql).bind(id.0).execute(&mut **tx).await?;
    }
    Ok(())
}

pub(super) async fn repos(
    tx: &mut Transaction<'_, Any>,
    installation: InstallationId,
    repos: &[RepoId],
) -> Result<(), Error> {
    for repo in repos {
        for sql in [
            "UPDATE deliveries SET target_key = NULL \
             WHERE target_key IN (SELECT key FROM targets WHERE installation = $1 AND repo = $2)",
            "DELETE FROM targets WHERE installation = $1 AND repo = $2",
        ] {
            sqlx::query(sql).bind(installation.0).bind(repo.0).execute(&mut **tx).await?;
        }
    }
    Ok(())
}

/// Everything that waits or runs is given up until the installation returns.
pub(super) async fn suspend(
    tx: &mut Transaction<'_, Any>,
    installation: InstallationId,
    now: i64,
) -> Result<(), Error> {
    sqlx::query(
        "UPDATE targets SET state = 'dead', lease_owner = '', lease_until = 0, touched_at = $2, \
         error = 'the installation was suspended' \
         WHERE installation = $1 AND state IN ('waiting', 'running')",
    )
    .bind(installation.0)
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(())
}

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
}
