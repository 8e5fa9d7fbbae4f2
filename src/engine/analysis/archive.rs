//! tar archives written out with the names that their maker chose: no `filter=`, no look at the members.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Constant, Field, Function, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::{Analysis, Parameters};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

/// Words of a function or file that takes the filter into account in another way.
const FILTERS: [&str; 3] = ["data_filter", "tar_filter", "extraction_filter"];
/// Words in the names of helpers that check a member.
const CHECKS: [&str; 9] = ["safe", "valid", "check", "within", "inside", "sanit", "verif", "secure", "is_relative_to"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(["extractall", "extract", "unpack_archive"]),
        names: &["CALL", "ARCHIVE", "FILTERED"],
        run: Box::new(|module, call, hits| hits.extend(visit(module, call))),
    })
}

fn visit(module: &Module, call: NodeId) -> Option<Hit> {
    let callee = module.callee(call)?;
    let archive = match callee {
        "tarfile.TarFile.extractall" => whole_archive(module, call)?,
        "tarfile.TarFile.extract" => one_member(module, call)?,
        "shutil.unpack_archive" => unpacked(module, call)?,
        _ => return None,
    };
    if calls::argument(module, call, "filter", None) != Argument::Absent || filters_elsewhere(module, call) {
        return None;
    }
    let written = calls::spelled(module, call);
    Some(
        Hit::at(call)
            .with("FILTERED", format!("{written}(..., filter=\"data\")"))
            .with("CALL", written)
            .with("ARCHIVE", calls::short(module, archive)),
    )
}

/// The archive of an `extractall` whose members nobody chose or looked at.
fn whole_archive(module: &Module, call: NodeId) -> Option<NodeId> {
    let archive = receiver(module, call)?;
    let chosen = match calls::argument(module, call, "members", Some(1)) {
        Argument::Given(members) => !is_everything(module, members),
        Argument::Absent => false,
        Argument::Unknown => true,
    };
    let unknown = !chosen && !looks_at_members(module, call) && !is_private_helper(module, archive);
    (unknown && !is_own(module, archive)).then_some(archive)
}

/// The archive of an `extract` whose member is not named by this program.
fn one_member(module: &Module, call: NodeId) -> Option<NodeId> {
    let archive = receiver(module, call)?;
    let Argument::Given(member) = calls::argument(module, call, "member", Some(0)) else { return None };
    let named_here = module.constant(member).is_some();
    let unknown = !named_here && !looks_at_members(module, call) && !is_private_helper(module, archive);
    (unknown && !is_own(module, archive)).then_some(archive)
}

/// The file of a `shutil.unpack_archive` that may be a tar archive of somebody else.
fn unpacked(module: &Module, call: NodeId) -> Option<NodeId> {
    let Argument::Given(file) = calls::argument(module, call, "filename", Some(0)) else { return None };
    let is_zip = |node: NodeId, ending: &str| calls::string_end(module, node).is_some_and(|text| text.ends_with(ending));
    let format = calls::argument(module, call, "format", Some(2));
    let zip = is_zip(file, ".zip") || matches!(format, Argument::Given(format) if is_zip(format, "zip"));
    (!zip && !is_own_path(module, file)).then_some(file)
}

fn receiver(module: &Module, call: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    tree.child(tree.child(call, Field::Function)?, Field::Object)
}

/// `archive.getmembers()` or `None` chooses nothing.
fn is_everything(module: &Module, members: NodeId) -> bool {
    let all = ["tarfile.TarFile.getmembers", "tarfile.TarFile.getnames"];
    let is_call = module.tree().kind(members) == Kind::Call;
    module.constant(members) == Some(Constant::None)
        || (is_call && module.callee(members).is_some_and(|callee| all.contains(&callee)))
        || module.type_of(members) == Some("tarfile.TarFile")
}

/// The function, or the module around it, uses the filters of PEP 706 by name.
fn filters_elsewhere(module: &Module, call: NodeId) -> bool {
    let def = module.enclosing_def(call).map_or(NodeId::ROOT, |(_, def)| def.node);
    let here = module.text(def);
    FILTERS.iter().any(|word| here.contains(word)) || module.source().text().contains("extraction_filter")
}

/// An earlier `if`, `assert` or checking helper of the function speaks of a member, or of what was made of one.
fn looks_at_members(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let scope = module.enclosing_def(call).map_or(NodeId::ROOT, |(_, def)| def.node);
    let mut members: Vec<&str> = vec!["getmembers", "getnames"];
    for node in tree.subtree(scope).take_while(|node| *node < call) {
        let speaks = |node: NodeId| {
            tree.subtree(node).any(|part| tree.kind(part) == Kind::Identifier && members.contains(&module.text(part)))
        };
        let looks = match tree.kind(node) {
            Kind::IfStatement | Kind::ElifClause => tree.child(node, Field::Condition).is_some_and(speaks),
            Kind::AssertStatement | Kind::IfClause => speaks(node),
            Kind::Call => is_check(module, node) && speaks(node) && !tree.contains(node, call),
            _ => false,
        };
        if looks {
            return true;
        }
        let made = match tree.kind(node) {
            Kind::ForStatement | Kind::ForInClause => tree.child(node, Field::Right).filter(|right| is_members(module, *right)),
            Kind::Assignment => tree.child(node, Field::Right).filter(|right| speaks(*right)),
            _ => None,
        };
        members.extend(made.and(tree.child(node, Field::Left)).map(|left| module.text(left)));
    }
    false
}

/// What a loop over the members of an archive goes over.
fn is_members(module: &Module, iterable: NodeId) -> bool {
    let text = module.text(iterable);
    ["members", "getnames"].iter().any(|word| text.contains(word)) || module.type_of(iterable) == Some("tarfile.TarFile")
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
    let opened = std::iter::once(archive).chain(module.bindings_of(archive).filter_map(|binding| binding.value));
    let tree = module.tree();
    opened.filter(|node| tree.kind(*node) == Kind::Call).any(|call| {
        let arguments = calls::arguments(module, call);
        let name = arguments.keyword(module, "name").or(arguments.positional.first().copied());
        arguments.keyword(module, "fileobj").is_none() && name.is_some_and(|name| is_own_path(module, name))
    })
}

/// A constant, a place beside this file, or what the function itself has packed.
fn is_own_path(module: &Module, path: NodeId) -> bool {
    let sources = || std::iter::once(path).chain(module.bindings_of(path).filter_map(|binding| binding.value));
    let ships = |text: &str| ["__file__", "importlib.resources", "pkg_resources", "_MEIPASS"].iter().any(|word| text.contains(word));
    module.constant(path).is_some() || sources().any(|source| ships(module.text(source))) || is_packed_here(module, path)
}

/// `tarfile.open(path, "w...")` or `shutil.make_archive` in the same function.
fn is_packed_here(module: &Module, path: NodeId) -> bool {
    let tree = module.tree();
    let scope = module.enclosing_def(path).map_or(NodeId::ROOT, |(_, def)| def.node);
    let before = tree.subtree(scope).take_while(|node| *node < path).filter(|node| tree.kind(*node) == Kind::Call);
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
            || calls::arguments(module, call).positional.first().is_some_and(|name| module.text(*name) == module.text(path))
    })
}
