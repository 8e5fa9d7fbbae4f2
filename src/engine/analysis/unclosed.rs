//! Files, sockets, connections, sessions and executors that are opened and never closed by the function that alone
//! knows them.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::Hit;
use crate::engine::python::flow::Released;
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::table::Table;
use super::{Analysis, Parameters, calls, each, file, ownership};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    openers: Vec<Opener>,
    /// Calls that read from an open object and do not keep it.
    readers: Vec<String>,
    /// Connections whose `with` ends a transaction and leaves them open.
    transactions: Vec<String>,
}

/// Calls that open the same kind of thing.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Opener {
    names: Vec<String>,
    what: String,
    /// Methods that give it back.
    closers: Vec<String>,
    /// What stays open costs little and is closed with its object.
    tier: Option<Tier>,
}

struct Rule {
    table: Table<Opener>,
    readers: Vec<String>,
    transactions: Vec<String>,
}

/// How an object without a name is called in the texts.
const UNNAMED: &str = "the object";

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { openers, readers, transactions } = parameters.read()?;
    let entries = openers
        .into_iter()
        .flat_map(|opener| opener.names.clone().into_iter().map(move |name| (name, opener.clone())));
    let table = Table::new(entries);
    let starts = table.starts();
    let rule = Rule { table, readers, transactions };
    Ok(Analysis {
        starts,
        names: &["CALL", "WHAT", "WHY", "NAME"],
        run: each(move |module, call, hits| hits.extend(visit(&rule, module, call))),
    })
}

fn visit(rule: &Rule, module: &Module, call: NodeId) -> Option<Hit> {
    let callee = module.callee(call)?;
    // A client over somebody else's transport has nothing of its own to close.
    let opener = rule
        .table
        .get(callee)
        .filter(|_| calls::arguments(module, call).keyword(module, "transport").is_none())?;
    module.enclosing_def(call)?;
    let (why, name) = left_open(rule, module, call, callee, opener)?;
    let name_is_missing = name == UNNAMED;
    let mut hit = Hit::at(call)
        .with("CALL", calls::spelled(module, call))
        .with("WHAT", &opener.what)
        .with("WHY", why)
        .with("NAME", name);
    // What nothing holds is closed at once by CPython's reference counts, though by no other interpreter.
    let is_minor = name_is_missing || file::is_script(module);
    hit.tier = opener.tier.or(is_minor.then_some(Tier::Summary));
    Some(hit)
}

/// Why it stays open, and its name.
fn left_open(
    rule: &Rule,
    module: &Module,
    call: NodeId,
    callee: &str,
    opener: &Opener,
) -> Option<(&'static str, String)> {
    let tree = module.tree();
    let value = calls::unwrapped(module, call);
    let parent = tree.parent(value)?;
    let in_with = tree.kind(parent) == Kind::WithItem || tree.kind(parent) == Kind::AsPattern;
    if in_with {
        let is_transaction = rule.transactions.iter().any(|known| known == callee);
        let name = ownership::local_name(module, call);
        let closed = name.is_some_and(|name| !closings(module, name, opener).is_empty());
        let written = name.map_or("the connection".to_owned(), |name| module.text(name).to_owned());
        return (is_transaction && !closed)
            .then_some(("its `with` commits or rolls back, and does not close it", written));
    }
    if tree.kind(parent) == Kind::Attribute {
        let method = tree.child(parent, Field::Attribute).map_or("", |name| module.text(name));
        let is_read =
            matches!(method, "read" | "readlines" | "readline" | "write" | "writelines" | "read_text");
        return is_read.then_some(("nothing has a name for it to close it by", UNNAMED.to_owned()));
    }
    if tree.kind(parent) == Kind::ArgumentList {
        let outer = tree.parent(parent)?;
        let reads =
            module.callee(outer).is_some_and(|callee| rule.readers.iter().any(|known| known == callee));
        return reads.then_some(("nothing has a name for it to close it by", UNNAMED.to_owned()));
    }
    let name = ownership::local_name(module, call).filter(|name| !is_given_away(rule, module, *name))?;
    let closings = closings(module, name, opener);
    let is_closing = |node: NodeId| closings.contains(&node);
    let why = match module.is_released(call, &is_closing) {
        Released::Never if closings.is_empty() => "no way out of this function closes it",
        // Behind the closing stand the ways on which opening or closing itself failed.
        Released::NotOnReturn(way)
            if tree.kind(way) == Kind::ReturnStatement && closings.iter().all(|closing| way < *closing) =>
        {
            "a `return` before it is closed leaves it open"
        }
        _ => return None,
    };
    Some((why, module.text(name).to_owned()))
}

/// The calls that close what has the name, and the mentions of a closing method that somebody else may call.
fn closings(module: &Module, name: NodeId, opener: &Opener) -> Vec<NodeId> {
    let tree = module.tree();
    let closing = |used: NodeId| {
        let member = tree.parent(used).filter(|parent| tree.kind(*parent) == Kind::Attribute)?;
        let method = module.text(tree.child(member, Field::Attribute)?);
        let closes = opener.closers.iter().any(|closer| closer == method);
        let call = tree.parent(member).filter(|call| tree.kind(*call) == Kind::Call);
        closes.then_some(call.unwrap_or(member))
    };
    ownership::uses(module, name).into_iter().filter_map(closing).collect()
}

/// Entered by `with`, returned, stored, or passed to a call that may keep or close it.
fn is_given_away(rule: &Rule, module: &Module, name: NodeId) -> bool {
    let tree = module.tree();
    ownership::uses(module, name).into_iter().any(|used| {
        let parent = tree.parent(used).map(|parent| tree.kind(parent));
        if parent == Some(Kind::Attribute) {
            let above = tree.parent(used).and_then(|member| tree.parent(member)).map(|node| tree.kind(node));
            // `f.fileno` kept, `return client.get`: a bound method keeps the object.
            return above != Some(Kind::Call)
                || module.enclosing_function(used) != module.enclosing_function(name);
        }
        let passed = ownership::argument_of(module, used);
        let is_kept = passed.is_some_and(|call| {
            module.callee(call).is_none_or(|callee| !rule.readers.iter().any(|known| known == callee))
        });
        let entered = matches!(parent, Some(Kind::WithItem | Kind::AsPattern));
        is_kept || entered || ownership::hands_over(module, name, used)
    })
}
