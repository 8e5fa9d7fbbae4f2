//! Mechanisms that patterns cannot express, one file each. A rule names one and gives it data:
//! `find: {analysis: NAME, with: {...}}`. What is dangerous stands in that data, how to see it stands here.

mod archive;
mod blocking;
mod calls;
mod dropped;
mod event_loop;
mod file;
mod secret;
mod secret_default;
mod secret_guard;
mod timeout;
mod tls;
mod redefinition;
mod routes;

use std::fmt;

use serde::de::DeserializeOwned;

use super::matching::{Hit, Starts};
use super::python::{Module, NodeId};

/// Every analysis by the name that rules use. The one list: a new mechanism is one file and one line here.
pub(crate) const ANALYSES: &[(&str, Make)] = &[
    ("archive-extraction", archive::make),
    ("blocking-call", blocking::make),
    ("call-without-timeout", timeout::make),
    ("dropped-result", dropped::make),
    ("event-loop-lookup", event_loop::make),
    ("peer-verification", tls::make),
    ("secret-default", secret_default::make),
    ("doubled-route", routes::make),
    ("redefinition", redefinition::make),
];

/// Reads a rule's `with` and gives the analysis for it; the error says what to change.
pub(crate) type Make = fn(Parameters) -> Result<Analysis, String>;

/// What to do at each node where the analysis starts.
pub(crate) type Run = Box<dyn Fn(&Module, NodeId, &mut Vec<Hit>) + Send + Sync>;

/// One mechanism with one rule's data.
pub struct Analysis {
    pub(crate) starts: Starts,
    /// What it fills in the rule's texts, without `$`.
    pub(crate) names: &'static [&'static str],
    pub(crate) run: Run,
}

impl fmt::Debug for Analysis {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Analysis").field("starts", &self.starts).field("names", &self.names).finish_non_exhaustive()
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
