//! What a Python file means: [`Module`] answers what a name stands for, what encloses a node, what type and
//! constant an expression has. It is built once per file and never changes. What is dangerous is the rules'.
//!
//! Qualified names are text. `requests.get` is the library's, however it was imported or re-assigned;
//! `builtins.open` Python's own; `.models.User` and `..db.session` come from relative imports; `~helper` and
//! `~Client.send` are definitions of this very file.

mod access;
mod annotation;
pub mod arguments;
mod arithmetic;
mod attribute_value;
pub mod binding;
mod builtins;
pub mod call;
pub mod class;
mod collect;
mod collect_import;
mod constant;
pub mod constructor;
mod dataclass;
mod define;
mod definitions;
mod element;
mod enclosure;
pub mod flow;
mod format;
pub mod function;
mod inherit;
pub mod kind;
mod learned;
mod literal;
mod member;
mod names;
mod narrow;
mod params;
mod parse;
mod paths;
mod place;
mod prefixes;
mod resolve;
pub mod roles;
pub mod scope;
#[cfg(test)]
mod spec;
mod steps;
mod symbol;
mod target;
pub mod tree;
mod types;
mod typing;
mod typing_member;

use std::sync::Arc;

use super::{Limits, Skipped, Source, Span};

pub use access::{Access, AccessKind};
pub use arguments::{Argument, Arguments, Mismatch};
pub use binding::{Binding, BindingId, BindingKind};
pub use builtins::is_builtin;
pub use call::Resolved;
pub use class::{Attribute, Class, ClassId};
pub use constant::Constant;
pub use constructor::Constructor;
pub use enclosure::is_test_path;
pub use function::{Decorator, Function, FunctionId, Param, ParamKind};
pub use kind::{Field, Kind};
pub use names::{Name, Names};
pub use parse::parse;
pub use roles::{Frameworks, Model, ModelField, Registrar, Role, RoleData, Route};
pub use scope::{Scope, ScopeId, ScopeKind, Scopes};
pub use tree::{NodeId, Tree};
pub use types::Types;

/// So many bytes of a text are looked through in the time of a step.
const BYTES: usize = 256;

/// Marks the qualified name of a definition of this file.
pub const LOCAL: char = '~';

/// A parsed and understood file.
pub struct Module {
    source: Source,
    tree: Tree,
    found: collect::Collected,
    resolved: resolve::Resolution,
    types: Arc<Types>,
    learned: learned::Learned,
}

impl Module {
    /// Parses and understands a file. Broken Python is no failure: it gives a module with broken places.
    pub fn parse(source: Source, limits: &Limits, types: Arc<Types>) -> Result<Module, Skipped> {
        let path = source.path().to_owned();
        let understood =
            parse(source.text(), limits).and_then(|tree| Ok((collect::collect(&tree, source.text())?, tree)));
        let (found, tree) = understood.map_err(|reason| Skipped { path, reason })?;
        let resolved = resolve::resolve(&tree, source.text(), &found, &types);
        let learned = learned::Learned::nothing(resolved.method_calls.len(), found.functions.len());
        Ok(Module { source, tree, found, resolved, types, learned })
    }

    pub fn source(&self) -> &Source {
        &self.source
    }

    pub fn tree(&self) -> &Tree {
        &self.tree
    }

    /// The node's text. To look through a long one takes steps.
    pub fn text(&self, node: NodeId) -> &str {
        let text = text_of(&self.tree, self.source.text(), node);
        self.spend(text.len() / BYTES);
        text
    }

    /// Whether the word stands anywhere in the file.
    pub fn mentions(&self, word: &str) -> bool {
        self.spend(self.source.text().len() / BYTES);
        self.source.text().contains(word)
    }

    pub fn span(&self, node: NodeId) -> Span {
        self.source.span(self.tree.range(node))
    }

    /// What an identifier or attribute stands for, as the module's documentation says it. `None` where it is
    /// a parameter or a variable, or where its bindings disagree.
    pub fn qualified_name(&self, expression: NodeId) -> Option<&str> {
        match self.tree.kind(expression) {
            Kind::Identifier | Kind::Attribute => self.path_of(expression),
            _ => None,
        }
    }

    /// What a call calls: the qualified name of its callee, or `type.method` for a receiver of known type.
    pub fn callee(&self, call: NodeId) -> Option<&str> {
        let callee = self.tree.child(call, Field::Function)?;
        self.qualified_name(callee).or_else(|| self.method_called(call, callee))
    }

    /// Asked by rules only, never by the types that answer it.
    fn method_called(&self, call: NodeId, callee: NodeId) -> Option<&str> {
        let number = self.resolved.method_calls.binary_search(&call).ok()?;
        self.learned.methods[number].get_or_init(|| self.name_of_method(callee)).as_deref()
    }

    /// Whether one of a function's decorators has this qualified name.
    pub fn has_decorator(&self, function: FunctionId, path: &str) -> bool {
        let decorators = &self.function(function).decorators;
        decorators.iter().any(|decorator| self.qualified_name(decorator.callee) == Some(path))
    }

    fn path_of(&self, node: NodeId) -> Option<&str> {
        let number = self.resolved.of_node[node.index()].checked_sub(1)?;
        Some(self.resolved.paths.text(paths::PathId(number)))
    }

    /// Every identifier and its name, in the order of the text.
    pub fn identifiers(&self) -> impl Iterator<Item = (NodeId, Name)> + '_ {
        self.counted(self.found.identifiers.iter().copied())
    }

    /// The identifiers at or below a node, in the order of the text: far fewer than its nodes.
    pub fn identifiers_in(&self, outer: NodeId) -> impl Iterator<Item = (NodeId, Name)> + '_ {
        let all = &self.found.identifiers;
        let first = all.partition_point(|(node, _)| *node < outer);
        let end = self.tree.after(outer);
        self.counted(all[first..].iter().copied()).take_while(move |(node, _)| *node < end)
    }

    pub fn names(&self) -> &Names {
        &self.found.names
    }

    pub fn scopes(&self) -> &Scopes {
        &self.found.scopes
    }

    /// The scope in which a node is evaluated.
    pub fn scope_of(&self, node: NodeId) -> ScopeId {
        self.found.scopes.of_node[node.index()]
    }

    /// What a scope itself binds to a name, in the order of the text.
    pub fn bindings(&self, scope: ScopeId, name: &str) -> impl Iterator<Item = &Binding> {
        let ids = self.found.names.get(name).map_or(&[][..], |name| self.found.scopes.bound_in(scope, name));
        self.counted(ids.iter().map(|id| self.found.scopes.binding(*id)))
    }

    /// The bindings that a use of an identifier means: those of the scope where Python finds it.
    pub fn bindings_of(&self, identifier: NodeId) -> impl Iterator<Item = &Binding> {
        let name = self.found.names.get(self.text(identifier));
        let scope = name.and_then(|name| self.found.scopes.lookup(self.scope_of(identifier), name));
        let ids = name.zip(scope).map_or(&[][..], |(name, scope)| self.found.scopes.bound_in(scope, name));
        self.counted(ids.iter().map(|id| self.found.scopes.binding(*id)))
    }

    pub fn functions(&self) -> impl Iterator<Item = (FunctionId, &Function)> {
        let functions = self.found.functions.iter().enumerate();
        self.counted(functions.map(|(index, item)| (FunctionId(index as u32), item)))
    }

    pub fn function(&self, id: FunctionId) -> &Function {
        &self.found.functions[id.0 as usize]
    }

    /// The function that a `function_definition` or `lambda` node defines.
    pub fn function_at(&self, definition: NodeId) -> Option<FunctionId> {
        let scope = self.found.scopes.made_by.get(&definition)?;
        match self.found.scopes.get(*scope).kind {
            ScopeKind::Function(id) => Some(id),
            ScopeKind::Module | ScopeKind::Class(_) | ScopeKind::Comprehension => None,
        }
    }

    /// `~Class.method`; a lambda has its enclosing function's.
    pub fn function_path(&self, id: FunctionId) -> &str {
        self.resolved.paths.text(self.resolved.functions[id.0 as usize])
    }

    pub fn classes(&self) -> impl Iterator<Item = (ClassId, &Class)> {
        let classes = self.found.classes.iter().enumerate();
        self.counted(classes.map(|(index, item)| (ClassId(index as u32), item)))
    }

    pub fn class(&self, id: ClassId) -> &Class {
        &self.found.classes[id.0 as usize]
    }

    /// `~Class`.
    pub fn class_path(&self, id: ClassId) -> &str {
        self.resolved.paths.text(self.resolved.classes[id.0 as usize])
    }

    /// Whether `from __future__ import annotations` keeps annotations from being evaluated.
    pub fn has_lazy_annotations(&self) -> bool {
        self.found.lazy_annotations
    }
}

fn text_of<'t>(tree: &Tree, text: &'t str, node: NodeId) -> &'t str {
    text.get(tree.range(node)).unwrap_or_default()
}
