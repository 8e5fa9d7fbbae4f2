//! What one changed file can tell about its findings' past, and what it cannot.

use std::ops::{Range, RangeInclusive};

use super::FilePair;
use crate::engine::diff::Alignment;
use crate::engine::finding::Finding;

pub(super) struct File<'a> {
    pub(super) pair: &'a FilePair,
    pub(super) alignment: Alignment,
    blind_before: Lines,
    blind_after: Lines,
    /// Something that did not parse before parses now: a conclusion from absence may be new only
    /// because it could not be drawn before.
    repaired: bool,
    /// Something does not parse any more: a conclusion from absence may be gone only because it
    /// cannot be drawn any more.
    broke: bool,
}

impl<'a> File<'a> {
    pub(super) fn new(pair: &'a FilePair) -> File<'a> {
        let alignment = Alignment::new(&pair.hunks);
        let before = Lines::new(pair.base.as_ref().map_or(&[], |base| &base.blind));
        let after = Lines::new(&pair.head.blind);
        let stays = |line| alignment.new_of(line).is_some_and(|line| after.contains(line));
        let was = |line| alignment.old_of(line).is_some_and(|line| before.contains(line));
        File {
            repaired: !before.each_range_has(stays),
            broke: !after.each_range_has(was),
            blind_before: before,
            blind_after: after,
            alignment,
            pair,
        }
    }

    pub(super) fn is_added(&self, line: u32) -> bool {
        self.alignment.addition(line..line + 1).is_some()
    }

    /// Whether the base says nothing about this place, so that only an added line makes it new.
    pub(super) fn is_unknown_before(&self, finding: &Finding) -> bool {
        let was_audited = self.pair.base.as_ref().is_some_and(|base| base.skipped.is_none());
        let old = self.alignment.old_of(finding.span.start.line);
        let was_blind = old.is_some_and(|line| self.blind_before.contains(line));
        let on_added_line = self.alignment.addition(lines_of(finding)).is_some();
        !on_added_line && (!was_audited || was_blind || (self.repaired && finding.rule.absence))
    }

    /// Whether a finding of the base may still be there although we do not see it.
    pub(super) fn is_unknown_after(&self, finding: &Finding) -> bool {
        let new = self.alignment.new_of(finding.span.start.line);
        let is_blind = new.is_some_and(|line| self.blind_after.contains(line));
        let removed_where_it_broke = || {
            let change = self.alignment.removal(lines_of(finding));
            change.is_some_and(|(_, change)| self.blind_after.meets(&change.new))
        };
        self.pair.head.skipped.is_some()
            || is_blind
            || (self.broke && finding.rule.absence)
            || removed_where_it_broke()
    }
}

/// The lines that a finding's primary place covers.
pub(super) fn lines_of(finding: &Finding) -> Range<u32> {
    finding.span.start.line..finding.span.last_line() + 1
}

/// A set of lines, as ranges in order that do not meet.
struct Lines(Vec<RangeInclusive<u32>>);

impl Lines {
    fn new(ranges: &[(u32, u32)]) -> Lines {
        let mut sorted = ranges.to_vec();
        sorted.sort_unstable();
        let mut merged: Vec<RangeInclusive<u32>> = Vec::new();
        for (first, last) in sorted {
            match merged.last_mut() {
                Some(before) if first <= *before.end() => {
                    *before = *before.start()..=last.max(*before.end());
                }
                _ => merged.push(first..=last),
            }
        }
        Lines(merged)
    }

    fn contains(&self, line: u32) -> bool {
        let at = self.0.partition_point(|range| *range.end() < line);
        self.0.get(at).is_some_and(|range| range.contains(&line))
    }

    fn meets(&self, lines: &Range<u32>) -> bool {
        let at = self.0.partition_point(|range| *range.end() < lines.start);
        self.0.get(at).is_some_and(|range| *range.start() < lines.end && !lines.is_empty())
    }

    fn each_range_has(&self, holds: impl Fn(u32) -> bool) -> bool {
        self.0.iter().all(|range| range.clone().any(&holds))
    }
}
