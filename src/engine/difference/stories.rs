//! The difference, told as stories. A toy auditor reads the texts: `bad(...)` is always a finding,
//! `block(...)` only inside `async def`, `lacks(...)` only where the whole file parses. A line `???`
//! does not parse and hides its function.

use std::sync::Arc;

use super::*;
use crate::engine::diff::between;
use crate::engine::finding::{Confidence, Fingerprint, Position, Severity, Span, Suppressed, Tier};
use crate::engine::rule::Rule;
use crate::engine::skip::{SkipReason, Skipped};

/// Checks one file: its text before, after, and what is said about it, as in `new 3; moved 1`.
fn check(base: &str, head: &str, expect: &str) {
    check_files(&[("a.py", base, head)], expect);
}

fn check_files(files: &[(&str, &str, &str)], expect: &str) {
    let pairs: Vec<FilePair> = files.iter().map(|(path, base, head)| pair(path, base, head)).collect();
    check_pairs(&pairs, expect);
}

fn check_pairs(pairs: &[FilePair], expect: &str) {
    assert_eq!(told(&difference(pairs)), expect);
}

fn pair(path: &str, base: &str, head: &str) -> FilePair {
    FilePair {
        head: audit(path, head),
        base: Some(audit(path, base)),
        hunks: between(base, head),
        old_path: None,
    }
}

/// `new` names the lines (and the path, where it is not `a.py`); the others count.
fn told(difference: &Difference) -> String {
    let mut words: Vec<String> = difference.introduced.iter().map(place).collect();
    let counts = [
        ("standing", difference.standing),
        ("moved", difference.moved),
        ("touched", difference.touched),
        ("fixed", difference.fixed),
    ];
    words.extend(counts.iter().filter(|(_, n)| *n > 0).map(|(word, n)| format!("{word} {n}")));
    words.join("; ")
}

fn place(finding: &Finding) -> String {
    let path = if finding.path == "a.py" { String::new() } else { format!("{}:", finding.path) };
    format!("new {path}{}", finding.span.start.line)
}

fn audit(path: &str, text: &str) -> FileAudit {
    let mut toy = Toy { path, ..Toy::default() };
    let lines: Vec<&str> = text.lines().collect();
    for (index, line) in lines.iter().enumerate() {
        toy.read(index as u32 + 1, line, &lines[index..]);
    }
    toy.close(lines.len() as u32);
    let is_whole = toy.audit.blind.is_empty();
    toy.audit.findings.retain(|finding| is_whole || !finding.rule.absence);
    FileAudit { path: path.to_owned(), ..toy.audit }
}

#[derive(Default)]
struct Toy<'a> {
    path: &'a str,
    audit: FileAudit,
    symbol: String,
    is_async: bool,
    is_broken: bool,
    since: u32,
}

impl Toy<'_> {
    fn read(&mut self, number: u32, line: &str, rest: &[&str]) {
        if let Some(header) = line.strip_prefix("async ").unwrap_or(line).strip_prefix("def ") {
            self.close(number - 1);
            self.symbol = header.split('(').next().unwrap().to_owned();
            self.is_async = line.starts_with("async");
            self.since = number;
        }
        self.is_broken |= line.trim() == "???";
        if line.contains("bad(") || line.contains("lacks(") || (self.is_async && line.contains("block(")) {
            let end = rest.iter().position(|line| line.contains(')')).unwrap() + 1;
            self.audit.findings.push(self.finding(number, &rest[..end]));
        }
        if line.contains("# ignore") {
            let reason = line.rsplit("# ignore").next().unwrap().trim().to_owned();
            self.audit.suppressions.push(SuppressionComment {
                line: number,
                rules: vec!["bad".to_owned()],
                reason,
                used: true,
                unused: Vec::new(),
            });
        }
    }

    /// The function ends: if it did not parse, nothing is known of it.
    fn close(&mut self, last: u32) {
        if std::mem::take(&mut self.is_broken) {
            self.audit.findings.retain(|finding| finding.span.start.line < self.since);
            self.audit.blind.push((self.since, last));
        }
    }

    fn finding(&self, line: u32, statement: &[&str]) -> Finding {
        let code: Vec<&str> = statement.iter().map(|l| l.split('#').next().unwrap().trim()).collect();
        let tokens = code.concat().replace(' ', "");
        let rule = ["bad", "lacks"].into_iter().find(|rule| tokens.contains(rule)).unwrap_or("block");
        let last = line + statement.len() as u32 - 1;
        let suppressed = statement[0].contains("# ignore");
        let group = format!("{rule}/{}/{}/{tokens}", self.path, self.symbol);
        let equal = self.audit.findings.iter().filter(|f| f.fingerprint.group == group).count();
        Finding {
            rule: rule_named(rule),
            severity: Severity::High,
            confidence: Confidence::High,
            tier: Tier::Comment,
            path: self.path.to_owned(),
            span: Span {
                bytes: 0..0,
                start: Position { line, column: 1 },
                end: Position { line: last, column: 9 },
            },
            problem: String::new(),
            impact: String::new(),
            fix: String::new(),
            related: Vec::new(),
            suggestion: None,
            symbol: self.symbol.clone(),
            tokens,
            fingerprint: Fingerprint { group, occurrence: equal as u32 },
            suppressed: suppressed.then(|| Suppressed { line, reason: String::new() }),
        }
    }
}

fn rule_named(id: &str) -> Arc<Rule> {
    Arc::new(Rule { absence: id == "lacks", ..Rule::sample(id, "toy") })
}

fn skipped(path: &str) -> Option<Skipped> {
    Some(Skipped { path: path.to_owned(), reason: SkipReason::NotText })
}

// Nothing changes, or nothing that matters.

#[test]
fn an_unchanged_finding_stands() {
    check("bad(1)\n", "bad(1)\n", "standing 1");
}

#[test]
fn a_line_shifted_by_an_insertion_is_not_new() {
    check("bad(1)\n", "import os\nimport sys\nbad(1)\n", "standing 1");
}

#[test]
fn a_line_shifted_by_a_deletion_is_not_new() {
    check("import os\nbad(1)\n", "bad(1)\n", "standing 1");
}

#[test]
fn a_clean_change_says_nothing() {
    check("x = 1\n", "x = 2\n", "");
}

#[test]
fn a_renamed_function_does_not_make_its_body_new() {
    check("def f():\n    bad(1)\n", "def g():\n    bad(1)\n", "standing 1");
}

#[test]
fn a_comment_added_to_the_line_does_not_make_it_new() {
    check("bad(1)\n", "bad(1)  # careful\n", "moved 1");
}

#[test]
fn indenting_a_block_does_not_make_it_new() {
    check(
        "def f():\n    bad(1)\n    bad(2)\n",
        "def f():\n    if x:\n        bad(1)\n        bad(2)\n",
        "moved 2",
    );
}

// Something is new.

#[test]
fn a_finding_on_an_added_line_is_new() {
    check("x = 1\n", "x = 1\nbad(1)\n", "new 2");
}

#[test]
fn every_finding_of_an_added_file_is_new() {
    check("", "bad(1)\nx = 1\nbad(2)\n", "new 1; new 3");
}

#[test]
fn a_line_that_became_wrong_is_new() {
    check("good(1)\n", "bad(1)\n", "new 1");
}

#[test]
fn a_function_turned_async_makes_its_untouched_lines_wrong() {
    check("def f():\n    x = 1\n    block(1)\n", "async def f():\n    x = 1\n    block(1)\n", "new 3");
}

#[test]
fn an_old_finding_nearby_does_not_hide_a_new_one() {
    check("def f():\n    bad(1)\n", "def f():\n    bad(1)\n    bad(2)\n", "new 3; standing 1");
}

#[test]
fn another_rule_on_the_rewritten_line_is_new() {
    check("async def f():\n    bad(1)\n", "async def f():\n    block(1)\n", "new 2; fixed 1");
}

#[test]
fn the_same_rule_in_another_function_is_new() {
    check("def f():\n    bad(1)\n", "def f():\n    pass\n\n\ndef g():\n    bad(2)\n", "new 6; fixed 1");
}

// Equal findings are told apart by the lines the hunks align.

#[test]
fn the_second_of_two_equal_findings_is_the_new_one() {
    check("bad(1)\nx = 1\n", "bad(1)\nx = 1\nbad(1)\n", "new 3; standing 1");
}

#[test]
fn the_first_of_two_equal_findings_is_the_new_one_if_its_line_was_added() {
    check("x = 1\nbad(1)\n", "bad(1)\nx = 1\nbad(1)\n", "new 1; standing 1");
}

#[test]
fn one_added_between_two_equal_findings_is_the_new_one() {
    check("bad(1)\na\nb\nbad(1)\n", "bad(1)\na\nbad(1)\nb\nbad(1)\n", "new 3; standing 2");
}

#[test]
fn of_three_equal_findings_the_removed_one_is_fixed() {
    check("bad(1)\na\nbad(1)\nb\nbad(1)\n", "bad(1)\na\nb\nbad(1)\n", "standing 2; fixed 1");
}

#[test]
fn two_equal_findings_on_one_line_are_two() {
    let base = "def f():\n    x = 1\n";
    let mut pair = pair("a.py", base, "def f():\n    x = 1\n    bad(1)\n");
    let twin = pair.head.findings[0].clone();
    pair.head.findings.push(twin);
    check_pairs(&[pair], "new 3; new 3");
}

// Code moves.

#[test]
fn a_moved_function_is_not_new() {
    let (f, g) = ("def f():\n    bad(1)\n    x\n    y\n", "def g():\n    a\n    b\n    c\n    d\n    e\n");
    check(&format!("{f}{g}"), &format!("{g}{f}"), "moved 1");
}

#[test]
fn code_moved_to_another_file_is_not_new() {
    check_files(&[("a.py", "bad(1)\n", ""), ("b.py", "x\n", "x\nbad(1)\n")], "moved 1");
}

#[test]
fn code_moved_into_a_new_file_before_the_old_one_in_order_is_not_new() {
    check_files(
        &[("a.py", "", "def f():\n    bad(1)\n"), ("b.py", "def g():\n    bad(1)\n", "def g():\n    f()\n")],
        "moved 1",
    );
}

#[test]
fn code_copied_to_another_file_is_new_there() {
    check_files(&[("a.py", "bad(1)\n", "bad(1)\n"), ("b.py", "", "bad(1)\n")], "new b.py:1; standing 1");
}

#[test]
fn code_moved_once_and_copied_once_more_is_new_once() {
    check("bad(1)\na\nb\n", "a\nb\nbad(1)\nc\nbad(1)\n", "new 5; moved 1");
}

#[test]
fn code_on_an_added_line_moved_rather_than_code_that_stayed() {
    check(
        "async def f():\n    block(1)\ndef g():\n    x\n    block(1)\n",
        "async def g():\n    x\n    block(1)\n    y\nasync def h():\n    block(1)\n",
        "new 3; moved 1",
    );
}

#[test]
fn a_renamed_file_brings_its_findings_along() {
    let mut pair = pair("b.py", "bad(1)\n", "x = 1\nbad(1)\n");
    pair.old_path = Some("a.py".to_owned());
    check_pairs(&[pair], "standing 1");
}

// Old findings are merely touched.

#[test]
fn a_rewritten_line_that_is_still_wrong_is_touched() {
    check("def f():\n    bad(1)\n", "def f():\n    bad(1, 2)\n", "touched 1");
}

#[test]
fn a_statement_changed_within_its_lines_is_touched() {
    check("bad(\n    1,\n    2,\n)\n", "bad(\n    1,\n    3,\n)\n", "touched 1");
    check("bad(\n    1,\n    2,\n)\n", "bad(\n    1,\n)\n", "touched 1");
    check("bad(\n    1,\n)\n", "bad(\n    1,\n    2,\n)\n", "touched 1");
}

#[test]
fn one_rewritten_and_one_added_make_one_touched_and_one_new() {
    check(
        "def f():\n    a\n    bad(1)\n    b\n",
        "def f():\n    a\n    bad(2)\n    b\n    bad(3)\n",
        "new 5; touched 1",
    );
}

#[test]
fn a_rewrite_far_away_in_the_same_function_is_not_touched() {
    let middle = "    x\n".repeat(20);
    check(
        &format!("def f():\n    bad(1)\n{middle}"),
        &format!("def f():\n    pass\n{middle}    bad(2)\n"),
        "new 23; fixed 1",
    );
}

// Findings go away.

#[test]
fn a_removed_finding_is_fixed() {
    check("bad(1)\nx\n", "x\n", "fixed 1");
}

#[test]
fn a_deleted_file_fixes_its_findings() {
    check("bad(1)\nbad(2)\n", "", "fixed 2");
}

#[test]
fn a_change_elsewhere_can_fix_an_untouched_line() {
    check("async def f():\n    block(1)\n", "def f():\n    block(1)\n", "fixed 1");
}

#[test]
fn a_finding_that_vanished_because_the_file_broke_is_not_fixed() {
    check("def f():\n    bad(1)\n", "def f():\n    ???\n    bad(1)\n", "");
    check("def f():\n    bad(1)\n    y\n", "def f():\n    ???\n", "");
}

#[test]
fn a_finding_that_vanished_because_the_file_is_skipped_is_not_fixed() {
    let mut pair = pair("a.py", "bad(1)\n", "\0\n");
    pair.head.skipped = skipped("a.py");
    check_pairs(&[pair], "");
}

#[test]
fn a_finding_removed_far_from_an_old_breakage_is_fixed() {
    check("def f():\n    bad(1)\ndef g():\n    ???\n", "def f():\n    pass\ndef g():\n    ???\n", "fixed 1");
}

// The base says nothing.

#[test]
fn without_a_base_only_added_lines_are_new() {
    let mut pair = pair("a.py", "bad(1)\nx\n", "bad(1)\nx\nbad(2)\n");
    pair.base = None;
    check_pairs(&[pair], "new 3; standing 1");
}

#[test]
fn without_a_base_an_added_line_within_a_statement_is_enough() {
    let mut pair = pair("a.py", "bad(\n    1,\n)\n", "bad(\n    1,\n    2,\n)\n");
    pair.base = None;
    check_pairs(&[pair], "new 1");
}

#[test]
fn with_a_skipped_base_only_added_lines_are_new() {
    let mut pair = pair("a.py", "block(1)\n", "bad(1)\nblock(1)\n");
    pair.base = Some(FileAudit { path: "a.py".to_owned(), skipped: skipped("a.py"), ..FileAudit::default() });
    check_pairs(&[pair], "new 1");
}

#[test]
fn repairing_a_function_does_not_make_its_old_lines_new() {
    check("def f():\n    ???\n    bad(1)\n", "def f():\n    x = 1\n    bad(1)\n", "standing 1");
}

#[test]
fn a_line_added_while_repairing_is_new() {
    check("def f():\n    ???\n    bad(1)\n", "def f():\n    bad(2)\n    bad(1)\n", "new 2; standing 1");
}

#[test]
fn what_could_not_be_concluded_before_a_repair_is_not_new() {
    check(
        "def f():
    ???
def g():
    lacks(1)
",
        "def f():
    pass
def g():
    lacks(1)
    lacks(2)
",
        "new 5; standing 1",
    );
}

#[test]
fn a_repair_does_not_hide_what_the_change_makes_wrong_elsewhere() {
    check(
        "def f():
    ???
def g():
    block(1)
",
        "def f():
    pass
async def g():
    block(1)
",
        "new 4",
    );
}

#[test]
fn what_cannot_be_concluded_after_a_break_is_not_fixed() {
    check(
        "def f():
    pass
def g():
    lacks(1)
",
        "def f():
    ???
def g():
    lacks(1)
",
        "",
    );
}

#[test]
fn an_old_breakage_elsewhere_does_not_hide_what_a_change_makes_wrong() {
    check(
        "def f():\n    ???\ndef g():\n    block(1)\n",
        "def f():\n    ???\nasync def g():\n    block(1)\n",
        "new 4",
    );
}

#[test]
fn code_moved_into_a_file_without_base_is_moved() {
    let mut target = pair("b.py", "x\n", "x\nbad(1)\n");
    target.base = None;
    check_pairs(&[pair("a.py", "bad(1)\n", ""), target], "moved 1");
}

// Suppressions.

#[test]
fn removing_a_suppression_makes_nothing_new() {
    check("bad(1)  # ignore known\n", "bad(1)\n", "moved 1");
}

#[test]
fn a_new_finding_that_is_suppressed_is_introduced_and_says_so() {
    let found = difference(&[pair("a.py", "x\n", "x\nbad(1)  # ignore known\n")]);
    assert_eq!(told(&found), "new 2");
    assert!(found.introduced[0].suppressed.is_some());
}

#[test]
fn suppressions_that_the_change_adds_are_listed_with_what_they_silence() {
    let found = difference(&[pair(
        "a.py",
        "bad(1)  # ignore old\nbad(2)\n",
        "bad(1)  # ignore old\nbad(2)  # ignore later\nbad(3)  # ignore new\n",
    )]);
    let listed: Vec<(&str, u32, &str, usize)> = found
        .added_suppressions
        .iter()
        .map(|added| (added.path.as_str(), added.comment.line, added.comment.reason.as_str(), added.silenced))
        .collect();
    assert_eq!(listed, [("a.py", 2, "later", 0), ("a.py", 3, "new", 1)]);
}
