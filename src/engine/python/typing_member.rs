//! Types of attributes and of what `with` gives; and what the spelling of a name or literal tells.

use super::binding::BindingKind;
use super::class::ClassId;
use super::element::Part;
use super::kind::{Field, Kind};
use super::names::Name;
use super::scope::ScopeId;
use super::tree::NodeId;
use super::typing::Typer;

/// An attribute that is assigned more often has no type.
const ASSIGNMENTS: usize = 32;

impl<'m> Typer<'m> {
    pub(super) fn attribute(&mut self, node: NodeId, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let object = module.tree().child(node, Field::Object)?;
        let attribute = module.text(module.tree().child(node, Field::Attribute)?);
        if let Some(class) = module.class_of(object) {
            return self.class_attribute(class, module.names().get(attribute)?, depth);
        }
        let owner = self.expression(object, depth)?;
        match module.local_class(owner) {
            Some(class) => self.class_attribute(class, module.names().get(attribute)?, depth),
            None => module.types.attribute(owner, attribute),
        }
    }

    pub(super) fn class_attribute(&mut self, id: ClassId, name: Name, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let class = module.class(module.class_with(id, name)?);
        let assigned = class.attributes.get(&name).map_or(&[][..], Vec::as_slice);
        if assigned.len() > ASSIGNMENTS {
            return None;
        }
        let in_body = !module.scopes().bound_in(class.scope, name).is_empty();
        if let Some(annotation) = assigned.iter().find_map(|attribute| attribute.annotation) {
            return module.annotated_type(annotation);
        }
        let annotated_body = in_body && {
            let mut ids = module.scopes().bound_in(class.scope, name).iter();
            ids.any(|id| module.scopes().binding(*id).annotation.is_some())
        };
        if let Some(getter) = self.getter(class.scope, name) {
            return module.annotated_type(getter);
        }
        let body = if in_body { self.name(class.scope, name, depth) } else { None };
        if annotated_body || assigned.is_empty() {
            return body;
        }
        let mut agreed = body;
        for attribute in assigned {
            let value = attribute.value?;
            if module.tree().kind(value) == Kind::None {
                continue;
            }
            let found = match attribute.with {
                Some(_) => self.entered(value, depth)?,
                None => self.expression(value, depth)?,
            };
            if *agreed.get_or_insert(found) != found {
                return None;
            }
        }
        agreed
    }

    /// What a property of the class promises to return.
    fn getter(&self, scope: ScopeId, name: Name) -> Option<NodeId> {
        let module = self.module;
        let first = module.scopes().bound_in(scope, name).first()?;
        let BindingKind::Function(id) = module.scopes().binding(*first).kind else { return None };
        let function = module.function(id);
        let [decorator] = function.decorators.as_slice() else { return None };
        let is_property = matches!(
            module.qualified_name(decorator.callee),
            Some(
                "builtins.property" | "functools.cached_property" | "django.utils.functional.cached_property"
            )
        );
        function.returns.filter(|_| is_property && !function.is_async)
    }

    /// What a generator of this file that `contextlib` makes a context manager yields.
    fn yielded(&mut self, value: NodeId, depth: u32) -> Option<NodeId> {
        let module = self.module;
        if module.tree().kind(value) != Kind::Call {
            return None;
        }
        let function = module.function(self.called_function(value, depth)?);
        let [decorator] = function.decorators.as_slice() else { return None };
        let managed = matches!(
            module.qualified_name(decorator.callee),
            Some("contextlib.contextmanager" | "contextlib.asynccontextmanager")
        );
        function.returns.filter(|_| managed)
    }

    /// What `with value as x` gives: the data says, else the value itself; a class of this file only if its
    /// `__enter__` has no say.
    pub(super) fn entered(&mut self, value: NodeId, depth: u32) -> Option<&'m str> {
        if let Some(returns) = self.yielded(value, depth) {
            return self.parameter(returns, Part::Item);
        }
        let context = self.expression(value, depth)?;
        if let Some(known) = self.module.types.enters.get(context) {
            return Some(known);
        }
        let Some(class) = self.module.local_class(context) else {
            return Some(context);
        };
        let enters = ["__enter__", "__aenter__"];
        let own = self.module.class(class).methods.iter().map(|id| self.module.function(*id));
        let mut own = own.filter(|method| {
            method.name.is_some_and(|name| enters.contains(&self.module.names().text(name)))
        });
        let returns = own.next()?.returns?;
        let says_self = self.module.text(returns).trim_matches(['"', '\'']).ends_with("Self");
        if says_self { Some(context) } else { self.module.annotated_type(returns) }
    }
}

/// Whether the last segment is written like a class: `Session`, not `session`, `SESSION` or `T`.
pub(super) fn is_cap_words(path: &str) -> bool {
    let name = path.rsplit('.').next().unwrap_or(path).trim_start_matches('_');
    name.starts_with(|c: char| c.is_uppercase()) && name.contains(|c: char| c.is_lowercase())
}

pub(super) fn literal_type<'t>(kind: Kind, text: impl Fn() -> &'t str) -> Option<&'static str> {
    match kind {
        Kind::String | Kind::ConcatenatedString => {
            let text = text();
            let quotes = text.find(['"', '\''])?;
            let bytes = text[..quotes].contains(['b', 'B']);
            Some(if bytes { "builtins.bytes" } else { "builtins.str" })
        }
        Kind::Integer => Some("builtins.int"),
        Kind::Float => Some("builtins.float"),
        Kind::True | Kind::False | Kind::NotOperator | Kind::ComparisonOperator => Some("builtins.bool"),
        Kind::List | Kind::ListComprehension => Some("builtins.list"),
        Kind::Dictionary | Kind::DictionaryComprehension => Some("builtins.dict"),
        Kind::Set | Kind::SetComprehension => Some("builtins.set"),
        Kind::Tuple | Kind::ExpressionList => Some("builtins.tuple"),
        _ => None,
    }
}
