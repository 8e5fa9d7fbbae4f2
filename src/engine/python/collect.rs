//! The one walk over the tree that finds scopes, definitions and bindings. What the names mean is `resolve`'s.

use super::super::skip::SkipReason;
use super::binding::{Binding, BindingId, BindingKind};
use super::class::Class;
use super::collect_import::import_bindings;
use super::function::Function;
use super::kind::{Field, Kind};
use super::names::{Name, Names};
use super::scope::{ScopeId, ScopeKind, Scopes};
use super::target::{Target, targets};
use super::text_of;
use super::tree::{NodeId, Tree};

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
    let mut walk = Walk { tree, text, found: Collected::default() };
    walk.found.scopes.of_node = vec![ScopeId::MODULE; tree.len()];
    walk.found.scopes.open(ScopeKind::Module, NodeId::ROOT, None);
    for node in tree.nodes() {
        walk.enter(node);
        if walk.found.scopes.deepest > DEPTH {
            return Err(SkipReason::Budget("its functions and comprehensions nest too deeply"));
        }
    }
    walk.place_bindings();
    walk.collect_attributes();
    Ok(walk.found)
}

pub(super) struct Walk<'t> {
    pub(super) tree: &'t Tree,
    pub(super) text: &'t str,
    pub(super) found: Collected,
}

impl Walk<'_> {
    pub(super) fn enter(&mut self, node: NodeId) {
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
                self.found.scopes.open(ScopeKind::Comprehension, node, Some(scope));
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
    pub(super) fn scope_at(&self, node: NodeId) -> ScopeId {
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

    pub(super) fn made_by(&self, node: NodeId, otherwise: ScopeId) -> ScopeId {
        self.found.scopes.made_by.get(&node).copied().unwrap_or(otherwise)
    }

    pub(super) fn outside(&self, scope: ScopeId) -> ScopeId {
        self.found.scopes.get(scope).parent.unwrap_or(scope)
    }

    pub(super) fn is_first_clause(&self, clause: NodeId) -> bool {
        let comprehension = self.tree.parent(clause);
        comprehension.and_then(|node| self.tree.child_of_kind(node, Kind::ForInClause)) == Some(clause)
    }

    pub(super) fn text_of(&self, node: NodeId) -> &str {
        text_of(self.tree, self.text, node)
    }

    pub(super) fn intern(&mut self, node: NodeId) -> Name {
        self.found.names.intern(text_of(self.tree, self.text, node))
    }

    pub(super) fn bind(
        &mut self,
        scope: ScopeId,
        kind: BindingKind,
        node: NodeId,
        value: Option<NodeId>,
    ) -> BindingId {
        let name = self.intern(node);
        let id = BindingId(self.found.scopes.bindings.len() as u32);
        self.found.scopes.bindings.push(Binding { name, kind, scope, node, value, annotation: None });
        id
    }

    pub(super) fn declare(&mut self, node: NodeId, scope: ScopeId) {
        let global = self.tree.kind(node) == Kind::GlobalStatement;
        for child in self.tree.named_children(node) {
            let name = self.intern(child);
            let scope = self.found.scopes.get_mut(scope);
            let names = if global { &mut scope.globals } else { &mut scope.nonlocals };
            names.insert(name);
        }
    }

    pub(super) fn import(&mut self, node: NodeId, scope: ScopeId) {
        let imported = import_bindings(self.tree, self.text, node);
        for (name_node, target) in imported.names {
            self.bind(scope, BindingKind::Import(target), name_node, None);
        }
        self.found.scopes.get_mut(scope).stars.extend(imported.star);
    }

    pub(super) fn mark_generator(&mut self, scope: ScopeId) {
        if let ScopeKind::Function(id) = self.found.scopes.get(scope).kind {
            self.found.functions[id.0 as usize].is_generator = true;
        }
    }

    pub(super) fn type_names(&mut self, node: NodeId, scope: ScopeId) {
        let names = match self.tree.kind(node) {
            Kind::TypeAliasStatement => self.tree.child(node, Field::Left).into_iter().collect(),
            _ => self.tree.named_children(node).collect::<Vec<_>>(),
        };
        for name in names {
            let identifier = self.tree.subtree(name).find(|node| self.tree.kind(*node) == Kind::Identifier);
            if let Some(identifier) = identifier {
                self.bind(scope, BindingKind::TypeName, identifier, None);
            }
        }
    }

    pub(super) fn targets(&mut self, node: NodeId, scope: ScopeId) {
        for target in targets(self.tree, self.text, node) {
            let Target { node: bound, kind, value, annotation } = target;
            let scope = match self.tree.kind(node) {
                Kind::NamedExpression => self.outside_comprehensions(scope),
                _ => scope,
            };
            let id = self.bind(scope, kind, bound, value);
            self.found.scopes.bindings[id.0 as usize].annotation = annotation;
        }
    }

    pub(super) fn outside_comprehensions(&self, mut scope: ScopeId) -> ScopeId {
        while self.found.scopes.get(scope).kind == ScopeKind::Comprehension {
            scope = self.outside(scope);
        }
        scope
    }
}
