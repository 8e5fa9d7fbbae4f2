//! Which of our comments are folded away: those whose finding is gone, where nobody answered.

use super::comments::unclaimed;
use super::{PlannedFold, World};
use crate::engine::Finding;
use crate::github::Thread;
use crate::review::memory::{Commented, OwnThread};

/// So many in one request; the others follow at the next push.
const MOST: usize = 50;

/// A finding that cannot be seen is not gone: only a whole audit tells.
pub(super) fn choose(world: &World) -> Vec<PlannedFold> {
    if !world.may_comment || !world.audited.is_complete() || world.threads.is_empty() {
        return Vec::new();
    }
    let introduced: Vec<&Finding> = world.audited.difference.introduced.iter().collect();
    let gone = unclaimed(introduced, world.commented);
    gone.into_iter().filter_map(|comment| fold(world.threads, comment)).take(MOST).collect()
}

fn fold(threads: &[OwnThread], comment: &Commented) -> Option<PlannedFold> {
    let own = threads.iter().find(|own| own.marker == comment.marker)?;
    let marker = comment.marker.clone();
    is_ours_alone(&own.thread).then(|| PlannedFold { marker, comment: own.thread.comment.clone() })
}

/// A thread that people talk in, or have dealt with, is theirs.
fn is_ours_alone(thread: &Thread) -> bool {
    thread.may_minimize && !(thread.resolved || thread.minimized || thread.replied)
}
