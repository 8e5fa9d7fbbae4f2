//! `asyncio.get_event_loop()`: where it only works while a loop happens to be there. In a coroutine it is a longer
//! way to say `get_running_loop()`, which is a note; what makes or sets its own loop, or asks for the Python version,
//! knows better.

use std::cell::OnceCell;
use std::collections::{BTreeSet, HashMap};
use std::rc::Rc;

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
        names: &["CALL", "WHERE", "RISK", "LATER", "INSTEAD"],
        run: Box::new(|module, calls, hits| {
            let audit =
                Audit { module, facts: Memo::default(), uses: Memo::default(), threads: OnceCell::new() };
            hits.extend(calls.iter().filter_map(|call| audit.visit(*call)));
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

/// What is asked of each name and `self.x`.
type Uses<'m> = HashMap<&'m str, BTreeSet<&'m str>>;

/// One file's audit, with what holds for whole functions.
struct Audit<'m> {
    module: &'m Module,
    facts: Memo<Option<FunctionId>, Facts>,
    uses: Memo<Option<FunctionId>, Rc<Uses<'m>>>,
    /// Where the file makes threads, by the function that runs in them.
    threads: OnceCell<HashMap<&'m str, NodeId>>,
}

impl<'m> Audit<'m> {
    fn visit(&self, call: NodeId) -> Option<Hit> {
        let module = self.module;
        let callee = module.tree().child(call, Field::Function)?;
        let is_lookup = LOOKUPS.contains(&module.callee(call)?);
        let scope = module.enclosing_def(call).map(|(id, _)| id);
        let facts = self.facts.get(scope, || facts(module, scope));
        if !is_lookup || facts.asks_for_version || is_for_old_pythons(module, call) {
            return None;
        }
        let written = format!("{}()", module.text(callee));
        if module.in_async(call) || is_on_loop(module, call) {
            return Some(quiet_in_tests(module, on_loop(module, call, callee).with("CALL", written)));
        }
        let has_its_own = facts.sets_loop.is_some_and(|set| set < call);
        if has_its_own || falls_back(module, call) {
            return None;
        }
        Some(quiet_in_tests(module, self.in_plain_code(call).with("CALL", written)))
    }

    fn in_plain_code(&self, call: NodeId) -> Hit {
        let module = self.module;
        let def = module.enclosing_def(call);
        let name = def.and_then(|(_, def)| def.name).map(|name| module.names().text(name));
        let started = name.and_then(|name| self.threads.get_or_init(|| threads(module)).get(name).copied());
        let methods = self.methods(call);
        let hit = Hit::at(call)
            .with("WHERE", place(module, call, name, started.is_some()))
            .with("RISK", "Outside of a running loop it used to make one; since Python 3.14 it raises RuntimeError, and in any thread but the main one it always did.")
            .with("LATER", "What works today while somebody else's loop is there fails after an upgrade or a move.")
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

    /// The methods called on the loop: at once, as in `get_event_loop().create_future()`, or through the name it gets.
    fn methods(&self, call: NodeId) -> Vec<&'m str> {
        let (module, tree) = (self.module, self.module.tree());
        let def = module.enclosing_def(call);
        let scope = def.map_or(NodeId::ROOT, |(_, def)| def.node);
        let uses = self.uses.get(def.map(|(id, _)| id), || Rc::new(uses(module, scope)));
        let assignment = tree.parent(call).filter(|node| tree.kind(*node) == Kind::Assignment);
        let name = assignment.and_then(|node| tree.child(node, Field::Left)).map(|left| module.text(left));
        let through = name.and_then(|name| uses.get(name)).into_iter().flatten().copied();
        method(module, call).into_iter().chain(through).collect()
    }
}

fn quiet_in_tests(module: &Module, hit: Hit) -> Hit {
    if module.is_test_file() { hit.as_summary() } else { hit }
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
        .with("WHERE", format!("in {kind} `{name}`"))
        .with("RISK", "It gives the running loop there, so nothing breaks.")
        .with("LATER", "The line only hides that a loop must be running; moved to plain code it raises RuntimeError since Python 3.14.")
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

fn place(module: &Module, call: NodeId, function: Option<&str>, is_threaded: bool) -> String {
    let place = match function {
        Some(name) => format!("in the synchronous `{name}`"),
        None if module.enclosing_function(call).is_some() => "in a plain `lambda`".to_owned(),
        None => "at module level".to_owned(),
    };
    if is_threaded { format!("{place}, which runs in a thread of its own") } else { place }
}

/// The attribute that is asked of an object: `create_future` of `loop.create_future`.
fn method(module: &Module, object: NodeId) -> Option<&str> {
    let tree = module.tree();
    let attribute = tree.parent(object).filter(|node| tree.kind(*node) == Kind::Attribute)?;
    let name = tree.child(attribute, Field::Attribute).filter(|name| *name != object)?;
    Some(module.text(name))
}

fn uses(module: &Module, scope: NodeId) -> Uses<'_> {
    let tree = module.tree();
    let is_name = |node: NodeId| tree.kind(node) == Kind::Identifier;
    let is_short = |node: &NodeId| is_name(*node) || tree.child(*node, Field::Object).is_some_and(is_name);
    let mut uses = Uses::new();
    for object in tree.subtree(scope).filter(is_short) {
        if let Some(method) = method(module, object) {
            uses.entry(module.text(object)).or_default().insert(method);
        }
    }
    uses
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
