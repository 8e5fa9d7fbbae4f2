//! Files, sockets, connections, sessions, executors and processes that are opened and never closed by the function
//! that alone knows them, or only where nothing raises before.

mod fate;

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::Hit;
use crate::engine::python::flow::Released;
use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::table::Table;
use super::{Analysis, Parameters, calls, each, file, handler, ownership};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    openers: Vec<Opener>,
    /// Calls that read from an open object and do not keep it.
    readers: Vec<String>,
    /// Connections whose `with` ends a transaction and leaves them open.
    transactions: Vec<String>,
    /// Last names of calls that hardly ever raise.
    quiet: Vec<String>,
}

/// Calls that open the same kind of thing. `pool.acquire` stands for a method of whatever is named a pool, a name
/// without a dot for whatever has that name.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opener {
    names: Vec<String>,
    what: String,
    /// Methods that give it back.
    closers: Vec<String>,
    /// What stays open costs little and is closed with its object.
    tier: Option<Tier>,
    /// Only where one of these arguments is a pipe.
    #[serde(default)]
    piped_by: Vec<String>,
    /// What is told where it stays open only when something raises.
    on_failure: Option<Tier>,
    /// Its own methods hardly ever raise.
    #[serde(default)]
    seldom_fails: bool,
}

struct Rule {
    table: Table<Opener>,
    readers: Vec<String>,
    transactions: Vec<String>,
    quiet: Vec<String>,
}

/// How an object without a name is called in the texts.
const UNNAMED: &str = "the object";

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { openers, readers, transactions, quiet } = parameters.read()?;
    let entries = openers
        .into_iter()
        .flat_map(|opener| opener.names.clone().into_iter().map(move |name| (name, opener.clone())));
    let table = Table::new(entries);
    let starts = table.starts();
    let rule = Rule { table, readers, transactions, quiet };
    Ok(Analysis {
        starts,
        names: &["CALL", "WHAT", "WHY", "NAME"],
        run: each(move |module, call, hits| hits.extend(visit(&rule, module, call))),
    })
}

/// What stays open.
struct Leak {
    why: String,
    name: String,
    tier: Option<Tier>,
    /// What raises before it is closed.
    raises: Option<NodeId>,
}

impl Leak {
    fn new(why: &str, name: &str) -> Leak {
        Leak { why: why.to_owned(), name: name.to_owned(), tier: None, raises: None }
    }
}

fn visit(rule: &Rule, module: &Module, call: NodeId) -> Option<Hit> {
    let opener = rule.opener(module, call)?;
    module.enclosing_def(call)?;
    let leak = left_open(rule, module, call, opener)?;
    // What nothing holds is closed at once by CPython's reference counts, though by no other interpreter.
    let is_minor = leak.name == UNNAMED || file::is_script(module);
    let mut hit = Hit::at(call)
        .with("CALL", calls::spelled(module, call))
        .with("WHAT", &opener.what)
        .with("WHY", leak.why)
        .with("NAME", leak.name);
    hit.tier = opener.tier.or(is_minor.then_some(Tier::Summary)).or(leak.tier);
    Some(match leak.raises {
        Some(raises) => hit.and(raises, "when this raises, it stays open"),
        None => hit,
    })
}

impl Rule {
    fn opener(&self, module: &Module, call: NodeId) -> Option<&Opener> {
        let known = module.callee(call).and_then(|callee| self.table.get(callee));
        let opener = known.or_else(|| self.table.get(&by_name(module, call)?))?;
        let arguments = calls::arguments(module, call);
        // A client over somebody else's transport has nothing of its own to close, nor has a database in memory.
        let is_empty = arguments.keyword(module, "transport").is_some()
            || arguments.positional.first().is_some_and(
                |first| matches!(module.constant(*first), Some(Constant::Str(text)) if text == ":memory:"),
            );
        let is_piped = opener.piped_by.iter().any(|keyword| {
            let pipe = arguments.keyword(module, keyword).and_then(|value| module.qualified_name(value));
            pipe == Some("subprocess.PIPE")
        });
        (!is_empty && (is_piped || opener.piped_by.is_empty())).then_some(opener)
    }

    /// Whether a call between opening and closing is one that fails now and then. Reading and writing a file seldom
    /// is, unlike asking a database.
    fn may_raise(
        &self,
        module: &Module,
        node: NodeId,
        opening: NodeId,
        name: NodeId,
        opener: &Opener,
    ) -> bool {
        let method = calls::method(module, node);
        let is_own =
            calls::receiver(module, node).is_some_and(|object| module.text(object) == module.text(name));
        let is_quiet = self.quiet.iter().any(|known| known == method)
            || calls::spelled(module, node).contains("log")
            || is_own && opener.seldom_fails;
        let is_here = module.enclosing_function(node) == module.enclosing_function(opening);
        !is_quiet && is_here && module.reaches(opening, node)
    }
}

/// What an opener is called by where nothing tells the callee: `pool.acquire`, `SessionLocal`.
fn by_name(module: &Module, call: NodeId) -> Option<String> {
    let method = calls::method(module, call);
    let Some(receiver) = calls::receiver(module, call) else {
        return Some(if is_session_factory(module, call) { "SessionLocal" } else { method }.to_owned());
    };
    let owner = calls::last(module.text(receiver)).to_ascii_lowercase();
    owner.ends_with("pool").then(|| format!("pool.{method}"))
}

/// `Session = sessionmaker(...)`, under whatever name.
fn is_session_factory(module: &Module, call: NodeId) -> bool {
    let Some(function) = module.tree().child(call, Field::Function) else { return false };
    let mut made = module.bindings_of(function).filter_map(|binding| binding.value);
    made.any(|value| {
        matches!(
            module.callee(value),
            Some("sqlalchemy.orm.sessionmaker" | "sqlalchemy.ext.asyncio.async_sessionmaker")
        )
    })
}

/// Why it stays open, if it does.
fn left_open(rule: &Rule, module: &Module, call: NodeId, opener: &Opener) -> Option<Leak> {
    let tree = module.tree();
    let value = calls::unwrapped(module, call);
    let parent = tree.parent(value)?;
    let nameless = || Leak::new("nothing has a name for it to close it by", UNNAMED);
    match tree.kind(parent) {
        Kind::WithItem | Kind::AsPattern => transaction(rule, module, call, opener),
        Kind::Attribute => {
            let method = tree.child(parent, Field::Attribute).map_or("", |name| module.text(name));
            let is_read =
                matches!(method, "read" | "readlines" | "readline" | "write" | "writelines" | "read_text");
            is_read.then(nameless)
        }
        Kind::ArgumentList => {
            let outer = tree.parent(parent)?;
            let reads =
                module.callee(outer).is_some_and(|callee| rule.readers.iter().any(|known| known == callee));
            reads.then(nameless)
        }
        _ => named(rule, module, call, opener),
    }
}

/// `with sqlite3.connect(path) as connection`
fn transaction(rule: &Rule, module: &Module, call: NodeId, opener: &Opener) -> Option<Leak> {
    let name = ownership::local_name(module, call);
    let closed = name.is_some_and(|name| !fate::closings(module, name, opener).is_empty());
    let written = name.map_or("the connection", |name| module.text(name));
    (rule.is_transaction(module, call) && !closed)
        .then(|| Leak::new("its `with` commits or rolls back, and does not close it", written))
}

impl Rule {
    fn is_transaction(&self, module: &Module, call: NodeId) -> bool {
        module.callee(call).is_some_and(|callee| self.transactions.iter().any(|known| known == callee))
    }
}

/// What a local name holds.
fn named(rule: &Rule, module: &Module, call: NodeId, opener: &Opener) -> Option<Leak> {
    let tree = module.tree();
    let name = ownership::local_name(module, call)?;
    let closings = fate::closings(module, name, opener);
    let is_kept = |used: NodeId| fate::is_given_away(rule, module, call, name, used, !closings.is_empty());
    if ownership::uses(module, name).into_iter().any(is_kept) {
        return None;
    }
    let leak = |why: &str| Some(Leak::new(why, module.text(name)));
    match module.is_released(call, &|node| closings.contains(&node)) {
        Released::Never if closings.is_empty() => leak("no way out of this function closes it"),
        // Behind the closing stand the ways on which opening or closing itself failed.
        Released::NotOnReturn(way)
            if tree.kind(way) == Kind::ReturnStatement && closings.iter().all(|closing| way < *closing) =>
        {
            leak("a `return` before it is closed leaves it open")
        }
        Released::NotOnException(raises) => on_failure(rule, module, call, name, opener, &closings, raises),
        _ => None,
    }
}

/// Another branch opens the same: one report tells of both.
fn is_opened_before(rule: &Rule, module: &Module, call: NodeId, name: NodeId) -> bool {
    let others =
        module.bindings(module.scope_of(name), module.text(name)).filter_map(|binding| binding.value);
    others.map(|value| calls::inner(module, value)).any(|value| {
        value < call && module.tree().kind(value) == Kind::Call && rule.opener(module, value).is_some()
    })
}

/// Closed, unless something raises before.
fn on_failure(
    rule: &Rule,
    module: &Module,
    call: NodeId,
    name: NodeId,
    opener: &Opener,
    closings: &[NodeId],
    raises: NodeId,
) -> Option<Leak> {
    let tree = module.tree();
    let first = closings.iter().copied().filter(|closing| *closing > call).min()?;
    let is_arranged =
        closings.iter().any(|closing| *closing < call || handler::in_clean_up(module, *closing));
    if is_arranged || tree.kind(raises) == Kind::Yield {
        return None;
    }
    if is_opened_before(rule, module, call, name) {
        return None;
    }
    let between = tree.between(tree.after(call), first).filter(|node| tree.kind(*node) == Kind::Call);
    let culprit = between.into_iter().find(|node| rule.may_raise(module, *node, call, name, opener));
    let shown = culprit.or(Some(raises).filter(|node| tree.kind(*node) == Kind::Call))?;
    let why = format!("what closes it is passed over when `{}` raises", calls::spelled(module, shown));
    let mut leak = Leak::new(&why, module.text(name));
    leak.tier = culprit.map_or(Some(Tier::Summary), |_| opener.on_failure.or(Some(Tier::Summary)));
    leak.raises = Some(shown);
    Some(leak)
}
