//! `asyncio.get_event_loop()`: where it only works while a loop happens to be there. In a coroutine it is a longer
//! way to say `get_running_loop()`, which is a note; what makes or sets its own loop, or asks for the Python version,
//! knows better.

use std::cell::OnceCell;
use std::collections::HashMap;

use serde::Deserialize;

use crate::engine::finding::{Edit, Severity, Suggestion};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, FunctionId, Kind, Module, NodeId};

use super::memo::Memo;
use super::{Analysis, Parameters, calls, inherited};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

const LOOKUP: &str = "get_event_loop";
const LOOKUPS: [&str; 3] = [
    "asyncio.get_event_loop",
    "asyncio.events.get_event_loop",
    "asyncio.AbstractEventLoopPolicy.get_event_loop",
];
/// What is done with a loop that the function itself runs.
const RUNS: [&str; 2] = ["run_until_complete", "run_forever"];
/// What is asked only of a loop that is running.
const OF_RUNNING: [&str; 7] =
    ["time", "stop", "is_running", "is_closed", "get_debug", "add_signal_handler", "remove_signal_handler"];
/// Classes whose methods the loop calls.
const PROTOCOLS: [&str; 5] = [
    "asyncio.BaseProtocol",
    "asyncio.Protocol",
    "asyncio.BufferedProtocol",
    "asyncio.DatagramProtocol",
    "asyncio.SubprocessProtocol",
];
/// Texts of a condition that tells Python versions apart.
const VERSION_TESTS: [&str; 4] = ["version_info", "hexversion", "PY3", "PY_3"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls([LOOKUP]),
        names: &["CALL", "WHERE", "RISK", "INSTEAD"],
        run: Box::new(|module, calls, hits| {
            let functions = Memo::default();
            let threads = OnceCell::new();
            hits.extend(calls.iter().filter_map(|call| visit(module, *call, &functions, &threads)));
        }),
    })
}

/// What a function, or the module's own code, does about loops.
#[derive(Clone, Copy)]
struct Facts {
    asks_for_version: bool,
    /// The first call of `set_event_loop`.
    sets_loop: Option<NodeId>,
}

/// Threads that the file makes, once somebody asks.
type Threads<'m> = OnceCell<HashMap<&'m str, NodeId>>;

fn visit<'m>(
    module: &'m Module,
    call: NodeId,
    functions: &Memo<Option<FunctionId>, Facts>,
    threads: &Threads<'m>,
) -> Option<Hit> {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function)?;
    let is_lookup = LOOKUPS.contains(&module.callee(call)?);
    let scope = module.enclosing_def(call).map(|(id, _)| id);
    let facts = functions.get(scope, || facts(module, scope));
    if !is_lookup || facts.asks_for_version || is_for_old_pythons(module, call) {
        return None;
    }
    let written = format!("{}()", module.text(callee));
    if module.in_async(call) || is_on_loop(module, call) {
        return Some(on_loop(module, call, callee).with("CALL", written));
    }
    let has_its_own = facts.sets_loop.is_some_and(|set| set < call);
    if has_its_own || falls_back(module, call) {
        return None;
    }
    let hit = in_plain_code(module, call, threads).with("CALL", written);
    Some(if module.is_test_file() { hit.as_summary() } else { hit })
}

/// `@gen.coroutine def`, a coroutine in the older way of writing, or a method that the loop calls.
fn is_on_loop(module: &Module, call: NodeId) -> bool {
    let Some((id, def)) = module.enclosing_def(call) else { return false };
    let older = ["tornado.gen.coroutine", "asyncio.coroutine", "types.coroutine"];
    older.iter().any(|decorator| module.has_decorator(id, decorator))
        || def.class.is_some_and(|class| {
            inherited::library_bases(module, class).iter().any(|base| PROTOCOLS.contains(base))
        })
}

/// It gives the running loop, as it should: how it is written is a note.
fn on_loop(module: &Module, call: NodeId, callee: NodeId) -> Hit {
    let name =
        module.enclosing_def(call).and_then(|(_, def)| def.name).map_or("", |name| module.names().text(name));
    let kind = if module.in_async(call) { "the coroutine" } else { "the loop's own callback" };
    let mut hit = Hit::at(call)
        .with_severity(Severity::Low)
        .as_summary()
        .with("WHERE", format!("in {kind} `{name}`"))
        .with("RISK", "It gives the running loop there, so nothing breaks. The line only hides that a loop must be running, and moved to plain code it raises RuntimeError since Python 3.14.")
        .with("INSTEAD", "`asyncio.get_running_loop()`: it says what is meant and never makes a loop");
    hit.suggestion = suggestion(module, callee);
    hit
}

/// `asyncio.get_event_loop` becomes `asyncio.get_running_loop`; a bare name would need another import.
fn suggestion(module: &Module, callee: NodeId) -> Option<Suggestion> {
    let name = module.tree().child(callee, Field::Attribute)?;
    let edit = Edit { bytes: module.tree().range(name), replacement: "get_running_loop".to_owned() };
    Some(Suggestion { edits: vec![edit], safe: true })
}

fn in_plain_code<'m>(module: &'m Module, call: NodeId, threads: &Threads<'m>) -> Hit {
    let def = module.enclosing_def(call);
    let name = def.and_then(|(_, def)| def.name).map(|name| module.names().text(name));
    let methods = methods(module, call);
    let started = name.and_then(|name| threads.get_or_init(|| self::threads(module)).get(name).copied());
    let hit = Hit::at(call)
        .with("WHERE", place(module, call, name, started.is_some()))
        .with("RISK", "Outside of a running loop it used to make one; since Python 3.14 it raises RuntimeError, and in any thread but the main one it always did. What works today while somebody else's loop is there fails after an upgrade or a move.")
        .with("INSTEAD", instead(&methods));
    let hit = match started {
        Some(start) => hit.and(start, "the thread is started here: it has no loop"),
        None => hit,
    };
    // A callback inside a coroutine mostly runs on its loop, and who asks a loop for its time has one.
    let in_coroutine = def.is_some_and(|(_, def)| module.in_async(def.node));
    let is_sound = in_coroutine || (started.is_none() && only_asks(module, call, &methods));
    if is_sound { hit.with_severity(Severity::Low).as_summary() } else { hit }
}

fn place(module: &Module, call: NodeId, function: Option<&str>, is_threaded: bool) -> String {
    let place = match function {
        Some(name) => format!("in the synchronous `{name}`"),
        None if module.enclosing_function(call).is_some() => "in a plain `lambda`".to_owned(),
        None => "at module level".to_owned(),
    };
    if is_threaded { format!("{place}, which runs in a thread of its own") } else { place }
}

/// The methods called on the loop: at once, as in `get_event_loop().create_future()`, or through the name it gets.
fn methods(module: &Module, call: NodeId) -> Vec<&str> {
    let tree = module.tree();
    let method = |object: NodeId| {
        let attribute = tree.parent(object).filter(|node| tree.kind(*node) == Kind::Attribute)?;
        tree.child(attribute, Field::Attribute).map(|name| module.text(name))
    };
    let assignment = tree.parent(call).filter(|node| tree.kind(*node) == Kind::Assignment);
    let name = assignment.and_then(|node| tree.child(node, Field::Left)).map(|left| module.text(left));
    let is_read = |node: &NodeId| {
        matches!(tree.kind(*node), Kind::Identifier | Kind::Attribute) && Some(module.text(*node)) == name
    };
    let scope = module.enclosing_def(call).map_or(NodeId::ROOT, |(_, def)| def.node);
    let through = tree.subtree(scope).filter(is_read).filter_map(method);
    method(call).into_iter().chain(through).collect()
}

/// Whether nothing is asked of the loop but what makes sense of a running one, or which one it is.
fn only_asks(module: &Module, call: NodeId, methods: &[&str]) -> bool {
    let parent = module.tree().parent(call).map(|node| module.tree().kind(node));
    let asks = !methods.is_empty() && methods.iter().all(|method| OF_RUNNING.contains(method));
    asks || parent == Some(Kind::ComparisonOperator)
}

/// What to write, by what is done with the loop.
fn instead(methods: &[&str]) -> &'static str {
    if methods.iter().any(|method| RUNS.contains(method)) {
        return "`asyncio.run(main())`, which makes the loop, runs it and closes it";
    }
    match methods.is_empty() {
        false => {
            "`asyncio.get_running_loop()`, which says that a loop must be running, or take the loop as a parameter"
        }
        true => {
            "`asyncio.get_running_loop()` where a coroutine is sure to be the caller, or take the loop as a parameter; a program starts with `asyncio.run(main())`"
        }
    }
}

/// Where this file makes a thread, by the name of the function that runs in it.
fn threads(module: &Module) -> HashMap<&str, NodeId> {
    let tree = module.tree();
    let made = tree
        .nodes()
        .filter(|node| tree.kind(*node) == Kind::Call && module.callee(*node) == Some("threading.Thread"));
    made.filter_map(|thread| {
        let target = calls::arguments(module, thread).keyword(module, "target")?;
        Some((calls::last(module.text(target)), thread))
    })
    .collect()
}

fn tells_versions(text: &str) -> bool {
    VERSION_TESTS.iter().any(|word| text.contains(word))
}

/// Behind a test of the Python version.
fn is_for_old_pythons(module: &Module, call: NodeId) -> bool {
    let mut conditions = module.tree().ancestors(call).filter_map(|node| calls::condition(module, node));
    conditions.any(|condition| tells_versions(calls::beginning(module, condition)))
}

fn facts(module: &Module, scope: Option<FunctionId>) -> Facts {
    let tree = module.tree();
    let node = scope.map_or(NodeId::ROOT, |id| module.function(id).node);
    let sets = |call: &NodeId| {
        tree.kind(*call) == Kind::Call
            && matches!(
                module.callee(*call),
                Some("asyncio.set_event_loop" | "asyncio.events.set_event_loop")
            )
            && module.enclosing_def(*call).map(|(id, _)| id) == scope
    };
    let asks_for_version = scope.is_some() && tells_versions(module.text(node));
    Facts { asks_for_version, sets_loop: tree.subtree(node).find(sets) }
}

/// `try: loop = get_event_loop()` with a handler that makes a loop where there is none.
fn falls_back(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let catches = |handler: NodeId| {
        let text = calls::beginning(module, handler);
        let header = text.split(':').next().unwrap_or_default();
        ["RuntimeError", "Exception"].iter().any(|name| header.contains(name)) || header.trim() == "except"
    };
    let suppresses = |item: NodeId| {
        let text = calls::beginning(module, item);
        text.contains("suppress(") && ["RuntimeError", "Exception"].iter().any(|name| text.contains(name))
    };
    module.enclosing_with_items(call).any(suppresses)
        || module.enclosing_tries(call).any(|statement| {
            tree.named_children(statement).any(|part| tree.kind(part) == Kind::ExceptClause && catches(part))
        })
}
