use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::Desk;
use crate::fake::calls::Verb;
use crate::fake::faults::{Fault, On, What};

const RUNS: &str = "/repos/octo-org/hello/check-runs";
const MOMENT: Duration = Duration::from_millis(20);

fn run(desk: &Desk) -> Value {
    json!({"name": "scrutineer", "head_sha": desk.head(), "status": "in_progress"})
}

fn runs(desk: &Desk) -> usize {
    desk.hub.lock().repo(desk.repo).checks.len()
}

fn goes_wrong(desk: &Desk, what: What) {
    desk.hub.lock().faults = vec![Fault::once(On::Verb(Verb::CreateCheck), what)];
}

#[tokio::test]
async fn a_server_error_comes_before_or_after_the_effect() {
    let desk = Desk::open().await;
    goes_wrong(&desk, What::Status(502));
    assert_eq!(desk.post(RUNS, run(&desk)).await.status, 502);
    assert_eq!(runs(&desk), 0);
    goes_wrong(&desk, What::StatusAfter(502));
    assert_eq!(desk.post(RUNS, run(&desk)).await.status, 502);
    assert_eq!(runs(&desk), 1);
    assert_eq!(desk.post(RUNS, run(&desk)).await.status, 201, "once only");
}

#[tokio::test]
async fn a_connection_is_cut_before_or_after_the_effect() {
    let desk = Desk::open().await;
    for (what, effect) in [(What::Cut, 0), (What::CutAfter, 1)] {
        goes_wrong(&desk, what);
        let wish = run(&desk);
        assert!(desk.ask_as("POST", RUNS, &desk.token, &wish).await.is_err());
        assert_eq!(runs(&desk), effect);
    }
}

#[tokio::test]
async fn a_request_nobody_answers_may_happen_before_after_or_never() {
    let desk = Desk::open().await;
    for (what, at_once, later) in
        [(What::Hang, 0, 0), (What::HangAfter, 1, 1), (What::HangThenHappen(MOMENT), 1, 2)]
    {
        goes_wrong(&desk, what);
        let wish = run(&desk);
        let asked = tokio::time::timeout(MOMENT / 2, desk.ask_as("POST", RUNS, &desk.token, &wish)).await;
        assert!(asked.is_err(), "no answer");
        assert_eq!(runs(&desk), at_once);
        wait_for(|| runs(&desk) == later).await;
    }
}

async fn wait_for(condition: impl Fn() -> bool) {
    let start = Instant::now();
    while !condition() {
        assert!(start.elapsed() < Duration::from_secs(5));
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}

#[tokio::test]
async fn an_effect_may_be_seen_late() {
    let desk = Desk::open().await;
    goes_wrong(&desk, What::HiddenForReads(2));
    desk.post(RUNS, run(&desk)).await;
    let list = format!("/repos/octo-org/hello/commits/{}/check-runs", desk.head());
    let mut seen = Vec::new();
    for _ in 0..3 {
        seen.push(desk.get(&list).await.json()["total_count"].clone());
    }
    assert_eq!(seen, [0, 0, 1]);
}

#[tokio::test]
async fn limits_speak_in_headers() {
    let desk = Desk::open().await;
    goes_wrong(&desk, What::Slow { status: 429, retry_after: Some(7) });
    let slow = desk.post(RUNS, run(&desk)).await;
    assert_eq!((slow.status, slow.headers["retry-after"].as_str()), (429, "7"));
    goes_wrong(&desk, What::Exhausted { reset_in: 50 });
    assert_eq!(desk.post(RUNS, run(&desk)).await.status, 403);
    let still = desk.get("/repos/octo-org/hello/pulls/1").await;
    assert_eq!((still.status, still.headers["x-ratelimit-remaining"].as_str()), (403, "0"));
    assert!(still.json()["message"].as_str().unwrap().starts_with("API rate limit exceeded"));
}

#[tokio::test]
async fn writing_too_fast_is_braked() {
    let desk = Desk::open().await;
    desk.hub.lock().limits.writes_per_minute = 1;
    assert_eq!(desk.post(RUNS, run(&desk)).await.status, 201);
    let slow = desk.post(RUNS, run(&desk)).await;
    assert_eq!((slow.status, slow.headers.contains_key("retry-after")), (403, true));
}

#[tokio::test]
async fn the_head_may_be_answered_as_it_was() {
    let desk = Desk::open().await;
    let old = desk.head();
    desk.hub.lock().push(desk.repo, desk.pull, vec![("app.py", "x = 1\n").into()]);
    desk.hub.lock().serve_old_head(desk.repo, desk.pull, 1);
    let head = async || desk.get("/repos/octo-org/hello/pulls/1").await.json()["head"]["sha"].clone();
    assert_eq!(head().await, old);
    assert_eq!(head().await, desk.head());
}
