//! Clauses that catch far more than the code under them can raise.

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::handler::{Breadth, Handler, own_nodes};
use super::hierarchy::Hierarchy;
use super::{Analysis, Parameters, calls, each};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Callables whose errors are documented, and those errors.
    raises: BTreeMap<String, Vec<String>>,
    exceptions: Hierarchy,
}

/// A tuple of this many unrelated classes stands for everything.
const MANY: usize = 5;

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::ExceptClause], ["except"]),
        names: &["CLAUSE", "WHY", "INSTEAD"],
        run: each(move |module, clause, hits| hits.extend(visit(&with, module, clause))),
    })
}

fn visit(with: &With, module: &Module, clause: NodeId) -> Option<Hit> {
    let handler = Handler::read(module, clause).filter(|handler| !handler.raises(module))?;
    let (statement, guarded) = handler.guarded(module)?;
    let (why, instead) = match handler.breadth(module) {
        Breadth::Everything if !module.in_async(clause) && !is_framework(module, &handler) => (
            "also takes `KeyboardInterrupt` and `SystemExit`, so that the program cannot be stopped here"
                .to_owned(),
            "`except Exception`, or the classes that are meant".to_owned(),
        ),
        Breadth::Everything | Breadth::Exception => {
            let named = documented(with, module, guarded).filter(|_| !handler.reports(module))?;
            let classes = named.iter().map(|class| calls::last(class)).collect::<Vec<_>>().join(", ");
            let classes = if named.len() > 1 { format!("({classes})") } else { classes };
            (
                "hides mistakes of the code itself: what stands under it names its errors".to_owned(),
                format!("`except {classes}`"),
            )
        }
        Breadth::Narrow => {
            let unrelated = unrelated(with, module, &handler)?;
            let why = format!("lists {unrelated} unrelated classes, which no single failure explains");
            (why, "one clause per step that can fail, around that step".to_owned())
        }
    };
    let hit =
        Hit::at(clause).with("CLAUSE", handler.header(module)).with("WHY", why).with("INSTEAD", instead);
    let is_alone = module
        .tree()
        .named_children(statement)
        .filter(|part| module.tree().kind(*part) == Kind::ExceptClause)
        .count()
        == 1;
    Some(if is_alone { hit } else { hit.and(statement, "other clauses of this try name their errors") })
}

/// Destructors, and handlers that leave the process or keep the exception, take everything on purpose.
fn is_framework(module: &Module, handler: &Handler) -> bool {
    let tree = module.tree();
    let name = module
        .enclosing_def(handler.clause)
        .and_then(|(_, def)| def.name)
        .map_or("", |name| module.names().text(name));
    let exits = handler.own_nodes(module).any(|node| {
        let callee = tree.child(node, Field::Function).map_or("", |callee| calls::last(module.text(callee)));
        tree.kind(node) == Kind::Call
            && (callee.contains("exit")
                || callee.contains("kill")
                || callee == "exc_info"
                || callee.starts_with("set_"))
    });
    name.starts_with("__") || exits || handler.reads_exception(module) || handler.reports(module)
}

/// The errors of the guarded code, where every call in it documents its own and there is at least one.
fn documented(with: &With, module: &Module, guarded: NodeId) -> Option<BTreeSet<String>> {
    let tree = module.tree();
    let mut named = BTreeSet::new();
    for node in own_nodes(module, guarded) {
        match tree.kind(node) {
            Kind::Call => named.extend(with.raises.get(module.callee(node)?)?.iter().cloned()),
            Kind::Await
            | Kind::Yield
            | Kind::Subscript
            | Kind::ForStatement
            | Kind::WithStatement
            | Kind::BinaryOperator
            | Kind::ImportStatement
            | Kind::ImportFromStatement => {
                return None;
            }
            _ => {}
        }
    }
    (!named.is_empty()).then_some(named)
}

/// How many of the classes have no other of the tuple above them; `None` below the limit.
fn unrelated(with: &With, module: &Module, handler: &Handler) -> Option<usize> {
    let paths: Vec<&str> = handler.types.iter().filter_map(|class| module.qualified_name(*class)).collect();
    if paths.len() < MANY || paths.len() < handler.types.len() {
        return None;
    }
    let packages: BTreeSet<&str> = paths.iter().filter_map(|path| path.split('.').next()).collect();
    let named: BTreeSet<&str> = paths.iter().copied().collect();
    let derived = paths.iter().filter(|path| {
        let lineage = with.exceptions.lineage(module, path).unwrap_or_default();
        lineage.iter().any(|above| above != *path && named.contains(above.as_str()))
    });
    let count = paths.len() - derived.count();
    (count >= MANY && packages.len() > 2).then_some(count)
}
