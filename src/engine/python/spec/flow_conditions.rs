//! Which tests certainly hold at the mark?

use super::flow::{agree, marked};
use crate::engine::python::{Module, NodeId};

fn words(module: &Module, conditions: Vec<(NodeId, bool)>) -> String {
    let word = |(test, holds): &(NodeId, bool)| {
        let text = module.text(*test).lines().next().unwrap_or_default();
        if *holds { text.to_owned() } else { format!("not {text}") }
    };
    conditions.iter().rev().map(word).collect::<Vec<_>>().join(", ")
}

fn check(cases: &[(&str, &str)]) {
    let cases: Vec<(&str, String)> =
        cases.iter().map(|(text, expect)| (*text, (*expect).to_owned())).collect();
    agree(&cases, |snippet| {
        let (module, nodes) = marked(snippet);
        words(&module, module.conditions_at(nodes[0]))
    });
}

#[test]
fn a_test_holds_where_its_branch_leads() {
    check(&[
        ("if x:\n    ⟦a()⟧", "x"),
        ("if x:\n    b()\nelse:\n    ⟦a()⟧", "not x"),
        ("if x:\n    b()\n⟦a()⟧", ""),
        ("if x:\n    if y is None:\n        ⟦a()⟧", "x, y is None"),
        ("if x:\n    pass\nelif y:\n    ⟦a()⟧", "not x, y"),
        ("if x and y:\n    ⟦a()⟧", "x, y"),
        ("if x or y:\n    ⟦a()⟧", ""),
        ("if x or y:\n    pass\nelse:\n    ⟦a()⟧", "not x, not y"),
        ("if not x:\n    ⟦a()⟧", "not x"),
        ("if not (x or not y):\n    ⟦a()⟧", "not x, y"),
        ("v = ⟦a()⟧ if x else 1", "x"),
        ("v = 1 if x else ⟦a()⟧", "not x"),
        ("v = ⟦1⟧ if x else 2", "x"),
        ("v = x and ⟦a()⟧", "x"),
        ("v = x or ⟦a()⟧", "not x"),
        ("v = x and x.y and ⟦a()⟧", "x, x.y"),
        ("while x:\n    ⟦a()⟧", "x"),
        ("while not x:\n    pass\n⟦a()⟧", "x"),
        ("while not x:\n    if y:\n        break\n⟦a()⟧", ""),
        ("v = [⟦a()⟧ for i in x if i]", "i"),
        ("v = {⟦i⟧: 1 for i in x if i if y}", "i, y"),
        ("match x:\n    case 1 if y:\n        ⟦a()⟧", "case 1 if y:, y"),
        ("match x:\n    case 1:\n        pass\n    case 2:\n        ⟦a()⟧", "not case 1:, case 2:"),
        ("if (v := x()):\n    ⟦v⟧", "v := x()"),
    ]);
}

#[test]
fn early_exits_guard_what_follows() {
    check(&[
        ("if x is None:\n    return\n⟦a()⟧", "not x is None"),
        ("if x is None:\n    raise E\n⟦a()⟧", "not x is None"),
        ("for i in y:\n    if not i:\n        continue\n    ⟦a()⟧", "i"),
        ("import sys\ndef f(x):\n    if x:\n        sys.exit(1)\n    ⟦a()⟧", "not x"),
        ("assert x\n⟦a()⟧", "x"),
        ("assert x and y, 'no'\n⟦a()⟧", "x, y"),
        ("if x or y:\n    return\n⟦a()⟧", "not x, not y"),
        ("if x:\n    if y:\n        return\n⟦a()⟧", ""),
        ("try:\n    if x:\n        raise E\n    ⟦a()⟧\nexcept E:\n    pass", "not x"),
        ("try:\n    if x:\n        return\nfinally:\n    ⟦a()⟧", ""),
        ("try:\n    if x:\n        return\nfinally:\n    pass\n⟦a()⟧", "not x"),
        ("if not x:\n    return\nwith y:\n    for i in z:\n        ⟦a()⟧", "x"),
    ]);
}

#[test]
fn a_rebound_name_proves_nothing() {
    check(&[
        ("if x:\n    x = 1\n    ⟦a()⟧", ""),
        ("if x:\n    ⟦x = x.next⟧", "x"),
        ("if x:\n    x = ⟦x.next⟧", "x"),
        ("if x:\n    y = 1\n    ⟦a()⟧", "x"),
        ("if x:\n    for x in y:\n        ⟦a()⟧", ""),
        ("if x:\n    while y:\n        ⟦a()⟧\n        x = 1", "y"),
        ("if x:\n    if y:\n        x = 1\n    ⟦a()⟧", ""),
        ("if x:\n    if y:\n        x = 1\n        return\n    ⟦a()⟧", "x, not y"),
        ("if x:\n    v = [x for x in y]\n    ⟦a()⟧", "x"),
        ("if x.y:\n    x.y = 1\n    ⟦a()⟧", ""),
        ("if x.y:\n    x.z = 1\n    ⟦a()⟧", "x.y"),
        ("if x.y:\n    x = 1\n    ⟦a()⟧", ""),
        ("if k in x:\n    x[k] = 1\n    ⟦a()⟧", ""),
        ("if x:\n    del x\n    ⟦a()⟧", ""),
        ("if x:\n    with y as x:\n        ⟦a()⟧", ""),
        ("if x:\n    x += 1\n    ⟦a()⟧", ""),
        ("if x:\n    import x\n    ⟦a()⟧", ""),
    ]);
}

#[test]
fn strictly_what_others_may_change_proves_nothing() {
    let cases = [
        ("if x.y:\n    await b()\n    ⟦a()⟧", ""),
        ("if x.y:\n    b()\n    ⟦a()⟧", "x.y"),
        ("if x.y:\n    x.b()\n    ⟦a()⟧", ""),
        ("if x.y:\n    x.y.b()\n    ⟦a()⟧", ""),
        ("if x is None:\n    await b()\n    ⟦a()⟧", "x is None"),
        ("if k in x:\n    x.pop(k)\n    ⟦a()⟧", ""),
        ("import b\nv = 1\nasync def f():\n    if v:\n        await b()\n        ⟦a()⟧", ""),
        (
            "async def g():\n    return 1\nasync def f(x):\n    if x.y:\n        await g()\n        ⟦a()⟧",
            "x.y",
        ),
    ];
    for (snippet, expect) in cases {
        let (module, nodes) = marked(snippet);
        assert_eq!(words(&module, module.strict_conditions_at(nodes[0])), expect, "in\n{snippet}");
        let lenient = module.conditions_at(nodes[0]);
        assert_eq!(lenient.len(), 1, "leniently in\n{snippet}");
    }
}
