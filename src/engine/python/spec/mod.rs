//! The model's specification: Python snippets, a question about the expression between `⟦` and `⟧`, the answer.

mod bindings;
mod calls;
mod constants;
mod count;
mod flow;
mod flow_aftermath;
mod flow_conditions;
mod flow_escapes;
mod flow_locks;
mod flow_paths;
mod flow_reaching;
mod flow_release;
mod flow_robustness;
mod flow_suspension;
mod names;
mod outline;
mod robustness;
mod roles;
mod types;

use std::sync::Arc;

use rustc_hash::FxHashSet;

use super::{Module, NodeId, Types};
use crate::engine::{Limits, Source};

/// What the questions know of libraries.
fn library() -> Arc<Types> {
    let map = |pairs: &[(&str, &str)]| {
        pairs.iter().map(|(key, value)| ((*key).to_owned(), (*value).to_owned())).collect()
    };
    Arc::new(Types {
        returns: map(&[
            ("tarfile.open", "tarfile.TarFile"),
            ("builtins.open", "io.TextIOWrapper"),
            ("sqlite3.connect", "sqlite3.Connection"),
            ("sqlite3.Connection.cursor", "sqlite3.Cursor"),
            ("asyncpg.create_pool", "asyncpg.Pool"),
        ]),
        enters: map(&[("asyncpg.PoolAcquire", "asyncpg.Connection")]),
        attributes: map(&[("flask.Flask.logger", "logging.Logger")]),
        exports: [("math", "pi"), ("os.path", "join")]
            .into_iter()
            .map(|(module, name)| (module.to_owned(), FxHashSet::from_iter([name.to_owned()])))
            .collect(),
        ..Types::default()
    })
}

fn module_at(path: &str, text: &str) -> Module {
    let source = Source::decode(path, text.as_bytes(), &Limits::default()).unwrap();
    Module::parse(source, &Limits::default(), library()).unwrap()
}

fn module(text: &str) -> Module {
    module_at("app.py", text)
}

/// The module without the marks, and the marked node.
fn ask(snippet: &str) -> (Module, NodeId) {
    let start = snippet.find('⟦').unwrap();
    let end = snippet.find('⟧').unwrap() - '⟦'.len_utf8();
    let module = module(&snippet.replace(['⟦', '⟧'], ""));
    let node = module.tree().smallest_at(start..end);
    (module, node)
}
