//! Which type an annotation names. Containers of types (`Optional`, `Annotated`, unions with `None`) are
//! looked through; what can be several types is none.

use super::Module;
use super::binding::BindingKind;
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

impl Module {
    /// The class that the second argument of `isinstance` names, where it is one.
    pub(super) fn class_named(&self, class: NodeId) -> Option<&str> {
        match self.tree().kind(class) {
            Kind::Identifier | Kind::Attribute => plain(self.path_of(class)?),
            Kind::Tuple | Kind::ParenthesizedExpression => {
                let mut classes = self.tree().named_children(class);
                let only = classes
                    .next()
                    .filter(|only| matches!(self.tree().kind(*only), Kind::Identifier | Kind::Attribute))?;
                plain(self.path_of(only)?).filter(|_| classes.next().is_none())
            }
            _ => None,
        }
    }

    /// Whether a class argument of `isinstance`, or one of its tuple, is this type.
    pub(super) fn names_class(&self, class: NodeId, path: &str) -> bool {
        let tree = self.tree();
        let is = |node: NodeId| self.qualified_name(node) == Some(path);
        match tree.kind(class) {
            Kind::Tuple => tree.named_children(class).any(is),
            _ => is(class),
        }
    }

    /// The types that a union's annotation allows, without `None`.
    pub(super) fn alternatives(&self, annotation: NodeId) -> Vec<NodeId> {
        let tree = self.tree();
        let mut open = vec![annotation];
        let mut found = Vec::new();
        for _ in 0..32 {
            let Some(node) = open.pop() else { return found };
            match tree.kind(node) {
                Kind::Type | Kind::ParenthesizedExpression => open.extend(tree.first_named(node)),
                Kind::UnionType | Kind::BinaryOperator => open.extend(tree.named_children(node)),
                Kind::None => {}
                Kind::GenericType | Kind::Subscript => match self.generic_parts(node) {
                    Some((base, parameters)) if self.qualified_name(base) == Some("typing.Union") => {
                        open.extend(parameters);
                    }
                    Some(_) | None => found.push(node),
                },
                _ => found.push(node),
            }
        }
        Vec::new()
    }

    /// What an alias of this file stands for: `dict[str, int]` for `Counts` of `Counts = dict[str, int]`.
    fn behind_alias(&self, name: NodeId) -> Option<NodeId> {
        let mut bindings = self.bindings_of(name).filter(|_| self.tree().kind(name) == Kind::Identifier);
        let only = bindings.next().filter(|binding| binding.kind == BindingKind::Assignment)?;
        only.value.filter(|_| bindings.next().is_none())
    }

    /// `X[...]` behind what wraps it: `Optional`, `Annotated`, a union with `None`, an alias.
    pub(super) fn generic_of(&self, annotation: NodeId) -> Option<NodeId> {
        let tree = self.tree();
        let mut alternatives = self.alternatives(annotation);
        for _ in 0..8 {
            let only = alternatives.pop().filter(|_| alternatives.is_empty())?;
            if let Some(meant) = self.behind_alias(only) {
                alternatives = self.alternatives(meant);
                continue;
            }
            let (base, parameters) = self.generic_parts(only)?;
            let name = self.qualified_name(base).unwrap_or_default();
            match name.rsplit('.').next() {
                Some("Optional" | "Annotated" | "Final" | "ClassVar") if name.starts_with("typing") => {
                    alternatives = self.alternatives(*parameters.first()?);
                }
                _ => return matches!(tree.kind(only), Kind::GenericType | Kind::Subscript).then_some(only),
            }
        }
        None
    }

    /// `T` of `Callable[..., T]`, behind what wraps the callable.
    pub fn callable_result(&self, annotation: NodeId) -> Option<NodeId> {
        let (base, parameters) = self.generic_parts(self.generic_of(annotation)?)?;
        let is_callable = self.qualified_name(base).is_some_and(|name| {
            matches!(name, "typing.Callable" | "collections.abc.Callable" | "typing_extensions.Callable")
        });
        parameters.last().copied().filter(|_| is_callable && parameters.len() == 2)
    }

    /// The qualified name of `X` in `X[...]`, where the annotation allows nothing else, not even `None`.
    pub fn subscripted_class(&self, annotation: NodeId) -> Option<&str> {
        let tree = self.tree();
        let inner =
            if tree.kind(annotation) == Kind::Type { tree.first_named(annotation)? } else { annotation };
        self.qualified_name(self.generic_parts(inner)?.0)
    }

    /// Base and parameters of `X[...]`.
    pub(super) fn generic_parts(&self, node: NodeId) -> Option<(NodeId, Vec<NodeId>)> {
        let tree = self.tree();
        match tree.kind(node) {
            Kind::GenericType => {
                let parameters = tree.child_of_kind(node, Kind::TypeParameter)?;
                Some((tree.first_named(node)?, tree.named_children(parameters).collect()))
            }
            Kind::Subscript => {
                let parameters = tree.children_by_field(node, Field::Subscript).collect();
                Some((tree.child(node, Field::Value)?, parameters))
            }
            _ => None,
        }
    }
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
