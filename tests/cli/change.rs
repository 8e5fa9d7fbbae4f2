//! `scrutineer audit --diff RANGE`

use super::world::{FINE, SLOW, World, json, slow};

const NONE: [&str; 0] = [];

#[test]
fn two_dots_compare_two_trees() {
    let world = World::new();
    world.write("old.py", SLOW).write("a.py", FINE).commit();
    world.write("a.py", SLOW).write("new.py", SLOW).write("other.txt", "x").commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), [slow("a.py"), slow("new.py")]);
    assert_eq!(world.findings(["--diff", "HEAD..HEAD"]), NONE);
}

#[test]
fn three_dots_start_where_the_branch_left() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.git(["switch", "--quiet", "--create", "feature"]);
    world.write("feature.py", SLOW).commit();
    world.git(["switch", "--quiet", "main"]);
    world.write("a.py", SLOW).commit();
    assert_eq!(world.findings(["--diff", "main...feature"]), [slow("feature.py")]);
    assert_eq!(world.findings(["--diff", "feature...main"]), [slow("a.py")]);
    world.git(["switch", "--quiet", "feature"]);
    assert_eq!(world.findings(["--diff", "main..."]), [slow("feature.py")]);
}

#[test]
fn one_revision_is_compared_with_the_files_on_disk() {
    let world = World::new();
    world
        .write(".gitignore", "ignored.py\n")
        .write("old.py", SLOW)
        .write("a.py", FINE)
        .write("gone.py", SLOW)
        .commit();
    world.write("a.py", SLOW).write("untracked.py", SLOW).write("ignored.py", SLOW).remove("gone.py");
    world.write("staged.py", SLOW).git(["add", "staged.py"]);
    // One of the three new ones is the code of the file that is gone.
    let found = world.findings(["--diff", "HEAD"]);
    assert_eq!(found.len(), 2, "{found:?}");
    world.write("gone.py", SLOW);
    assert_eq!(world.findings(["--diff", "HEAD"]), [slow("a.py"), slow("staged.py"), slow("untracked.py")]);
}

#[test]
fn an_unchanged_checkout_has_nothing_to_say() {
    let world = World::new();
    world.write("a.py", SLOW).commit();
    let run = world.audit(json(["--diff", "HEAD"]));
    assert_eq!(run.findings(), NONE);
    assert_eq!(run.json()["summary"]["files_audited"], 0);
}

#[test]
fn a_line_shifted_in_a_renamed_file_is_not_new() {
    let world = World::new();
    world.write("old/name.py", SLOW).commit();
    world.remove("old/name.py").write("new/name.py", format!("# moved\n{SLOW}")).commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), NONE);
}

#[test]
fn a_function_moved_to_another_file_is_not_new() {
    let world = World::new();
    world.write("a.py", SLOW).write("b.py", "import requests\n").commit();
    world.write("a.py", "import requests\n").write("b.py", SLOW).commit();
    let run = world.audit(json(["--diff", "HEAD~1..HEAD"]));
    assert_eq!(run.findings(), NONE);
    assert_eq!(run.notes(), ["Of the findings before this change: 1 in moved code."]);
}

#[test]
fn a_deleted_file_has_no_findings_and_its_old_ones_are_gone() {
    let world = World::new();
    world.write("a.py", SLOW).commit();
    world.remove("a.py").commit();
    let run = world.audit(json(["--diff", "HEAD~1..HEAD"]));
    assert_eq!(run.findings(), NONE);
    assert_eq!(run.notes(), ["Of the findings before this change: 1 gone."]);
}

#[test]
fn a_function_turned_async_makes_its_untouched_lines_wrong() {
    let world = World::new();
    let text = "import time\n\n\ndef wait():\n    x = 1\n    time.sleep(x)\n";
    world.write("a.py", text).commit();
    world.write("a.py", text.replace("def", "async def")).commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), ["a.py:6 blocking-call-in-async"]);
}

#[test]
fn repairing_a_broken_function_does_not_make_its_old_findings_new() {
    let world = World::new();
    world.write("a.py", format!("{SLOW}    x = = 1\n")).commit();
    world.write("a.py", format!("{SLOW}    x = 1\n")).commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), NONE);
}

#[test]
fn a_suppression_that_the_change_adds_is_told() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    let silent = SLOW.replace("(url)\n", "(url)  # scrutineer: ignore[http-call-without-timeout] local\n");
    world.write("a.py", &silent).commit();
    let run = world.audit(json(["--diff", "HEAD~1..HEAD"]));
    assert_eq!(run.findings(), NONE);
    assert_eq!(
        run.notes(),
        [
            "This change adds a suppression at `a.py:5` for `http-call-without-timeout` (1 new finding here), because: local"
        ]
    );
}

#[test]
fn paths_narrow_the_comparison() {
    let world = World::new();
    world.write("x.txt", "").commit();
    world.write("src/a.py", SLOW).write("lib/a.py", SLOW).write("srcs.py", SLOW).commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD", "src"]), [slow("src/a.py")]);
    assert_eq!(world.audit_in("lib", json(["--diff", "HEAD~1..HEAD", "."])).findings(), [slow("lib/a.py")]);
    world.audit(["--diff", "HEAD", "/elsewhere"]).fails_with("outside of the repository");
}

#[test]
fn scripts_count_where_their_first_line_says_so() {
    let world = World::new();
    world.write("run", "#!/bin/sh\n").write("other", "text\n").commit();
    world.write("run", format!("#!/usr/bin/env python3\n{SLOW}")).write("other", SLOW).commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), ["run:6 http-call-without-timeout"]);
}

#[test]
fn odd_names_are_told_as_they_are() {
    let world = World::new();
    world.write("x.txt", "").commit();
    let names =
        ["a b.py", "a\tb.py", "a\nb.py", "quote\".py", "back\\slash.py", "ünï.py", "-dash.py", ":colon.py"];
    for name in names {
        world.write(name, SLOW);
    }
    let told = |range: &str| {
        let found = world.audit(json(["--diff", range])).json()["findings"].as_array().unwrap().clone();
        let mut paths: Vec<String> = found.iter().map(|f| f["path"].as_str().unwrap().to_owned()).collect();
        paths.sort();
        paths
    };
    let mut expect = names.map(str::to_owned);
    expect.sort();
    assert_eq!(told("HEAD"), expect);
    world.commit();
    assert_eq!(told("HEAD~1..HEAD"), expect);
}

#[test]
fn a_name_that_is_no_unicode_is_told_as_well_as_can_be() {
    use std::os::unix::ffi::OsStrExt;
    let world = World::new();
    world.write("x.txt", "").commit();
    world.write(std::ffi::OsStr::from_bytes(b"caf\xe9.py"), SLOW).commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), [slow("caf\u{fffd}.py")]);
}

#[test]
fn repositories_of_sha256_are_read_too() {
    let world = World::plain();
    world.git(["init", "--quiet", "--object-format=sha256"]);
    world.write("a.py", FINE).write("old.py", SLOW).commit();
    world.write("a.py", SLOW).commit();
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), [slow("a.py")]);
    assert_eq!(world.findings(["--diff", "HEAD~1"]), [slow("a.py")]);
    assert_eq!(world.findings(["--diff", "HEAD"]), NONE);
}

#[test]
fn a_bare_repository_can_compare_trees() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.write("a.py", SLOW).commit();
    world.git(["clone", "--quiet", "--bare", ".", "bare.git"]);
    assert_eq!(world.audit_in("bare.git", json(["--diff", "HEAD~1..HEAD"])).findings(), [slow("a.py")]);
    world.audit_in("bare.git", ["--diff", "HEAD"]).fails_with("this repository is bare");
}

#[test]
fn submodules_are_other_repositories() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    let inner = World::new();
    inner.write("b.py", SLOW).commit();
    let inner = inner.root();
    world.git([
        "-c",
        "protocol.file.allow=always",
        "submodule",
        "--quiet",
        "add",
        inner.to_str().unwrap(),
        "inner.py",
    ]);
    world.commit();
    let run = world.audit(json(["--diff", "HEAD~1..HEAD"]));
    assert_eq!((run.findings(), run.skipped().len()), (vec![], 1));
    assert!(run.skipped()[0].starts_with("inner.py: a submodule"));
    assert_eq!(world.findings(["--diff", "HEAD~1"]), NONE);
}

// What cannot be compared.

#[test]
fn an_unknown_revision_is_an_error_with_its_remedy() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.audit(["--diff", "nope..HEAD"]).fails_with("\"nope\" is no revision of this repository");
    world.audit(["--diff", "HEAD...--output=x"]).fails_with("\"--output=x\" is no revision");
    world.audit(["--diff", "a..b..c"]).fails_with("write A..B, A...B or A");
}

#[test]
fn without_a_repository_there_is_nothing_to_compare() {
    World::plain().audit(["--diff", "HEAD"]).fails_with("there is no git repository here");
}

#[test]
fn histories_without_a_common_ancestor_are_an_error() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.git(["switch", "--quiet", "--orphan", "other"]);
    world.write("b.py", FINE).commit();
    world.audit(["--diff", "main...other"]).fails_with("have no common ancestor here; compare the two trees");
}

#[test]
fn a_shallow_clone_without_the_merge_base_says_how_to_get_it() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.git(["switch", "--quiet", "--create", "feature"]);
    world.write("feature.py", SLOW).commit();
    world.git(["switch", "--quiet", "main"]);
    world.write("a.py", "x = 1\n").commit();
    let source = format!("file://{}", world.root().display());
    world.git(["clone", "--quiet", "--depth=1", "--no-single-branch", &source, "shallow"]);
    let run = world.audit_in("shallow", ["--diff", "origin/main...origin/feature"]);
    run.fails_with("git fetch --unshallow");
    let run = world.audit_in("shallow", json(["--diff", "origin/main..origin/feature"]));
    assert_eq!(run.findings(), [slow("feature.py")]);
}
