//! Whether a function looks at an archive's members before they are written: at their names, links or kinds. Asking
//! for their size or number is no look.

use std::collections::HashSet;

use crate::engine::analysis::calls;
use crate::engine::python::{Field, Kind, Module, NodeId};

/// Words of a function or file that takes the filter into account in another way.
const FILTERS: [&str; 3] = ["data_filter", "tar_filter", "extraction_filter"];
/// Words in the names of helpers that check a member.
const CHECKS: [&str; 9] =
    ["safe", "valid", "check", "within", "inside", "sanit", "verif", "secure", "is_relative_to"];
/// What conditions ask of members without asking where they lead.
const SUPERFICIAL: [&str; 14] = [
    "size",
    "mtime",
    "mode",
    "isdir",
    "endswith",
    "name",
    "lower",
    "getmembers",
    "getnames",
    "len",
    "sum",
    "any",
    "all",
    "max",
];
/// How many parts of an expression are looked at.
const PARTS: usize = 200;

/// What a function, or the module's own code, does about members.
#[derive(Clone, Copy)]
pub(super) struct Facts {
    /// It uses the filters of PEP 706 by name.
    pub(super) filters: bool,
    /// The first place that looks at a member.
    pub(super) looks: Option<NodeId>,
}

pub(super) fn facts(module: &Module, scope: NodeId) -> Facts {
    let here = module.text(scope);
    let filters = FILTERS.iter().any(|word| here.contains(word)) || module.mentions("extraction_filter");
    Facts { filters, looks: first_look(module, scope) }
}

/// The first `if`, `assert` or checking helper that speaks of a member, or of what was made of one.
fn first_look(module: &Module, scope: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let mut members: HashSet<&str> = HashSet::from(["getmembers", "getnames"]);
    tree.subtree(scope).find(|node| {
        let node = *node;
        let speaks = |node: NodeId| {
            let mut parts = tree.subtree(node).take(PARTS);
            parts.any(|part| tree.kind(part) == Kind::Identifier && members.contains(module.text(part)))
        };
        let looks = match tree.kind(node) {
            Kind::IfStatement | Kind::ElifClause => {
                let asked = tree.child(node, Field::Condition);
                asked.is_some_and(|asked| speaks(asked) && !is_superficial(module, asked))
            }
            Kind::AssertStatement | Kind::IfClause => speaks(node) && !is_superficial(module, node),
            Kind::Call => is_check(module, node) && speaks(node),
            // `member.name = os.path.basename(member.name)`
            Kind::Assignment => tree
                .child(node, Field::Left)
                .is_some_and(|left| tree.kind(left) == Kind::Attribute && speaks(left)),
            _ => false,
        };
        let made = match tree.kind(node) {
            Kind::ForStatement | Kind::ForInClause => {
                tree.child(node, Field::Right).filter(|right| is_members(module, *right))
            }
            Kind::Assignment => tree.child(node, Field::Right).filter(|right| speaks(*right)),
            _ => None,
        };
        members.extend(made.and(tree.child(node, Field::Left)).map(|left| module.text(left)));
        looks
    })
}

/// What a loop over the members of an archive goes over.
fn is_members(module: &Module, iterable: NodeId) -> bool {
    let text = calls::beginning(module, iterable);
    ["members", "getnames"].iter().any(|word| text.contains(word))
        || module.type_of(iterable) == Some("tarfile.TarFile")
}

fn is_check(module: &Module, call: NodeId) -> bool {
    let function = module.tree().child(call, Field::Function).map_or("", |function| module.text(function));
    let name = calls::last(function).to_lowercase();
    CHECKS.iter().any(|word| name.contains(word))
}

/// Whether all that is asked is how big or how many they are, what their names end in, whether one is a folder.
fn is_superficial(module: &Module, asked: NodeId) -> bool {
    let tree = module.tree();
    let parts = || tree.subtree(asked).take(PARTS);
    let compares = parts().any(|part| tree.kind(part) == Kind::ComparisonOperator);
    let names: Vec<&str> = parts().filter_map(|part| asked_for(module, part)).collect();
    let is_among = parts().any(|part| {
        let operator =
            tree.child(part, Field::Operators).filter(|_| tree.kind(part) == Kind::ComparisonOperator);
        operator.is_some_and(|operator| matches!(module.text(operator), "in" | "not in" | "not"))
    });
    let asks_name = names.contains(&"name") && !names.contains(&"endswith");
    let is_plain = !names.is_empty() || !compares;
    is_plain && !is_among && !asks_name && names.iter().all(|name| SUPERFICIAL.contains(name))
}

/// The attribute or plain function that a part of a condition asks.
fn asked_for(module: &Module, part: NodeId) -> Option<&str> {
    let tree = module.tree();
    match tree.kind(part) {
        Kind::Attribute => tree.child(part, Field::Attribute).map(|name| module.text(name)),
        Kind::Call => {
            let function = tree.child(part, Field::Function)?;
            (tree.kind(function) == Kind::Identifier).then(|| module.text(function))
        }
        _ => None,
    }
}

/// `[member for member in archive.getmembers() if member.size]`: a choice that says nothing of places.
pub(super) fn picks_blindly(module: &Module, members: NodeId) -> bool {
    let tree = module.tree();
    if !matches!(tree.kind(members), Kind::ListComprehension | Kind::GeneratorExpression) {
        return false;
    }
    let of_members = tree.named_children(members).any(|clause| {
        tree.kind(clause) == Kind::ForInClause
            && tree.child(clause, Field::Right).is_some_and(|right| is_members(module, right))
    });
    of_members
        && tree
            .named_children(members)
            .all(|clause| tree.kind(clause) != Kind::IfClause || is_superficial(module, clause))
}
