//! What makes a secret's fallback harmless: a check that stops the program, a validator, a branch that only
//! development takes.

use std::collections::HashSet;

use crate::engine::python::{ClassId, Field, Kind, Module, NodeId};

use super::{calls, secret};

/// How much of one condition is read.
const PARTS: usize = 200;

/// Words of conditions under which nothing is in production.
const DEVELOPMENT: [&str; 15] = [
    "debug",
    "dev",
    "develop",
    "development",
    "local",
    "test",
    "tests",
    "testing",
    "ci",
    "demo",
    "pytest",
    "sandbox",
    "example",
    "mock",
    "dummy",
];

/// Decorators and names of methods that check a settings class when it is made.
const VALIDATORS: [&str; 8] = [
    "validator",
    "field_validator",
    "model_validator",
    "root_validator",
    "validates",
    "__post_init__",
    "model_post_init",
    "__init__",
];

/// What the file refuses to run with: the names and texts in conditions that stop the program.
#[derive(Debug, Default)]
pub(super) struct Refusals {
    spoken: HashSet<String>,
}

impl Refusals {
    pub(super) fn of(module: &Module) -> Refusals {
        let tree = module.tree();
        let conditions = tree.nodes().filter_map(|statement| match tree.kind(statement) {
            Kind::AssertStatement => Some(statement),
            Kind::IfStatement | Kind::ElifClause => {
                tree.child(statement, Field::Condition).filter(|_| stops(module, statement))
            }
            _ => None,
        });
        let parts = conditions.flat_map(|condition| tree.subtree(condition).take(PARTS));
        let spoken = parts.filter_map(|part| match tree.kind(part) {
            Kind::Identifier => Some(module.text(part).to_owned()),
            Kind::String => module.constant(part).and_then(|constant| constant.as_str().map(str::to_owned)),
            _ => None,
        });
        Refusals { spoken: spoken.collect() }
    }

    /// Whether the setting, its variable or its fallback is spoken of.
    fn speak_of(&self, module: &Module, node: NodeId, name: &str, value: &str) -> bool {
        let target = target(module, node);
        [name, value].into_iter().chain(target).any(|word| self.spoken.contains(word))
    }
}

/// Whether the fallback only serves development, or the program refuses to run with it.
pub(super) fn is_guarded(
    module: &Module,
    refusals: &Refusals,
    node: NodeId,
    name: &str,
    value: &str,
) -> bool {
    is_for_development(module, node) || refusals.speak_of(module, node, name, value)
}

/// The innermost conditions around the place speak of development.
fn is_for_development(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let speaks = |condition: NodeId| {
        tree.kind(condition) != Kind::NotOperator
            && secret::words(calls::beginning(module, condition))
                .iter()
                .any(|word| DEVELOPMENT.contains(&word.as_str()))
    };
    tree.ancestors(node).filter_map(|node| calls::condition(module, node)).any(speaks)
}

/// The variable or attribute that gets the value.
fn target(module: &Module, node: NodeId) -> Option<&str> {
    let tree = module.tree();
    let assignment =
        std::iter::once(node).chain(tree.ancestors(node)).take_while(|node| tree.kind(*node) != Kind::Block);
    let assignment = assignment.into_iter().find(|node| tree.kind(*node) == Kind::Assignment)?;
    let left = module.text(tree.child(assignment, Field::Left)?);
    Some(left.rsplit('.').next().unwrap_or(left))
}

/// Raises, or ends the process.
fn stops(module: &Module, statement: NodeId) -> bool {
    let tree = module.tree();
    let exits = ["sys.exit", "os._exit", "builtins.exit", "builtins.quit"];
    tree.subtree(statement).any(|node| match tree.kind(node) {
        Kind::RaiseStatement => true,
        Kind::Call => module.callee(node).is_some_and(|callee| exits.contains(&callee)),
        _ => false,
    })
}

/// A validator of the class speaks of the field and raises.
pub(super) fn is_validated(module: &Module, class: ClassId, field: &str) -> bool {
    let methods = module.class(class).methods.iter().map(|id| module.function(*id));
    let mut validators = methods.filter(|method| {
        let name = method.name.map_or("", |name| module.names().text(name));
        let decorators = method.decorators.iter().map(|decorator| module.text(decorator.callee));
        let mut marks = decorators.map(|text| text.rsplit('.').next().unwrap_or(text)).chain([name]);
        marks.any(|mark| VALIDATORS.contains(&mark))
    });
    validators.any(|method| {
        let whole = module
            .tree()
            .parent(method.node)
            .filter(|node| module.tree().kind(*node) == Kind::DecoratedDefinition);
        let whole = whole.unwrap_or(method.node);
        let raises = module
            .tree()
            .subtree(whole)
            .any(|node| matches!(module.tree().kind(node), Kind::RaiseStatement | Kind::AssertStatement));
        raises && (module.text(whole).contains(field) || module.text(whole).contains("getattr"))
    })
}
