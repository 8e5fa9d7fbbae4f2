//! What is acquired and released in one function, but released only when nothing between the two raises or returns.

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::flow::{Released, Way};
use crate::engine::python::{Kind, Module, NodeId};

use super::{Analysis, Parameters, calls, handler, ownership};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    pairs: Vec<Pair>,
}

/// Methods that take something and the ones that give it back. A name that ends in `_` stands for its family:
/// `allocate_port` goes with `release_port`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Pair {
    acquire: String,
    release: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { pairs } = parameters.read()?;
    let words: Vec<&str> = pairs.iter().map(|pair| pair.acquire.as_str()).collect();
    Ok(Analysis {
        starts: Starts::kinds([Kind::Call], words),
        names: &["ACQUIRE", "RELEASE", "UNLESS"],
        run: Box::new(move |module, nodes, hits| {
            hits.extend(nodes.iter().filter_map(|call| visit(&pairs, module, *call)));
        }),
    })
}

fn visit(pairs: &[Pair], module: &Module, call: NodeId) -> Option<Hit> {
    let tree = module.tree();
    let method = calls::method(module, call);
    let releases = pairs.iter().find_map(|pair| pair.releases(method))?;
    let function = module.enclosing_function(call)?;
    let object = calls::receiver(module, call)?;
    let receiver = module.text(object);
    let own = |node: &NodeId| module.enclosing_function(*node) == Some(function);
    let is_release = |node: &NodeId| {
        releases.iter().any(|release| release == calls::method(module, *node))
            && calls::receiver(module, *node).is_some_and(|object| module.text(object) == receiver)
    };
    let around = module.function(function).node;
    let mut all =
        tree.subtree(around).filter(|node| tree.kind(*node) == Kind::Call && is_release(node)).peekable();
    all.peek()?;
    let all: Vec<NodeId> = all.collect();
    let first = all.iter().copied().find(|release| own(release) && *release > call)?;
    let is_arranged =
        all.iter().any(|release| !own(release) || *release < call || handler::in_clean_up(module, *release));
    let in_with = tree
        .parent(calls::unwrapped(module, call))
        .is_some_and(|parent| matches!(tree.kind(parent), Kind::WithItem | Kind::AsPattern));
    let is_safe = is_arranged || in_with || handler::in_clean_up(module, call);
    if is_safe || is_kept(module, call) || is_lease(module, object) {
        return None;
    }
    let (passes, unless) = match module.is_released(call, &|node| all.contains(&node)) {
        Released::NotOnException(raises) => when_raised(module, raises)?,
        Released::NotOnReturn(way) if is_early_return(module, way, &all) => {
            (way, format!("the `return` on line {} is not taken", module.span(way).start.line))
        }
        _ => return None,
    };
    let hit = Hit::at(call)
        .with("ACQUIRE", calls::spelled(module, call))
        .with("RELEASE", calls::spelled(module, first))
        .with("UNLESS", unless)
        .and(passes, "here the release is passed over");
    Some(hit.and(first, "the only release"))
}

/// What raises before the release, and how that is said.
fn when_raised(module: &Module, raises: NodeId) -> Option<(NodeId, String)> {
    let raises = calls::inner(module, raises);
    match module.tree().kind(raises) {
        Kind::Call if calls::spelled(module, raises).contains("log") => None,
        Kind::Call => Some((raises, format!("`{}` does not raise", calls::spelled(module, raises)))),
        Kind::Await | Kind::RaiseStatement => Some((raises, "the code between does not raise".to_owned())),
        // Whatever can raise at all, such as reading an attribute, is no reason to worry.
        _ => None,
    }
}

/// A `return` above every release. One behind a release may hand on what another branch gives back.
fn is_early_return(module: &Module, way: NodeId, releases: &[NodeId]) -> bool {
    module.tree().kind(way) == Kind::ReturnStatement && releases.iter().all(|release| way < *release)
}

/// A lock with a time limit ends by itself: `redis.lock(name, timeout=10)`, `lease(ttl=30)`.
fn is_lease(module: &Module, receiver: NodeId) -> bool {
    let limits = ["timeout", "ttl", "expire", "expires", "lease", "px", "ex", "lock_timeout"];
    let made = module.bindings_of(receiver).take(8).filter_map(|binding| binding.value);
    let is_limited = |value: NodeId| {
        let given = calls::arguments(module, value);
        limits.iter().any(|limit| given.keyword(module, limit).is_some())
    };
    let is_remote = module.type_of(receiver).is_some_and(|known| known.starts_with("redis."));
    is_remote || made.filter(|value| module.tree().kind(*value) == Kind::Call).any(is_limited)
}

/// What was acquired is returned, stored or captured: somebody else may give it back.
fn is_kept(module: &Module, call: NodeId) -> bool {
    let binding = ownership::local_name(module, call).and_then(|name| ownership::binding(module, name));
    let escapes = binding.map_or_else(Vec::new, |id| module.escapes(id));
    escapes.iter().any(|escape| !matches!(escape.way, Way::Passed | Way::Raised))
}

impl Pair {
    /// The releases of this acquiring method, if it is one.
    fn releases(&self, method: &str) -> Option<Vec<String>> {
        if !self.acquire.ends_with('_') {
            return (self.acquire == method).then(|| self.release.clone());
        }
        let rest = method.strip_prefix(self.acquire.as_str()).filter(|rest| !rest.is_empty())?;
        let family = |release: &String| {
            if release.ends_with('_') { format!("{release}{rest}") } else { release.clone() }
        };
        Some(self.release.iter().map(family).collect())
    }
}
