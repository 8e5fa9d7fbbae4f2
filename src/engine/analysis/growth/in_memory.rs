//! Sessions, revoked tokens, rate limits and the like that a web application keeps in a variable of its process: each
//! worker has its own, and a restart forgets them.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::analysis::shared::access::Use;
use crate::engine::analysis::shared::lifetime::has_instance;
use crate::engine::analysis::shared::state::{Owner, State};
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::analysis::shared::words::words;
use crate::engine::analysis::{Analysis, Parameters, file};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Kind, Module, NodeId, ScopeId};

use super::collection::begins_empty;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Words of what must survive and be shared by all workers.
    records: Vec<String>,
    /// Words of what may live in one process.
    unless: Vec<String>,
    /// Packages of web applications.
    web: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], []),
        names: &["STATE", "FUNCTION"],
        run: Box::new(move |module, definitions, hits| run(&with, module, definitions, hits)),
    })
}

fn run(with: &With, module: &Module, definitions: &[NodeId], hits: &mut Vec<Hit>) {
    if module.is_test_file() || file::is_script(module) || !is_web(with, module) {
        return;
    }
    let uses = Uses::of(module);
    let mut told = HashSet::new();
    for id in definitions.iter().filter_map(|node| module.function_at(*node)) {
        for act in uses.changes(id) {
            let keeps =
                matches!(act.usage, Use::SetItem { .. } | Use::AugmentItem { .. } | Use::Change { .. });
            if keeps && is_record(with, module, act.state) && told.insert(act.state) {
                let name = module.function(id).name.map_or("", |name| module.names().text(name));
                let hit = Hit::at(module.statement_of(act.at)).with("STATE", module.text(act.place));
                hits.push(hit.with("FUNCTION", name));
            }
        }
    }
}

fn is_web(with: &With, module: &Module) -> bool {
    let bound = module.scopes().get(ScopeId::MODULE).bound();
    let mut bindings = bound.flat_map(|(_, ids)| ids.map(|id| module.scopes().binding(id)));
    bindings.any(|binding| match &binding.kind {
        BindingKind::Import(path) => {
            with.web.iter().any(|known| path == known || path.starts_with(&format!("{known}.")))
        }
        _ => false,
    })
}

fn is_record(with: &With, module: &Module, state: State) -> bool {
    let words = words(module.names().text(state.name));
    let says = |list: &[String]| {
        words.iter().any(|word| {
            list.contains(word)
                || word.strip_suffix('s').is_some_and(|one| list.iter().any(|known| known == one))
        })
    };
    let lives_long = match state.owner {
        Owner::Module => true,
        Owner::Class(id) => has_instance(module, id),
    };
    lives_long && says(&with.records) && !says(&with.unless) && begins_empty(module, state)
}
