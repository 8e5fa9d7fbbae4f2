//! A hundred rules more: varied, about names that ordinary code uses, so that many of them are really tried. They
//! must cost little beside reading the files.
#![allow(
    clippy::unwrap_used,
    clippy::disallowed_methods,
    clippy::print_stderr,
    reason = "a measurement reads and prints"
)]

use std::fs;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use scrutineer::engine::rule::{Bounds, UserRules};
use scrutineer::engine::{Engine, Limits, Options, RuleSet};

const NAMES: [&str; 25] = [
    "filter",
    "execute",
    "save",
    "get_or_create",
    "render",
    "redirect",
    "connect",
    "send_mail",
    "dumps",
    "loads",
    "urlopen",
    "mark_safe",
    "format_html",
    "raw",
    "extra",
    "delete",
    "update",
    "bulk_create",
    "select_related",
    "aggregate",
    "set_cookie",
    "atomic",
    "on_commit",
    "reverse",
    "resolve",
];

/// Four shapes of rules, from one call to statements in order.
const SHAPES: [&str; 4] = [
    "pattern: $X.NAME(..., debug=True, ...)",
    "patterns:\n      - pattern: $OBJECT.NAME($ARGUMENT)\n      - pattern-inside: |\n          def $F(...):\n            ...\n\
     \u{20}     - metavariable-regex: {metavariable: $ARGUMENT, regex: '^\"'}\n      - pattern-not: $OBJECT.NAME(\"safe\")",
    "patterns:\n      - pattern: |\n          $A = $O.NAME(...)\n          ...\n          $A.close()\n\
     \u{20}     - focus-metavariable: $A",
    "pattern-either:\n      - pattern: NAME(\"...\", <... input(...) ...>)\n      - pattern: |\n          @NAME(...)\n\
     \u{20}         def $F(...): ...\n      - pattern: from $M import NAME",
];

fn hundred_rules() -> UserRules {
    let mut text = String::from("rules:\n");
    for (number, shape) in SHAPES.iter().enumerate() {
        for name in NAMES {
            let id = format!("{}-{number}", name.replace('_', "-"));
            let head =
                format!("  - id: {id}\n    languages: [python]\n    severity: INFO\n    message: m\n    ");
            text.push_str(&format!("{head}{}\n", shape.replace("NAME", name)));
        }
    }
    let users = UserRules::load([("hundred.yml", text.as_str())], [], Bounds::REPOSITORY);
    assert!(users.errors.is_empty(), "{:?}", users.errors);
    users
}

fn engine(users: Option<UserRules>) -> Engine {
    let rules = RuleSet::embedded().unwrap();
    Engine::new(users.map_or(rules.clone(), |users| rules.with(users, "")), Limits::default())
}

fn python_under(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let (mut folders, mut files) = (vec![folder.to_owned()], Vec::new());
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if path.extension().is_some_and(|it| it == "py") {
                files.push((path.clone(), fs::read(&path).unwrap()));
            }
        }
    }
    files.sort();
    files
}

fn audit(engine: &Engine, files: &[(PathBuf, Vec<u8>)]) -> (Duration, usize) {
    let start = Instant::now();
    let found = files.iter().map(|(path, bytes)| {
        engine.audit(&path.to_string_lossy(), bytes, &Options::default()).findings.len()
    });
    let found = found.sum();
    (start.elapsed(), found)
}

#[test]
fn a_hundred_rules_load_and_find() {
    assert_eq!(hundred_rules().iter().len(), 100);
    let engine = engine(Some(hundred_rules()));
    let text = "def f(o):\n    o.filter(\"x\")\n    a = o.connect()\n    a.close()\n";
    let audit = engine.audit("a.py", text.as_bytes(), &Options::default());
    let ids: Vec<&str> = audit.findings.iter().map(|finding| finding.rule.id.as_str()).collect();
    assert_eq!(ids, ["filter-1", "connect-2"]);
}

/// `SCRUTINEER_CORPUS=/path cargo test --release --test hundred_rules -- --ignored --nocapture`
#[test]
#[ignore = "a measurement: it needs a corpus and an idle machine"]
fn a_hundred_rules_cost_less_than_a_tenth() {
    let corpus = std::env::var("SCRUTINEER_CORPUS").unwrap();
    let files = python_under(Path::new(&corpus));
    let (few, many) = (engine(None), engine(Some(hundred_rules())));
    let best = |engine: &Engine| (0..5).map(|_| audit(engine, &files)).min().unwrap();
    let (without, _) = best(&few);
    let (with, found) = best(&many);
    let more = with.as_secs_f64() / without.as_secs_f64() - 1.0;
    eprintln!(
        "{} files, {found} findings: {without:?} without, {with:?} with, {:.1} % more",
        files.len(),
        more * 100.0
    );
    assert!(more < 0.1, "{more}");
}
