//! What encloses a node: function, class, statement, loop, `try`, `with`; and what in the file is broken.

use super::class::ClassId;
use super::function::FunctionId;
use super::kind::{Field, Kind};
use super::scope::{ScopeId, ScopeKind};
use super::tree::NodeId;
use super::{Function, Module};

impl Module {
    /// The innermost `def` or `lambda` whose body the node is evaluated in.
    pub fn enclosing_function(&self, node: NodeId) -> Option<FunctionId> {
        self.scopes_around(node).find_map(|scope| match self.scopes().get(scope).kind {
            ScopeKind::Function(id) => Some(id),
            ScopeKind::Module | ScopeKind::Class(_) | ScopeKind::Comprehension => None,
        })
    }

    /// The innermost `def`: lambdas are looked through.
    pub fn enclosing_def(&self, node: NodeId) -> Option<(FunctionId, &Function)> {
        self.scopes_around(node).find_map(|scope| match self.scopes().get(scope).kind {
            ScopeKind::Function(id) => Some((id, self.function(id))).filter(|(_, def)| def.name.is_some()),
            ScopeKind::Module | ScopeKind::Class(_) | ScopeKind::Comprehension => None,
        })
    }

    /// Whether the node runs in a coroutine: its innermost function is an `async def`.
    pub fn in_async(&self, node: NodeId) -> bool {
        self.enclosing_function(node).is_some_and(|id| self.function(id).is_async)
    }

    /// The innermost class around the node, functions looked through.
    pub fn enclosing_class(&self, node: NodeId) -> Option<ClassId> {
        self.scopes_around(node).find_map(|scope| match self.scopes().get(scope).kind {
            ScopeKind::Class(id) => Some(id),
            ScopeKind::Module | ScopeKind::Function(_) | ScopeKind::Comprehension => None,
        })
    }

    fn scopes_around(&self, node: NodeId) -> impl Iterator<Item = ScopeId> {
        std::iter::successors(Some(self.scope_of(node)), |scope| self.scopes().get(*scope).parent)
    }

    /// `Class › method`, empty at module level. A definition's own header belongs to it.
    pub fn symbol_path(&self, node: NodeId) -> String {
        self.found.symbol_of_scope(self.definition_scope(node), " › ")
    }

    fn definition_scope(&self, node: NodeId) -> ScopeId {
        let header = std::iter::once(node).chain(self.tree().ancestors(node));
        for node in header {
            let definition = match self.tree().kind(node) {
                Kind::DecoratedDefinition => self.tree().child(node, Field::Definition),
                Kind::FunctionDefinition | Kind::ClassDefinition => Some(node),
                Kind::Block | Kind::Module => break,
                _ => None,
            };
            if let Some(scope) = definition.and_then(|node| self.scopes().made_by.get(&node)) {
                return *scope;
            }
        }
        self.scope_of(node)
    }

    /// The statement that the node is part of, the node itself where it is one. A compound statement for its
    /// header, the decorated definition for a decorator.
    pub fn statement_of(&self, node: NodeId) -> NodeId {
        let mut current = node;
        while let Some(parent) = self.tree().parent(current) {
            if matches!(self.tree().kind(parent), Kind::Block | Kind::Module) {
                return current;
            }
            current = parent;
        }
        current
    }

    /// The ancestors within the innermost function: the walk stops before its definition.
    pub fn ancestors_in_function(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let boundary = |node: &NodeId| {
            !matches!(
                self.tree().kind(*node),
                Kind::FunctionDefinition | Kind::Lambda | Kind::ClassDefinition
            )
        };
        self.tree().ancestors(node).take_while(boundary)
    }

    /// The innermost `for`, `while` or comprehension of the same function that repeats the node.
    pub fn enclosing_loop(&self, node: NodeId) -> Option<NodeId> {
        let path = std::iter::once(node).chain(self.ancestors_in_function(node));
        path.filter_map(|part| Some((part, self.tree().parent(part)?))).find_map(|(part, parent)| {
            let field = self.tree().field(part);
            let repeats = match self.tree().kind(parent) {
                Kind::ForStatement => field == Field::Body,
                Kind::WhileStatement => matches!(field, Field::Body | Field::Condition),
                Kind::ListComprehension
                | Kind::SetComprehension
                | Kind::DictionaryComprehension
                | Kind::GeneratorExpression => true,
                _ => false,
            };
            repeats.then_some(parent)
        })
    }

    /// The `try` statements of the same function whose body holds the node, innermost first.
    pub fn enclosing_tries(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let path = std::iter::once(node).chain(self.ancestors_in_function(node));
        path.filter(|part| self.tree().field(*part) == Field::Body)
            .filter_map(|part| self.tree().parent(part))
            .filter(|parent| self.tree().kind(*parent) == Kind::TryStatement)
    }

    /// The `with_item`s of the same function whose body holds the node, innermost statement first.
    pub fn enclosing_with_items(&self, node: NodeId) -> impl Iterator<Item = NodeId> {
        let path = std::iter::once(node).chain(self.ancestors_in_function(node));
        path.filter(|part| self.tree().field(*part) == Field::Body)
            .filter_map(|part| self.tree().parent(part))
            .filter(|parent| self.tree().kind(*parent) == Kind::WithStatement)
            .flat_map(|with| self.tree().child_of_kind(with, Kind::WithClause))
            .flat_map(|clause| self.tree().named_children(clause))
            .filter(|item| self.tree().kind(*item) == Kind::WithItem)
    }

    /// Whether a statement or clause starts with `async`.
    pub fn is_async(&self, node: NodeId) -> bool {
        self.tree().children(node).next().is_some_and(|token| self.text(token) == "async")
    }

    /// Whether the node stands in a function that contains a syntax error, or in a broken place of the module:
    /// nothing is concluded from such code.
    pub fn in_broken_code(&self, node: NodeId) -> bool {
        let tree = self.tree();
        let mut around = std::iter::once(node).chain(tree.ancestors(node));
        around.any(|part| match tree.kind(part) {
            Kind::Error => true,
            Kind::FunctionDefinition => tree.has_error(part),
            _ => false,
        }) || tree.has_error(self.statement_of(node))
    }

    /// The line ranges, inclusive, that did not parse.
    pub fn broken(&self) -> Vec<(u32, u32)> {
        let tree = self.tree();
        let mut lines: Vec<(u32, u32)> = Vec::new();
        if !tree.has_error(NodeId::ROOT) {
            return lines;
        }
        for node in tree.nodes().filter(|node| tree.kind(*node) == Kind::Error || tree.is_missing(*node)) {
            let span = self.span(node);
            let (first, last) = (span.start.line, span.last_line().max(span.start.line));
            match lines.last_mut() {
                Some(open) if first <= open.1 + 1 => open.1 = open.1.max(last),
                _ => lines.push((first, last)),
            }
        }
        lines
    }

    /// Whether the file is a test by its name.
    pub fn is_test_file(&self) -> bool {
        is_test_path(self.source().path())
    }
}

/// Whether a path names a test: in a folder of tests, or a file that pytest or unittest collects.
pub fn is_test_path(path: &str) -> bool {
    let (folders, file) = path.rsplit_once('/').unwrap_or(("", path));
    let in_tests = folders.split('/').any(|folder| {
        matches!(folder, "tests" | "test" | "testing" | "__tests__" | "qa") || folder.ends_with("_tests")
    });
    let stem = file.strip_suffix(".py").or(file.strip_suffix(".pyi")).unwrap_or(file);
    in_tests
        || matches!(stem, "conftest" | "test" | "tests" | "pytest_plugin")
        || stem.starts_with("test_")
        || stem.ends_with("_test")
}
