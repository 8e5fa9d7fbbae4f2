//! Handlers that cannot happen: a type test on the caught exception that no caught type can pass, and a clause behind
//! a broader one of the same `try`.

use std::collections::BTreeSet;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Kind, Module, NodeId};

use super::handler::Handler;
use super::hierarchy::Hierarchy;
use super::{Analysis, Parameters, calls, each};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    exceptions: Hierarchy,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { exceptions } = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::TryStatement], ["except"]),
        names: &["WHAT", "WHY", "INSTEAD"],
        run: each(move |module, statement, hits| visit(&exceptions, module, statement, hits)),
    })
}

fn visit(exceptions: &Hierarchy, module: &Module, statement: NodeId, hits: &mut Vec<Hit>) {
    let tree = module.tree();
    let clauses = tree.named_children(statement).filter(|part| tree.kind(*part) == Kind::ExceptClause);
    let mut before: Vec<(NodeId, String)> = Vec::new();
    for handler in clauses.filter_map(|clause| Handler::read(module, clause)) {
        hits.extend(shadowed(exceptions, module, &handler, &before));
        hits.extend(
            tests(module, &handler)
                .filter_map(|(test, class)| impossible(exceptions, module, &handler, test, class)),
        );
        let caught = handler.types.iter().filter_map(|class| module.qualified_name(*class));
        before.extend(caught.map(|path| (handler.clause, path.to_owned())));
    }
}

/// A clause all of whose classes were caught by clauses above it.
fn shadowed(
    exceptions: &Hierarchy,
    module: &Module,
    handler: &Handler,
    before: &[(NodeId, String)],
) -> Option<Hit> {
    let mut by = None;
    for class in &handler.types {
        let lineage = exceptions.of(module, *class)?;
        by = Some(before.iter().find(|(_, caught)| lineage.contains(caught))?);
    }
    let (clause, caught) = by?;
    let hit = Hit::at(handler.clause)
        .with("WHAT", handler.header(module))
        .with("WHY", format!("`{}` is caught by a clause above it", calls::last(caught)))
        .with("INSTEAD", "Put the narrower clause first, or remove it");
    Some(hit.and(*clause, "this clause takes them first"))
}

/// `isinstance(error, Class)` calls on the caught exception, with each class they name.
fn tests<'m>(module: &'m Module, handler: &Handler) -> impl Iterator<Item = (NodeId, Vec<NodeId>)> + 'm {
    let tree = module.tree();
    // What `except*` binds is a group of what it names.
    let is_group = handler.header(module).starts_with("except*");
    let name = handler.name.filter(|_| !is_group).map(|name| module.text(name)).unwrap_or_default();
    handler.own_nodes(module).filter_map(move |call| {
        let is_test = tree.kind(call) == Kind::Call && module.callee(call) == Some("builtins.isinstance");
        let arguments = is_test.then(|| calls::arguments(module, call))?;
        let [subject, classes] = arguments.positional[..] else { return None };
        let same = !name.is_empty() && module.text(subject) == name;
        let classes = match tree.kind(classes) {
            Kind::Tuple => tree.named_children(classes).collect(),
            _ => vec![classes],
        };
        same.then_some((call, classes))
    })
}

fn impossible(
    exceptions: &Hierarchy,
    module: &Module,
    handler: &Handler,
    test: NodeId,
    classes: Vec<NodeId>,
) -> Option<Hit> {
    let each = |classes: &[NodeId]| {
        classes.iter().map(|class| exceptions.of(module, *class)).collect::<Option<Vec<BTreeSet<String>>>>()
    };
    let (caught, tested) = (each(&handler.types)?, each(&classes)?);
    let rebound = module
        .bindings(module.scope_of(test), module.text(handler.name?))
        .any(|binding| module.tree().contains(handler.body, binding.node));
    let paths = |nodes: &[NodeId]| {
        nodes.iter().filter_map(|node| module.qualified_name(*node)).map(str::to_owned).collect::<Vec<_>>()
    };
    let (caught_paths, tested_paths) = (paths(&handler.types), paths(&classes));
    let meets = caught.iter().any(|lineage| tested_paths.iter().any(|path| lineage.contains(path)))
        || tested.iter().any(|lineage| caught_paths.iter().any(|path| lineage.contains(path)))
        || crosses(exceptions, module, &caught_paths, &tested_paths);
    if caught.is_empty() || rebound || meets || !is_base_only(&tested) && !are_rigid(&caught, &tested) {
        return None;
    }
    let what = module.text(test);
    let why = format!("`{}` catches nothing of that type", handler.header(module));
    let hit = Hit::at(test).with("WHAT", what).with("WHY", why);
    let hit = hit.with("INSTEAD", "Remove the test, or catch that type in a clause of its own");
    Some(hit.and(handler.clause, "this is all that can arrive here"))
}

/// The tested classes are outside `Exception`: nothing that derives from both is ever made.
fn is_base_only(tested: &[BTreeSet<String>]) -> bool {
    tested.iter().all(|lineage| !lineage.contains("builtins.Exception"))
}

/// Both sides derive from different standard classes below `Exception`: a class that joins two of them is rare, and
/// where libraries make one the hierarchy does not know it.
fn are_rigid(caught: &[BTreeSet<String>], tested: &[BTreeSet<String>]) -> bool {
    let all = || caught.iter().chain(tested);
    let below = |class: &str| all().any(|lineage| lineage.contains(class));
    // io.UnsupportedOperation and the JSON error of requests are both.
    let are_joined = below("builtins.OSError") && below("builtins.ValueError");
    !are_joined && all().all(|lineage| lineage.iter().all(|path| path.starts_with("builtins.")))
}

/// A class of this file that derives from both sides.
fn crosses(exceptions: &Hierarchy, module: &Module, caught: &[String], tested: &[String]) -> bool {
    module.classes().any(|(id, _)| {
        let lineage = exceptions.lineage(module, module.class_path(id)).unwrap_or_default();
        caught.iter().any(|path| lineage.contains(path)) && tested.iter().any(|path| lineage.contains(path))
    })
}
