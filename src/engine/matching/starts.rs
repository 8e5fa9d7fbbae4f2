//! Where a rule can begin: what its author's pattern or analysis says of itself, so that a file without it never pays.

use std::collections::BTreeSet;

use crate::engine::python::{Kind, Module, NodeId};

use super::collection::{is_expression_at, is_wrapper};
use super::formula::Formula;
use super::pattern::{ImportedName, Part, Segment, Shape};
use super::search::is_block;

/// The nodes at which a rule is tried, and the words one of which a text must hold to be tried at all.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Starts {
    /// Calls whose callee ends in one of these names, as written or as resolved.
    pub calls: BTreeSet<String>,
    /// Statements that are one expression and hold such a call.
    pub(super) statements: BTreeSet<String>,
    /// Nodes of these kinds.
    pub kinds: BTreeSet<Kind>,
    /// Every node.
    pub anywhere: bool,
    /// Empty: any text will do.
    pub words: BTreeSet<String>,
}

impl Starts {
    /// Calls of these qualified names: their last parts are what a text must hold.
    pub fn calls<'n>(names: impl IntoIterator<Item = &'n str>) -> Starts {
        let last = |name: &str| name.rsplit('.').next().unwrap_or(name).to_owned();
        let calls: BTreeSet<String> = names.into_iter().map(last).collect();
        Starts { words: calls.clone(), calls, ..Starts::default() }
    }

    /// Nodes of these kinds, in texts that hold one of these words (none given: in any text).
    pub fn kinds<'w>(
        kinds: impl IntoIterator<Item = Kind>,
        words: impl IntoIterator<Item = &'w str>,
    ) -> Starts {
        Starts {
            kinds: kinds.into_iter().collect(),
            words: words.into_iter().map(str::to_owned).collect(),
            ..Starts::default()
        }
    }

    /// Once per file, at the root.
    pub fn module<'w>(words: impl IntoIterator<Item = &'w str>) -> Starts {
        Starts::kinds([Kind::Module], words)
    }

    /// Either of the two.
    pub fn or(mut self, other: Starts) -> Starts {
        let any_text = self.words.is_empty() || other.words.is_empty();
        self.calls.extend(other.calls);
        self.statements.extend(other.statements);
        self.kinds.extend(other.kinds);
        self.anywhere |= other.anywhere;
        self.words.extend(other.words);
        if any_text {
            self.words.clear();
        }
        self
    }

    pub(super) fn of(formula: &Formula) -> Starts {
        let each = formula.driver().into_iter().map(|formula| match formula {
            Formula::Pattern(pattern) => pattern.starts.clone(),
            _ => Starts::module([]),
        });
        each.reduce(Starts::or).unwrap_or_default()
    }

    /// Where a name may stand for its value, the call need not stand in the statement.
    pub(super) fn with_propagation(mut self) -> Starts {
        if !std::mem::take(&mut self.statements).is_empty() {
            self.kinds.extend([Kind::ExpressionStatement, Kind::ReturnStatement]);
        }
        self
    }

    pub(super) fn of_shape(shape: &Shape) -> Starts {
        match shape {
            Shape::One(part) => of_part(part),
            Shape::Sequence(parts) => of_sequence(parts),
        }
    }

    /// Whether the rule can begin at this node, as far as its kind tells.
    pub(super) fn admits(&self, module: &Module, node: NodeId) -> bool {
        let kind = module.tree().kind(node);
        self.kinds.contains(&kind) && (kind != Kind::Identifier || is_expression_at(module, node))
            || kind == Kind::Call && !self.calls.is_empty()
            || is_expression_statement(kind) && !self.statements.is_empty()
            || self.anywhere && is_place(module, node)
    }
}

pub(super) fn is_expression_statement(kind: Kind) -> bool {
    matches!(kind, Kind::ExpressionStatement | Kind::ReturnStatement)
}

/// Whether an expression or a statement stands here.
fn is_place(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let is_statement =
        || tree.parent(node).is_some_and(|parent| is_block(tree.kind(parent))) && tree.is_named(node);
    is_expression_at(module, node) || is_wrapper(tree.kind(node)) || is_statement()
}

/// Several statements begin with the first of them; what that requires, a text must hold.
fn of_sequence(parts: &[Part]) -> Starts {
    let words: BTreeSet<String> = parts.iter().find_map(required_word).into_iter().collect();
    let kinds: BTreeSet<Kind> = match parts.first() {
        Some(Part::Dots | Part::Many(_)) => [Kind::Module, Kind::Block].into(),
        Some(Part::Meta(_) | Part::Deep(_)) => return Starts { anywhere: true, words, ..Starts::default() },
        Some(part) if part.is_statement() => of_part(part).kinds,
        first => match first.and_then(called) {
            Some(name) => {
                return Starts { statements: [name.to_owned()].into(), words, ..Starts::default() };
            }
            None => [Kind::ExpressionStatement, Kind::ReturnStatement].into(),
        },
    };
    Starts { kinds, words, ..Starts::default() }
}

/// The last name of what is called in every expression that the part matches.
fn called(part: &Part) -> Option<&str> {
    match part {
        Part::Call(call) => last_segment(&call.function),
        Part::Assign(assign) => assign.value.as_ref().and_then(called),
        _ => None,
    }
}

fn of_part(part: &Part) -> Starts {
    let words: BTreeSet<String> = required_word(part).into_iter().collect();
    let kinds: &[Kind] = match part {
        Part::Call(call) => match last_segment(&call.function) {
            Some(name) => return Starts { calls: [name.to_owned()].into(), words, ..Starts::default() },
            None => &[Kind::Call],
        },
        Part::Dotted(_) => &[Kind::Identifier, Kind::Attribute],
        Part::Attribute { .. } => &[Kind::Attribute],
        Part::Operands { .. } => &[Kind::BooleanOperator, Kind::BinaryOperator],
        Part::Unordered { .. } => {
            &[Kind::Dictionary, Kind::Set, Kind::DictionaryComprehension, Kind::SetComprehension]
        }
        Part::Assign(_) => &[Kind::Assignment, Kind::NamedExpression],
        Part::Function(_) => &[Kind::FunctionDefinition],
        Part::Class(_) => &[Kind::ClassDefinition],
        Part::If(_) => &[Kind::IfStatement, Kind::ElifClause],
        Part::Import(_) => &[Kind::ImportStatement, Kind::ImportFromStatement],
        Part::With { .. } => &[Kind::WithStatement],
        Part::Except { .. } => &[Kind::ExceptClause],
        Part::Formatted(_) => &[Kind::String],
        Part::Node { kind: Kind::List, .. } => &[Kind::List, Kind::ListPattern, Kind::ListComprehension],
        Part::Node { kind: Kind::Tuple, .. } => {
            &[Kind::Tuple, Kind::TuplePattern, Kind::PatternList, Kind::ExpressionList]
        }
        Part::Node { kind, .. } => &[*kind],
        Part::Block(_) => &[Kind::Block],
        Part::Dots
        | Part::Many(_)
        | Part::Meta(_)
        | Part::Typed { .. }
        | Part::Deep(_)
        | Part::AnyString
        | Part::StringLike(_)
        | Part::StringMeta(_)
        | Part::Constant(_)
        | Part::Chain(_)
        | Part::Parameter(_)
        | Part::Text(_) => return Starts { anywhere: true, words, ..Starts::default() },
    };
    Starts { kinds: kinds.iter().copied().collect(), words, ..Starts::default() }
}

fn last_segment(function: &Part) -> Option<&str> {
    match function {
        Part::Dotted(segments) => segments.last().and_then(literal),
        Part::Attribute { name, .. } => literal(name),
        _ => None,
    }
}

fn literal(segment: &Segment) -> Option<&str> {
    match segment {
        Segment::Is(name) => Some(name),
        Segment::Any(_) => None,
    }
}

/// A word that stands in every text the part matches, the most telling first found.
fn required_word(part: &Part) -> Option<String> {
    let owned = |segment: &Segment| literal(segment).map(str::to_owned);
    match part {
        // An alias may hide any part of a name but the last, which an import or a use must spell.
        Part::Dotted(segments) => segments.iter().rev().find_map(literal).map(str::to_owned),
        Part::Attribute { object, name } => owned(name).or_else(|| required_word(object)),
        Part::Call(call) => required_word(&call.function)
            .or_else(|| call.arguments.iter().find_map(|argument| argument.keyword.as_ref().and_then(owned)))
            .or_else(|| call.arguments.iter().find_map(|argument| required_word(&argument.value))),
        Part::Deep(inner) | Part::Chain(inner) => required_word(inner),
        Part::Operands { parts, .. } | Part::Unordered { parts, .. } | Part::Block(parts) => {
            parts.iter().find_map(required_word)
        }
        Part::Assign(assign) => {
            let value = assign.value.as_ref().and_then(required_word);
            value.or_else(|| required_word(&assign.target))
        }
        Part::Function(function) => {
            let decorator = function.decorators.iter().find_map(required_word);
            owned(&function.name).or(decorator).or_else(|| function.body.iter().find_map(required_word))
        }
        Part::Class(class) => {
            let base = class.bases.iter().find_map(|base| required_word(&base.value));
            owned(&class.name).or(base).or_else(|| class.decorators.iter().find_map(required_word))
        }
        Part::If(branch) => {
            required_word(&branch.condition).or_else(|| branch.body.iter().find_map(required_word))
        }
        Part::Import(imports) => imports.iter().find_map(|import| {
            let name = match &import.name {
                Some(ImportedName::One(name)) => owned(name),
                Some(ImportedName::Any | ImportedName::Star) | None => None,
            };
            name.or_else(|| import.module.iter().rev().find_map(owned))
        }),
        Part::With { items, body, .. } => items.iter().chain(body).find_map(required_word),
        Part::Except { what, body, .. } => {
            what.as_deref().and_then(required_word).or_else(|| body.iter().find_map(required_word))
        }
        Part::Node { children, .. } => children.iter().find_map(|child| match &child.part {
            Part::Text(_) => None,
            part => required_word(part),
        }),
        Part::Dots
        | Part::Many(_)
        | Part::Meta(_)
        | Part::Typed { .. }
        | Part::AnyString
        | Part::StringLike(_)
        | Part::StringMeta(_)
        | Part::Formatted(_)
        | Part::Constant(_)
        | Part::Parameter(_)
        | Part::Text(_) => None,
    }
}
