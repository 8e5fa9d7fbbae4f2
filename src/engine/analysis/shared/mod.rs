//! What several analyses ask of state that outlives a call: what it is, who uses it how, and whose it is.

pub(super) mod access;
pub(super) mod lifetime;
pub(super) mod state;
pub(super) mod threads;
pub(super) mod uses;
pub(super) mod words;
