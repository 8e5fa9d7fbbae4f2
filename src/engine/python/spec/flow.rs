//! How the specifications of flow ask: the nodes between `⟦` and `⟧`, in the order of the text. A snippet that does
//! not begin with a definition, a class or an import is the body of an `async def f(x, y, z)`.

use super::module;
use crate::engine::python::{Module, NodeId};

pub(super) fn marked(snippet: &str) -> (Module, Vec<NodeId>) {
    let text = wrapped(snippet);
    let (mut plain, mut spans, mut start) = (String::new(), Vec::new(), 0);
    for c in text.chars() {
        match c {
            '⟦' => start = plain.len(),
            '⟧' => spans.push(start..plain.len()),
            c => plain.push(c),
        }
    }
    let module = module(&plain);
    assert_eq!(module.broken(), [], "in\n{plain}");
    let nodes = spans.into_iter().map(|span| module.tree().smallest_at(span)).collect();
    (module, nodes)
}

/// Two marked nodes.
pub(super) fn pair(snippet: &str) -> (Module, NodeId, NodeId) {
    let (module, nodes) = marked(snippet);
    let [a, b] = nodes[..] else { panic!("two marks are needed in\n{snippet}") };
    (module, a, b)
}

fn wrapped(snippet: &str) -> String {
    let whole = ["def ", "async def ", "class ", "import ", "from ", "@", "module\n"];
    if whole.iter().any(|start| snippet.starts_with(start)) {
        return snippet.strip_prefix("module\n").unwrap_or(snippet).to_owned();
    }
    let lines: String = snippet.lines().map(|line| format!("    {line}\n")).collect();
    format!("async def f(x, y, z):\n{lines}")
}

/// Asks each snippet and tells all answers that are not as expected.
pub(super) fn agree<A: PartialEq + std::fmt::Debug>(cases: &[(&str, A)], answer: impl Fn(&str) -> A) {
    let wrong = cases.iter().filter_map(|(snippet, expect)| {
        let found = answer(snippet);
        (found != *expect).then(|| format!("\n{snippet}\n  is {found:?}\n  not {expect:?}\n"))
    });
    let wrong: String = wrong.collect();
    assert!(wrong.is_empty(), "{wrong}");
}
