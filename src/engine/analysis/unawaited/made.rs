//! Which calls make a coroutine: those of this file's `async def`s, and those that the data knows of libraries. A
//! decorator that is not known may have made a plain function of it.

use std::collections::{HashMap, HashSet};

use serde::Deserialize;

use crate::engine::analysis::inherited;
use crate::engine::python::{Function, FunctionId, Module, NodeId, Resolved};

use super::fate::Misuse;

/// `rules/models/coroutines.yml`.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct LibraryFile {
    functions: Vec<String>,
    /// Functions whose value can be awaited or entered by `async with`.
    entered: Vec<String>,
    types: Vec<TypeFile>,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct TypeFile {
    names: Vec<String>,
    #[serde(default)]
    methods: Vec<String>,
    #[serde(default)]
    entered: Vec<String>,
    /// Older versions of the library are plain: only a coroutine is sure to mean the newer.
    #[serde(default)]
    newer: bool,
}

/// How a library's callable may be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Use {
    Awaited,
    /// By `await` or by `async with`.
    AwaitedOrEntered,
    /// By `await`, in the library's newer versions.
    AwaitedIfNewer,
}

#[derive(Debug)]
pub(super) struct Library {
    known: HashMap<String, Use>,
    transparent: HashSet<String>,
}

/// Where a coroutine comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Made {
    Local(FunctionId),
    Library { entered: bool },
}

impl Made {
    /// Whether using the value so is wrong: some awaitables are there to be entered.
    pub(super) fn is_wrong(self, misuse: &Misuse) -> bool {
        let entered = self == (Made::Library { entered: true });
        match misuse {
            Misuse::Iterated { is_async: true } => matches!(self, Made::Local(_)),
            Misuse::Entered { is_async: true } | Misuse::Attribute(_) => !entered,
            _ => true,
        }
    }
}

impl Library {
    pub(super) fn new(file: LibraryFile, transparent: Vec<String>) -> Library {
        let mut known: HashMap<String, Use> = HashMap::new();
        known.extend(file.functions.into_iter().map(|name| (name, Use::Awaited)));
        known.extend(file.entered.into_iter().map(|name| (name, Use::AwaitedOrEntered)));
        for one in &file.types {
            let usual = if one.newer { Use::AwaitedIfNewer } else { Use::Awaited };
            for name in &one.names {
                let named = |method: &String| format!("{name}.{method}");
                known.extend(one.methods.iter().map(|method| (named(method), usual)));
                known.extend(one.entered.iter().map(|method| (named(method), Use::AwaitedOrEntered)));
            }
        }
        Library { known, transparent: transparent.into_iter().collect() }
    }

    /// What a call makes, if it surely makes a coroutine.
    pub(super) fn made(&self, module: &Module, call: NodeId) -> Option<Made> {
        if let Some(resolved) = module.resolve_call(call) {
            return self.local(module, resolved);
        }
        let callee = module.callee(call)?;
        let usual = self.known.get(callee).copied().or_else(|| self.inherited(module, callee))?;
        let is_sure = usual != Use::AwaitedIfNewer || module.in_async(call);
        is_sure.then_some(Made::Library { entered: usual == Use::AwaitedOrEntered })
    }

    fn local(&self, module: &Module, resolved: Resolved) -> Option<Made> {
        let id = match resolved {
            Resolved::Function(id) | Resolved::Method(id) => id,
            Resolved::Constructor(_) => return None,
        };
        let function = module.function(id);
        self.is_coroutine(module, function).then_some(Made::Local(id))
    }

    /// Whether a function of this file is a coroutine function, whatever decorates or overrides it.
    pub(super) fn is_coroutine(&self, module: &Module, function: &Function) -> bool {
        let is_coroutine = function.is_async && !function.is_generator && self.is_bare(module, function);
        is_coroutine && !is_plain_below(module, function)
    }

    fn is_bare(&self, module: &Module, function: &Function) -> bool {
        function.decorators.iter().all(|decorator| {
            let by_call = decorator.call.and_then(|call| module.callee(call));
            let name = by_call.or_else(|| module.qualified_name(decorator.callee));
            name.is_some_and(|name| self.transparent.contains(name))
        })
    }

    /// A method that a class of this file has from a library's class.
    fn inherited(&self, module: &Module, callee: &str) -> Option<Use> {
        inherited::names(module, callee).iter().find_map(|name| self.known.get(name).copied())
    }
}

/// Whether a class of this file that derives from the method's class makes a plain function of it.
fn is_plain_below(module: &Module, function: &Function) -> bool {
    let (Some(class), Some(name)) = (function.class, function.name) else { return false };
    module.functions().any(|(_, other)| {
        let is_namesake = !other.is_async && other.name == Some(name) && other.class != Some(class);
        let below = || other.class.is_some_and(|below| module.resolution_order(below).0.contains(&class));
        is_namesake && below()
    })
}
