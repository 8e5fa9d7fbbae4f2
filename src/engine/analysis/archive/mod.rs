//! tar archives written out with the names that their maker chose: no `filter=`, no look at the members.

mod look;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::memo::Memo;
use super::{Analysis, Parameters, ownership};
use look::Facts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

/// How many bindings of a name and nodes of a function are looked at for one call.
const BINDINGS: usize = 16;
const STATEMENTS: usize = 5_000;

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(["extractall", "extract", "unpack_archive"].into_iter().chain(CALLERS)),
        names: &["CALL", "ARCHIVE", "FILTERED"],
        run: Box::new(|module, calls, hits| {
            let functions = Memo::default();
            hits.extend(calls.iter().filter_map(|call| visit(module, *call, &functions)));
        }),
    })
}

/// Names of callables that call what they are given, in a thread or later.
const CALLERS: [&str; 5] = ["to_thread", "run_in_executor", "run_sync", "submit", "partial"];

/// An archive that a call writes out, and what the code writes for that.
struct Extraction {
    archive: NodeId,
    written: String,
    /// Members are written, so that a look at them counts.
    has_members: bool,
}

fn visit(module: &Module, call: NodeId, functions: &Memo<NodeId, Facts>) -> Option<Hit> {
    let extraction = extraction(module, call)?;
    let scope = module.enclosing_def(call).map_or(NodeId::ROOT, |(_, def)| def.node);
    let facts = functions.get(scope, || look::facts(module, scope));
    let looks = extraction.has_members && facts.looks.is_some_and(|look| look < call);
    if looks || facts.filters || is_filtered(module, call) {
        return None;
    }
    let Extraction { archive, written, .. } = extraction;
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

fn extraction(module: &Module, call: NodeId) -> Option<Extraction> {
    let extraction =
        |archive| Extraction { archive, written: calls::spelled(module, call), has_members: true };
    match module.callee(call) {
        Some("tarfile.TarFile.extractall") => whole_archive(module, call).map(extraction),
        Some("tarfile.TarFile.extract") => one_member(module, call).map(extraction),
        Some("shutil.unpack_archive") => unpacked(module, call).map(|file| Extraction {
            archive: file,
            written: calls::spelled(module, call),
            has_members: false,
        }),
        _ => handed_on(module, call),
    }
}

/// `filter="data"` or a function. `None` is no filter before Python 3.14, and `fully_trusted` none at all.
fn is_filtered(module: &Module, call: NodeId) -> bool {
    match calls::argument(module, call, "filter", None) {
        Argument::Absent => false,
        Argument::Unknown => true,
        Argument::Given(filter) => match module.constant(filter) {
            Some(Constant::None) => false,
            Some(Constant::Str(text)) => text != "fully_trusted",
            _ => module.qualified_name(filter) != Some("tarfile.fully_trusted_filter"),
        },
    }
}

/// The archive of an `extractall` whose members nobody chose or looked at.
fn whole_archive(module: &Module, call: NodeId) -> Option<NodeId> {
    let archive = calls::receiver(module, call)?;
    let chosen = match calls::argument(module, call, "members", Some(1)) {
        Argument::Given(members) => !is_everything(module, members),
        Argument::Absent => false,
        Argument::Unknown => true,
    };
    (!chosen && !is_known(module, archive)).then_some(archive)
}

/// `asyncio.to_thread(archive.extractall, target)`
fn handed_on(module: &Module, call: NodeId) -> Option<Extraction> {
    let tree = module.tree();
    let calls_it = CALLERS.contains(&calls::method(module, call));
    let given = calls::arguments(module, call);
    let mut methods = given.positional.into_iter().take(2).filter(|node| tree.kind(*node) == Kind::Attribute);
    let method = methods.find(|node| {
        tree.child(*node, Field::Attribute).is_some_and(|name| module.text(name) == "extractall")
    })?;
    let archive = tree.child(method, Field::Object)?;
    let is_archive = calls_it && module.type_of(archive) == Some("tarfile.TarFile");
    let chosen = given
        .keywords
        .iter()
        .any(|keyword| tree.child(*keyword, Field::Name).is_some_and(|name| module.text(name) == "members"));
    (is_archive && !chosen && !is_known(module, archive)).then(|| Extraction {
        archive,
        written: calls::short(module, method),
        has_members: true,
    })
}

/// The archive of an `extract` whose member is not named by this program.
fn one_member(module: &Module, call: NodeId) -> Option<NodeId> {
    let archive = calls::receiver(module, call)?;
    let Argument::Given(member) = calls::argument(module, call, "member", Some(0)) else { return None };
    (!is_named_here(module, member) && !is_known(module, archive)).then_some(archive)
}

/// The program's own archive, or the parameter of a helper whose callers may know it.
fn is_known(module: &Module, archive: NodeId) -> bool {
    let given = ownership::is_parameter(module, archive) && ownership::is_private_helper(module, archive);
    given || is_own(module, archive)
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

/// `archive.getmembers()`, `None`, or a choice by what says nothing of the place: chooses nothing.
fn is_everything(module: &Module, members: NodeId) -> bool {
    let all = ["tarfile.TarFile.getmembers", "tarfile.TarFile.getnames"];
    let is_call = module.tree().kind(members) == Kind::Call;
    sources(module, members).any(|source| look::picks_blindly(module, source))
        || module.constant(members) == Some(Constant::None)
        || (is_call && module.callee(members).is_some_and(|callee| all.contains(&callee)))
        || module.type_of(members) == Some("tarfile.TarFile")
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
