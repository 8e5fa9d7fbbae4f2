//! Finds where a file registers routes: decorators and method calls on routers, entries of lists, tables of
//! tuples. A registration whose path, methods or router is not plain is left out.

use crate::engine::python::{
    BindingKind, Constant, Decorator, Field, Function, Kind, Module, NodeId, ScopeId,
};

use super::super::calls::{self, Arguments};
use super::framework::Framework;
use super::shape::Shape;

/// One registered route.
pub(super) struct Route {
    /// The registration: a call or a tuple.
    pub(super) node: NodeId,
    pub(super) framework: usize,
    pub(super) router: Router,
    /// HTTP methods in capitals, `*` for all.
    pub(super) methods: Vec<String>,
    pub(super) path: String,
    pub(super) shape: Shape,
    pub(super) handler: String,
    /// The innermost block of statements that may run or not: routes of different ones may exclude each other.
    pub(super) block: NodeId,
}

/// Which router a route belongs to.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Router {
    /// A name of a scope.
    Name(ScopeId, String),
    /// `self.app`, as written, in this class or module.
    Attribute(String),
    /// The framework's default application.
    Default,
    /// A list, tuple or argument list.
    List(NodeId),
}

pub(super) fn routes(frameworks: &[Framework], module: &Module) -> Vec<Route> {
    let tree = module.tree();
    let calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    let mut routes = Vec::new();
    for call in calls {
        let callee = module.callee(call).unwrap_or_default();
        for (index, framework) in frameworks.iter().enumerate() {
            let finder = Finder { framework, index, module };
            if let Some(verb) = framework.verb(callee) {
                routes.extend(finder.registration(call, verb));
            } else if let Some(verb) = framework.entries.get(callee) {
                routes.extend(finder.entry(call, verb));
            } else if let Some(verb) = framework.defaults.get(callee) {
                routes.extend(finder.default(call, verb));
            } else if framework.tables.iter().any(|table| finder.is_table(table, callee, call)) {
                finder.table(call, &mut routes);
            }
        }
    }
    routes
}

struct Finder<'f> {
    framework: &'f Framework,
    index: usize,
    module: &'f Module,
}

impl Finder<'_> {
    /// `@router.get(path)` or `router.add_get(path, handler)`.
    fn registration(&self, call: NodeId, verb: &str) -> Option<Route> {
        let tree = self.module.tree();
        let callee = tree.child(call, Field::Function)?;
        let router = self.router(tree.child(callee, Field::Object)?)?;
        let arguments = calls::arguments(self.module, call);
        let handler = match self.decorated(call) {
            Some(function) if is_versioned(self.module, function) => return None,
            Some(function) => self.module.names().text(function.name?).to_owned(),
            None => {
                let method = tree.child(callee, Field::Attribute).map_or("", |name| self.module.text(name));
                self.handler(&arguments, *self.framework.handler_at.get(method).unwrap_or(&1))?
            }
        };
        self.route(call, router, &arguments, verb, handler)
    }

    /// `@bottle.get(path)`, or `bottle.route(path, callback=handler)`.
    fn default(&self, call: NodeId, verb: &str) -> Option<Route> {
        let arguments = calls::arguments(self.module, call);
        let handler = match self.decorated(call) {
            Some(function) => self.module.names().text(function.name?).to_owned(),
            None => self.handler(&arguments, 1)?,
        };
        self.route(call, Router::Default, &arguments, verb, handler)
    }

    /// The table's own constructor, or `super().__init__` in a class that extends it.
    fn is_table(&self, table: &str, callee: &str, call: NodeId) -> bool {
        let extends = || {
            let class = self.module.enclosing_class(call).map(|id| self.module.class(id));
            let mut bases = class.into_iter().flat_map(|class| &class.bases);
            bases.any(|base| self.module.qualified_name(*base) == Some(table))
        };
        let function = self.module.tree().child(call, Field::Function);
        let text = function.map_or("", |node| self.module.text(node));
        let is_super = text == "super().__init__";
        table == callee || (is_super && extends())
    }

    /// `path(route, view)` in a list.
    fn entry(&self, call: NodeId, verb: &str) -> Option<Route> {
        let arguments = calls::arguments(self.module, call);
        let handler = self.handler(&arguments, 1)?;
        let router = self.list(call)?;
        self.route(call, router, &arguments, verb, handler)
    }

    /// The tuples of the list that is the first argument.
    fn table(&self, call: NodeId, routes: &mut Vec<Route>) {
        let (module, tree) = (self.module, self.module.tree());
        let arguments = calls::arguments(module, call);
        let given = arguments.positional.first().copied().or(arguments.keyword(module, "handlers"));
        let Some(list) = given.and_then(|node| display(module, node)) else {
            return;
        };
        for tuple in tree.named_children(list).filter(|node| tree.kind(*node) == Kind::Tuple) {
            let parts: Vec<NodeId> = tree.named_children(tuple).collect();
            let [path, handler, ..] = parts.as_slice() else {
                continue;
            };
            if let Some(Constant::Str(path)) = module.constant(*path) {
                let handler = calls::short(module, *handler);
                routes.push(self.made(tuple, Router::List(list), vec!["*".to_owned()], path, handler));
            }
        }
    }

    fn route(
        &self,
        call: NodeId,
        router: Router,
        arguments: &Arguments,
        verb: &str,
        handler: String,
    ) -> Option<Route> {
        let module = self.module;
        let keyword = |name: &str| arguments.keyword(module, name);
        if arguments.open || self.framework.apart.iter().any(|name| keyword(name).is_some()) {
            return None;
        }
        let path = arguments.positional.first().copied().or(keyword("path")).or(keyword("rule"))?;
        let Some(Constant::Str(path)) = module.constant(path) else {
            return None;
        };
        let methods = match keyword("methods").or(keyword("method")) {
            Some(methods) => names_of_methods(module.constant(methods)?)?,
            // The view's class says which methods it answers; Django asks it only after the path is taken.
            None if !self.framework.ordered && handler.contains(".as_view(") => return None,
            None => vec![verb.to_owned()],
        };
        match self.is_mount(call) {
            true => {
                let below = format!("{}/{{rest:path}}", path.trim_end_matches('/'));
                Some(self.made(call, router, vec!["*".to_owned()], below, handler))
            }
            false => Some(self.made(call, router, methods, path, handler)),
        }
    }

    fn is_mount(&self, call: NodeId) -> bool {
        let callee = self.module.callee(call).map_or("", calls::last);
        self.framework.mounts.iter().any(|mount| mount == callee)
    }

    fn made(
        &self,
        node: NodeId,
        router: Router,
        methods: Vec<String>,
        path: String,
        handler: String,
    ) -> Route {
        let shape = Shape::read(&path, self.framework.path);
        let block = block_of(self.module, node);
        Route { node, framework: self.index, router, methods, path, shape, handler, block }
    }

    /// The handler that a call is given. None where it is a router of its own, or nowhere to be seen.
    fn handler(&self, arguments: &Arguments, position: usize) -> Option<String> {
        let module = self.module;
        let by_keyword = ["endpoint", "view_func", "view", "handler", "callback", "app"];
        let by_keyword = || by_keyword.iter().find_map(|name| arguments.keyword(module, name));
        let handler = arguments.positional.get(position).copied().or_else(by_keyword)?;
        let is_call = module.tree().kind(handler) == Kind::Call;
        let called = is_call.then(|| module.callee(handler)).flatten();
        let is_prefix =
            called.is_some_and(|callee| self.framework.prefixes.iter().any(|name| name == callee));
        let is_plain = matches!(module.tree().kind(handler), Kind::Identifier | Kind::Attribute | Kind::Call);
        let text = module.text(handler);
        (is_plain && !is_prefix && !text.ends_with(".urls")).then(|| text.to_owned())
    }

    /// The function that a call decorates.
    fn decorated(&self, call: NodeId) -> Option<&Function> {
        let tree = self.module.tree();
        let decorator = tree.parent(call).filter(|node| tree.kind(*node) == Kind::Decorator)?;
        let definition = tree.child(tree.parent(decorator)?, Field::Definition)?;
        self.module.function_at(definition).map(|id| self.module.function(id))
    }

    /// A router is known by its name where that name means one object only.
    fn router(&self, object: NodeId) -> Option<Router> {
        let module = self.module;
        match module.tree().kind(object) {
            Kind::Identifier => {
                let mut bindings = module.bindings_of(object).filter(|binding| binding.kind.gives_value());
                let only = bindings.next()?;
                let plain = matches!(only.kind, BindingKind::Assignment | BindingKind::Parameter);
                let scope = only.scope;
                (plain && bindings.next().is_none())
                    .then(|| Router::Name(scope, module.text(object).to_owned()))
            }
            Kind::Attribute => {
                let class = module.enclosing_class(object).map_or("", |id| module.class_path(id));
                Some(Router::Attribute(format!("{class} {}", module.text(object))))
            }
            _ => None,
        }
    }

    /// The list that an entry stands in; one that makes up a name, by that name.
    fn list(&self, entry: NodeId) -> Option<Router> {
        let (module, tree) = (self.module, self.module.tree());
        let list = tree.parent(entry)?;
        if !matches!(tree.kind(list), Kind::List | Kind::Tuple | Kind::ArgumentList) {
            return None;
        }
        let assignment = tree.ancestors(list).find(|node| {
            !matches!(tree.kind(*node), Kind::BinaryOperator | Kind::ParenthesizedExpression | Kind::List)
        });
        let is_assignment =
            |node: &NodeId| matches!(tree.kind(*node), Kind::Assignment | Kind::AugmentedAssignment);
        let left = assignment.filter(is_assignment).and_then(|node| tree.child(node, Field::Left));
        let Some(name) = left.filter(|left| tree.kind(*left) == Kind::Identifier) else {
            return Some(Router::List(list));
        };
        let assigned =
            module.bindings_of(name).filter(|binding| binding.kind == BindingKind::Assignment).count();
        match assigned {
            1 => Some(Router::Name(module.scope_of(name), module.text(name).to_owned())),
            _ => Some(Router::List(list)),
        }
    }
}

/// The list behind an expression: itself, or what its name is assigned once.
fn display(module: &Module, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    if tree.kind(node) == Kind::List {
        return Some(node);
    }
    let mut bindings = module.bindings_of(node);
    let only = bindings.next().filter(|binding| binding.kind == BindingKind::Assignment)?;
    let value = only.value.filter(|value| tree.kind(*value) == Kind::List)?;
    bindings.next().is_none().then_some(value)
}

fn names_of_methods(methods: Constant) -> Option<Vec<String>> {
    match methods {
        Constant::Str(method) => Some(vec![method.to_ascii_uppercase()]),
        Constant::List(items) | Constant::Tuple(items) => {
            items.iter().map(|item| item.as_str().map(str::to_ascii_uppercase)).collect()
        }
        _ => None,
    }
}

/// Decorators that speak of a version choose between handlers of one path.
fn is_versioned(module: &Module, function: &Function) -> bool {
    let speaks =
        |decorator: &Decorator| module.text(decorator.callee).to_ascii_lowercase().contains("version");
    module.counted(function.decorators.iter()).any(speaks)
}

/// The innermost block that may run or not. What stands in a `with` or a class body runs with its surroundings.
fn block_of(module: &Module, node: NodeId) -> NodeId {
    let tree = module.tree();
    let blocks = tree.ancestors(node).filter(|node| tree.kind(*node) == Kind::Block);
    let mut conditional = blocks.filter(|block| {
        let parent = tree.parent(*block).map(|node| tree.kind(node));
        !matches!(parent, Some(Kind::WithStatement | Kind::ClassDefinition))
    });
    conditional.next().unwrap_or(NodeId::ROOT)
}
