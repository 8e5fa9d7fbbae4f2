//! Scopes: where a name is looked up. A class body is a scope of its own that its methods do not see; a
//! comprehension evaluates its first iterable outside itself.

use std::collections::BTreeMap;

use rustc_hash::{FxHashMap, FxHashSet};

use super::binding::{Binding, BindingId};
use super::class::ClassId;
use super::function::FunctionId;
use super::names::Name;
use super::tree::NodeId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ScopeId(pub(super) u32);

impl ScopeId {
    pub const MODULE: ScopeId = ScopeId(0);
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeKind {
    Module,
    Class(ClassId),
    /// A `def` or a `lambda`.
    Function(FunctionId),
    Comprehension,
}

#[derive(Debug)]
pub struct Scope {
    pub kind: ScopeKind,
    /// The node that makes the scope: the module, definition, lambda or comprehension.
    pub node: NodeId,
    pub parent: Option<ScopeId>,
    /// How many scopes lie around it.
    pub depth: u32,
    pub(super) bindings: BTreeMap<Name, Vec<BindingId>>,
    pub(super) globals: FxHashSet<Name>,
    pub(super) nonlocals: FxHashSet<Name>,
    /// Modules whose names a `from x import *` pours in.
    pub(super) stars: Vec<String>,
}

impl Scope {
    /// The names bound here and their bindings in the order of the text.
    pub fn bound(&self) -> impl Iterator<Item = (Name, impl Iterator<Item = BindingId>)> {
        self.bindings.iter().map(|(name, ids)| (*name, ids.iter().copied()))
    }
}

impl Scope {
    /// Whether a `global` statement of this very scope names it.
    pub fn declares_global(&self, name: Name) -> bool {
        self.globals.contains(&name)
    }

    /// The names of `global` statements of this very scope, in no order.
    pub fn declared_global(&self) -> impl Iterator<Item = Name> {
        self.globals.iter().copied()
    }
}

/// All scopes of a file and what is bound in them.
#[derive(Debug, Default)]
pub struct Scopes {
    pub(super) scopes: Vec<Scope>,
    pub(super) bindings: Vec<Binding>,
    /// The scope in which each node of the tree is evaluated.
    pub(super) of_node: Vec<ScopeId>,
    /// Scopes by the node that makes them.
    pub(super) made_by: FxHashMap<NodeId, ScopeId>,
    pub(super) deepest: u32,
}

impl Scopes {
    pub(super) fn open(&mut self, kind: ScopeKind, node: NodeId, parent: Option<ScopeId>) -> ScopeId {
        let id = ScopeId(self.scopes.len() as u32);
        let depth = parent.map_or(0, |parent| self.get(parent).depth + 1);
        self.deepest = self.deepest.max(depth);
        let scope = Scope {
            kind,
            node,
            parent,
            depth,
            bindings: BTreeMap::new(),
            globals: FxHashSet::default(),
            nonlocals: FxHashSet::default(),
            stars: Vec::new(),
        };
        self.scopes.push(scope);
        self.made_by.insert(node, id);
        id
    }

    pub fn get(&self, id: ScopeId) -> &Scope {
        &self.scopes[id.0 as usize]
    }

    pub fn all(&self) -> impl Iterator<Item = (ScopeId, &Scope)> {
        self.scopes.iter().enumerate().map(|(index, scope)| (ScopeId(index as u32), scope))
    }

    pub fn binding(&self, id: BindingId) -> &Binding {
        &self.bindings[id.0 as usize]
    }

    pub(super) fn get_mut(&mut self, id: ScopeId) -> &mut Scope {
        &mut self.scopes[id.0 as usize]
    }

    /// What this very scope binds to a name, in the order of the text.
    pub fn bound_in(&self, scope: ScopeId, name: Name) -> &[BindingId] {
        self.get(scope).bindings.get(&name).map_or(&[], Vec::as_slice)
    }

    /// The scope whose binding a use of `name` in `scope` means, as Python looks names up.
    pub fn lookup(&self, scope: ScopeId, name: Name) -> Option<ScopeId> {
        if self.get(scope).globals.contains(&name) {
            return self.module_if_bound(name);
        }
        let mut current = Some(scope);
        while let Some(id) = current {
            let visible = id == scope || !matches!(self.get(id).kind, ScopeKind::Class(_));
            if visible && self.get(id).globals.contains(&name) {
                return self.module_if_bound(name);
            }
            if visible && self.get(id).bindings.contains_key(&name) {
                return Some(id);
            }
            current = self.get(id).parent;
        }
        None
    }

    fn module_if_bound(&self, name: Name) -> Option<ScopeId> {
        let bound = self.get(ScopeId::MODULE).bindings.contains_key(&name);
        bound.then_some(ScopeId::MODULE)
    }

    /// The scope that an assignment to `name` in `scope` binds in: `global` and `nonlocal` point elsewhere.
    pub(super) fn target(&self, scope: ScopeId, name: Name) -> ScopeId {
        let here = self.get(scope);
        if here.globals.contains(&name) {
            return ScopeId::MODULE;
        }
        if here.nonlocals.contains(&name) {
            let outer = here.parent.and_then(|parent| self.lookup(parent, name));
            return outer.unwrap_or(scope);
        }
        scope
    }

    /// Whether a star import may have bound any name here or in an enclosing scope.
    pub fn has_star(&self, scope: ScopeId) -> bool {
        let mut current = Some(scope);
        while let Some(id) = current {
            if !self.get(id).stars.is_empty() {
                return true;
            }
            current = self.get(id).parent;
        }
        false
    }
}
