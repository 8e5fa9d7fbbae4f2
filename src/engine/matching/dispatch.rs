//! All rules compiled together: one look at the words of a text, then one walk that tries at each node only the
//! rules that can begin there.

use std::collections::{BTreeSet, HashMap};

use aho_corasick::AhoCorasick;

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::Finder;
use super::hit::Hit;
use super::starts::Starts;

/// The rules by where they begin. Rules are named by their index in the rule set.
#[derive(Debug)]
pub(crate) struct Dispatch {
    starts: Vec<Starts>,
    /// Absent if there are too many words for one automaton: then every text is walked.
    words: Option<AhoCorasick>,
    /// For each word the rules that need it or another.
    needed_by: Vec<Vec<usize>>,
}

/// The rules that a file must be walked for.
#[derive(Debug, Default)]
struct Plan<'d> {
    calls: HashMap<&'d str, Vec<usize>>,
    kinds: HashMap<Kind, Vec<usize>>,
    anywhere: Vec<usize>,
}

impl Dispatch {
    pub(crate) fn new<'f>(finders: impl IntoIterator<Item = &'f Finder>) -> Dispatch {
        let starts: Vec<Starts> = finders.into_iter().map(Finder::starts).collect();
        let words: BTreeSet<&str> =
            starts.iter().flat_map(|starts| &starts.words).map(String::as_str).collect();
        let needed = |word: &str| {
            let rules = starts.iter().enumerate().filter(|(_, starts)| starts.words.contains(word));
            rules.map(|(rule, _)| rule).collect()
        };
        let needed_by = words.iter().map(|word| needed(word)).collect();
        Dispatch { words: AhoCorasick::new(&words).ok(), starts, needed_by }
    }

    /// Everything that the wanted rules find, rule by rule.
    pub(crate) fn run(&self, module: &Module, finders: &[&Finder], wanted: &[bool]) -> Vec<(usize, Hit)> {
        let plan = self.plan(module.source().text(), wanted);
        if plan.is_empty() {
            return Vec::new();
        }
        let mut starts: Vec<Vec<NodeId>> = vec![Vec::new(); finders.len()];
        for node in module.tree().nodes() {
            plan.rules_at(module, node, |rule| starts[rule].push(node));
        }
        let mut hits = Vec::new();
        for (rule, nodes) in starts.iter().enumerate().filter(|(_, nodes)| !nodes.is_empty()) {
            let mut found = Vec::new();
            finders[rule].find(module, nodes, &mut found);
            hits.extend(found.into_iter().map(|hit| (rule, hit)));
        }
        hits
    }

    fn plan(&self, text: &str, wanted: &[bool]) -> Plan<'_> {
        let spoken = self.spoken(text);
        let mut plan = Plan::default();
        for (rule, starts) in self.starts.iter().enumerate() {
            let possible = starts.words.is_empty() || spoken.contains(&rule);
            if possible && wanted.get(rule).copied().unwrap_or(false) {
                plan.add(rule, starts);
            }
        }
        plan
    }

    /// The rules one of whose words stands in the text.
    fn spoken(&self, text: &str) -> BTreeSet<usize> {
        let Some(words) = &self.words else { return (0..self.starts.len()).collect() };
        let mut seen = vec![false; self.needed_by.len()];
        for found in words.find_overlapping_iter(text) {
            seen[found.pattern().as_usize()] = true;
        }
        let heard = self.needed_by.iter().zip(seen).filter(|(_, seen)| *seen);
        heard.flat_map(|(rules, _)| rules.iter().copied()).collect()
    }
}

impl<'d> Plan<'d> {
    fn add(&mut self, rule: usize, starts: &'d Starts) {
        for name in &starts.calls {
            self.calls.entry(name).or_default().push(rule);
        }
        for kind in &starts.kinds {
            self.kinds.entry(*kind).or_default().push(rule);
        }
        if starts.anywhere {
            self.anywhere.push(rule);
        }
    }

    fn is_empty(&self) -> bool {
        self.calls.is_empty() && self.kinds.is_empty() && self.anywhere.is_empty()
    }

    fn rules_at(&self, module: &Module, node: NodeId, mut start: impl FnMut(usize)) {
        let kind = module.tree().kind(node);
        let is_named_call = kind == Kind::Call && !self.calls.is_empty();
        let of_kind = self.kinds.get(&kind);
        if !is_named_call && of_kind.is_none() && self.anywhere.is_empty() {
            return;
        }
        let mut rules: Vec<usize> =
            self.anywhere.iter().chain(of_kind.into_iter().flatten()).copied().collect();
        if is_named_call {
            self.of_call(module, node, &mut rules);
        }
        rules.sort_unstable();
        rules.dedup();
        rules.into_iter().for_each(&mut start);
    }

    /// A callee is known by its last name, as written (`x.extractall`) and as resolved (`g` is `requests.get`).
    fn of_call(&self, module: &Module, call: NodeId, rules: &mut Vec<usize>) {
        let tree = module.tree();
        let Some(function) = tree.child(call, Field::Function) else { return };
        let written = match tree.kind(function) {
            Kind::Attribute => tree.child(function, Field::Attribute).map(|name| module.text(name)),
            Kind::Identifier => Some(module.text(function)),
            _ => None,
        };
        // A receiver's type, which is dear to find, never changes the last name.
        let resolved = module.qualified_name(function).and_then(|name| name.rsplit('.').next());
        for name in [written, resolved].into_iter().flatten() {
            rules.extend(self.calls.get(name).into_iter().flatten());
        }
    }
}
