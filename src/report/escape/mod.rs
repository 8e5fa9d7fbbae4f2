//! One escaper per medium, for words that come from a pull request: paths, identifiers, excerpts,
//! values, commands. Whoever wrote them is not trusted; what they wrote must stay visible and inert.
//!
//! Every writer of `report` sends foreign words through the escaper of its own medium, once, at the end.

pub mod hidden;
pub mod html;
pub mod markdown;
pub mod terminal;
pub mod workflow;

#[cfg(test)]
pub(crate) mod hostile;
