//! `scrutineer rules list --cost PATH`: an audit on one thread under a stopwatch. The table is written by `report::cost`.

use std::path::PathBuf;
use std::time::{Duration, Instant};

use crate::cli::files;
use crate::cli::here::Here;
use crate::engine::{Costs, Engine, Limits, Options, RuleSet};
use crate::report;

/// What every rule, of whatever tier, took over the Python files under `path`.
pub(super) fn told(path: &PathBuf) -> anyhow::Result<String> {
    let engine = Engine::new(RuleSet::embedded()?, Limits::default());
    let options = Options { optional: true, ..Options::default() };
    let found = files::find(&Here::find()?, std::slice::from_ref(path))?;
    let clock = stopwatch();
    let mut costs = Costs::default();
    for (name, place) in &found.files {
        // What cannot be read costs nothing; `scrutineer audit` tells why.
        if let Ok(bytes) = files::read(place, engine.limits().file_bytes) {
            engine.weigh(name, &bytes, &options, &clock, &mut costs);
        }
    }
    Ok(report::cost::table(&costs, engine.rules().iter().map(|rule| rule.id.as_str())))
}

#[expect(
    clippy::disallowed_methods,
    reason = "the stopwatch is the whole point, and no answer depends on it"
)]
fn stopwatch() -> impl Fn() -> Duration {
    let start = Instant::now();
    move || start.elapsed()
}
