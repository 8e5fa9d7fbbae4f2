//! What must never be read in a log, however much is logged.

use super::{FETCH, FETCHES, ONE_MEDIUM};
use crate::bot::{PRIVATE_KEY, Patience, SECRET};
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};
use crate::home::Home;
use crate::world::World;

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_loudest_log_holds_no_secret() {
    let loud = Patience { apart: true, log: "trace", ..Patience::short() };
    let mut world = World::start(&[("README.md", "# Hello\n")], loud).await;
    for verb in [Verb::Token, Verb::Files, Verb::CreateCheck] {
        world.goes_wrong(Fault::once(On::Verb(verb), What::Status(502)));
    }
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.hub.lock().expire_tokens();
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
    let tokens: Vec<String> = world.hub.lock().tokens.keys().cloned().collect();
    let Home::Apart(process) = &mut world.bot else { unreachable!() };
    assert!(process.stop());
    let log = process.log();
    assert!(log.contains("\"level\":\"TRACE\""), "it is the loudest log");
    let key = PRIVATE_KEY.lines().nth(1).expect("a line of the key");
    for secret in tokens.iter().map(String::as_str).chain([
        SECRET,
        key,
        "Bearer ey",
        "Bearer gh",
        "eyJ0eXAi",
        "eyJhbGci",
    ]) {
        let line = log.lines().find(|line| line.contains(secret));
        assert_eq!(line, None, "{secret}");
    }
    assert!(!log.contains("requests.get(url)"), "nor the text of the pull request");
}
