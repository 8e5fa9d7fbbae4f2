//! Deliveries come in here. One task writes them, many in one transaction, and answers after the commit:
//! a burst costs a few syncs to disk, and an answered delivery is never lost.

use std::sync::Arc;

use sqlx::{Any, Transaction};
use tokio::sync::{Notify, mpsc, oneshot};

use super::database::Database;
use super::wake::{self, Rest};
use super::{Accepted, Error, Settings, Store};
use crate::domain::{Delivery, Wake};

/// Deliveries written in one transaction at most.
const BATCH: usize = 256;
/// Deliveries that wait for the writer before their senders are held up.
const WAITING: usize = 1024;

pub(super) struct Arrival {
    delivery: Delivery,
    wake: Option<Wake>,
    answer: oneshot::Sender<Result<Accepted, Error>>,
}

impl Store {
    /// Stores a delivery and wakes its target, in one transaction. Returns after the commit.
    ///
    /// A delivery that is known changes nothing, unless its target was given up: then somebody asked
    /// GitHub to deliver it again, and the target gets another try.
    pub async fn accept(&self, delivery: Delivery, wake: Option<Wake>) -> Result<Accepted, Error> {
        let (answer, answered) = oneshot::channel();
        let arrival = Arrival { delivery, wake, answer };
        let gone = || Error::Unavailable("the store is closed".to_owned());
        self.inner.intake.send(arrival).await.map_err(|_| gone())?;
        answered.await.map_err(|_| gone())?
    }
}

/// Starts the writing task. It ends when the last sender is gone.
pub(super) fn start(
    database: Arc<Database>,
    settings: &Settings,
    woken: Arc<Notify>,
) -> mpsc::Sender<Arrival> {
    let (sender, receiver) = mpsc::channel(WAITING);
    let writer = Writer { database, rest: Rest::new(settings), woken };
    tokio::spawn(writer.run(receiver));
    sender
}

struct Writer {
    database: Arc<Database>,
    rest: Rest,
    woken: Arc<Notify>,
}

impl Writer {
    async fn run(self, mut arrivals: mpsc::Receiver<Arrival>) {
        let mut batch = Vec::with_capacity(BATCH);
        while arrivals.recv_many(&mut batch, BATCH).await > 0 {
            let result = self.commit(&batch).await;
            if result.is_ok() {
                self.woken.notify_one();
            }
            answer(batch.drain(..), &result);
        }
    }

    async fn commit(&self, batch: &[Arrival]) -> Result<Vec<Accepted>, Error> {
        let now = self.database.clock.now_ms();
        let mut transaction = self.database.write().await?;
        let mut results = Vec::with_capacity(batch.len());
        for arrival in batch {
            results.push(self.store(&mut transaction, arrival, now).await?);
        }
        transaction.commit().await?;
        Ok(results)
    }

    async fn store(
        &self,
        tx: &mut Transaction<'_, Any>,
        arrival: &Arrival,
        now: i64,
    ) -> Result<Accepted, Error> {
        let accepted = remember(tx, arrival, now).await?;
        match (&arrival.wake, accepted) {
            (Some(wake), Accepted::New) => self.rest.wake(tx, wake, &arrival.delivery.guid, now).await?,
            (Some(wake), Accepted::Known) => wake::revive(tx, wake, now).await?,
            (None, _) => {}
        }
        Ok(accepted)
    }
}

fn answer(batch: std::vec::Drain<'_, Arrival>, result: &Result<Vec<Accepted>, Error>) {
    for (at, arrival) in batch.enumerate() {
        let answer = match result {
            Ok(accepted) => Ok(accepted.get(at).copied().unwrap_or(Accepted::Known)),
            Err(error) => Err(error.clone()),
        };
        // Whoever asked may have hung up; the delivery is stored all the same.
        let _ = arrival.answer.send(answer);
    }
}

async fn remember(tx: &mut Transaction<'_, Any>, arrival: &Arrival, now: i64) -> Result<Accepted, Error> {
    let Delivery { guid, event, action } = &arrival.delivery;
    let inserted = sqlx::query(
        "INSERT INTO deliveries (guid, event, action, target_key, received_at) VALUES ($1, $2, $3, $4, $5) \
         ON CONFLICT (guid) DO NOTHING",
    )
    .bind(guid)
    .bind(event)
    .bind(action)
    .bind(arrival.wake.as_ref().map(|wake| wake.target.key()))
    .bind(now)
    .execute(&mut **tx)
    .await?;
    Ok(match inserted.rows_affected() {
        0 => Accepted::Known,
        _ => Accepted::New,
    })
}

#[cfg(test)]
#[expect(clippy::disallowed_methods, reason = "tests own their files")]
mod tests {
    use std::fs;

    use super::super::testing::{delivery, open, wake};
    use super::*;

    #[tokio::test]
    async fn a_second_delivery_changes_nothing() {
        let store = open().await;
        let wake = wake(1, 1, 7);
        assert_eq!(store.accept(delivery("a"), Some(wake.clone())).await.unwrap(), Accepted::New);
        assert_eq!(store.accept(delivery("a"), Some(wake.clone())).await.unwrap(), Accepted::Known);
        let claim = store.claimed().await;
        assert_eq!((claim.generation, claim.delivery.as_str(), claim.target), (1, "a", wake.target));
    }

    #[tokio::test]
    async fn a_redelivery_of_unfinished_work_leaves_it() {
        let store = open().await;
        store.accept(delivery("a"), Some(wake(1, 1, 7))).await.unwrap();
        let claim = store.claimed().await;
        store.accept(delivery("a"), Some(wake(1, 1, 7))).await.unwrap();
        assert!(store.is_current(&claim).await.unwrap());
    }

    #[tokio::test]
    async fn a_delivery_without_a_target_is_only_remembered() {
        let store = open().await;
        assert_eq!(store.accept(delivery("a"), None).await.unwrap(), Accepted::New);
        assert_eq!(store.accept(delivery("a"), None).await.unwrap(), Accepted::Known);
        assert_eq!(store.next_due().await.unwrap(), None);
    }

    #[tokio::test]
    async fn a_burst_is_stored_whole() {
        let store = open().await;
        let burst = (0..600).map(|at| {
            let store = (*store).clone();
            tokio::spawn(async move {
                store.accept(delivery(&format!("{}", at / 2)), Some(wake(1, 1, at % 7))).await
            })
        });
        let mut new = 0;
        for accepted in burst.collect::<Vec<_>>() {
            new += i32::from(accepted.await.unwrap().unwrap() == Accepted::New);
        }
        assert_eq!(new, 300);
        assert_eq!(store.claim_all().await.len(), 7);
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

    #[tokio::test]
    async fn a_closed_store_is_unavailable() {
        let store = open().await;
        store.close().await;
        let closed = store.accept(delivery("a"), None).await;
        assert!(matches!(closed, Err(Error::Unavailable(_))), "{closed:?}");
    }
}
