//! Which exception class derives from which: the data of `rules/models/exceptions.yml` and the file's own classes.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::engine::python::{Module, NodeId};

/// How many classes are looked at for one question.
const STEPS: usize = 64;

/// Classes and their bases, by qualified name.
#[derive(Clone, Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Hierarchy(BTreeMap<String, String>);

impl Hierarchy {
    /// The class and all it derives from; `None` where a base is not known.
    pub(super) fn lineage(&self, module: &Module, class: &str) -> Option<BTreeSet<String>> {
        let mut known = BTreeSet::new();
        let mut open = vec![class.to_owned()];
        for _ in 0..STEPS {
            let Some(path) = open.pop() else { return Some(known) };
            if matches!(path.as_str(), "builtins.BaseException" | "builtins.object") {
                known.insert(path);
                continue;
            }
            if let Some(own) = module.local_class(&path) {
                for base in &module.class(own).bases {
                    open.push(module.qualified_name(*base)?.to_owned());
                }
            } else {
                open.push(self.0.get(&path)?.clone());
            }
            known.insert(path);
        }
        None
    }

    /// What a class written in the code derives from.
    pub(super) fn of(&self, module: &Module, class: NodeId) -> Option<BTreeSet<String>> {
        self.lineage(module, module.qualified_name(class)?)
    }
}
