//! How a record is marked: by an assignment to its status, by a query that sets it, by a method that is called so.

use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::super::calls;
use super::With;

/// A status that a record is given.
pub(super) struct Mark {
    /// What is set, as it is written.
    pub field: String,
    pub value: NodeId,
    /// It is stored as soon as it is set.
    pub is_stored: bool,
    /// Surely a stored record, and no light or label on a screen.
    pub is_record: bool,
}

impl Mark {
    pub(super) fn read(with: &With, module: &Module, node: NodeId) -> Option<Mark> {
        match module.tree().kind(node) {
            Kind::Assignment => Mark::assigned(module, node),
            Kind::Call => Mark::by_query(module, node).or_else(|| Mark::by_method(with, module, node)),
            _ => None,
        }
    }

    /// `"running"`, `JobStatus.RUNNING`, `State.RUNNING.value`.
    pub(super) fn is_transitional(&self, with: &With, module: &Module) -> bool {
        let word = match module.constant(self.value) {
            Some(Constant::Str(text)) => text.to_ascii_lowercase(),
            _ => calls::last(module.text(self.value).trim_end_matches(".value")).to_ascii_lowercase(),
        };
        with.transitional.contains(&word)
    }

    /// `job.status = ...`.
    fn assigned(module: &Module, assignment: NodeId) -> Option<Mark> {
        let tree = module.tree();
        let left = tree.child(assignment, Field::Left).filter(|left| tree.kind(*left) == Kind::Attribute)?;
        let name = tree.child(left, Field::Attribute).map_or("", |name| module.text(name));
        let value = tree.child(assignment, Field::Right).filter(|_| is_status(name))?;
        Some(Mark { field: module.text(left).to_owned(), value, is_stored: false, is_record: true })
    }

    /// `Job.objects.filter(pk=pk).update(status=...)`, `update(Job).values(status=...)`.
    fn by_query(module: &Module, call: NodeId) -> Option<Mark> {
        let is_stored = match calls::method(module, call) {
            "update" | "aupdate" => true,
            "values" => false,
            _ => return None,
        };
        let query = calls::receiver(module, call).map(|query| calls::beginning(module, query))?;
        let is_record = query.contains(".objects") || query.contains("update(") || query.contains("filter");
        let tree = module.tree();
        let name = |word: &NodeId| tree.child(*word, Field::Name).map_or("", |name| module.text(name));
        let keywords = calls::arguments(module, call).keywords;
        let keyword = keywords.into_iter().find(|word| is_record && is_status(name(word)))?;
        let value = tree.child(keyword, Field::Value)?;
        Some(Mark { field: name(&keyword).to_owned(), value, is_stored, is_record })
    }

    /// `repository.set_status(job, ...)`: the record comes first, the status behind it.
    fn by_method(with: &With, module: &Module, call: NodeId) -> Option<Mark> {
        let name = calls::method(module, call);
        let sets = ["set_", "update_", "change_", "mark_"].iter().any(|verb| name.starts_with(verb));
        let arguments = calls::arguments(module, call);
        let last = arguments.positional.last().filter(|_| arguments.positional.len() > 1).copied();
        let value = arguments.keyword(module, "status").or(last).filter(|_| sets && is_status(name))?;
        let owner = calls::receiver(module, call).map_or("", |object| calls::beginning(module, object));
        let owner = owner.to_ascii_lowercase();
        let is_record = with.stored_by.iter().any(|word| owner.contains(word.as_str()));
        Some(Mark { field: name.to_owned(), value, is_stored: true, is_record })
    }
}

fn is_status(name: &str) -> bool {
    name.ends_with("status") || name.ends_with("state")
}
