//! Finding: patterns in Semgrep's syntax, native analyses behind the same door, and one walk for all rules together.

mod binding;
mod call;
mod dispatch;
mod formula;
mod hit;
mod matcher;
mod pattern;
mod placeholder;
mod snippet;
mod starts;
pub(crate) mod tokens;

use super::analysis::Analysis;
use super::python::{Module, NodeId};

pub(crate) use dispatch::Dispatch;
pub use formula::{All, Condition, Formula, Unfit};
pub use hit::Hit;
pub use pattern::{Pattern, PatternError};
pub use starts::Starts;

/// How one rule finds.
#[derive(Debug)]
pub enum Finder {
    Pattern(Formula),
    Analysis(Analysis),
}

impl Finder {
    /// The names it gives to the holes of the rule's texts.
    pub(crate) fn names(&self) -> Vec<String> {
        match self {
            Finder::Pattern(formula) => formula.names(),
            Finder::Analysis(analysis) => analysis.names.iter().map(|name| (*name).to_owned()).collect(),
        }
    }

    fn starts(&self) -> Starts {
        match self {
            Finder::Pattern(formula) => Starts::of(formula),
            Finder::Analysis(analysis) => analysis.starts.clone(),
        }
    }

    /// Tries the nodes where it starts, given in the order of the text.
    pub(crate) fn find(&self, module: &Module, nodes: &[NodeId], hits: &mut Vec<Hit>) {
        match self {
            Finder::Pattern(formula) => {
                hits.extend(nodes.iter().filter_map(|node| formula.find(module, *node)))
            }
            Finder::Analysis(analysis) => (analysis.run)(module, nodes, hits),
        }
    }
}

#[cfg(test)]
mod tests;
