//! All rules compiled together: one look at the words of a text, then one walk that tries at each node only the
//! rules that can begin there.

use std::collections::BTreeMap;

use aho_corasick::{AhoCorasick, AhoCorasickKind};
use rustc_hash::FxHashMap;

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::Finder;
use super::budget::Budget;
use super::hit::Hit;
use super::starts::{Starts, is_expression_statement};

/// The rules by where they begin. Rules are named by their index in the rule set.
#[derive(Debug)]
pub(crate) struct Dispatch {
    /// For each rule whether any text will do.
    wordless: Vec<bool>,
    /// Absent if there are too many words for one automaton: then every text is walked.
    words: Option<AhoCorasick>,
    /// For each word the rules that need it or another.
    needed_by: Vec<Vec<usize>>,
    /// The rules that start at calls of a name, or at the statements that hold one.
    calls: FxHashMap<String, Vec<(usize, At)>>,
    /// The rules that start at a kind.
    kinds: FxHashMap<Kind, Vec<usize>>,
    anywhere: Vec<usize>,
}

/// Where a rule begins: at the node itself, or at the statement of one expression that holds it.
#[derive(Clone, Copy, Debug)]
enum At {
    Node,
    Statement,
}

/// What all rules found in one file.
#[derive(Debug, Default)]
pub(crate) struct Findings {
    /// Rule by rule.
    pub(crate) hits: Vec<(usize, Hit)>,
    /// The rules that needed more steps than they have: they found nothing.
    pub(crate) exhausted: Vec<usize>,
}

/// The nodes where each rule starts in one file, by the rule's index, in the order of the text.
pub(crate) type Candidates = Vec<Vec<NodeId>>;

/// The rules that one file must be walked for.
struct Plan<'d> {
    dispatch: &'d Dispatch,
    /// For each rule whether it is asked in this file.
    live: Vec<bool>,
    /// The live rules that start at a kind, or anywhere, by the kind's number.
    by_kind: Vec<Vec<usize>>,
    has_calls: bool,
}

impl Dispatch {
    pub(crate) fn new<'f>(finders: impl IntoIterator<Item = &'f Finder>) -> Dispatch {
        let starts: Vec<Starts> = finders.into_iter().map(Finder::starts).collect();
        let mut words: BTreeMap<&str, Vec<usize>> = BTreeMap::new();
        let mut calls: FxHashMap<String, Vec<(usize, At)>> = FxHashMap::default();
        let mut kinds: FxHashMap<Kind, Vec<usize>> = FxHashMap::default();
        for (rule, starts) in starts.iter().enumerate() {
            starts.words.iter().for_each(|word| words.entry(word).or_default().push(rule));
            for (names, at) in [(&starts.calls, At::Node), (&starts.statements, At::Statement)] {
                names.iter().for_each(|name| calls.entry(name.clone()).or_default().push((rule, at)));
            }
            starts.kinds.iter().for_each(|kind| kinds.entry(*kind).or_default().push(rule));
        }
        Dispatch {
            words: automaton(words.keys()),
            needed_by: words.into_values().collect(),
            wordless: starts.iter().map(|starts| starts.words.is_empty()).collect(),
            anywhere: (0..starts.len()).filter(|rule| starts[*rule].anywhere).collect(),
            calls,
            kinds,
        }
    }

    /// Everything that the wanted rules find, rule by rule.
    pub(crate) fn run(&self, module: &mut Module, finders: &[&Finder], wanted: &[bool]) -> Findings {
        let mut all = Findings::default();
        let mut budget = Budget::of(module);
        for (rule, nodes) in self.candidates(module, wanted).iter().enumerate() {
            if nodes.is_empty() {
                continue;
            }
            match budget.run(module, |module, found| finders[rule].find(module, nodes, found)) {
                Some(found) => all.hits.extend(found.into_iter().map(|hit| (rule, hit))),
                None => all.exhausted.push(rule),
            }
        }
        module.allow(u64::MAX);
        all
    }

    /// Where the wanted rules start: one look at the words, one walk.
    pub(crate) fn candidates(&self, module: &Module, wanted: &[bool]) -> Candidates {
        let mut starts: Candidates = vec![Vec::new(); self.wordless.len()];
        let plan = self.plan(module.source().text(), wanted);
        if plan.is_empty() {
            return starts;
        }
        let mut statement = NodeId::ROOT;
        for node in module.tree().nodes() {
            if is_expression_statement(module.tree().kind(node)) {
                statement = node;
            }
            plan.rules_at(module, node, |rule, at| {
                let start = match at {
                    At::Node => node,
                    At::Statement if module.tree().contains(statement, node) => statement,
                    At::Statement => return,
                };
                let nodes = &mut starts[rule];
                if nodes.last() != Some(&start) {
                    nodes.push(start);
                }
            });
        }
        starts
    }

    fn plan(&self, text: &str, wanted: &[bool]) -> Plan<'_> {
        let mut live = self.spoken(text);
        for (rule, live) in live.iter_mut().enumerate() {
            *live &= wanted.get(rule).copied().unwrap_or(false);
        }
        let living = |rules: &Vec<usize>| rules.iter().copied().filter(|rule| live[*rule]).collect();
        let anywhere: Vec<usize> = living(&self.anywhere);
        let mut by_kind = vec![anywhere; usize::from(u8::MAX) + 1];
        for (kind, rules) in &self.kinds {
            let rules: Vec<usize> = living(rules);
            by_kind[*kind as usize].extend(rules);
        }
        let has_calls = self.calls.values().flatten().any(|(rule, _)| live[*rule]);
        Plan { dispatch: self, live, by_kind, has_calls }
    }

    /// For each rule whether one of its words stands in the text, or it needs none.
    fn spoken(&self, text: &str) -> Vec<bool> {
        let Some(words) = &self.words else { return vec![true; self.wordless.len()] };
        let mut spoken = self.wordless.clone();
        let mut seen = vec![false; self.needed_by.len()];
        for found in words.find_overlapping_iter(text) {
            let word = found.pattern().as_usize();
            if !seen[word] {
                seen[word] = true;
                self.needed_by[word].iter().for_each(|rule| spoken[*rule] = true);
            }
        }
        spoken
    }
}

/// A table of all states where it can be had: a text is read once for all rules, so the reading counts.
fn automaton<'w>(words: impl Iterator<Item = &'w &'w str> + Clone) -> Option<AhoCorasick> {
    let table = AhoCorasick::builder().kind(Some(AhoCorasickKind::DFA)).build(words.clone());
    table.or_else(|_| AhoCorasick::new(words)).ok()
}

impl Plan<'_> {
    fn is_empty(&self) -> bool {
        !self.has_calls && self.by_kind.iter().all(Vec::is_empty)
    }

    fn rules_at(&self, module: &Module, node: NodeId, mut start: impl FnMut(usize, At)) {
        let kind = module.tree().kind(node);
        self.by_kind[kind as usize].iter().for_each(|rule| start(*rule, At::Node));
        if kind == Kind::Call && self.has_calls {
            self.of_call(module, node, start);
        }
    }

    /// A callee is known by its last name, as written (`x.extractall`) and as resolved (`g` is `requests.get`).
    fn of_call(&self, module: &Module, call: NodeId, mut start: impl FnMut(usize, At)) {
        let tree = module.tree();
        let Some(function) = tree.child(call, Field::Function) else { return };
        let written = match tree.kind(function) {
            Kind::Attribute => tree.child(function, Field::Attribute).map(|name| module.text(name)),
            Kind::Identifier => Some(module.text(function)),
            _ => None,
        };
        // A receiver's type, which is dear to find, never changes the last name.
        let resolved = module.qualified_name(function).and_then(|name| name.rsplit('.').next());
        for name in [written, resolved.filter(|name| Some(*name) != written)].into_iter().flatten() {
            let rules = self.dispatch.calls.get(name).into_iter().flatten().copied();
            rules.filter(|(rule, _)| self.live[*rule]).for_each(|(rule, at)| start(rule, at));
        }
    }
}
