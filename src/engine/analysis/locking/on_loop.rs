//! Locks of threads in coroutines: held while the coroutine is suspended, or around a call that blocks. A few plain
//! statements under such a lock are right, and often the only right way.

use serde::Deserialize;

use crate::engine::analysis::blocking::Blockers;
use crate::engine::analysis::handler::own_nodes;
use crate::engine::analysis::{Analysis, Parameters, calls};
use crate::engine::finding::Severity;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::{LockFamily, LockKind};
use crate::engine::python::{FunctionId, Kind, Module, NodeId};

use super::taking::{self, Taking};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    blocking: Blockers,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module(super::WORDS),
        names: &["LOCK", "FUNCTION", "DURING"],
        run: Box::new(move |module, _, hits| {
            for (id, _) in module.functions().filter(|(_, function)| function.is_async) {
                let takings = taking::takings(module, id).into_iter().filter(is_of_threads);
                hits.extend(takings.filter_map(|taking| visit(&with, module, id, &taking)));
            }
        }),
    })
}

fn is_of_threads(taking: &Taking) -> bool {
    let blocks = matches!(taking.lock.family, LockFamily::Thread | LockFamily::Process);
    blocks && taking.lock.kind != LockKind::Unknown
}

fn visit(with: &With, module: &Module, function: FunctionId, taking: &Taking) -> Option<Hit> {
    let body = module.function(function).body?;
    let is_under = |node: &NodeId| module.locks_at(*node).iter().any(|held| held.at == taking.at);
    let name = module.function(function).name.map_or("lambda", |name| module.names().text(name));
    let hit = Hit::at(taking.at).with("LOCK", &taking.lock.path).with("FUNCTION", name);
    if let Some(wait) = module.suspensions_in(body).find(is_under) {
        let during = format!("`{}` is suspended", name);
        return Some(
            hit.with("DURING", during).and(wait, "here the coroutine is suspended, with the lock held"),
        );
    }
    let mut nodes = own_nodes(module, body).filter(|node| module.tree().kind(*node) == Kind::Call);
    let slow = nodes.find(|call| with.blocking.block(module, *call) && is_under(call))?;
    let during = format!("`{}` blocks", calls::spelled(module, slow));
    let hit = hit.with("DURING", during).with_severity(Severity::Medium);
    Some(hit.and(slow, "this call blocks, with the lock held"))
}
