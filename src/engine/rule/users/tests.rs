//! Rule files in Semgrep's format: what loads, what is left out, and what an author is told.

use crate::engine::{Confidence, Severity};

use super::{Bounds, UserRules};

const RULE: &str = "\
rules:
  - id: a.rule_1
    languages: [python]
    severity: ERROR
    message: No `$X`
    pattern: f($X)
";

fn load(text: &str) -> UserRules {
    UserRules::load([("r.yml", text)], ["built-in".to_owned()], Bounds::REPOSITORY)
}

/// What is told of this rule after `from` became `to`.
fn check(from: &str, to: &str, expect: &str) {
    assert!(RULE.contains(from), "the rule has no `{from}`");
    let errors = load(&RULE.replacen(from, to, 1)).errors;
    let told: Vec<String> = errors.iter().map(ToString::to_string).collect();
    assert_eq!(told.join("\n"), expect);
}

#[test]
fn a_whole_rule_is_read() {
    let text = "\
rules:
  - id: x
    min-version: 1.2.3
    languages:
      - python
    severity: WARNING
    message: >-
      Two
      lines
    metadata:
      cwe: ['CWE-502: Deserialization', CWE-22]
      confidence: LOW
      category: security
      references: [https://example.com]
      anything: {else: [1]}
    options: {interfile: true, symbolic_propagation: true}
    paths: {include: ['*.py'], exclude: [tests]}
    fix-regex: {regex: a, replacement: b}
    patterns:
      - pattern: f($X)
";
    let users = load(text);
    assert_eq!(users.errors, []);
    assert_eq!(users.notes.len(), 1, "{:?}", users.notes);
    let rule = users.iter().next().unwrap();
    assert_eq!((rule.id.as_str(), rule.category.as_str()), ("x", "security"));
    assert_eq!((rule.severity, rule.confidence), (Severity::Medium, Confidence::Low));
    assert_eq!((rule.cwe.as_slice(), rule.problem.as_str()), (&[502, 22][..], "Two lines"));
    assert_eq!(rule.fix, "See https://example.com.");
}

#[test]
fn severities_of_both_generations_are_known() {
    for (word, severity) in [
        ("ERROR", Severity::High),
        ("WARNING", Severity::Medium),
        ("INFO", Severity::Low),
        ("CRITICAL", Severity::Critical),
        ("HIGH", Severity::High),
        ("low", Severity::Low),
    ] {
        let users = load(&RULE.replace("ERROR", word));
        assert_eq!(users.iter().next().map(|rule| rule.severity), Some(severity), "{word}");
    }
    check("ERROR", "BAD", "r.yml:4:15: `BAD` is no severity: write CRITICAL, ERROR, WARNING or INFO");
}

#[test]
fn rules_for_other_languages_are_left_out_with_a_note() {
    let users =
        load(&format!("{RULE}  - id: js\n    languages: [javascript]\n    patterns: [{{anything: 1}}]\n"));
    assert_eq!((users.iter().len(), users.errors.len()), (1, 0));
    assert_eq!(users.notes, ["`r.yml`: `js` is left out: it is for javascript"]);
}

#[test]
fn one_bad_rule_costs_none_of_the_others() {
    let second =
        "  - id: b\n    languages: [python]\n    severity: INFO\n    message: m\n    pattern: 'f('\n";
    let third = RULE.trim_start_matches("rules:\n").replace("a.rule_1", "c");
    let users = load(&format!("{RULE}{second}{third}"));
    let ids: Vec<&str> = users.iter().map(|rule| rule.id.as_str()).collect();
    assert_eq!(ids, ["a.rule_1", "c"]);
    assert_eq!((users.errors[0].line, users.errors.len()), (11, 1));
}

#[test]
fn keys_that_do_not_exist_are_told_with_what_is_meant() {
    check("pattern:", "patern:", "r.yml:6:5: unknown key `patern`: did you mean `pattern`?");
    check("    message: No `$X`\n", "", "r.yml:5:5: `message` is missing: add the key `message`");
    check(
        "pattern: f($X)",
        "patterns:\n      - pattern: f($X)\n      - metavariable-analysis: {analyzer: entropy, metavariable: $X}",
        "r.yml:8:9: `metavariable-analysis` is not supported: write `metavariable-regex` or `metavariable-comparison`",
    );
    check(
        "    pattern",
        "    options: {constant_propagatio: true}\n    pattern",
        "r.yml:6:14: there is no option `constant_propagatio`: did you mean `constant_propagation`?",
    );
}

#[test]
fn kinds_of_rules_that_do_not_run_are_refused_with_the_line() {
    let taint = "write the rule with `patterns`, or leave it to a tool that follows data";
    check(
        "pattern: f($X)",
        "mode: taint\n    pattern-sources: [{pattern: a}]\n    pattern-sinks: [{pattern: b}]",
        &format!("r.yml:6:11: `mode: taint` is not supported yet: {taint}"),
    );
    check(
        "pattern: f($X)",
        "mode: join\n    join: {rules: []}",
        "r.yml:6:11: `mode: join` is not supported: write one rule per file that must match",
    );
    check(
        "pattern: f($X)",
        "mode: extract\n    extract: $X",
        "r.yml:6:11: `mode: extract` is not supported: take the code out into files of its own",
    );
    check(
        "pattern: f($X)",
        "match: {all: [f]}",
        "r.yml:6:12: the syntax with `match` is not supported: write `patterns`, `pattern-either`, `pattern-not` and `pattern-inside`",
    );
    check("    pattern: f($X)", "    mode: search\n    pattern: f($X)", "");
}

#[test]
fn ids_are_plain_and_each_of_one_rule() {
    check(
        "a.rule_1",
        "built-in",
        "r.yml:2:9: there is another rule `built-in`: give each rule an id of its own",
    );
    check("a.rule_1", "a b", "r.yml:2:9: `a b` is no id: use letters, digits, `-`, `_` and `.`");
}

#[test]
fn a_repository_brings_so_many_rules_and_bytes() {
    let rule = |id: usize| RULE.trim_start_matches("rules:\n").replace("a.rule_1", &format!("r{id}"));
    let many: String = (0..250).map(rule).collect();
    let users = load(&format!("rules:\n{many}"));
    assert_eq!((users.iter().len(), users.notes.len()), (200, 1));
    let users = load(&format!("{RULE}# {}\n", "x".repeat(300_000)));
    assert_eq!((users.iter().len(), users.notes.len()), (0, 1));
}

#[test]
fn hostile_files_end_in_an_error() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b,*b]\n\
                d: &d [*c,*c,*c,*c,*c,*c,*c,*c]\ne: &e [*d,*d,*d,*d,*d,*d,*d,*d]\nrules: *e\n";
    let deep = format!("rules:\n  - id: {}\n", "[".repeat(100_000));
    let nested = RULE.replace("f($X)", &format!("{}1{}", "f(".repeat(2_000), ")".repeat(2_000)));
    let clauses = format!(
        "rules:\n  - id: x\n    languages: [python]\n    patterns: {}\n",
        "[{patterns: ".repeat(5_000)
    );
    let regex = RULE.replace("pattern: f($X)", "pattern-regex: '((a{100}){100}){100}'");
    for text in [bomb, &deep, &nested, &clauses, &regex, "", "rules:", "rules: 1", "- a", "\u{0}"] {
        let users = load(text);
        assert_eq!(
            (users.iter().len(), users.errors.is_empty()),
            (0, false),
            "{}",
            text.get(..60).unwrap_or(text)
        );
    }
}
