//! Locks that a file makes of a key in Redis or a cache: a claim without expiry, a claim whose answer nobody looks at, a
//! release that deletes the key whoever holds it by now. A library's lock, or a script that compares before it deletes,
//! is no such thing.

use serde::Deserialize;

use crate::engine::analysis::calls::{self, Argument};
use crate::engine::analysis::{Analysis, Parameters};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Constant, Field, FunctionId, Kind, Module, NodeId, ScopeId};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Words in the name of a key, its value, its function or its class that make it a lock.
    words: Vec<String>,
    /// Keywords that give a claim an end.
    expiries: Vec<String>,
    /// Methods that give a key an end.
    expirers: Vec<String>,
    /// Methods that can compare the owner before they delete.
    comparers: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(["set", "setnx", "add"]),
        names: &["CALL", "KEY", "WRONG"],
        run: Box::new(move |module, calls, hits| {
            for call in calls {
                if let Some(claim) = Claim::read(&with, module, *call) {
                    hits.extend(claim.hits(&with, module));
                }
            }
        }),
    })
}

/// A call that sets a key only if it is not there.
struct Claim {
    call: NodeId,
    key: NodeId,
    function: FunctionId,
    ends: bool,
}

impl Claim {
    fn read(with: &With, module: &Module, call: NodeId) -> Option<Claim> {
        let tree = module.tree();
        let callee = tree.child(call, Field::Function)?;
        let object = tree.child(callee, Field::Object)?;
        let method = module.text(tree.child(callee, Field::Attribute)?);
        let arguments = calls::arguments(module, call);
        let key = arguments.positional.first().copied().or_else(|| arguments.keyword(module, "key"));
        let key = key.or_else(|| arguments.keyword(module, "name"))?;
        let function = module.enclosing_function(call)?;
        let is_true =
            |name| arguments.keyword(module, name).is_some_and(|value| module.text(value) == "True");
        let is_false =
            |name| arguments.keyword(module, name).is_some_and(|value| module.text(value) == "False");
        let claims = match method {
            "setnx" => true,
            "set" => is_true("nx") || is_false("exist"),
            "add" => module.text(object).to_ascii_lowercase().contains("cache"),
            _ => false,
        };
        let given = |name: &String| match arguments.keyword(module, name) {
            Some(value) => module.tree().kind(value) != Kind::None,
            None => false,
        };
        let ends = match method {
            "add" => !is_none(calls::argument(module, call, "timeout", Some(2)), module),
            _ => arguments.open || with.expiries.iter().any(given) || arguments.positional.len() > 2,
        };
        let claim = Claim { call, key, function, ends };
        (claims && claim.is_lock(with, module)).then_some(claim)
    }

    /// Whether a name around says that the key is a lock.
    fn is_lock(&self, with: &With, module: &Module) -> bool {
        let says = |text: &str| {
            let text = text.to_ascii_lowercase();
            with.words.iter().any(|word| text.contains(word.as_str()))
                && !text.contains("block")
                && !text.contains("clock")
        };
        let name = module.function(self.function).name.map_or("", |name| module.names().text(name));
        let class =
            module.enclosing_class(self.call).map_or("", |id| module.names().text(module.class(id).name));
        let value = || module.bindings_of(self.key).next().and_then(|binding| binding.value);
        let is_name = module.tree().kind(self.key) == Kind::Identifier;
        says(calls::beginning(module, self.key))
            || says(name)
            || says(class)
            || is_name && value().is_some_and(|value| says(calls::beginning(module, value)))
    }

    fn hits(&self, with: &With, module: &Module) -> Vec<Hit> {
        let mut hits = Vec::new();
        if self.is_dropped(module) {
            hits.push(self.hit(module, self.call, "nobody looks whether it was got"));
        } else if !self.ends && !self.expires(with, module) {
            let wrong = "it has no expiry, so a holder that dies keeps it for ever";
            hits.push(self.hit(module, self.call, wrong));
        }
        hits.extend(self.release(with, module));
        hits
    }

    fn hit(&self, module: &Module, at: NodeId, wrong: &str) -> Hit {
        Hit::at(at)
            .with("CALL", calls::spelled(module, self.call))
            .with("KEY", calls::short(module, self.key))
            .with("WRONG", wrong)
    }

    fn is_dropped(&self, module: &Module) -> bool {
        let tree = module.tree();
        let mut around = tree.ancestors(self.call);
        let kept =
            around.find(|node| !matches!(tree.kind(*node), Kind::Await | Kind::ParenthesizedExpression));
        kept.is_some_and(|node| tree.kind(node) == Kind::ExpressionStatement)
    }

    fn expires(&self, with: &With, module: &Module) -> bool {
        self.calls_near(module).into_iter().any(|call| is_one_of(module, call, &with.expirers))
    }

    /// A release of the same key that does not ask whose it is.
    fn release(&self, with: &With, module: &Module) -> Option<Hit> {
        let near = self.calls_near(module);
        let compares = near.iter().any(|call| is_one_of(module, *call, &with.comparers));
        let delete = near.into_iter().find(|call| self.deletes(module, *call))?;
        if compares {
            return None;
        }
        let anyway = self.runs_anyway(module, delete);
        let wrong = match (anyway, self.ends) {
            (true, _) => "the release in `finally` also runs when it was not got, and deletes another's",
            (false, true) => "the release does not ask whose it is: after the expiry it deletes another's",
            (false, false) => return None,
        };
        Some(self.hit(module, delete, wrong).and(self.call, "the lock is claimed here"))
    }

    fn deletes(&self, module: &Module, call: NodeId) -> bool {
        let first = calls::arguments(module, call).positional.first().copied();
        let same = first.is_some_and(|key| module.text(key) == module.text(self.key));
        same && is_one_of(module, call, &["delete".to_owned(), "unlink".to_owned()])
    }

    /// Whether the release stands in the `finally` of the very `try` in which the claim may fail, and asks nothing.
    fn runs_anyway(&self, module: &Module, delete: NodeId) -> bool {
        let tree = module.tree();
        let clause =
            module.ancestors_in_function(delete).find(|node| tree.kind(*node) == Kind::FinallyClause);
        let Some(clause) = clause else { return false };
        let statement = tree.parent(clause).and_then(|statement| tree.child(statement, Field::Body));
        let claims_inside = statement.is_some_and(|body| tree.contains(body, self.call));
        let asks = module.ancestors_in_function(delete).take_while(|node| *node != clause);
        claims_inside && !asks.into_iter().any(|node| tree.kind(node) == Kind::IfStatement)
    }

    /// The calls of the same function, or of the same class.
    fn calls_near(&self, module: &Module) -> Vec<NodeId> {
        let tree = module.tree();
        let around = match module.function(self.function).class {
            Some(class) => Some(module.class(class).node),
            None => Some(module.function(self.function).node),
        };
        let scope = around.unwrap_or_else(|| module.scopes().get(ScopeId::MODULE).node);
        tree.subtree(scope).filter(|node| tree.kind(*node) == Kind::Call).collect()
    }
}

fn is_one_of(module: &Module, call: NodeId, methods: &[String]) -> bool {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function).map_or("", |callee| calls::last(module.text(callee)));
    methods.iter().any(|method| method == callee)
}

fn is_none(argument: Argument, module: &Module) -> bool {
    match argument {
        Argument::Given(value) => {
            module.constant(value) == Some(Constant::None) || module.text(value) == "None"
        }
        Argument::Absent | Argument::Unknown => false,
    }
}
