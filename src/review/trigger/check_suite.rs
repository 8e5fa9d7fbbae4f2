//! Somebody pressed *Re-run all checks*. The suite names none of its runs: the worker finds out.

use super::Decision;
use crate::domain::{Glimpse, Repo, Subject, Target, Wake};
use crate::github::event::CheckSuiteEvent;

pub(super) fn decide(event: &CheckSuiteEvent) -> Decision {
    let Some(installation) = event.installation else {
        return Decision::Ignore("no installation");
    };
    let repo = Repo { installation, id: event.repository.id, name: event.repository.name.clone() };
    let target = Target { repo, subject: Subject::Suite(event.id) };
    let glimpse = Glimpse {
        head: event.head.clone(),
        updated_at: event.updated_at.clone(),
        ..Glimpse::unknown(&event.sender)
    };
    Decision::Wake(Box::new(Wake { target, glimpse }))
}
