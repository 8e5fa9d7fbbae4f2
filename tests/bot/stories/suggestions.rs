//! Edits at one click: offered where they do what they say, and not where they would not.

use crate::world::World;

const FILE: &str = ".github/scrutineer/rules/ours.yml";
const PRINTS: &str = "def f():\n    print(1)\n";

/// What a pull request is told whose finding brings this edit.
async fn told(fix: &str) -> String {
    let rule = format!(
        "rules:\n  - id: no-print\n    languages: [python]\n    severity: ERROR\n    \
         message: No `$X` here\n    pattern: print($X)\n    fix: {fix}\n"
    );
    let mut world = World::with(&[(FILE, &rule)]).await;
    world.open_pull_request("feature", &[("a.py", PRINTS)]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["a.py:2 no-print"], "{fix}");
    assert_eq!(world.check(), "failure: 1 high finding");
    world.conversation()
}

#[tokio::test]
async fn an_edit_that_removes_the_finding_is_offered_as_a_suggestion() {
    let told = told("repr($X)").await;
    assert!(told.contains("```suggestion\n    repr(1)\n```"), "{told}");
}

#[tokio::test]
async fn an_edit_that_leaves_the_finding_or_breaks_the_file_is_not_offered() {
    for fix in ["print($X + 1)", "repr($X"] {
        let told = told(fix).await;
        assert!(!told.contains("```suggestion"), "{fix}: {told}");
    }
}
