//! Several processes on one PostgreSQL. The tests of the other files run there too.
#![expect(clippy::disallowed_methods, reason = "tests time themselves")]

use std::collections::HashSet;
use std::time::{Duration, Instant};

use super::testing::cluster::{self, Cluster};
use super::testing::{delivery, open_on_postgresql, wake};
use super::{Accepted, Error, Intent, Settings, Store, WriteKind};
use crate::domain::{Asked, InstallationId, Order, RepoId, Sha};

#[test]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
fn all_that_uses_the_store_passes_on_postgresql() {
    cluster::once_more(&["store::", "worker::", "server::"], &["sqlite::", "replicas::"]);
}

#[tokio::test]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn who_opens_leaves_the_claims_of_others() {
    let store = open_on_postgresql().await;
    store.trigger(wake(1, 1, 7)).await;
    let held = store.claimed().await;
    let second = store.another().await;
    assert_eq!(second.claim().await.unwrap(), None);
    assert!(store.is_current(&held).await.unwrap());
    assert!(!second.finish(&held).await.unwrap());
    assert!(store.finish(&held).await.unwrap());
}

#[tokio::test]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn a_dead_replicas_claim_goes_to_another_when_its_lease_ends() {
    let store = open_on_postgresql().await;
    store.trigger(wake(1, 1, 7)).await;
    let held = store.claimed().await;
    let second = store.another().await;
    second.inner.database.clock.advance(Duration::from_secs(60));
    let taken = second.claim().await.unwrap().unwrap();
    assert_eq!((taken.key.as_str(), taken.attempts), ("1/pull/7", 2));
    let head = Sha::parse(&"b".repeat(40)).unwrap();
    let intent = Intent { kind: WriteKind::Review, head, detail: "{}".to_owned() };
    assert!(matches!(store.intend(&held, &intent).await, Err(Error::LeaseLost)));
    second.intend(&taken, &intent).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn of_many_replicas_one_gets_each_target() {
    let store = open_on_postgresql().await;
    let replicas = [store.another().await, store.another().await, store.another().await];
    for number in 0..60 {
        store.trigger(wake(number % 3, number % 5, number)).await;
    }
    let tasks = (0..90).map(|at| {
        let store: Store = replicas[at % 3].clone();
        tokio::spawn(async move { store.claim().await.unwrap().map(|claim| claim.key) })
    });
    let mut keys = Vec::new();
    for task in tasks.collect::<Vec<_>>() {
        keys.extend(task.await.unwrap());
    }
    keys.extend(store.claim_all().await);
    assert_eq!((keys.len(), keys.iter().collect::<HashSet<_>>().len()), (60, 60));
}

/// The same deliveries come to all replicas at once, in different orders: each is new once, and nobody
/// waits for another in a circle, which PostgreSQL would end with an error after a second.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn a_burst_to_all_replicas_is_stored_once() {
    let store = open_on_postgresql().await;
    let replicas = [(*store).clone(), store.another().await, store.another().await];
    let burst = (0..600_i64).map(|at| {
        let (replica, number) = (replicas[at as usize % 3].clone(), (at * 7919) % 200);
        tokio::spawn(async move {
            replica.accept(delivery(&number.to_string()), Some(wake(number % 3, 1, number % 50))).await
        })
    });
    let mut new = 0;
    for accepted in burst.collect::<Vec<_>>() {
        new += usize::from(accepted.await.unwrap().unwrap() == Accepted::New);
    }
    assert_eq!(new, 200);
    let generations: i64 = sqlx::query_scalar("SELECT CAST(SUM(generation) AS BIGINT) FROM targets")
        .fetch_one(store.inner.database.reader())
        .await
        .unwrap();
    assert_eq!(generations, 200);
}

/// What touches many rows, at once on all replicas and beside triggers for the same rows: nobody is
/// refused, and what was triggered after the last order waits.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn orders_amid_a_burst_are_carried_out() {
    let store = open_on_postgresql().await;
    let replicas = [(*store).clone(), store.another().await, store.another().await];
    let told = (0..300_i64).map(|at| {
        let (replica, guid) = (replicas[at as usize % 3].clone(), at.to_string());
        tokio::spawn(async move {
            match order(at % 30) {
                Some(order) => replica.obey(delivery(&guid), &order).await.map(drop),
                None if at % 30 == 10 => replica.prune().await,
                None => {
                    replica.accept(delivery(&guid), Some(wake(1, at * 7919 % 12, at % 5))).await.map(drop)
                }
            }
        })
    });
    for told in told.collect::<Vec<_>>() {
        told.await.unwrap().unwrap();
    }
    store.trigger(wake(1, 1, 7)).await;
    assert!(store.claim_all().await.contains(&"1/pull/7".to_owned()));
}

fn order(at: i64) -> Option<Order> {
    let installation = InstallationId(1);
    match at {
        3 => Some(Order::Suspend(installation)),
        7 | 17 => Some(Order::Retry(installation)),
        13 => Some(Order::ForgetRepos { installation, repos: (0..12).map(RepoId).collect() }),
        19 => Some(Order::ForgetInstallation(installation)),
        23 | 29 => {
            let wake = Box::new(wake(1, at % 12, at % 5));
            Some(Order::Ask { wake, asked: Asked::Rerun { head: None } })
        }
        _ => None,
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn replicas_that_start_at_once_make_the_tables_once() {
    let url = cluster::create(&cluster::shared());
    let start = || Store::open(Settings::new(url.clone()));
    let (a, b, c, d) = tokio::join!(start(), start(), start(), start());
    for store in [a, b, c, d] {
        store.unwrap().ping().await.unwrap();
    }
    cluster::remove(&url);
}

#[tokio::test]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn the_return_of_a_database_is_noticed() {
    let mut cluster = Cluster::start();
    let url = cluster::create(&cluster.server());
    let store = Store::open(Settings::new(url.clone())).await.unwrap();
    store.accept(delivery("a"), None).await.unwrap();
    let asked = async {
        let lost = store.accept(delivery("b"), None).await;
        assert!(matches!(lost, Err(Error::Unavailable(_))), "{lost:?}");
        assert!(store.ping().await.is_err() && store.claim().await.is_err());
    };
    cluster.away_while(asked).await;
    assert_eq!(store.accept(delivery("b"), Some(wake(1, 1, 7))).await.unwrap(), Accepted::New);
    assert_eq!(store.accept(delivery("a"), None).await.unwrap(), Accepted::Known);
}

#[tokio::test]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn leases_follow_the_clock_of_the_database() {
    let store = open_on_postgresql().await;
    store.ping().await.unwrap();
    let asked = Instant::now();
    let now: i64 = sqlx::query_scalar("SELECT CAST(EXTRACT(EPOCH FROM clock_timestamp()) * 1000 AS BIGINT)")
        .fetch_one(store.inner.database.reader())
        .await
        .unwrap();
    let apart = i64::try_from(asked.elapsed().as_millis()).unwrap() + 20;
    assert!((store.now_ms() - now).abs() <= apart, "{} and {now}", store.now_ms());
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_with_its_remedy_and_no_password() {
    let url = "postgres://me:pass-word@127.0.0.1:1/x";
    let error = Store::open(Settings::new(url)).await.err().unwrap().to_string();
    assert!(error.contains("check host") && !error.contains("pass-word"), "{error}");
}
