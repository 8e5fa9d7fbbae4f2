//! Classes as they are written, and the attributes that their bodies and methods give them.

use std::collections::BTreeMap;

use super::function::{Decorator, FunctionId};
use super::names::Name;
use super::scope::ScopeId;
use super::tree::NodeId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct ClassId(pub(super) u32);

#[derive(Debug)]
pub struct Class {
    pub name: Name,
    /// The `class_definition` node.
    pub node: NodeId,
    pub decorators: Vec<Decorator>,
    /// The positional bases. Ask the module for their qualified names.
    pub bases: Vec<NodeId>,
    /// `metaclass=...` and other keywords: name and value.
    pub keywords: Vec<(Name, NodeId)>,
    pub body: Option<NodeId>,
    /// The scope of its body.
    pub scope: ScopeId,
    /// Its `def`s in the order of the text, doubled names included.
    pub methods: Vec<FunctionId>,
    /// The class whose body it stands in directly.
    pub outer: Option<ClassId>,
    /// What the methods assign to `self.x` or `cls.x`, in the order of the text.
    pub attributes: BTreeMap<Name, Vec<Attribute>>,
}

/// One assignment to an attribute through `self` or `cls`.
#[derive(Clone, Debug)]
pub struct Attribute {
    /// The `self.x` node.
    pub node: NodeId,
    /// The assigned expression, where it is plain.
    pub value: Option<NodeId>,
    pub annotation: Option<NodeId>,
    /// The method that assigns.
    pub method: FunctionId,
    /// `self.x: T` without a value.
    pub declared_only: bool,
    /// For `with ... as self.x`: whether it is async.
    pub with: Option<bool>,
}
