//! Texts with comments, and which of their findings stay. A line with `a!`, `b!` or `c!` has a
//! finding of that rule; `layout` is what the semantic model tells of such plain texts.

use std::sync::Arc;

use super::*;
use crate::engine::finding::{Confidence, Fingerprint, Position, Severity, Span, Tier};

/// Rule `a` is about secrets and has an alias, `b` is about nothing secret and has one, `c` has none.
const RULES: [(&str, &str, &[&str]); 3] =
    [("a", "secrets", &["S105", "B105"]), ("b", "async", &["ASYNC210"]), ("c", "injection", &[])];

fn rule(id: &str, category: &str, aliases: &[&str]) -> Arc<Rule> {
    Arc::new(Rule {
        aliases: aliases.iter().map(|alias| (*alias).to_owned()).collect(),
        ..Rule::sample(id, category)
    })
}

fn findings(text: &str) -> Vec<Finding> {
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for (id, category, aliases) in RULES {
            let code = line.split('#').next().unwrap();
            findings.extend(code.contains(&format!("{id}!")).then(|| Finding {
                rule: rule(id, category, aliases),
                severity: Severity::High,
                confidence: Confidence::High,
                tier: Tier::Comment,
                path: "a.py".to_owned(),
                span: span(index as u32 + 1),
                problem: String::new(),
                impact: String::new(),
                fix: String::new(),
                related: Vec::new(),
                suggestion: None,
                symbol: String::new(),
                tokens: String::new(),
                fingerprint: Fingerprint { group: String::new(), occurrence: 0 },
                suppressed: None,
            }));
        }
    }
    findings
}

fn span(line: u32) -> Span {
    Span { bytes: 0..0, start: Position { line, column: 1 }, end: Position { line, column: 2 } }
}

/// Definitions start at `def`, `class` or the decorators before, and last while lines are indented
/// or empty; statements last until their brackets close.
fn layout(text: &str) -> Layout<'_> {
    let lines: Vec<&str> = text.lines().collect();
    let mut layout = Layout::default();
    let mut start = 0;
    for (index, line) in lines.iter().enumerate() {
        let number = index as u32 + 1;
        let (code, comment) = line.split_at(line.find('#').unwrap_or(line.len()));
        if !comment.is_empty() {
            layout.comments.push(Comment { text: comment, line: number, alone: code.trim().is_empty() });
        }
        let text_of_statement: String = lines[start..=index].concat();
        if code.trim_start().starts_with('@') || is_open(&text_of_statement) {
            continue;
        }
        layout.headers.push((start as u32 + 1, number));
        if is_definition(&lines[start..=index]) {
            let indent = code.len() - code.trim_start().len();
            let inside = |l: &&&str| l.trim().is_empty() || l.len() - l.trim_start().len() > indent;
            let last_line = number + lines[index + 1..].iter().take_while(inside).count() as u32;
            layout.definitions.push(Definition { header: (start as u32 + 1, number), last_line });
        }
        start = index + 1;
    }
    layout
}

fn is_open(text: &str) -> bool {
    text.matches('(').count() > text.matches(')').count()
}

fn is_definition(lines: &[&str]) -> bool {
    lines.iter().any(|line| line.trim_start().starts_with("def ") || line.trim_start().starts_with("class "))
}

fn known() -> KnownRules<'static> {
    KnownRules {
        ids: RULES.iter().map(|(id, ..)| *id).chain(["long-rule-name"]).collect(),
        idle: BTreeSet::new(),
    }
}

/// Checks which findings stay, as `line:rule`.
fn check(text: &str, expect: &[&str]) {
    let mut findings = findings(text);
    apply(&mut findings, &layout(text), &known());
    let stay = findings.iter().filter(|finding| finding.suppressed.is_none());
    let told: Vec<String> = stay.map(|f| format!("{}:{}", f.span.start.line, f.rule.id)).collect();
    assert_eq!(told, expect, "{text}");
}

fn outcome(text: &str) -> Outcome {
    apply(&mut findings(text), &layout(text), &known())
}

// Where our own comments reach.

#[test]
fn a_comment_on_the_line_silences_the_rules_it_names() {
    check("a! b!  # scrutineer: ignore[a] why\na!\n", &["1:b", "2:a"]);
    check("a! b! c!  # scrutineer: ignore[a, b]\n", &["1:c"]);
}

#[test]
fn a_comment_on_the_line_above_silences_the_next_line_only() {
    check("# scrutineer: ignore[a]\na!\na!\n", &["3:a"]);
    check("# scrutineer: ignore[a]\n\na!\n", &["3:a"]);
}

#[test]
fn comments_above_may_be_stacked() {
    check("# scrutineer: ignore[a] one\n# scrutineer: ignore[b] two\n# three\na! b!\n", &[]);
}

#[test]
fn a_comment_behind_code_does_not_reach_the_next_line() {
    check("x  # scrutineer: ignore[a]\na!\n", &["2:a"]);
}

#[test]
fn a_comment_at_any_line_of_the_statement_counts() {
    check("a!(\n    1,  # scrutineer: ignore[a]\n)\n", &[]);
    check("a!(\n    1,\n)  # scrutineer: ignore[a]\n", &[]);
    check("x(\n    # scrutineer: ignore[a] inside\n    a!,\n)\n", &[]);
    check("# scrutineer: ignore[a] above\nx(\n    1,\n    a!,\n)\n", &[]);
    check("x(\n    1,\n)  # scrutineer: ignore[a]\na!\n", &["4:a"]);
}

#[test]
fn a_comment_on_a_header_silences_the_whole_body() {
    check("def f():  # scrutineer: ignore[a]\n    a!\n\n    a! b!\na!\n", &["4:b", "5:a"]);
    check("class A:  # scrutineer: ignore[a]\n    def f():\n        a!\n    a!\n", &[]);
    check("def f(\n    x,  # scrutineer: ignore[a]\n):\n    a!\n", &[]);
}

#[test]
fn a_comment_on_a_decorator_silences_the_whole_body() {
    check("@x  # scrutineer: ignore[a]\n@y\ndef f():\n    a!\na!\n", &["5:a"]);
}

#[test]
fn a_comment_above_a_header_silences_the_header_only() {
    check("# scrutineer: ignore[a]\ndef f(a!):\n    a!\n", &["3:a"]);
    check("# scrutineer: ignore[a]\n@x\ndef f(a!):\n    a!\n", &["4:a"]);
}

#[test]
fn a_comment_for_the_file_reaches_everything_of_its_rule() {
    check("a!\n# scrutineer: ignore-file[a] generated\na! b!\n", &["3:b"]);
}

// Other tools' comments.

#[test]
fn noqa_silences_rules_with_that_alias() {
    check("a! b! c!  # noqa: S105\n", &["1:b", "1:c"]);
    check("a! b! c!  # NOQA:s105,ASYNC210\n", &["1:c"]);
    check("a!(\n    1,\n)  # noqa: S105\n", &[]);
}

#[test]
fn noqa_on_a_header_or_above_reaches_no_further_than_in_its_own_tool() {
    check("def f():  # noqa: S105\n    a!\n", &["2:a"]);
    check("# noqa: S105\na!\n", &["2:a"]);
}

#[test]
fn a_bare_noqa_silences_nothing() {
    check("a! b! c!  # noqa\n", &["1:a", "1:b", "1:c"]);
}

#[test]
fn nosec_with_codes_silences_rules_with_that_alias() {
    check("a! b! c!  # nosec B105\n", &["1:b", "1:c"]);
    check("a! c!  # nosec B999\n", &["1:a", "1:c"]);
}

#[test]
fn a_bare_nosec_silences_security_only() {
    check("a! b! c!  # nosec\n", &["1:b"]);
    check("a! b! c!  # nosec, we trust it\n", &["1:b"]);
}

// What is told of the comments.

#[test]
fn the_silenced_finding_names_the_comment_and_its_reason() {
    let mut found = findings("# scrutineer: ignore[a] local only\na!\n");
    apply(&mut found, &layout("# scrutineer: ignore[a] local only\na!\n"), &known());
    assert_eq!(found[0].suppressed, Some(Suppressed { line: 1, reason: "local only".to_owned() }));
}

#[test]
fn a_comment_tells_which_of_its_rules_it_silences_nowhere() {
    let told = outcome("a!  # scrutineer: ignore[a, b] why\n");
    let expect = SuppressionComment {
        line: 1,
        rules: vec!["a".to_owned(), "b".to_owned()],
        reason: "why".to_owned(),
        used: true,
        unused: vec!["b".to_owned()],
    };
    assert_eq!(told.comments, [expect]);
}

#[test]
fn other_tools_comments_are_told_where_they_silence_and_are_never_unused() {
    let told = outcome("a! c!  # nosec\nx  # nosec\nx  # noqa: S105\n").comments;
    assert_eq!(told.len(), 1);
    assert_eq!((told[0].line, told[0].rules.join(",").as_str()), (1, "a,c"));
    assert!(told[0].unused.is_empty());
}

#[test]
fn our_own_comment_is_used_before_another_tools() {
    let told = outcome("a!  # noqa: S105  # scrutineer: ignore[a] why\n").comments;
    assert_eq!(told.len(), 1);
    assert!(told[0].unused.is_empty());
}

#[test]
fn a_comment_is_not_useless_if_its_rule_did_not_run_or_the_file_broke() {
    let text = "x  # scrutineer: ignore[a]\n";
    assert_eq!(outcome(text).comments[0].unused, ["a"]);
    let idle = KnownRules { idle: BTreeSet::from(["a"]), ..known() };
    assert!(apply(&mut [], &layout(text), &idle).comments[0].unused.is_empty());
    let broken = Layout { is_broken: true, ..layout(text) };
    assert!(apply(&mut [], &broken, &known()).comments[0].unused.is_empty());
}

fn check_mistakes(text: &str, expect: &[(u32, &str)]) {
    let told: Vec<(u32, String)> = outcome(text).malformed.into_iter().map(|m| (m.line, m.mistake)).collect();
    let expect: Vec<(u32, String)> = expect.iter().map(|(line, text)| (*line, (*text).to_owned())).collect();
    assert_eq!(told, expect, "{text}");
}

#[test]
fn an_unknown_rule_is_told_with_the_one_that_was_meant() {
    check_mistakes(
        "x  # scrutineer: ignore[long-rule-nam]\n",
        &[(1, "there is no rule `long-rule-nam`; did you mean `long-rule-name`?")],
    );
    check_mistakes(
        "x\n# scrutineer: ignore-file[quux]\n",
        &[(2, "there is no rule `quux`; `scrutineer rules list` names them all")],
    );
}

#[test]
fn the_known_rules_of_a_half_wrong_comment_still_count() {
    check("a!  # scrutineer: ignore[nonsense, a]\n", &[]);
}

#[test]
fn a_malformed_comment_is_told_and_silences_nothing() {
    let text = "a!  # scrutineer: ignore a\n";
    check(text, &["1:a"]);
    check_mistakes(
        text,
        &[(1, "it names no rule and silences nothing; write `# scrutineer: ignore[rule-id] reason`")],
    );
}
