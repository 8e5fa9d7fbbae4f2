//! Every mistake an author can make, and what he is told.

use super::RuleSet;

const GOOD: &str = "\
title: T
severity: high
confidence: high
tier: comment
problem: P of `$X`.
impact: I.
fix: F.
effort: 1h 30m
find:
  pattern: m.f($X)
examples:
  bad:
    - 'f(1)  # finding'
  good:
    - g(1)
";

/// What the loader says of this rule after `from` became `to`.
fn check(from: &str, to: &str, expect: &str) {
    assert!(GOOD.contains(from), "the rule has no `{from}`");
    load("rules/toy/rule.yml", &GOOD.replacen(from, to, 1), expect);
}

fn load(path: &str, text: &str, expect: &str) {
    let models = ("rules/models/known.yml", "names: [a]");
    let told = RuleSet::load([models, (path, text)]).map(|_| "loads".to_owned());
    assert_eq!(told.unwrap_or_else(|errors| errors.to_string()), expect);
}

#[test]
fn a_rule_without_mistakes_loads() {
    load("rules/toy/rule.yml", GOOD, "loads");
    let rules = RuleSet::load([("rules/toy/my-rule.yml", GOOD)]).unwrap();
    let rule = rules.get("my-rule").unwrap();
    assert_eq!((rule.category.as_str(), rule.effort), ("toy", 90));
    assert_eq!(rules.near("my-ruel"), Some("my-rule"));
}

#[test]
fn keys_that_do_not_exist_are_told_with_what_is_meant() {
    check("severity:", "sevrity:", "rules/toy/rule.yml:2:1: unknown key `sevrity`: did you mean `severity`?");
    check(
        "  pattern:",
        "  patern:",
        "rules/toy/rule.yml:10:3: unknown key `patern`: did you mean `pattern`?",
    );
    check(
        "  pattern: m.f($X)",
        "  patterns:\n    - metavariable-analysis: x",
        "rules/toy/rule.yml:11:7: `metavariable-analysis` is not supported: write `metavariable-regex` or \
         `metavariable-comparison`",
    );
}

#[test]
fn keys_that_are_missing_are_told() {
    check("impact: I.\n", "", "rules/toy/rule.yml:10:1: `impact` is missing: add the key `impact`");
    check("fix: F.", "fix: ' '", "rules/toy/rule.yml:7:6: `fix` is empty: say it in one or two sentences");
}

#[test]
fn values_that_do_not_exist_are_told() {
    check(
        "severity: high",
        "severity: hihg",
        "rules/toy/rule.yml:2:11: `hihg` is not a value of this key: did you mean `high`?",
    );
    check(
        "effort: 1h 30m",
        "effort: soon",
        "rules/toy/rule.yml:8:9: `soon` is no effort: write minutes or hours: `30m`, `2h`, `1h 30m`",
    );
}

#[test]
fn metavariables_that_nothing_binds_are_told() {
    check(
        "of `$X`",
        "of `$Y`",
        "rules/toy/rule.yml:5:10: `$Y` in `problem` is bound by nothing: use one of `$X`",
    );
    check(
        "  pattern: m.f($X)",
        "  patterns:\n    - pattern: m.f($X)\n    - metavariable-regex: {metavariable: $Z, regex: a}",
        "rules/toy/rule.yml:12:7: `$Z` is bound by no pattern here: bind it in a `pattern` of the same `patterns`",
    );
}

#[test]
fn a_way_to_find_is_needed_and_only_one() {
    let expect = "rules/toy/rule.yml:10:3: `find` does not say one way to find: \
                  write exactly one of `pattern`, `patterns`, `pattern-either`, `pattern-regex`, `analysis`";
    check("  pattern: m.f($X)", "  pattern: m.f($X)\n  analysis: blocking-call", expect);
    check(
        "  pattern: m.f($X)",
        "  analysis: blocking-cal",
        "rules/toy/rule.yml:10:13: there is no analysis `blocking-cal`: did you mean `blocking-call`?",
    );
}

#[test]
fn a_model_that_is_not_there_is_told() {
    check(
        "  pattern: m.f($X)",
        "  analysis: blocking-call\n  with:\n    groups: {model: knwon}",
        "rules/toy/rule.yml:12:5: there is no model `knwon` under rules/models/: did you mean `known`?",
    );
}

#[test]
fn patterns_that_are_no_python_are_told() {
    check(
        "m.f($X)",
        "'m.f($X'",
        "rules/toy/rule.yml:10:12: this pattern cannot be used, it is not Python: \
         write one expression, one statement or several statements of Python with `$X` and `...`",
    );
}

#[test]
fn expressions_are_bounded() {
    let regex = "  patterns:\n    - pattern: m.f($X)\n    - metavariable-regex: {metavariable: $X, regex: '(a{900}){900}'}";
    let told = RuleSet::load([("rules/toy/rule.yml", GOOD.replace("  pattern: m.f($X)", regex).as_str())]);
    assert!(told.unwrap_err().to_string().contains("this regular expression is refused"));
}

#[test]
fn examples_are_needed() {
    let place = "rules/toy/rule.yml:12:3: ";
    let remedy = "examples are the rule's tests: give at least one `bad` and one `good`";
    check("  good:\n    - g(1)\n", "", &format!("{place}there is no `good` example: {remedy}"));
    check("  bad:\n    - 'f(1)  # finding'\n", "", &format!("{place}there is no `bad` example: {remedy}"));
    check(
        "'f(1)  # finding'",
        "f(1)",
        &format!(
            "{place}`bad` example 0 marks no line: end each line that must be reported with `# finding`"
        ),
    );
}

#[test]
fn a_rule_has_its_place() {
    let remedy = "put it at rules/<category>/<id>.yml, both in kebab-case";
    load("rules/rule.yml", GOOD, &format!("rules/rule.yml:1:1: a rule does not stand here: {remedy}"));
    load(
        "rules/toy/My_Rule.yml",
        GOOD,
        &format!("rules/toy/My_Rule.yml:1:1: `toy/My_Rule` is no rule name: {remedy}"),
    );
}

#[test]
fn all_mistakes_are_told_at_once() {
    let bad = GOOD.replace("title: T\n", "");
    let errors =
        RuleSet::load([("rules/toy/a.yml", bad.as_str()), ("rules/toy/b.yml", bad.as_str())]).unwrap_err();
    assert_eq!(errors.0.len(), 2);
}

#[test]
fn hostile_files_end_in_an_error() {
    let bomb = "a: &a [x,x,x,x,x,x,x,x,x]\nb: &b [*a,*a,*a,*a,*a,*a,*a,*a,*a]\nc: &c [*b,*b,*b,*b,*b,*b,*b,*b]\nd: &d [*c,*c,*c,*c,*c,*c,*c]\n";
    for text in [bomb.to_owned(), "[".repeat(100_000), "a: ".repeat(10_000), String::new()] {
        assert!(RuleSet::load([("rules/toy/rule.yml", text.as_str())]).is_err());
    }
}

#[test]
fn the_embedded_rules_load() {
    assert!(RuleSet::embedded().unwrap().iter().len() > 5);
}
