//! Checkouts that were prepared against their auditor.

use std::fs;
use std::os::unix::fs::PermissionsExt;

use super::world::{FINE, SLOW, World, json, slow};

const NONE: [&str; 0] = [];

/// A program that leaves a file behind if it is ever run.
fn trap(world: &World) -> String {
    let trap = world.root().join(".git/trap.sh");
    fs::write(&trap, format!("#!/bin/sh\ntouch '{}'\ncat\n", world.root().join("sprung").display())).unwrap();
    fs::set_permissions(&trap, fs::Permissions::from_mode(0o755)).unwrap();
    trap.display().to_string()
}

#[test]
fn nothing_that_the_checkout_configures_is_run() {
    let world = World::new();
    world.write("a.py", FINE).write("b.py", FINE).commit();
    world.write("a.py", SLOW).write(".gitattributes", "*.py diff=trap filter=trap merge=trap\n").commit();
    let trap = trap(&world);
    for key in [
        "diff.external",
        "diff.trap.command",
        "diff.trap.textconv",
        "filter.trap.clean",
        "filter.trap.smudge",
        "filter.trap.process",
        "core.fsmonitor",
        "core.pager",
        "pager.diff-tree",
        "core.sshCommand",
        "core.editor",
        "credential.helper",
    ] {
        world.git(["config", key, &trap]);
    }
    for hook in ["post-index-change", "fsmonitor-watchman", "reference-transaction", "pre-auto-gc"] {
        fs::create_dir_all(world.root().join(".git/hooks")).unwrap();
        fs::copy(&trap, world.root().join(".git/hooks").join(hook)).unwrap();
    }
    // Newer than the index, so that git would look into it.
    world.write("b.py", SLOW);
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), [slow("a.py")]);
    assert_eq!(world.findings(["--diff", "HEAD~1...HEAD"]), [slow("a.py")]);
    assert_eq!(world.findings(["--diff", "HEAD"]), [slow("b.py")]);
    assert_eq!(world.findings(NONE), [slow("a.py"), slow("b.py")]);
    assert!(!world.root().join("sprung").exists());
}

#[test]
fn a_partial_clone_fetches_nothing_and_lists_what_is_missing() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    let commit = world.commit();
    world.write("a.py", SLOW).commit();
    let source = format!("file://{}", world.root().display());
    world.git(["config", "uploadpack.allowFilter", "true"]);
    world.git(["clone", "--quiet", "--no-checkout", "--filter=blob:none", &source, "partial"]);
    let trap = trap(&world);
    world.git(["-C", "partial", "config", "remote.origin.uploadpack", &trap]);
    let run = world.audit_in("partial", json(["--diff", &format!("{commit}..HEAD")]));
    assert_eq!(run.findings(), NONE);
    assert!(run.skipped()[0].contains("missing in this partial clone"), "{:?}", run.skipped());
    assert!(!world.root().join("sprung").exists());
}

#[test]
fn replaced_objects_do_not_change_what_is_audited() {
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.write("a.py", SLOW).commit();
    let blob = |path: &str| world.git(["hash-object", "-w", path]).trim().to_owned();
    let bad = blob("a.py");
    world.write("clean.py", FINE);
    let good = blob("clean.py");
    world.git(["replace", &bad, &good]);
    assert_eq!(world.findings(["--diff", "HEAD~1..HEAD"]), [slow("a.py")]);
}

#[test]
fn links_out_of_the_tree_are_not_followed() {
    let outside = World::plain();
    outside.write("secret.py", SLOW).write("d/secret.py", SLOW);
    let world = World::new();
    world
        .write("a.py", FINE)
        .link("file.py", outside.root().join("secret.py"))
        .link("dir", outside.root().join("d"));
    world.link("dangling.py", "/nowhere");
    let run = world.audit(json(NONE));
    assert_eq!(run.findings(), NONE);
    assert_eq!(run.skipped().len(), 2, "{:?}", run.skipped());
    for named in ["file.py", "dir", "dir/secret.py"] {
        let run = world.audit(json([named]));
        assert_eq!(run.findings(), NONE, "{named}");
        assert!(run.skipped()[0].contains("symbolic link"), "{named}");
    }
}

#[test]
fn a_link_within_the_tree_is_followed_if_it_is_named() {
    let world = World::new();
    world.write("src/a.py", SLOW).link("here", "src");
    assert_eq!(world.findings(["here"]), [slow("src/a.py")]);
    assert_eq!(world.findings(NONE), [slow("src/a.py")]);
}

#[test]
fn links_in_a_change_are_listed_and_not_followed() {
    let outside = World::plain();
    outside.write("secret.py", SLOW);
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.remove("a.py").link("a.py", outside.root().join("secret.py"));
    for range in ["HEAD", "HEAD~1..HEAD"] {
        let run = world.audit(json(["--diff", range]));
        assert_eq!(run.findings(), NONE);
        assert!(run.skipped()[0].starts_with("a.py: a symbolic link"), "{:?}", run.skipped());
        world.commit();
    }
}

#[test]
fn a_directory_that_became_a_link_is_not_entered() {
    let outside = World::plain();
    outside.write("a.py", SLOW);
    let world = World::new();
    world.write("src/a.py", FINE).commit();
    fs::remove_dir_all(world.root().join("src")).unwrap();
    world.link("src", outside.root());
    assert_eq!(world.findings(["--diff", "HEAD"]), NONE);
}

#[test]
fn a_working_tree_configured_elsewhere_is_refused() {
    let outside = World::plain();
    outside.write("a.py", SLOW);
    let world = World::new();
    world.write("a.py", FINE).commit();
    world.git(["config", "core.worktree", outside.root().to_str().unwrap()]);
    let run = world.audit(["--diff", "HEAD"]);
    assert_eq!(run.code, 2);
    assert!(!run.out.contains("http-call"), "{}", run.out);
}

#[test]
fn a_pipe_is_listed_and_not_waited_for() {
    let world = World::plain();
    let status = std::process::Command::new("mkfifo").arg(world.root().join("a.py")).status().unwrap();
    assert!(status.success());
    let run = world.audit(json(NONE));
    assert!(run.skipped()[0].starts_with("a.py: could not be read"), "{:?}", run.skipped());
}

#[test]
fn control_characters_in_names_do_not_reach_the_terminal() {
    let world = World::plain();
    world.write("a\u{1b}[31mb.py", SLOW).write("c\n::error::x.py", b"\0");
    for format in ["text", "github", "markdown"] {
        let run = world.audit(["--format", format]);
        assert!(!run.out.contains('\u{1b}'), "{format}: {}", run.out);
        assert!(!run.out.lines().any(|line| line.starts_with("::error::x")), "{format}: {}", run.out);
    }
    let run = world.audit(["no\u{1b}[31mthing"]);
    assert!(!run.err.contains('\u{1b}'), "{}", run.err);
}
