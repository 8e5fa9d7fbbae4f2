//! Is what the mark acquires released, by a call of `close` or `release`, on every way out?

use super::flow::{agree, marked};
use crate::engine::python::flow::Released;
use crate::engine::python::{Field, Kind, Module, NodeId};

fn is_release(module: &Module, node: NodeId) -> bool {
    let callee = module.tree().child(node, Field::Function);
    let name = callee.and_then(|callee| module.tree().child(callee, Field::Attribute));
    module.tree().kind(node) == Kind::Call
        && name.is_some_and(|name| matches!(module.text(name), "close" | "release"))
}

fn answer(snippet: &str) -> String {
    let (module, nodes) = marked(snippet);
    let say = |words: &str, node| format!("{words} {}", module.text(node).lines().next().unwrap_or_default());
    match module.is_released(nodes[0], &|node| is_release(&module, node)) {
        Released::Always => "always".to_owned(),
        Released::Never => "never".to_owned(),
        Released::NotOnException(node) => say("not if it raises:", node),
        Released::NotOnCancellation(node) => say("not if cancelled:", node),
        Released::NotOnReturn(node) => say("not at:", node),
    }
}

#[test]
fn a_release_counts_on_every_way_or_not_at_all() {
    let cases = [
        ("v = ⟦open(x)⟧\nv.close()", "always"),
        ("v = ⟦open(x)⟧\nb()\nv.close()", "not if it raises: b()"),
        ("v = ⟦open(x)⟧\nb()", "never"),
        ("v = ⟦open(x)⟧\nif y:\n    return 1\nv.close()", "not at: return 1"),
        ("v = ⟦open(x)⟧\nif y:\n    v.close()", "not at: if y:"),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nfinally:\n    v.close()", "always"),
        ("v = ⟦open(x)⟧\nc()\ntry:\n    b()\nfinally:\n    v.close()", "not if it raises: c()"),
        ("v = ⟦open(x)⟧\ntry:\n    return b()\nfinally:\n    v.close()", "always"),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nexcept Exception:\n    v.close()\n    raise\nv.close()", "always"),
        (
            "v = ⟦open(x)⟧\ntry:\n    await b()\nexcept Exception:\n    v.close()\n    raise\nv.close()",
            "not if cancelled: await b()",
        ),
        (
            "v = ⟦open(x)⟧\ntry:\n    await b()\nexcept BaseException:\n    v.close()\n    raise\nv.close()",
            "always",
        ),
        (
            "v = ⟦open(x)⟧\ntry:\n    b()\nexcept ValueError:\n    v.close()\n    raise\nv.close()",
            "not if it raises: b()",
        ),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nexcept E:\n    pass\nv.close()", "not if it raises: b()"),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nexcept:\n    pass\nv.close()", "always"),
        ("v = None\ntry:\n    v = ⟦open(x)⟧\n    b()\nfinally:\n    if v:\n        v.close()", "always"),
        (
            "v = None\ntry:\n    v = ⟦open(x)⟧\n    b()\nfinally:\n    if v is not None:\n        v.close()",
            "always",
        ),
        ("v = ⟦open(x)⟧\nif v is None:\n    return\nv.close()", "always"),
        ("v = ⟦open(x)⟧\nif not v:\n    return 2\nb()\nv.close()", "not if it raises: b()"),
        ("v = ⟦open(x)⟧\nwhile y:\n    if z:\n        break\nv.close()", "always"),
        ("v = ⟦open(x)⟧\nfor i in y:\n    v.close()\n    return\nb()", "not at: b()"),
        ("for i in y:\n    v = ⟦open(i)⟧\n    if z:\n        continue\n    v.close()", "not at: for i in y:"),
        ("await ⟦x.acquire()⟧\nx.release()", "always"),
        ("await ⟦x.acquire()⟧\nawait b()\nx.release()", "not if it raises: await b()"),
        ("await ⟦x.acquire()⟧\ntry:\n    await b()\nfinally:\n    x.release()", "always"),
        ("got = ⟦x.acquire()⟧\ntry:\n    b()\nfinally:\n    if got:\n        x.release()", "always"),
        ("v = ⟦open(x)⟧\nwith y:\n    b()\nv.close()", "not if it raises: b()"),
        (
            "v = ⟦open(x)⟧\nwith y:\n    try:\n        b()\n    finally:\n        v.close()",
            "not if it raises: y",
        ),
        ("v = ⟦open(x)⟧\nyield v\nv.close()", "not if it raises: yield v"),
        ("v = ⟦open(x)⟧\ntry:\n    yield v\nfinally:\n    v.close()", "always"),
        ("v = ⟦open(x)⟧\nwhile True:\n    b()", "never"),
        ("v = ⟦open(x)⟧\nassert y\nv.close()", "not if it raises: assert y"),
        ("v = ⟦open(x)⟧\nraise E", "never"),
        ("v = ⟦open(x)⟧\nif y:\n    raise E\nv.close()", "not if it raises: raise E"),
        ("try:\n    v = ⟦open(x)⟧\n    b()\n    v.close()\nfinally:\n    c()", "not if it raises: b()"),
        (
            "try:\n    v = ⟦open(x)⟧\n    try:\n        b()\n    finally:\n        v.close()\nexcept E:\n    return",
            "always",
        ),
    ];
    agree(&cases.map(|(snippet, expect)| (snippet, expect.to_owned())), answer);
}

#[test]
fn handlers_count_for_what_they_catch() {
    let cases = [
        ("v = ⟦open(x)⟧\ntry:\n    b()\nexcept Exception:\n    v.close()\nelse:\n    v.close()", "always"),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nexcept Exception:\n    v.close()", "not at: b()"),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nexcept Exception:\n    return 1\nv.close()", "not at: return 1"),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nexcept:\n    raise\nv.close()", "not if it raises: raise"),
        (
            "v = ⟦open(x)⟧\ntry:\n    try:\n        b()\n    except E:\n        c()\nfinally:\n    v.close()",
            "always",
        ),
        (
            "try:\n    v = ⟦open(x)⟧\nexcept OSError:\n    return\ntry:\n    b()\nfinally:\n    v.close()",
            "always",
        ),
        ("try:\n    v = ⟦open(x)⟧\nexcept OSError:\n    b()\nelse:\n    v.close()", "always"),
    ];
    agree(&cases.map(|(snippet, expect)| (snippet, expect.to_owned())), answer);
}

#[test]
fn loops_and_branches_need_a_release_each() {
    let cases = [
        ("v = ⟦open(x)⟧\nif y:\n    v.close()\nelse:\n    v.close()", "always"),
        ("v = ⟦open(x)⟧\nif y:\n    v.close()\n    return\nv.close()", "always"),
        ("v = ⟦open(x)⟧\nmatch y:\n    case 1:\n        v.close()\n    case _:\n        v.close()", "always"),
        ("for i in y:\n    v = ⟦open(i)⟧\n    v.close()", "always"),
        (
            "while True:\n    v = ⟦open(x)⟧\n    if z:\n        v.close()\n        break\n    v.close()",
            "always",
        ),
        ("v = ⟦open(x)⟧\nwhile y:\n    return 1\nv.close()", "not at: return 1"),
        ("v = ⟦open(x)⟧\ntry:\n    while y:\n        return 1\nfinally:\n    v.close()", "always"),
        ("v = ⟦open(x)⟧\ntry:\n    b()\nfinally:\n    if v is not None:\n        v.close()", "always"),
        (
            "await ⟦x.acquire()⟧\ntry:\n    await b()\nexcept Exception:\n    x.release()\n    raise\nx.release()",
            "not if cancelled: await b()",
        ),
    ];
    agree(&cases.map(|(snippet, expect)| (snippet, expect.to_owned())), answer);
}
