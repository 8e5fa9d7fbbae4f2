//! What the methods of a class do with the attributes of its instances: who reads, replaces, changes and walks over
//! `self.x`, and where.

use std::collections::BTreeMap;

use super::Module;
use super::class::ClassId;
use super::function::FunctionId;
use super::kind::{Field, Kind};
use super::names::Name;
use super::tree::NodeId;

/// What is done with an attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum AccessKind {
    Read,
    /// `self.x = value`, the value not computed from `self.x`.
    Write,
    /// `self.x += 1`, `self.x = self.x + 1`.
    Update,
    Delete,
    /// `self.x[k]`, `k in self.x`, `len(self.x)`.
    Look,
    /// `self.x[k] = value`, `del self.x[k]`.
    SetElement,
    /// `self.x[k] += 1`, `self.x[k] = self.x.get(k) + 1`.
    UpdateElement,
    /// A loop, a comprehension, or a call that walks over all of it: `list(self.x)`, `sum(self.x.values())`.
    Iterate,
    /// `self.x.method(...)`: ask [`Access::method`] which.
    Call,
}

/// One use of `self.x` or `cls.x`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Access {
    /// The `self.x` node.
    pub node: NodeId,
    /// The method whose `self` it is.
    pub by: FunctionId,
    pub kind: AccessKind,
    /// For a call, the name of the method that is called on the attribute.
    pub method: Option<NodeId>,
}

impl Module {
    /// All uses of attributes through `self` or `cls` in the methods of a class, nested functions included, by
    /// attribute and in the order of the text.
    pub fn accesses(&self, class: ClassId) -> BTreeMap<Name, Vec<Access>> {
        let mut accesses: BTreeMap<Name, Vec<Access>> = BTreeMap::new();
        for node in self.tree().descendants(self.class(class).node) {
            if let Some((name, access)) = self.access(node, class) {
                accesses.entry(name).or_default().push(access);
            }
        }
        accesses
    }

    fn access(&self, node: NodeId, class: ClassId) -> Option<(Name, Access)> {
        let tree = self.tree();
        if tree.kind(node) != Kind::Attribute {
            return None;
        }
        let object =
            tree.child(node, Field::Object).filter(|object| tree.kind(*object) == Kind::Identifier)?;
        let receiver = self.names().get(self.text(object))?;
        let (by, owner) = self.found.receiver(self.scope_of(object), receiver)?;
        let name = self.names().get(self.text(tree.child(node, Field::Attribute)?))?;
        let (kind, method) = self.access_kind(node);
        (owner == class).then_some((name, Access { node, by, kind, method }))
    }

    fn access_kind(&self, node: NodeId) -> (AccessKind, Option<NodeId>) {
        let tree = self.tree();
        let Some(parent) = tree.parent(node) else { return (AccessKind::Read, None) };
        let field = tree.field(node);
        match tree.kind(parent) {
            Kind::Subscript if field == Field::Value => (self.element_kind(parent, node), None),
            Kind::Attribute if field == Field::Object => self.call_kind(parent),
            _ if self.is_target(node) => (self.target_kind(node, node), None),
            Kind::ForStatement | Kind::ForInClause if field == Field::Right => (AccessKind::Iterate, None),
            Kind::ListSplat | Kind::DictionarySplat => (AccessKind::Iterate, None),
            Kind::ArgumentList => (self.argument_kind(parent), None),
            Kind::ComparisonOperator if self.is_searched(parent, node) => (AccessKind::Look, None),
            _ => (AccessKind::Read, None),
        }
    }

    fn element_kind(&self, subscript: NodeId, attribute: NodeId) -> AccessKind {
        if !self.is_target(subscript) {
            return AccessKind::Look;
        }
        match self.target_kind(subscript, attribute) {
            AccessKind::Update => AccessKind::UpdateElement,
            _ => AccessKind::SetElement,
        }
    }

    /// `self.x.method`: called, and perhaps walked over; else only read.
    fn call_kind(&self, member: NodeId) -> (AccessKind, Option<NodeId>) {
        let tree = self.tree();
        let call = tree
            .parent(member)
            .filter(|call| tree.kind(*call) == Kind::Call && tree.field(member) == Field::Function);
        let (Some(call), Some(method)) = (call, tree.child(member, Field::Attribute)) else {
            return (AccessKind::Read, None);
        };
        let is_view = matches!(self.text(method), "values" | "items" | "keys" | "copy");
        let walked = tree.parent(call).is_some_and(|parent| match tree.kind(parent) {
            Kind::ForStatement | Kind::ForInClause => tree.field(call) == Field::Right,
            Kind::ArgumentList => self.argument_kind(parent) == AccessKind::Iterate,
            _ => false,
        });
        let kind = if is_view && walked { AccessKind::Iterate } else { AccessKind::Call };
        (kind, Some(method))
    }

    fn argument_kind(&self, arguments: NodeId) -> AccessKind {
        let callee = self.tree().parent(arguments).and_then(|call| self.callee(call));
        match callee.and_then(|path| path.strip_prefix("builtins.")) {
            Some(
                "list" | "tuple" | "set" | "frozenset" | "dict" | "sorted" | "sum" | "min" | "max" | "any"
                | "all" | "map" | "filter" | "enumerate" | "zip" | "reversed",
            ) => AccessKind::Iterate,
            Some("len" | "bool") => AccessKind::Look,
            _ => AccessKind::Read,
        }
    }

    /// Whether an expression is assigned to or deleted.
    fn is_target(&self, node: NodeId) -> bool {
        let tree = self.tree();
        let mut inner = node;
        for parent in tree.ancestors(node) {
            match tree.kind(parent) {
                Kind::Assignment | Kind::AugmentedAssignment | Kind::ForStatement | Kind::ForInClause => {
                    return tree.field(inner) == Field::Left;
                }
                Kind::DeleteStatement | Kind::AsPatternTarget => return true,
                Kind::PatternList
                | Kind::TuplePattern
                | Kind::ListPattern
                | Kind::ListSplatPattern
                | Kind::ExpressionList => inner = parent,
                _ => return false,
            }
        }
        false
    }

    /// What the statement does to its target, `attribute` being `self.x` itself or the collection of the element.
    fn target_kind(&self, target: NodeId, attribute: NodeId) -> AccessKind {
        let tree = self.tree();
        let statement = tree.parent(target).unwrap_or(target);
        match tree.kind(statement) {
            Kind::AugmentedAssignment => AccessKind::Update,
            Kind::DeleteStatement => AccessKind::Delete,
            Kind::Assignment => {
                let path = self.text(attribute);
                let value = tree.child(statement, Field::Right);
                let mut parts = value.into_iter().flat_map(|value| tree.subtree(value));
                let from_itself =
                    parts.any(|part| tree.kind(part) == Kind::Attribute && self.text(part) == path);
                if from_itself { AccessKind::Update } else { AccessKind::Write }
            }
            _ => AccessKind::Write,
        }
    }

    /// `k in self.x`: the attribute is what is searched.
    fn is_searched(&self, comparison: NodeId, node: NodeId) -> bool {
        let tree = self.tree();
        let operators = tree.children(comparison).filter(|part| tree.field(*part) == Field::Operators);
        let searches = operators.into_iter().any(|part| matches!(self.text(part), "in" | "not in"));
        searches && tree.first_named(comparison) != Some(node)
    }
}
