use super::{CLEAN, FETCH, FETCHES};
use crate::world::World;

const FILE: &str = ".github/scrutineer/rules/ours.yml";
const RULE: &str = "rules:\n  - id: no-print\n    languages: [python]\n    severity: ERROR\n    \
                    message: No `$X` here\n    pattern: print($X)\n";
const PRINTS: &str = "def f():\n    print(1)\n";

#[tokio::test]
async fn rules_at_the_base_are_used_besides_ours() {
    let mut world = World::with(&[(FILE, RULE)]).await;
    world.open_pull_request("feature", &[("a.py", PRINTS), ("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["a.py:2 no-print", FETCHES]);
    assert_eq!(world.check(), "failure: 2 findings: 1 high and 1 medium");
}

#[tokio::test]
async fn rules_at_the_head_are_not() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("a.py", PRINTS), (FILE, RULE)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.check(), "success: No findings in 1 Python file");
}

#[tokio::test]
async fn a_refused_rule_is_told_and_costs_none_of_the_others() {
    let second =
        "  - id: bad\n    languages: [python]\n    severity: INFO\n    message: m\n    patern: f()\n";
    let mut world = World::with(&[(FILE, &format!("{RULE}{second}"))]).await;
    world.open_pull_request("feature", &[("a.py", PRINTS), ("b.py", CLEAN)]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["a.py:2 no-print"]);
    let run = world.the_run();
    assert!(run.summary.unwrap().contains("ours.yml:11:5"), "{:?}", run.text);
}
