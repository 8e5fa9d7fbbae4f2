//! Sets of matches: which lie in which, and what is left when some are taken away.

use std::ops::Range;

use crate::engine::python::{Module, NodeId};

use super::binding::Bindings;

/// One match of a formula.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Found {
    pub(super) bytes: Range<usize>,
    /// The node it begins with.
    pub(super) node: NodeId,
    pub(super) kind: FoundBy,
    pub(super) bindings: Bindings,
}

/// What found it: that decides what it can be combined with.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum FoundBy {
    Pattern,
    Regex,
    /// It only encloses.
    Inside,
}

impl Found {
    fn contains(&self, other: &Found) -> bool {
        self.bytes.start <= other.bytes.start && other.bytes.end <= self.bytes.end
    }

    fn overlaps(&self, other: &Found) -> bool {
        self.bytes.start < other.bytes.end && other.bytes.start < self.bytes.end
    }

    /// With what an enclosing match binds besides; nothing if they disagree.
    fn within(&self, outer: &Found, module: &Module) -> Option<Found> {
        let encloses_only = self.kind == FoundBy::Inside && outer.kind != FoundBy::Inside;
        let fits = !encloses_only && self.bindings.agree(&outer.bindings, module);
        fits.then(|| Found { bindings: self.bindings.joined(&outer.bindings), ..self.clone() })
    }
}

/// Matches by where they begin, to be asked which of them enclose another.
pub(super) struct Enclosing<'f> {
    sorted: Vec<&'f Found>,
    /// For each stretch of [`STRETCH`] matches the farthest end.
    farthest: Vec<usize>,
}

const STRETCH: usize = 64;

impl<'f> Enclosing<'f> {
    pub(super) fn new(found: &'f [Found]) -> Enclosing<'f> {
        let mut sorted: Vec<&Found> = found.iter().collect();
        sorted.sort_by_key(|found| (found.bytes.start, found.bytes.end));
        let end = |stretch: &[&Found]| stretch.iter().map(|found| found.bytes.end).max().unwrap_or(0);
        let farthest = sorted.chunks(STRETCH).map(end).collect();
        Enclosing { sorted, farthest }
    }

    /// Those that contain `inner`, each counted as a step.
    fn of(&self, inner: &Found, steps: &mut u32) -> Vec<&'f Found> {
        let end = self.sorted.partition_point(|found| found.bytes.start <= inner.bytes.start);
        let mut outer = Vec::new();
        for (stretch, farthest) in self.sorted[..end].chunks(STRETCH).zip(&self.farthest) {
            *steps = steps.saturating_sub(1);
            if *farthest >= inner.bytes.end {
                outer.extend(stretch.iter().copied().filter(|found| found.contains(inner)));
            }
        }
        *steps = steps.saturating_sub(u32::try_from(outer.len()).unwrap_or(u32::MAX));
        outer
    }
}

/// Of each pair that lies one in the other and agrees, the inner one.
pub(super) fn intersect(left: &[Found], right: &[Found], module: &Module, steps: &mut u32) -> Vec<Found> {
    let mut both = Vec::new();
    for (inner, outer) in [(left, right), (right, left)] {
        let enclosing = Enclosing::new(outer);
        for found in inner {
            both.extend(
                enclosing.of(found, steps).into_iter().filter_map(|outer| found.within(outer, module)),
            );
            if *steps == 0 {
                return Vec::new();
            }
        }
    }
    unique(both)
}

/// What none of `taken` takes away: an equal place, an enclosing one, or for expressions any overlap.
pub(super) fn without(found: Vec<Found>, taken: &[Found], module: &Module, steps: &mut u32) -> Vec<Found> {
    let enclosing = Enclosing::new(taken);
    let regexes: Vec<&Found> = taken.iter().filter(|taken| taken.kind == FoundBy::Regex).collect();
    let mut kept = Vec::new();
    for one in found {
        *steps = steps.saturating_sub(u32::try_from(regexes.len()).unwrap_or(u32::MAX));
        let overlapped = regexes.iter().any(|regex| regex.overlaps(&one));
        let takes = |outer: &&Found| {
            (outer.kind == FoundBy::Inside || outer.bytes == one.bytes)
                && one.bindings.agree(&outer.bindings, module)
        };
        if !overlapped && !enclosing.of(&one, steps).iter().any(takes) {
            kept.push(one);
        }
        if *steps == 0 {
            return Vec::new();
        }
    }
    kept
}

/// Each match once, in the order of the text.
pub(super) fn unique(mut found: Vec<Found>) -> Vec<Found> {
    found.sort_by_key(|found| (found.bytes.start, found.bytes.end));
    let mut kept: Vec<Found> = Vec::new();
    for one in found {
        let same_place = kept.iter().rev().take_while(|other| other.bytes == one.bytes);
        if !same_place.take(32).any(|other| *other == one) {
            kept.push(one);
        }
    }
    kept
}
