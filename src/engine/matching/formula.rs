//! Patterns combined: any of, all of, and what narrows a match.

use regex::Regex;

use crate::engine::python::{Module, NodeId};

use super::binding::Bound;
use super::hit::Hit;
use super::matcher::{Matcher, Then};
use super::pattern::Pattern;

/// How a rule finds by patterns.
#[derive(Debug)]
pub enum Formula {
    Pattern(Pattern),
    Either(Vec<Formula>),
    All(All),
}

/// Everything that finds must find the same place, and every condition must hold there.
#[derive(Debug)]
pub struct All {
    positives: Vec<Formula>,
    conditions: Vec<Condition>,
}

/// What narrows a match.
#[derive(Debug)]
pub enum Condition {
    Inside(Pattern),
    NotInside(Pattern),
    Not(Pattern),
    /// The text of the metavariable matches.
    Regex {
        name: String,
        regex: Regex,
    },
    /// The value of the metavariable has one of these types.
    Type {
        name: String,
        types: Vec<String>,
    },
    /// Report the metavariable's place instead of the whole match.
    Focus(String),
}

/// Why parts do not combine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing in it finds.
    OnlyNarrows,
    /// The condition of this index speaks of a metavariable that nothing binds.
    Unbound { condition: usize, name: String },
}

impl All {
    pub fn new(positives: Vec<Formula>, mut conditions: Vec<Condition>) -> Result<All, Unfit> {
        if positives.is_empty() {
            return Err(Unfit::OnlyNarrows);
        }
        let bound = names_of_all(&positives, &conditions);
        for (condition, written) in conditions.iter().enumerate() {
            if let Some(name) = written.speaks_of().filter(|name| !bound.iter().any(|known| known == name)) {
                return Err(Unfit::Unbound { condition, name: name.to_owned() });
            }
        }
        // What binds goes first, what looks at bindings last; otherwise the author's order.
        conditions.sort_by_key(Condition::rank);
        Ok(All { positives, conditions })
    }
}

impl Condition {
    fn speaks_of(&self) -> Option<&str> {
        match self {
            Condition::Regex { name, .. } | Condition::Type { name, .. } | Condition::Focus(name) => {
                Some(name)
            }
            Condition::Inside(_) | Condition::NotInside(_) | Condition::Not(_) => None,
        }
    }

    fn rank(&self) -> u8 {
        match self {
            Condition::Inside(_) => 0,
            Condition::Regex { .. } | Condition::Type { .. } => 1,
            Condition::Not(_) | Condition::NotInside(_) => 2,
            Condition::Focus(_) => 3,
        }
    }
}

fn names_of_all(positives: &[Formula], conditions: &[Condition]) -> Vec<String> {
    let mut names: Vec<String> = positives.iter().flat_map(Formula::names).collect();
    for condition in conditions {
        if let Condition::Inside(pattern) = condition {
            names.extend(pattern.names().map(str::to_owned));
        }
    }
    names
}

impl Formula {
    /// The metavariables that every match binds.
    pub fn names(&self) -> Vec<String> {
        match self {
            Formula::Pattern(pattern) => pattern.names().map(str::to_owned).collect(),
            Formula::All(all) => names_of_all(&all.positives, &all.conditions),
            Formula::Either(formulas) => {
                let mut common: Option<Vec<String>> = None;
                for names in formulas.iter().map(Formula::names) {
                    common = Some(match common {
                        None => names,
                        Some(common) => common.into_iter().filter(|name| names.contains(name)).collect(),
                    });
                }
                common.unwrap_or_default()
            }
        }
    }

    /// The patterns that a match begins with, in the order of the rule.
    pub(super) fn beginnings(&self) -> Vec<&Pattern> {
        match self {
            Formula::Pattern(pattern) => vec![pattern],
            Formula::Either(formulas) => formulas.iter().flat_map(Formula::beginnings).collect(),
            Formula::All(all) => all.positives.first().map(Formula::beginnings).unwrap_or_default(),
        }
    }

    /// Whether the rule's match begins at `node`.
    pub(super) fn find(&self, module: &Module, node: NodeId) -> Option<Hit> {
        let mut matcher = Matcher::new(module);
        if !matcher.formula(self, node, &mut |_| true) {
            return None;
        }
        let mut hit = Hit::at(matcher.focus.unwrap_or(node));
        for (name, bound) in matcher.bindings.iter() {
            hit.values.push((name.to_owned(), bound.text(module)));
        }
        Some(hit)
    }
}

impl<'m> Matcher<'m> {
    fn formula(&mut self, formula: &Formula, node: NodeId, then: Then<'_, 'm>) -> bool {
        match formula {
            Formula::Pattern(pattern) => self.pattern(pattern, node, then),
            Formula::Either(formulas) => formulas.iter().any(|formula| self.formula(formula, node, then)),
            Formula::All(all) => self.positives(&all.positives, node, &mut |matcher| {
                matcher.conditions(&all.conditions, node, then)
            }),
        }
    }

    fn positives(&mut self, formulas: &[Formula], node: NodeId, then: Then<'_, 'm>) -> bool {
        let Some((formula, later)) = formulas.split_first() else { return then(self) };
        self.formula(formula, node, &mut |matcher| matcher.positives(later, node, then))
    }

    fn conditions(&mut self, conditions: &[Condition], node: NodeId, then: Then<'_, 'm>) -> bool {
        let Some((condition, later)) = conditions.split_first() else { return then(self) };
        if let Condition::Inside(pattern) = condition {
            return self.inside(pattern, node, &mut |matcher| matcher.conditions(later, node, then));
        }
        self.condition(condition, node) && self.conditions(later, node, then)
    }

    fn condition(&mut self, condition: &Condition, node: NodeId) -> bool {
        match condition {
            Condition::Inside(pattern) => self.inside(pattern, node, &mut |_| true),
            Condition::NotInside(pattern) => {
                !self.without_trace(|matcher| matcher.inside(pattern, node, &mut |_| true))
            }
            Condition::Not(pattern) => !self.holds(pattern, node),
            Condition::Regex { name, regex } => {
                let text = self.bindings.get(name).map(|bound| bound.text(self.module));
                text.is_some_and(|text| regex.is_match(&text))
            }
            Condition::Type { name, types } => self.has_type(name, types),
            Condition::Focus(name) => {
                self.focus = self.bindings.get(name).and_then(Bound::node);
                true
            }
        }
    }

    fn inside(&mut self, pattern: &Pattern, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        tree.ancestors(node).any(|outer| self.encloses(pattern, outer, node, then))
    }

    fn has_type(&self, name: &str, types: &[String]) -> bool {
        let node = self.bindings.get(name).and_then(Bound::node);
        let known = node.and_then(|node| self.module.type_of(node)).map(|known| known.to_string());
        known.is_some_and(|known| types.contains(&known))
    }
}
