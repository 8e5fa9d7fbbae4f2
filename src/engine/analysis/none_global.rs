//! Module globals that are `None` and stay so, used as if somebody had set them.

use crate::engine::finding::Tier;
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{
    Binding, BindingId, BindingKind, Field, Kind, Module, NodeId, ScopeId, ScopeKind,
};

use super::{Analysis, Parameters, guard, handler, ownership};

#[derive(serde::Deserialize)]
#[serde(deny_unknown_fields)]
struct With {}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With {} = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module(["None"]),
        names: &["NAME", "USE"],
        run: Box::new(|module, _, hits| {
            if !writes_in_other_ways(module) {
                hits.extend(unset(module).filter_map(|name| first_use(module, name)));
            }
        }),
    })
}

/// `globals()[...]`, `setattr(sys.modules[...])`, a star import or a module `__getattr__` may set anything.
fn writes_in_other_ways(module: &Module) -> bool {
    let text = module.source().text();
    ["globals()", "setattr(", "sys.modules", "def __getattr__"].iter().any(|word| text.contains(word))
        || module.scopes().has_star(ScopeId::MODULE)
}

/// The identifiers of globals whose only value is `None`.
fn unset(module: &Module) -> impl Iterator<Item = NodeId> + '_ {
    let scopes = module.scopes();
    scopes.get(ScopeId::MODULE).bound().filter_map(move |(_, ids)| {
        let bindings: Vec<&Binding> = ids.map(|id| scopes.binding(id)).collect();
        let [binding] = bindings[..] else { return None };
        let is_none = binding.value.is_some_and(|value| module.tree().kind(value) == Kind::None);
        let at_top = !module
            .ancestors_in_function(binding.node)
            .any(|node| matches!(module.tree().kind(node), Kind::IfStatement | Kind::TryStatement));
        (binding.kind == BindingKind::Assignment && is_none && at_top).then_some(binding.node)
    })
}

fn first_use(module: &Module, name: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let text = module.text(name);
    let is_it = |node: &NodeId| {
        tree.kind(*node) == Kind::Identifier
            && module.text(*node) == text
            && module.bindings_of(*node).any(|binding| binding.node == name)
    };
    let mut uses = tree
        .nodes()
        .filter(|node| *node != name)
        .filter(is_it)
        .filter_map(|node| Some((node, usage(module, node)?)));
    let (used, words) = uses.find(|(node, _)| {
        !guard::is_settled(module, text, *node)
            && !handler::is_caught(module, *node, &["builtins.AttributeError", "builtins.TypeError"])
    })?;
    let mut hit = Hit::at(used)
        .with("NAME", text)
        .with("USE", words)
        .and(name, "nothing in this module sets it after this");
    let lost = lost_assignment(module, name);
    if let Some(lost) = lost {
        hit = hit.and(lost, "without `global` this is a local variable, which nobody reads");
    }
    // A public name another module may set.
    hit.tier = (!text.starts_with('_') && lost.is_none()).then_some(Tier::Summary);
    Some(hit)
}

/// A function's variable of the same name that is given a value and never read.
fn lost_assignment(module: &Module, name: NodeId) -> Option<NodeId> {
    let scopes = module.scopes();
    let known = module.names().get(module.text(name))?;
    let locals = scopes.all().filter(|(_, scope)| matches!(scope.kind, ScopeKind::Function(_)));
    let mut bindings = locals.flat_map(|(id, _)| scopes.bound_in(id, known).iter().copied());
    let is_lost = |id: &BindingId| {
        let binding = scopes.binding(*id);
        binding.kind == BindingKind::Assignment && ownership::uses(module, binding.node).is_empty()
    };
    bindings.find(is_lost).map(|id| scopes.binding(id).node)
}

/// What is done with it that `None` cannot do.
fn usage(module: &Module, node: NodeId) -> Option<String> {
    let tree = module.tree();
    let parent = tree.parent(node)?;
    match (tree.kind(parent), tree.field(node)) {
        (Kind::Attribute, Field::Object) => {
            let target = tree.parent(parent).is_some_and(|outer| {
                tree.kind(outer) == Kind::Assignment && tree.field(parent) == Field::Left
            });
            let name = tree.child(parent, Field::Attribute).map_or("", |name| module.text(name));
            (!target && !name.starts_with("__")).then(|| format!("`.{name}` is read of it"))
        }
        (Kind::Call, Field::Function) => Some("it is called".to_owned()),
        (Kind::Subscript, Field::Value) => Some("it is indexed".to_owned()),
        (Kind::ForStatement | Kind::ForInClause, Field::Right) => Some("it is iterated over".to_owned()),
        (Kind::WithItem, Field::Value) => Some("it is entered as a context".to_owned()),
        _ => None,
    }
}
