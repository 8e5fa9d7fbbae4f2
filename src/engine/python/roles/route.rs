//! Routes: registered by a decorator, on a router, in a list of URLs or as a method of a view; and what protects them.

use super::super::Constant;
use super::super::function::{Decorator, FunctionId};
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::super::{Class, Resolved};
use super::{Finder, Role};

/// Decorators that may protect one route. Who stacks routes by thousands has each stand beside all others.
const PROTECTIONS: usize = 64;

/// How requests reach a function.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Route {
    /// In capitals; `*` where any will do or the file does not tell; `WEBSOCKET` for sockets.
    pub methods: Vec<String>,
    /// Where the text tells it, without the prefixes of routers.
    pub path: Option<String>,
    /// The router or application as it is written.
    pub router: Option<NodeId>,
    /// The registration: a decorator, a call, or the method of a view.
    pub node: NodeId,
    /// What stands before the function: its other decorators, dependencies of its parameters, of its registration, of
    /// its router, and the class's attributes.
    pub protections: Vec<NodeId>,
}

impl Finder<'_> {
    /// `@router.get(path)`, `@get(path)`.
    pub(super) fn decorated_route(&self, id: FunctionId, decorator: &Decorator, path: &str) -> Option<Role> {
        let verb = self
            .known
            .verb(path)
            .or_else(|| self.known.roles.route_decorators.get(path).map(String::as_str))?;
        let tree = self.module.tree();
        let mut route = self.route(decorator.node, decorator.call, verb);
        route.router =
            tree.child(decorator.callee, Field::Object).filter(|_| self.known.verb(path).is_some());
        self.protect(&mut route, id, decorator.call);
        let decorators = self.module.function(id).decorators.iter().map(|decorator| decorator.node);
        route.protections.extend(decorators.filter(|other| *other != decorator.node).take(PROTECTIONS));
        Some(role(route))
    }

    /// `router.add_get(path, handler)`, `path(route, view)`.
    pub(super) fn registered_route(&mut self, call: NodeId, callee: &str) {
        let verb = self.known.verb(callee).or_else(|| self.known.entry(callee));
        let Some(verb) = verb else { return };
        let handler = self.argument(call, 1, &["endpoint", "view_func", "view", "handler", "callback"]);
        let handler = handler.map(|handler| self.behind_as_view(handler));
        let Some(Resolved::Function(id) | Resolved::Method(id)) =
            handler.and_then(|handler| self.module.resolve_callable(handler))
        else {
            return;
        };
        let mut route = self.route(call, Some(call), verb);
        let tree = self.module.tree();
        let function = tree.child(call, Field::Function);
        route.router = function
            .and_then(|function| tree.child(function, Field::Object))
            .filter(|_| self.known.verb(callee).is_some());
        self.protect(&mut route, id, Some(call));
        let decorators = self.module.function(id).decorators.iter().take(PROTECTIONS);
        route.protections.extend(decorators.map(|decorator| decorator.node));
        self.give(id, role(route));
    }

    /// `login_required(view)`: the view inside.
    fn behind_as_view(&self, handler: NodeId) -> NodeId {
        match self.module.tree().kind(handler) {
            Kind::Call => self.argument(handler, 0, &[]).unwrap_or(handler),
            _ => handler,
        }
    }

    fn route(&self, node: NodeId, call: Option<NodeId>, verb: &str) -> Route {
        let text = |value: Option<NodeId>| {
            let constant = value.and_then(|value| self.module.constant(value));
            constant.and_then(|constant| constant.as_str().map(str::to_owned))
        };
        let path = call.and_then(|call| text(self.argument(call, 0, &["path", "rule", "uri", "url_path"])));
        let written = call.and_then(|call| self.methods(call));
        let methods = written.unwrap_or_else(|| vec![verb.to_owned()]);
        Route { methods, path, router: None, node, protections: Vec::new() }
    }

    fn methods(&self, call: NodeId) -> Option<Vec<String>> {
        let written = self.keyword(call, "methods").or_else(|| self.keyword(call, "http_method_names"));
        let first =
            || self.argument(call, 0, &[]).filter(|first| self.module.tree().kind(*first) == Kind::List);
        match self.module.constant(written.or_else(first)?)? {
            Constant::List(items) | Constant::Tuple(items) => {
                items.iter().map(|item| item.as_str().map(str::to_ascii_uppercase)).collect()
            }
            _ => None,
        }
    }

    /// What the registration, its router and the parameters require.
    fn protect(&self, route: &mut Route, id: FunctionId, call: Option<NodeId>) {
        let keywords = &self.known.roles.protections.keywords;
        let router = route.router.and_then(|router| self.made_by(router));
        for call in call.into_iter().chain(router) {
            route.protections.extend(keywords.iter().filter_map(|keyword| self.keyword(call, keyword)));
        }
        let tree = self.module.tree();
        for param in &self.module.function(id).params {
            let parts = param.default.into_iter().chain(param.annotation);
            let calls =
                parts.flat_map(|part| tree.subtree(part)).filter(|node| tree.kind(*node) == Kind::Call);
            route.protections.extend(calls.filter(|call| {
                let callee = self.module.callee(*call).unwrap_or_default();
                self.known.roles.dependencies.iter().any(|known| known == callee)
            }));
        }
    }

    /// The call that makes a router which its name is bound to once.
    fn made_by(&self, router: NodeId) -> Option<NodeId> {
        let mut bindings = self.module.bindings_of(router);
        let value = bindings.next()?.value.filter(|value| self.module.tree().kind(*value) == Kind::Call);
        value.filter(|_| bindings.next().is_none())
    }

    /// Methods of views answer requests.
    pub(super) fn views(&mut self, class: &Class, bases: &[String]) {
        let known = self.known;
        for view in &known.roles.views {
            if !bases.iter().any(|base| view.bases.contains(base)) {
                continue;
            }
            for id in &class.methods {
                let function = self.module.function(*id);
                let name = function.name.map_or("", |name| self.module.names().text(name));
                let Some(verb) = view.methods.get(name) else { continue };
                let mut route = self.route(function.node, None, verb);
                route.protections = function.decorators.iter().map(|decorator| decorator.node).collect();
                route.protections.extend(class.decorators.iter().map(|decorator| decorator.node));
                route.protections.extend(self.attributes(class));
                self.give(*id, role(route));
            }
        }
    }

    /// `permission_classes = [...]` of a view.
    fn attributes(&self, class: &Class) -> Vec<NodeId> {
        let names = self.known.roles.protections.attributes.iter();
        names
            .flat_map(|name| self.module.bindings(class.scope, name))
            .filter_map(|binding| binding.value)
            .collect()
    }
}

fn role(route: Route) -> Role {
    match route.methods.iter().any(|method| method == "WEBSOCKET") {
        true => Role::WebSocket(route),
        false => Role::Route(route),
    }
}
