//! What becomes of a value, as far as the expression around it tells: dropped, used for what a coroutine cannot give,
//! named, returned; or handed on to somebody who may await it.

use crate::engine::analysis::calls;
use crate::engine::python::{Field, Kind, Module, NodeId};

/// How far a value is followed upwards.
const STEPS: usize = 24;
/// What a coroutine object does have.
const OWN: [&str; 10] = [
    "send",
    "throw",
    "close",
    "cr_frame",
    "cr_await",
    "cr_running",
    "cr_code",
    "cr_origin",
    "__await__",
    "__name__",
];

/// Where the value goes.
#[derive(Debug)]
pub(super) enum Fate {
    /// To somebody who may await it.
    Kept,
    Misused(Misuse),
    /// Back to the caller of the function.
    Returned,
    /// To this plain name.
    Named(NodeId),
    /// To this plain name, in a collection.
    Collected(NodeId),
}

/// How a coroutine is used that should have been awaited.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Misuse {
    Dropped,
    /// It went to a name that nobody reads.
    Unread,
    Tested,
    Compared,
    Unpacked,
    Subscripted,
    Attribute(String),
    Formatted,
    Computed,
    Iterated {
        is_async: bool,
    },
    Entered {
        is_async: bool,
    },
    /// Given to a function that looks at it.
    Read(String),
    Serialised,
    /// Returned by a plain function that a framework calls.
    Injected,
}

/// Who looks at values without awaiting them.
#[derive(Debug)]
pub(super) struct Readers {
    pub functions: Vec<String>,
    pub droppers: Vec<String>,
    pub routes: Vec<String>,
}

impl Readers {
    pub(super) fn fate(&self, module: &Module, start: NodeId) -> Fate {
        let tree = module.tree();
        let (mut value, mut inside) = (start, false);
        for _ in 0..STEPS {
            let Some(parent) = tree.parent(value) else { return Fate::Kept };
            match step(module, value, parent) {
                Step::Up => {}
                Step::Into => inside = true,
                Step::Fate(fate) if !inside => return fate,
                Step::Fate(Fate::Named(name)) => return Fate::Collected(name),
                Step::Fate(_) => return Fate::Kept,
                Step::Statement if !inside || parent_is_display(module, value) => {
                    return Fate::Misused(Misuse::Dropped);
                }
                Step::Statement => return Fate::Kept,
                Step::Return => return self.returned(module, value, inside),
                Step::Argument => return self.argument(module, parent, inside),
                Step::Lambda => return self.lambda(module, parent, inside),
            }
            value = parent;
        }
        Fate::Kept
    }

    fn returned(&self, module: &Module, value: NodeId, inside: bool) -> Fate {
        let decorators = module.enclosing_function(value).map(|id| &module.function(id).decorators);
        let is_route = decorators.into_iter().flatten().any(|decorator| {
            let callee = decorator.call.and_then(|call| module.callee(call));
            callee.is_some_and(|callee| self.routes.iter().any(|route| route == callee))
        });
        match (is_route, inside) {
            (true, _) => Fate::Misused(Misuse::Serialised),
            (false, false) => Fate::Returned,
            (false, true) => Fate::Kept,
        }
    }

    /// Given to a function as an argument, or as part of one.
    fn argument(&self, module: &Module, list: NodeId, inside: bool) -> Fate {
        let tree = module.tree();
        let call = if tree.kind(list) == Kind::Call { Some(list) } else { tree.parent(list) };
        let callee = call.filter(|call| tree.kind(*call) == Kind::Call).and_then(|call| module.callee(call));
        let Some(callee) = callee else { return Fate::Kept };
        let own = callee.strip_prefix("builtins.").unwrap_or(callee);
        match self.functions.iter().any(|reader| reader == callee) {
            true if matches!(own, "any" | "all") => Fate::Misused(Misuse::Tested),
            true if callee.contains("json") || callee.ends_with("Response") => {
                Fate::Misused(Misuse::Serialised)
            }
            true if !inside && !matches!(own, "any" | "all" | "sum") => {
                Fate::Misused(Misuse::Read(own.to_owned()))
            }
            _ => Fate::Kept,
        }
    }

    fn lambda(&self, module: &Module, lambda: NodeId, inside: bool) -> Fate {
        let drops = !inside && calls::is_callback_of(module, lambda, &self.droppers);
        if drops { Fate::Misused(Misuse::Dropped) } else { Fate::Kept }
    }
}

/// What the next node around a value does with it.
enum Step {
    /// It hands the value on as it is.
    Up,
    /// It puts the value into a collection.
    Into,
    Fate(Fate),
    Statement,
    Return,
    Argument,
    Lambda,
}

fn step(module: &Module, value: NodeId, parent: NodeId) -> Step {
    let tree = module.tree();
    let field = tree.field(value);
    let misused = |misuse| Step::Fate(Fate::Misused(misuse));
    match tree.kind(parent) {
        Kind::ParenthesizedExpression => Step::Up,
        Kind::ConditionalExpression if calls::condition(module, parent) == Some(value) => {
            misused(Misuse::Tested)
        }
        Kind::ConditionalExpression => Step::Up,
        Kind::BooleanOperator if field == Field::Left && is_and(module, parent) => misused(Misuse::Tested),
        Kind::BooleanOperator => Step::Up,
        Kind::NotOperator | Kind::AssertStatement | Kind::IfClause => misused(Misuse::Tested),
        Kind::IfStatement | Kind::ElifClause | Kind::WhileStatement if field == Field::Condition => {
            misused(Misuse::Tested)
        }
        Kind::ComparisonOperator => misused(Misuse::Compared),
        Kind::MatchStatement if field == Field::Subject => misused(Misuse::Compared),
        Kind::NamedExpression if field == Field::Value => Step::Fate(walrus(module, parent)),
        Kind::ExpressionStatement => Step::Statement,
        Kind::Assignment if field == Field::Right => Step::Fate(assigned(module, parent)),
        Kind::AugmentedAssignment | Kind::BinaryOperator | Kind::UnaryOperator => misused(Misuse::Computed),
        Kind::Subscript if field == Field::Value => misused(Misuse::Subscripted),
        Kind::Attribute if field == Field::Object => Step::Fate(attribute(module, parent)),
        Kind::Interpolation => misused(Misuse::Formatted),
        Kind::ForStatement | Kind::ForInClause if field == Field::Right => {
            misused(Misuse::Iterated { is_async: module.is_async(parent) })
        }
        Kind::ListSplat | Kind::DictionarySplat => misused(Misuse::Unpacked),
        Kind::AsPattern if field != Field::Alias => Step::Up,
        Kind::WithItem => misused(Misuse::Entered { is_async: with_is_async(module, parent) }),
        Kind::ListComprehension | Kind::SetComprehension | Kind::GeneratorExpression
            if field == Field::Body =>
        {
            Step::Into
        }
        Kind::List | Kind::Tuple | Kind::Set | Kind::Dictionary => Step::Into,
        Kind::Pair if field == Field::Value => Step::Into,
        Kind::KeywordArgument if field == Field::Value => Step::Up,
        Kind::ArgumentList => Step::Argument,
        Kind::Call if field == Field::Arguments => Step::Argument,
        Kind::ReturnStatement => Step::Return,
        Kind::Lambda if field == Field::Body => Step::Lambda,
        _ => Step::Fate(Fate::Kept),
    }
}

fn is_and(module: &Module, operator: NodeId) -> bool {
    let token = module.tree().child(operator, Field::Operator);
    token.is_some_and(|token| module.text(token) == "and")
}

/// A display or comprehension that is a statement of its own keeps nothing.
fn parent_is_display(module: &Module, value: NodeId) -> bool {
    matches!(
        module.tree().kind(value),
        Kind::List | Kind::Tuple | Kind::Set | Kind::ListComprehension | Kind::SetComprehension
    )
}

fn assigned(module: &Module, assignment: NodeId) -> Fate {
    let tree = module.tree();
    let is_statement =
        tree.parent(assignment).is_some_and(|node| tree.kind(node) == Kind::ExpressionStatement);
    match tree.child(assignment, Field::Left) {
        Some(left) => match tree.kind(left) {
            Kind::Identifier if is_statement => Fate::Named(left),
            Kind::PatternList | Kind::TuplePattern | Kind::ListPattern => Fate::Misused(Misuse::Unpacked),
            _ => Fate::Kept,
        },
        None => Fate::Kept,
    }
}

/// `(name := value)`: what stands around it misuses the value, or the name tells more.
fn walrus(module: &Module, walrus: NodeId) -> Fate {
    let tree = module.tree();
    let around = calls::unwrapped(module, walrus);
    match (tree.parent(around).map(|parent| step(module, around, parent)), tree.child(walrus, Field::Name)) {
        (Some(Step::Fate(Fate::Misused(Misuse::Tested)) | Step::Statement), Some(name)) => Fate::Named(name),
        (Some(Step::Fate(fate)), _) => fate,
        _ => Fate::Kept,
    }
}

fn attribute(module: &Module, attribute: NodeId) -> Fate {
    let name = module.tree().child(attribute, Field::Attribute).map_or("", |name| module.text(name));
    if OWN.contains(&name) { Fate::Kept } else { Fate::Misused(Misuse::Attribute(name.to_owned())) }
}

fn with_is_async(module: &Module, item: NodeId) -> bool {
    let tree = module.tree();
    let mut around = tree.ancestors(item);
    let statement = around.find(|node| tree.kind(*node) == Kind::WithStatement);
    statement.is_some_and(|statement| module.is_async(statement))
}

impl Misuse {
    /// What happens to the coroutine, in words for the message.
    pub(super) fn words(&self, module: &Module, at: Option<NodeId>) -> String {
        let line = at.map(|at| module.span(at).start.line);
        let place = line.map_or(String::new(), |line| format!(" in line {line}"));
        let said = match self {
            Misuse::Dropped => "the coroutine is dropped",
            Misuse::Unread => "the coroutine goes to a name that nobody reads",
            Misuse::Tested => "the coroutine itself is taken for the answer, and a coroutine is always true",
            Misuse::Compared => "the coroutine itself is compared, not its result",
            Misuse::Unpacked => "the coroutine itself is unpacked, which raises `TypeError`",
            Misuse::Subscripted => "the coroutine itself is subscripted, which raises `TypeError`",
            Misuse::Attribute(name) => {
                return format!(
                    "the coroutine itself is asked for `.{name}`{place}, which raises `AttributeError`"
                );
            }
            Misuse::Formatted => "the coroutine itself is formatted, as `<coroutine object>`",
            Misuse::Computed => "the coroutine itself is an operand, which raises `TypeError`",
            Misuse::Iterated { .. } => "the coroutine itself is iterated, which raises `TypeError`",
            Misuse::Entered { .. } => "the coroutine itself is entered by `with`, which raises `TypeError`",
            Misuse::Read(function) => return format!("the coroutine itself is given to `{function}`{place}"),
            Misuse::Serialised => "the coroutine itself is put into the answer, which cannot be serialised",
            Misuse::Injected => {
                "a plain function returns the coroutine to a framework that awaits only what `async def` gives"
            }
        };
        format!("{said}{place}")
    }
}
