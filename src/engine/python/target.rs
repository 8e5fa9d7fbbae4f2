//! What a statement or clause binds besides definitions and imports: the targets of assignments, loops,
//! `with`, `except`, `match`, `del` and `:=`. Targets that are `self.x` come as attribute nodes.

use super::binding::BindingKind;
use super::kind::{Field, Kind};
use super::text_of;
use super::tree::{NodeId, Tree};

/// How many targets of `a = b = value` are followed to the value.
const CHAIN: usize = 64;

pub(super) struct Target {
    /// An identifier or an attribute.
    pub(super) node: NodeId,
    pub(super) kind: BindingKind,
    pub(super) value: Option<NodeId>,
    pub(super) annotation: Option<NodeId>,
}

/// The targets of this very node, not of the nodes below it.
pub(super) fn targets(tree: &Tree, text: &str, node: NodeId) -> Vec<Target> {
    let left = || tree.child(node, Field::Left);
    match tree.kind(node) {
        Kind::Assignment => assignment(tree, node),
        Kind::AugmentedAssignment => unpack(tree, left(), None, BindingKind::Augmented),
        Kind::NamedExpression => {
            let value = tree.child(node, Field::Value);
            unpack(tree, tree.child(node, Field::Name), value, BindingKind::Assignment)
        }
        Kind::ForStatement | Kind::ForInClause => {
            let iterable = tree.child(node, Field::Right);
            let whole = left().filter(|left| tree.kind(*left) == Kind::Identifier);
            unpack(tree, left(), iterable.filter(|_| whole.is_some()), BindingKind::For)
        }
        Kind::DeleteStatement => {
            let deleted = tree.first_named(node);
            unpack(tree, deleted, None, BindingKind::Delete)
        }
        Kind::AsPattern => as_pattern(tree, text, node),
        Kind::ExceptClause => {
            let value = tree.child(node, Field::Value);
            unpack(tree, tree.child(node, Field::Alias), value, BindingKind::Except)
        }
        Kind::DottedName | Kind::SplatPattern => capture(tree, text, node),
        _ => Vec::new(),
    }
}

fn assignment(tree: &Tree, node: NodeId) -> Vec<Target> {
    let annotation = tree.child(node, Field::Type);
    let value = assigned_value(tree, node);
    let kind = if value.is_some() { BindingKind::Assignment } else { BindingKind::Declaration };
    let mut targets = unpack(tree, tree.child(node, Field::Left), value, kind);
    targets.iter_mut().for_each(|target| target.annotation = annotation);
    targets
}

/// The value of `a = b = value` is that of the innermost assignment.
fn assigned_value(tree: &Tree, assignment: NodeId) -> Option<NodeId> {
    let mut value = tree.child(assignment, Field::Right)?;
    for _ in 0..CHAIN {
        if tree.kind(value) != Kind::Assignment {
            return Some(value);
        }
        value = tree.child(value, Field::Right)?;
    }
    None
}

/// Matches a target pattern with its value, element by element where both are displays of equal length.
fn unpack(tree: &Tree, target: Option<NodeId>, value: Option<NodeId>, kind: BindingKind) -> Vec<Target> {
    let mut targets = Vec::new();
    let mut open: Vec<(NodeId, Option<NodeId>)> = target.map(|target| (target, value)).into_iter().collect();
    while let Some((node, value)) = open.pop() {
        match tree.kind(node) {
            Kind::Identifier | Kind::Attribute => {
                targets.push(Target { node, kind: kind.clone(), value, annotation: None });
            }
            Kind::ParenthesizedExpression | Kind::AsPatternTarget => {
                open.extend(tree.first_named(node).map(|inner| (inner, value)));
            }
            Kind::ListSplatPattern | Kind::ListSplat => {
                open.extend(tree.first_named(node).map(|inner| (inner, None)));
            }
            kind if is_display(kind) => {
                let elements: Vec<NodeId> = tree.named_children(node).collect();
                let values = elements_of(tree, value, &elements);
                open.extend(elements.into_iter().zip(values).rev());
            }
            _ => {}
        }
    }
    targets
}

fn is_display(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::PatternList
            | Kind::TuplePattern
            | Kind::ListPattern
            | Kind::Tuple
            | Kind::List
            | Kind::ExpressionList
    )
}

fn elements_of(tree: &Tree, value: Option<NodeId>, targets: &[NodeId]) -> Vec<Option<NodeId>> {
    let display = value.filter(|value| is_display(tree.kind(*value)));
    let values: Vec<NodeId> = display.into_iter().flat_map(|value| tree.named_children(value)).collect();
    let starred = |node: &NodeId| matches!(tree.kind(*node), Kind::ListSplat | Kind::ListSplatPattern);
    let plain = values.len() == targets.len() && !values.iter().chain(targets).any(starred);
    match plain {
        true => values.into_iter().map(Some).collect(),
        false => vec![None; targets.len()],
    }
}

/// `value as target` of a `with` item, an `except` clause or a `case` pattern.
fn as_pattern(tree: &Tree, text: &str, node: NodeId) -> Vec<Target> {
    let Some(target) = tree.child(node, Field::Alias).or_else(|| tree.named_children(node).last()) else {
        return Vec::new();
    };
    let value = tree.first_named(node);
    let ancestors = tree.ancestors(node).take(32).take_while(|node| !is_statement_part(tree.kind(*node)));
    let holder = ancestors.last().and_then(|node| tree.parent(node)).or(tree.parent(node));
    match holder.map(|node| (node, tree.kind(node))) {
        Some((_, Kind::ExceptClause)) => unpack(tree, Some(target), value, BindingKind::Except),
        Some((clause, Kind::WithClause)) => {
            let statement = tree.parent(clause).unwrap_or(clause);
            let first = tree.children(statement).next();
            let is_async = first.is_some_and(|token| text_of(tree, text, token) == "async");
            unpack(tree, Some(target), value, BindingKind::With(is_async))
        }
        _ => unpack(tree, Some(target), None, BindingKind::Match),
    }
}

fn is_statement_part(kind: Kind) -> bool {
    matches!(kind, Kind::ExceptClause | Kind::WithClause | Kind::CaseClause | Kind::Block | Kind::Module)
}

/// A name alone in a `case` pattern captures; a dotted one, a key or a class name is looked up.
fn capture(tree: &Tree, text: &str, node: NodeId) -> Vec<Target> {
    let parent = tree.parent(node).map(|node| tree.kind(node));
    let in_pattern = matches!(parent, Some(Kind::CasePattern | Kind::UnionPattern | Kind::KeywordPattern));
    let splat = tree.kind(node) == Kind::SplatPattern;
    let mut names = tree.named_children(node);
    match (names.next(), names.next()) {
        (Some(name), None)
            if (splat || in_pattern)
                && tree.field(node) != Field::Key
                && tree.kind(name) == Kind::Identifier
                && text_of(tree, text, name) != "_" =>
        {
            vec![Target { node: name, kind: BindingKind::Match, value: None, annotation: None }]
        }
        _ => Vec::new(),
    }
}
