//! Which bindings may the marked read mean? Each by its line; `?` where it may find nothing, `…` where it may have
//! been bound elsewhere.

use super::flow::{agree, marked};

fn answer(snippet: &str) -> String {
    let (module, nodes) = marked(snippet);
    let Some(found) = module.reaching(nodes[0]) else { return "unknown".to_owned() };
    let first = if module.source().text().starts_with("async def f(x, y, z):") { 1 } else { 0 };
    let line = |id| module.span(module.scopes().binding(id).node).start.line - first;
    let lines = found.bindings.iter().map(|id| line(*id).to_string());
    let marks = [(found.unbound, "?"), (found.elsewhere, "…")];
    let marks = marks.iter().filter(|(holds, _)| *holds).map(|(_, mark)| (*mark).to_owned());
    lines.chain(marks).collect::<Vec<_>>().join(" ")
}

fn check(cases: &[(&str, &str)]) {
    let cases: Vec<(&str, String)> =
        cases.iter().map(|(text, expect)| (*text, (*expect).to_owned())).collect();
    agree(&cases, answer);
}

#[test]
fn the_last_binding_on_each_path_counts() {
    check(&[
        ("v = 1\n⟦v⟧", "1"),
        ("v = 1\nv = 2\n⟦v⟧", "2"),
        ("v = 1\nif x:\n    v = 2\n⟦v⟧", "1 3"),
        ("if x:\n    v = 1\nelse:\n    v = 2\n⟦v⟧", "2 4"),
        ("if x:\n    v = 1\nelse:\n    return\n⟦v⟧", "2"),
        ("v = 1\nfor i in x:\n    ⟦v⟧\n    v = 2", "1 4"),
        ("v = 1\nwhile True:\n    v = 2\n    break\n⟦v⟧", "3"),
        ("v = ⟦v⟧ + 1", "?"),
        ("v = 1\nv = ⟦v⟧ + 1", "1"),
        ("v = 1\nv += 1\n⟦v⟧", "2"),
        ("⟦x⟧", "0"),
        ("x = 1\n⟦x⟧", "1"),
        ("if (v := x):\n    ⟦v⟧", "1"),
        ("if x and (v := y):\n    ⟦v⟧", "1"),
        ("if x or (v := y):\n    ⟦v⟧", "1 ?"),
        ("v = 0\nw = [⟦v⟧ for v in x]", "2"),
        ("with x as v:\n    ⟦v⟧", "1"),
        ("import os\ndef f():\n    import sys\n    ⟦sys⟧", "3"),
        ("match x:\n    case [v]:\n        ⟦v⟧", "2"),
        ("for v in x:\n    pass\n⟦v⟧", "1 ?"),
        ("for v in [1, 2]:\n    pass\n⟦v⟧", "1"),
        ("for v in x:\n    break\nelse:\n    return\n⟦v⟧", "1"),
        ("a, v = x\n⟦v⟧", "1"),
        ("class A:\n    v = 1\n    w = ⟦v⟧", "2 …"),
        ("def g(): pass\nasync def f():\n    ⟦g⟧", "unknown"),
    ]);
}

#[test]
fn a_name_may_have_no_value_yet() {
    check(&[
        ("print(⟦v⟧)\nv = 1", "?"),
        ("if x:\n    v = 1\n⟦v⟧", "2 ?"),
        ("try:\n    v = g()\nexcept E:\n    pass\n⟦v⟧", "2 ?"),
        ("try:\n    v = g()\nexcept E:\n    return\n⟦v⟧", "2"),
        ("try:\n    v = g()\nexcept E:\n    raise\n⟦v⟧", "2"),
        ("try:\n    v = None\n    g()\nexcept E:\n    pass\n⟦v⟧", "2"),
        ("try:\n    v = g()\nexcept E:\n    ⟦v⟧", "?"),
        ("try:\n    v = g()\n    h()\nexcept E:\n    ⟦v⟧", "2 ?"),
        ("try:\n    v = g()\nfinally:\n    ⟦v⟧", "2 ?"),
        ("try:\n    v = g()\nfinally:\n    h()\n⟦v⟧", "2"),
        ("try:\n    v = g()\nexcept E:\n    v = 1\n⟦v⟧", "2 4"),
        ("try:\n    v = g()\nexcept E:\n    h()\nelse:\n    ⟦v⟧", "2"),
        ("v = 1\ndel v\n⟦v⟧", "?"),
        ("v = 1\nif x:\n    del v\n⟦v⟧", "1 ?"),
        ("try:\n    g()\nexcept E as v:\n    ⟦v⟧", "3"),
        ("try:\n    g()\nexcept E as v:\n    pass\n⟦v⟧", "?"),
        ("with x:\n    v = g()\n⟦v⟧", "2"),
        ("import contextlib\ndef f():\n    with contextlib.suppress(E):\n        v = g()\n    ⟦v⟧", "4 ?"),
        ("while True:\n    try:\n        v = g()\n        break\n    except E:\n        continue\n⟦v⟧", "3"),
        ("while x:\n    v = 1\n⟦v⟧", "2 ?"),
        ("import sys\ndef f(x):\n    if x:\n        v = 1\n    else:\n        sys.exit()\n    ⟦v⟧", "4"),
        ("match x:\n    case 1:\n        v = 1\n    case _:\n        v = 2\n⟦v⟧", "3 5"),
        ("match x:\n    case 1:\n        v = 1\n⟦v⟧", "3 ?"),
        ("try:\n    v = g()\nfinally:\n    try:\n        h()\n    finally:\n        i()\n⟦v⟧", "2"),
        ("module\nprint(⟦v⟧)\nv = 1", "?"),
        ("module\nv = 1\ndef g():\n    global v\n    v = 2\n⟦v⟧", "1 …"),
        ("module\nprint(⟦input⟧)\ninput = 1", "? …"),
        ("def f():\n    v = 1\n    def g():\n        nonlocal v\n        v = 2\n    ⟦v⟧", "2 …"),
    ]);
}

#[test]
fn the_exception_that_leaves_a_name_unbound_is_shown() {
    let none = String::new;
    let cases = [
        ("try:\n    v = g()\nexcept E:\n    pass\n⟦v⟧", "g()".to_owned()),
        ("try:\n    v = g()\nfinally:\n    ⟦v⟧", "g()".to_owned()),
        ("try:\n    v = g()\nexcept E:\n    return\n⟦v⟧", none()),
        ("if x:\n    v = 1\n⟦v⟧", none()),
        ("v = 1\ntry:\n    v = g()\nexcept E:\n    pass\n⟦v⟧", none()),
        ("try:\n    with x:\n        v = g()\nexcept E:\n    log()\n⟦v⟧", "g()".to_owned()),
        ("try:\n    v = g()\nexcept E:\n    bad = True\nif bad:\n    return\n⟦v⟧", none()),
        ("try:\n    if x:\n        v = g()\nfinally:\n    if x:\n        ⟦v⟧", none()),
        ("try:\n    g()\nexcept E:\n    if x:\n        v = 1\n    ⟦v⟧", none()),
        ("try:\n    v = g()\n    h(⟦v⟧)\nexcept E:\n    pass", none()),
        ("for i in x:\n    try:\n        v = g()\n    except E:\n        log()\n    ⟦v⟧", "g()".to_owned()),
        ("for i in x:\n    try:\n        v = g()\n    except E:\n        continue\n    ⟦v⟧", none()),
    ];
    agree(&cases, |snippet| {
        let (module, nodes) = marked(snippet);
        module.unbound_by_exception(nodes[0]).map_or_else(String::new, |node| module.text(node).to_owned())
    });
}

#[test]
fn the_except_that_deletes_its_name_is_shown() {
    let cases = [
        ("v = None\ntry:\n    g()\nexcept E as v:\n    pass\n⟦v⟧", true),
        ("try:\n    g()\nexcept E as v:\n    pass\n⟦v⟧", true),
        ("v = None\ntry:\n    g()\nexcept E as v:\n    raise\n⟦v⟧", false),
        ("v = None\ntry:\n    g()\nexcept E as v:\n    ⟦v⟧", false),
        ("v = None\ntry:\n    g()\nexcept E as v:\n    bad = True\nif bad:\n    ⟦v⟧", false),
        ("try:\n    g()\nexcept E as v:\n    pass\nv = 1\n⟦v⟧", false),
        (
            "for i in x:\n    v = 1\n    try:\n        g()\n    except E as v:\n        continue\n    ⟦v⟧",
            false,
        ),
    ];
    agree(&cases, |snippet| {
        let (module, nodes) = marked(snippet);
        module.unbound_by_except(nodes[0]).is_some()
    });
}
