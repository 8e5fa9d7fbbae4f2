//! One claim, from its start to the word about it in the queue.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use tokio::task::{JoinError, JoinSet};
use tokio::time::{Instant, sleep, timeout};
use tracing::Instrument;

use super::decide::{self, Step};
use super::{Ending, Worker};
use crate::store::{Claim, Error};

/// How often the word about a claim is repeated while the database is away.
const TRIES: u32 = 20;

/// How a guarded future ended.
enum Guarded {
    /// By itself: with an outcome, or with the reason why there is none.
    Ended(Result<crate::review::Outcome, String>),
    /// The lease was lost: the target belongs to somebody else.
    Lost,
    /// The process is stopping.
    Halted,
}

pub(super) async fn run(worker: Arc<Worker>, claim: Claim) {
    let span = tracing::info_span!(
        "job",
        subject = %claim.target,
        delivery = claim.delivery,
        attempt = claim.attempts,
    );
    Job { worker, claim }.run().instrument(span).await;
}

struct Job {
    worker: Arc<Worker>,
    claim: Claim,
}

impl Job {
    async fn run(&self) {
        let settings = &self.worker.settings;
        let first = match decide::first(&self.claim, settings) {
            Some(step) => Some(step),
            None => self.review().await,
        };
        let step = match first {
            Some(Step::GiveUp { why }) => self.farewell(why).await,
            other => other,
        };
        if let Some(step) = step {
            self.record(&step).await;
        }
    }

    async fn review(&self) -> Option<Step> {
        let ending = (self.worker.work.review)(self.claim.clone());
        let ending = self.decided(self.guard(ending).await)?;
        Some(decide::after_review(ending, &self.claim, &self.worker.settings))
    }

    /// Tells the readers that we give up, so that no check hangs; not where a newer trigger waits.
    async fn farewell(&self, why: String) -> Option<Step> {
        if let Ok(false) = self.worker.store.is_current(&self.claim).await {
            let after = Duration::ZERO;
            return Some(Step::Later { after, why, counts: true });
        }
        let incident = decide::incident(&self.claim);
        tracing::error!(incident, why, "the target is given up");
        let ending = (self.worker.work.give_up)(self.claim.clone(), incident);
        let ending = self.decided(self.guard(ending).await)?;
        Some(decide::after_farewell(ending, why, &self.claim, &self.worker.settings))
    }

    /// `None`: there is nothing more to say about this claim.
    fn decided(&self, guarded: Guarded) -> Option<Result<crate::review::Outcome, String>> {
        match guarded {
            Guarded::Ended(ending) => Some(ending),
            Guarded::Lost => {
                tracing::warn!("the lease was lost; leaving the target to whoever holds it now");
                None
            }
            Guarded::Halted => Some(Ok(crate::review::Outcome::Later {
                after: Duration::ZERO,
                why: "the process was stopped".to_owned(),
                counts: false,
            })),
        }
    }

    /// Runs to the end, but no longer than the deadline, the lease and the process allow. A panic ends
    /// only what panicked.
    async fn guard(&self, ending: Ending) -> Guarded {
        let deadline = self.worker.settings.deadline;
        let mut task = JoinSet::new();
        task.spawn(timeout(deadline, ending).in_current_span());
        let mut halt = self.worker.halt.subscribe();
        tokio::select! {
            Some(joined) = task.join_next() => Guarded::Ended(match joined {
                Ok(Ok(outcome)) => Ok(outcome),
                Ok(Err(_)) => Err(format!("it took longer than {deadline:?}")),
                Err(error) => Err(panic_message(error)),
            }),
            () = self.keep_lease() => Guarded::Lost,
            _ = halt.wait_for(|halt| *halt) => Guarded::Halted,
        }
    }

    /// Renews the lease until it is lost. While the database is away the lease counts as ours for as
    /// long as it lasts.
    async fn keep_lease(&self) {
        let settings = &self.worker.settings;
        let mut held_until = Instant::now() + settings.lease;
        loop {
            sleep(settings.renew).await;
            match self.worker.store.renew(&self.claim).await {
                Ok(true) => held_until = Instant::now() + settings.lease,
                Ok(false) => return,
                Err(error) if Instant::now() < held_until => {
                    tracing::warn!(%error, "the lease was not renewed")
                }
                Err(_) => return,
            }
        }
    }

    /// Says in the queue what becomes of the target. Should that fail for long, the lease ends and the
    /// target is tried again, which writes nothing twice.
    async fn record(&self, step: &Step) {
        for _ in 0..TRIES {
            match self.say(step).await {
                Ok(true) => return told(step),
                Ok(false) => return tracing::warn!("the lease was lost before the outcome was recorded"),
                Err(error) => tracing::warn!(%error, "the outcome was not recorded; trying again"),
            }
            sleep(self.worker.settings.poll).await;
        }
    }

    fn say<'a>(&'a self, step: &'a Step) -> impl Future<Output = Result<bool, Error>> + 'a {
        let (store, claim) = (&self.worker.store, &self.claim);
        async move {
            match step {
                Step::Finish => store.finish(claim).await,
                Step::Later { after, why, counts } => store.later(claim, *after, why, *counts).await,
                Step::Park { after, why } => {
                    store.park(claim.target.repo.installation, *after).await?;
                    store.later(claim, *after, why, false).await
                }
                Step::GiveUp { why } | Step::Dead { why } => {
                    store.dead(claim, &decide::incident(claim), why).await
                }
            }
        }
    }
}

fn told(step: &Step) {
    match step {
        Step::Finish => tracing::info!("the review is done"),
        Step::Later { after, why, counts } => {
            tracing::info!(?after, why, counts, "the review is tried again later")
        }
        Step::Park { after, why } => tracing::warn!(?after, why, "the installation is parked"),
        Step::GiveUp { why } | Step::Dead { why } => {
            tracing::error!(why, "the target is set aside until a new trigger")
        }
    }
}

fn panic_message(error: JoinError) -> String {
    let Ok(panic) = error.try_into_panic() else {
        return "it was cancelled".to_owned();
    };
    let text = panic.downcast_ref::<&str>().map(|text| (*text).to_owned());
    let text = text.or_else(|| panic.downcast_ref::<String>().cloned());
    format!("bug: it panicked: {}", text.unwrap_or_default())
}
