//! Functions as they are written: `def`, `async def` and `lambda`.

use super::class::ClassId;
use super::names::Name;
use super::scope::ScopeId;
use super::tree::NodeId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FunctionId(pub(super) u32);

#[derive(Debug)]
pub struct Function {
    /// `None` for a lambda.
    pub name: Option<Name>,
    /// The `function_definition` or `lambda` node.
    pub node: NodeId,
    pub is_async: bool,
    /// It contains a `yield` of its own.
    pub is_generator: bool,
    /// `@staticmethod`: the first parameter is no receiver.
    pub is_static: bool,
    /// `@classmethod`, or a method that Python makes one unasked: the receiver is the class.
    pub is_class_method: bool,
    /// Outermost first, as written.
    pub decorators: Vec<Decorator>,
    pub params: Vec<Param>,
    pub returns: Option<NodeId>,
    /// The body's block; a lambda's expression.
    pub body: Option<NodeId>,
    /// The scope of its own.
    pub scope: ScopeId,
    /// The class whose body it stands in directly.
    pub class: Option<ClassId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ParamKind {
    PositionalOnly,
    PositionalOrKeyword,
    /// `*args`
    VarPositional,
    KeywordOnly,
    /// `**kwargs`
    VarKeyword,
}

#[derive(Clone, Debug)]
pub struct Param {
    pub name: Name,
    pub kind: ParamKind,
    /// The identifier.
    pub node: NodeId,
    pub annotation: Option<NodeId>,
    pub default: Option<NodeId>,
}

/// `@name`, `@name.attribute` or `@name(arguments)`.
#[derive(Clone, Copy, Debug)]
pub struct Decorator {
    /// The `decorator` node.
    pub node: NodeId,
    /// What stands behind the `@`, the call's callee where it is a call. Ask the module for its qualified name.
    pub callee: NodeId,
    /// The call, where it is one.
    pub call: Option<NodeId>,
}

impl Param {
    pub fn is_positional(&self) -> bool {
        matches!(self.kind, ParamKind::PositionalOnly | ParamKind::PositionalOrKeyword)
    }
}
