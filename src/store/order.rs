//! Deliveries that do more than wake a target. They are rare: each has a transaction of its own.

use sqlx::{Any, Transaction};

use super::database::undisturbed;
use super::wake::{self, Rest};
use super::{Accepted, Error, Store, installation, requests};
use crate::domain::{Delivery, Order};

impl Store {
    /// Stores a delivery and does what it orders, in one transaction. Returns after the commit. What is
    /// delivered again changes nothing, except that a target that was given up is tried again.
    pub async fn obey(&self, delivery: Delivery, order: &Order) -> Result<Accepted, Error> {
        let accepted = undisturbed(|| self.obey_once(&delivery, order)).await?;
        self.inner.woken.notify_one();
        Ok(accepted)
    }

    async fn obey_once(&self, delivery: &Delivery, order: &Order) -> Result<Accepted, Error> {
        let database = &self.inner.database;
        let now = self.now_ms();
        let mut tx = database.write().await?;
        if !remember(&mut tx, delivery, order, now).await? {
            if let Order::Ask { wake, .. } = order {
                wake::revive(database, &mut tx, &[&**wake], now).await?;
            }
            tx.commit().await?;
            return Ok(Accepted::Known);
        }
        if !matches!(order, Order::Ask { .. }) {
            installation::in_turn(&mut tx).await?;
        }
        match order {
            Order::Ask { wake, asked } => {
                Rest::new(&self.inner.settings)
                    .wake(&mut tx, &[(&**wake, delivery.guid.as_str())], now)
                    .await?;
                let target = (wake.target.repo.installation, &*wake.target.key());
                requests::add(&mut tx, &delivery.guid, target, asked, now).await?;
            }
            Order::ForgetInstallation(id) => installation::forget(database, &mut tx, *id).await?,
            Order::ForgetRepos { installation: id, repos } => {
                installation::forget_repos(database, &mut tx, *id, repos).await?;
            }
            Order::Suspend(id) => installation::suspend(database, &mut tx, *id, now).await?,
            Order::Retry(id) => installation::retry(database, &mut tx, *id, &delivery.guid, now).await?,
        }
        tx.commit().await?;
        Ok(Accepted::New)
    }
}

/// Whether the delivery is new.
async fn remember(
    tx: &mut Transaction<'_, Any>,
    delivery: &Delivery,
    order: &Order,
    now: i64,
) -> Result<bool, Error> {
    let inserted = sqlx::query(
        "INSERT INTO deliveries (guid, event, action, target_key, received_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (guid) DO NOTHING",
    )
    .bind(&delivery.guid)
    .bind(&delivery.event)
    .bind(&delivery.action)
    .bind(order.target_key())
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(inserted.rows_affected() == 1)
}
