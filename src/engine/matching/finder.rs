//! A rule that finds by patterns: its formula, where it speaks, and the edit it offers.

use crate::engine::finding::{Edit, Suggestion};
use crate::engine::python::{Module, NodeId};

use super::expression::Expression;
use super::formula::Formula;
use super::hit::Hit;
use super::paths::Paths;
use super::search::Search;
use super::settings::Settings;

/// The compiled patterns of one rule.
#[derive(Clone, Debug)]
pub struct PatternFinder {
    pub formula: Formula,
    pub settings: Settings,
    /// The files in which the rule speaks.
    pub paths: Paths,
    pub fix: Option<Fix>,
    /// Names that its texts mention and nothing binds; they stay as they are written.
    pub unbound: Vec<String>,
}

/// The edit that a rule's author gives.
#[derive(Clone, Debug)]
pub enum Fix {
    /// What stands in place of the match, with metavariables.
    Text(String),
    /// What is replaced within the match; `count` 0 replaces all.
    Regex { regex: Expression, replacement: String, count: usize },
}

impl PatternFinder {
    pub fn new(formula: Formula, settings: Settings) -> PatternFinder {
        PatternFinder { formula, settings, paths: Paths::default(), fix: None, unbound: Vec::new() }
    }

    /// Answers whether the steps were enough.
    pub(super) fn find(&self, module: &Module, nodes: &[NodeId], hits: &mut Vec<Hit>) -> bool {
        let mut search = Search::new(module, &self.settings);
        for mut hit in search.hits(&self.formula, nodes) {
            hit.values.extend(self.unbound.iter().map(|name| (name.clone(), format!("${name}"))));
            hit.suggestion = self.fix.as_ref().and_then(|fix| fix.suggestion(module, &hit));
            hits.push(hit);
        }
        search.steps > 0
    }
}

impl Fix {
    fn suggestion(&self, module: &Module, hit: &Hit) -> Option<Suggestion> {
        let bytes = hit.bytes.clone()?;
        let text = module.source().text().get(bytes.clone())?;
        let replacement = match self {
            Fix::Text(template) => filled(template.trim_end_matches('\n'), hit),
            Fix::Regex { regex, replacement, count } => regex.replace(text, replacement, *count),
        };
        let changes = replacement != text;
        changes.then(|| Suggestion { edits: vec![Edit { bytes, replacement }], safe: true })
    }
}

/// The template with the metavariables' own code, line breaks included.
fn filled(template: &str, hit: &Hit) -> String {
    let mut text = String::with_capacity(template.len());
    let mut rest = template;
    while let Some(at) = rest.find('$') {
        text.push_str(&rest[..at]);
        let behind = &rest[at + 1..];
        let name = behind.strip_prefix("...").unwrap_or(behind);
        let end = name.find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'));
        let name = &name[..end.unwrap_or(name.len())];
        let length = behind.len() - behind.strip_prefix("...").unwrap_or(behind).len() + name.len();
        match hit.values.iter().find(|(known, _)| known == name) {
            Some((_, value)) => text.push_str(value),
            None => text.push_str(&rest[at..at + 1 + length]),
        }
        rest = &behind[length..];
    }
    text.push_str(rest);
    text
}
