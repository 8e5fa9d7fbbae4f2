//! What making an instance of a class of this file takes: its `__init__`, the fields of a dataclass or a
//! `NamedTuple`, or nothing. Where a base, a metaclass, a decorator or a `__new__` may have a say, it is not known.

use super::binding::BindingKind;
use super::class::{Class, ClassId};
use super::function::{FunctionId, Param};
use super::tree::NodeId;
use super::{Module, inherit};

/// Who takes the arguments of `Class(...)`.
#[derive(Clone, Debug)]
pub enum Constructor {
    /// The class's own or inherited `__init__`; the instance is its first parameter.
    Init(FunctionId),
    /// The fields of a dataclass or named tuple, in order.
    Fields(Vec<Param>),
    /// Nobody: the class takes no arguments.
    Nothing,
}

impl Constructor {
    /// The parameters without the instance.
    pub fn params(&self, module: &Module) -> Vec<Param> {
        match self {
            Constructor::Init(id) => {
                let params = &module.function(*id).params;
                match params.first() {
                    Some(first) if first.is_positional() => params[1..].to_vec(),
                    Some(_) | None => params.clone(),
                }
            }
            Constructor::Fields(params) => params.clone(),
            Constructor::Nothing => Vec::new(),
        }
    }
}

impl Module {
    /// Who takes the arguments of `Class(...)`, where the file alone tells.
    pub fn constructor(&self, id: ClassId) -> Option<Constructor> {
        self.constructor_with(id, &|_| false)
    }

    /// The same where further bases, by qualified name, are known to be ordinary: they have no metaclass of their
    /// own, and their `__new__` takes any arguments. Their `__init__` is not known.
    pub fn constructor_with(&self, id: ClassId, ordinary: &dyn Fn(&str) -> bool) -> Option<Constructor> {
        let class = self.class(id);
        if let Some(decorator) = self.dataclass_decorator(class)
            && class.decorators.len() == 1
            && self.member_function(class, "__init__").is_none()
            && self.dataclass_flag(decorator, "init", true)?
        {
            return self.dataclass_fields(id).map(Constructor::Fields);
        }
        if self.dataclass_decorator(class).is_none() && !class.decorators.is_empty() {
            return None;
        }
        if self.is_named_tuple(class) && class.decorators.is_empty() {
            return self.own_fields(class, false).map(Constructor::Fields);
        }
        self.init(id, ordinary)
    }

    fn init(&self, id: ClassId, ordinary: &dyn Fn(&str) -> bool) -> Option<Constructor> {
        let (order, _) = self.resolution_order(id);
        let mut all_local = !order.is_empty();
        for class in &order {
            let class = self.class(*class);
            if !self.has_plain_keywords(class) || self.member_function(class, "__new__").is_some() {
                return None;
            }
            for base in &class.bases {
                all_local &= self.is_plain_base(*base, &order);
                if !self.is_plain_base(*base, &order) && !self.is_ordinary(*base, ordinary) {
                    return None;
                }
            }
        }
        for class in &order {
            match self.member_function(self.class(*class), "__init__") {
                Some(Some(init)) => return Some(Constructor::Init(init)),
                Some(None) => return None,
                None if self.dataclass_decorator(self.class(*class)).is_some() => return None,
                None => {}
            }
        }
        all_local.then_some(Constructor::Nothing)
    }

    /// No metaclass but `ABCMeta`, which leaves construction alone.
    pub(super) fn has_plain_keywords(&self, class: &Class) -> bool {
        let is_plain = |(name, value): &(_, NodeId)| {
            self.names().text(*name) == "metaclass" && self.qualified_name(*value) == Some("abc.ABCMeta")
        };
        class.keywords.iter().all(is_plain)
    }

    fn is_plain_base(&self, base: NodeId, order: &[ClassId]) -> bool {
        let path = self.qualified_name(self.unsubscripted(base)).unwrap_or_default();
        let local = self.local_class(path).is_some_and(|class| order.contains(&class));
        local || inherit::Base::of_library(path) == inherit::Base::Empty
    }

    fn is_ordinary(&self, base: NodeId, ordinary: &dyn Fn(&str) -> bool) -> bool {
        self.qualified_name(self.unsubscripted(base)).is_some_and(ordinary)
    }

    /// What a class's own body or methods bind to a method's name: nothing, one function, or something else.
    fn member_function(&self, class: &Class, name: &str) -> Option<Option<FunctionId>> {
        let name = self.names().get(name)?;
        if class.attributes.contains_key(&name) {
            return Some(None);
        }
        match self.scopes().bound_in(class.scope, name) {
            [] => None,
            [only] => match self.scopes().binding(*only).kind {
                BindingKind::Function(id) if self.function(id).decorators.is_empty() => Some(Some(id)),
                _ => Some(None),
            },
            _ => Some(None),
        }
    }
}
