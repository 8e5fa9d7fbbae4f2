//! Small questions about the text that the flow asks: which bindings a node makes, what a `with` item consists of.

use super::super::Module;
use super::super::binding::BindingId;
use super::super::kind::{Field, Kind};
use super::super::tree::NodeId;

impl Module {
    /// The bindings of identifiers in a node's text, in the order of the text.
    pub(super) fn bindings_made_in(&self, node: NodeId) -> &[BindingId] {
        let all = self.learned.flows.bindings.get_or_init(|| self.bindings_in_order());
        let at = |id: &BindingId| self.scopes().binding(*id).node;
        let start = all.partition_point(|id| at(id) < node);
        let rest = &all[start..];
        &rest[..rest.partition_point(|id| self.tree().contains(node, at(id)))]
    }

    fn bindings_in_order(&self) -> Vec<BindingId> {
        let ids = (0..self.scopes().bindings.len() as u32).map(BindingId);
        let is_name = |id: &BindingId| self.tree().kind(self.scopes().binding(*id).node) == Kind::Identifier;
        let mut ids: Vec<BindingId> = ids.filter(is_name).collect();
        ids.sort_by_key(|id| (self.scopes().binding(*id).node, *id));
        ids
    }

    /// The items of a `with` statement, outermost first.
    pub fn with_items(&self, statement: NodeId) -> impl Iterator<Item = NodeId> {
        let clause = self.tree().child_of_kind(statement, Kind::WithClause);
        let items = clause.into_iter().flat_map(|clause| self.tree().named_children(clause));
        items.filter(|item| self.tree().kind(*item) == Kind::WithItem)
    }

    /// The manager of a `with` item and the target after `as`.
    pub fn with_parts(&self, item: NodeId) -> (Option<NodeId>, Option<NodeId>) {
        let tree = self.tree();
        let Some(value) = tree.child(item, Field::Value) else { return (None, None) };
        if tree.kind(value) != Kind::AsPattern {
            return (Some(value), None);
        }
        let target = tree.child(value, Field::Alias).or_else(|| tree.named_children(value).nth(1));
        (tree.first_named(value), target)
    }
}
