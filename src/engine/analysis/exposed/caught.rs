//! Where an exception arrives that nobody made for users: an `except` clause, or a function that a framework calls
//! with whatever was not caught.

use crate::engine::python::{Function, Kind, Module, NodeId, Param};

use super::super::handler::{self, Breadth, Handler};
use super::super::{calls, handler::opened};
use super::With;

/// The method of a middleware that gets what a view raises.
pub(super) const MIDDLEWARE: &str = "process_exception";
/// The function that Django REST framework's settings name wraps the one of this name.
pub(super) const REST: &str = "exception_handler";

/// One place where exceptions arrive.
pub(super) struct Caught<'m> {
    /// The clause, or the decorator or definition of the function.
    pub at: NodeId,
    /// What the exception is called in the code behind.
    pub name: Option<&'m str>,
    /// How it is written, on one line.
    pub header: String,
    pub body: NodeId,
    /// The clause it is.
    pub handler: Option<Handler>,
}

impl<'m> Caught<'m> {
    pub(super) fn at(with: &With, module: &'m Module, node: NodeId) -> Option<Caught<'m>> {
        match module.tree().kind(node) {
            Kind::ExceptClause => Caught::by_clause(with, module, node),
            _ => Caught::by_function(with, module, node),
        }
    }

    fn by_clause(with: &With, module: &'m Module, clause: NodeId) -> Option<Caught<'m>> {
        let handler = Handler::read(module, clause)?;
        let is_broad = handler.breadth(module) > Breadth::Narrow || with.are_broad(module, &handler.types);
        is_broad.then(|| Caught {
            at: clause,
            name: handler.name.map(|name| module.text(name)),
            header: handler.header(module),
            body: handler.body,
            handler: Some(handler),
        })
    }

    fn by_function(with: &With, module: &'m Module, definition: NodeId) -> Option<Caught<'m>> {
        let function = module.function(module.function_at(definition)?);
        let (at, header) = with
            .decorated(module, function)
            .or_else(|| middleware(module, function))
            .or_else(|| rest(module, function))?;
        Some(Caught {
            at,
            name: exception_param(module, function).map(|param| module.names().text(param.name)),
            header,
            body: function.body?,
            handler: None,
        })
    }

    pub(super) fn own_nodes(&self, module: &'m Module) -> impl Iterator<Item = NodeId> + use<'m> {
        handler::own_nodes(module, self.body)
    }
}

impl With {
    fn are_broad(&self, module: &Module, classes: &[NodeId]) -> bool {
        let known = |class: &NodeId| {
            let path = module.qualified_name(*class).unwrap_or_default();
            matches!(path, "builtins.Exception" | "builtins.BaseException")
                || self.broad.iter().any(|broad| broad == path)
        };
        !classes.is_empty() && classes.iter().all(known)
    }

    /// `@app.exception_handler(Exception)`, `@app.errorhandler(500)`.
    fn decorated(&self, module: &Module, function: &Function) -> Option<(NodeId, String)> {
        let is_broad = |classes: NodeId| {
            let classes = opened(module, vec![classes]);
            self.are_broad(module, &classes) || module.text(classes[0]) == "500"
        };
        let decorator = function.decorators.iter().find(|decorator| {
            let name = calls::last(module.text(decorator.callee));
            let first =
                decorator.call.and_then(|call| calls::arguments(module, call).positional.first().copied());
            self.handlers.iter().any(|known| known == name) && first.is_some_and(is_broad)
        })?;
        Some((decorator.node, calls::beginning(module, decorator.node).to_owned()))
    }
}

fn middleware(module: &Module, function: &Function) -> Option<(NodeId, String)> {
    let name = module.names().text(function.name?);
    let is_it = name == MIDDLEWARE && function.class.is_some() && function.params.len() == 3;
    is_it.then(|| (function.node, name.to_owned()))
}

/// `def handle(exc, context)` that asks the framework's own handler first.
fn rest(module: &Module, function: &Function) -> Option<(NodeId, String)> {
    let asks = |node: NodeId| {
        module.tree().kind(node) == Kind::Call
            && module.callee(node) == Some("rest_framework.views.exception_handler")
    };
    let name = module.names().text(function.name?);
    let is_it = function.params.len() == 2
        && function.body.is_some_and(|body| handler::own_nodes(module, body).any(asks));
    is_it.then(|| (function.node, name.to_owned()))
}

/// By custom the exception is called so; else it is the last parameter.
fn exception_param<'f>(module: &Module, function: &'f Function) -> Option<&'f Param> {
    let is_named = |param: &&Param| {
        let name = module.names().text(param.name);
        ["exc", "err", "exception", "error", "e"].contains(&name)
    };
    function.params.iter().find(is_named).or(function.params.last())
}
