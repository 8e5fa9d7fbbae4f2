//! Two hundred deliveries at once, and amid them a process dies. What people read in the end is what they
//! read where nothing went wrong.

use std::time::Duration;

use super::{CLEAN, FETCH, RESTORE};
use crate::bot::{Patience, SECRET};
use crate::cluster;
use crate::database::Database;
use crate::fake::deliver::deliver;
use crate::fake::payload::Delivery;
use crate::home::Home;
use crate::process::Process;
use crate::world::World;

const PULLS: usize = 40;
const DELIVERIES: usize = 200;

/// Deliveries under way at once.
const ABREAST: usize = 10;
/// Deliveries that were answered when the process dies.
const BEFORE: usize = 70;

fn patience() -> Patience {
    Patience { attempts: 50, settle: Duration::from_millis(60), ..Patience::short() }
}

/// Others get a dead one's work soon; a claim outlives what was sent for it all the same.
fn replica_patience() -> Patience {
    let (request_timeout, lease) = (Duration::from_secs(2), Duration::from_secs(4));
    Patience { request_timeout, lease, ..patience() }
}

/// All that happened on GitHub before its webhooks leave in a burst: pull requests opened and pushed to,
/// and one delivery in five that comes twice.
async fn everything_happens(world: &mut World) -> (Vec<i64>, Vec<Delivery>) {
    world.hold_deliveries();
    let mut pulls = Vec::new();
    for number in 0..PULLS {
        pulls.push(world.open_pull_request(&format!("feature-{number}"), &[("app.py", CLEAN)]).await);
        world.push(&[("backup.py", RESTORE)]).await;
        world.push(&[("app.py", if number % 2 == 0 { FETCH } else { CLEAN })]).await;
        world.label("bug").await;
    }
    let mut deliveries = world.take_held();
    let again: Vec<Delivery> = deliveries.iter().step_by(4).cloned().collect();
    deliveries.extend(again);
    // Neighbours in the burst are strangers to each other: 77 and 200 have no divisor in common.
    let deliveries: Vec<_> = (0..DELIVERIES).map(|at| deliveries[at * 77 % DELIVERIES].clone()).collect();
    (pulls, deliveries)
}

/// Each delivery goes to one of these addresses, and to the next where nobody answers. Returns those that
/// nobody took.
async fn burst(deliveries: &[Delivery], addresses: &[String]) -> Vec<Delivery> {
    let mut refused = Vec::new();
    for (at, some) in deliveries.chunks(ABREAST).enumerate() {
        let sent: Vec<_> = some
            .iter()
            .map(|delivery| tokio::spawn(send(delivery.clone(), at, addresses.to_vec())))
            .collect();
        for (sent, delivery) in sent.into_iter().zip(some) {
            if !sent.await.expect("no panic") {
                refused.push(delivery.clone());
            }
        }
    }
    refused
}

async fn send(delivery: Delivery, first: usize, addresses: Vec<String>) -> bool {
    for at in 0..addresses.len() {
        let address = &addresses[(first + at) % addresses.len()];
        if let Ok(answer) = deliver(&delivery, address, SECRET).await {
            assert_eq!(answer.status, 202, "{}", String::from_utf8_lossy(&answer.body));
            return true;
        }
    }
    false
}

/// What people read on each pull request: comments with their places, and the check of the head.
async fn read(world: &mut World, pulls: &[i64]) -> Vec<(Vec<String>, Vec<String>)> {
    world.settle().await;
    let mut said = Vec::new();
    for pull in pulls {
        world.pull = *pull;
        said.push((world.comments(), world.checks()));
    }
    said
}

async fn undisturbed() -> Vec<(Vec<String>, Vec<String>)> {
    let mut world = World::start(&[("README.md", "# Hello\n")], patience()).await;
    let (pulls, deliveries) = everything_happens(&mut world).await;
    assert!(burst(&deliveries, &[world.bot.webhook()]).await.is_empty());
    let said = read(&mut world, &pulls).await;
    assert!(said.iter().all(|(comments, checks)| !comments.is_empty() && checks.len() == 1), "{said:?}");
    said
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_process_is_killed_in_the_midst_and_starts_again() {
    let mut world = World::start(&[("README.md", "# Hello\n")], Patience { apart: true, ..patience() }).await;
    let (pulls, deliveries) = everything_happens(&mut world).await;
    assert!(burst(&deliveries[..BEFORE], &[world.bot.webhook()]).await.is_empty());
    world.bot.kill().await;
    let lost = burst(&deliveries[BEFORE..BEFORE + ABREAST], &[world.bot.webhook()]).await;
    assert_eq!(lost.len(), ABREAST, "a dead process answers nobody");
    world.bot.run().await;
    // GitHub shows them as failed, and is asked for them again.
    assert!(burst(&deliveries[BEFORE..], &[world.bot.webhook()]).await.is_empty());
    assert_eq!(read(&mut world, &pulls).await, undisturbed().await);
}

/// The second replica takes over what the dead one held, and what it can no longer be sent.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
async fn one_of_two_replicas_is_killed_and_the_other_says_the_rest() {
    let mut world = World::start(&[("README.md", "# Hello\n")], patience()).await;
    let (pulls, deliveries) = everything_happens(&mut world).await;
    let database = Database::on(&cluster::shared());
    let github = world.hub.url();
    let replica = || Process::on(database.clone(), &github, replica_patience());
    let (mut first, second) = (replica().await, replica().await);
    let addresses = [first.webhook(), second.webhook()];
    world.bot = Home::Apart(second);
    let (before, after) = deliveries.split_at(BEFORE);
    assert!(burst(before, &addresses).await.is_empty());
    first.kill();
    assert!(burst(after, &addresses).await.is_empty());
    assert_eq!(read(&mut world, &pulls).await, undisturbed().await);
}
