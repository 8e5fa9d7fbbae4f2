//! Rule files in Semgrep's layout: a rule file, and beside it the Python whose comments say what it must report.
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::disallowed_methods,
    reason = "a test reads its data"
)]

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use scrutineer::engine::labels::{self, Labels};
use scrutineer::engine::rule::{Bounds, UserRules};
use scrutineer::engine::{Engine, Limits, Options, RuleSet};

fn folder() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/data/semgrep")
}

fn rule_files() -> Vec<PathBuf> {
    let entries = fs::read_dir(folder()).unwrap().map(|entry| entry.unwrap().path());
    let mut files: Vec<PathBuf> =
        entries.filter(|path| path.extension().is_some_and(|it| it == "yml")).collect();
    files.sort();
    files
}

fn users(path: &Path, bounds: Bounds) -> UserRules {
    let text = fs::read_to_string(path).unwrap();
    UserRules::load([(path.to_str().unwrap(), text.as_str())], [], bounds)
}

/// What is not as expected with one rule file.
fn check(path: &Path, none: &RuleSet) -> Vec<String> {
    let users = users(path, Bounds::REPOSITORY);
    if !users.errors.is_empty() {
        return users.errors.iter().map(ToString::to_string).collect();
    }
    let ids: Vec<String> = users.iter().map(|rule| rule.id.clone()).collect();
    let engine = Engine::new(none.clone().with(users, ""), Limits::default());
    let test = path.with_extension("py");
    let text = fs::read_to_string(&test).unwrap();
    let (found, audit) = labels::found(&engine, "app.py", &text);
    let mut wrong = Vec::new();
    for id in ids {
        let verdict = Labels::read(&text).judge(&id, found.get(&id).unwrap_or(&BTreeSet::new()));
        if !verdict.missed.is_empty() || !verdict.wrong.is_empty() {
            wrong.push(format!("{id}: missed {:?}, wrong {:?}", verdict.missed, verdict.wrong));
        }
    }
    if let Ok(fixed) = fs::read_to_string(path.with_extension("fixed.py"))
        && labels::fixed(&text, &audit) != fixed
    {
        wrong.push(format!("{}: fixed is\n{}", path.display(), labels::fixed(&text, &audit)));
    }
    wrong
}

#[test]
fn every_operator_finds_what_its_file_says() {
    let files = rule_files();
    assert!(files.len() >= 60, "only {} rules", files.len());
    let none = RuleSet::embedded().unwrap().without_rules();
    let wrong: Vec<String> = files.iter().flat_map(|path| check(path, &none)).collect();
    assert!(wrong.is_empty(), "\n{}", wrong.join("\n"));
}

#[test]
fn every_rule_has_lines_it_reports() {
    for path in rule_files() {
        let text = fs::read_to_string(path.with_extension("py")).unwrap();
        assert!(text.contains("ruleid:"), "{}", path.display());
    }
}

#[test]
fn a_rule_that_needs_too_many_steps_is_named() {
    let text = "rules:\n  - id: dear\n    languages: [python]\n    severity: INFO\n    message: m\n    pattern: $X\n";
    let audit = |steps: u32| {
        let users = UserRules::load([("r.yml", text)], [], Bounds { steps, ..Bounds::REPOSITORY });
        let none = RuleSet::embedded().unwrap().without_rules();
        let engine = Engine::new(none.with(users, ""), Limits::default());
        engine.audit("a.py", "f(a)\n".repeat(500).as_bytes(), &Options::default())
    };
    let (poor, rich) = (audit(100), audit(1_000_000));
    assert_eq!((poor.findings.len(), poor.exhausted), (0, vec!["dear".to_owned()]));
    assert!(!rich.findings.is_empty() && rich.exhausted.is_empty());
}
