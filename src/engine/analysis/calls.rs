//! Questions that several analyses ask of a call: what it calls, which argument it gives, what guards it.

use crate::engine::python::{BindingKind, Constant, Field, Kind, Module, NodeId, ScopeId};

/// An argument of a call, as far as the text tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Argument {
    Given(NodeId),
    Absent,
    /// `*args` or `**kwargs` may hold it.
    Unknown,
}

/// The argument that is passed by this keyword, or at this position.
pub(super) fn argument(module: &Module, call: NodeId, keyword: &str, position: Option<usize>) -> Argument {
    let arguments = arguments(module, call);
    if let Some(value) = arguments.keyword(module, keyword) {
        return Argument::Given(value);
    }
    match position.and_then(|position| arguments.positional.get(position)) {
        Some(value) => Argument::Given(*value),
        None if arguments.open => Argument::Unknown,
        None => Argument::Absent,
    }
}

/// A call's arguments, sorted.
pub(super) struct Arguments {
    /// Before any `*args`.
    pub positional: Vec<NodeId>,
    pub keywords: Vec<NodeId>,
    /// There is `*args` or `**kwargs`.
    pub open: bool,
}

impl Arguments {
    /// The value given by this keyword.
    pub(super) fn keyword(&self, module: &Module, name: &str) -> Option<NodeId> {
        let tree = module.tree();
        let named = |argument: &&NodeId| {
            tree.child(**argument, Field::Name).is_some_and(|node| module.text(node) == name)
        };
        self.keywords.iter().find(named).and_then(|argument| tree.child(*argument, Field::Value))
    }
}

pub(super) fn arguments(module: &Module, call: NodeId) -> Arguments {
    let tree = module.tree();
    let mut sorted = Arguments { positional: Vec::new(), keywords: Vec::new(), open: false };
    let Some(list) = tree.child(call, Field::Arguments) else { return sorted };
    if tree.kind(list) == Kind::GeneratorExpression {
        sorted.positional.push(list);
        return sorted;
    }
    for argument in tree.named_children(list) {
        match tree.kind(argument) {
            Kind::KeywordArgument => sorted.keywords.push(argument),
            Kind::ListSplat | Kind::DictionarySplat => sorted.open = true,
            _ if sorted.open => {}
            _ => sorted.positional.push(argument),
        }
    }
    sorted
}

/// What a call is called in messages: its callee as written, without arguments inside.
pub(super) fn spelled(module: &Module, call: NodeId) -> String {
    let tree = module.tree();
    let function = tree.child(call, Field::Function).unwrap_or(call);
    match tree.kind(function) {
        Kind::Identifier => module.text(function).to_owned(),
        Kind::Attribute => {
            let name = tree.child(function, Field::Attribute).map_or("", |name| module.text(name));
            let object = tree.child(function, Field::Object);
            format!("{}.{name}", object.map_or_else(String::new, |object| short(module, object)))
        }
        _ => "this call".to_owned(),
    }
}

/// An expression for messages: names and attributes as they are, calls with `(…)` for their arguments.
pub(super) fn short(module: &Module, expression: NodeId) -> String {
    let tree = module.tree();
    match tree.kind(expression) {
        Kind::Call => {
            format!("{}(...)", tree.child(expression, Field::Function).map_or("", |node| plain(module, node)))
        }
        _ => plain(module, expression).to_owned(),
    }
}

/// The condition of an `if`, `elif`, `while` or conditional expression. The kind is asked first: to look for a part
/// among a block's children costs as much as the block is long.
pub(super) fn condition(module: &Module, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    match tree.kind(node) {
        Kind::IfStatement | Kind::ElifClause | Kind::WhileStatement => tree.child(node, Field::Condition),
        Kind::ConditionalExpression => tree.named_children(node).nth(1),
        _ => None,
    }
}

/// The beginning of a node's text: what a question about words looks at, however long the code is.
pub(super) fn beginning(module: &Module, node: NodeId) -> &str {
    let text = module.text(node);
    let end = (0..=text.len().min(400)).rev().find(|end| text.is_char_boundary(*end));
    &text[..end.unwrap_or(0)]
}

fn plain(module: &Module, node: NodeId) -> &str {
    let text = module.text(node);
    if text.contains(['"', '\'', '\n', '(']) { "..." } else { text }
}

/// The last name of a call's callee: `close` for `self.pool.close()`; empty where there is none.
pub(super) fn method(module: &Module, call: NodeId) -> &str {
    let tree = module.tree();
    let Some(function) = tree.child(call, Field::Function).filter(|_| tree.kind(call) == Kind::Call) else {
        return "";
    };
    match tree.kind(function) {
        Kind::Identifier => module.text(function),
        Kind::Attribute => tree.child(function, Field::Attribute).map_or("", |name| module.text(name)),
        _ => "",
    }
}

/// The object whose method a call calls.
pub(super) fn receiver(module: &Module, call: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    tree.child(tree.child(call, Field::Function)?, Field::Object)
}

/// Out of `await` and parentheses: what the expression's value goes into.
pub(super) fn unwrapped(module: &Module, expression: NodeId) -> NodeId {
    let tree = module.tree();
    let wraps = |node: &NodeId| matches!(tree.kind(*node), Kind::Await | Kind::ParenthesizedExpression);
    std::iter::successors(Some(expression), |node| tree.parent(*node).filter(wraps))
        .last()
        .unwrap_or(expression)
}

/// Into `await` and parentheses: what gives the expression its value.
pub(super) fn inner(module: &Module, expression: NodeId) -> NodeId {
    let tree = module.tree();
    let wraps = |node: &NodeId| matches!(tree.kind(*node), Kind::Await | Kind::ParenthesizedExpression);
    let next = |node: &NodeId| tree.first_named(*node).filter(|_| wraps(node));
    std::iter::successors(Some(expression), next).last().unwrap_or(expression)
}

/// Whether a lambda or other expression is given to a method of one of these names.
pub(super) fn is_callback_of(module: &Module, callback: NodeId, takers: &[String]) -> bool {
    let tree = module.tree();
    let list = tree.parent(callback).filter(|list| tree.kind(*list) == Kind::ArgumentList);
    let taker = list.and_then(|list| tree.parent(list)).and_then(|call| tree.child(call, Field::Function));
    let method = taker.filter(|taker| tree.kind(*taker) == Kind::Attribute);
    method.is_some_and(|method| {
        let name = last(module.text(method));
        takers.iter().any(|known| known == name)
    })
}

/// Whether the file imports a name of a library, or the module it is in, at its top level.
pub(super) fn is_imported(module: &Module, name: &str) -> bool {
    let scopes = module.scopes();
    let mut bound = scopes.get(ScopeId::MODULE).bound().flat_map(|(_, ids)| ids);
    bound.any(|id| match &scopes.binding(id).kind {
        BindingKind::Import(path) => {
            name.strip_prefix(path.as_str()).is_some_and(|rest| rest.is_empty() || rest.starts_with('.'))
        }
        _ => false,
    })
}

/// The last part of a dotted name.
pub(super) fn last(name: &str) -> &str {
    name.rsplit('.').next().unwrap_or(name)
}

/// `.prices_pb2_grpc.PricesStub.Get` as `grpc.Stub.Get`: a method of a stub that gRPC generated.
pub(super) fn stub_method(callee: &str) -> Option<String> {
    let (owner, method) = callee.rsplit_once('.')?;
    let generated = owner.ends_with("Stub") && owner.contains("_pb2_grpc");
    generated.then(|| format!("grpc.Stub.{method}"))
}

/// The beginning of a string that is known: all of a constant, the text before the first `{` of an f-string, the
/// left end of a concatenation.
pub(super) fn string_start(module: &Module, node: NodeId) -> Option<String> {
    if let Some(Constant::Str(text)) = module.constant(node) {
        return Some(text);
    }
    let tree = module.tree();
    let left =
        |node: &NodeId| tree.child(*node, Field::Left).filter(|_| tree.kind(*node) == Kind::BinaryOperator);
    let leftmost = std::iter::successors(Some(node), left).last()?;
    if let Some(Constant::Str(text)) = module.constant(leftmost) {
        return Some(text);
    }
    let first = tree.named_children(leftmost).find(|part| tree.kind(*part) != Kind::StringStart)?;
    let begins = tree.kind(leftmost) == Kind::String && tree.kind(first) == Kind::StringContent;
    begins.then(|| module.text(first).to_owned())
}

/// The end of a string that is known: all of a constant, the text behind the last `}` of an f-string, the right end
/// of a concatenation or path.
pub(super) fn string_end(module: &Module, node: NodeId) -> Option<String> {
    let tree = module.tree();
    let node =
        tree.child(node, Field::Right).filter(|_| tree.kind(node) == Kind::BinaryOperator).unwrap_or(node);
    if let Some(Constant::Str(text)) = module.constant(node) {
        return Some(text);
    }
    let contents = tree.named_children(node).filter(|part| tree.kind(*part) != Kind::StringEnd).last()?;
    let ends = tree.kind(node) == Kind::String && tree.kind(contents) == Kind::StringContent;
    ends.then(|| module.text(contents).to_owned())
}

/// Whether an address points to this very machine.
pub(super) fn is_loopback(url: &str) -> bool {
    let rest = url.split_once("://").map_or(url, |(_, rest)| rest);
    let authority = rest.split(['/', '?', '#']).next().unwrap_or_default();
    let host = authority.rsplit('@').next().unwrap_or_default();
    let host = if host.starts_with("[::1]") { "::1" } else { host.split(':').next().unwrap_or_default() };
    matches!(host, "localhost" | "::1" | "0.0.0.0")
        || host.starts_with("127.")
        || host.ends_with(".localhost")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn loopback_addresses_are_known_by_their_host() {
        for url in [
            "http://localhost",
            "https://127.0.0.1:8443/x",
            "https://[::1]/",
            "localhost:9",
            "https://a.localhost",
        ] {
            assert!(is_loopback(url), "{url}");
        }
        for url in [
            "https://example.com",
            "https://localhost.example.com",
            "https://10.0.0.1",
            "https://e.com/?localhost",
            "",
        ] {
            assert!(!is_loopback(url), "{url}");
        }
    }
}
