//! `scrutineer audit PATH…`

use super::world::{FINE, SLOW, World, json, slow};

const NONE: [&str; 0] = [];

#[test]
fn everything_under_the_directory_is_audited_in_the_order_of_paths() {
    let world = World::plain();
    world
        .write("b.py", SLOW)
        .write("a/z.pyi", SLOW)
        .write("a/a.py", SLOW)
        .write("c.txt", SLOW)
        .write("d.py", FINE);
    assert_eq!(world.findings(NONE), [slow("a/a.py"), slow("a/z.pyi"), slow("b.py")]);
}

#[test]
fn scripts_without_extension_are_known_by_their_first_line() {
    let world = World::plain();
    let script = format!("#!/usr/bin/env python3\n{SLOW}");
    world.write("bin/run", &script).write("bin/run.sh", &script).write("bin/other", SLOW);
    assert_eq!(world.findings(NONE), ["bin/run:6 http-call-without-timeout"]);
}

#[test]
fn ignored_files_virtual_environments_and_git_itself_are_left_out() {
    let world = World::new();
    world
        .write(".gitignore", "build/\nlocal_*.py\n")
        .write("build/a.py", SLOW)
        .write("local_settings.py", SLOW);
    world.write("env/pyvenv.cfg", "").write("env/lib/a.py", SLOW).write(".git/hooks/a.py", SLOW);
    world.write(".github/a.py", SLOW).write("src/.gitignore", "b.py\n").write("src/b.py", SLOW);
    assert_eq!(world.findings(NONE), [slow(".github/a.py")]);
}

#[test]
fn a_file_that_is_named_is_audited_whatever_it_is_called() {
    let world = World::new();
    world.write(".gitignore", "local_*.py\n").write("local_settings.py", SLOW).write("build.txt", SLOW);
    assert_eq!(
        world.findings(["local_settings.py", "build.txt", "./local_settings.py"]),
        [slow("build.txt"), slow("local_settings.py")]
    );
}

#[test]
fn paths_are_told_from_the_root_of_the_repository() {
    let world = World::new();
    world.write("src/a.py", SLOW).write("b.py", SLOW);
    assert_eq!(world.audit_in("src", json(NONE)).findings(), [slow("src/a.py")]);
    assert_eq!(world.audit_in("src", json(["../b.py"])).findings(), [slow("b.py")]);
}

#[test]
fn a_path_that_does_not_exist_is_an_error() {
    World::plain().audit(["sorce"]).fails_with("`sorce` cannot be audited; check the path");
}

#[test]
fn what_cannot_be_audited_is_listed_and_not_fatal() {
    let world = World::plain();
    world.write("binary.py", b"\0\x01\x02").write("large.py", "x = 1\n".repeat(200_000));
    world
        .write("latin.py", b"# caf\xe9\n")
        .write("cookie.py", b"# coding: latin-1\n# caf\xe9\n")
        .write("z.py", SLOW);
    let run = world.audit(json(NONE));
    assert_eq!(run.findings(), [slow("z.py")]);
    let skipped = run.skipped();
    assert_eq!(skipped.len(), 3, "{skipped:?}");
    assert!(skipped[0].starts_with("binary.py: not text"), "{skipped:?}");
    assert!(skipped[1].starts_with("large.py: larger than the limit"), "{skipped:?}");
    assert!(skipped[2].starts_with("latin.py: unreadable encoding"), "{skipped:?}");
    assert_eq!(run.code, 0);
}

#[test]
fn broken_python_is_told_and_the_rest_of_the_file_is_audited() {
    let world = World::plain();
    world
        .write("a.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n\n\ndef broken(:\n    x = = 1\n");
    let run = world.audit(json(NONE));
    assert_eq!(run.findings(), ["a.py:5 blocking-call-in-async"]);
    assert_eq!(run.json()["broken"][0]["path"], "a.py");
}

#[test]
fn the_exit_code_tells_whether_findings_reach_the_threshold() {
    let world = World::plain();
    world.write("a.py", SLOW);
    for (threshold, code) in [("critical", 0), ("high", 0), ("medium", 1), ("low", 1), ("never", 0)] {
        assert_eq!(world.audit(["--fail-on", threshold]).code, code, "{threshold}");
    }
    world.write("a.py", "import time\n\n\nasync def f():\n    time.sleep(1)\n");
    assert_eq!(world.audit(NONE).code, 1);
    assert_eq!(world.audit(["--rules", "resilience"]).code, 0);
}

#[test]
fn an_unknown_rule_is_an_error_that_names_the_one_that_was_meant() {
    let world = World::plain();
    world
        .audit(["--rules", "http-call-without-timeot"])
        .fails_with("did you mean `http-call-without-timeout`?");
    world.audit(["--rules", "resilience,qqq"]).fails_with("`scrutineer rules list` names them all");
}

#[test]
fn rules_run_by_id_or_category() {
    let world = World::plain();
    world.write("a.py", "import requests\n\n\nasync def load(url):\n    return requests.get(url)\n");
    assert_eq!(world.findings(["--rules", "async"]), ["a.py:5 blocking-call-in-async"]);
    assert_eq!(world.findings(["--rules", "http-call-without-timeout"]), [slow("a.py")]);
    assert_eq!(world.findings(NONE).len(), 2);
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let world = World::plain();
    for n in 0..40 {
        world.write(format!("d{}/a{n}.py", n % 3), format!("{}{SLOW}", "#\n".repeat(n)));
    }
    let one = world.audit(["--threads=1"]);
    assert!(one.out.contains("40 medium"), "{}", one.out);
    assert_eq!(one.out, world.audit(["--threads=7"]).out);
}

#[test]
fn every_format_is_written() {
    let world = World::plain();
    world.write("a.py", SLOW);
    for (format, words) in [
        ("text", "--> a.py:5:12"),
        ("json", "\"path\": \"a.py\""),
        ("sarif", "\"2.1.0\""),
        ("markdown", "# Audit report"),
        ("github", "::warning file=a.py,line=5"),
    ] {
        let run = world.audit(["--format", format]);
        assert!(run.out.contains(words), "{format}: {}", run.out);
        assert_eq!(run.err, "", "{format}");
    }
}

#[test]
fn a_suppressed_finding_is_listed_as_such_and_fails_nothing() {
    let world = World::plain();
    world.write(
        "a.py",
        SLOW.replace("(url)\n", "(url)  # scrutineer: ignore[http-call-without-timeout] local\n"),
    );
    let run = world.audit(json(["--fail-on=low"]));
    assert_eq!(run.findings(), NONE);
    assert_eq!(run.json()["suppressed"][0]["suppressed"]["reason"], "local");
    assert_eq!(run.code, 0);
}

#[test]
fn a_useless_or_malformed_suppression_is_told() {
    let world = World::plain();
    world.write(
        "a.py",
        "x = 1  # scrutineer: ignore[http-call-without-timeout]\ny = 2  # scrutineer: ignore\n",
    );
    let notes = world.audit(json(NONE)).notes();
    assert_eq!(notes.len(), 2, "{notes:?}");
    assert!(notes[0].starts_with("`a.py:2`: it names no rule"), "{notes:?}");
    assert!(notes[1].starts_with("`a.py:1`: the comment silences nothing"), "{notes:?}");
}
