//! What frameworks run in threads unasked: methods of classes with certain bases, routes that are plain functions.

use crate::engine::analysis::calls;
use crate::engine::python::{ClassId, Function, FunctionId, Kind, Module, NodeId, Role, ScopeId};

use super::starts::Start;

pub(super) fn starts(module: &Module) -> impl Iterator<Item = Start> {
    let of_classes = module.classes().flat_map(|(id, _)| of_class(module, id));
    of_classes.chain(module.functions().filter_map(|(id, function)| of_route(module, id, function)))
}

/// Methods that a thread, a threading server or a gRPC server calls, by the bases of their class.
fn of_class(module: &Module, id: ClassId) -> Vec<Start> {
    let class = module.class(id);
    let Some(host) = Host::of(module, id) else { return Vec::new() };
    let many = host != Host::Thread || is_made_often(module, id);
    let name = |id: &FunctionId| module.function(*id).name.map_or("", |name| module.names().text(name));
    let called = class.methods.iter().filter(|id| host.calls(name(id)));
    let start = |function| Start { function, by: class.node, target: None, many, own: host != Host::Grpc };
    called.copied().map(start).collect()
}

/// What runs the methods of a class.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Host {
    /// `threading.Thread` itself.
    Thread,
    /// A server with a thread and a handler object for each request.
    Server,
    /// A pool of threads, all with one servicer.
    Grpc,
}

impl Host {
    fn of(module: &Module, class: ClassId) -> Option<Host> {
        let (order, _) = module.resolution_order(class);
        let bases = order.into_iter().flat_map(|id| &module.class(id).bases);
        let mut paths = bases.filter_map(|base| module.qualified_name(module.unsubscripted(*base)));
        let has_threads = || module.source().text().contains("Threading");
        paths.find_map(|path| match path {
            "threading.Thread" | "threading.Timer" => Some(Host::Thread),
            _ if path.starts_with("http.server.") || path.starts_with("socketserver.") => {
                has_threads().then_some(Host::Server)
            }
            _ if path.ends_with("Servicer") => calls::is_imported(module, "grpc").then_some(Host::Grpc),
            _ => None,
        })
    }

    fn calls(self, method: &str) -> bool {
        match self {
            Host::Thread => method == "run",
            Host::Server => method == "handle" || method.starts_with("do_"),
            Host::Grpc => method.starts_with(char::is_uppercase),
        }
    }
}

/// Whether several objects of the class are made: in a loop, or by more than one call of a function.
fn is_made_often(module: &Module, class: ClassId) -> bool {
    let tree = module.tree();
    let path = module.class_path(class);
    let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    let made: Vec<NodeId> = calls.filter(|call| module.callee(*call) == Some(path)).collect();
    let follows = |pair: &[NodeId]| {
        module.enclosing_function(pair[0]) == module.enclosing_function(pair[1])
            && module.reaches(pair[0], pair[1])
    };
    made.iter().any(|call| module.enclosing_loop(*call).is_some()) || made.windows(2).any(follows)
}

/// Routes and dependencies that are plain functions run in a pool of threads; the object of a view is one request's.
fn of_route(module: &Module, id: FunctionId, function: &Function) -> Option<Start> {
    let is_served = |role: &Role| matches!(role, Role::Route(_) | Role::Dependency);
    let serves = module.roles_of_function(id).iter().any(is_served) || takes_request(module, function);
    if function.is_async || !serves {
        return None;
    }
    let by = function.decorators.first().map_or(function.node, |decorator| decorator.node);
    Some(Start { function: id, by, target: None, many: true, own: function.class.is_some() })
}

/// A view of Django that is registered in another file: `def view(request: HttpRequest)`.
fn takes_request(module: &Module, function: &Function) -> bool {
    let is_plain = module.scopes().get(function.scope).parent == Some(ScopeId::MODULE);
    let first = function.params.first().filter(|_| is_plain).and_then(|param| param.annotation);
    let annotated = first.and_then(|annotation| module.annotated_type(annotation));
    matches!(annotated, Some("django.http.HttpRequest" | "django.http.request.HttpRequest"))
}
