//! The pattern language, feature by feature: one rule, one text, the lines that fire.

use std::sync::Arc;

use crate::engine::python::{Module, Types};
use crate::engine::rule::{Bounds, UserRules};
use crate::engine::{Engine, Limits, Options, RuleSet, Source};

use super::Pattern;

/// The lines of `code` at which a rule with this `find` fires; the expected ones are marked `# finding`.
fn check(find: &str, code: &str) {
    let found = lines(find, code);
    let marked = |(_, line): &(u32, &str)| line.ends_with("# finding");
    let expected: Vec<u32> = (1..).zip(code.lines()).filter(marked).map(|(number, _)| number).collect();
    assert_eq!(found, expected, "find:\n{find}\ncode:\n{code}");
}

fn lines(find: &str, code: &str) -> Vec<u32> {
    let audit = engine(find).audit("app.py", code.as_bytes(), &Options::default());
    audit.findings.iter().map(|finding| finding.span.start.line).collect()
}

fn engine(find: &str) -> Engine {
    let indented: String = find.lines().map(|line| format!("  {line}\n")).collect();
    let text = format!(
        "title: T\nseverity: low\nconfidence: high\ntier: comment\nproblem: P.\nimpact: I.\nfix: F.\neffort: 5m\n\
         find:\n{indented}examples:\n  bad: ['x()  # finding']\n  good: ['y()']\n"
    );
    let types = "returns:\n  tarfile.open: tarfile.TarFile\n";
    let files = [("rules/toy/rule.yml", text.as_str()), ("rules/models/types.yml", types)];
    let rules = RuleSet::load(files).unwrap_or_else(|errors| panic!("{errors}"));
    Engine::new(rules, Limits::default())
}

/// The engine with this rule as a repository would bring it.
fn of_repository(find: &str) -> Engine {
    let indented: String = find.lines().map(|line| format!("    {line}\n")).collect();
    let head = "rules:\n  - id: x\n    languages: [python]\n    severity: INFO\n    message: m\n";
    let bounds = Bounds { steps: 50_000, ..Bounds::REPOSITORY };
    let users = UserRules::load([("r.yml", format!("{head}{indented}").as_str())], [], bounds);
    assert!(users.errors.is_empty(), "{:?}", users.errors);
    Engine::new(RuleSet::load([]).unwrap().with(users, ""), Limits::default())
}

fn pattern(pattern: &str, code: &str) {
    let indented: String = pattern.lines().map(|line| format!("  {line}\n")).collect();
    check(&format!("pattern: |\n{indented}"), code);
}

#[test]
fn a_dotted_name_matches_what_resolves_to_it() {
    pattern(
        "requests.get(...)",
        "import requests as r\nfrom requests import get as g\nimport requests\nr.get(u)  # finding\ng(u)  # finding\n\
         requests.get()  # finding\nget = requests.get\nget(u)  # finding\nrequests.post(u)\nx.get(u)\n",
    );
}

#[test]
fn what_does_not_resolve_is_no_evidence() {
    pattern("requests.get(...)", "def f(requests):\n    requests.get(u)\n");
    pattern("open(...)", "from mine import open\nopen(x)\n");
    pattern("open(...)", "open(x)  # finding\n");
}

#[test]
fn positional_arguments_match_in_order_and_dots_stand_for_any_number() {
    let imports = "from m import f\n";
    pattern("m.f(1, ...)", &format!("{imports}f(1)  # finding\nf(1, 2)  # finding\nf(2, 1)\nf()\n"));
    pattern("m.f(..., 1)", &format!("{imports}f(1)  # finding\nf(2, 1)  # finding\nf(1, 2)\n"));
    pattern("m.f(..., 1, ...)", &format!("{imports}f(0, 1, 2)  # finding\nf(0, 2)\n"));
    pattern("m.f()", &format!("{imports}f()  # finding\nf(1)\nf(a=1)\n"));
    pattern("m.f($X)", &format!("{imports}f(1)  # finding\nf(1, 2)\nf(1, a=2)\n"));
}

#[test]
fn keyword_arguments_match_in_any_order() {
    let imports = "from m import f\n";
    pattern(
        "m.f(..., a=1, b=2)",
        &format!("{imports}f(b=2, a=1)  # finding\nf(0, b=2, c=3, a=1)  # finding\nf(a=1)\nf(a=2, b=1)\n"),
    );
    pattern("m.f(a=1)", &format!("{imports}f(a=1)  # finding\nf(a=1, b=2)\nf(0, a=1)\n"));
    pattern("m.f(..., $K=True, ...)", &format!("{imports}f(1, debug=True)  # finding\nf(True)\n"));
}

#[test]
fn equal_metavariables_stand_for_equal_code() {
    pattern("$X == $X", "a == a  # finding\na.b( 1,2 ) == a.b(1, 2)  # finding\na == b\n");
    pattern("$X = $X", "a = a  # finding\na = b\n");
}

#[test]
fn the_anonymous_metavariable_binds_nothing() {
    pattern("$_ == $_", "a == b  # finding\n");
}

#[test]
fn several_arguments_bind_together() {
    pattern("$F($...ARGS) or $F($...ARGS)", "f(1, 2) or f(1, 2)  # finding\nf(1) or f(2)\n");
}

#[test]
fn a_string_of_dots_matches_any_string_constant() {
    pattern(
        "os.getenv(\"...\", \"...\")",
        "import os\nDEFAULT = 'x'\nos.getenv('A', 'b')  # finding\nos.getenv('A', DEFAULT)  # finding\nos.getenv('A', b)\n",
    );
}

#[test]
fn constants_match_through_names() {
    pattern("m.f(False)", "from m import f\nOFF = False\nf(False)  # finding\nf(OFF)  # finding\nf(True)\n");
    pattern("m.f('a')", "from m import f\nf(\"a\")  # finding\nf('a' 'b')\n");
    pattern("m.f(None)", "from m import f\nf(None)  # finding\nf(0)\n");
}

#[test]
fn a_method_of_anything_is_written_with_a_metavariable() {
    pattern(
        "$X.extractall(...)",
        "a.extractall()  # finding\na.b().extractall(1)  # finding\nextractall()\n",
    );
}

#[test]
fn self_is_taken_by_its_name() {
    pattern(
        "self.run($X)",
        "class A:\n    def f(self):\n        self.run(1)  # finding\n        other.run(1)\n",
    );
}

#[test]
fn definitions_match_whatever_a_pattern_leaves_out() {
    pattern("def $F(...): ...", "async def f(a, b=1) -> int:  # finding\n    return 1\n");
    pattern("async def $F(...): ...", "async def f():  # finding\n    pass\ndef g():\n    pass\n");
    pattern("class $C(...): ...", "class A(B):  # finding\n    pass\n");
    pattern("def $F($A): ...", "def f(a):  # finding\n    pass\ndef g(a, b):\n    pass\n");
}

#[test]
fn bodies_match_statement_by_statement() {
    pattern(
        "def $F(...):\n  ...\n  return None",
        "def f():  # finding\n    a()\n    return None\ndef g():\n    return 1\n",
    );
}

#[test]
fn simple_statements_match_as_such() {
    pattern("raise $E(...)", "def f():\n    raise ValueError('x')  # finding\n    raise\n");
    pattern("return $X", "def f():\n    return 1  # finding\n    return\n");
    pattern("await $X", "async def f():\n    await g()  # finding\n    g()\n");
    pattern("$X = $F(...)", "a = f()  # finding\nb: int = f()  # finding\nc = 1\n");
    pattern("assert $X", "assert a  # finding\n");
}

#[test]
fn with_patterns_name_some_of_the_items() {
    pattern(
        "with $X as $Y: ...",
        "with a as b:  # finding\n    pass\nwith a as b, c as d:  # finding\n    pass\nwith a:\n    pass\n",
    );
}

#[test]
fn a_sequence_matches_statements_that_follow_one_another() {
    pattern(
        "$X = m.lock()\n...\n$X.close()",
        "from m import lock\na = lock()  # finding\nb()\na.close()\nc = lock()\nd.close()\n",
    );
}

#[test]
fn either_of_several() {
    check(
        "pattern-either:\n  - pattern: m.f(...)\n  - pattern: m.g(...)",
        "from m import f, g, h\nf()  # finding\ng()  # finding\nh()\n",
    );
}

#[test]
fn not_takes_away() {
    check(
        "patterns:\n  - pattern: m.f(...)\n  - pattern-not: m.f(..., timeout=$T)",
        "from m import f\nf(1)  # finding\nf(1, timeout=2)\n",
    );
}

#[test]
fn inside_shares_its_metavariables() {
    check(
        "patterns:\n  - pattern: $X.close()\n  - pattern-inside: |\n      with $X as $Y: ...",
        "with a as b:\n    a.close()  # finding\n    b.close()\na.close()\n",
    );
    check(
        "patterns:\n  - pattern: $X.close()\n  - pattern-inside: |\n      $X = m.make()\n      ...",
        "from m import make\nz.close()\na = make()\nb()\nif c:\n    a.close()  # finding\n    b.close()\n",
    );
}

#[test]
fn not_inside_takes_away() {
    check(
        "patterns:\n  - pattern: m.f(...)\n  - pattern-not-inside: |\n      def $F(...): ...",
        "from m import f\nf()  # finding\ndef g():\n    f()\n",
    );
}

#[test]
fn metavariables_are_narrowed_by_expression_and_type() {
    check(
        "patterns:\n  - pattern: $F(...)\n  - metavariable-regex: {metavariable: $F, regex: 'get_'}",
        "get_x()  # finding\nforget_x()\n",
    );
    check(
        "patterns:\n  - pattern: $T.extractall(...)\n  - metavariable-type: {metavariable: $T, type: tarfile.TarFile}",
        "import tarfile\nwith tarfile.open(p) as t:\n    t.extractall()  # finding\nz.extractall()\n",
    );
}

#[test]
fn focus_reports_a_part() {
    let focused = "patterns:\n  - pattern: m.f($A, $B)\n  - focus-metavariable: $B";
    assert_eq!(lines(focused, "from m import f\nf(\n    1,\n    2,\n)\n"), [4]);
}

#[test]
fn comments_parentheses_and_layout_do_not_matter() {
    pattern("m.f(1, $X)", "from m import f\nf(  # finding\n  # one\n  (1),\n  2,\n)\n");
}

#[test]
fn wide_and_deep_code_ends_within_the_steps() {
    let code = format!("f({})\n", "1, ".repeat(3_000));
    assert_eq!(lines("pattern: f(..., $A, ..., $A, ..., $A, ..., 2)", &code), [] as [u32; 0]);
    let code = format!("x = {}1{}\n", "(".repeat(3_000), ")".repeat(3_000));
    assert_eq!(lines("pattern: $X = 2", &code), [] as [u32; 0]);
}

#[test]
fn patterns_that_match_everywhere_end_within_the_steps() {
    let deep = format!("x = {}1{}\n", "f(".repeat(300), ")".repeat(300));
    let long = "a = b\n".repeat(600);
    let wide = format!("x = [{}]\n", "a, ".repeat(600));
    for find in [
        "pattern: $X",
        "pattern: <... <... $X ...> ...>",
        "pattern: $F(<... $X ...>, ...)",
        "pattern: |\n  $X = $Y\n  ...\n  $Z = $Y\n  ...\n  $Y = $Z",
        "pattern: '[..., $A, ..., $B, ..., $A, ..., $B, ..., 1]'",
        "patterns:\n  - pattern: $X\n  - pattern: $Y\n  - pattern-inside: $Z\n  - pattern-not: $X = $Y",
        "pattern-regex: (a|a = b|.)*c",
    ] {
        for code in [&deep, &long, &wide] {
            let audit = of_repository(find).audit("app.py", code.as_bytes(), &Options::default());
            assert!(audit.skipped.is_none(), "{find}");
        }
    }
}

#[test]
fn what_is_no_pattern_is_refused() {
    let refused = |text: &str| Pattern::compile(text).map(|_| ()).map_err(|error| error.mistake);
    assert_eq!(refused("def ("), Err("it is not Python".to_owned()));
    assert_eq!(refused(""), Err("it is empty".to_owned()));
    assert_eq!(refused(&"(".repeat(100_000)), Err("it is too large".to_owned()));
    assert_eq!(refused("f($x)"), Err("a `$` begins no metavariable".to_owned()));
}

#[test]
fn a_rule_is_not_tried_on_texts_without_its_words() {
    let source = Source::decode("a.py", b"x = 1\n", &Limits::default()).unwrap();
    let mut module = Module::parse(source, &Limits::default(), Arc::new(Types::default())).unwrap();
    let rules = RuleSet::load([]).unwrap();
    let dispatch = super::Dispatch::new(rules.finders().map(|(_, finder)| finder));
    assert!(dispatch.run(&mut module, &[], &[]).hits.is_empty());
}
