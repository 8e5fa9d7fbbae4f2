//! From names to qualified names: through imports, re-assignments, class attributes and `self`. A name whose
//! bindings disagree has none, since what could not be resolved is no evidence.

use rustc_hash::FxHashMap;

use super::binding::{Binding, BindingKind};
use super::builtins::is_builtin;
use super::class::ClassId;
use super::collect::Collected;
use super::function::FunctionId;
use super::kind::{Field, Kind};
use super::names::Name;
use super::paths::{PathId, Paths};
use super::scope::ScopeId;
use super::text_of;
use super::tree::{NodeId, Tree};
use super::types::Types;

/// How many re-assignments are followed, and how many attributes one expression may chain.
pub(super) const DEPTH: usize = 16;

/// The qualified name of each identifier and attribute that has one.
pub(super) struct Resolution {
    pub(super) paths: Paths,
    /// By node index; 0 is none, otherwise the path's number plus 1.
    pub(super) of_node: Vec<u32>,
    /// Calls whose callee is an attribute without a name, in the order of the text.
    pub(super) method_calls: Vec<NodeId>,
    pub(super) functions: Vec<PathId>,
    pub(super) classes: Vec<PathId>,
    pub(super) local_classes: FxHashMap<PathId, ClassId>,
    /// `None` where several functions share the path.
    pub(super) local_functions: FxHashMap<PathId, Option<FunctionId>>,
}

pub(super) fn resolve(tree: &Tree, text: &str, found: &Collected, types: &Types) -> Resolution {
    let mut resolver = Resolver::new(tree, text, found, types);
    let mut of_node = vec![0; tree.len()];
    let mut method_calls = Vec::new();
    let mut identifiers = found.identifiers.iter().rev().peekable();
    for node in tree.nodes().rev() {
        let path = match tree.kind(node) {
            Kind::Identifier => {
                let name = identifiers.next_if(|(id, _)| *id == node).map(|(_, name)| *name);
                name.and_then(|name| resolver.identifier(node, name))
            }
            Kind::Attribute => resolver.attribute(node, &of_node),
            Kind::MemberType => resolver.member_type(node, &of_node),
            Kind::String => resolver.string_annotation(node),
            Kind::Call if resolver.is_method_call(node, &of_node) => {
                method_calls.push(node);
                None
            }
            _ => None,
        };
        of_node[node.index()] = path.map_or(0, |path| path.0 + 1);
    }
    method_calls.reverse();
    resolver.finish(of_node, method_calls)
}

pub(super) struct Resolver<'t> {
    pub(super) tree: &'t Tree,
    pub(super) text: &'t str,
    pub(super) found: &'t Collected,
    pub(super) types: &'t Types,
    pub(super) paths: Paths,
    pub(super) functions: Vec<PathId>,
    pub(super) classes: Vec<PathId>,
    pub(super) class_of_path: FxHashMap<PathId, ClassId>,
    /// What each name of each scope means. A name under way counts as unresolved: it refers to itself.
    pub(super) names: FxHashMap<(ScopeId, Name), Option<PathId>>,
    pub(super) members: FxHashMap<(ClassId, Name), Option<PathId>>,
    /// What names mean that no scope binds, in a file that imports no module whole.
    pub(super) unbound: FxHashMap<Name, Option<PathId>>,
    pub(super) has_stars: bool,
}

impl<'t> Resolver<'t> {
    pub(super) fn identifier(&mut self, node: NodeId, name: Name) -> Option<PathId> {
        let parent = self.tree.parent(node)?;
        let is_label = match self.tree.kind(parent) {
            Kind::Attribute => self.tree.field(node) == Field::Attribute,
            Kind::KeywordArgument => self.tree.field(node) == Field::Name,
            Kind::DottedName | Kind::AliasedImport | Kind::KeywordPattern => true,
            _ => false,
        };
        if is_label {
            return None;
        }
        let scope = self.found.scopes.of_node[node.index()];
        self.name(scope, name, DEPTH)
    }

    fn is_method_call(&self, call: NodeId, of_node: &[u32]) -> bool {
        let callee = self.tree.child(call, Field::Function);
        callee.is_some_and(|callee| self.tree.kind(callee) == Kind::Attribute && of_node[callee.index()] == 0)
    }

    pub(super) fn attribute(&mut self, node: NodeId, of_node: &[u32]) -> Option<PathId> {
        let object = self.tree.child(node, Field::Object)?;
        let attribute = self.tree.child(node, Field::Attribute)?;
        let name = self.found.names.get(text_of(self.tree, self.text, attribute))?;
        if let Some(owner) = of_node[object.index()].checked_sub(1) {
            return self.member(PathId(owner), name, DEPTH);
        }
        let class = self.receiver(object)?;
        self.class_member(class, name, DEPTH)
    }

    pub(super) fn name(&mut self, scope: ScopeId, name: Name, depth: usize) -> Option<PathId> {
        let Some(holder) = self.found.scopes.lookup(scope, name) else {
            return self.builtin(scope, name);
        };
        if let Some(known) = self.names.get(&(holder, name)) {
            return *known;
        }
        self.names.insert((holder, name), None);
        let path = self.agreed(
            self.found.scopes.bound_in(holder, name).iter().map(|id| self.found.scopes.binding(*id)),
            depth,
        );
        self.names.insert((holder, name), path);
        path
    }

    /// A name that no scope binds: one that a known module was asked to pour in, or Python's own. A module that is
    /// not known may have poured in any name.
    pub(super) fn builtin(&mut self, scope: ScopeId, name: Name) -> Option<PathId> {
        if self.has_stars {
            return self.poured_in(scope, name);
        }
        if let Some(known) = self.unbound.get(&name) {
            return *known;
        }
        let path = self.poured_in(scope, name);
        self.unbound.insert(name, path);
        path
    }

    fn poured_in(&mut self, scope: ScopeId, name: Name) -> Option<PathId> {
        let text = self.found.names.text(name);
        let mut current = Some(scope);
        while let Some(id) = current {
            let scope = self.found.scopes.get(id);
            if !scope.stars.is_empty()
                && let Some(module) = self.types.exporter(&scope.stars, text)?
            {
                return Some(self.paths.intern(&format!("{module}.{text}")));
            }
            current = scope.parent;
        }
        is_builtin(text).then(|| self.paths.intern(&format!("builtins.{text}")))
    }

    pub(super) fn agreed<'b>(
        &mut self,
        bindings: impl Iterator<Item = &'b Binding>,
        depth: usize,
    ) -> Option<PathId> {
        let mut agreed = None;
        for binding in bindings.filter(|binding| binding.kind.gives_value()) {
            if self.is_none(binding.value) && binding.kind == BindingKind::Assignment {
                continue;
            }
            let path = self.binding(binding, depth)?;
            if *agreed.get_or_insert(path) != path {
                return None;
            }
        }
        agreed
    }

    pub(super) fn is_none(&self, value: Option<NodeId>) -> bool {
        value.is_some_and(|value| self.tree.kind(value) == Kind::None)
    }

    pub(super) fn binding(&mut self, binding: &Binding, depth: usize) -> Option<PathId> {
        match &binding.kind {
            BindingKind::Import(path) => Some(self.paths.intern(path)),
            BindingKind::Function(id) => Some(self.functions[id.0 as usize]),
            BindingKind::Class(id) => Some(self.classes[id.0 as usize]),
            BindingKind::Assignment => self.expression(binding.value?, depth.checked_sub(1)?),
            BindingKind::Parameter
            | BindingKind::Declaration
            | BindingKind::Augmented
            | BindingKind::For
            | BindingKind::With(_)
            | BindingKind::Except
            | BindingKind::Match
            | BindingKind::Delete
            | BindingKind::TypeName => None,
        }
    }

    /// The qualified name of a plain `a.b.c`.
    pub(super) fn expression(&mut self, node: NodeId, depth: usize) -> Option<PathId> {
        let mut attributes = Vec::new();
        let mut root = node;
        while self.tree.kind(root) == Kind::Attribute {
            let attribute = self.tree.child(root, Field::Attribute)?;
            attributes.push(self.found.names.get(text_of(self.tree, self.text, attribute))?);
            root = self.tree.child(root, Field::Object)?;
            if attributes.len() > DEPTH {
                return None;
            }
        }
        if self.tree.kind(root) != Kind::Identifier {
            return None;
        }
        let mut path = match self.receiver(root) {
            Some(class) => self.class_member(class, attributes.pop()?, depth)?,
            None => {
                let name = self.found.names.get(text_of(self.tree, self.text, root))?;
                self.name(self.found.scopes.of_node[root.index()], name, depth)?
            }
        };
        while let Some(name) = attributes.pop() {
            path = self.member(path, name, depth)?;
        }
        Some(path)
    }
}
