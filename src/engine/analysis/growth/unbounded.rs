//! Collections of long-lived objects that are keyed or fed by requests and never lose an element, and caches of
//! functions that have no size.

use std::collections::HashSet;

use serde::Deserialize;

use crate::engine::analysis::shared::access::{Access, Method, Use};
use crate::engine::analysis::shared::lifetime::has_instance;
use crate::engine::analysis::shared::state::Owner;
use crate::engine::analysis::shared::uses::Uses;
use crate::engine::analysis::shared::words::says_one_of;
use crate::engine::analysis::{Analysis, Parameters, calls, file};
use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Constant, Decorator, FunctionId, Kind, Module, NodeId, Role};

use super::collection::{begins_empty, is_of_many, may_shrink};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Words of keys that requests choose, each from very many.
    keys: Vec<String>,
}

pub(in crate::engine::analysis) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::FunctionDefinition], []),
        names: &["WHAT", "WHY", "HOW"],
        run: Box::new(move |module, definitions, hits| run(&with, module, definitions, hits)),
    })
}

fn run(with: &With, module: &Module, definitions: &[NodeId], hits: &mut Vec<Hit>) {
    if module.is_test_file() || file::is_script(module) {
        return;
    }
    let uses = Uses::of(module);
    let mut told = HashSet::new();
    for id in definitions.iter().filter_map(|node| module.function_at(*node)) {
        hits.extend(cached(with, module, id));
        for act in uses.changes(id) {
            let grows = grows(with, module, &uses, id, act);
            hits.extend(grows.filter(|_| told.insert(act.state)));
        }
    }
}

fn grows(with: &With, module: &Module, uses: &Uses, function: FunctionId, act: &Access) -> Option<Hit> {
    let key = match act.usage {
        Use::SetItem { key, .. } | Use::AugmentItem { key } => key,
        Use::Change { method: Method::Add | Method::AddOnce, first: Some(first), .. } => first,
        _ => return None,
    };
    let lives_long = match act.state.owner {
        Owner::Module => is_served(module, function),
        Owner::Class(id) => has_instance(module, id),
    };
    let silent = !lives_long
        || !is_of_many(module, function, key, &with.keys)
        || !begins_empty(module, act.state)
        || may_shrink(module, uses, act.state);
    if silent {
        return None;
    }
    let place = module.text(act.place);
    let why = format!(
        "`{}` comes with each request, and nothing in this file takes an element out",
        module.text(key)
    );
    let hit = Hit::at(module.statement_of(act.at))
        .with("WHAT", format!("`{place}` gets an element here"))
        .with("WHY", why)
        .with(
            "HOW",
            format!(
                "Bound `{place}`: `cachetools.TTLCache`, a limit with eviction, or removal when it is over"
            ),
        );
    Some(hit)
}

fn is_served(module: &Module, function: FunctionId) -> bool {
    let is_route =
        |role: &Role| matches!(role, Role::Route(_) | Role::WebSocket(_) | Role::Dependency | Role::Task);
    module.roles_of_function(function).iter().any(is_route)
}

/// `@cache` and `@lru_cache(maxsize=None)` on a method, or on a function of what requests bring.
fn cached(with: &With, module: &Module, id: FunctionId) -> Option<Hit> {
    let function = module.function(id);
    let decorator = function.decorators.iter().find(|decorator| is_endless(module, decorator))?;
    let is_method = function.class.is_some() && !function.is_static && !function.is_class_method;
    let class = function.class.filter(|_| is_method);
    let keeps_objects = class.is_some_and(|class| !is_single(module, class));
    let own = usize::from(function.class.is_some() && !function.is_static);
    let of_many = function.params.iter().skip(own).any(|param| {
        let bounded = param.annotation.is_some_and(|annotation| {
            ["bool", "Literal", "Enum", "type", "Type", "int"]
                .iter()
                .any(|word| module.text(annotation).starts_with(word))
        });
        !bounded && says_one_of(module.names().text(param.name), &with.keys)
    });
    let name = function.name.map_or("", |name| module.names().text(name));
    let why = match (keeps_objects, of_many) {
        (_, true) => "its arguments come with each request, and no result is ever dropped",
        (true, false) => "`self` is part of the key, so no object that was ever asked is let go of",
        (false, false) => return None,
    };
    let hit = Hit::at(decorator.node)
        .with("WHAT", format!("`{}` keeps every result of `{name}`", calls::beginning(module, decorator.node)))
        .with("WHY", why)
        .with("HOW", "Give it a `maxsize`, keep the result on the object (`functools.cached_property`), or use a cache whose entries expire");
    Some(if of_many { hit } else { hit.as_summary() })
}

fn is_endless(module: &Module, decorator: &Decorator) -> bool {
    match (module.qualified_name(decorator.callee), decorator.call) {
        (Some("functools.cache"), None) => true,
        (Some("functools.lru_cache"), Some(call)) => {
            let arguments = calls::arguments(module, call);
            let size = arguments.keyword(module, "maxsize").or(arguments.positional.first().copied());
            size.is_some_and(|size| module.constant(size) == Some(Constant::None))
        }
        _ => false,
    }
}

/// A class of few objects: made once in this file, or an enum.
fn is_single(module: &Module, class: crate::engine::python::ClassId) -> bool {
    let bases = module.class(class).bases.iter();
    let is_enum = bases
        .into_iter()
        .any(|base| module.qualified_name(*base).is_some_and(|path| path.starts_with("enum.")));
    is_enum || has_instance(module, class)
}
