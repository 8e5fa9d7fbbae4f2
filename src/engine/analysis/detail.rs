//! The text of a caught exception in what a client gets to read: an HTTP response, an error of the web framework, a
//! WebSocket message.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Function, Kind, Module, NodeId};

use super::handler::{self, Breadth, Handler};
use super::{Analysis, Parameters, calls, each};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Classes whose text speaks of the inside: libraries' and Python's own.
    broad: Vec<String>,
    /// Calls that make a response or an error that the framework answers with.
    responses: Vec<String>,
    /// Methods that send to a client, by the type of their object.
    messages: Vec<String>,
    /// Decorators that make a function's result a response.
    routes: Vec<String>,
}

/// How far up an exception's text is followed to what sends it.
const LEVELS: usize = 12;

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::ExceptClause], ["except"]),
        names: &["DETAIL", "SINK", "CAUGHT"],
        run: each(move |module, clause, hits| visit(&with, module, clause, hits)),
    })
}

fn visit(with: &With, module: &Module, clause: NodeId, hits: &mut Vec<Hit>) {
    let Some(handler) = Handler::read(module, clause).filter(|handler| is_broad(with, module, handler))
    else {
        return;
    };
    let mut said: Option<NodeId> = None;
    for node in handler.own_nodes(module) {
        let Some(shown) = detail(module, &handler, node) else { continue };
        let Some((sink, name)) = sink(with, module, &handler, shown) else { continue };
        if said == Some(sink) || is_for_developers(module, shown) {
            continue;
        }
        said = Some(sink);
        let mut hit = Hit::at(shown)
            .with("DETAIL", calls::beginning(module, shown))
            .with("SINK", name)
            .with("CAUGHT", handler.header(module))
            .and(clause, "what is caught here was not made for users");
        let is_minor = is_for_admins(module, shown) || reads_input(module, &handler);
        hit.tier = is_minor.then_some(Tier::Summary);
        hits.push(hit);
    }
}

fn is_broad(with: &With, module: &Module, handler: &Handler) -> bool {
    let known = |class: &NodeId| {
        module.qualified_name(*class).is_some_and(|path| with.broad.iter().any(|broad| broad == path))
    };
    handler.breadth(module) > Breadth::Narrow
        || (!handler.types.is_empty() && handler.types.iter().all(known))
}

/// Whether the guarded code does nothing but read what the client sent: the error speaks of that, and the client may
/// know it.
fn reads_input(module: &Module, handler: &Handler) -> bool {
    let reads = |call: NodeId| {
        let name = calls::method(module, call).to_ascii_lowercase();
        let plain = ["int", "bool", "float", "str", "isinstance", "len"].contains(&name.as_str());
        plain || ["json", "loads", "parse", "cast", "valid"].iter().any(|word| name.contains(word))
    };
    let Some((_, guarded)) = handler.guarded(module) else { return false };
    let nodes = handler::own_nodes(module, guarded);
    let mut calls = nodes.filter(|node| module.tree().kind(*node) == Kind::Call).peekable();
    calls.peek().is_some() && calls.all(reads)
}

/// `str(error)`, `{error}` in an f-string, `error.args`, the text of a traceback.
fn detail(module: &Module, handler: &Handler, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let is_error = |node: NodeId| {
        let name = handler.name.map(|name| module.text(name));
        tree.kind(node) == Kind::Identifier && name == Some(module.text(node))
    };
    let shows = match tree.kind(node) {
        Kind::Call => match module.callee(node)? {
            "traceback.format_exc" => true,
            "builtins.str" | "builtins.repr" | "traceback.format_exception" => {
                calls::arguments(module, node).positional.iter().any(|argument| is_error(*argument))
            }
            _ => false,
        },
        Kind::Interpolation => tree.child(node, Field::Expression).is_some_and(is_error),
        Kind::Attribute => {
            let name = tree.child(node, Field::Attribute).map(|name| module.text(name));
            name == Some("args") && tree.child(node, Field::Object).is_some_and(is_error)
        }
        _ => false,
    };
    shows.then_some(node)
}

/// What sends the text to a client, and how it is called in the message.
fn sink(with: &With, module: &Module, handler: &Handler, shown: NodeId) -> Option<(NodeId, String)> {
    let direct = sink_around(with, module, shown);
    if direct.is_some() {
        return direct;
    }
    // Through one local name of the handler: `detail = f"...{error}"`.
    let tree = module.tree();
    let assignment =
        module.ancestors_in_function(shown).take(LEVELS).find(|node| tree.kind(*node) == Kind::Assignment)?;
    let name = tree.child(assignment, Field::Left).filter(|left| tree.kind(*left) == Kind::Identifier)?;
    let same = |node: &NodeId| {
        tree.kind(*node) == Kind::Identifier && *node > assignment && module.text(*node) == module.text(name)
    };
    let mut uses = handler.own_nodes(module).filter(|node| *node > name && same(node));
    uses.find_map(|use_| sink_around(with, module, use_))
}

fn sink_around(with: &With, module: &Module, value: NodeId) -> Option<(NodeId, String)> {
    let tree = module.tree();
    let mut below = value;
    for node in module.ancestors_in_function(value).take(LEVELS) {
        match tree.kind(node) {
            Kind::Call => {
                if sends(with, module, node) {
                    return Some((node, calls::spelled(module, node)));
                }
                if !passes_on(module, node) {
                    return None;
                }
            }
            Kind::ReturnStatement => {
                let is_answer = matches!(
                    tree.kind(below),
                    Kind::Dictionary | Kind::ExpressionList | Kind::Tuple | Kind::String | Kind::Call
                );
                let def = module.enclosing_def(value)?.1;
                return (is_answer && is_route(with, module, def)).then(|| (node, "the response".to_owned()));
            }
            Kind::Block | Kind::ConditionalExpression | Kind::IfStatement => return None,
            _ => {}
        }
        below = node;
    }
    None
}

fn sends(with: &With, module: &Module, call: NodeId) -> bool {
    let Some(callee) = module.callee(call) else { return false };
    with.responses.iter().any(|known| known == callee) || with.messages.iter().any(|known| known == callee)
}

/// Calls that only wrap the text they are given.
fn passes_on(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function).map_or("", |callee| calls::last(module.text(callee)));
    matches!(callee, "str" | "repr" | "dumps" | "dict" | "format" | "encode" | "join" | "append" | "list")
}

fn is_route(with: &With, module: &Module, def: &Function) -> bool {
    def.decorators.iter().any(|decorator| {
        let path =
            module.qualified_name(decorator.callee).or(decorator.call.and_then(|call| module.callee(call)));
        path.is_some_and(|path| with.routes.iter().any(|known| known == path))
    })
}

/// Behind a test of a debug setting.
fn is_for_developers(module: &Module, node: NodeId) -> bool {
    let mut conditions = module.ancestors_in_function(node).filter_map(|part| calls::condition(module, part));
    conditions.any(|condition| {
        let text = calls::beginning(module, condition).to_ascii_lowercase();
        ["debug", "develop", "is_dev", "superuser", "is_staff", "is_admin"]
            .iter()
            .any(|word| text.contains(word))
    })
}

fn is_for_admins(module: &Module, node: NodeId) -> bool {
    let Some((_, def)) = module.enclosing_def(node) else { return false };
    let name = def.name.map_or("", |name| module.names().text(name));
    let says = |text: &str| text.to_ascii_lowercase().contains("admin");
    let by_dependency = def
        .params
        .iter()
        .filter_map(|param| param.default.or(param.annotation))
        .any(|node| says(module.text(node)));
    let by_decorator = def.decorators.iter().any(|decorator| says(module.text(decorator.node)));
    says(name)
        || says(module.source().path())
        || by_dependency
        || by_decorator
        || is_bound_to_class(module, node, says)
}

fn is_bound_to_class(module: &Module, node: NodeId, says: impl Fn(&str) -> bool) -> bool {
    let class = module.enclosing_class(node).map(|id| module.class(id));
    class.is_some_and(|class| says(module.names().text(class.name)))
}
