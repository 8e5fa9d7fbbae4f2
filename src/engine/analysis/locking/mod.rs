//! Locks: taken twice, kept too long, left out, made too late. Which locks are held where is the model's; here is
//! what that means.

mod across;
mod callers;
mod distributed;
mod inconsistent;
mod lazy;
mod on_loop;
mod outside;
mod reacquired;
mod runs;
mod taking;
mod touch;

pub(super) use across::make as across;
pub(super) use distributed::make as distributed;
pub(super) use inconsistent::make as inconsistent;
pub(super) use lazy::make as lazy;
pub(super) use on_loop::make as on_loop;
pub(super) use reacquired::make as reacquired;

/// Words one of which a text holds that has a lock.
const WORDS: [&str; 6] = ["lock", "Lock", "mutex", "Mutex", "Condition", "Semaphore"];
