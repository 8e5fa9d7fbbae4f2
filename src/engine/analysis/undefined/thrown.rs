//! Whether an exception plausibly leads from the statement that was to bind a name to a use of it: something there
//! really fails in practice, and the handler on the way was written for it and goes on.

use crate::engine::python::{Constant, Field, Kind, Module, Name, NodeId};

use super::super::calls;
use super::super::handler::{Breadth, Handler, own_nodes};
use super::With;

pub(super) struct Thrown<'m> {
    with: &'m With,
    module: &'m Module,
}

impl<'m> Thrown<'m> {
    pub(super) fn new(with: &'m With, module: &'m Module) -> Thrown<'m> {
        Thrown { with, module }
    }

    /// The `try` whose exception, thrown at the culprit, leads to the use.
    pub(super) fn leads(&self, culprit: NodeId, identifier: NodeId, name: Name) -> Option<NodeId> {
        let (module, tree) = (self.module, self.module.tree());
        let statement = module.statement_of(culprit);
        let body = |node: NodeId| tree.child(node, Field::Body);
        let outside = |node: &NodeId| body(*node).is_some_and(|body| !tree.contains(body, identifier));
        let around = module.enclosing_tries(culprit).find(outside)?;
        let compound = matches!(
            tree.kind(statement),
            Kind::WithStatement
                | Kind::ForStatement
                | Kind::WhileStatement
                | Kind::IfStatement
                | Kind::MatchStatement
        );
        let fails = !compound && self.fails(statement) && !self.repeats_apart(around, identifier);
        let goes_on = match self.part_around(around, identifier) {
            Some(part) if tree.kind(part) == Kind::FinallyClause => !self.binds_on_failure(around, name),
            Some(part) => self.is_meant(part, statement),
            None if self.may_leave_between(around, identifier) => false,
            None => tree.named_children(around).any(|part| {
                tree.kind(part) == Kind::ExceptClause
                    && self.is_meant(part, statement)
                    && self.comes_to_its_end(part)
                    && !self.binds(part, name)
            }),
        };
        (fails && goes_on).then_some(around)
    }

    /// The clause of the `try` that the use stands in; none where it stands behind.
    fn part_around(&self, around: NodeId, identifier: NodeId) -> Option<NodeId> {
        let tree = self.module.tree();
        tree.named_children(around).find(|part| tree.contains(*part, identifier))
    }

    /// Whether the code does something that fails now and then, as opposed to what does so only by a mistake: look-ups,
    /// getters and constructors that are given nothing, what the rule's data names.
    fn fails(&self, code: NodeId) -> bool {
        let tree = self.module.tree();
        own_nodes(self.module, code).any(|node| match tree.kind(node) {
            Kind::Await | Kind::ImportStatement | Kind::ImportFromStatement => true,
            Kind::Call => !self.is_quiet(node),
            _ => false,
        })
    }

    fn is_quiet(&self, call: NodeId) -> bool {
        let (module, tree) = (self.module, self.module.tree());
        let is_known = |name: &str| self.with.quiet.iter().any(|known| known == name);
        let callee = tree.child(call, Field::Function);
        let method = callee.and_then(|callee| tree.child(callee, Field::Attribute));
        let name = method.or(callee).map_or("", |name| module.text(name));
        let arguments = calls::arguments(module, call);
        let is_bare = arguments.positional.is_empty() && arguments.keywords.is_empty() && !arguments.open;
        module.callee(call).is_some_and(is_known)
            || method.is_some() && is_known(name)
            || is_bare && (name.starts_with("get_") || name.starts_with(char::is_uppercase))
            || name == "get" && self.is_key(arguments.positional.first().copied())
            || name == "pop" && arguments.positional.len() == 2
    }

    /// `data.get("key")` asks a mapping, as `data.pop("key", None)` does; `client.get("/path")` may go through a network.
    fn is_key(&self, argument: Option<NodeId>) -> bool {
        let constant = argument.and_then(|argument| self.module.constant(argument));
        matches!(constant, Some(Constant::Str(key)) if !key.contains('/'))
    }

    /// A handler of certain classes was written for some statement of the body: for this one where no other fails.
    fn is_meant(&self, handler: NodeId, statement: NodeId) -> bool {
        let tree = self.module.tree();
        let Some(handler) = Handler::read(self.module, handler) else { return false };
        let Some((_, guarded)) = handler.guarded(self.module) else { return false };
        let mut others = tree.named_children(guarded).filter(|other| *other != statement);
        handler.breadth(self.module) >= Breadth::Exception
            || tree.parent(statement) == Some(guarded) && !others.any(|other| self.fails(other))
    }

    /// Whether control comes out of a handler's end for all that its text tells.
    pub(super) fn comes_to_its_end(&self, handler: NodeId) -> bool {
        let tree = self.module.tree();
        !own_nodes(self.module, handler).any(|node| match tree.kind(node) {
            Kind::ReturnStatement
            | Kind::RaiseStatement
            | Kind::ContinueStatement
            | Kind::BreakStatement
            | Kind::AssertStatement
            // Who is given the failure by a generator may not ask again.
            | Kind::Yield => true,
            Kind::Call => self.may_leave(node),
            _ => false,
        })
    }

    /// A handler of all that fails in earnest gives the name a value: what is left is a cancelled task, a killed program.
    fn binds_on_failure(&self, around: NodeId, name: Name) -> bool {
        let tree = self.module.tree();
        let mut clauses = tree.named_children(around).filter(|part| tree.kind(*part) == Kind::ExceptClause);
        clauses.any(|clause| {
            let handler = Handler::read(self.module, clause);
            handler.is_some_and(|handler| handler.breadth(self.module) >= Breadth::Exception)
                && self.binds(clause, name)
        })
    }

    fn binds(&self, handler: NodeId, name: Name) -> bool {
        let tree = self.module.tree();
        let identifiers = own_nodes(self.module, handler).filter(|node| tree.kind(*node) == Kind::Identifier);
        identifiers.into_iter().any(|node| {
            let mut made = self.module.bindings_of(node).filter(|binding| binding.node == node);
            made.any(|binding| binding.name == name)
        })
    }

    /// A call whose name says that it may not come back, or a method of some base class that is no log's.
    fn may_leave(&self, call: NodeId) -> bool {
        let tree = self.module.tree();
        let Some(callee) = tree.child(call, Field::Function) else { return false };
        let text = calls::beginning(self.module, callee).to_ascii_lowercase();
        let name = calls::last(&text);
        let inherited = text.strip_prefix("self.") == Some(name) && self.module.resolve_call(call).is_none();
        let says_so = self.with.leaving.iter().any(|word| name.contains(word.as_str()));
        !text.contains("log") && (inherited || says_so)
    }

    /// Whether a statement behind the `try`, as in a loop's `else`, is a call that may not come back.
    fn may_leave_between(&self, around: NodeId, identifier: NodeId) -> bool {
        let tree = self.module.tree();
        let is_statement = |call: NodeId| {
            tree.parent(call).is_some_and(|parent| tree.kind(parent) == Kind::ExpressionStatement)
        };
        let mut between = tree.between(tree.after(around), identifier);
        between.any(|node| tree.kind(node) == Kind::Call && is_statement(node) && self.may_leave(node))
    }

    /// Whether a loop that the `try` is no part of repeats the use: it may well run only where all went well.
    fn repeats_apart(&self, around: NodeId, identifier: NodeId) -> bool {
        let tree = self.module.tree();
        let mut enclosing = self.module.ancestors_in_function(identifier);
        enclosing.any(|node| {
            matches!(tree.kind(node), Kind::ForStatement | Kind::WhileStatement)
                && !tree.contains(node, around)
                && node > around
        })
    }
}
