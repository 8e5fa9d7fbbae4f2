//! Shared state whose new value is worked out from its old one, while others may change it in between: across a
//! suspension on an event loop, anywhere between threads.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::analysis::handler::own_nodes;
use crate::engine::analysis::shared::access::{Access, Use};
use crate::engine::analysis::shared::lifetime::Lifetimes;
use crate::engine::analysis::shared::rivals::Crew;
use crate::engine::analysis::shared::state::State;
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::analysis::{Analysis, Parameters, file};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Field, FunctionId, Kind, Module, NodeId, ScopeKind};

use super::harm::overdraws;
use super::locked::is_exclusive;
use super::spelling;
use super::window::guards;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    lifetimes: Lifetimes,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], []),
        names: &["FUNCTION", "STATE", "ACT", "HOW", "KEEP"],
        run: Box::new(move |module, definitions, hits| run(&with, module, definitions, hits)),
    })
}

fn run(with: &With, module: &Module, definitions: &[NodeId], hits: &mut Vec<Hit>) {
    if module.is_test_file() || file::is_in_script_folder(module) {
        return;
    }
    let crew = Crew::of(module);
    let is_script = file::is_script(module);
    for id in definitions.iter().filter_map(|node| module.function_at(*node)) {
        let mut told = HashSet::new();
        for act in crew.uses.changes(id) {
            let found = match module.function(id).is_async {
                true if crew.is_crowded(module, id, act) => on_loop(module, &crew.uses, id, act),
                true if is_script || !is_lasting(with, module, act) => None,
                true => on_loop(module, &crew.uses, id, act),
                false => in_threads(with, module, &crew, id, act),
            };
            hits.extend(found.filter(|_| told.insert(act.state)));
        }
    }
}

/// Whether the state lives long, and many tasks use it.
fn is_lasting(with: &With, module: &Module, act: &Access) -> bool {
    !with.lifetimes.is_brief(module, act.state) && with.lifetimes.is_shared(module, act.state)
}

/// The new value was worked out from what was read before a suspension.
fn on_loop(module: &Module, uses: &Uses, function: FunctionId, act: &Access) -> Option<Hit> {
    let (read, suspension) = match act.usage {
        Use::Augment | Use::AugmentItem { .. } => within_augmented(module, act)?,
        Use::Rebind(Some(value)) | Use::SetItem { value: Some(value), .. } => {
            across_assignment(module, act, value)?
        }
        _ => return None,
    };
    let silent = is_exclusive(module, uses, function, read, act.at)
        || uses.is_one_loop(module, act.state, function, act.at);
    if silent {
        return None;
    }
    let how = format!(
        "reads it before `{}` and writes it after. Other tasks run in between, and what they have written is \
         overwritten",
        spelling::wait(module, suspension)
    );
    let hit = report(module, function, act).with("HOW", how).with(
        "KEEP",
        "Wait first and read, change and write without an `await` in between, or hold one `asyncio.Lock`",
    );
    Some(hit.and(read, "the old value is read here").and(suspension, "other tasks run here"))
}

/// `self.x += await f()` reads `self.x` first.
fn within_augmented(module: &Module, act: &Access) -> Option<(NodeId, NodeId)> {
    let tree = module.tree();
    let statement = std::iter::once(act.at)
        .chain(tree.ancestors(act.at))
        .find(|node| tree.kind(*node) == Kind::AugmentedAssignment)?;
    if changes_in_place(module, statement) {
        return None;
    }
    let suspension = module.suspensions_in(tree.child(statement, Field::Right)?).next()?;
    Some((act.place, suspension))
}

/// Sets and lists are changed in place: what others put into them meanwhile stays.
fn changes_in_place(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let operator = tree.child(statement, Field::Operator).map_or("", |operator| module.text(operator));
    let of_type = tree.child(statement, Field::Left).and_then(|left| module.type_of(left));
    matches!(operator, "|=" | "&=" | "^=")
        || matches!(of_type, Some("builtins.list" | "builtins.set" | "builtins.dict" | "collections.deque"))
}

fn across_assignment(module: &Module, act: &Access, value: NodeId) -> Option<(NodeId, NodeId)> {
    let reads = own_nodes(module, value).filter_map(|node| old_value(module, act, value, node));
    reads.into_iter().find_map(|read| Some((read, module.suspension_between(read, act.at)?)))
}

/// Where the old value was read that this part of the new one means.
fn old_value(module: &Module, act: &Access, value: NodeId, node: NodeId) -> Option<NodeId> {
    if State::named_by(module, node) == Some(act.state) {
        return is_value_of(module, act, node).then_some(node);
    }
    let is_name = module.tree().kind(node) == Kind::Identifier && !is_target(module, node);
    let before: Vec<_> = module.bindings_of(node).filter(|binding| is_name && binding.node < node).collect();
    let is_local = |kind: ScopeKind| matches!(kind, ScopeKind::Function(_));
    let taken = before.iter().rev().find(|binding| binding.kind == BindingKind::Assignment)?;
    let is_changed = node != value || before.last().is_some_and(|last| last.kind == BindingKind::Augmented);
    if !is_local(module.scopes().get(taken.scope).kind) || !is_changed {
        return None;
    }
    let source = taken.value?;
    let is_plain = |node: NodeId| State::named_by(module, node) == Some(act.state);
    let read = own_nodes(module, source).find(|node| is_plain(*node))?;
    (is_amount(module, node) && is_value_of(module, act, read)).then_some(taken.node)
}

/// Whether the name gets a value here, as in `self.x[key] = name = value`.
fn is_target(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let parent = tree.parent(node).map(|parent| tree.kind(parent));
    let binds = matches!(parent, Some(Kind::Assignment | Kind::NamedExpression));
    binds && matches!(tree.field(node), Field::Left | Field::Name)
}

/// Whether the name stands for the old amount in an operation.
fn is_amount(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let parent = tree.parent(node).map(|parent| tree.kind(parent));
    !matches!(
        parent,
        Some(Kind::Attribute | Kind::Subscript | Kind::ArgumentList | Kind::KeywordArgument | Kind::Call)
    )
}

/// Whether a place reads the very value that is written: all of it, or the same element.
fn is_value_of(module: &Module, act: &Access, place: NodeId) -> bool {
    let tree = module.tree();
    let Some(parent) = tree.parent(place) else { return false };
    match act.usage {
        Use::SetItem { key, .. } => match tree.kind(parent) {
            Kind::Subscript => {
                tree.child(parent, Field::Subscript).is_some_and(|other| same(module, key, other))
            }
            Kind::Attribute => looks_up(module, parent).is_some_and(|other| same(module, key, other)),
            _ => false,
        },
        _ => matches!(
            tree.kind(parent),
            Kind::BinaryOperator
                | Kind::Assignment
                | Kind::ListSplat
                | Kind::DictionarySplat
                | Kind::ParenthesizedExpression
                | Kind::ExpressionStatement
        ),
    }
}

/// The key of `self.x.get(key)`, by its callee.
fn looks_up(module: &Module, callee: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let call = tree.parent(callee).filter(|call| tree.kind(*call) == Kind::Call)?;
    let is_get = tree.child(callee, Field::Attribute).is_some_and(|name| module.text(name) == "get");
    tree.first_named(tree.child(call, Field::Arguments).filter(|_| is_get)?)
}

fn same(module: &Module, one: NodeId, other: NodeId) -> bool {
    module.text(one) == module.text(other)
}

/// An unguarded change in code that several threads run, or one thread beside another.
fn in_threads(with: &With, module: &Module, crew: &Crew, function: FunctionId, act: &Access) -> Option<Hit> {
    let brief = !act.is_for_all(module, function) && with.lifetimes.is_brief(module, act.state);
    if brief || !is_update(module, act) {
        return None;
    }
    let held = !module.locks_at(act.at).is_empty()
        || is_exclusive(module, &crew.uses, function, act.at, act.at)
        || guards(module, act.at).iter().any(|tested| overdraws(module, tested, act));
    let meets = |change: &Access| is_update(module, change);
    let rival = crew.rival(module, &with.lifetimes, function, act, &meets).filter(|_| !held)?;
    let who = match rival.other {
        None => "Several threads run this code".to_owned(),
        Some((other, _)) => format!("`{}` changes it in another thread", spelling::function(module, other)),
    };
    let how = format!(
        "reads and writes it in separate steps. {who}: two that read the same old value lose one change"
    );
    let hit = report(module, function, act)
        .with("HOW", how)
        .with("KEEP", "Hold one `threading.Lock` wherever it is changed")
        .and(rival.by, "this runs it in threads");
    Some(match rival.other {
        Some((_, at)) => hit.and(at, "the other change"),
        None => hit,
    })
}

/// Whether the new value depends on the old one.
fn is_update(module: &Module, act: &Access) -> bool {
    match act.usage {
        Use::Augment | Use::AugmentItem { .. } => true,
        _ => act.value().is_some_and(|value| {
            own_nodes(module, value).any(|node| old_value(module, act, value, node).is_some())
        }),
    }
}

fn report(module: &Module, function: FunctionId, act: &Access) -> Hit {
    let change = module.statement_of(act.at);
    Hit::at(change)
        .with("FUNCTION", spelling::function(module, function))
        .with("STATE", module.text(act.place))
        .with("ACT", spelling::code(module, change))
}
