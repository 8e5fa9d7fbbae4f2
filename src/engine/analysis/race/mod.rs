//! Races on shared state. On one event loop another task runs only where this one is suspended; between threads,
//! anywhere. What is tested, changed and locked is shared by the analyses here, one file each.

mod between_threads;
pub(super) mod check;
pub(super) mod check_then_act;
pub(super) mod claim;
mod harm;
pub(super) mod locked;
pub(super) mod singleton;
mod spelling;
pub(super) mod store_update;
pub(super) mod update;
mod window;
