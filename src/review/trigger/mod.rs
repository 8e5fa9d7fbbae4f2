//! Which deliveries mean that a target may have changed. Pure: an event in, a decision out.
//! One event, one file.

mod merge_group;
mod pull_request;
mod push;

use crate::domain::Wake;
use crate::github::event::Event;

/// What a delivery asks of us.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Decision {
    /// Look at this target again.
    Wake(Box<Wake>),
    /// Nothing; the word says why, for the counters.
    Ignore(&'static str),
}

/// Decides without asking GitHub anything: most deliveries do not concern us and must cost nothing.
pub fn decide(event: &Event) -> Decision {
    match event {
        Event::PullRequest(event) => pull_request::decide(event),
        Event::MergeGroup(event) => merge_group::decide(event),
        Event::Push(event) => push::decide(event),
        Event::Ping => Decision::Ignore("ping"),
        Event::Other { .. } => Decision::Ignore("unknown event"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_ping_is_free() {
        assert_eq!(decide(&Event::Ping), Decision::Ignore("ping"));
    }
}
