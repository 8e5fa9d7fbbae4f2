//! Takes targets from the queue and has them reviewed, a few at a time, each behind a panic guard.
//!
//! It knows leases, attempts and pauses, and nothing about what a review is: that is `review`.

mod decide;
mod job;
mod patrol;
#[cfg(test)]
mod tests;

use std::future::Future;
use std::pin::Pin;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::{MissedTickBehavior, interval, sleep, timeout};

pub use patrol::{Patrol, patrol};

use crate::review::{self, Outcome};
use crate::store::{Claim, Store};

/// How many targets at once, and how patient with each.
#[derive(Clone, Debug)]
pub struct Settings {
    pub concurrency: usize,
    /// The longest pause before the queue is looked at again. Usually a trigger ends the pause.
    pub poll: Duration,
    /// How often a lease is renewed; well below its length.
    pub renew: Duration,
    /// How long a lease lasts without being renewed.
    pub lease: Duration,
    /// A review that takes longer is stopped and counted as failed.
    pub deadline: Duration,
    /// After so many failed attempts a target is given up.
    pub attempts: i64,
    /// The first pause after a failure; it doubles with each attempt.
    pub retry: Duration,
    /// How long reviews may go on after the signal to stop.
    pub grace: Duration,
}

impl Settings {
    /// The usual patience, for leases of this length.
    pub fn new(lease: Duration) -> Settings {
        Settings {
            concurrency: 4,
            poll: Duration::from_secs(1),
            renew: lease / 3,
            lease,
            deadline: Duration::from_secs(600),
            attempts: 5,
            retry: Duration::from_secs(2),
            grace: Duration::from_secs(20),
        }
    }
}

/// Works on the queue until `stop` becomes true; then ends what runs within the grace period, and gives
/// the leases of what does not end back to the queue.
pub async fn run(context: review::Context, settings: Settings, stop: watch::Receiver<bool>) {
    let store = context.store.clone();
    Worker::new(store, settings, work(context)).run(stop).await;
}

type Ending = Pin<Box<dyn Future<Output = Outcome> + Send>>;

/// What is done with a claim.
struct Work {
    review: Box<dyn Fn(Claim) -> Ending + Send + Sync>,
    give_up: Box<dyn Fn(Claim, String) -> Ending + Send + Sync>,
}

fn work(context: review::Context) -> Work {
    let last = context.clone();
    Work {
        review: Box::new(move |claim| {
            let context = context.clone();
            Box::pin(async move { review::review(&context, &claim).await })
        }),
        give_up: Box::new(move |claim, incident| {
            let context = last.clone();
            Box::pin(async move { review::give_up(&context, &claim, &incident).await })
        }),
    }
}

/// How often old deliveries are forgotten.
const UPKEEP: Duration = Duration::from_secs(3600);
/// The shortest pause between two looks at a queue that seems to have work and gives none.
const BREATH: Duration = Duration::from_millis(25);

/// What all jobs share.
struct Worker {
    store: Store,
    settings: Settings,
    work: Work,
    /// Becomes true when the grace period is over.
    halt: watch::Sender<bool>,
}

impl Worker {
    fn new(store: Store, settings: Settings, work: Work) -> Arc<Worker> {
        Arc::new(Worker { store, settings, work, halt: watch::Sender::new(false) })
    }

    async fn run(self: Arc<Worker>, mut stop: watch::Receiver<bool>) {
        let mut jobs = JoinSet::new();
        let mut upkeep = interval(UPKEEP);
        upkeep.set_missed_tick_behavior(MissedTickBehavior::Delay);
        while !*stop.borrow_and_update() {
            let pause = self.fill(&mut jobs).await;
            let idle = jobs.len() < self.settings.concurrency;
            tokio::select! {
                changed = stop.changed() => if changed.is_err() { break },
                Some(_) = jobs.join_next() => {}
                () = self.store.woken(), if idle => {}
                () = sleep(pause), if idle => {}
                _ = upkeep.tick() => self.prune().await,
            }
        }
        self.drain(jobs).await;
    }

    /// Starts jobs until none is due or enough are running, and tells how long nothing will be due.
    async fn fill(self: &Arc<Worker>, jobs: &mut JoinSet<()>) -> Duration {
        while jobs.len() < self.settings.concurrency {
            match self.next().await {
                Ok(Some(claim)) => {
                    jobs.spawn(job::run(self.clone(), claim));
                }
                Ok(None) => return self.pause().await,
                Err(error) => {
                    tracing::error!(%error, "the queue cannot be read; trying again");
                    return self.settings.poll;
                }
            }
        }
        self.settings.poll
    }

    /// Looks before it claims: a claim is a write even where there is nothing to claim.
    async fn next(&self) -> Result<Option<Claim>, crate::store::Error> {
        match self.store.next_due().await? {
            Some(due) if due.is_zero() => self.store.claim().await,
            _ => Ok(None),
        }
    }

    async fn pause(&self) -> Duration {
        match self.store.next_due().await {
            Ok(Some(due)) => due.clamp(BREATH.min(self.settings.poll), self.settings.poll),
            Ok(None) | Err(_) => self.settings.poll,
        }
    }

    async fn prune(&self) {
        if let Err(error) = self.store.prune().await {
            tracing::warn!(%error, "old deliveries could not be forgotten; trying again in an hour");
        }
    }

    async fn drain(&self, mut jobs: JoinSet<()>) {
        if jobs.is_empty() {
            return;
        }
        tracing::info!(jobs = jobs.len(), "waiting for the reviews under way");
        let ended = timeout(self.settings.grace, async { while jobs.join_next().await.is_some() {} }).await;
        if ended.is_err() {
            tracing::warn!(jobs = jobs.len(), "reviews did not end in time and go back to the queue");
            self.halt.send_replace(true);
            while jobs.join_next().await.is_some() {}
        }
    }
}
