//! tar archives written out with the names that their maker chose: no `filter=`, no look at the members.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Constant, Field, Function, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::memo::Memo;
use super::{Analysis, Parameters};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

/// Words of a function or file that takes the filter into account in another way.
const FILTERS: [&str; 3] = ["data_filter", "tar_filter", "extraction_filter"];
/// Words in the names of helpers that check a member.
const CHECKS: [&str; 9] =
    ["safe", "valid", "check", "within", "inside", "sanit", "verif", "secure", "is_relative_to"];

/// How many bindings of a name, parts of an expression and nodes of a function are looked at for one call.
const BINDINGS: usize = 16;
const PARTS: usize = 200;
const STATEMENTS: usize = 5_000;

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(["extractall", "extract", "unpack_archive"]),
        names: &["CALL", "ARCHIVE", "FILTERED"],
        run: Box::new(|module, calls, hits| {
            let functions = Memo::default();
            hits.extend(calls.iter().filter_map(|call| visit(module, *call, &functions)));
        }),
    })
}

/// What a function, or the module's own code, does about members.
#[derive(Clone, Copy)]
struct Facts {
    /// It uses the filters of PEP 706 by name.
    filters: bool,
    /// The first place that looks at a member.
    looks: Option<NodeId>,
}

fn visit(module: &Module, call: NodeId, functions: &Memo<NodeId, Facts>) -> Option<Hit> {
    let callee = module.callee(call)?;
    let archive = match callee {
        "tarfile.TarFile.extractall" => whole_archive(module, call)?,
        "tarfile.TarFile.extract" => one_member(module, call)?,
        "shutil.unpack_archive" => unpacked(module, call)?,
        _ => return None,
    };
    let scope = module.enclosing_def(call).map_or(NodeId::ROOT, |(_, def)| def.node);
    let facts = functions.get(scope, || facts(module, scope));
    let looks = callee != "shutil.unpack_archive" && facts.looks.is_some_and(|look| look < call);
    let filters = facts.filters || calls::argument(module, call, "filter", None) != Argument::Absent;
    if looks || filters {
        return None;
    }
    let written = calls::spelled(module, call);
    let hit = Hit::at(call)
        .with("FILTERED", format!("{written}(..., filter=\"data\")"))
        .with("CALL", written)
        .with("ARCHIVE", calls::short(module, archive));
    let opened = sources(module, archive).find(|source| module.tree().kind(*source) == Kind::Call);
    Some(match opened {
        Some(opened) => hit.and(opened, "the archive comes from here"),
        None => hit,
    })
}

/// The archive of an `extractall` whose members nobody chose or looked at.
fn whole_archive(module: &Module, call: NodeId) -> Option<NodeId> {
    let archive = calls::receiver(module, call)?;
    let chosen = match calls::argument(module, call, "members", Some(1)) {
        Argument::Given(members) => !is_everything(module, members),
        Argument::Absent => false,
        Argument::Unknown => true,
    };
    let unknown = !chosen && !is_private_helper(module, archive);
    (unknown && !is_own(module, archive)).then_some(archive)
}

/// The archive of an `extract` whose member is not named by this program.
fn one_member(module: &Module, call: NodeId) -> Option<NodeId> {
    let archive = calls::receiver(module, call)?;
    let Argument::Given(member) = calls::argument(module, call, "member", Some(0)) else { return None };
    let unknown = !is_named_here(module, member) && !is_private_helper(module, archive);
    (unknown && !is_own(module, archive)).then_some(archive)
}

/// `"manifest.json"`, or `archive.getmember("manifest.json")`.
fn is_named_here(module: &Module, member: NodeId) -> bool {
    let got = sources(module, member).any(|source| {
        module.tree().kind(source) == Kind::Call
            && module.callee(source) == Some("tarfile.TarFile.getmember")
            && calls::arguments(module, source)
                .positional
                .first()
                .is_some_and(|name| module.constant(*name).is_some())
    });
    got || module.constant(member).is_some()
}

/// The expression and what the file binds to it, as far as one looks.
fn sources(module: &Module, node: NodeId) -> impl Iterator<Item = NodeId> {
    std::iter::once(node).chain(module.bindings_of(node).take(BINDINGS).filter_map(|binding| binding.value))
}

/// The file of a `shutil.unpack_archive` that may be a tar archive of somebody else.
fn unpacked(module: &Module, call: NodeId) -> Option<NodeId> {
    let Argument::Given(file) = calls::argument(module, call, "filename", Some(0)) else { return None };
    let is_zip = |node: NodeId, ending: &str| {
        calls::string_end(module, node).is_some_and(|text| text.ends_with(ending))
    };
    let format = calls::argument(module, call, "format", Some(2));
    let zip = is_zip(file, ".zip") || matches!(format, Argument::Given(format) if is_zip(format, "zip"));
    (!zip && !is_own_path(module, file)).then_some(file)
}

/// `archive.getmembers()` or `None` chooses nothing.
fn is_everything(module: &Module, members: NodeId) -> bool {
    let all = ["tarfile.TarFile.getmembers", "tarfile.TarFile.getnames"];
    let is_call = module.tree().kind(members) == Kind::Call;
    module.constant(members) == Some(Constant::None)
        || (is_call && module.callee(members).is_some_and(|callee| all.contains(&callee)))
        || module.type_of(members) == Some("tarfile.TarFile")
}

fn facts(module: &Module, scope: NodeId) -> Facts {
    let here = module.text(scope);
    let filters = FILTERS.iter().any(|word| here.contains(word)) || module.mentions("extraction_filter");
    Facts { filters, looks: first_look(module, scope) }
}

/// The first `if`, `assert` or checking helper that speaks of a member, or of what was made of one.
fn first_look(module: &Module, scope: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let mut members: HashSet<&str> = HashSet::from(["getmembers", "getnames"]);
    tree.subtree(scope).find(|node| {
        let node = *node;
        let speaks = |node: NodeId| {
            let mut parts = tree.subtree(node).take(PARTS);
            parts.any(|part| tree.kind(part) == Kind::Identifier && members.contains(module.text(part)))
        };
        let looks = match tree.kind(node) {
            Kind::IfStatement | Kind::ElifClause => tree.child(node, Field::Condition).is_some_and(speaks),
            Kind::AssertStatement | Kind::IfClause => speaks(node),
            Kind::Call => is_check(module, node) && speaks(node),
            _ => false,
        };
        let made = match tree.kind(node) {
            Kind::ForStatement | Kind::ForInClause => {
                tree.child(node, Field::Right).filter(|right| is_members(module, *right))
            }
            Kind::Assignment => tree.child(node, Field::Right).filter(|right| speaks(*right)),
            _ => None,
        };
        members.extend(made.and(tree.child(node, Field::Left)).map(|left| module.text(left)));
        looks
    })
}

/// What a loop over the members of an archive goes over.
fn is_members(module: &Module, iterable: NodeId) -> bool {
    let text = calls::beginning(module, iterable);
    ["members", "getnames"].iter().any(|word| text.contains(word))
        || module.type_of(iterable) == Some("tarfile.TarFile")
}

fn is_check(module: &Module, call: NodeId) -> bool {
    let function = module.tree().child(call, Field::Function).map_or("", |function| module.text(function));
    let name = calls::last(function).to_lowercase();
    CHECKS.iter().any(|word| name.contains(word))
}

/// The archive is a parameter of a helper that only this file calls: its callers may know it.
fn is_private_helper(module: &Module, archive: NodeId) -> bool {
    let name = |function: &Function| function.name.map_or("", |name| module.names().text(name)).to_owned();
    let parameter = module.bindings_of(archive).any(|binding| binding.kind == BindingKind::Parameter);
    parameter && module.enclosing_def(archive).is_some_and(|(_, def)| name(def).starts_with('_'))
}

/// The archive was opened from a path that this program itself names, ships or wrote.
fn is_own(module: &Module, archive: NodeId) -> bool {
    let tree = module.tree();
    sources(module, archive).filter(|node| tree.kind(*node) == Kind::Call).any(|call| {
        let arguments = calls::arguments(module, call);
        let name = arguments.keyword(module, "name").or(arguments.positional.first().copied());
        arguments.keyword(module, "fileobj").is_none() && name.is_some_and(|name| is_own_path(module, name))
    })
}

/// A constant, a place beside this file, or what the function itself has packed.
fn is_own_path(module: &Module, path: NodeId) -> bool {
    let ships = |text: &str| {
        ["__file__", "importlib.resources", "pkg_resources", "_MEIPASS"]
            .iter()
            .any(|word| text.contains(word))
    };
    module.constant(path).is_some()
        || sources(module, path).any(|source| ships(calls::beginning(module, source)))
        || is_packed_here(module, path)
}

/// `tarfile.open(path, "w...")` or `shutil.make_archive` in the same function.
fn is_packed_here(module: &Module, path: NodeId) -> bool {
    let tree = module.tree();
    let scope = module.enclosing_def(path).map_or(NodeId::ROOT, |(_, def)| def.node);
    let before = tree
        .subtree(scope)
        .take(STATEMENTS)
        .take_while(|node| *node < path)
        .filter(|node| tree.kind(*node) == Kind::Call);
    let writes = |call: NodeId| match module.callee(call) {
        Some("shutil.make_archive") => true,
        Some("tarfile.open") => {
            let mode = calls::argument(module, call, "mode", Some(1));
            matches!(mode, Argument::Given(mode) if calls::string_start(module, mode).is_some_and(|mode| mode.starts_with(['w', 'x'])))
        }
        _ => false,
    };
    let mut packed = before.filter(|call| writes(*call));
    packed.any(|call| {
        module.callee(call) == Some("shutil.make_archive")
            || calls::arguments(module, call)
                .positional
                .first()
                .is_some_and(|name| module.text(*name) == module.text(path))
    })
}
