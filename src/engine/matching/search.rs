//! What a formula finds in a file: the matches of its patterns, put together by where they lie and what they bind.
//! A rule has so many steps for a file; one that needs more finds nothing there, always at the same place.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::binding::{Bindings, Bound};
use super::collection::{is_decorator, is_wrapper};
use super::expression::Expression;
use super::formula::{All, Formula};
use super::found::{Found, FoundBy, intersect, unique, without};
use super::hit::Hit;
use super::matcher::Matcher;
use super::pattern::{Part, Pattern, Shape};
use super::settings::Settings;

/// Ways in which one pattern may match at one place.
const WAYS: usize = 64;
/// Matches of one expression in one file.
const MOST: usize = 2_000;

/// The search of one formula in one file.
pub(super) struct Search<'m> {
    pub(super) module: &'m Module,
    pub(super) settings: &'m Settings,
    pub(super) steps: u32,
}

/// Where patterns may begin, and which text expressions look at.
#[derive(Clone)]
pub(super) struct Domain {
    /// Nothing: everywhere.
    pub(super) nodes: Option<Vec<NodeId>>,
    pub(super) text: Range<usize>,
}

impl<'m> Search<'m> {
    pub(super) fn new(module: &'m Module, settings: &'m Settings) -> Search<'m> {
        Search { module, settings, steps: settings.steps }
    }

    pub(super) fn whole(&self) -> Domain {
        Domain { nodes: None, text: 0..self.module.source().text().len() }
    }

    /// The hits of a formula whose first pattern can begin at these nodes.
    pub(super) fn hits(&mut self, formula: &Formula, nodes: &[NodeId]) -> Vec<Hit> {
        let domain = Domain { nodes: Some(nodes.to_vec()), ..self.whole() };
        let found = self.find(formula, &domain);
        if self.steps == 0 {
            return Vec::new();
        }
        let mut hits: Vec<Hit> = Vec::new();
        for found in unique(found) {
            let hit = self.hit(found);
            let told =
                |other: &&Hit| other.bytes.as_ref().map(|b| b.start) == hit.bytes.as_ref().map(|b| b.start);
            if !hits.iter().rev().take_while(told).any(|other| other.values == hit.values) {
                hits.push(hit);
            }
        }
        hits
    }

    fn hit(&self, found: Found) -> Hit {
        let mut hit = Hit::at(found.node);
        let whole = self.module.tree().range(found.node) == found.bytes;
        for (name, bound) in found.bindings.iter() {
            hit.values.push((name.to_string(), bound.text(self.module)));
        }
        hit.is_whole_node = whole;
        hit.bytes = Some(found.bytes);
        hit
    }

    pub(super) fn find(&mut self, formula: &Formula, domain: &Domain) -> Vec<Found> {
        match formula {
            Formula::Pattern(pattern) => self.pattern(pattern, domain),
            Formula::Regex(regex) => self.regex(regex, domain),
            Formula::Inside(inner) => {
                let found = self.find(inner, domain).into_iter();
                found.map(|found| Found { kind: FoundBy::Inside, ..found }).collect()
            }
            Formula::Either(formulas) => {
                formulas.iter().flat_map(|formula| self.find(formula, domain)).collect()
            }
            Formula::All(all) => self.all(all, domain, None),
        }
    }

    /// `around`, where given, is a place that all must lie in.
    pub(super) fn all(&mut self, all: &All, domain: &Domain, around: Option<Found>) -> Vec<Found> {
        let mut positives = all.positives.iter();
        let everywhere = match around {
            Some(_) => domain.clone(),
            None => Domain { nodes: None, ..domain.clone() },
        };
        let mut found = match around {
            Some(around) => vec![around],
            None => positives.next().map(|first| self.find(first, domain)).unwrap_or_default(),
        };
        for formula in positives {
            if found.is_empty() {
                return found;
            }
            let others = match formula {
                Formula::Inside(_) => self.find(formula, &self.around(&found, domain)),
                _ => self.find(formula, &everywhere),
            };
            found = intersect(&found, &others, self.module, &mut self.steps);
        }
        for formula in &all.negatives {
            if found.is_empty() {
                return found;
            }
            let taken = match formula {
                Formula::Inside(_) => self.find(formula, &self.around(&found, domain)),
                Formula::Pattern(_) => self.find(formula, &self.at(&found, domain)),
                _ => self.find(formula, &everywhere),
            };
            found = without(found, &taken, self.module, &mut self.steps);
        }
        let mut kept = Vec::new();
        for one in found {
            kept.extend(self.conditions(&all.conditions, one));
        }
        all.focus.iter().fold(kept, |found, names| self.focus(found, names))
    }

    /// What encloses these matches, and the statements before those: a run of statements may begin there.
    fn around(&self, found: &[Found], domain: &Domain) -> Domain {
        let tree = self.module.tree();
        let mut nodes = BTreeSet::new();
        let mut last_in: BTreeMap<NodeId, NodeId> = BTreeMap::new();
        for found in found {
            for node in std::iter::once(found.node).chain(tree.ancestors(found.node)) {
                if !nodes.insert(node) {
                    break;
                }
                if let Some(block) = tree.parent(node).filter(|parent| is_block(tree.kind(*parent))) {
                    let last = last_in.entry(block).or_insert(node);
                    *last = node.max(*last);
                }
            }
        }
        for (block, last) in last_in {
            nodes.extend(tree.named_children(block).take_while(|sibling| *sibling < last));
        }
        nodes.extend(found.iter().flat_map(|found| self.same_place(found)));
        Domain { nodes: Some(nodes.into_iter().collect()), ..domain.clone() }
    }

    /// The nodes that begin where these matches begin.
    fn at(&self, found: &[Found], domain: &Domain) -> Domain {
        let nodes: BTreeSet<NodeId> = found.iter().flat_map(|found| self.same_place(found)).collect();
        Domain { nodes: Some(nodes.into_iter().collect()), ..domain.clone() }
    }

    fn same_place(&self, found: &Found) -> Vec<NodeId> {
        let tree = self.module.tree();
        let start = found.bytes.start;
        let outer = tree.ancestors(found.node).take_while(|node| tree.range(*node).start == start);
        let below = std::iter::successors(Some(found.node), |node| tree.children(*node).next());
        let inner = below.take_while(|node| tree.range(*node).start == start);
        let definition = tree.child(found.node, Field::Definition);
        outer.chain(inner).chain(definition).collect()
    }

    fn pattern(&mut self, pattern: &Pattern, domain: &Domain) -> Vec<Found> {
        let starts = &pattern.starts;
        let mut found = Vec::new();
        match &domain.nodes {
            Some(nodes) => {
                for node in nodes.iter().filter(|node| starts.admits(self.module, **node)) {
                    self.attempt(pattern, *node, &mut found);
                }
            }
            None => {
                for node in self.module.tree().nodes().filter(|node| starts.admits(self.module, *node)) {
                    self.attempt(pattern, node, &mut found);
                }
            }
        }
        found.retain(|found| domain.text.start <= found.bytes.start && found.bytes.end <= domain.text.end);
        unique(found)
    }

    fn attempt(&mut self, pattern: &Pattern, node: NodeId, found: &mut Vec<Found>) {
        if self.steps == 0 {
            return;
        }
        let module = self.module;
        let tree = module.tree();
        let mut matcher = Matcher::new(module, self.settings);
        let first = found.len();
        match &pattern.shape {
            Shape::One(_) if is_wrapper(tree.kind(node)) => return,
            Shape::One(_) if self.settings.written_names && is_decorator(module, node) => return,
            Shape::One(part) => {
                let place = whole(module, part, node);
                let bytes = tree.range(place);
                let _ = matcher.root(part, node, &mut |matcher| {
                    add(found, first, (bytes.clone(), place), &matcher.bindings)
                });
            }
            Shape::Sequence(parts) => {
                let Some(place) = statement(module, node) else { return };
                let start = tree.range(place).start;
                let _ = matcher.run(parts, place, &mut |matcher| {
                    add(found, first, (start..matcher.reach.max(start), place), &matcher.bindings)
                });
            }
        }
        self.steps = self.steps.saturating_sub(matcher.spent());
    }

    fn regex(&mut self, regex: &Expression, domain: &Domain) -> Vec<Found> {
        let source = self.module.source().text();
        let text = source.get(domain.text.clone()).unwrap_or_default();
        let mut all = Vec::new();
        for caught in regex.find_all(text, MOST).into_iter().filter(|caught| !caught.bytes.is_empty()) {
            let offset = domain.text.start;
            let bytes = caught.bytes.start + offset..caught.bytes.end + offset;
            let mut bindings = Bindings::default();
            for (name, group) in caught.groups {
                bindings.push(&name.into(), Bound::text_of(&text[group]));
            }
            let node = self.module.tree().smallest_at(bytes.clone());
            all.push(Found { bytes, node, kind: FoundBy::Regex, bindings });
        }
        self.steps = self.steps.saturating_sub(u32::try_from(all.len()).unwrap_or(u32::MAX));
        all
    }

    /// The places of the metavariables instead of the whole matches.
    fn focus(&self, found: Vec<Found>, names: &[String]) -> Vec<Found> {
        let mut focused = Vec::new();
        for found in found {
            for bound in names.iter().filter_map(|name| found.bindings.get(name)) {
                let (Some(bytes), Some(node)) = (bound.bytes(self.module), bound.node()) else { continue };
                focused.push(Found { bytes, node, ..found.clone() });
            }
        }
        focused
    }
}

/// Adds a way to match; answers whether there are enough.
fn add(
    found: &mut Vec<Found>,
    first: usize,
    (bytes, node): (Range<usize>, NodeId),
    bindings: &Bindings,
) -> bool {
    let one = Found { bytes, node, kind: FoundBy::Pattern, bindings: bindings.clone() };
    if !found[first..].contains(&one) {
        found.push(one);
    }
    found.len() - first >= WAYS
}

pub(super) fn is_block(kind: Kind) -> bool {
    matches!(kind, Kind::Block | Kind::Module)
}

/// A definition is matched with its decorators.
fn whole(module: &Module, part: &Part, node: NodeId) -> NodeId {
    let tree = module.tree();
    let decorated = tree.parent(node).filter(|parent| tree.kind(*parent) == Kind::DecoratedDefinition);
    match part {
        Part::Function(_) | Part::Class(_) => decorated.unwrap_or(node),
        _ => node,
    }
}

/// The statement at which a run of statements begins that begins at this node.
fn statement(module: &Module, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    if is_block(tree.kind(node)) {
        return tree.named_children(node).next();
    }
    let own = std::iter::once(node).chain(tree.parent(node));
    own.into_iter().find(|node| tree.parent(*node).is_some_and(|parent| is_block(tree.kind(parent))))
}
