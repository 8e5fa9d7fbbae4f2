//! Counts what was asked of GitHub and how it answered, for an operator's metrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use super::transport::{Answer, Kind, Lost};

/// Requests of one kind with one outcome. Both words come from lists of ours.
pub type Counts = BTreeMap<(&'static str, &'static str), u64>;

#[derive(Default)]
pub(super) struct Meter(Mutex<Counts>);

impl Meter {
    pub(super) fn count(&self, kind: Kind, outcome: &Result<Answer, Lost>) {
        let kind = match kind {
            Kind::Read => "read",
            Kind::Write => "write",
        };
        let mut counts = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        *counts.entry((kind, word(outcome))).or_default() += 1;
    }
}

fn word(outcome: &Result<Answer, Lost>) -> &'static str {
    match outcome {
        Ok(answer) => match answer.status.as_u16() {
            200..=299 => "ok",
            300..=399 => "redirect",
            401 => "401",
            403 => "403",
            404 => "404",
            422 => "422",
            429 => "429",
            400..=499 => "4xx",
            _ => "5xx",
        },
        Err(Lost::NeverSent(_)) => "never sent",
        Err(Lost::NoAnswer(_)) => "no answer",
        Err(Lost::TooLong(_) | Lost::Astray(_)) => "unusable",
    }
}

impl super::GitHub {
    /// Requests so far, by kind (`read`, `write`) and outcome.
    pub fn requests(&self) -> Counts {
        self.connection.transport.meter.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}
