//! The fields of dataclasses and named tuples, as the parameters of the constructor that Python writes for them.

use super::class::{Class, ClassId};
use super::function::{Decorator, Param, ParamKind};
use super::kind::{Field, Kind};
use super::tree::NodeId;
use super::{Binding, Module};

impl Module {
    pub(super) fn is_named_tuple(&self, class: &Class) -> bool {
        let names = ["typing.NamedTuple", "typing_extensions.NamedTuple"];
        class.bases.len() == 1
            && self.qualified_name(class.bases[0]).is_some_and(|path| names.contains(&path))
    }

    pub(super) fn dataclass_decorator<'c>(&self, class: &'c Class) -> Option<&'c Decorator> {
        let is_dataclass =
            |item: &&Decorator| self.qualified_name(item.callee) == Some("dataclasses.dataclass");
        class.decorators.iter().find(is_dataclass)
    }

    /// A keyword of the decorator; `None` where its value is not plain.
    pub(super) fn dataclass_flag(&self, decorator: &Decorator, name: &str, default: bool) -> Option<bool> {
        match decorator.call {
            Some(call) => self.flag(call, name, default),
            None => Some(default),
        }
    }

    fn flag(&self, call: NodeId, name: &str, default: bool) -> Option<bool> {
        match self.keyword_value(call, name)? {
            Some(value) => self.constant(value).map(|constant| constant.is_truthy()),
            None => Some(default),
        }
    }

    /// The value of a call's keyword; `None` where a `**` may hold it.
    fn keyword_value(&self, call: NodeId, name: &str) -> Option<Option<NodeId>> {
        let tree = self.tree();
        let list = tree.child(call, Field::Arguments)?;
        for argument in tree.named_children(list) {
            match tree.kind(argument) {
                Kind::KeywordArgument
                    if tree.child(argument, Field::Name).map(|key| self.text(key)) == Some(name) =>
                {
                    return Some(tree.child(argument, Field::Value));
                }
                Kind::DictionarySplat => return None,
                _ => {}
            }
        }
        Some(None)
    }

    /// The fields of a dataclass with those of its bases, which must be dataclasses of this file.
    pub(super) fn dataclass_fields(&self, id: ClassId) -> Option<Vec<Param>> {
        let (order, whole) = self.resolution_order(id);
        if !whole {
            return None;
        }
        let mut fields: Vec<Param> = Vec::new();
        for class in order.iter().rev().map(|class| self.class(*class)) {
            if !self.has_plain_keywords(class) {
                return None;
            }
            let Some(decorator) = self.dataclass_decorator(class) else { continue };
            let keyword_only = self.dataclass_flag(decorator, "kw_only", false)?;
            for field in self.own_fields(class, keyword_only)? {
                match fields.iter_mut().find(|known| known.name == field.name) {
                    Some(known) => *known = field,
                    None => fields.push(field),
                }
            }
        }
        fields.sort_by_key(|field| field.kind == ParamKind::KeywordOnly);
        Some(fields)
    }

    /// The annotated names of a class body, in order.
    pub(super) fn own_fields(&self, class: &Class, mut keyword_only: bool) -> Option<Vec<Param>> {
        let mut names: Vec<&Binding> = Vec::new();
        for (_, bindings) in self.scopes().get(class.scope).bound() {
            let bound: Vec<&Binding> = bindings.map(|id| self.scopes().binding(id)).collect();
            let annotated = bound.iter().any(|binding| binding.annotation.is_some());
            if annotated && bound.len() > 1 {
                return None;
            }
            names.extend(bound.into_iter().filter(|binding| binding.annotation.is_some()));
        }
        names.sort_by_key(|binding| binding.node);
        let mut fields = Vec::new();
        for binding in names {
            let Some(annotation) = binding.annotation else { continue };
            let written = self.text(annotation).trim_matches(['"', '\'']);
            let last = written.split('[').next().and_then(|name| name.rsplit('.').next()).unwrap_or_default();
            match last {
                "KW_ONLY" => keyword_only = true,
                "ClassVar" => {}
                _ => fields.extend(self.field(binding, annotation, keyword_only)?),
            }
        }
        Some(fields)
    }

    /// One field; `Some(None)` for one that the constructor does not take.
    fn field(&self, binding: &Binding, annotation: NodeId, keyword_only: bool) -> Option<Option<Param>> {
        let tree = self.tree();
        let mut default = binding.value;
        let mut keyword_only = keyword_only;
        if let Some(call) = binding.value.filter(|value| tree.kind(*value) == Kind::Call) {
            let is_field = self.callee(call) == Some("dataclasses.field");
            if is_field {
                if !self.flag(call, "init", true)? {
                    return Some(None);
                }
                keyword_only = self.flag(call, "kw_only", keyword_only)?;
                default =
                    self.keyword_value(call, "default")?.or(self.keyword_value(call, "default_factory")?);
            }
        }
        let kind = if keyword_only { ParamKind::KeywordOnly } else { ParamKind::PositionalOrKeyword };
        let annotation = Some(annotation);
        Some(Some(Param { name: binding.name, kind, node: binding.node, annotation, default }))
    }
}
