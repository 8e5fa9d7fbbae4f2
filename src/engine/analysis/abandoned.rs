//! Background tasks that a class starts, keeps in an attribute and never ends: their loop runs on when the object is
//! long gone. Whoever cancels, awaits or hands on the attribute, anywhere in the file, takes care of it.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Class, ClassId, Field, Kind, Module, NodeId, Resolved};

use super::handler::own_nodes;
use super::{Analysis, Parameters, calls, each, file, inherited};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Calls that make a task of the coroutine they are given.
    calls: Vec<String>,
    /// Questions about a task that neither end it nor wait for it.
    questions: Vec<String>,
    /// Base classes that do nothing about tasks.
    indifferent: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(with.calls.iter().map(String::as_str)),
        names: &["TASK", "CLASS", "WORK"],
        run: each(move |module, call, hits| hits.extend(visit(&with, module, call))),
    })
}

fn visit(with: &With, module: &Module, call: NodeId) -> Option<Hit> {
    let callee = module.callee(call).filter(|callee| with.calls.iter().any(|known| known == callee))?;
    let target = kept_in(module, call)?;
    let name = module.tree().child(target, Field::Attribute)?;
    let class = module.class_of(module.tree().child(target, Field::Object)?)?;
    let work = *calls::arguments(module, call).positional.first()?;
    let endless = endless_loop(module, work)?;
    if callee.is_empty()
        || file::is_script(module)
        || has_other_base(with, module, class)
        || is_taken_care_of(with, module, target, module.text(name))
    {
        return None;
    }
    let of: &Class = module.class(class);
    let hit = Hit::at(call)
        .with("TASK", module.text(target))
        .with("CLASS", module.names().text(of.name))
        .with("WORK", calls::spelled(module, work));
    Some(hit.and(endless, "its loop has no end"))
}

/// `self.x` of `self.x = create_task(...)`, or of a list of such tasks.
fn kept_in(module: &Module, call: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let holds = |node: &NodeId| {
        matches!(tree.kind(*node), Kind::List | Kind::Set | Kind::ListComprehension | Kind::SetComprehension)
    };
    let assignment = tree.ancestors(call).find(|node| !holds(node));
    let assignment = assignment.filter(|node| tree.kind(*node) == Kind::Assignment)?;
    let left = tree.child(assignment, Field::Left).filter(|left| tree.kind(*left) == Kind::Attribute)?;
    let object = tree.child(left, Field::Object)?;
    (tree.kind(object) == Kind::Identifier && module.class_of(object).is_some()).then_some(left)
}

/// `while True` of the coroutine that the call makes, if nothing but an exception leaves it.
fn endless_loop(module: &Module, work: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    if tree.kind(work) != Kind::Call {
        return None;
    }
    let (Resolved::Function(id) | Resolved::Method(id)) = module.resolve_call(work)? else { return None };
    let function = module.function(id);
    let body = function.body.filter(|_| function.is_async)?;
    let is_endless = |node: &NodeId| {
        tree.kind(*node) == Kind::WhileStatement
            && calls::condition(module, *node).is_some_and(|test| matches!(module.text(test), "True" | "1"))
            && !own_nodes(module, *node).any(|inner| ends(module, *node, inner))
    };
    own_nodes(module, body).find(is_endless)
}

/// A way out of the loop; one for its cancellation is none of its own.
fn ends(module: &Module, around: NodeId, node: NodeId) -> bool {
    let tree = module.tree();
    let leaves = matches!(tree.kind(node), Kind::BreakStatement | Kind::ReturnStatement);
    let for_cancellation = || {
        let mut above = tree.ancestors(node).take_while(|above| *above != around);
        above.any(|above| {
            tree.kind(above) == Kind::ExceptClause
                && calls::beginning(module, above).contains("CancelledError")
        })
    };
    leaves && !for_cancellation()
}

/// A base that this file does not show may end its tasks.
fn has_other_base(with: &With, module: &Module, class: ClassId) -> bool {
    let order = inherited::own_classes(module, class);
    let mut bases = order.iter().flat_map(|id| &module.class(*id).bases);
    bases.any(|base| {
        let path = module.qualified_name(module.unsubscripted(*base));
        let known = |path: &str| {
            module.local_class(path).is_some() || with.indifferent.iter().any(|known| known == path)
        };
        !path.is_some_and(known)
    })
}

/// Whether some mention of the attribute does more than ask how the task is.
fn is_taken_care_of(with: &With, module: &Module, target: NodeId, name: &str) -> bool {
    let tree = module.tree();
    let mut mentions = tree.nodes().filter(|node| match tree.kind(*node) {
        Kind::Attribute => *node != target && calls::last(module.text(*node)) == name,
        Kind::StringContent => module.text(*node) == name,
        _ => false,
    });
    mentions.any(|mention| tree.kind(mention) == Kind::StringContent || !only_asks(with, module, mention))
}

fn only_asks(with: &With, module: &Module, mention: NodeId) -> bool {
    let tree = module.tree();
    let Some(parent) = tree.parent(mention) else { return false };
    match tree.kind(parent) {
        Kind::Assignment => tree.field(mention) == Field::Left,
        Kind::ComparisonOperator | Kind::NotOperator | Kind::BooleanOperator => true,
        Kind::IfStatement | Kind::ElifClause | Kind::WhileStatement => {
            tree.field(mention) == Field::Condition
        }
        Kind::Attribute => {
            let method = tree.child(parent, Field::Attribute).map_or("", |method| module.text(method));
            with.questions.iter().any(|question| question == method)
        }
        _ => false,
    }
}
