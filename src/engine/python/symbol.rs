//! Where in the file's outline something stands: `Class › method`.

use super::collect::Collected;
use super::scope::{ScopeId, ScopeKind};

impl Collected {
    /// The names of the scopes from the module down to this one. Lambdas and comprehensions have none.
    pub(super) fn symbol_of_scope(&self, scope: ScopeId, separator: &str) -> String {
        let mut segments: Vec<&str> = Vec::new();
        let mut current = Some(scope);
        while let Some(id) = current {
            let scope = self.scopes.get(id);
            let name = match scope.kind {
                ScopeKind::Class(id) => Some(self.classes[id.0 as usize].name),
                ScopeKind::Function(id) => self.functions[id.0 as usize].name,
                ScopeKind::Module | ScopeKind::Comprehension => None,
            };
            segments.extend(name.map(|name| self.names.text(name)));
            current = scope.parent;
        }
        segments.reverse();
        segments.join(separator)
    }
}
