//! What binds a name, and in which scope?

use super::{ask, module};
use crate::engine::python::{BindingKind, Module, ScopeId, ScopeKind};

fn word(kind: &BindingKind) -> String {
    match kind {
        BindingKind::Import(path) => format!("import {path}"),
        BindingKind::Function(_) => "def".to_owned(),
        BindingKind::Class(_) => "class".to_owned(),
        other => format!("{other:?}").to_lowercase(),
    }
}

fn scope_word(module: &Module, scope: ScopeId) -> &'static str {
    match module.scopes().get(scope).kind {
        ScopeKind::Module => "module",
        ScopeKind::Class(_) => "class",
        ScopeKind::Function(_) => "function",
        ScopeKind::Comprehension => "comprehension",
    }
}

#[test]
fn each_statement_binds_in_its_own_way() {
    let cases = [
        ("x = 1\n⟦x⟧", "module: assignment"),
        ("x: int\nx = 1\n⟦x⟧", "module: declaration, assignment"),
        ("x = 1\nx += 1\ndel x\n⟦x⟧", "module: assignment, augmented, delete"),
        ("for x in y: pass\n⟦x⟧", "module: for"),
        ("for a, (x, *b) in y: pass\n⟦x⟧", "module: for"),
        ("with a as x: pass\n⟦x⟧", "module: with(false)"),
        ("async def f():\n    async with a as x:\n        ⟦x⟧", "function: with(true)"),
        ("with a as (b, x): pass\n⟦x⟧", "module: with(false)"),
        ("try: pass\nexcept E as x:\n    ⟦x⟧", "module: except"),
        ("try: pass\nexcept* E as x:\n    ⟦x⟧", "module: except"),
        ("try: pass\nexcept (E, F) as x:\n    ⟦x⟧", "module: except"),
        ("import a.x as x, x.y\n⟦x⟧", "module: import a.x, import x"),
        ("def x(): pass\nclass x: pass\n⟦x⟧", "module: def, class"),
        ("def f(a, /, b, *, x=1, **k):\n    ⟦x⟧", "function: parameter"),
        ("def f(**x):\n    ⟦x⟧", "function: parameter"),
        ("lambda x: ⟦x⟧", "function: parameter"),
        ("[⟦x⟧ for x in y]", "comprehension: for"),
        ("{⟦x⟧: 1 for x in y}", "comprehension: for"),
        ("class A:\n    x = 1\n    y = ⟦x⟧", "class: assignment"),
        ("match y:\n    case [1, x]:\n        ⟦x⟧", "module: match"),
        ("match y:\n    case P(a=x):\n        ⟦x⟧", "module: match"),
        ("match y:\n    case {**x}:\n        ⟦x⟧", "module: match"),
        ("match y:\n    case [*x]:\n        ⟦x⟧", "module: match"),
        ("match y:\n    case 1 as x:\n        ⟦x⟧", "module: match"),
        ("match y:\n    case x:\n        ⟦x⟧", "module: match"),
        ("type x = int\n⟦x⟧", "module: typename"),
        ("def f[x](a: x):\n    ⟦x⟧", "function: typename"),
        ("def f():\n    global x\n    x = 1\n⟦x⟧", "module: assignment"),
        (
            "def f():\n    x = 1\n    def g():\n        nonlocal x\n        x = 2\n        ⟦x⟧",
            "function: assignment, assignment",
        ),
        ("if (x := 1): ⟦x⟧", "module: assignment"),
        ("def f():\n    [x := a for a in b]\n    ⟦x⟧", "function: assignment"),
    ];
    for (snippet, expect) in cases {
        let (module, node) = ask(snippet);
        let bindings: Vec<_> = module.bindings_of(node).collect();
        let words: Vec<String> = bindings.iter().map(|binding| word(&binding.kind)).collect();
        let scope = bindings.first().map_or("none", |binding| scope_word(&module, binding.scope));
        assert_eq!(format!("{scope}: {}", words.join(", ")), expect, "in\n{snippet}");
    }
}

#[test]
fn a_class_pattern_and_a_wildcard_bind_nothing() {
    for snippet in
        ["match y:\n    case ⟦P⟧(): pass", "match y:\n    case ⟦_⟧: pass", "match y:\n    case ⟦a⟧.b: pass"]
    {
        let (module, node) = ask(snippet);
        assert_eq!(module.bindings_of(node).count(), 0, "in\n{snippet}");
    }
}

#[test]
fn bindings_are_asked_by_scope_and_name() {
    let module = module("x = 1\ndef f():\n    x = 2\n");
    assert_eq!(module.bindings(ScopeId::MODULE, "x").count(), 1);
    assert_eq!(module.bindings(ScopeId::MODULE, "y").count(), 0);
}
