//! Settings from flags and environment, read into values or into the list of everything that is wrong
//! with them: who sets up an App should not learn of one mistake per start.

mod app;
mod arguments;
mod duration;
mod key;
mod reader;
mod resolve;
#[cfg(test)]
mod tests;

pub(super) use app::{exposed, github_alone};
pub(super) use arguments::{Arguments, secret};
pub(super) use reader::{Problem, Problems};
pub(super) use resolve::{DATABASE, Hidden, Log, Settings, resolve};
