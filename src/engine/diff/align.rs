//! Which line of the old text is which line of the new one.

use std::ops::Range;

use super::{Hunk, LineKind};

/// Lines of the old text that were replaced by lines of the new one, without context. An empty
/// range stands in front of its start. Lines start at 1.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    pub old: Range<u32>,
    pub new: Range<u32>,
    /// The index of the hunk that shows it.
    pub hunk: usize,
}

/// The changes of a file in order. Every line outside of them is the same line on both sides.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Alignment {
    changes: Vec<Change>,
}

impl Alignment {
    pub fn new(hunks: &[Hunk]) -> Alignment {
        let changes = hunks.iter().enumerate().flat_map(|(index, hunk)| changes(index, hunk));
        Alignment { changes: changes.collect() }
    }

    /// The line of the new text that this line of the old text became, unless it was removed.
    pub fn new_of(&self, old: u32) -> Option<u32> {
        let before = self.changes.partition_point(|change| change.old.start <= old);
        match self.changes[..before].last() {
            Some(change) if change.old.contains(&old) => None,
            Some(change) => Some((old - change.old.end).saturating_add(change.new.end)),
            None => Some(old),
        }
    }

    /// The line of the old text that this line of the new text was, unless it was added.
    pub fn old_of(&self, new: u32) -> Option<u32> {
        let before = self.changes.partition_point(|change| change.new.start <= new);
        match self.changes[..before].last() {
            Some(change) if change.new.contains(&new) => None,
            Some(change) => Some((new - change.new.end).saturating_add(change.old.end)),
            None => Some(new),
        }
    }

    /// The first change that removed one of these lines of the old text.
    pub fn removal(&self, old: Range<u32>) -> Option<(usize, &Change)> {
        first_meeting(&self.changes, |change| &change.old, old)
    }

    /// The first change that added one of these lines of the new text.
    pub fn addition(&self, new: Range<u32>) -> Option<(usize, &Change)> {
        first_meeting(&self.changes, |change| &change.new, new)
    }
}

fn first_meeting(
    changes: &[Change],
    side: impl Fn(&Change) -> &Range<u32>,
    lines: Range<u32>,
) -> Option<(usize, &Change)> {
    let passed = changes.partition_point(|change| side(change).end <= lines.start);
    let meets = |change: &Change| side(change).start < lines.end && !side(change).is_empty();
    (passed..).zip(&changes[passed..]).take_while(|(_, c)| side(c).start < lines.end).find(|(_, c)| meets(c))
}

/// The runs of removed and added lines within one hunk.
fn changes(index: usize, hunk: &Hunk) -> Vec<Change> {
    let (mut old, mut new) = (hunk.old_first(), hunk.new_first());
    let mut found = Vec::new();
    for run in hunk.lines.chunk_by(|a, b| is_change(a.kind) == is_change(b.kind)) {
        let removed = run.iter().filter(|line| line.kind.is_old()).count() as u32;
        let added = run.iter().filter(|line| line.kind.is_new()).count() as u32;
        if run.iter().any(|line| is_change(line.kind)) {
            found.push(Change { old: old..old + removed, new: new..new + added, hunk: index });
        }
        (old, new) = (old + removed, new + added);
    }
    found
}

fn is_change(kind: LineKind) -> bool {
    kind != LineKind::Context
}

#[cfg(test)]
mod tests {
    use super::super::{between, is_added, parse_patch};
    use super::*;

    /// Line 2 replaced by two, line 12 removed, one line inserted in front of line 22.
    const PATCH: &str =
        "@@ -1,3 +1,4 @@\n a\n-b\n+c\n+d\n e\n@@ -11,3 +12,2 @@\n x\n-y\n z\n@@ -21,2 +21,3 @@\n p\n+q\n r";

    fn alignment() -> Alignment {
        Alignment::new(&parse_patch(PATCH).unwrap())
    }

    #[test]
    fn unchanged_lines_are_found_on_the_other_side() {
        let pairs = [(1, 1), (3, 4), (10, 11), (11, 12), (13, 13), (21, 21), (22, 23), (900, 901)];
        for (old, new) in pairs {
            assert_eq!(alignment().new_of(old), Some(new), "old {old}");
            assert_eq!(alignment().old_of(new), Some(old), "new {new}");
        }
    }

    #[test]
    fn changed_lines_have_no_counterpart() {
        assert_eq!([2, 12].map(|line| alignment().new_of(line)), [None; 2]);
        assert_eq!([2, 3, 22].map(|line| alignment().old_of(line)), [None; 3]);
    }

    #[test]
    fn a_change_is_found_by_the_lines_it_took_or_gave() {
        let at = |found: Option<(usize, &Change)>| found.map(|(index, _)| index);
        assert_eq!(at(alignment().removal(1..3)), Some(0));
        assert_eq!(at(alignment().removal(3..12)), None);
        assert_eq!(at(alignment().removal(3..13)), Some(1));
        assert_eq!(at(alignment().removal(20..30)), None);
        assert_eq!(at(alignment().addition(3..4)), Some(0));
        assert_eq!(at(alignment().addition(12..14)), None);
        assert_eq!(at(alignment().addition(10..100)), Some(2));
    }

    proptest::proptest! {
        #[test]
        fn aligned_lines_are_equal_and_the_rest_was_added(base in "([ab]\n){0,14}", head in "([ab]\n){0,14}") {
            let hunks = between(&base, &head);
            let alignment = Alignment::new(&hunks);
            let (old, new): (Vec<&str>, Vec<&str>) = (base.lines().collect(), head.lines().collect());
            for (line, text) in (1u32..).zip(&new) {
                match alignment.old_of(line) {
                    Some(other) => {
                        proptest::prop_assert_eq!(old[other as usize - 1], *text);
                        proptest::prop_assert_eq!(alignment.new_of(other), Some(line));
                        proptest::prop_assert!(!is_added(&hunks, line));
                    }
                    None => proptest::prop_assert!(is_added(&hunks, line)),
                }
            }
        }
    }
}
