//! Deliveries come in here. One task writes them, many in one transaction, and answers after the commit:
//! a burst costs a few syncs to disk, and an answered delivery is never lost.

use std::collections::HashSet;
use std::sync::Arc;
use std::time::Duration;

use sqlx::any::AnyArguments;
use sqlx::query::Query;
use sqlx::{Any, Row, Transaction};
use tokio::sync::{Notify, mpsc, oneshot};
use tokio::time::sleep;

use super::database::{Database, undisturbed};
use super::rows::{Rows, Shape};
use super::wake::{self, Rest};
use super::{Accepted, Error, Settings, Store};
use crate::domain::{Delivery, Wake};

/// Deliveries written in one transaction at most.
const BATCH: usize = 256;
/// How long the writer waits for company when deliveries come in crowds. GitHub waits ten seconds.
const COMPANY: Duration = Duration::from_millis(2);
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
    let (remember, tell_apart) = (Rows::new(&REMEMBER), Rows::new(&TELL_APART));
    let writer = Writer { database, rest: Rest::new(settings), remember, tell_apart, woken };
    tokio::spawn(writer.run(receiver));
    sender
}

struct Writer {
    database: Arc<Database>,
    rest: Rest,
    remember: Rows,
    tell_apart: Rows,
    woken: Arc<Notify>,
}

impl Writer {
    async fn run(self, mut arrivals: mpsc::Receiver<Arrival>) {
        let mut batch = Vec::with_capacity(BATCH);
        let mut crowd = false;
        while arrivals.recv_many(&mut batch, BATCH).await > 0 {
            if crowd {
                gather(&mut arrivals, &mut batch).await;
            }
            crowd = batch.len() > 1;
            let result = undisturbed(|| self.commit(&batch)).await;
            if result.is_ok() {
                self.woken.notify_one();
            }
            answer(batch.drain(..), &result);
        }
    }

    /// Almost always all are new, and to learn no more than that is cheaper.
    async fn commit(&self, batch: &[Arrival]) -> Result<Vec<Accepted>, Error> {
        let mut tx = self.database.write().await?;
        let now = self.database.clock.now_ms();
        if self.remember(&mut tx, batch, now).await? == batch.len() {
            return self.wake(tx, batch, vec![Accepted::New; batch.len()], now).await;
        }
        tx.rollback().await?;
        let mut tx = self.database.write().await?;
        let accepted = self.tell_apart(&mut tx, batch, now).await?;
        self.wake(tx, batch, accepted, now).await
    }

    /// Rows are touched in the order of their keys: replicas that do so at once wait for each other, and
    /// never in a circle.
    async fn wake(
        &self,
        mut tx: Transaction<'_, Any>,
        batch: &[Arrival],
        accepted: Vec<Accepted>,
        now: i64,
    ) -> Result<Vec<Accepted>, Error> {
        let (mut new, mut known) = (Vec::new(), Vec::new());
        for (arrival, accepted) in batch.iter().zip(&accepted) {
            let Some(wake) = &arrival.wake else { continue };
            match accepted {
                Accepted::New => new.push((wake, arrival.delivery.guid.as_str())),
                Accepted::Known => known.push(wake),
            }
        }
        self.rest.wake(&mut tx, &new, now).await?;
        wake::revive(&self.database, &mut tx, &known, now).await?;
        tx.commit().await?;
        Ok(accepted)
    }

    /// Returns how many are new.
    async fn remember(
        &self,
        tx: &mut Transaction<'_, Any>,
        batch: &[Arrival],
        now: i64,
    ) -> Result<usize, Error> {
        let mut new = 0;
        for (sql, arrivals) in self.remember.of(&in_order(batch)) {
            let query = arrivals.iter().fold(sqlx::query(sql).bind(now), |query, it| it.bind_to(query));
            new += query.execute(&mut **tx).await?.rows_affected();
        }
        Ok(usize::try_from(new).unwrap_or(usize::MAX))
    }

    /// Of two in one batch the first is new.
    async fn tell_apart(
        &self,
        tx: &mut Transaction<'_, Any>,
        batch: &[Arrival],
        now: i64,
    ) -> Result<Vec<Accepted>, Error> {
        let mut new: HashSet<String> = HashSet::with_capacity(batch.len());
        for (sql, arrivals) in self.tell_apart.of(&in_order(batch)) {
            let query = arrivals.iter().fold(sqlx::query(sql).bind(now), |query, it| it.bind_to(query));
            for row in query.fetch_all(&mut **tx).await? {
                new.insert(row.try_get("guid")?);
            }
        }
        let told = |arrival: &Arrival| match new.remove(&arrival.delivery.guid) {
            true => Accepted::New,
            false => Accepted::Known,
        };
        Ok(batch.iter().map(told).collect())
    }
}

impl Arrival {
    fn bind_to<'q>(&'q self, query: Query<'q, Any, AnyArguments>) -> Query<'q, Any, AnyArguments> {
        let Delivery { guid, event, action } = &self.delivery;
        let target = self.wake.as_ref().map(|wake| wake.target.key());
        query.bind(guid).bind(event).bind(action).bind(target)
    }
}

fn in_order(batch: &[Arrival]) -> Vec<&Arrival> {
    let mut arrivals: Vec<&Arrival> = batch.iter().collect();
    arrivals.sort_by(|a, b| a.delivery.guid.cmp(&b.delivery.guid));
    arrivals
}

/// A larger group costs each of its members less.
async fn gather(arrivals: &mut mpsc::Receiver<Arrival>, batch: &mut Vec<Arrival>) {
    sleep(COMPANY).await;
    while batch.len() < BATCH
        && let Ok(arrival) = arrivals.try_recv()
    {
        batch.push(arrival);
    }
}

const REMEMBER: Shape = Shape {
    head: "INSERT INTO deliveries (guid, event, action, target_key, received_at) VALUES",
    shared: 1,
    own: 4,
    also: ", $1",
    tail: "ON CONFLICT (guid) DO NOTHING",
};

const TELL_APART: Shape = Shape { tail: "ON CONFLICT (guid) DO NOTHING RETURNING guid", ..REMEMBER };

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

#[cfg(test)]
mod tests {
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
    async fn a_closed_store_is_unavailable() {
        let store = open().await;
        store.close().await;
        let closed = store.accept(delivery("a"), None).await;
        assert!(matches!(closed, Err(Error::Unavailable(_))), "{closed:?}");
    }
}
