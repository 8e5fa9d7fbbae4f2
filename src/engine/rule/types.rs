//! `rules/models/types.yml`, `frameworks.yml` and `routers.yml`: what the rules know of libraries' types, for the semantic model.

use rustc_hash::{FxHashMap, FxHashSet};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use crate::engine::python::{Frameworks, Registrar, RoleData, Types};

use super::error::{LoadError, from_yaml};

const TYPES: &str = "rules/models/types.yml";
const ROLES: &str = "rules/models/frameworks.yml";
const ROUTERS: &str = "rules/models/routers.yml";

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypesFile {
    #[serde(default)]
    returns: FxHashMap<String, String>,
    #[serde(default)]
    enters: FxHashMap<String, String>,
    #[serde(default)]
    attributes: FxHashMap<String, String>,
    #[serde(default)]
    exports: FxHashMap<String, FxHashSet<String>>,
}

/// What the models, given as (path, text), know of libraries; those that are not given know nothing.
pub(super) fn read(models: &[(&str, &str)]) -> Result<Types, LoadError> {
    let TypesFile { returns, enters, attributes, exports } = of_file(models, TYPES)?;
    let registrars: Vec<Registrar> = of_file(models, ROUTERS)?;
    let roles: RoleData = of_file(models, ROLES)?;
    Ok(Types { returns, enters, attributes, exports, frameworks: Frameworks { registrars, roles } })
}

fn of_file<T: DeserializeOwned + Default>(models: &[(&str, &str)], path: &str) -> Result<T, LoadError> {
    match models.iter().find(|(known, _)| *known == path) {
        Some((path, text)) => serde_saphyr::from_str(text).map_err(|error| from_yaml(&error).of(path)),
        None => Ok(T::default()),
    }
}
