//! What only grows: caches without a bound on methods, and collections of long-lived owners that are fed by what
//! callers pass in.

mod cached;
mod collection;

use serde::Deserialize;

use crate::engine::matching::Starts;

use super::shared::lifetime::Lifetimes;
use super::{Analysis, Parameters};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Decorators that keep every result.
    caches: Vec<String>,
    /// Words of names of collections that grow with the traffic whatever their keys are.
    fed: Vec<String>,
    /// Words of names of collections that do so where their keys are of the traffic.
    likely: Vec<String>,
    /// Words of names of collections with few keys.
    bounded: Vec<String>,
    /// Words of keys of which each user or message brings another.
    traffic: Vec<String>,
    /// Words of keys of which a program has only so many.
    few: Vec<String>,
    /// Last words of names of classes of which a process has one.
    owners: Vec<String>,
    lifetimes: Lifetimes,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::module([]),
        names: &["WHAT", "WHY", "INSTEAD"],
        run: Box::new(move |module, _, hits| {
            hits.extend(
                module.functions().filter_map(|(_, function)| cached::found(&with, module, function)),
            );
            hits.extend(collection::found(&with, module));
        }),
    })
}
