//! Names: what an identifier or a chain of attributes stands for and, where the rule wants it, how it is written.

use crate::engine::python::{Field, Kind, LOCAL, NodeId};

use super::binding::Bound;
use super::matcher::{Matcher, Then};
use super::pattern::{Name, Part, Segment};

impl<'m> Matcher<'m> {
    /// The node resolves to this dotted name or, where written names count, is written like it.
    pub(super) fn dotted(&mut self, segments: &[Segment], node: NodeId, then: Then<'_, 'm>) -> bool {
        let module = self.module;
        if !matches!(module.tree().kind(node), Kind::Identifier | Kind::Attribute) {
            return false;
        }
        let written = self.written(node, segments.len());
        if self.takes_written(node, &written)
            && written.len() == segments.len()
            && self.written_segments(segments, &written, then)
        {
            return true;
        }
        let Some(name) = module.qualified_name(node) else { return false };
        let given: Vec<&str> = name.split('.').collect();
        let given = match (given.as_slice(), segments.first()) {
            (["builtins", rest @ ..], Some(Segment::Is(first))) if first != "builtins" => rest,
            (all, _) => all,
        };
        let same =
            written.len() == given.len() && written.iter().zip(given).all(|(w, g)| module.text(*w) == *g);
        if self.settings.written_names && same {
            return false;
        }
        given.len() == segments.len() && self.segments(segments, given, &written, then)
    }

    /// What does not resolve is no evidence to our own rules, save `self` and `cls`.
    fn takes_written(&self, node: NodeId, written: &[NodeId]) -> bool {
        let first = written.first().map(|first| self.module.text(*first));
        let is_receiver = written.len() > 1 && matches!(first, Some("self" | "cls"));
        self.settings.written_names || is_receiver && self.module.qualified_name(node).is_none()
    }

    /// The identifiers of `a.b.c` from left to right; nothing if it is no plain chain or longer than wanted.
    fn written(&self, node: NodeId, most: usize) -> Vec<NodeId> {
        let tree = self.module.tree();
        let mut names = Vec::new();
        let mut current = node;
        while tree.kind(current) == Kind::Attribute && names.len() < most {
            let (Some(object), Some(name)) =
                (tree.child(current, Field::Object), tree.child(current, Field::Attribute))
            else {
                return Vec::new();
            };
            names.push(name);
            current = object;
        }
        if tree.kind(current) != Kind::Identifier {
            return Vec::new();
        }
        names.push(current);
        names.reverse();
        names
    }

    fn written_segments(&mut self, segments: &[Segment], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        let (Some((segment, later)), Some((name, rest))) = (segments.split_first(), given.split_first())
        else {
            return then(self);
        };
        self.named(segment, *name, &mut |matcher| matcher.written_segments(later, rest, then))
    }

    /// A part of a resolved name is bound to where it is written, if it is.
    fn segments(
        &mut self,
        segments: &[Segment],
        given: &[&str],
        written: &[NodeId],
        then: Then<'_, 'm>,
    ) -> bool {
        let (Some((segment, later)), Some((name, rest))) = (segments.split_first(), given.split_first())
        else {
            return then(self);
        };
        let at = written.len().checked_sub(given.len()).map(|index| written[index]);
        let at = at.filter(|node| self.module.text(*node) == *name);
        match (segment, at) {
            (Segment::Any(meta), Some(node)) => self
                .bind(meta, Bound::Node(node), &mut |matcher| matcher.segments(later, rest, written, then)),
            (Segment::Any(meta), None) => {
                let bound = Bound::text_of(name.trim_start_matches(LOCAL));
                self.bind(meta, bound, &mut |matcher| matcher.segments(later, rest, written, then))
            }
            (Segment::Is(wanted), _) => wanted == name && self.segments(later, rest, written, then),
        }
    }

    /// An identifier that is a label: an attribute's, a keyword's, a definition's.
    pub(super) fn named(&mut self, segment: &Segment, node: NodeId, then: Then<'_, 'm>) -> bool {
        match segment {
            Segment::Is(name) => self.module.text(node) == name && then(self),
            Segment::Any(name) => self.bind(name, Bound::Node(node), then),
        }
    }

    pub(super) fn attribute(
        &mut self,
        object: &Part,
        name: &Segment,
        node: NodeId,
        then: Then<'_, 'm>,
    ) -> bool {
        let tree = self.module.tree();
        if tree.kind(node) != Kind::Attribute {
            return false;
        }
        let (Some(of), Some(attribute)) =
            (tree.child(node, Field::Object), tree.child(node, Field::Attribute))
        else {
            return false;
        };
        self.named(name, attribute, &mut |matcher| matcher.part(object, of, then))
    }

    /// `($X: T)`: the expression's type is known and is T.
    pub(super) fn typed(&mut self, name: &Name, of: &Part, node: NodeId, then: Then<'_, 'm>) -> bool {
        let Some(known) = self.module.type_of(node) else { return false };
        let fits = |matcher: &mut Matcher<'m>, then: Then<'_, 'm>| match of {
            Part::Meta(kind) => {
                let plain = known.trim_start_matches(LOCAL);
                let plain = plain.strip_prefix("builtins.").unwrap_or(plain);
                matcher.bind(kind, Bound::text_of(plain), then)
            }
            of => {
                type_name(of).is_some_and(|wanted| is_type(known, &wanted, matcher.settings.written_names))
                    && then(matcher)
            }
        };
        fits(self, &mut |matcher| matcher.bind(name, Bound::Node(node), then))
    }
}

/// The name of a type in a pattern: `str`, `pkg.Class`, the `list` of `list[int]`.
fn type_name(of: &Part) -> Option<String> {
    match of {
        Part::Dotted(segments) => {
            let plain = segments.iter().map(|segment| match segment {
                Segment::Is(name) => Some(name.as_str()),
                Segment::Any(_) => None,
            });
            Some(plain.collect::<Option<Vec<_>>>()?.join("."))
        }
        Part::Node { children, .. } => type_name(&children.first()?.part),
        _ => None,
    }
}

/// Whether the known type is the wanted one. Where written names count, its last name is enough.
pub(super) fn is_type(known: &str, wanted: &str, written: bool) -> bool {
    let plain = known.strip_prefix("builtins.").unwrap_or(known);
    let last = known.trim_start_matches(LOCAL).rsplit('.').next().unwrap_or(known);
    known == wanted
        || plain == wanted
        || written && (known.strip_prefix(LOCAL) == Some(wanted) || last == wanted)
}
