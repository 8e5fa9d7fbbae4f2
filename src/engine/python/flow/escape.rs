//! Where a local value flows out of its function: whoever has it then may release it, change it, keep it.

use super::super::Module;
use super::super::binding::BindingId;
use super::super::kind::{Field, Kind};
use super::super::scope::ScopeKind;
use super::super::tree::NodeId;

/// How a value gets out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Way {
    Returned,
    Yielded,
    Raised,
    /// Into an attribute, an element, or a variable of another scope.
    Stored,
    /// As an argument of a call.
    Passed,
    /// A `with` takes it over.
    Entered,
    /// A nested function or lambda uses the variable.
    Captured,
}

/// One way out of a value, and the node that shows it: the identifier at its beginning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Escape {
    pub at: NodeId,
    pub way: Way,
}

/// Bindings followed for one question, aliases included.
const ALIASES: usize = 16;

/// What the surroundings of an expression do with its value.
enum Fate {
    Out(Way),
    /// Another local name is given the value.
    Alias(NodeId),
    Stays,
}

impl Module {
    /// Where the value that a binding gives a local name flows out of the function, in the order of the text. Values
    /// taken from it (an attribute, the result of a method) are others.
    pub fn escapes(&self, binding: BindingId) -> Vec<Escape> {
        let mut found = Vec::new();
        let (mut open, mut seen) = (vec![binding], Vec::new());
        while let Some(binding) = open.pop().filter(|_| seen.len() < ALIASES) {
            if seen.contains(&binding) {
                continue;
            }
            seen.push(binding);
            for identifier in self.reads_of(binding) {
                if self.flow_of(identifier).function
                    != self.flow_of(self.scopes().binding(binding).node).function
                {
                    found.push(Escape { at: identifier, way: Way::Captured });
                    continue;
                }
                match self.fate(identifier) {
                    Fate::Out(way) => found.push(Escape { at: identifier, way }),
                    Fate::Alias(target) => open.extend(self.bindings_made_in(target)),
                    Fate::Stays => {}
                }
            }
        }
        found.sort();
        found
    }

    /// The identifiers that may mean this binding.
    pub fn reads_of(&self, id: BindingId) -> Vec<NodeId> {
        let binding = self.scopes().binding(id);
        let inside = self.identifiers_in(self.scopes().get(binding.scope).node);
        let named = inside.filter(|(_, name)| *name == binding.name).map(|(node, _)| node);
        named.filter(|node| !self.is_label(*node) && self.may_mean(*node, id)).collect()
    }

    fn may_mean(&self, identifier: NodeId, id: BindingId) -> bool {
        let binding = self.scopes().binding(id);
        if self.variable(identifier) != Some((Some(binding.scope), binding.name)) {
            return false;
        }
        let flow = self.flow_of(identifier);
        if flow.function != self.flow_of(binding.node).function {
            return flow.reads(identifier).next().is_some();
        }
        flow.reaching(identifier).is_some_and(|reaching| reaching.bindings.contains(&id))
    }

    /// Climbs from a value to what uses it.
    fn fate(&self, identifier: NodeId) -> Fate {
        let tree = self.tree();
        let mut node = identifier;
        while let Some(parent) = tree.parent(node) {
            let field = tree.field(node);
            match tree.kind(parent) {
                Kind::ReturnStatement => return Fate::Out(Way::Returned),
                Kind::Lambda if field == Field::Body => return Fate::Out(Way::Returned),
                Kind::Yield => return Fate::Out(Way::Yielded),
                Kind::RaiseStatement => return Fate::Out(Way::Raised),
                Kind::WithItem => return Fate::Out(Way::Entered),
                Kind::ArgumentList => return Fate::Out(Way::Passed),
                Kind::Assignment | Kind::AugmentedAssignment if field == Field::Right => {
                    return self.fate_of_assigned(parent);
                }
                Kind::NamedExpression if field == Field::Value => {
                    return tree.child(parent, Field::Name).map_or(Fate::Stays, Fate::Alias);
                }
                Kind::ConditionalExpression
                | Kind::BooleanOperator
                | Kind::ParenthesizedExpression
                | Kind::List
                | Kind::Tuple
                | Kind::Set
                | Kind::Dictionary
                | Kind::Pair
                | Kind::ExpressionList
                | Kind::ListSplat
                | Kind::DictionarySplat
                | Kind::KeywordArgument
                | Kind::AsPattern
                | Kind::Await
                | Kind::ListComprehension
                | Kind::SetComprehension
                | Kind::DictionaryComprehension
                | Kind::GeneratorExpression => node = parent,
                _ => return Fate::Stays,
            }
        }
        Fate::Stays
    }

    fn fate_of_assigned(&self, assignment: NodeId) -> Fate {
        let Some(target) = self.tree().child(assignment, Field::Left) else { return Fate::Stays };
        if self.tree().kind(target) != Kind::Identifier {
            return Fate::Out(Way::Stored);
        }
        let scope = self.variable(target).and_then(|(scope, _)| scope);
        let is_local = scope.is_some_and(|scope| match self.scopes().get(scope).kind {
            ScopeKind::Function(id) => Some(id) == self.enclosing_function(assignment),
            ScopeKind::Comprehension => true,
            ScopeKind::Module | ScopeKind::Class(_) => false,
        });
        if is_local { Fate::Alias(target) } else { Fate::Out(Way::Stored) }
    }
}
