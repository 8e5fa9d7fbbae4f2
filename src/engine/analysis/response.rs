//! Keys of another service's answer, read where nobody looked whether the answer is an error.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Binding, Field, Kind, Module, NodeId};

use super::guard::{self, Guards, Tests};
use super::{Analysis, Parameters, calls, file, handler, ownership};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Calls that give a response.
    requests: Vec<String>,
    /// Members of a response that tell whether it is an error.
    verdicts: Vec<String>,
    /// Words of a file that has every response checked.
    unless: Vec<String>,
}

const FAILURES: [&str; 3] = ["builtins.KeyError", "builtins.LookupError", "builtins.TypeError"];

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::calls(["json", "loads"]),
        names: &["KEY", "REQUEST", "RESPONSE"],
        run: Box::new(move |module, nodes, hits| {
            let text = module.source().text();
            if with.unless.iter().any(|word| text.contains(word.as_str())) {
                return;
            }
            let guards = Guards::default();
            hits.extend(nodes.iter().filter_map(|call| visit(&with, module, *call, &guards)));
        }),
    })
}

fn visit(with: &With, module: &Module, decode: NodeId, guards: &Guards) -> Option<Hit> {
    let response = response(module, decode)?;
    let request = request(with, module, response)?;
    let tests = guard::tests(module, guards, decode);
    let above = module.statement_of(decode);
    if is_looked_at(with, module, response) || tests.between(module.text(decode), NodeId::ROOT, above) {
        return None;
    }
    let key = key_read(module, decode, &tests)?;
    let index = module.tree().child(key, Field::Subscript)?;
    if handler::is_caught(module, key, &FAILURES) || was_tried(module, key, index) {
        return None;
    }
    let mut hit =
        Hit::at(key).with("KEY", module.text(index)).with("REQUEST", calls::spelled(module, request)).with(
            "RESPONSE",
            if response == request {
                "the response".to_owned()
            } else {
                format!("`{}`", module.text(response))
            },
        );
    hit.tier = file::is_script(module).then_some(Tier::Summary);
    Some(if key == request { hit } else { hit.and(request, "nobody asks whether this succeeded") })
}

/// What is decoded: of `response.json()` and `json.loads(response.text)` the response.
fn response(module: &Module, decode: NodeId) -> Option<NodeId> {
    let body = match calls::method(module, decode) {
        "json" => calls::receiver(module, decode)?,
        _ if module.callee(decode) == Some("json.loads") => {
            let text = *calls::arguments(module, decode).positional.first()?;
            let name = module.tree().child(text, Field::Attribute).map(|name| module.text(name));
            let is_body = matches!(name, Some("text" | "content"));
            module.tree().child(text, Field::Object).filter(|_| is_body)?
        }
        _ => return None,
    };
    Some(calls::inner(module, body))
}

/// The request that a response comes from: on the spot, or through one local name.
fn request(with: &With, module: &Module, response: NodeId) -> Option<NodeId> {
    let is_request = |call: &NodeId| {
        module.callee(*call).is_some_and(|callee| with.requests.iter().any(|known| known == callee))
    };
    let tree = module.tree();
    match tree.kind(response) {
        Kind::Call => Some(response).filter(is_request),
        Kind::Identifier => {
            let bindings: Vec<&Binding> =
                module.bindings(module.scope_of(response), module.text(response)).collect();
            let [binding] = bindings[..] else { return None };
            Some(calls::inner(module, binding.value?))
                .filter(|value| tree.kind(*value) == Kind::Call)
                .filter(is_request)
        }
        _ => None,
    }
}

/// The status is read, or the response goes to somebody who may read it.
fn is_looked_at(with: &With, module: &Module, response: NodeId) -> bool {
    let tree = module.tree();
    if tree.kind(response) != Kind::Identifier {
        return false;
    }
    ownership::uses(module, response).into_iter().any(|used| {
        let parent = tree.parent(used).filter(|parent| tree.kind(*parent) == Kind::Attribute);
        match parent.and_then(|parent| tree.child(parent, Field::Attribute)) {
            Some(member) => with.verdicts.iter().any(|verdict| verdict == module.text(member)),
            None => used != response,
        }
    })
}

/// The same key was read above, where somebody waits for its `KeyError`.
fn was_tried(module: &Module, key: NodeId, index: NodeId) -> bool {
    let tree = module.tree();
    let start = module.enclosing_def(key).map_or(NodeId::ROOT, |(_, def)| def.node);
    let same = |node: NodeId| {
        let other = tree.child(node, Field::Subscript).filter(|_| tree.kind(node) == Kind::Subscript);
        other.is_some_and(|other| module.text(other) == module.text(index))
    };
    tree.between(start, key).any(|node| same(node) && handler::is_caught(module, node, &FAILURES))
}

/// The first subscript with a constant key of the decoded body.
fn key_read(module: &Module, decode: NodeId, tests: &Tests) -> Option<NodeId> {
    let tree = module.tree();
    let is_key = |node: &NodeId| {
        let key = tree.child(*node, Field::Subscript);
        tree.kind(*node) == Kind::Subscript && key.is_some_and(|key| tree.kind(key) == Kind::String)
    };
    let value = calls::unwrapped(module, decode);
    if let Some(parent) =
        tree.parent(value).filter(|parent| is_key(parent) && tree.field(value) == Field::Value)
    {
        return Some(parent);
    }
    let name = ownership::local_name(module, decode)?;
    let text = module.text(name);
    let only = module.bindings(module.scope_of(name), text).count() == 1;
    let reads = |used: &NodeId| tree.field(*used) == Field::Value && !is_target(module, *used);
    let mut uses = ownership::uses(module, name).into_iter().filter(|used| *used > name).filter(reads);
    let first = uses.find_map(|used| tree.parent(used).filter(is_key));
    first.filter(|key| only && !tests.anywhere(text) && !guard::is_checked_by_call(module, name, *key))
}

fn is_target(module: &Module, used: NodeId) -> bool {
    let tree = module.tree();
    tree.parent(used).is_some_and(|parent| tree.field(parent) == Field::Left)
}
