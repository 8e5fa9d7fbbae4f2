//! Who reads a text: it is followed up through the expressions that hold it, and on through local names.

use crate::engine::python::Role;
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::super::{calls, ownership};
use super::With;

/// How far up from a text its reader is looked for.
const LEVELS: usize = 12;
/// Through how many names a text is followed.
const NAMES: usize = 6;

/// What sends a text to a client.
pub(super) struct Sink {
    pub node: NodeId,
    /// What it is called in the message.
    pub name: String,
}

/// Where a value goes from an expression.
enum Goes {
    Out(Sink),
    /// Into the local name that this identifier binds, or whose element is set.
    Into(NodeId),
    Nowhere,
}

pub(super) fn of(with: &With, module: &Module, shown: NodeId) -> Option<Sink> {
    let mut open = vec![shown];
    let mut names: Vec<NodeId> = Vec::new();
    while let Some(value) = open.pop() {
        match goes(with, module, value) {
            Goes::Out(sink) => return Some(sink),
            Goes::Into(name) if names.len() < NAMES && !names.contains(&name) => {
                names.push(name);
                let mut reads = reads(module, name);
                reads.reverse();
                open.extend(reads);
            }
            Goes::Into(_) | Goes::Nowhere => {}
        }
    }
    None
}

/// The reads that what a name was given can come to; for `name[key] = value` those behind it.
fn reads(module: &Module, name: NodeId) -> Vec<NodeId> {
    let reads = match ownership::binding(module, name) {
        Some(binding) => module.reads_of(binding),
        None => ownership::uses(module, name),
    };
    reads.into_iter().filter(|read| *read > name).collect()
}

fn goes(with: &With, module: &Module, value: NodeId) -> Goes {
    let tree = module.tree();
    let mut below = value;
    for node in module.ancestors_in_function(value).take(LEVELS) {
        match tree.kind(node) {
            Kind::Call if with.sends(module, node) => {
                return Goes::Out(Sink { node, name: format!("`{}`", calls::spelled(module, node)) });
            }
            Kind::Call if !passes_on(module, node) => return Goes::Nowhere,
            Kind::Assignment | Kind::AugmentedAssignment => return into(module, node, below),
            Kind::ReturnStatement => return returned(module, node, below),
            Kind::Yield => return with.yielded(module, node),
            Kind::ConditionalExpression if calls::condition(module, node) == Some(below) => {
                return Goes::Nowhere;
            }
            Kind::ComparisonOperator
            | Kind::NotOperator
            | Kind::Block
            | Kind::IfStatement
            | Kind::RaiseStatement => {
                return Goes::Nowhere;
            }
            _ => below = node,
        }
    }
    Goes::Nowhere
}

fn into(module: &Module, assignment: NodeId, below: NodeId) -> Goes {
    let tree = module.tree();
    let left = tree.child(assignment, Field::Left).filter(|left| *left != below);
    let name = left.and_then(|left| match tree.kind(left) {
        Kind::Subscript => tree.child(left, Field::Value),
        _ => Some(left),
    });
    name.filter(|name| tree.kind(*name) == Kind::Identifier).map_or(Goes::Nowhere, Goes::Into)
}

/// What a route returns, the framework answers with.
fn returned(module: &Module, statement: NodeId, below: NodeId) -> Goes {
    let kind = module.tree().kind(below);
    let is_answer = matches!(
        kind,
        Kind::Dictionary | Kind::ExpressionList | Kind::Tuple | Kind::String | Kind::Call | Kind::Identifier
    ) || module.tree().first_named(statement) == Some(below);
    match module.enclosing_function(statement) {
        Some(function) if is_answer && is_route(module, function) => {
            Goes::Out(Sink { node: statement, name: "the response".to_owned() })
        }
        _ => Goes::Nowhere,
    }
}

fn is_route(module: &Module, function: FunctionId) -> bool {
    module.roles_of_function(function).iter().any(|role| matches!(role, Role::Route(_)))
}

impl With {
    fn sends(&self, module: &Module, call: NodeId) -> bool {
        let knows = |known: &String, name: &str| match known.strip_suffix('*') {
            Some(prefix) => name.starts_with(prefix),
            None => known == name,
        };
        let by_name = module.callee(call).is_some_and(|callee| {
            let mut all = self.responses.iter().chain(&self.messages);
            all.any(|known| knows(known, callee))
        });
        by_name || self.sends_itself(module, call)
    }

    /// `self.write(...)` in a class of a framework's handlers.
    fn sends_itself(&self, module: &Module, call: NodeId) -> bool {
        let receiver = calls::receiver(module, call).filter(|object| module.text(*object) == "self");
        let class = receiver.and_then(|_| module.enclosing_class(call));
        let bases = class.map_or(&[][..], |class| &module.class(class).bases);
        bases.iter().filter_map(|base| module.qualified_name(*base)).any(|base| {
            let method = format!("{base}.{}", calls::method(module, call));
            self.messages.contains(&method)
        })
    }

    /// The generator is given to a streamed response.
    fn yielded(&self, module: &Module, node: NodeId) -> Goes {
        let tree = module.tree();
        let name =
            module.enclosing_def(node).and_then(|(_, def)| def.name).map(|name| module.names().text(name));
        let streams = |call: NodeId| {
            tree.kind(call) == Kind::Call
                && module.callee(call).is_some_and(|callee| self.streams.iter().any(|known| known == callee))
        };
        let makes = |call: NodeId| {
            let first = calls::arguments(module, call).positional.first().copied();
            first.is_some_and(|first| Some(calls::method(module, first)) == name)
        };
        match tree.nodes().find(|call| streams(*call) && makes(*call)) {
            Some(call) => Goes::Out(Sink { node, name: format!("`{}`", calls::spelled(module, call)) }),
            None => Goes::Nowhere,
        }
    }
}

/// Calls that only wrap the text they are given.
fn passes_on(module: &Module, call: NodeId) -> bool {
    const WRAPS: [&str; 14] = [
        "str",
        "repr",
        "dumps",
        "dict",
        "format",
        "encode",
        "join",
        "append",
        "list",
        "strip",
        "lower",
        "splitlines",
        "replace",
        "jsonable_encoder",
    ];
    let tree = module.tree();
    let callee = tree.child(call, Field::Function).map_or("", |callee| calls::last(module.text(callee)));
    WRAPS.contains(&callee)
}
