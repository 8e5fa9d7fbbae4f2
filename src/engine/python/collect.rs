//! The one walk over the tree that finds scopes, definitions and bindings. What the names mean is `resolve`'s.

use super::super::skip::SkipReason;
use super::binding::{Binding, BindingId, BindingKind};
use super::class::{Attribute, Class, ClassId};
use super::collect_import::import_bindings;
use super::function::{Decorator, Function, FunctionId};
use super::kind::{Field, Kind};
use super::names::{Name, Names};
use super::scope::{ScopeId, ScopeKind, Scopes};
use super::target::{Target, targets};
use super::tree::{NodeId, Tree};
use super::{params, text_of};

/// What the walk finds.
#[derive(Debug, Default)]
pub(super) struct Collected {
    pub(super) names: Names,
    pub(super) scopes: Scopes,
    pub(super) functions: Vec<Function>,
    pub(super) classes: Vec<Class>,
    /// The name of every identifier node.
    pub(super) identifiers: Vec<(NodeId, Name)>,
    /// `from __future__ import annotations`: annotations are not evaluated.
    pub(super) lazy_annotations: bool,
}

/// How deeply scopes may nest. Python itself gives up at 100 levels of indentation and 200 of parentheses.
const DEPTH: u32 = 200;

pub(super) fn collect(tree: &Tree, text: &str) -> Result<Collected, SkipReason> {
    let mut walk = Walk {
        tree,
        text,
        found: Collected::default(),
    };
    walk.found.scopes.of_node = vec![ScopeId::MODULE; tree.len()];
    walk.found.scopes.open(ScopeKind::Module, NodeId::ROOT, None);
    for node in tree.nodes() {
        walk.enter(node);
        if walk.found.scopes.deepest > DEPTH {
            return Err(SkipReason::Budget(
                "its functions and comprehensions nest too deeply",
            ));
        }
    }
    walk.place_bindings();
    walk.collect_attributes();
    Ok(walk.found)
}

struct Walk<'t> {
    tree: &'t Tree,
    text: &'t str,
    found: Collected,
}

impl Walk<'_> {
    fn enter(&mut self, node: NodeId) {
        let scope = self.scope_at(node);
        self.found.scopes.of_node[node.index()] = scope;
        match self.tree.kind(node) {
            Kind::Identifier => {
                let name = self.intern(node);
                self.found.identifiers.push((node, name));
            }
            Kind::FunctionDefinition => self.function(node, scope),
            Kind::Lambda => self.lambda(node, scope),
            Kind::ClassDefinition => self.class(node, scope),
            Kind::ListComprehension
            | Kind::SetComprehension
            | Kind::DictionaryComprehension
            | Kind::GeneratorExpression => {
                self.found
                    .scopes
                    .open(ScopeKind::Comprehension, node, Some(scope));
            }
            Kind::GlobalStatement | Kind::NonlocalStatement => self.declare(node, scope),
            Kind::ImportStatement | Kind::ImportFromStatement => self.import(node, scope),
            Kind::FutureImportStatement => {
                self.found.lazy_annotations |= text_of(self.tree, self.text, node).contains("annotations");
            }
            Kind::Yield => self.mark_generator(scope),
            Kind::TypeAliasStatement => self.type_names(node, scope),
            Kind::TypeParameter if self.tree.field(node) == Field::TypeParameters => {
                self.type_names(node, scope)
            }
            _ => self.targets(node, scope),
        }
    }

    /// The scope in which a node is evaluated: its parent's, unless the parent makes a scope and the node
    /// is of the part that is evaluated inside.
    fn scope_at(&self, node: NodeId) -> ScopeId {
        let Some(parent) = self.tree.parent(node) else {
            return ScopeId::MODULE;
        };
        let outer = self.found.scopes.of_node[parent.index()];
        let field = self.tree.field(node);
        match self.tree.kind(parent) {
            Kind::FunctionDefinition | Kind::Lambda => match field {
                Field::Parameters | Field::Body | Field::TypeParameters => self.made_by(parent, outer),
                _ => outer,
            },
            Kind::ClassDefinition => match field {
                Field::Body | Field::TypeParameters => self.made_by(parent, outer),
                _ => outer,
            },
            Kind::DefaultParameter | Kind::TypedParameter | Kind::TypedDefaultParameter => match field {
                Field::Value | Field::Type => self.outside(outer),
                _ => outer,
            },
            Kind::ListComprehension
            | Kind::SetComprehension
            | Kind::DictionaryComprehension
            | Kind::GeneratorExpression => self.made_by(parent, outer),
            Kind::ForInClause if field == Field::Right && self.is_first_clause(parent) => self.outside(outer),
            _ => outer,
        }
    }

    fn made_by(&self, node: NodeId, otherwise: ScopeId) -> ScopeId {
        self.found.scopes.made_by.get(&node).copied().unwrap_or(otherwise)
    }

    fn outside(&self, scope: ScopeId) -> ScopeId {
        self.found.scopes.get(scope).parent.unwrap_or(scope)
    }

    fn is_first_clause(&self, clause: NodeId) -> bool {
        let comprehension = self.tree.parent(clause);
        comprehension.and_then(|node| self.tree.child_of_kind(node, Kind::ForInClause)) == Some(clause)
    }

    fn text_of(&self, node: NodeId) -> &str {
        text_of(self.tree, self.text, node)
    }

    fn intern(&mut self, node: NodeId) -> Name {
        self.found.names.intern(text_of(self.tree, self.text, node))
    }

    fn bind(&mut self, scope: ScopeId, kind: BindingKind, node: NodeId, value: Option<NodeId>) -> BindingId {
        let name = self.intern(node);
        let id = BindingId(self.found.scopes.bindings.len() as u32);
        self.found.scopes.bindings.push(Binding {
            name,
            kind,
            scope,
            node,
            value,
            annotation: None,
        });
        id
    }

    fn function(&mut self, node: NodeId, outer: ScopeId) {
        let id = FunctionId(self.found.functions.len() as u32);
        let scope = self.found.scopes.open(ScopeKind::Function(id), node, Some(outer));
        let class = self.class_of_scope(outer);
        let name_node = self.tree.child(node, Field::Name);
        let name = name_node.map(|node| self.intern(node));
        if let Some(name_node) = name_node {
            self.bind(outer, BindingKind::Function(id), name_node, None);
        }
        if let Some(class) = class {
            self.found.classes[class.0 as usize].methods.push(id);
        }
        let decorators = self.decorators(node);
        let function = Function {
            name,
            node,
            is_async: self
                .tree
                .children(node)
                .next()
                .is_some_and(|token| self.text_of(token) == "async"),
            is_generator: false,
            is_static: decorators
                .iter()
                .any(|item| self.text_of(item.callee) == "staticmethod"),
            decorators,
            params: Vec::new(),
            returns: self.tree.child(node, Field::ReturnType),
            body: self.tree.child(node, Field::Body),
            scope,
            class,
        };
        self.found.functions.push(function);
        self.parameters(id, node, scope);
    }

    fn lambda(&mut self, node: NodeId, outer: ScopeId) {
        let id = FunctionId(self.found.functions.len() as u32);
        let scope = self.found.scopes.open(ScopeKind::Function(id), node, Some(outer));
        self.found.functions.push(Function {
            name: None,
            node,
            is_async: false,
            is_generator: false,
            is_static: false,
            decorators: Vec::new(),
            params: Vec::new(),
            returns: None,
            body: self.tree.child(node, Field::Body),
            scope,
            class: None,
        });
        self.parameters(id, node, scope);
    }

    fn parameters(&mut self, id: FunctionId, node: NodeId, scope: ScopeId) {
        let Some(list) = self.tree.child(node, Field::Parameters) else {
            return;
        };
        let params = params::read(self.tree, list, |node| {
            self.found.names.intern(text_of(self.tree, self.text, node))
        });
        for param in &params {
            let binding = self.bind(scope, BindingKind::Parameter, param.node, param.default);
            self.found.scopes.bindings[binding.0 as usize].annotation = param.annotation;
        }
        self.found.functions[id.0 as usize].params = params;
    }

    fn class(&mut self, node: NodeId, outer: ScopeId) {
        let Some(name_node) = self.tree.child(node, Field::Name) else {
            return;
        };
        let id = ClassId(self.found.classes.len() as u32);
        let scope = self.found.scopes.open(ScopeKind::Class(id), node, Some(outer));
        self.bind(outer, BindingKind::Class(id), name_node, None);
        let (bases, keywords) = self.superclasses(node);
        let class = Class {
            name: self.intern(name_node),
            node,
            decorators: self.decorators(node),
            bases,
            keywords,
            body: self.tree.child(node, Field::Body),
            scope,
            methods: Vec::new(),
            outer: self.class_of_scope(outer),
            attributes: Default::default(),
        };
        self.found.classes.push(class);
    }

    fn superclasses(&mut self, node: NodeId) -> (Vec<NodeId>, Vec<(Name, NodeId)>) {
        let (mut bases, mut keywords) = (Vec::new(), Vec::new());
        let tree = self.tree;
        let Some(list) = tree.child(node, Field::Superclasses) else {
            return (bases, keywords);
        };
        for argument in tree.named_children(list) {
            let part = |field| tree.child(argument, field);
            match (tree.kind(argument), part(Field::Name), part(Field::Value)) {
                (Kind::KeywordArgument, Some(name), Some(value)) => keywords.push((self.intern(name), value)),
                _ => bases.push(argument),
            }
        }
        (bases, keywords)
    }

    fn class_of_scope(&self, scope: ScopeId) -> Option<ClassId> {
        match self.found.scopes.get(scope).kind {
            ScopeKind::Class(class) => Some(class),
            ScopeKind::Module | ScopeKind::Function(_) | ScopeKind::Comprehension => None,
        }
    }

    fn decorators(&self, definition: NodeId) -> Vec<Decorator> {
        let tree = self.tree;
        let decorated = tree
            .parent(definition)
            .filter(|node| tree.kind(*node) == Kind::DecoratedDefinition);
        let nodes = decorated.into_iter().flat_map(|node| tree.children(node));
        let decorators = nodes.filter(|node| tree.kind(*node) == Kind::Decorator);
        decorators
            .filter_map(|node| {
                let expression = tree.first_named(node)?;
                let callee = tree.child(expression, Field::Function);
                let call = (tree.kind(expression) == Kind::Call).then_some(expression);
                Some(Decorator {
                    node,
                    call,
                    callee: call.and(callee).unwrap_or(expression),
                })
            })
            .collect()
    }

    fn declare(&mut self, node: NodeId, scope: ScopeId) {
        let global = self.tree.kind(node) == Kind::GlobalStatement;
        for child in self.tree.named_children(node) {
            let name = self.intern(child);
            let scope = self.found.scopes.get_mut(scope);
            let names = if global {
                &mut scope.globals
            } else {
                &mut scope.nonlocals
            };
            names.insert(name);
        }
    }

    fn import(&mut self, node: NodeId, scope: ScopeId) {
        let imported = import_bindings(self.tree, self.text, node);
        for (name_node, target) in imported.names {
            self.bind(scope, BindingKind::Import(target), name_node, None);
        }
        self.found.scopes.get_mut(scope).stars.extend(imported.star);
    }

    fn mark_generator(&mut self, scope: ScopeId) {
        if let ScopeKind::Function(id) = self.found.scopes.get(scope).kind {
            self.found.functions[id.0 as usize].is_generator = true;
        }
    }

    fn type_names(&mut self, node: NodeId, scope: ScopeId) {
        let names = match self.tree.kind(node) {
            Kind::TypeAliasStatement => self.tree.child(node, Field::Left).into_iter().collect(),
            _ => self.tree.named_children(node).collect::<Vec<_>>(),
        };
        for name in names {
            let identifier = self
                .tree
                .subtree(name)
                .find(|node| self.tree.kind(*node) == Kind::Identifier);
            if let Some(identifier) = identifier {
                self.bind(scope, BindingKind::TypeName, identifier, None);
            }
        }
    }

    fn targets(&mut self, node: NodeId, scope: ScopeId) {
        for target in targets(self.tree, self.text, node) {
            let Target {
                node: bound,
                kind,
                value,
                annotation,
            } = target;
            let scope = match self.tree.kind(node) {
                Kind::NamedExpression => self.outside_comprehensions(scope),
                _ => scope,
            };
            let id = self.bind(scope, kind, bound, value);
            self.found.scopes.bindings[id.0 as usize].annotation = annotation;
        }
    }

    fn outside_comprehensions(&self, mut scope: ScopeId) -> ScopeId {
        while self.found.scopes.get(scope).kind == ScopeKind::Comprehension {
            scope = self.outside(scope);
        }
        scope
    }

    /// Bindings go to the scopes that hold them once all `global` and `nonlocal` statements are known.
    fn place_bindings(&mut self) {
        for outer_pass in [true, false] {
            for index in 0..self.found.scopes.bindings.len() {
                self.place(index, outer_pass);
            }
        }
        for scope in &mut self.found.scopes.scopes {
            scope.bindings.values_mut().for_each(|ids| ids.sort());
        }
    }

    fn place(&mut self, index: usize, outer_pass: bool) {
        let scopes = &mut self.found.scopes;
        let binding = &scopes.bindings[index];
        if self.tree.kind(binding.node) != Kind::Identifier {
            return;
        }
        let (name, scope) = (binding.name, binding.scope);
        if scopes.get(scope).nonlocals.contains(&name) == outer_pass {
            return;
        }
        let target = scopes.target(scope, name);
        scopes.bindings[index].scope = target;
        scopes
            .get_mut(target)
            .bindings
            .entry(name)
            .or_default()
            .push(BindingId(index as u32));
    }

    /// Assignments to `self.x` were recorded as bindings of an attribute node; they belong to the class.
    fn collect_attributes(&mut self) {
        for index in 0..self.found.scopes.bindings.len() {
            let binding = self.found.scopes.bindings[index].clone();
            if self.tree.kind(binding.node) == Kind::Attribute {
                self.attribute(&binding);
            }
        }
    }

    fn attribute(&mut self, binding: &Binding) -> Option<()> {
        let object = self.tree.child(binding.node, Field::Object)?;
        let attribute = self.tree.child(binding.node, Field::Attribute)?;
        if self.tree.kind(object) != Kind::Identifier {
            return None;
        }
        let object = self.intern(object);
        let (method, class) = self.found.receiver(binding.scope, object)?;
        let name = self.intern(attribute);
        let with = match binding.kind {
            BindingKind::With(is_async) => Some(is_async),
            _ => None,
        };
        let plain = matches!(binding.kind, BindingKind::Assignment | BindingKind::With(_));
        let attribute = Attribute {
            node: binding.node,
            value: binding.value.filter(|_| plain),
            annotation: binding.annotation,
            declared_only: binding.kind == BindingKind::Declaration,
            method,
            with,
        };
        self.found.classes[class.0 as usize]
            .attributes
            .entry(name)
            .or_default()
            .push(attribute);
        Some(())
    }
}

impl Collected {
    /// The method and class whose `self` or `cls` the name means in this scope, closures included.
    pub(super) fn receiver(&self, scope: ScopeId, name: Name) -> Option<(FunctionId, ClassId)> {
        let holder = self.scopes.lookup(scope, name)?;
        let ScopeKind::Function(id) = self.scopes.get(holder).kind else {
            return None;
        };
        let function = &self.functions[id.0 as usize];
        let class = function.class?;
        let first = function.params.first()?;
        let only_bound_once = self.scopes.bound_in(holder, name).len() == 1;
        let is_receiver =
            first.name == name && only_bound_once && first.is_positional() && !function.is_static;
        is_receiver.then_some((id, class))
    }
}
