//! What an expression speaks of: the variables it reads and the attributes it reaches through them.

use super::super::Module;
use super::super::function::FunctionId;
use super::super::kind::{Field, Kind};
use super::super::names::Name;
use super::super::scope::{ScopeId, ScopeKind};
use super::super::tree::NodeId;

/// A variable: a name in the scope that holds it. `None` for a built-in or unknown name.
pub(super) type Variable = (Option<ScopeId>, Name);

pub(super) struct Mention<'m> {
    pub(super) variables: Vec<Variable>,
    /// `self.x` and `a.b.c` as written, and the variables' own names.
    pub(super) paths: Vec<&'m str>,
    /// Whether other code could change what it speaks of: attributes, elements, variables of other functions.
    pub(super) shared: bool,
}

impl<'m> Mention<'m> {
    pub(super) fn of(module: &'m Module, function: Option<FunctionId>, expression: NodeId) -> Mention<'m> {
        let mut mention = Mention { variables: Vec::new(), paths: Vec::new(), shared: false };
        for node in module.tree().subtree(expression) {
            match module.tree().kind(node) {
                Kind::Identifier if !module.is_label(node) => mention.variable(module, function, node),
                Kind::Attribute => {
                    mention.shared |= module.qualified_name(node).is_none();
                    mention.paths.push(module.text(node));
                }
                Kind::Subscript => mention.shared = true,
                Kind::Block => break,
                _ => {}
            }
        }
        mention
    }

    fn variable(&mut self, module: &'m Module, function: Option<FunctionId>, node: NodeId) {
        let Some(variable) = module.variable(node) else { return };
        let is_own = match variable.0.map(|scope| module.scopes().get(scope).kind) {
            Some(ScopeKind::Function(id)) => Some(id) == function,
            Some(ScopeKind::Module) => function.is_none(),
            Some(ScopeKind::Class(_) | ScopeKind::Comprehension) | None => true,
        };
        self.shared |= !is_own && module.qualified_name(node).is_none();
        self.variables.push(variable);
        self.paths.push(module.text(node));
    }
}

impl Module {
    /// Whether an identifier is only a word in another node: an attribute's or a keyword's name.
    pub fn is_label(&self, identifier: NodeId) -> bool {
        let field = self.tree().field(identifier);
        match self.tree().parent(identifier).map(|parent| self.tree().kind(parent)) {
            Some(Kind::Attribute) => field == Field::Attribute,
            Some(Kind::KeywordArgument) => field == Field::Name,
            _ => false,
        }
    }

    /// The variable that an identifier means.
    pub(super) fn variable(&self, identifier: NodeId) -> Option<Variable> {
        let name = self.names().get(self.text(identifier))?;
        Some((self.scopes().lookup(self.scope_of(identifier), name), name))
    }
}
