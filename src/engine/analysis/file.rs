//! What kind of file a module is, by its name and by what it does at its top.

use crate::engine::python::{Field, Kind, Module, NodeId};

/// Folders of programs that somebody starts by hand and watches.
const SCRIPT_FOLDERS: [&str; 19] = [
    "cli",
    "scripts",
    "script",
    "bin",
    "examples",
    "example",
    "samples",
    "demo",
    "demos",
    "tutorials",
    "benchmarks",
    "benchmark",
    "docs",
    "doc",
    "docs_src",
    "notebooks",
    "hack",
    "ci",
    ".github",
];

/// Such folders only at the top of a repository: deeper down, an agent's tools are a part of its service.
const TOP_FOLDERS: [&str; 2] = ["tools", "tool"];

const SCRIPT_FILES: [&str; 6] = ["setup.py", "noxfile.py", "fabfile.py", "manage.py", "tasks.py", "dodo.py"];

/// Frameworks whose modules serve, whoever starts them.
const SERVERS: [&str; 9] =
    ["fastapi", "flask", "django", "starlette", "celery", "tornado", "sanic", "aiohttp.web", "uvicorn"];

/// Whether the file is a program that a person runs, as opposed to a part of a service.
pub(super) fn is_script(module: &Module) -> bool {
    let by_top = module.source().text().starts_with("#!") || has_main_guard(module);
    is_in_script_folder(module) || (by_top && !serves(module))
}

/// Whether the file lies where the programs lie that a person runs and watches.
pub(super) fn is_in_script_folder(module: &Module) -> bool {
    let path = module.source().path();
    let (folders, name) = path.rsplit_once('/').unwrap_or(("", path));
    folders.split('/').any(|folder| SCRIPT_FOLDERS.contains(&folder))
        || folders.split('/').next().is_some_and(|top| TOP_FOLDERS.contains(&top))
        || SCRIPT_FILES.contains(&name)
        || folders.ends_with("management/commands")
}

/// Names of settings modules that never see production.
const TEST_SETTINGS: [&str; 14] = [
    "test",
    "tests",
    "testing",
    "dev",
    "devel",
    "development",
    "local",
    "ci",
    "sandbox",
    "example",
    "sample",
    "demo",
    "docker_dev",
    "debug",
];

/// Whether the path is of settings for tests or for a developer's machine: `settings/test.py`, `settings_local.py`.
pub(super) fn is_test_settings(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let stem = name.strip_suffix(".py").unwrap_or(name);
    let about_settings = ["settings", "config", "conf"].iter().any(|word| path.contains(word));
    let words: Vec<&str> = stem.split('_').collect();
    about_settings && words.iter().any(|word| TEST_SETTINGS.contains(word))
}

fn has_main_guard(module: &Module) -> bool {
    let tree = module.tree();
    let is_guard = |node: NodeId| {
        let condition = tree.child(node, Field::Condition).map_or("", |condition| module.text(condition));
        condition.contains("__name__") && condition.contains("__main__")
    };
    tree.named_children(NodeId::ROOT).any(|node| tree.kind(node) == Kind::IfStatement && is_guard(node))
}

fn serves(module: &Module) -> bool {
    let tree = module.tree();
    let imports = tree
        .nodes()
        .filter(|node| matches!(tree.kind(*node), Kind::ImportStatement | Kind::ImportFromStatement));
    imports.map(|import| module.text(import)).any(|text| SERVERS.iter().any(|server| text.contains(server)))
}
