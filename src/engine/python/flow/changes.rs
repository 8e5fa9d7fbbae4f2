//! What changes on the way: variables bound anew, attributes and elements assigned, and what other code may have
//! done meanwhile.

use std::collections::HashSet;

use super::super::kind::{Field, Kind};
use super::Flow;
use super::conditions::Certainty;
use super::graph::{PointId, Step};
use super::mention::{Mention, Variable};

#[derive(Default)]
pub(super) struct Changes<'m> {
    variables: HashSet<Variable>,
    /// The attributes that were assigned, and the collections an element of which was, as written.
    stored: HashSet<&'m str>,
    /// The objects a method of which was called.
    called: HashSet<&'m str>,
    suspended: bool,
}

impl<'m> Changes<'m> {
    pub(super) fn add(&mut self, flow: Flow<'m>, id: PointId) {
        let (module, point) = (flow.module, flow.graph().point(id));
        self.suspended |= flow.suspends_at(id);
        match point.step {
            Step::Bind(binding) | Step::Unbind(binding) => {
                let binding = module.scopes().binding(binding);
                self.variables.insert((Some(binding.scope), binding.name));
            }
            Step::Store => {
                let is_element = module.tree().kind(point.node) == Kind::Subscript;
                let base = module.tree().child(point.node, Field::Value).filter(|_| is_element);
                self.stored.insert(module.text(base.unwrap_or(point.node)));
            }
            Step::Value if module.tree().kind(point.node) == Kind::Call => {
                let callee = module.tree().child(point.node, Field::Function);
                let object = callee.and_then(|callee| module.tree().child(callee, Field::Object));
                self.called.extend(object.map(|object| module.text(object)));
            }
            _ => {}
        }
    }

    /// Whether something that is mentioned may be another now.
    pub(super) fn touch(&self, mention: &Mention, certainty: Certainty) -> bool {
        let rebound = mention.variables.iter().any(|variable| self.variables.contains(variable));
        let stored = mention.paths.iter().any(|path| self.stored.contains(path));
        let strict = certainty == Certainty::Strict;
        let called = strict && mention.paths.iter().any(|path| self.called.contains(path));
        rebound || stored || called || strict && mention.shared && self.suspended
    }
}
