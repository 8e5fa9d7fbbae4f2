//! Functions made to be slow are answered in time. Times are not measured here: what is not linear does not end.

use super::library;
use crate::engine::python::{Kind, Module, NodeId};
use crate::engine::{Limits, Source};

fn big(text: &str) -> Module {
    let limits = Limits {
        file_bytes: 64 << 20,
        lines: 1_000_000,
        nodes: 10_000_000,
        depth: 200_000,
        parse_steps: 40_000_000,
    };
    let source = Source::decode("a.py", text.as_bytes(), &limits).unwrap();
    Module::parse(source, &limits, library()).unwrap()
}

/// Asks every kind of question once, at the last name of the file.
fn ask_all(text: &str) {
    let module = big(text);
    let is_name = |node: &NodeId| module.tree().kind(*node) == Kind::Identifier;
    let (first, last) = (module.tree().nodes().find(is_name), module.tree().nodes().rev().find(is_name));
    let (Some(first), Some(last)) = (first, last) else { return };
    let functions = module.functions().map(|(id, _)| module.flow(id));
    for flow in functions.chain([module.module_flow()]) {
        assert!(flow.graph().len() < 16 * module.tree().len() + 16_000);
        flow.dominators();
    }
    module.conditions_at(last);
    module.reaching(last);
    module.unbound_by_exception(last);
    module.locks_at(last);
    module.suspension_between(first, last);
    module.is_released(first, &|_| false);
    module.dominates(first, last);
}

fn nested(count: usize, line: impl Fn(usize) -> String, inner: &str) -> String {
    let mut text: String = (0..count).map(|n| format!("{}{}\n", " ".repeat(n), line(n))).collect();
    text.push_str(&format!("{}{inner}\n", " ".repeat(count)));
    text
}

#[test]
fn long_functions_take_time_in_proportion() {
    let in_function =
        |line: &str, count: usize| format!("async def f(x):\n{}", format!("    {line}\n").repeat(count));
    ask_all(&in_function("v = g(x)", 100_000));
    ask_all(&in_function("if x: v = await g(v)", 10_000));
    ask_all(&in_function("with lock: v = g(v)", 10_000));
    ask_all(&in_function("for i in x: v = i", 10_000));
    ask_all(&format!("{}    g()\n", in_function("try: v = g()\n    except E: pass", 10_000)));
    ask_all(&format!("{}    g()\n", in_function("try: v = g()\n    finally: h()", 10_000)));
    ask_all(&in_function("raise E()", 10_000));
    ask_all(&format!(
        "def f():\n    try:\n{}    finally:\n        v\n",
        "        a.b(c[0])\n".repeat(20_000)
    ));
    let many: String = (0..20_000).map(|n| format!("        v{n} = g(v{n})\n")).collect();
    ask_all(&format!("def f():\n    try:\n{many}    except E:\n        pass\n    v1\n"));
    let handlers: String = (0..5_000).map(|n| format!("    except E{n}:\n        pass\n")).collect();
    ask_all(&format!("def f():\n    try:\n        g()\n{handlers}    v\n"));
}

#[test]
fn deep_functions_take_time_in_proportion() {
    let count = 3_000;
    ask_all(&nested(count, |n| format!("if x{n}:"), "v"));
    ask_all(&nested(count, |_| "while x:".to_owned(), "v"));
    ask_all(&nested(count, |_| "for v in x:".to_owned(), "v"));
    ask_all(&nested(count, |_| "with x as v:".to_owned(), "v()"));
    ask_all(&nested(count, |_| "try:".to_owned(), "v()"));
    let mut tries = nested(count, |_| "try:".to_owned(), "v()");
    (0..count).rev().for_each(|n| tries.push_str(&format!("{}finally: w()\n", " ".repeat(n))));
    ask_all(&tries);
}

#[test]
fn finally_within_finally_is_merged_before_it_explodes() {
    let depth = 200;
    let mut text = String::from("def f():\n");
    for n in 1..depth {
        let space = " ".repeat(n);
        text.push_str(&format!("{space}try:\n{space} if x: return\n{space} a()\n{space}finally:\n"));
    }
    text.push_str(&format!("{}v()\n", " ".repeat(depth)));
    ask_all(&text);
    let module = big(&text);
    let (id, _) = module.functions().next().unwrap();
    assert!(!module.flow(id).graph().is_exact());
}

#[test]
fn long_expressions_take_time_in_proportion() {
    for text in [
        format!("v = {}v", "a or ".repeat(20_000)),
        format!("if {}v:\n    v", "a and ".repeat(20_000)),
        format!("v = {}v", "a if b else ".repeat(10_000)),
        format!("v = {}v", "not ".repeat(2_000)),
        format!("v = {}v{}", "(".repeat(10_000), ")".repeat(10_000)),
        format!("v = {}v", "lambda: ".repeat(150)),
        format!("v = [v {}]", "for a in b if c ".repeat(5_000)),
        format!("{}v", "v = ".repeat(5_000)),
        format!("v = [{}]", "a.b(c), ".repeat(50_000)),
        format!("v = {}v{}", "[".repeat(10_000), "]".repeat(10_000)),
        format!("v{}", "()".repeat(10_000)),
        format!("async def f():\n    {}v", "await ".repeat(10_000)),
    ] {
        ask_all(&text);
    }
}

#[test]
fn a_chain_of_coroutines_needs_no_stack() {
    let text: String =
        (0..20_000).map(|n| format!("async def f{n}():\n    return await f{}()\n", n + 1)).collect();
    let module = big(&text);
    let (id, _) = module.functions().next().unwrap();
    assert!(module.can_suspend(id));
}

#[test]
fn broken_code_has_some_flow() {
    for text in [
        "def f(:\n    x\n",
        "if x\n    y\n",
        "try:\n",
        "with :\n    x",
        "for in x: y",
        "break",
        "return",
        "match x:\n",
        "x = ",
        "def f(): yield await",
        "lambda",
        "try: x\nexcept",
        "while",
        "del",
        "assert",
        "raise from",
        "not",
        "a if else",
        "case 1:",
    ] {
        ask_all(text);
    }
}

#[test]
fn the_same_text_gives_the_same_flow() {
    let text = "def f(x):\n    try:\n        v = g(x)\n    except E:\n        pass\n    finally:\n        h()\n    v\n";
    let shape = || {
        let module = big(text);
        let (id, _) = module.functions().next().unwrap();
        let graph = module.flow(id).graph();
        graph.points().map(|(id, point)| format!("{point:?}{:?}", graph.next(id))).collect::<String>()
    };
    assert_eq!(shape(), shape());
}
