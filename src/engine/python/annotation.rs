//! Which type an annotation names. Containers of types (`Optional`, `Annotated`, unions with `None`) are
//! looked through; what can be several types is none.

use super::Module;
use super::kind::{Field, Kind};
use super::tree::NodeId;

pub(super) struct Annotations<'m> {
    pub(super) module: &'m Module,
}

impl<'m> Annotations<'m> {
    pub(super) fn type_of(&self, annotation: NodeId) -> Option<&'m str> {
        let tree = self.module.tree();
        let mut node = annotation;
        for _ in 0..16 {
            node = match tree.kind(node) {
                Kind::Type | Kind::ParenthesizedExpression => tree.first_named(node)?,
                Kind::Identifier | Kind::Attribute | Kind::MemberType => {
                    return plain(self.module.path_of(node)?);
                }
                Kind::String => return plain(self.module.path_of(node)?),
                Kind::UnionType => self.only_type(tree.named_children(node))?,
                Kind::BinaryOperator => {
                    let sides = [tree.child(node, Field::Left)?, tree.child(node, Field::Right)?];
                    self.only_type(sides.into_iter())?
                }
                Kind::GenericType => {
                    let base = tree.first_named(node)?;
                    let parameters = tree.child_of_kind(node, Kind::TypeParameter)?;
                    match self.inside(base, tree.named_children(parameters).collect()) {
                        Inside::Type(inner) => inner,
                        Inside::Base => base,
                        Inside::Unknown => return None,
                    }
                }
                Kind::Subscript => {
                    let base = tree.child(node, Field::Value)?;
                    match self.inside(base, tree.children_by_field(node, Field::Subscript).collect()) {
                        Inside::Type(inner) => inner,
                        Inside::Base => base,
                        Inside::Unknown => return None,
                    }
                }
                _ => return None,
            };
        }
        None
    }

    fn inside(&self, base: NodeId, parameters: Vec<NodeId>) -> Inside {
        let path = self.module.qualified_name(base).unwrap_or_default();
        let name = path.strip_prefix("typing.").or(path.strip_prefix("typing_extensions."));
        let inner = match name {
            Some(
                "Optional" | "Annotated" | "Final" | "ClassVar" | "Required" | "NotRequired" | "ReadOnly",
            ) => parameters.first().copied(),
            Some("Union") => self.only_type(parameters.into_iter()),
            Some("Type" | "Literal" | "Callable") => None,
            _ if path == "builtins.type" => None,
            _ => return Inside::Base,
        };
        inner.map_or(Inside::Unknown, Inside::Type)
    }

    /// The one alternative that is not `None`.
    fn only_type(&self, alternatives: impl Iterator<Item = NodeId>) -> Option<NodeId> {
        let mut types = alternatives.filter(|node| self.module.text(*node) != "None");
        let only = types.next()?;
        types.next().is_none().then_some(only)
    }
}

enum Inside {
    Type(NodeId),
    Base,
    Unknown,
}

/// Names that say nothing about the value, and the old spellings of built-in containers.
fn plain(path: &str) -> Option<&str> {
    match path {
        "typing.Any" | "builtins.object" | "typing.Self" | "typing_extensions.Self" => None,
        "typing.List" => Some("builtins.list"),
        "typing.Dict" => Some("builtins.dict"),
        "typing.Set" => Some("builtins.set"),
        "typing.FrozenSet" => Some("builtins.frozenset"),
        "typing.Tuple" => Some("builtins.tuple"),
        other => Some(other),
    }
}

/// The name that a string annotation comes down to: `X` of `Optional[X]`, `X | None`, `X[int]` and `a.X`.
pub(super) fn name_in_text(text: &str) -> Option<&str> {
    let mut name = text.trim();
    if let Some(rest) = name.strip_suffix("| None").or(name.strip_prefix("None |")) {
        name = rest.trim();
    }
    for wrapper in ["Optional[", "typing.Optional[", "t.Optional["] {
        if let Some(inner) = name.strip_prefix(wrapper) {
            name = inner.strip_suffix(']')?.trim();
        }
    }
    if let Some((base, _)) = name.split_once('[') {
        name = base;
    }
    let is_name = !name.is_empty() && name.chars().all(|c| c.is_alphanumeric() || matches!(c, '_' | '.'));
    is_name.then_some(name)
}
