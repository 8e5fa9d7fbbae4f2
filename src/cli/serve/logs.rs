//! The log goes to standard error, for people as text, for machines as one JSON object per line.

use std::backtrace::Backtrace;
use std::io::{self, IsTerminal};
use std::panic;

use tracing_subscriber::{EnvFilter, fmt};

use crate::cli::settings::Log;

/// From here on, what is told by `tracing` is written. A second start changes nothing.
pub(super) fn start(log: &Log) {
    let filter = EnvFilter::new(&log.filter);
    let base = fmt().with_env_filter(filter).with_writer(io::stderr);
    let started = match log.json {
        true => base.json().try_init(),
        false => base.with_ansi(io::stderr().is_terminal()).try_init(),
    };
    if let Err(error) = started {
        tracing::debug!(%error, "the log was started before");
    }
}

/// A panic belongs into the log, with its place, like everything else.
pub(super) fn catch_panics() {
    panic::set_hook(Box::new(|panic| {
        let text = panic.payload_as_str().unwrap_or_default();
        let place = panic.location().map(ToString::to_string).unwrap_or_default();
        let backtrace = Backtrace::capture();
        tracing::error!(panic = text, place, %backtrace, "bug: a task panicked");
    }));
}
