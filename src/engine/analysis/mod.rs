//! Mechanisms that patterns cannot express, one file each. A rule names one and gives it data:
//! `find: {analysis: NAME, with: {...}}`. What is dangerous stands in that data, how to see it stands here.

mod abandoned;
mod archive;
mod blocking;
mod broad;
mod calls;
mod cancelled;
mod delete;
mod division;
mod dropped;
mod event_loop;
mod exposed;
mod file;
mod growing;
mod guard;
mod handler;
mod hierarchy;
mod impossible;
mod inherited;
mod locking;
mod memo;
mod memory_state;
mod none_global;
mod optional;
mod ownership;
mod race;
mod raise_cause;
mod raise_none;
mod receive;
mod redefinition;
mod release;
mod response;
mod rewrite;
mod routes;
mod secret;
mod secret_branch;
mod secret_default;
mod secret_guard;
mod secret_place;
mod shared;
mod signature;
mod stuck;
mod swallowed;
mod table;
mod tempfile;
mod timeout;
mod tls;
mod unawaited;
mod unclosed;
mod undefined;
mod websocket;

use std::fmt;

use serde::de::DeserializeOwned;

use super::matching::{Hit, Starts};
use super::python::{Module, NodeId};

/// Every analysis by the name that rules use. The one list: a new mechanism is one file and one line here.
pub(crate) const ANALYSES: &[(&str, Make)] = &[
    ("abandoned-task", abandoned::make),
    ("archive-extraction", archive::make),
    ("blocking-call", blocking::make),
    ("broad-clause", broad::make),
    ("call-signature", signature::make),
    ("call-without-timeout", timeout::make),
    ("check-then-act", race::check_then_act::make),
    ("distributed-lock", locking::distributed),
    ("division-by-zero", division::make),
    ("doubled-route", routes::make),
    ("dropped-result", dropped::make),
    ("endless-receive", receive::make),
    ("event-loop-lookup", event_loop::make),
    ("exposed-exception", exposed::make),
    ("growing-state", growing::make),
    ("impossible-handler", impossible::make),
    ("inconsistent-locking", locking::inconsistent),
    ("lazy-lock", locking::lazy),
    ("lazy-singleton", race::singleton::make),
    ("lock-held-across-await", locking::across),
    ("lock-reacquired", locking::reacquired),
    ("memory-state", memory_state::make),
    ("peer-verification", tls::make),
    ("raise-cause", raise_cause::make),
    ("raised-none", raise_none::make),
    ("redefinition", redefinition::make),
    ("rewritten-file", rewrite::make),
    ("secret-default", secret_default::make),
    ("store-update", race::store_update::make),
    ("stuck-status", stuck::make),
    ("success-only-release", release::make),
    ("swallowed-cancellation", cancelled::make),
    ("swallowed-failure", swallowed::make),
    ("temporary-file", tempfile::make),
    ("threading-lock-in-async", locking::on_loop),
    ("unawaited-coroutine", unawaited::make),
    ("unchecked-optional", optional::make),
    ("unclaimed-rows", race::claim::make),
    ("unclosed-resource", unclosed::make),
    ("undefined-name", undefined::make),
    ("unguarded-delete", delete::make),
    ("unset-global", none_global::make),
    ("unsynchronized-update", race::update::make),
    ("unvalidated-response", response::make),
    ("websocket-registration", websocket::make),
];

/// Reads a rule's `with` and gives the analysis for it; the error says what to change.
pub(crate) type Make = fn(Parameters) -> Result<Analysis, String>;

/// What to do with all the nodes of a file where the analysis starts, in the order of the text. What it learns of
/// the file at one node it keeps for the next: a file can have as many starts as lines.
pub(crate) type Run = Box<dyn Fn(&Module, &[NodeId], &mut Vec<Hit>) + Send + Sync>;

/// A run that looks at each node for itself.
pub(crate) fn each(visit: impl Fn(&Module, NodeId, &mut Vec<Hit>) + Send + Sync + 'static) -> Run {
    Box::new(move |module, nodes, hits| nodes.iter().for_each(|node| visit(module, *node, hits)))
}

/// One mechanism with one rule's data.
pub struct Analysis {
    pub(crate) starts: Starts,
    /// What it fills in the rule's texts, without `$`.
    pub(crate) names: &'static [&'static str],
    pub(crate) run: Run,
}

impl fmt::Debug for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analysis")
            .field("starts", &self.starts)
            .field("names", &self.names)
            .finish_non_exhaustive()
    }
}

/// A rule's `with:`, models spliced in.
#[derive(Debug)]
pub(crate) struct Parameters(serde_json::Value);

impl Parameters {
    pub(crate) fn new(value: serde_json::Value) -> Parameters {
        Parameters(value)
    }

    /// As the analysis's own struct, which refuses unknown keys.
    pub(crate) fn read<T: DeserializeOwned>(self) -> Result<T, String> {
        serde_json::from_value(self.0).map_err(|error| error.to_string())
    }
}
