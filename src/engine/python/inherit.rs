//! Which class of the file a member comes from: the class itself or the first of its bases that has it. A base
//! that is not known may have any member, so behind one nothing is found.

use super::class::ClassId;
use super::collect::Collected;
use super::names::Name;
use super::{Module, NodeId};

/// Classes looked at for one question.
const STEPS: usize = 32;

/// A base class, as far as the file tells.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Base {
    Local(ClassId),
    /// A library's class that adds no members of interest.
    Empty,
    Unknown,
}

impl Base {
    pub(super) fn of_library(path: &str) -> Base {
        match path {
            "builtins.object" | "abc.ABC" | "typing.Generic" | "typing.Protocol" => Base::Empty,
            _ => Base::Unknown,
        }
    }
}

/// Looks through the class and its bases from left to right, depth first.
pub(super) fn holder(
    class: ClassId,
    mut has: impl FnMut(ClassId) -> bool,
    mut bases: impl FnMut(ClassId) -> Vec<Base>,
) -> Option<ClassId> {
    let mut open = vec![Base::Local(class)];
    for _ in 0..STEPS {
        match open.pop()? {
            Base::Unknown => return None,
            Base::Empty => {}
            Base::Local(class) if has(class) => return Some(class),
            Base::Local(class) => open.extend(bases(class).into_iter().rev()),
        }
    }
    None
}

impl Collected {
    /// Whether the class body or a method of its own gives the class this member.
    pub(super) fn has_member(&self, class: ClassId, member: Name) -> bool {
        let class = &self.classes[class.0 as usize];
        class.attributes.contains_key(&member) || !self.scopes.bound_in(class.scope, member).is_empty()
    }
}

impl Module {
    /// The class of this file that gives `class` its member: itself or a base.
    pub fn class_with(&self, class: ClassId, member: Name) -> Option<ClassId> {
        let bases = |class: ClassId| self.class(class).bases.iter().map(|node| self.base(*node)).collect();
        holder(class, |class| self.found.has_member(class, member), bases)
    }

    fn base(&self, node: NodeId) -> Base {
        match self.qualified_name(node) {
            None => Base::Unknown,
            Some(path) => self.local_class(path).map_or_else(|| Base::of_library(path), Base::Local),
        }
    }
}
