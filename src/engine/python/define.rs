//! The part of the walk that reads definitions: functions, lambdas, classes and their decorators.

use super::binding::BindingKind;
use super::class::{Class, ClassId};
use super::collect::Walk;
use super::function::{Decorator, Function, FunctionId};
use super::kind::{Field, Kind};
use super::names::Name;
use super::scope::{ScopeId, ScopeKind};
use super::tree::NodeId;
use super::{params, text_of};

impl Walk<'_> {
    pub(super) fn function(&mut self, node: NodeId, outer: ScopeId) {
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
        let decorated = |by: &str| decorators.iter().any(|item| self.text_of(item.callee) == by);
        let written = name_node.map_or("", |node| self.text_of(node));
        let function = Function {
            name,
            node,
            is_async: self.tree.children(node).next().is_some_and(|token| self.text_of(token) == "async"),
            is_generator: false,
            is_static: class.is_some() && (decorated("staticmethod") || written == "__new__"),
            is_class_method: class.is_some()
                && (decorated("classmethod") || matches!(written, "__init_subclass__" | "__class_getitem__")),
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

    pub(super) fn lambda(&mut self, node: NodeId, outer: ScopeId) {
        let id = FunctionId(self.found.functions.len() as u32);
        let scope = self.found.scopes.open(ScopeKind::Function(id), node, Some(outer));
        self.found.functions.push(Function {
            name: None,
            node,
            is_async: false,
            is_generator: false,
            is_static: false,
            is_class_method: false,
            decorators: Vec::new(),
            params: Vec::new(),
            returns: None,
            body: self.tree.child(node, Field::Body),
            scope,
            class: None,
        });
        self.parameters(id, node, scope);
    }

    pub(super) fn parameters(&mut self, id: FunctionId, node: NodeId, scope: ScopeId) {
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

    pub(super) fn class(&mut self, node: NodeId, outer: ScopeId) {
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

    pub(super) fn superclasses(&mut self, node: NodeId) -> (Vec<NodeId>, Vec<(Name, NodeId)>) {
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

    pub(super) fn class_of_scope(&self, scope: ScopeId) -> Option<ClassId> {
        match self.found.scopes.get(scope).kind {
            ScopeKind::Class(class) => Some(class),
            ScopeKind::Module | ScopeKind::Function(_) | ScopeKind::Comprehension => None,
        }
    }

    pub(super) fn decorators(&self, definition: NodeId) -> Vec<Decorator> {
        let tree = self.tree;
        let decorated = tree.parent(definition).filter(|node| tree.kind(*node) == Kind::DecoratedDefinition);
        let nodes = decorated.into_iter().flat_map(|node| tree.children(node));
        let decorators = nodes.filter(|node| tree.kind(*node) == Kind::Decorator);
        decorators
            .filter_map(|node| {
                let expression = tree.first_named(node)?;
                let callee = tree.child(expression, Field::Function);
                let call = (tree.kind(expression) == Kind::Call).then_some(expression);
                Some(Decorator { node, call, callee: call.and(callee).unwrap_or(expression) })
            })
            .collect()
    }
}
