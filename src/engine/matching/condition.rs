//! What a match must satisfy besides its place: the text, type and value of what its metavariables stand for.

use std::sync::Arc;

use crate::engine::python::{Constant, LOCAL, Module, NodeId, Types};
use crate::engine::{Limits, Source};

use super::binding::Bound;
use super::expression::Expression;
use super::formula::{Condition, Content, Formula};
use super::found::{Found, FoundBy};
use super::name::is_type;
use super::search::{Domain, Search};

impl Search<'_> {
    /// The match if all conditions hold, once for each way in which they bind further metavariables.
    pub(super) fn conditions(&mut self, conditions: &[Condition], found: Found) -> Vec<Found> {
        let mut all = vec![found];
        for condition in conditions {
            all = all.into_iter().flat_map(|found| self.condition(condition, found)).collect();
        }
        all
    }

    fn condition(&mut self, condition: &Condition, found: Found) -> Vec<Found> {
        self.steps = self.steps.saturating_sub(1);
        let holds = match condition {
            Condition::Regex { name, regex, value } => self.has_text(&found, name, regex, *value),
            Condition::Type { name, types } => self.has_type(&found, name, types),
            Condition::Comparison(comparison) => {
                comparison.holds(&|name| self.value(&found, name), &|name| self.text(&found, name))
            }
            Condition::Pattern { name, formula, content } => {
                return self.has_pattern(found, name, formula, *content);
            }
        };
        if holds { vec![found] } else { Vec::new() }
    }

    fn text(&self, found: &Found, name: &str) -> Option<String> {
        found.bindings.get(name).map(|bound| bound.text(self.module))
    }

    /// The constant that a metavariable stands for.
    fn value(&self, found: &Found, name: &str) -> Option<Constant> {
        match found.bindings.get(name)? {
            Bound::Node(node) => self.module.constant(*node),
            Bound::Nodes(_) => None,
            Bound::Text { text, .. } => Some(Constant::Str(text.clone())),
        }
    }

    fn has_text(&self, found: &Found, name: &str, regex: &Expression, value: bool) -> bool {
        if let Some(Constant::Str(text)) = self.value(found, name).filter(|_| value) {
            return regex.is_match(&text);
        }
        self.text(found, name).is_some_and(|text| regex.is_match(&text))
    }

    /// A name of a type itself counts as well as a value of it.
    fn has_type(&self, found: &Found, name: &str, types: &[String]) -> bool {
        let written = self.settings.written_names;
        let Some(bound) = found.bindings.get(name) else { return false };
        let node = bound.node();
        let known = match bound {
            Bound::Text { .. } => node.map(|_| "builtins.str"),
            Bound::Node(_) | Bound::Nodes(_) => node.and_then(|node| self.module.type_of(node)),
        };
        let named = node.filter(|_| written).and_then(|node| self.module.qualified_name(node));
        let named = named.filter(|named| named.starts_with("builtins.") || named.starts_with(LOCAL));
        known.or(named).is_some_and(|known| types.iter().any(|wanted| is_type(known, wanted, written)))
    }

    fn has_pattern(&mut self, found: Found, name: &str, formula: &Formula, content: Content) -> Vec<Found> {
        let Some(bound) = found.bindings.get(name).cloned() else { return Vec::new() };
        match (&bound, content) {
            (Bound::Node(_) | Bound::Nodes(_), Content::Code) => self.in_code(found, &bound, formula),
            (bound, content) => {
                let text = match (content, bound) {
                    (Content::Python, Bound::Node(node)) => match self.module.constant(*node) {
                        Some(Constant::Str(text)) => text,
                        _ => bound.text(self.module),
                    },
                    _ => bound.text(self.module),
                };
                if self.in_text(&text, formula) { vec![found] } else { Vec::new() }
            }
        }
    }

    /// What the formula finds in the metavariable's own code, with what it binds.
    fn in_code(&mut self, found: Found, bound: &Bound, formula: &Formula) -> Vec<Found> {
        let (Some(text), Some(node)) = (bound.bytes(self.module), bound.node()) else { return Vec::new() };
        let tree = self.module.tree();
        let nodes: Vec<NodeId> = match bound {
            Bound::Nodes(nodes) => nodes.iter().flat_map(|node| tree.subtree(*node)).collect(),
            Bound::Node(_) | Bound::Text { .. } => tree.subtree(node).collect(),
        };
        let domain = Domain { nodes: Some(nodes), text: text.clone() };
        let inner = match formula {
            Formula::All(all) => {
                let around =
                    Found { bytes: text, node, kind: FoundBy::Pattern, bindings: found.bindings.clone() };
                self.all(all, &domain, Some(around))
            }
            other => self.find(other, &domain),
        };
        let agree = |inner: &Found| inner.bindings.agree(&found.bindings, self.module);
        let mut all: Vec<Found> = Vec::new();
        for inner in inner.iter().filter(|inner| agree(inner)) {
            let bindings = found.bindings.joined(&inner.bindings);
            if !all.iter().any(|known| known.bindings == bindings) {
                all.push(Found { bindings, ..found.clone() });
            }
        }
        all
    }

    /// Whether the formula finds something in a text read as Python. What it binds there belongs to another file.
    fn in_text(&mut self, text: &str, formula: &Formula) -> bool {
        let limits = Limits::default();
        let source = Source::decode(self.module.source().path(), text.as_bytes(), &limits);
        let parsed = source.and_then(|source| Module::parse(source, &limits, Arc::new(Types::default())));
        let Ok(module) = parsed else { return false };
        let mut search = Search { module: &module, settings: self.settings, steps: self.steps };
        let domain = search.whole();
        let found = match formula {
            Formula::All(all) => {
                let bytes = domain.text.clone();
                let around =
                    Found { bytes, node: NodeId::ROOT, kind: FoundBy::Pattern, bindings: Default::default() };
                search.all(all, &domain, Some(around))
            }
            other => search.find(other, &domain),
        };
        let (any, left) = (!found.is_empty(), search.steps);
        self.steps = left.saturating_sub(10);
        any
    }
}
