//! Models: classes whose attributes are fields, and what each field promises.

use super::super::class::{Class, ClassId};
use super::super::kind::{Field, Kind};
use super::super::names::Name;
use super::super::tree::NodeId;
use super::super::{Binding, BindingKind};
use super::Finder;
use super::data::ModelData;

/// A class whose attributes are fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Model {
    pub framework: String,
    /// Its instances are rows of a database.
    pub is_table: bool,
    /// Its own fields in the order of the text, those of bases left out.
    pub fields: Vec<ModelField>,
}

/// One field of a model.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ModelField {
    pub name: Name,
    /// The identifier.
    pub node: NodeId,
    /// The qualified name of what makes it (`django.db.models.CharField`), of its column type, or of its annotation.
    pub type_name: Option<String>,
    pub unique: bool,
    pub nullable: bool,
    pub index: bool,
    pub default: Option<NodeId>,
}

impl Finder<'_> {
    pub(super) fn model(&self, _id: ClassId, class: &Class, bases: &[String]) -> Option<Model> {
        let data = self.known.roles.models.iter().find(|data| {
            let by_base = bases.iter().any(|base| data.bases.contains(base) || data.makers.contains(base));
            by_base
                || class.decorators.iter().any(|decorator| {
                    self.module
                        .qualified_name(decorator.callee)
                        .is_some_and(|path| data.decorators.iter().any(|known| known == path))
                })
        })?;
        let mut fields: Vec<ModelField> = Vec::new();
        for (_, mut ids) in self.module.scopes().get(class.scope).bound() {
            let first = ids.next().map(|id| self.module.scopes().binding(id));
            fields.extend(first.and_then(|binding| self.field(data, binding)));
        }
        fields.sort_by_key(|field| field.node);
        Some(Model { framework: data.framework.clone(), is_table: data.table, fields })
    }

    fn field(&self, data: &ModelData, binding: &Binding) -> Option<ModelField> {
        if !matches!(binding.kind, BindingKind::Assignment | BindingKind::Declaration) {
            return None;
        }
        let module = self.module;
        let call = binding.value.filter(|value| module.tree().kind(*value) == Kind::Call);
        let maker = call.and_then(|call| module.callee(call));
        let made = maker.is_some_and(|maker| data.makes_field(maker));
        match (made, binding.annotation) {
            (true, _) => Some(self.made_field(data, binding, call?, maker?)),
            (false, Some(annotation)) if !self.is_class_variable(annotation) => Some(ModelField {
                name: binding.name,
                node: binding.node,
                type_name: module.annotated_type(annotation).map(str::to_owned),
                unique: false,
                nullable: self.allows_none(annotation),
                index: false,
                default: binding.value,
            }),
            _ => None,
        }
    }

    fn made_field(&self, data: &ModelData, binding: &Binding, call: NodeId, maker: &str) -> ModelField {
        let module = self.module;
        let flag = |names: &[String]| {
            let value = names.iter().find_map(|name| self.keyword(call, name));
            value.map(|value| module.constant(value).is_some_and(|constant| constant.is_truthy()))
        };
        let annotated = binding.annotation.and_then(|annotation| self.mapped(annotation));
        let from_annotation = annotated.map(|annotation| self.allows_none(annotation));
        let unique = flag(&data.unique).unwrap_or(false);
        let defaults = if data.default.is_empty() { &["default".to_owned()][..] } else { &data.default };
        let column = self.argument(call, 0, &["type_"]).filter(|_| data.framework == "sqlalchemy");
        let column =
            column.map(|column| self.called(column)).and_then(|column| module.qualified_name(column));
        let annotation = || annotated.and_then(|annotation| module.annotated_type(annotation));
        ModelField {
            name: binding.name,
            node: binding.node,
            type_name: column.or_else(annotation).or(Some(maker)).map(str::to_owned),
            unique,
            nullable: flag(&data.nullable).or(from_annotation).unwrap_or(data.nullable_by_default && !unique),
            index: flag(&data.index).unwrap_or(false),
            default: defaults.iter().find_map(|name| self.keyword(call, name)),
        }
    }

    /// `String` of `String(50)`.
    fn called(&self, expression: NodeId) -> NodeId {
        let tree = self.module.tree();
        tree.child(expression, Field::Function)
            .filter(|_| tree.kind(expression) == Kind::Call)
            .unwrap_or(expression)
    }

    /// `T` of `Mapped[T]`; any other annotation as it is.
    fn mapped(&self, annotation: NodeId) -> Option<NodeId> {
        let generic = self.module.generic_of(annotation);
        let parts = generic.and_then(|generic| self.module.generic_parts(generic));
        match parts {
            Some((base, parameters)) if self.module.text(base).ends_with("Mapped") => {
                parameters.first().copied()
            }
            _ => Some(annotation),
        }
    }

    fn allows_none(&self, annotation: NodeId) -> bool {
        let text = self.module.text(annotation);
        text.contains("Optional[") || text.split(['|', ',', '[', ']']).any(|part| part.trim() == "None")
    }

    fn is_class_variable(&self, annotation: NodeId) -> bool {
        self.module.text(annotation).contains("ClassVar")
    }
}
