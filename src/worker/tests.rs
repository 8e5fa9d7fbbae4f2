//! The loop, on a real queue, with reviews made up by the tests.

use std::sync::Mutex;
use std::sync::atomic::{AtomicUsize, Ordering};

use super::*;
use crate::store::testing::{self, TestStore, wake};

const MS: Duration = Duration::from_millis(1);

fn settings() -> Settings {
    Settings {
        poll: 5 * MS,
        renew: 5 * MS,
        retry: MS,
        grace: 5 * MS,
        ..Settings::new(Duration::from_secs(60))
    }
}

/// A running worker, and what was asked of it.
struct Bench {
    store: TestStore,
    log: Arc<Mutex<Vec<String>>>,
    stop: watch::Sender<bool>,
    task: tokio::task::JoinHandle<()>,
}

impl Bench {
    async fn start<F, R>(settings: Settings, review: F) -> Bench
    where
        F: Fn(Claim) -> R + Send + Sync + 'static,
        R: Future<Output = Outcome> + Send + 'static,
    {
        let store = testing::open().await;
        let log = Arc::new(Mutex::new(Vec::new()));
        let (reviews, farewells) = (log.clone(), log.clone());
        let work = Work {
            review: Box::new(move |claim| {
                reviews.lock().unwrap().push(format!("review {} #{}", claim.key, claim.attempts));
                Box::pin(review(claim))
            }),
            give_up: Box::new(move |claim, _| {
                farewells.lock().unwrap().push(format!("give up {} #{}", claim.key, claim.attempts));
                Box::pin(async { Outcome::Done })
            }),
        };
        let stop = watch::Sender::new(false);
        let worker = Worker::new((*store).clone(), settings, work);
        let task = tokio::spawn(worker.run(stop.subscribe()));
        Bench { store, log, stop, task }
    }

    fn log(&self) -> Vec<String> {
        self.log.lock().unwrap().clone()
    }

    async fn until(&self, what: &str, mut met: impl AsyncFnMut(&Bench) -> bool) {
        for _ in 0..1000 {
            if met(self).await {
                return;
            }
            sleep(5 * MS).await;
        }
        panic!("never: {what}; {:?}", self.log());
    }

    async fn depth(&self) -> crate::store::Depth {
        self.store.depth().await.unwrap()
    }

    async fn at_rest(&self) {
        self.until("at rest", async |bench| {
            let depth = bench.depth().await;
            depth.waiting + depth.running == 0
        })
        .await;
    }

    async fn stopped(self) -> TestStore {
        self.stop.send_replace(true);
        self.task.await.unwrap();
        self.store
    }
}

#[tokio::test]
async fn a_trigger_is_answered_without_waiting_for_the_poll() {
    let settings = Settings { poll: Duration::from_secs(3600), ..settings() };
    let bench = Bench::start(settings, async |_| Outcome::Done).await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.at_rest().await;
    assert_eq!(bench.log(), ["review 1/pull/7 #1"]);
}

#[tokio::test]
async fn a_panic_is_an_attempt_and_takes_nobody_with_it() {
    let bench = Bench::start(settings(), async |claim: Claim| {
        assert!(claim.key != "1/pull/7" || claim.attempts > 2, "a bug");
        Outcome::Done
    })
    .await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.store.trigger(wake(1, 1, 8)).await;
    bench.at_rest().await;
    let mut log = bench.log();
    log.sort();
    assert_eq!(log, ["review 1/pull/7 #1", "review 1/pull/7 #2", "review 1/pull/7 #3", "review 1/pull/8 #1"]);
}

#[tokio::test]
async fn after_the_last_attempt_the_readers_are_told_once() {
    let settings = Settings { attempts: 2, ..settings() };
    let bench = Bench::start(settings, async |_| panic!("always")).await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.at_rest().await;
    assert_eq!(bench.log(), ["review 1/pull/7 #1", "review 1/pull/7 #2", "give up 1/pull/7 #2"]);
    assert_eq!(bench.depth().await.dead, 1);
}

#[tokio::test]
async fn a_review_that_never_ends_is_stopped_and_counted() {
    let settings = Settings { deadline: 5 * MS, attempts: 1, ..settings() };
    let bench = Bench::start(settings, async |_| std::future::pending().await).await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.at_rest().await;
    assert_eq!(bench.log(), ["review 1/pull/7 #1", "give up 1/pull/7 #1"]);
}

#[tokio::test]
async fn no_more_targets_are_worked_on_than_were_asked_for() {
    static RUNNING: AtomicUsize = AtomicUsize::new(0);
    let settings = Settings { concurrency: 2, ..settings() };
    let bench = Bench::start(settings, async |_| {
        assert!(RUNNING.fetch_add(1, Ordering::SeqCst) < 2);
        sleep(2 * MS).await;
        RUNNING.fetch_sub(1, Ordering::SeqCst);
        Outcome::Done
    })
    .await;
    for number in 0..9 {
        bench.store.trigger(wake(1, 1, number)).await;
    }
    bench.at_rest().await;
    assert_eq!(bench.log().len(), 9);
    assert!(bench.log().iter().all(|line| line.ends_with("#1")), "{:?}", bench.log());
}

#[tokio::test]
async fn a_parked_installation_is_left_alone_and_the_others_are_not() {
    let bench = Bench::start(settings(), async |claim: Claim| match claim.target.repo.installation.0 {
        1 => Outcome::Park { after: Duration::from_secs(3600), why: "rate limit".to_owned() },
        _ => Outcome::Done,
    })
    .await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.until("parked", async |bench| !bench.log().is_empty() && bench.depth().await.running == 0).await;
    bench.store.trigger(wake(1, 1, 8)).await;
    bench.store.trigger(wake(2, 2, 9)).await;
    bench
        .until("the other is done", async |bench| bench.depth().await.running == 0 && bench.log().len() == 2)
        .await;
    assert_eq!(bench.log(), ["review 1/pull/7 #1", "review 2/pull/9 #1"]);
    let store = bench.stopped().await;
    store.advance(Duration::from_secs(3600));
    assert_eq!(store.claimed().await.attempts, 1);
}

#[tokio::test]
async fn a_lost_lease_ends_the_work() {
    struct Ended(Arc<AtomicUsize>);
    impl Drop for Ended {
        fn drop(&mut self) {
            self.0.fetch_add(1, Ordering::SeqCst);
        }
    }
    let ended = Arc::new(AtomicUsize::new(0));
    let counter = ended.clone();
    let bench = Bench::start(Settings { concurrency: 1, ..settings() }, move |_| {
        let guard = Ended(counter.clone());
        async move {
            let _guard = guard;
            std::future::pending().await
        }
    })
    .await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.until("it runs", async |bench| bench.log().len() == 1).await;
    let thief = (*bench.store).clone();
    let steal = async |bench: &Bench| {
        bench.store.advance(Duration::from_secs(60));
        thief.claim().await.unwrap().is_some()
    };
    bench.until("stolen", steal).await;
    bench.until("ended", async |_| ended.load(Ordering::SeqCst) == 1).await;
}

#[tokio::test]
async fn what_does_not_end_in_the_grace_period_goes_back_uncounted() {
    let bench = Bench::start(settings(), async |_| std::future::pending().await).await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.until("it runs", async |bench| bench.log().len() == 1).await;
    let store = bench.stopped().await;
    assert_eq!(store.claimed().await.attempts, 1);
}

#[tokio::test]
async fn what_ends_in_the_grace_period_is_finished() {
    let settings = Settings { grace: Duration::from_secs(60), ..settings() };
    let bench = Bench::start(settings, async |_| {
        sleep(10 * MS).await;
        Outcome::Done
    })
    .await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.until("it runs", async |bench| bench.log().len() == 1).await;
    let store = bench.stopped().await;
    assert_eq!(store.next_due().await.unwrap(), None);
}

#[tokio::test]
async fn a_superseded_review_leaves_the_target_to_the_newer_trigger() {
    let bench = Bench::start(settings(), async |claim: Claim| match claim.generation {
        1 => {
            sleep(20 * MS).await;
            Outcome::Superseded
        }
        _ => Outcome::Done,
    })
    .await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.until("it runs", async |bench| bench.log().len() == 1).await;
    bench.store.trigger(wake(1, 1, 7)).await;
    bench.at_rest().await;
    assert_eq!(bench.log(), ["review 1/pull/7 #1", "review 1/pull/7 #1"]);
}
