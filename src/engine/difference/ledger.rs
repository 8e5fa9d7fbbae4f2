//! The findings of both sides, struck out in pairs from the surest resemblance to the faintest.

use std::collections::{HashMap, VecDeque};
use std::hash::Hash;

use super::file::{File, lines_of};
use crate::engine::diff::Change;
use crate::engine::finding::Finding;

pub(super) struct Ledger<'a> {
    base: Vec<Entry<'a>>,
    head: Vec<Entry<'a>>,
}

/// A finding of either side, and where the diff sees it.
struct Entry<'a> {
    file: usize,
    finding: &'a Finding,
    /// The line of the head text on which it starts; none if the change removed that line.
    line: Option<u32>,
    /// The change that removed (base) or added (head) one of its lines, and the hunk around it.
    change: Option<usize>,
    hunk: Option<usize>,
    settled: bool,
}

impl<'a> Ledger<'a> {
    pub(super) fn new(files: &[File<'a>]) -> Ledger<'a> {
        let numbered = || files.iter().enumerate();
        Ledger {
            base: numbered().flat_map(|(index, file)| base_entries(index, file)).collect(),
            head: numbered().flat_map(|(index, file)| head_entries(index, file)).collect(),
        }
    }

    /// Equal findings on lines that the hunks align. The symbol may have been renamed around them.
    pub(super) fn pair_standing(&mut self) -> usize {
        let by_fingerprint = self.pair(|e| Some((e.file, &e.finding.fingerprint.group, e.line?)));
        by_fingerprint + self.pair(|e| Some((e.file, e.code(), e.line?)))
    }

    /// Findings whose past nobody knows: they are not new unless they stand on an added line.
    pub(super) fn settle_unknown(&mut self, files: &[File<'a>]) -> usize {
        let unknown = |entry: &&mut Entry<'_>| {
            !entry.settled && files.get(entry.file).is_some_and(|file| file.is_unknown_before(entry.finding))
        };
        self.head.iter_mut().filter(unknown).map(|entry| entry.settled = true).count()
    }

    /// The same code elsewhere, nearest first; code on added lines moved rather than code that
    /// stayed where it was.
    pub(super) fn pair_moved(&mut self) -> usize {
        let near = self.pair(|e| Some((e.file, e.code(), e.change?)))
            + self.pair(|e| Some((e.file, e.code(), e.hunk?)));
        let changed = self.pair(|e| e.change.map(|_| (e.file, &e.finding.fingerprint.group)))
            + self.pair(|e| e.change.map(|_| (e.file, e.code())))
            + self.pair(|e| e.change.map(|_| e.code()));
        near + changed + self.pair(|e| Some((e.file, e.code()))) + self.pair(|e| Some(e.code()))
    }

    /// The same rule in the same symbol, whose statement this change rewrote.
    pub(super) fn pair_touched(&mut self) -> usize {
        self.pair(|e| Some((e.file, e.place(), e.line?)))
            + self.pair(|e| Some((e.file, e.place(), e.change?)))
            + self.pair(|e| Some((e.file, e.place(), e.hunk?)))
    }

    pub(super) fn introduced(&self) -> Vec<Finding> {
        self.head.iter().filter(|entry| !entry.settled).map(|entry| entry.finding.clone()).collect()
    }

    pub(super) fn fixed(&self, files: &[File<'a>]) -> usize {
        let known = |entry: &&Entry<'_>| {
            files.get(entry.file).is_some_and(|file| !file.is_unknown_after(entry.finding))
        };
        self.base.iter().filter(|entry| !entry.settled).filter(known).count()
    }

    /// Strikes out findings of both sides with equal keys, one against one, in the order of the text.
    fn pair<'s, K: Hash + Eq>(&'s mut self, key: impl Fn(&Entry<'a>) -> Option<K>) -> usize
    where
        'a: 's,
    {
        let mut waiting: HashMap<K, VecDeque<usize>> = HashMap::new();
        for (index, entry) in self.base.iter().enumerate().filter(|(_, entry)| !entry.settled) {
            if let Some(key) = key(entry) {
                waiting.entry(key).or_default().push_back(index);
            }
        }
        let mut pairs = 0;
        for entry in self.head.iter_mut().filter(|entry| !entry.settled) {
            let partner = key(entry).and_then(|key| waiting.get_mut(&key)?.pop_front());
            if let Some(partner) = partner.and_then(|index| self.base.get_mut(index)) {
                partner.settled = true;
                entry.settled = true;
                pairs += 1;
            }
        }
        pairs
    }
}

impl<'a> Entry<'a> {
    fn new(file: usize, finding: &'a Finding, line: Option<u32>, change: Option<(usize, &Change)>) -> Self {
        Entry {
            file,
            finding,
            line,
            change: change.map(|(index, _)| index),
            hunk: change.map(|(_, change)| change.hunk),
            settled: false,
        }
    }

    /// What the code says, wherever it stands.
    fn code(&self) -> (&'a str, &'a str) {
        (&self.finding.rule.id, &self.finding.tokens)
    }

    /// Where the code stands, whatever it says.
    fn place(&self) -> (&'a str, &'a str) {
        (&self.finding.rule.id, &self.finding.symbol)
    }
}

fn base_entries<'a>(index: usize, file: &File<'a>) -> Vec<Entry<'a>> {
    let audit = file.pair.base.iter().flat_map(|audit| in_order(&audit.findings));
    let entry = |finding: &'a Finding| {
        let line = file.alignment.new_of(finding.span.start.line);
        Entry::new(index, finding, line, file.alignment.removal(lines_of(finding)))
    };
    audit.map(entry).collect()
}

fn head_entries<'a>(index: usize, file: &File<'a>) -> Vec<Entry<'a>> {
    let entry = |finding: &'a Finding| {
        let line = Some(finding.span.start.line);
        Entry::new(index, finding, line, file.alignment.addition(lines_of(finding)))
    };
    in_order(&file.pair.head.findings).into_iter().map(entry).collect()
}

fn in_order(findings: &[Finding]) -> Vec<&Finding> {
    let mut findings: Vec<&Finding> = findings.iter().collect();
    findings.sort_by_key(|finding| (finding.span.start, finding.span.bytes.end));
    findings
}
