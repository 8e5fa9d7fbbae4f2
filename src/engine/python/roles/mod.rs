//! What a function or class is to its framework: a route, a dependency, a task, a model. How frameworks tell is data;
//! here is how to read it. Found for the whole file when a rule first asks.

mod data;
mod model;
mod route;

use rustc_hash::FxHashMap;

use super::class::ClassId;
use super::function::{Decorator, FunctionId};
use super::kind::{Field, Kind};
use super::tree::NodeId;
use super::{Class, Module, Resolved};

pub use data::{Frameworks, Registrar, RoleData};
pub use model::{Model, ModelField};
pub use route::Route;

/// One role of a function or class; some have several.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Role {
    Route(Route),
    WebSocket(Route),
    /// Run for each request: `Depends(f)`.
    Dependency,
    /// Run by a worker.
    Task,
    /// Run when the application starts or stops.
    Lifespan,
    /// Started from the command line.
    Command,
    Test,
    Model(Model),
    Settings,
    /// A class whose methods are routes.
    View,
}

/// The roles of one file.
#[derive(Debug, Default)]
pub(super) struct Roles {
    functions: FxHashMap<FunctionId, Vec<Role>>,
    classes: FxHashMap<ClassId, Vec<Role>>,
}

impl Module {
    /// What a function is to its framework.
    pub fn roles_of_function(&self, id: FunctionId) -> &[Role] {
        self.roles().functions.get(&id).map_or(&[], Vec::as_slice)
    }

    /// What a class is to its framework.
    pub fn roles_of_class(&self, id: ClassId) -> &[Role] {
        self.roles().classes.get(&id).map_or(&[], Vec::as_slice)
    }

    fn roles(&self) -> &Roles {
        self.learned.roles.get_or_init(|| {
            let mut finder = Finder { module: self, known: &self.types.frameworks, found: Roles::default() };
            finder.functions();
            finder.classes();
            finder.calls();
            finder.found
        })
    }
}

struct Finder<'m> {
    module: &'m Module,
    known: &'m Frameworks,
    found: Roles,
}

impl Finder<'_> {
    fn give(&mut self, function: FunctionId, role: Role) {
        let roles = self.found.functions.entry(function).or_default();
        if !roles.contains(&role) {
            roles.push(role);
        }
    }

    fn functions(&mut self) {
        for (id, function) in self.module.functions() {
            for decorator in &function.decorators {
                if let Some(role) = self.of_decorator(id, decorator) {
                    self.give(id, role);
                }
            }
            let name = function.name.map_or("", |name| self.module.names().text(name));
            if self.module.is_test_file() && (name.starts_with("test_") || name == "test") {
                self.give(id, Role::Test);
            }
        }
    }

    fn of_decorator(&self, id: FunctionId, decorator: &Decorator) -> Option<Role> {
        let roles = &self.known.roles;
        let path = self.decorated_by(decorator)?;
        let is_in = |list: &[String]| list.contains(&path);
        if let Some(route) = self.decorated_route(id, decorator, &path) {
            return Some(route);
        }
        if is_in(&roles.tasks) {
            return Some(Role::Task);
        }
        if is_in(&roles.lifespans.decorators) {
            return Some(Role::Lifespan);
        }
        is_in(&roles.commands.decorators).then_some(Role::Command)
    }

    /// The qualified name of a decorator; through a router or application, `type.method`.
    fn decorated_by(&self, decorator: &Decorator) -> Option<String> {
        let module = self.module;
        if let Some(path) = module.qualified_name(decorator.callee) {
            return Some(path.to_owned());
        }
        let tree = module.tree();
        let object = tree.child(decorator.callee, Field::Object)?;
        let method = tree.child(decorator.callee, Field::Attribute)?;
        Some(format!("{}.{}", module.type_of(object)?, module.text(method)))
    }

    /// Functions that calls are given: dependencies, lifespans, tasks, handlers.
    fn calls(&mut self) {
        let module = self.module;
        let tree = module.tree();
        for call in tree.nodes().filter(|node| tree.kind(*node) == Kind::Call) {
            let Some(callee) = module.callee(call) else { continue };
            let roles = &self.known.roles;
            if roles.dependencies.iter().any(|known| known == callee) {
                self.give_to(self.argument(call, 0, &["dependency"]), Role::Dependency);
            }
            if roles.lifespans.applications.iter().any(|known| known == callee) {
                self.lifespans(call);
            }
            if roles.tasks.iter().any(|known| known == callee) {
                self.give_to(self.argument(call, 0, &["fun", "func", "coroutine"]), Role::Task);
            }
            self.registered_route(call, callee);
        }
    }

    fn lifespans(&mut self, call: NodeId) {
        let tree = self.module.tree();
        for keyword in &self.known.roles.lifespans.keywords {
            let Some(value) = self.keyword(call, keyword) else { continue };
            let several: Vec<NodeId> = match tree.kind(value) {
                Kind::List | Kind::Tuple => tree.named_children(value).collect(),
                _ => vec![value],
            };
            several.into_iter().for_each(|value| self.give_to(Some(value), Role::Lifespan));
        }
    }

    /// Gives a role to the function or class of this file that an expression names.
    fn give_to(&mut self, expression: Option<NodeId>, role: Role) {
        match expression.and_then(|expression| self.module.resolve_callable(expression)) {
            Some(Resolved::Function(id) | Resolved::Method(id)) => self.give(id, role),
            Some(Resolved::Constructor(id)) => self.found.classes.entry(id).or_default().push(role),
            None => {}
        }
    }

    fn argument(&self, call: NodeId, position: usize, keywords: &[&str]) -> Option<NodeId> {
        let tree = self.module.tree();
        let list = tree.child(call, Field::Arguments)?;
        let is_keyword = |node: &NodeId| tree.kind(*node) == Kind::KeywordArgument;
        let given = tree.named_children(list).take_while(|node| !is_keyword(node)).nth(position);
        given.or_else(|| keywords.iter().find_map(|keyword| self.keyword(call, keyword)))
    }

    fn keyword(&self, call: NodeId, name: &str) -> Option<NodeId> {
        let tree = self.module.tree();
        let mut arguments = tree.named_children(tree.child(call, Field::Arguments)?);
        let named = arguments.find(|argument| {
            tree.kind(*argument) == Kind::KeywordArgument
                && tree.child(*argument, Field::Name).is_some_and(|key| self.module.text(key) == name)
        })?;
        tree.child(named, Field::Value)
    }

    fn classes(&mut self) {
        for (id, class) in self.module.classes() {
            let bases = self.bases(id);
            let roles = self.roles_of_bases(id, class, &bases);
            self.views(class, &bases);
            self.task_lists(class);
            self.found.classes.entry(id).or_default().extend(roles);
        }
    }

    fn roles_of_bases(&self, id: ClassId, class: &Class, bases: &[String]) -> Vec<Role> {
        let roles = &self.known.roles;
        let has = |list: &[String]| bases.iter().any(|base| list.contains(base));
        let mut found = Vec::new();
        found.extend(has(&roles.settings).then_some(Role::Settings));
        found.extend(has(&roles.commands.bases).then_some(Role::Command));
        found.extend(roles.views.iter().any(|view| has(&view.bases)).then_some(Role::View));
        found.extend(self.model(id, class, bases).map(Role::Model));
        let name = self.module.names().text(class.name);
        found.extend((self.module.is_test_file() && name.starts_with("Test")).then_some(Role::Test));
        found
    }

    /// The qualified names of the class's bases, and of those of its bases in this file.
    fn bases(&self, id: ClassId) -> Vec<String> {
        let module = self.module;
        let (order, _) = module.resolution_order(id);
        let order = if order.is_empty() { vec![id] } else { order };
        let written = order.iter().flat_map(|class| &module.class(*class).bases);
        written.filter_map(|base| self.base(*base)).collect()
    }

    fn base(&self, node: NodeId) -> Option<String> {
        let module = self.module;
        let node = module.unsubscripted(node);
        if let Some(path) = module.qualified_name(node) {
            return Some(path.to_owned());
        }
        let tree = module.tree();
        if let Some((object, member)) =
            tree.child(node, Field::Object).zip(tree.child(node, Field::Attribute))
        {
            return Some(format!("{}.{}", module.type_of(object)?, module.text(member)));
        }
        self.made_base(node)
    }

    /// `Base = declarative_base()`: the maker stands for the base.
    fn made_base(&self, node: NodeId) -> Option<String> {
        let mut bindings = self.module.bindings_of(node);
        let value = bindings.next()?.value?;
        let is_call = self.module.tree().kind(value) == Kind::Call && bindings.next().is_none();
        is_call.then(|| self.module.callee(value)).flatten().map(str::to_owned)
    }

    /// `functions = [job]` of arq's worker settings.
    fn task_lists(&mut self, class: &Class) {
        let module = self.module;
        if !module.names().text(class.name).contains("Worker") {
            return;
        }
        for list in &self.known.roles.task_lists {
            let values = module.bindings(class.scope, list).filter_map(|binding| binding.value);
            let items: Vec<NodeId> = values.flat_map(|value| module.tree().named_children(value)).collect();
            items.into_iter().for_each(|item| self.give_to(Some(item), Role::Task));
        }
    }
}
