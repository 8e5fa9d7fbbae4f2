//! Calls that wait without limit: no timeout argument where the library has no default, or an explicit `None`.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::Hit;
use crate::engine::python::{Constant, Field, Function, FunctionId, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::memo::Memo;
use super::table::Table;
use super::{Analysis, Parameters, file, inherited};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    clients: Vec<Client>,
}

/// Calls that take their timeout in the same way.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Client {
    names: Vec<String>,
    /// The keywords any of which bounds the wait.
    keywords: Vec<String>,
    /// The position of the first keyword's parameter, if it may be passed so.
    position: Option<usize>,
    /// Whether leaving it out means no limit. Otherwise only an explicit `None` does.
    #[serde(default)]
    needed: bool,
    /// Constructors that set it for all calls.
    #[serde(default)]
    constructors: Vec<String>,
    /// Words of a file in which nothing is said: the wait is wanted or bounded in another way.
    #[serde(default)]
    unless: Vec<String>,
    tier: Option<Tier>,
    /// The argument to write.
    write: String,
}

/// How many levels above a call its `wait_for` may stand.
const LEVELS: usize = 64;

/// Objects that hold limits, none where each of them is `None`.
const TIMEOUTS: [&str; 4] =
    ["httpx.Timeout", "aiohttp.ClientTimeout", "urllib3.Timeout", "urllib3.util.Timeout"];

/// Methods through which all requests of a client go: whoever overrides one may set the limit there.
const SENDERS: [&str; 3] = ["request", "send", "__init__"];

/// Who bounds what runs inside.
const BOUNDS: [&str; 6] = ["timeout", "Timeout", "wait_for", "fail_after", "move_on_after", "time_limit"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { clients } = parameters.read()?;
    let each = clients
        .into_iter()
        .flat_map(|client| client.names.clone().into_iter().map(move |name| (name, client.clone())));
    let table = Table::new(each);
    Ok(Analysis {
        starts: table.starts(),
        names: &["CALL", "WHY", "WRITE"],
        run: Box::new(move |module, calls, hits| {
            let bounded = Bounded::default();
            hits.extend(calls.iter().filter_map(|call| visit(&table, module, *call, &bounded)));
        }),
    })
}

/// What bounds calls, for whole functions and files.
#[derive(Default)]
struct Bounded<'t> {
    /// Whether the file bounds all calls of a client, by the client's first name.
    by_file: Memo<&'t str, bool>,
    /// Whether the function sets an alarm, which interrupts whatever it waits for.
    by_alarm: Memo<FunctionId, bool>,
}

fn visit<'t>(table: &'t Table<Client>, module: &Module, call: NodeId, bounded: &Bounded<'t>) -> Option<Hit> {
    let callee = module.callee(call)?;
    let client = table
        .get(callee)
        .or_else(|| table.get(&stub_method(callee)?))
        .or_else(|| of_base(table, module, callee))?;
    let why = endless(client, module, call)?;
    let name = client.names.first()?.as_str();
    let alarm = |(id, def): (FunctionId, &Function)| bounded.by_alarm.get(id, || sets_alarm(module, def));
    if is_bounded_around(module, call)
        || module.enclosing_def(call).is_some_and(alarm)
        || bounded.by_file.get(name, || is_bounded_by_file(client, module))
    {
        return None;
    }
    let mut hit = Hit::at(call)
        .with("CALL", calls::spelled(module, call))
        .with("WHY", why)
        .with("WRITE", &client.write);
    hit.tier = client.tier.or(file::is_script(module).then_some(Tier::Summary));
    Some(hit)
}

/// A stub's method that asks once: a stream is as long as it is.
fn stub_method(callee: &str) -> Option<String> {
    let name = calls::stub_method(callee)?;
    let method = calls::last(&name);
    let streams = ["Stream", "Watch", "Subscribe", "Listen"].iter().any(|word| method.contains(word));
    (!streams).then_some(name)
}

/// The client that a class of this file extends, where it does not send requests in its own way.
fn of_base<'t>(table: &'t Table<Client>, module: &Module, callee: &str) -> Option<&'t Client> {
    let class = module.local_class(callee.rsplit_once('.')?.0)?;
    let sends = SENDERS.iter().any(|method| inherited::defines(module, class, method));
    let mut names = inherited::names(module, callee).into_iter().filter(|_| !sends);
    names.find_map(|name| table.get(&name))
}

/// Why the call has no limit, if it has none.
fn endless(client: &Client, module: &Module, call: NodeId) -> Option<String> {
    let first = client.keywords.first()?;
    if is_local(module, call) {
        return None;
    }
    let mut given = client.keywords.iter().enumerate().map(|(index, keyword)| {
        (keyword, calls::argument(module, call, keyword, client.position.filter(|_| index == 0)))
    });
    let explicit = given.clone().find_map(|(keyword, argument)| match argument {
        Argument::Given(value) => Some((keyword, value)),
        Argument::Absent | Argument::Unknown => None,
    });
    if let Some((keyword, value)) = explicit {
        return switches_off(module, value).then(|| format!("`{keyword}=None` switches the limit off"));
    }
    let absent = given.all(|(_, argument)| argument == Argument::Absent) && !connects_later(module, call);
    (client.needed && absent).then(|| format!("no `{first}` is given, and the library sets none"))
}

/// `urlopen("data:...")`, `urlopen("file:...")`: there is no peer.
fn is_local(module: &Module, call: NodeId) -> bool {
    let first = calls::arguments(module, call).positional.first().copied();
    let start = first.and_then(|url| calls::string_start(module, url));
    start.is_some_and(|url| ["data:", "file:"].iter().any(|scheme| url.starts_with(scheme)))
}

/// `FTP()`: an object that connects, and takes its limit, in another call.
fn connects_later(module: &Module, call: NodeId) -> bool {
    let arguments = calls::arguments(module, call);
    arguments.positional.is_empty() && arguments.keywords.is_empty() && !arguments.open
}

/// `None`, or a timeout object that holds nothing but `None`.
fn switches_off(module: &Module, value: NodeId) -> bool {
    let tree = module.tree();
    match tree.kind(value) {
        Kind::Call => {}
        Kind::Tuple => return tree.named_children(value).all(|part| is_none(module, part)),
        _ => return is_none(module, value),
    }
    let is_timeout = module.callee(value).is_some_and(|callee| TIMEOUTS.contains(&callee));
    let arguments = calls::arguments(module, value);
    let named = arguments.keywords.iter().filter_map(|keyword| tree.child(*keyword, Field::Value));
    let mut given = arguments.positional.iter().copied().chain(named).peekable();
    is_timeout && !arguments.open && given.peek().is_some() && given.all(|value| is_none(module, value))
}

/// An attribute that begins as `None` is there to be set.
fn is_none(module: &Module, node: NodeId) -> bool {
    module.tree().kind(node) != Kind::Attribute && module.constant(node) == Some(Constant::None)
}

/// `wait_for(...)`, `with timeout(...)` or a decorator around the call.
pub(super) fn is_bounded_around(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let bounds = |node: NodeId| BOUNDS.iter().any(|word| calls::beginning(module, node).contains(word));
    let callee = |node: NodeId| tree.child(node, Field::Function).is_some_and(bounds);
    let mut around = module.ancestors_in_function(call).take(LEVELS);
    let in_call = around.any(|node| tree.kind(node) == Kind::Call && callee(node));
    let manager = |item: NodeId| {
        let made = std::iter::successors(Some(item), |node| tree.first_named(*node)).take(3);
        let call = made.into_iter().find(|node| tree.kind(*node) == Kind::Call);
        call.map_or_else(|| bounds(item), callee)
    };
    let in_with = module.enclosing_with_items(call).any(|item| !tree.contains(item, call) && manager(item));
    let decorated = module
        .enclosing_def(call)
        .is_some_and(|(_, def)| def.decorators.iter().any(|decorator| bounds(decorator.node)));
    in_call || in_with || decorated
}

fn sets_alarm(module: &Module, function: &Function) -> bool {
    let tree = module.tree();
    let sets = |node: NodeId| {
        tree.kind(node) == Kind::Call
            && matches!(module.callee(node), Some("signal.alarm" | "signal.setitimer"))
    };
    tree.subtree(function.node).any(sets)
}

fn is_bounded_by_file(client: &Client, module: &Module) -> bool {
    if client.unless.iter().any(|word| module.mentions(word)) {
        return true;
    }
    let tree = module.tree();
    let mut calls = tree.nodes().filter(|node| tree.kind(*node) == Kind::Call);
    calls.any(|call| match module.callee(call) {
        Some("socket.setdefaulttimeout") => true,
        Some(callee) => {
            client.constructors.iter().any(|name| name == callee) && bounds_all(client, module, call)
        }
        None => false,
    })
}

/// A constructor that is given the limit for every call, or may be.
fn bounds_all(client: &Client, module: &Module, call: NodeId) -> bool {
    client.keywords.iter().any(|keyword| match calls::argument(module, call, keyword, None) {
        Argument::Given(value) => !switches_off(module, value),
        Argument::Unknown => true,
        Argument::Absent => false,
    })
}
