//! How a framework registers routes: the data of `rules/models/routers.yml`.

use std::collections::BTreeMap;

use serde::Deserialize;

use super::shape::Style;

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Framework {
    /// Types whose methods register routes.
    #[serde(default)]
    pub objects: Vec<String>,
    /// The methods and the HTTP method each stands for; `methods=` of the call counts before it.
    #[serde(default)]
    pub verbs: BTreeMap<String, String>,
    /// Functions that make or register one route, to be told apart by the list they stand in.
    #[serde(default)]
    pub entries: BTreeMap<String, String>,
    /// Functions that register with the default application.
    #[serde(default)]
    pub defaults: BTreeMap<String, String>,
    /// Methods whose handler is not their second argument, and its position.
    #[serde(default)]
    pub handler_at: BTreeMap<String, usize>,
    /// Methods and entries whose path is a prefix: they take all that begins so.
    #[serde(default)]
    pub mounts: Vec<String>,
    /// Callables whose list of `(path, handler)` tuples is a router.
    #[serde(default)]
    pub tables: Vec<String>,
    pub path: Style,
    /// Whether the first route that matches answers; otherwise a literal path goes before a parameter.
    pub ordered: bool,
    /// Keywords that set routes apart in ways not known here.
    #[serde(default)]
    pub apart: Vec<String>,
    /// Handlers that are no handlers but further routers: their path is a prefix.
    #[serde(default)]
    pub prefixes: Vec<String>,
    /// Who answers, in words for the message.
    pub says: String,
}

impl Framework {
    /// The HTTP method for a method call on a known router, `type.verb`.
    pub(super) fn verb<'f>(&'f self, callee: &str) -> Option<&'f str> {
        let (owner, verb) = callee.rsplit_once('.')?;
        self.objects.iter().any(|object| object == owner).then(|| self.verbs.get(verb).map(String::as_str))?
    }

    /// The words one of which a file must hold to register routes here.
    pub(super) fn words(&self) -> impl Iterator<Item = &str> {
        let names =
            self.objects.iter().chain(self.entries.keys()).chain(self.defaults.keys()).chain(&self.tables);
        names.filter_map(|name| name.split('.').next())
    }
}
