//! What `self.x`, `cls.x` and `Class.x` stand for, and the names that annotations spell in their own ways.

use super::annotation::name_in_text;
use super::binding::Binding;
use super::class::ClassId;
use super::inherit::{self, Base};
use super::kind::{Field, Kind};
use super::names::Name;
use super::paths::PathId;
use super::resolve::{DEPTH, Resolver};
use super::text_of;
use super::tree::NodeId;

impl Resolver<'_> {
    /// The class whose instance or self the expression is, where it is `self` or `cls`.
    pub(super) fn receiver(&self, object: NodeId) -> Option<ClassId> {
        if self.tree.kind(object) != Kind::Identifier {
            return None;
        }
        let name = self.found.names.get(text_of(self.tree, self.text, object))?;
        let scope = self.found.scopes.of_node[object.index()];
        self.found.receiver(scope, name).map(|(_, class)| class)
    }

    pub(super) fn member(&mut self, owner: PathId, name: Name, depth: usize) -> Option<PathId> {
        if let Some(class) = self.class_of_path.get(&owner).copied()
            && let Some(holder) = self.holder(class, name, depth)
        {
            return self.own_member(holder, name, depth);
        }
        self.paths.member(owner, name, self.found.names.text(name))
    }

    /// What `self.name` or `Class.name` stands for, in the class or the base of this file that has it.
    pub(super) fn class_member(&mut self, class: ClassId, name: Name, depth: usize) -> Option<PathId> {
        let holder = self.holder(class, name, depth)?;
        self.own_member(holder, name, depth)
    }

    fn holder(&mut self, class: ClassId, name: Name, depth: usize) -> Option<ClassId> {
        let found = self.found;
        if found.has_member(class, name) {
            return Some(class);
        }
        let depth = depth.checked_sub(1)?;
        inherit::holder(
            class,
            |class| found.has_member(class, name),
            |class| self.bases_of(&found.classes[class.0 as usize].bases, depth),
        )
    }

    fn bases_of(&mut self, bases: &[NodeId], depth: usize) -> Vec<Base> {
        if bases.len() > inherit::STEPS {
            return vec![Base::Unknown];
        }
        let base = |node: &NodeId| match self.expression(self.unsubscripted(*node), depth) {
            Some(path) => match self.class_of_path.get(&path) {
                Some(class) => Base::Local(*class),
                None => Base::of_library(self.paths.text(path)),
            },
            None => Base::Unknown,
        };
        bases.iter().map(base).collect()
    }

    /// `Base` of `Base[T]`.
    fn unsubscripted(&self, node: NodeId) -> NodeId {
        match self.tree.kind(node) {
            Kind::Subscript => self.tree.child(node, Field::Value).unwrap_or(node),
            _ => node,
        }
    }

    /// The class body's bindings and what methods assign agree.
    fn own_member(&mut self, class: ClassId, name: Name, depth: usize) -> Option<PathId> {
        if let Some(known) = self.members.get(&(class, name)) {
            return *known;
        }
        self.members.insert((class, name), None);
        let path = self.agreed_member(class, name, depth);
        self.members.insert((class, name), path);
        path
    }

    pub(super) fn agreed_member(&mut self, id: ClassId, name: Name, depth: usize) -> Option<PathId> {
        let found = self.found;
        let class = &found.classes[id.0 as usize];
        let body = found.scopes.bound_in(class.scope, name);
        let mut agreed = None;
        if !body.is_empty() {
            let path = self.agreed(body.iter().map(|id| found.scopes.binding(*id)), depth);
            let says_nothing = |binding: &Binding| self.is_none(binding.value) || !binding.kind.gives_value();
            let only_none = body.iter().all(|id| says_nothing(found.scopes.binding(*id)));
            agreed = if only_none { None } else { Some(path?) };
        }
        for attribute in class.attributes.get(&name).into_iter().flatten() {
            if attribute.declared_only || self.is_none(attribute.value) {
                continue;
            }
            let path = self.expression(attribute.value?, depth.checked_sub(1)?)?;
            if *agreed.get_or_insert(path) != path {
                return None;
            }
        }
        agreed
    }

    /// `a.X` in an annotation.
    pub(super) fn member_type(&mut self, node: NodeId, of_node: &[u32]) -> Option<PathId> {
        let parts: Vec<NodeId> = self.tree.named_children(node).collect();
        let [owner, member] = parts.as_slice() else {
            return None;
        };
        let owner = [*owner, NodeId(owner.0 + 1)]
            .into_iter()
            .find_map(|node| of_node[node.index()].checked_sub(1))?;
        let name = self.found.names.get(text_of(self.tree, self.text, *member))?;
        self.member(PathId(owner), name, DEPTH)
    }

    /// The type that a string in an annotation names.
    pub(super) fn string_annotation(&mut self, node: NodeId) -> Option<PathId> {
        let in_annotation = |node: &NodeId| self.tree.kind(*node) == Kind::Type;
        self.tree.ancestors(node).take(4).find(in_annotation)?;
        let content = self.tree.child_of_kind(node, Kind::StringContent)?;
        let mut segments = name_in_text(text_of(self.tree, self.text, content))?.split('.');
        let first = self.found.names.get(segments.next()?)?;
        let mut path = self.name(self.found.scopes.of_node[node.index()], first, DEPTH)?;
        for segment in segments {
            path = match self.found.names.get(segment) {
                Some(name) => self.member(path, name, DEPTH)?,
                None => self.paths.intern(&format!("{}.{segment}", self.paths.text(path))),
            };
        }
        Some(path)
    }
}
