//! Somebody pressed *Re-run* on a check run of ours. Its name leads to what it is about.

use super::{Decision, ask};
use crate::domain::{Asked, Glimpse, Repo, Target};
use crate::github::event::CheckRunEvent;
use crate::review::round;

pub(super) fn decide(event: &CheckRunEvent) -> Decision {
    let Some(subject) = round::subject_of(&event.external_id) else {
        return Decision::Ignore("not a run of ours");
    };
    let Some(installation) = event.installation else {
        return Decision::Ignore("no installation");
    };
    let repo = Repo { installation, id: event.repository.id, name: event.repository.name.clone() };
    let asked = Asked::Rerun { head: Some(event.head.clone()) };
    ask(Target { repo, subject }, Glimpse::unknown(&event.sender), asked)
}
