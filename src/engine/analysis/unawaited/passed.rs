//! Coroutine functions given to somebody who calls them and never awaits: a thread's target, a timer's callback, a
//! signal handler. The call makes a coroutine, which is dropped.

use std::collections::HashMap;

use serde::Deserialize;

use crate::engine::analysis::calls::{self, Argument};
use crate::engine::python::{FunctionId, Kind, Module, NodeId};

/// Callables that call what they are given, and how they are given it.
#[derive(Debug, Deserialize)]
#[serde(transparent)]
pub(super) struct Callers(HashMap<String, Place>);

/// The parameter that takes the callable.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    #[serde(default)]
    keyword: String,
    position: Option<usize>,
}

/// A coroutine function in the hands of one who does not await.
pub(super) struct Passed {
    pub argument: NodeId,
    pub function: FunctionId,
}

impl Callers {
    /// The function of this file that a call hands on so.
    pub(super) fn passed(&self, module: &Module, call: NodeId) -> Option<Passed> {
        let place = self.0.get(module.callee(call)?)?;
        let Argument::Given(argument) = calls::argument(module, call, &place.keyword, place.position) else {
            return None;
        };
        let is_name = matches!(module.tree().kind(argument), Kind::Identifier | Kind::Attribute);
        let function = module.local_function(module.qualified_name(argument).filter(|_| is_name)?)?;
        Some(Passed { argument, function })
    }
}
