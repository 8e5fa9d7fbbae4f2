//! Files of every kind, and names nobody should give them.

use super::{CLEAN, FETCH, ONE_MEDIUM, RESTORE};
use crate::fake::git::Entry;
use crate::fake::verbs::{Edit, Proposal};
use crate::world::World;

fn feature() -> Proposal {
    Proposal { branch: "feature".to_owned(), ..Proposal::default() }
}

#[tokio::test]
async fn a_renamed_file_brings_its_old_findings_along() {
    let mut world = World::with(&[("old.py", FETCH)]).await;
    let longer = format!("{FETCH}\n\nX = 1\n");
    let edits = vec![Edit::rename("old.py", "new.py"), ("new.py", longer.as_str()).into()];
    world.propose_edits(feature(), edits).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert_eq!(world.check(), "success: No findings in 1 Python file");
}

#[tokio::test]
async fn a_deleted_file_needs_no_audit() {
    let mut world = World::with(&[("app.py", FETCH), ("b.py", CLEAN)]).await;
    world.propose_edits(feature(), vec![Edit::delete("app.py")]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert!(world.check().starts_with("success: "), "{}", world.check());
}

#[tokio::test]
async fn code_moved_to_another_file_is_not_new() {
    let mut world = World::with(&[("app.py", &format!("{FETCH}\n\n{CLEAN}"))]).await;
    world.propose_edits(feature(), vec![("app.py", CLEAN).into(), ("fetch.py", FETCH).into()]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0]);
    assert!(world.check().starts_with("success: No findings"), "{}", world.check());
}

#[tokio::test]
async fn what_cannot_be_read_is_named_and_never_green() {
    let mut world = World::new().await;
    let edits = vec![
        ("binary.py", Entry::file(vec![0, 159, 146, 150])).into(),
        ("link.py", Entry::link("/etc/passwd")).into(),
        ("module.py", Entry::submodule(&"1".repeat(40))).into(),
        ("latin.py", Entry::file(b"# \xe9t\xe9\nx = 1\n".to_vec())).into(),
        ("app.py", CLEAN).into(),
    ];
    world.propose_edits(feature(), edits).await;
    world.settle().await;
    let run = world.the_run();
    assert_eq!(run.conclusion.as_deref(), Some("neutral"), "{run:?}", run = run.title);
    let words = format!("{}{}", run.summary.unwrap(), run.text.unwrap());
    for name in ["binary.py", "latin.py"] {
        assert!(words.contains(name), "{name}: {words}");
    }
}

#[tokio::test]
async fn a_declared_encoding_is_read() {
    let mut world = World::new().await;
    let mut text = b"# -*- coding: latin-1 -*-\n# \xe9t\xe9\n".to_vec();
    text.extend_from_slice(FETCH.as_bytes());
    world.propose_edits(feature(), vec![("app.py", Entry::file(text)).into()]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0], "GitHub's patch is not of these bytes, so no line of it is proven");
    assert_eq!(world.check(), ONE_MEDIUM);
    assert_eq!(world.the_run().annotations[0]["start_line"], 7);
}

#[tokio::test]
async fn a_text_beyond_what_graphql_gives_is_fetched_whole() {
    let mut world = World::new().await;
    let filler = "# filler filler filler filler filler filler filler filler filler\n".repeat(9_000);
    world.open_pull_request("feature", &[("app.py", &format!("{filler}{FETCH}"))]).await;
    world.settle().await;
    assert!(world.check().starts_with("success: 1 medium finding"), "{}", world.check());
    world.comments();
}

#[tokio::test]
async fn a_script_without_an_extension_is_python_if_its_first_line_says_so() {
    let mut world = World::new().await;
    let script = format!("#!/usr/bin/env python3\n{RESTORE}");
    world.open_pull_request("feature", &[("bin/restore", &script), ("bin/other", "#!/bin/sh\n")]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["bin/restore:7 archive-extraction-traversal"]);
    assert_eq!(world.check(), "failure: 1 critical finding");
}

#[tokio::test]
async fn a_patch_github_leaves_out_is_made_up_for() {
    let mut world = World::with(&[("app.py", CLEAN)]).await;
    world.hub.lock().repo_mut(world.repo).patch_limit = 10;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    assert_eq!(world.comments(), [""; 0], "no line is proven");
    let run = world.the_run();
    assert_eq!(run.annotations.len(), 1);
    assert_eq!(run.annotations[0]["start_line"], 5);
}

/// Names that would do harm in Markdown, HTML, a terminal or a workflow command.
const HOSTILE: [&str; 6] = [
    "a`b|c.py",
    "<img src=x onerror=alert(1)>.py",
    "@octo-org/owners [x](javascript:alert(1)).py",
    "new\nline ::error::.py",
    "\u{202e}yp.txt.py",
    "\u{1b}[31mred\u{7}.py",
];

#[tokio::test]
async fn hostile_names_do_no_harm() {
    let mut world = World::new().await;
    let files: Vec<(&str, &str)> = HOSTILE.iter().map(|name| (*name, FETCH)).collect();
    world.open_pull_request("feature", &files).await;
    world.settle().await;
    assert_eq!(world.remarks()[0].comments.len(), HOSTILE.len());
    let run = world.the_run();
    let body: String =
        world.remarks().iter().flat_map(|remark| &remark.comments).map(|note| note.body.clone()).collect();
    let words = format!("{}\n{}\n{}\n{body}", run.title.unwrap(), run.summary.unwrap(), run.text.unwrap());
    // What stands between backticks GitHub shows as it is; everything else it would obey.
    let obeyed: String = words.split('`').step_by(2).collect();
    assert!(
        !obeyed.contains("<img") && !obeyed.contains("](javascript") && !obeyed.contains("@octo-org"),
        "{words}"
    );
    assert!(!words.contains(['\u{202e}', '\u{1b}', '\u{7}']) && !words.contains("\nline ::error"), "{words}");
}

#[tokio::test]
async fn a_file_with_a_syntax_error_is_told_as_such() {
    let mut world = World::new().await;
    let broken = "import time\n\n\nasync def wait():\n    time.sleep(1)\n\n\ndef half():\n    x = = 1\n";
    world.open_pull_request("feature", &[("app.py", broken)]).await;
    world.settle().await;
    assert_eq!(world.comments(), ["app.py:5 blocking-call-in-async"]);
    assert!(world.the_run().text.unwrap().contains("`app.py`, line 9: not valid Python"));
    assert_eq!(world.the_run().conclusion.as_deref(), Some("failure"));
}

#[tokio::test]
async fn what_does_not_parse_is_never_green() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", "def half():\n    x = = 1\n")]).await;
    world.settle().await;
    assert_eq!(world.the_run().conclusion.as_deref(), Some("neutral"));
}
