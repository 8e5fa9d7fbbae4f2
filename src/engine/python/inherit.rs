//! Which class of the file a member comes from: the class itself or the first in Python's method resolution order
//! that has it. A base that is not known may have any member, so behind one nothing is found.

use super::class::ClassId;
use super::collect::Collected;
use super::names::Name;
use super::{Module, NodeId};

/// Classes looked at for one question; what has more bases is not known.
pub(super) const STEPS: usize = 64;
/// How long a chain of bases may be.
const DEPTH: usize = 24;

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
            "builtins.object"
            | "abc.ABC"
            | "typing.Generic"
            | "typing.Protocol"
            | "typing_extensions.Protocol"
            | "typing_extensions.Generic" => Base::Empty,
            _ => Base::Unknown,
        }
    }
}

/// The first class that has a member, in the order in which Python looks.
pub(super) fn holder(
    class: ClassId,
    mut has: impl FnMut(ClassId) -> bool,
    mut bases: impl FnMut(ClassId) -> Vec<Base>,
) -> Option<ClassId> {
    if has(class) {
        return Some(class);
    }
    first_with(&order(class, &mut bases)?, has)
}

fn first_with(order: &[Base], mut has: impl FnMut(ClassId) -> bool) -> Option<ClassId> {
    for base in order {
        match base {
            Base::Local(class) if has(*class) => return Some(*class),
            Base::Local(_) | Base::Empty => {}
            Base::Unknown => return None,
        }
    }
    None
}

/// The method resolution order, the class itself first; it ends at the first base that is not known. `None` where
/// Python would refuse the class.
fn order(class: ClassId, bases: &mut impl FnMut(ClassId) -> Vec<Base>) -> Option<Vec<Base>> {
    Order { bases, steps: STEPS }.of(class, DEPTH)
}

struct Order<'b, F> {
    bases: &'b mut F,
    steps: usize,
}

impl<F: FnMut(ClassId) -> Vec<Base>> Order<'_, F> {
    fn of(&mut self, class: ClassId, depth: usize) -> Option<Vec<Base>> {
        self.steps = self.steps.checked_sub(1)?;
        let depth = depth.checked_sub(1)?;
        let mut parents = (self.bases)(class);
        parents.retain(|base| *base != Base::Empty);
        let mut lists = Vec::new();
        for parent in &parents {
            match parent {
                Base::Local(parent) => lists.push(self.of(*parent, depth)?),
                Base::Empty | Base::Unknown => lists.push(vec![*parent]),
            }
        }
        lists.push(parents);
        let mut order = vec![Base::Local(class)];
        merge(lists, &mut order)?;
        Some(order)
    }
}

/// Python's C3: the first head that no other list has further behind.
fn merge(mut lists: Vec<Vec<Base>>, order: &mut Vec<Base>) -> Option<()> {
    loop {
        lists.retain(|list| !list.is_empty());
        if lists.is_empty() {
            return Some(());
        }
        let waits = |head: Base| lists.iter().any(|list| list[1..].contains(&head));
        let next = lists.iter().map(|list| list[0]).find(|head| *head == Base::Unknown || !waits(*head))?;
        order.push(next);
        if next == Base::Unknown {
            return Some(());
        }
        for list in &mut lists {
            if list[0] == next {
                list.remove(0);
            }
        }
    }
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
        holder(class, |class| self.found.has_member(class, member), |class| self.bases(class))
    }

    /// The class of this file that `super()` in a method of `class` finds the member in.
    pub fn class_above_with(&self, class: ClassId, member: Name) -> Option<ClassId> {
        let order = order(class, &mut |class| self.bases(class))?;
        first_with(order.get(1..)?, |class| self.found.has_member(class, member))
    }

    /// The class and its bases in the order in which Python looks a member up, and whether the list is whole:
    /// it ends at a base that is not of this file.
    pub fn resolution_order(&self, class: ClassId) -> (Vec<ClassId>, bool) {
        let order = order(class, &mut |class| self.bases(class)).unwrap_or_else(|| vec![Base::Unknown]);
        let whole = !order.contains(&Base::Unknown);
        let local = |base: &Base| match base {
            Base::Local(class) => Some(*class),
            Base::Empty | Base::Unknown => None,
        };
        (order.iter().filter_map(local).collect(), whole)
    }

    fn bases(&self, class: ClassId) -> Vec<Base> {
        if self.class(class).bases.len() > STEPS {
            return vec![Base::Unknown];
        }
        self.class(class).bases.iter().map(|node| self.base(*node)).collect()
    }

    fn base(&self, node: NodeId) -> Base {
        match self.qualified_name(self.unsubscripted(node)) {
            None => Base::Unknown,
            Some(path) => self.local_class(path).map_or_else(|| Base::of_library(path), Base::Local),
        }
    }

    /// `Base` of `Base[T]`.
    pub fn unsubscripted(&self, node: NodeId) -> NodeId {
        match self.tree().kind(node) {
            super::Kind::Subscript => self.tree().child(node, super::Field::Value).unwrap_or(node),
            _ => node,
        }
    }
}
