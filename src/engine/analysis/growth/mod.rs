//! Collections of long-lived objects: those that only grow, and those that are the only place where something is
//! kept.

pub(super) mod collection;
pub(super) mod in_memory;
pub(super) mod unbounded;
