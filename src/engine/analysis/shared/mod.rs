//! What several analyses ask of state that outlives a call: what it is, who uses it how, and whose it is.

pub(super) mod access;
mod hosts;
pub(super) mod lifetime;
pub(super) mod rivals;
mod starts;
pub(super) mod state;
mod tasks;
pub(super) mod threads;
pub(super) mod uses;
pub(super) mod words;
