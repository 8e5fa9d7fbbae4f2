//! Which handler catches what is thrown, as far as the file and Python's own exceptions tell.

use super::super::Module;
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;
use super::build::Builder;
use super::exception::{is_a, is_beside_exception};
use super::frame::Thrown;

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Catches {
    No,
    Perhaps,
    Surely,
}

/// How many exception types named by `raise` one function is told apart by.
const NAMED: usize = 8;

impl Builder<'_> {
    /// Whether an `except` clause catches what is thrown. A bare one catches all.
    pub(super) fn catches(&self, handler: NodeId, thrown: Thrown) -> Catches {
        let values = self.tree().children_by_field(handler, Field::Value);
        let types = values.flat_map(|value| self.types_caught(value));
        types.map(|node| self.type_catches(node, thrown)).max().unwrap_or(Catches::Surely)
    }

    /// The alternatives of `E`, `E as e`, `(E, F)` and `(E, F) as e`.
    fn types_caught(&self, value: NodeId) -> Vec<NodeId> {
        let mut node = value;
        for _ in 0..4 {
            match self.kind(node) {
                Kind::AsPattern | Kind::ParenthesizedExpression => match self.tree().first_named(node) {
                    Some(inner) => node = inner,
                    None => break,
                },
                Kind::Tuple => return self.tree().named_children(node).collect(),
                _ => break,
            }
        }
        vec![node]
    }

    fn type_catches(&self, node: NodeId, thrown: Thrown) -> Catches {
        let Some(caught) = self.module.qualified_name(node) else {
            return if matches!(thrown, Thrown::Error | Thrown::Named(_)) {
                Catches::Perhaps
            } else {
                Catches::No
            };
        };
        match thrown {
            _ if caught == "builtins.BaseException" => Catches::Surely,
            Thrown::Error if caught == "builtins.Exception" => Catches::Surely,
            Thrown::Error if is_beside_exception(caught) => Catches::No,
            Thrown::Error => Catches::Perhaps,
            Thrown::Cancel => match is_cancellation(caught) {
                true => Catches::Surely,
                false => Catches::No,
            },
            Thrown::Exit => match caught {
                "builtins.SystemExit" | "builtins.KeyboardInterrupt" => Catches::Perhaps,
                _ => Catches::No,
            },
            Thrown::Named(index) => self.named_catches(caught, &self.named[index as usize]),
        }
    }

    fn named_catches(&self, caught: &str, raised: &str) -> Catches {
        match self.module.is_exception(raised, caught) {
            Some(true) => Catches::Surely,
            Some(false) => Catches::No,
            None => Catches::Perhaps,
        }
    }

    /// What `raise X` or `raise X(...)` throws.
    pub(super) fn type_thrown(&mut self, raised: NodeId) -> Thrown {
        let callee = self.child(raised, Field::Function).unwrap_or(raised);
        match self.module.qualified_name(callee) {
            Some(path) => self.named(path),
            None => Thrown::Error,
        }
    }

    pub(super) fn named(&mut self, path: &str) -> Thrown {
        match path {
            "builtins.Exception" | "builtins.BaseException" => return Thrown::Error,
            "builtins.SystemExit" | "builtins.KeyboardInterrupt" => return Thrown::Exit,
            _ if is_cancellation(path) => return Thrown::Cancel,
            _ => {}
        }
        if let Some(known) = self.named.iter().position(|name| **name == *path) {
            return Thrown::Named(known as u8);
        }
        if self.named.len() >= NAMED {
            return Thrown::Error;
        }
        self.named.push(path.into());
        Thrown::Named(self.named.len() as u8 - 1)
    }

    /// What a handler was written for, where nothing in the body is known to throw it.
    pub(super) fn meant(&self, handler: NodeId) -> Thrown {
        let kinds = [Thrown::Error, Thrown::Cancel, Thrown::Exit];
        let meant = kinds.into_iter().find(|thrown| self.catches(handler, *thrown) != Catches::No);
        meant.unwrap_or(Thrown::Error)
    }

    /// Whether leaving this `with` item by an exception ends the exception. A manager that is not known is taken to
    /// swallow only where what follows the statement could not run otherwise.
    pub(super) fn swallows(&self, item: NodeId, statement: NodeId, thrown: Thrown, dead: bool) -> Catches {
        let (Some(manager), _) = self.module.with_parts(item) else { return Catches::No };
        let path = self.module.callee(manager);
        if path.is_some_and(|path| SWALLOWERS.contains(&path)) {
            let arguments = self.child(manager, Field::Arguments);
            let types = arguments.into_iter().flat_map(|list| self.tree().named_children(list));
            return types.map(|node| self.type_catches(node, thrown)).max().unwrap_or(Catches::No);
        }
        let unknown = dead && self.goes_on(statement) && !self.module.is_lock(manager);
        match thrown {
            Thrown::Error | Thrown::Named(_) if unknown => Catches::Perhaps,
            Thrown::Error | Thrown::Named(_) | Thrown::Cancel | Thrown::Exit => Catches::No,
        }
    }

    /// Whether another statement follows in the same block.
    fn goes_on(&self, statement: NodeId) -> bool {
        let tree = self.tree();
        let end = tree.parent(statement).map_or(statement, |block| tree.after(block));
        let mut next = tree.after(statement);
        while next < end && (tree.is_extra(next) || !tree.is_named(next)) {
            next = tree.after(next);
        }
        next < end
    }
}

const SWALLOWERS: &[&str] =
    &["contextlib.suppress", "pytest.raises", "anyio.move_on_after", "trio.move_on_after"];

/// The exceptions by which a task is cancelled or a generator closed.
fn is_cancellation(path: &str) -> bool {
    matches!(
        path,
        "asyncio.CancelledError"
            | "asyncio.exceptions.CancelledError"
            | "anyio.get_cancelled_exc_class"
            | "trio.Cancelled"
            | "builtins.GeneratorExit"
    )
}

/// Bases looked at for one question.
const STEPS: usize = 16;

impl Module {
    /// Whether a `raised` is caught as a `caught`; `None` where the file does not tell.
    fn is_exception(&self, raised: &str, caught: &str) -> Option<bool> {
        let mut open = vec![raised];
        let mut unknown = false;
        for _ in 0..STEPS {
            let Some(current) = open.pop() else {
                return if unknown { None } else { Some(false) };
            };
            if current == caught {
                return Some(true);
            }
            match (self.local_class(current), is_a(current, caught)) {
                (_, Some(true)) => return Some(true),
                (_, Some(false)) => {}
                (Some(class), None) => {
                    for base in &self.class(class).bases {
                        match self.qualified_name(*base) {
                            Some(path) => open.push(path),
                            None => unknown = true,
                        }
                    }
                }
                // A library's exception is an `Exception`, as good as always.
                (None, None) if caught == "builtins.Exception" => return Some(true),
                (None, None) => unknown = true,
            }
        }
        None
    }
}
