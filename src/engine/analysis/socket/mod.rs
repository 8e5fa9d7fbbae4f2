//! Connections that a server has accepted: how long it waits for their peers, and what it keeps of them.

pub(super) mod cleanup;
pub(super) mod receive;
