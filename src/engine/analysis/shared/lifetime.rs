//! How long an object lives and how many use it at a time, as far as its class and its file tell.

use serde::Deserialize;

use crate::engine::python::{ClassId, FunctionId, Kind, Module, Role, ScopeId};

use super::state::{Owner, State};
use super::words::{says_one_of, words};

/// Words of names, from `rules/models/lifetimes.yml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(in crate::engine::analysis) struct Lifetimes {
    /// The last words of classes whose objects serve one request, task or test.
    brief: Vec<String>,
    /// The last words of classes whose objects many use at a time.
    shared: Vec<String>,
    /// Words of functions that an object's owner calls, once or one after the other.
    lifecycle: Vec<String>,
}

impl Lifetimes {
    /// Whether the state goes away with one call, request, task, test or row.
    pub(in crate::engine::analysis) fn is_brief(&self, module: &Module, state: State) -> bool {
        let id = match state.owner {
            Owner::Class(id) => id,
            Owner::Module => return false,
            Owner::Closure(_) => return true,
        };
        let is_unit = |role: &Role| matches!(role, Role::Test | Role::View | Role::Model(_) | Role::Command);
        self.ends_in(module, id, &self.brief) || module.roles_of_class(id).iter().any(is_unit)
    }

    /// Whether the file shows that many use the state at a time: it is the module's, its class has an instance there or
    /// keeps a lock, or the class says so by its name.
    pub(in crate::engine::analysis) fn is_shared(&self, module: &Module, state: State) -> bool {
        match state.owner {
            Owner::Module => true,
            Owner::Closure(_) => false,
            Owner::Class(id) => {
                self.ends_in(module, id, &self.shared)
                    || has_instance(module, id)
                    || keeps_lock(module, id)
                    || is_own_instance(module, id)
            }
        }
    }

    /// Whether the owner of the object calls the function when it starts or ends: by its name, unless it is told whom
    /// or what to do it for.
    pub(in crate::engine::analysis) fn is_lifecycle(&self, module: &Module, id: FunctionId) -> bool {
        let function = module.function(id);
        let name = function.name.map_or("", |name| module.names().text(name));
        let own = usize::from(function.class.is_some() && !function.is_static);
        let is_told =
            function.params.iter().skip(own).any(|param| param.is_positional() && param.default.is_none());
        let by_role = module.roles_of_function(id).contains(&Role::Lifespan);
        by_role || !is_told && says_one_of(name, &self.lifecycle)
    }

    fn ends_in(&self, module: &Module, id: ClassId, list: &[String]) -> bool {
        let words = words(module.names().text(module.class(id).name));
        let is_shell = |word: &&String| matches!(word.as_str(), "wrapper" | "proxy" | "adapter" | "impl");
        words.iter().rfind(|word| !is_shell(word)).is_some_and(|word| list.contains(word))
    }
}

/// Whether a variable of the module holds an instance of the class.
pub(in crate::engine::analysis) fn has_instance(module: &Module, class: ClassId) -> bool {
    let path = module.class_path(class);
    let variables = module.scopes().get(ScopeId::MODULE).bound();
    let mut values = variables.flat_map(|(_, ids)| ids.filter_map(|id| module.scopes().binding(id).value));
    values.any(|value| module.tree().kind(value) == Kind::Call && module.callee(value) == Some(path))
}

/// Whether one of the class's attributes is a lock: its author expects several users.
fn keeps_lock(module: &Module, class: ClassId) -> bool {
    let attributes = module.class(class).attributes.values().flatten();
    attributes.into_iter().any(|attribute| module.is_lock(attribute.node))
}

/// Whether the class keeps its one instance itself.
fn is_own_instance(module: &Module, class: ClassId) -> bool {
    let names = ["_instance", "__instance", "_singleton"];
    let mut kept = names.iter().filter_map(|name| module.names().get(name));
    kept.any(|name| module.class_with(class, name) == Some(class))
}
