//! Bindings: each place where a name is given a meaning.

use super::class::ClassId;
use super::function::FunctionId;
use super::names::Name;
use super::scope::ScopeId;
use super::tree::NodeId;

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BindingId(pub(super) u32);

/// One binding of one name.
#[derive(Clone, Debug)]
pub struct Binding {
    pub name: Name,
    pub kind: BindingKind,
    /// The scope that holds the name.
    pub scope: ScopeId,
    /// The identifier that is bound; for an import the imported or aliased name.
    pub node: NodeId,
    /// The expression the name gets, where that is plain: the right side of an assignment, the default of a
    /// parameter, the context manager of a `with`, the iterable of a `for`, the class of an `except`.
    pub value: Option<NodeId>,
    pub annotation: Option<NodeId>,
}

/// How a name is bound.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum BindingKind {
    /// The qualified name of what is imported: `a` for `import a.b`, `a.b` for `import a.b as c` and
    /// `from a import b`; relative imports keep their leading dots.
    Import(String),
    Function(FunctionId),
    Class(ClassId),
    Parameter,
    /// `x = value`, `x: T = value`, `x := value`, and `a, b = value, value` element by element. `value` is
    /// absent where the element is not plain.
    Assignment,
    /// `x: T` without a value.
    Declaration,
    /// `x += value`.
    Augmented,
    For,
    /// `with value as x`; `true` for `async with`.
    With(bool),
    Except,
    /// A capture of a `match` pattern.
    Match,
    Delete,
    /// A PEP 695 type parameter or `type` alias.
    TypeName,
}

impl BindingKind {
    /// Whether the binding gives the name a value, as opposed to declaring or deleting it.
    pub fn gives_value(&self) -> bool {
        !matches!(self, BindingKind::Declaration | BindingKind::Delete)
    }
}
