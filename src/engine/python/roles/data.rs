//! The shape of the frameworks' data: `rules/models/frameworks.yml`, and of `routers.yml` the part that says how
//! routes are registered.

use rustc_hash::FxHashMap;
use serde::Deserialize;

/// What is known of frameworks.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Frameworks {
    pub registrars: Vec<Registrar>,
    pub roles: RoleData,
}

/// A way to register routes, of `routers.yml`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
pub struct Registrar {
    /// Types whose methods register routes.
    #[serde(default)]
    pub objects: Vec<String>,
    /// Their methods, and the HTTP method each stands for.
    #[serde(default)]
    pub verbs: FxHashMap<String, String>,
    /// Functions that make one route.
    #[serde(default)]
    pub entries: FxHashMap<String, String>,
}

/// `frameworks.yml`; its comments say what each part means.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct RoleData {
    pub route_decorators: FxHashMap<String, String>,
    pub views: Vec<ViewData>,
    pub protections: ProtectionData,
    pub dependencies: Vec<String>,
    pub tasks: Vec<String>,
    pub task_lists: Vec<String>,
    pub lifespans: LifespanData,
    pub commands: CommandData,
    pub settings: Vec<String>,
    pub models: Vec<ModelData>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ViewData {
    pub bases: Vec<String>,
    pub methods: FxHashMap<String, String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ProtectionData {
    pub keywords: Vec<String>,
    pub attributes: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct LifespanData {
    pub keywords: Vec<String>,
    pub decorators: Vec<String>,
    pub applications: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct CommandData {
    pub bases: Vec<String>,
    pub decorators: Vec<String>,
}

#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ModelData {
    pub framework: String,
    pub bases: Vec<String>,
    /// Calls whose result is a base.
    pub makers: Vec<String>,
    pub decorators: Vec<String>,
    pub fields: Vec<String>,
    pub unique: Vec<String>,
    pub nullable: Vec<String>,
    pub index: Vec<String>,
    pub default: Vec<String>,
    pub nullable_by_default: bool,
    pub table: bool,
}

impl Frameworks {
    /// The HTTP method for a method call on a known router, `type.verb`.
    pub(super) fn verb(&self, callee: &str) -> Option<&str> {
        let (owner, verb) = callee.rsplit_once('.')?;
        let own = self.registrars.iter().filter(|one| one.objects.iter().any(|object| object == owner));
        own.into_iter().find_map(|one| one.verbs.get(verb)).map(String::as_str)
    }

    /// The HTTP method of a function that makes one route.
    pub(super) fn entry(&self, callee: &str) -> Option<&str> {
        self.registrars.iter().find_map(|one| one.entries.get(callee)).map(String::as_str)
    }
}

impl ModelData {
    /// Whether a callable makes a field: by its name, or as one of a family `X*` in CapWords.
    pub(super) fn makes_field(&self, callee: &str) -> bool {
        self.fields.iter().any(|known| match known.strip_suffix('*') {
            Some(family) => {
                callee.strip_prefix(family).is_some_and(|rest| rest.starts_with(char::is_uppercase))
            }
            None => callee == known,
        })
    }
}
