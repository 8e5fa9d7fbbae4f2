//! Mechanisms that patterns cannot express, one file each. A rule names one and gives it data:
//! `find: {analysis: NAME, with: {...}}`. What is dangerous stands in that data, how to see it stands here.

mod archive;
mod blocking;
mod broad;
mod calls;
mod cancelled;
mod detail;
mod dropped;
mod event_loop;
mod file;
mod growth;
mod guard;
mod handler;
mod hierarchy;
mod impossible;
mod memo;
mod race;
mod raise_cause;
mod raise_none;
mod redefinition;
mod routes;
mod secret;
mod secret_default;
mod secret_guard;
mod secret_place;
mod shared;
mod signature;
mod socket;
mod swallowed;
mod table;
mod timeout;
mod tls;
mod undefined;

use std::fmt;

use serde::de::DeserializeOwned;

use super::matching::{Hit, Starts};
use super::python::{Module, NodeId};

/// Every analysis by the name that rules use. The one list: a new mechanism is one file and one line here.
pub(crate) const ANALYSES: &[(&str, Make)] = &[
    ("archive-extraction", archive::make),
    ("blocking-call", blocking::make),
    ("broad-clause", broad::make),
    ("call-signature", signature::make),
    ("call-without-timeout", timeout::make),
    ("check-then-act", race::check_then_act::make),
    ("doubled-route", routes::make),
    ("dropped-result", dropped::make),
    ("endless-receive", socket::receive::make),
    ("event-loop-lookup", event_loop::make),
    ("exposed-exception", detail::make),
    ("impossible-handler", impossible::make),
    ("in-memory-records", growth::in_memory::make),
    ("kept-socket", socket::cleanup::make),
    ("lazy-singleton", race::singleton::make),
    ("peer-verification", tls::make),
    ("raise-cause", raise_cause::make),
    ("raised-none", raise_none::make),
    ("redefinition", redefinition::make),
    ("secret-default", secret_default::make),
    ("store-update", race::store_update::make),
    ("swallowed-cancellation", cancelled::make),
    ("swallowed-failure", swallowed::make),
    ("unbounded-growth", growth::unbounded::make),
    ("undefined-name", undefined::make),
    ("unsynchronized-update", race::update::make),
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
