//! `rules/models/types.yml`: what the rules know of libraries' types, for the semantic model.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::engine::python::Types;

use super::error::{Mistake, from_yaml};

/// The model's path.
pub(super) const PATH: &str = "rules/models/types.yml";

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TypesFile {
    #[serde(default)]
    returns: HashMap<String, String>,
    #[serde(default)]
    enters: HashMap<String, String>,
    #[serde(default)]
    attributes: HashMap<String, String>,
    #[serde(default)]
    exports: HashMap<String, HashSet<String>>,
}

pub(super) fn read(text: &str) -> Result<Types, Mistake> {
    let TypesFile { returns, enters, attributes, exports } =
        serde_saphyr::from_str(text).map_err(|error| from_yaml(&error))?;
    Ok(Types { returns, enters, attributes, exports })
}
