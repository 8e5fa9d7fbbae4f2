//! Where a rule can begin: what its author's pattern or analysis says of itself, so that a file without it never pays.

use std::collections::BTreeSet;

use crate::engine::python::Kind;

use super::formula::Formula;
use super::pattern::{Part, Pattern, Segment, Shape};

/// The nodes at which a rule is tried, and the words one of which a text must hold to be tried at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starts {
    /// Calls whose callee ends in one of these names, as written or as resolved.
    pub calls: BTreeSet<String>,
    /// Nodes of these kinds.
    pub kinds: BTreeSet<Kind>,
    /// Every node.
    pub anywhere: bool,
    /// Empty: any text will do.
    pub words: BTreeSet<String>,
}

impl Starts {
    /// Calls of these qualified names: their last parts are what a text must hold.
    pub fn calls<'n>(names: impl IntoIterator<Item = &'n str>) -> Starts {
        let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
        let calls: BTreeSet<String> = names.into_iter().map(last).collect();
        Starts { words: calls.clone(), calls, ..Starts::default() }
    }

    /// Nodes of these kinds, in texts that hold one of these words (none given: in any text).
    pub fn kinds<'w>(
        kinds: impl IntoIterator<Item = Kind>,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Starts {
        Starts {
            kinds: kinds.into_iter().collect(),
            words: words.into_iter().map(str::to_owned).collect(),
            ..Starts::default()
        }
    }

    /// Once per file, at the root.
    pub fn module<'w>(words: impl IntoIterator<Item = &'w str>) -> Starts {
        Starts::kinds([Kind::Module], words)
    }

    /// Either of the two.
    pub fn or(mut self, other: Starts) -> Starts {
        let any_text = self.words.is_empty() || other.words.is_empty();
        self.calls.extend(other.calls);
        self.kinds.extend(other.kinds);
        self.anywhere |= other.anywhere;
        self.words.extend(other.words);
        if any_text {
            self.words.clear();
        }
        self
    }

    pub(super) fn of(formula: &Formula) -> Starts {
        let each = formula.beginnings().into_iter().map(of_pattern);
        each.reduce(Starts::or).unwrap_or_default()
    }
}

fn of_pattern(pattern: &Pattern) -> Starts {
    match &pattern.shape {
        Shape::One(part) => of_part(part),
        Shape::Sequence(parts) => parts.first().map(of_part).unwrap_or_default(),
    }
}

fn of_part(part: &Part) -> Starts {
    let word = required_word(part);
    let words = || word.iter().cloned().collect();
    match part {
        Part::Call(call) => match last_segment(&call.function) {
            Some(name) => Starts { calls: [name.to_owned()].into(), words: words(), ..Starts::default() },
            None => Starts { kinds: [Kind::Call].into(), words: words(), ..Starts::default() },
        },
        Part::Dotted(_) => {
            Starts { kinds: [Kind::Identifier, Kind::Attribute].into(), words: words(), ..Starts::default() }
        }
        Part::Attribute { .. } => {
            Starts { kinds: [Kind::Attribute].into(), words: words(), ..Starts::default() }
        }
        Part::Node { kind, .. } => Starts { kinds: [*kind].into(), words: words(), ..Starts::default() },
        Part::Dots | Part::Many(_) | Part::Meta(_) | Part::AnyString | Part::Constant(_) | Part::Text(_) => {
            Starts { anywhere: true, ..Starts::default() }
        }
    }
}

fn last_segment(function: &Part) -> Option<&str> {
    match function {
        Part::Dotted(segments) => segments.last().and_then(literal),
        Part::Attribute { name, .. } => literal(name),
        _ => None,
    }
}

fn literal(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Is(name) => Some(name),
        Segment::Any(_) => None,
    }
}

/// A word that stands in every text the part matches, the most telling first found.
fn required_word(part: &Part) -> Option<String> {
    match part {
        // An alias may hide any part of a name but the last, which an import or a use must spell.
        Part::Dotted(segments) => segments.iter().rev().find_map(literal).map(str::to_owned),
        Part::Attribute { object, name } => {
            literal(name).map(str::to_owned).or_else(|| required_word(object))
        }
        Part::Call(call) => required_word(&call.function)
            .or_else(|| call.keywords.iter().find_map(|(key, _)| literal(key).map(str::to_owned)))
            .or_else(|| call.positional.iter().find_map(required_word)),
        Part::Node { children, .. } => children.iter().find_map(|child| match &child.part {
            Part::Text(_) => None,
            part => required_word(part),
        }),
        Part::Dots | Part::Many(_) | Part::Meta(_) | Part::AnyString | Part::Constant(_) | Part::Text(_) => {
            None
        }
    }
}
