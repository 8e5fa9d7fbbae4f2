//! The value of a literal in a pattern, read as the model reads the literals of audited files.

use std::sync::Arc;

use crate::engine::python::{Constant, Module, Types};
use crate::engine::{Limits, Source};

/// The value of an expression that stands for itself.
pub(super) fn value(text: &str) -> Option<Constant> {
    let limits = Limits::default();
    let source = Source::decode("pattern", text.as_bytes(), &limits).ok()?;
    let module = Module::parse(source, &limits, Arc::new(Types::default())).ok()?;
    let tree = module.tree();
    let statement = tree.first_named(crate::engine::python::NodeId::ROOT)?;
    module.constant(tree.first_named(statement)?)
}
