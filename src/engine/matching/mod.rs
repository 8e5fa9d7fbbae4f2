//! Finding: patterns in Semgrep's syntax, native analyses behind the same door, and one walk for all rules together.

mod binding;
mod block;
mod budget;
mod call;
mod collection;
mod comparison;
mod comparison_reader;
mod condition;
mod dispatch;
mod expression;
mod finder;
mod formula;
mod found;
mod hit;
mod import;
mod literal;
mod matcher;
mod name;
mod names;
mod paths;
mod pattern;
mod placeholder;
mod search;
mod settings;
mod snippet;
mod snippet_statement;
mod snippet_string;
mod starts;
mod statement;
pub(crate) mod tokens;
mod value;

use super::analysis::Analysis;
use super::python::{Module, NodeId};

pub use comparison::{Comparison, Number};
pub(crate) use dispatch::{Dispatch, Findings};
pub use expression::Expression;
pub use finder::{Fix, PatternFinder};
pub use formula::{All, Clause, Condition, Content, Formula, Unfit};
pub use hit::Hit;
pub use paths::Paths;
pub use pattern::{Pattern, PatternError};
pub use settings::Settings;
pub use starts::Starts;

/// How one rule finds.
#[derive(Debug)]
pub enum Finder {
    Pattern(Box<PatternFinder>),
    Analysis(Analysis),
}

impl Finder {
    /// The names it gives to the holes of the rule's texts.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Finder::Pattern(patterns) => patterns.formula.names(),
            Finder::Analysis(analysis) => analysis.names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    /// Whether the rule speaks in this file at all.
    pub(crate) fn admits(&self, path: &str) -> bool {
        match self {
            Finder::Pattern(patterns) => patterns.paths.admit(path),
            Finder::Analysis(_) => true,
        }
    }

    fn starts(&self) -> Starts {
        match self {
            Finder::Pattern(patterns) if patterns.settings.symbolic_propagation => {
                Starts::of(&patterns.formula).with_propagation()
            }
            Finder::Pattern(patterns) => Starts::of(&patterns.formula),
            Finder::Analysis(analysis) => analysis.starts.clone(),
        }
    }

    /// Tries the nodes where it starts, given in the order of the text. Answers whether it got through: a pattern that
    /// needs more steps than it has finds nothing.
    pub(crate) fn find(&self, module: &Module, nodes: &[NodeId], hits: &mut Vec<Hit>) -> bool {
        match self {
            Finder::Pattern(patterns) => patterns.find(module, nodes, hits),
            Finder::Analysis(analysis) => {
                (analysis.run)(module, nodes, hits);
                true
            }
        }
    }
}

#[cfg(test)]
mod tests;
