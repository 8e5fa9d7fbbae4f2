//! Patterns combined: any of, all of, and what narrows a match. What a formula finds is `search`'s.

use super::comparison::Comparison;
use super::expression::Expression;
use super::pattern::Pattern;

/// How a rule finds by patterns.
#[derive(Clone, Debug)]
pub enum Formula {
    Pattern(Pattern),
    /// Text that matches, wherever it stands.
    Regex(Expression),
    /// What lies in a match of the inner formula.
    Inside(Box<Formula>),
    Either(Vec<Formula>),
    All(All),
}

/// Everything that finds must find the same place, and every condition must hold there.
#[derive(Clone, Debug)]
pub struct All {
    pub(super) positives: Vec<Formula>,
    pub(super) negatives: Vec<Formula>,
    pub(super) conditions: Vec<Condition>,
    /// Each entry reports the places of its metavariables; several entries must overlap.
    pub(super) focus: Vec<Vec<String>>,
}

/// What narrows a match.
#[derive(Clone, Debug)]
pub enum Condition {
    /// The text of the metavariable matches or, if `value`, its constant value.
    Regex { name: String, regex: Expression, value: bool },
    /// The value of the metavariable has one of these types.
    Type { name: String, types: Vec<String> },
    /// The comparison is true.
    Comparison(Comparison),
    /// The formula finds something in what the metavariable stands for.
    Pattern { name: String, formula: Box<Formula>, content: Content },
}

/// As what `metavariable-pattern` reads what a metavariable stands for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Content {
    /// The code itself.
    Code,
    /// The text in a string, as Python.
    Python,
    /// Text.
    Text,
}

/// One entry of `patterns`.
#[derive(Clone, Debug)]
pub enum Clause {
    Finds(Formula),
    Excludes(Formula),
    Condition(Condition),
    Focus(Vec<String>),
}

/// Why parts do not combine.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Nothing in it finds.
    OnlyNarrows,
    /// The clause of this index speaks of a metavariable that nothing binds.
    Unbound { clause: usize, name: String },
}

impl All {
    /// Puts clauses together. Inside a `metavariable-pattern` (`nested`) the metavariable's own place is what is
    /// found, so that clauses may only narrow.
    pub fn new(clauses: Vec<Clause>, nested: bool) -> Result<All, Unfit> {
        let bound: Vec<String> = clauses.iter().flat_map(Clause::binds).collect();
        for (clause, written) in clauses.iter().enumerate() {
            if let Some(name) = written.speaks_of().into_iter().find(|name| !nested && !bound.contains(name))
            {
                return Err(Unfit::Unbound { clause, name });
            }
        }
        let mut all =
            All { positives: Vec::new(), negatives: Vec::new(), conditions: Vec::new(), focus: Vec::new() };
        clauses.into_iter().for_each(|clause| all.add(clause));
        if all.positives.is_empty() && !nested {
            return Err(Unfit::OnlyNarrows);
        }
        // What a match begins with is looked for first; what encloses it is asked of it afterwards.
        all.positives.sort_by_key(|formula| matches!(formula, Formula::Inside(_)));
        Ok(all)
    }

    fn add(&mut self, clause: Clause) {
        match clause {
            Clause::Finds(formula) => self.positives.push(formula),
            Clause::Excludes(formula) => self.negatives.push(formula),
            Clause::Condition(condition) => self.conditions.push(condition),
            Clause::Focus(names) => self.focus.push(names),
        }
    }
}

impl Clause {
    fn binds(&self) -> Vec<String> {
        match self {
            Clause::Finds(formula) => formula.names_of_any(),
            Clause::Condition(Condition::Pattern { formula, .. }) => formula.names_of_any(),
            Clause::Condition(_) | Clause::Excludes(_) | Clause::Focus(_) => Vec::new(),
        }
    }

    fn speaks_of(&self) -> Vec<String> {
        match self {
            Clause::Condition(condition) => condition.speaks_of(),
            Clause::Focus(names) => names.clone(),
            Clause::Finds(_) | Clause::Excludes(_) => Vec::new(),
        }
    }
}

impl Condition {
    fn speaks_of(&self) -> Vec<String> {
        match self {
            Condition::Regex { name, .. }
            | Condition::Type { name, .. }
            | Condition::Pattern { name, .. } => {
                vec![name.clone()]
            }
            Condition::Comparison(comparison) => comparison.names(),
        }
    }
}

impl Formula {
    /// The metavariables that every match binds.
    pub fn names(&self) -> Vec<String> {
        match self {
            Formula::Either(formulas) => {
                let each = formulas.iter().map(Formula::names);
                let both = |left: Vec<String>, right: Vec<String>| {
                    left.into_iter().filter(|name| right.contains(name)).collect()
                };
                each.reduce(both).unwrap_or_default()
            }
            Formula::All(all) => all.positives.iter().flat_map(Formula::names).collect(),
            Formula::Inside(inner) => inner.names(),
            Formula::Pattern(_) | Formula::Regex(_) => self.names_of_any(),
        }
    }

    /// The metavariables that some match binds.
    pub fn names_of_any(&self) -> Vec<String> {
        match self {
            Formula::Pattern(pattern) => pattern.names().map(str::to_owned).collect(),
            Formula::Regex(regex) => regex.groups(),
            Formula::Inside(inner) => inner.names_of_any(),
            Formula::Either(formulas) => formulas.iter().flat_map(Formula::names_of_any).collect(),
            Formula::All(all) => {
                let conditions = all.conditions.iter().filter_map(|condition| match condition {
                    Condition::Pattern { formula, .. } => Some(formula.names_of_any()),
                    Condition::Regex { .. } | Condition::Type { .. } | Condition::Comparison(_) => None,
                });
                all.positives.iter().map(Formula::names_of_any).chain(conditions).flatten().collect()
            }
        }
    }

    /// Every pattern of code in it.
    pub fn each_pattern(&self, visit: &mut dyn FnMut(&Pattern)) {
        match self {
            Formula::Pattern(pattern) => visit(pattern),
            Formula::Regex(_) => {}
            Formula::Inside(inner) => inner.each_pattern(visit),
            Formula::Either(formulas) => formulas.iter().for_each(|formula| formula.each_pattern(visit)),
            Formula::All(all) => {
                all.positives.iter().chain(&all.negatives).for_each(|formula| formula.each_pattern(visit));
            }
        }
    }

    /// The formula that is looked for first: the one that a text without it cannot match.
    pub(super) fn driver(&self) -> Vec<&Formula> {
        match self {
            Formula::Pattern(_) | Formula::Regex(_) => vec![self],
            Formula::Inside(inner) => inner.driver(),
            Formula::Either(formulas) => formulas.iter().flat_map(Formula::driver).collect(),
            Formula::All(all) => all.positives.first().map(Formula::driver).unwrap_or_default(),
        }
    }
}
