//! What people do with our comments.

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::world::World;

const LATER: &str = "\n\nX = 1\n";

async fn reviewed() -> World {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.check(), ONE_MEDIUM);
    world
}

fn the_comment(world: &World) -> i64 {
    world.remarks()[0].comments[0].id
}

#[tokio::test]
async fn a_comment_somebody_deleted_does_not_come_back() {
    let mut world = reviewed().await;
    let comment = the_comment(&world);
    world.hub.lock().delete_comment(world.repo, world.pull, comment);
    world.push(&[("app.py", &format!("{FETCH}{LATER}"))]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_thread_somebody_resolved_stays_as_it_is() {
    let mut world = reviewed().await;
    let comment = the_comment(&world);
    world.hub.lock().resolve_thread(world.repo, world.pull, comment);
    world.push(&[("app.py", &format!("{FETCH}{LATER}"))]).await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert!(world.remarks()[0].comments[0].resolved);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_suppression_of_the_change_itself_is_honoured_and_listed() {
    let mut world = World::new().await;
    let quiet = FETCH
        .replace("get(url)", "get(url)  # scrutineer: ignore[http-call-without-timeout] a tool for one run");
    world.open_pull_request("feature", &[("app.py", &quiet)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    let run = world.the_run();
    assert_eq!(run.conclusion.as_deref(), Some("success"));
    assert!(run.text.unwrap().contains("a tool for one run"));
}
