//! docs/writing-rules.md: each rule of the page is run on the Python below it.
#![allow(clippy::unwrap_used, clippy::disallowed_methods, reason = "a test reads the page")]

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use scrutineer::engine::labels::{self, Labels};
use scrutineer::engine::rule::{Bounds, UserRules};
use scrutineer::engine::{Engine, Limits, RuleSet};

/// The fenced blocks of the page: language and text.
fn blocks(page: &str) -> Vec<(&str, String)> {
    let mut blocks = Vec::new();
    let mut lines = page.lines();
    while let Some(line) = lines.next() {
        if let Some(language) = line.strip_prefix("```").filter(|language| !language.is_empty()) {
            let text: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
            blocks.push((language, text.join("\n") + "\n"));
        }
    }
    blocks
}

/// A whole rule file, or the operators of one.
fn rule_file(yaml: &str) -> String {
    if yaml.starts_with("rules:") {
        return yaml.to_owned();
    }
    let head = "rules:\n  - id: example\n    languages: [python]\n    severity: INFO\n    message: m\n";
    yaml.lines().fold(head.to_owned(), |text, line| format!("{text}    {line}\n"))
}

#[test]
fn every_example_of_the_page_does_what_it_says() {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/writing-rules.md");
    let page = fs::read_to_string(path).unwrap();
    let blocks = blocks(&page);
    let code: Vec<&(&str, String)> = blocks.iter().filter(|(language, _)| *language != "console").collect();
    let none = RuleSet::embedded().unwrap().without_rules();
    let mut run = 0;
    for pair in code.chunks(2) {
        let [("yaml", yaml), ("python", python)] = [(pair[0].0, &pair[0].1), (pair[1].0, &pair[1].1)] else {
            panic!("a rule stands without its Python:\n{}", pair[0].1);
        };
        let users = UserRules::load([("page.yml", rule_file(yaml).as_str())], [], Bounds::REPOSITORY);
        assert_eq!(users.errors, [], "{yaml}");
        let id = users.iter().next().unwrap().id.clone();
        let engine = Engine::new(none.clone().with(users, ""), Limits::default());
        let (found, _) = labels::found(&engine, "app.py", python);
        let verdict = Labels::read(python).judge(&id, found.get(&id).unwrap_or(&BTreeSet::new()));
        assert!(verdict.missed.is_empty() && verdict.wrong.is_empty(), "{verdict:?}\n{yaml}\n{python}");
        run += verdict.right;
    }
    assert!(run > 30, "{run}");
}
