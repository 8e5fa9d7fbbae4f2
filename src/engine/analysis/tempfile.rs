//! Temporary files and folders that somebody has to remove: nothing does, or only when nothing raises before.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::Released;
use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::{Analysis, Parameters, each, file, handler, ownership};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Calls whose file or folder stays until it is removed.
    makers: Vec<String>,
    /// Of these, the ones that stay only with `delete=False`.
    kept: Vec<String>,
    /// Calls that only name a file, for anybody to take first.
    names_only: Vec<String>,
    /// Words of functions that remove.
    removers: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    let all = with.makers.iter().chain(&with.kept).chain(&with.names_only);
    Ok(Analysis {
        starts: Starts::calls(all.map(String::as_str)),
        names: &["CALL", "WHY", "NAME"],
        run: each(move |module, call, hits| hits.extend(visit(&with, module, call))),
    })
}

fn visit(with: &With, module: &Module, call: NodeId) -> Option<Hit> {
    let callee = module.callee(call)?;
    let is = |names: &[String]| names.iter().any(|name| name == callee);
    let hit = Hit::at(call).with("CALL", calls::spelled(module, call));
    if is(&with.names_only) {
        let why = "it only makes up a name, and another process can create that file first";
        return Some(hit.with("WHY", why).with("NAME", "the name"));
    }
    let stays = is(&with.makers) || is(&with.kept) && is_kept(module, call);
    let name = ownership::local_name(module, path_of(module, call)).filter(|_| stays)?;
    let why = leak(with, module, call, name)?;
    let mut hit = hit.with("WHY", why).with("NAME", format!("`{}`", module.text(name)));
    // A folder that is named may be one that is emptied as a whole.
    let is_placed = calls::arguments(module, call).keyword(module, "dir").is_some();
    hit.tier = (is_placed || file::is_script(module)).then_some(Tier::Summary);
    Some(hit)
}

fn is_kept(module: &Module, call: NodeId) -> bool {
    match calls::argument(module, call, "delete", None) {
        Argument::Given(value) => module.constant(value) == Some(Constant::Bool(false)),
        Argument::Absent | Argument::Unknown => false,
    }
}

/// The path that is made of the call at once: `Path(mkdtemp())`, `mkstemp()[1]`, `NamedTemporaryFile(...).name`.
fn path_of(module: &Module, call: NodeId) -> NodeId {
    let tree = module.tree();
    let wraps = |node: &NodeId| {
        let parent = tree.parent(*node)?;
        let is_same = match tree.kind(parent) {
            Kind::Attribute => {
                tree.child(parent, Field::Attribute).is_some_and(|name| module.text(name) == "name")
            }
            Kind::Subscript => {
                tree.child(parent, Field::Subscript).is_some_and(|index| module.text(index) == "1")
            }
            Kind::ArgumentList => {
                let outer = tree.parent(parent)?;
                return gives_same_path(module, outer).then_some(outer);
            }
            _ => false,
        };
        is_same.then_some(parent)
    };
    std::iter::successors(Some(call), wraps).last().unwrap_or(call)
}

/// Why the file may stay behind, if it may.
fn leak(with: &With, module: &Module, call: NodeId, name: NodeId) -> Option<&'static str> {
    let names = names_for(module, name);
    let uses: Vec<NodeId> = names.iter().flat_map(|name| ownership::uses(module, *name)).collect();
    let is_handed_over = names
        .iter()
        .any(|name| ownership::uses(module, *name).iter().any(|used| leaves(module, *name, *used)));
    let removals: Vec<NodeId> = uses.iter().filter_map(|used| removal(with, module, *used)).collect();
    let is_sure = |node: &NodeId| handler::in_clean_up(module, *node) || is_arranged(module, *node);
    if is_handed_over || removals.iter().any(is_sure) {
        return None;
    }
    let is_removal = |node: NodeId| removals.contains(&node);
    match module.is_released(filled(module, call), &is_removal) {
        Released::Never if removals.is_empty() && is_shown(module, &uses) => None,
        Released::Never if removals.is_empty() => Some("nothing in this function removes it"),
        Released::NotOnException(raises) if !module.tree().contains(module.statement_of(call), raises) => {
            Some("it is removed only when nothing before the removal raises")
        }
        Released::NotOnReturn(way)
            if module.tree().kind(way) == Kind::ReturnStatement
                && removals.iter().all(|node| way < *node) =>
        {
            let in_branch = |node: NodeId| {
                module.ancestors_in_function(node).any(|part| module.tree().kind(part) == Kind::IfStatement)
            };
            // A removal under a condition is meant for its case alone.
            (!removals.iter().any(|node| in_branch(*node)))
                .then_some("a `return` before the removal leaves it behind")
        }
        _ => None,
    }
}

/// Where the file is filled: behind the `with` that made it, since what fills it there seldom fails.
fn filled(module: &Module, call: NodeId) -> NodeId {
    let tree = module.tree();
    let statement = module.statement_of(call);
    let body = tree.child(statement, Field::Body).filter(|_| tree.kind(statement) == Kind::WithStatement);
    body.and_then(|body| tree.named_children(body).last()).unwrap_or(call)
}

/// Its place is printed: it is the person's at the terminal.
fn is_shown(module: &Module, uses: &[NodeId]) -> bool {
    uses.iter().any(|used| {
        let call = ownership::argument_of(module, *used);
        call.is_some_and(|call| matches!(module.callee(call), Some("builtins.print" | "click.echo")))
    })
}

/// The name and those made from it: `path = handle.name`, `target = os.path.join(folder, "x")`.
fn names_for(module: &Module, name: NodeId) -> Vec<NodeId> {
    let tree = module.tree();
    let mut names = vec![name];
    for used in ownership::uses(module, name) {
        // What another call makes of the path is something else.
        let mut way = module.ancestors_in_function(used).take(8);
        let around = way.find(|node| match tree.kind(*node) {
            Kind::Call => !gives_same_path(module, *node),
            kind => kind == Kind::Assignment,
        });
        let around = around.filter(|node| tree.kind(*node) == Kind::Assignment);
        let left = around.and_then(|assignment| tree.child(assignment, Field::Left));
        let plain = left.filter(|left| tree.kind(*left) == Kind::Identifier && !tree.contains(*left, used));
        names
            .extend(plain.filter(|left| names.iter().all(|known| module.text(*known) != module.text(*left))));
        if names.len() > 8 {
            break;
        }
    }
    names
}

/// Returned, yielded or stored, or given to an object that is: whoever gets it owns it.
fn leaves(module: &Module, name: NodeId, used: NodeId) -> bool {
    let tree = module.tree();
    let is_stored = || {
        let mut is_inside = false;
        for node in module.ancestors_in_function(used).take(12) {
            match tree.kind(node) {
                // Who resumes a generator may remove it then.
                Kind::Yield => return true,
                Kind::ReturnStatement => return !is_inside,
                Kind::Assignment => {
                    let left = tree.child(node, Field::Left);
                    return left.is_some_and(|left| {
                        tree.kind(left) != Kind::Identifier && !tree.contains(left, used)
                    });
                }
                // `Paths(cert=write(folder, "cert.pem"))`: an object that knows where it is.
                Kind::Call if is_made(calls::method(module, node)) => return true,
                Kind::Call if !gives_same_path(module, node) => is_inside = true,
                _ => {}
            }
        }
        false
    };
    let made = ownership::argument_of(module, used).is_some_and(|call| {
        let callee = calls::method(module, call);
        matches!(
            callee,
            "chdir" | "append" | "add" | "put" | "extend" | "appendleft" | "setdefault" | "update" | "insert"
        ) || is_made(callee)
    });
    ownership::hands_over(module, name, used) || is_stored() || made
}

/// The name of a class whose objects keep what they are given.
fn is_made(callee: &str) -> bool {
    callee.trim_start_matches('_').starts_with(|c: char| c.is_ascii_uppercase())
        && !matches!(callee, "Path" | "Popen" | "ZipFile")
}

/// `str(folder)`, `os.path.join(folder, name)`: still the path, or a path below it.
fn gives_same_path(module: &Module, call: NodeId) -> bool {
    let callee = module.callee(call).unwrap_or_default();
    let reads = ["read", "write", "exists", "stat", "open"];
    ["builtins.", "os.", "pathlib."].iter().any(|library| callee.starts_with(library))
        && !reads.iter().any(|word| calls::last(callee).starts_with(word))
}

/// The call that removes what the use names, or is told how to.
fn removal(with: &With, module: &Module, used: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let mut around = module.ancestors_in_function(used).take(8);
    around.find(|node| {
        let words = |text: &str| {
            let text = text.to_ascii_lowercase();
            with.removers.iter().any(|word| text.contains(word.as_str()))
        };
        tree.kind(*node) == Kind::Call && words(calls::beginning(module, *node))
    })
}

/// `atexit.register(shutil.rmtree, folder)`, `stack.callback(...)`, `self.addCleanup(...)`: done on every way out.
fn is_arranged(module: &Module, removal: NodeId) -> bool {
    let callee = calls::method(module, removal);
    ["register", "callback", "cleanup", "Cleanup", "add_task", "finalize", "push", "defer", "BackgroundTask"]
        .iter()
        .any(|word| callee.contains(word))
}
