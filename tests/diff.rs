//! Our hunks against git's own, on random texts: git's patches are read and undone by us, and git
//! applies ours.
#![expect(clippy::disallowed_methods, reason = "the test compares with the real git on real files")]
#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::fs;
use std::path::Path;
use std::process::Command;

use proptest::prelude::*;
use scrutineer::engine::diff::{Hunk, LineKind, between, parse_patch, reverse_apply};

/// Runs git in a directory without any configuration of this machine.
fn git(dir: &Path, args: &[&str]) -> (i32, String) {
    let output = Command::new("git")
        .args(args)
        .current_dir(dir)
        .env("GIT_CONFIG_NOSYSTEM", "1")
        .env("GIT_CONFIG_GLOBAL", "/dev/null")
        .output()
        .unwrap();
    (output.status.code().unwrap(), String::from_utf8(output.stdout).unwrap())
}

/// What GitHub gives as `patch`: git's output without the header of the file and the last newline.
fn patch_of(base: &str, head: &str) -> String {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), base).unwrap();
    fs::write(dir.path().join("b"), head).unwrap();
    let (_, diff) = git(dir.path(), &["diff", "--no-index", "--text", "a", "b"]);
    let start = diff.find("\n@@").map_or(diff.len(), |at| at + 1);
    diff[start..].trim_end_matches('\n').to_owned()
}

fn applied_by_git(base: &str, hunks: &[Hunk]) -> String {
    let dir = tempfile::tempdir().unwrap();
    fs::write(dir.path().join("a"), base).unwrap();
    fs::write(dir.path().join("patch"), format!("--- a/a\n+++ b/a\n{}", written(hunks))).unwrap();
    let (code, _) = git(dir.path(), &["apply", "--whitespace=nowarn", "--unidiff-zero", "patch"]);
    assert_eq!(code, 0, "git refuses {:?}", written(hunks));
    fs::read_to_string(dir.path().join("a")).unwrap()
}

fn written(hunks: &[Hunk]) -> String {
    let mut text = String::new();
    for hunk in hunks {
        let Hunk { old_start, old_lines, new_start, new_lines, lines } = hunk;
        text += &format!("@@ -{old_start},{old_lines} +{new_start},{new_lines} @@\n");
        for line in lines {
            text.push(match line.kind {
                LineKind::Context => ' ',
                LineKind::Added => '+',
                LineKind::Removed => '-',
            });
            text += &line.text;
            if !line.text.ends_with('\n') {
                text += "\n\\ No newline at end of file\n";
            }
        }
    }
    text
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(60))]

    #[test]
    fn a_patch_of_git_is_undone(base in "([abc\r\u{c}é ]{0,3}\n?){0,20}", head in "([abc\r\u{c}é ]{0,3}\n?){0,20}") {
        let hunks = parse_patch(&patch_of(&base, &head)).unwrap();
        prop_assert_eq!(reverse_apply(&head, &hunks), Ok(base));
    }

    #[test]
    fn git_applies_our_hunks(base in "([abc\r\u{c}é ]{0,3}\n){1,20}", head in "([abc\r\u{c}é ]{0,3}\n){1,20}b?") {
        let hunks = between(&base, &head);
        prop_assume!(!hunks.is_empty());
        prop_assert_eq!(applied_by_git(&base, &hunks), head);
    }
}

/// A file of small functions that differ in their names only, as far as a diff can tell.
fn module() -> String {
    let function = |n: u32| {
        format!(
            "def load_{n}(path):\n    with open(path) as file:\n        data = file.read()\n\n    return {n}, data\n\n\n"
        )
    };
    (0..12).map(function).collect()
}

#[test]
fn on_edits_as_people_make_them_the_hunks_are_those_of_git() {
    let base = module();
    let lines: Vec<&str> = base.split_inclusive('\n').collect();
    for at in 0..lines.len() - 12 {
        let mut head = lines.clone();
        let moved: Vec<&str> = head.drain(at..at + 3).collect();
        head.insert(at + 8, "    print(data)\n");
        head.splice(at / 2..at / 2, moved);
        head[at / 3] = "# a changed line\n";
        let head = head.concat();
        assert_eq!(between(&base, &head), parse_patch(&patch_of(&base, &head)).unwrap(), "edited at {at}");
    }
}
