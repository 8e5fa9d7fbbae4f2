//! Statements of a shape of their own: definitions, branches, `with`, `except`, assignments. What a pattern leaves
//! out, the code may have.

use crate::engine::python::{Field, Kind, NodeId};

use super::matcher::{Matcher, Then};
use super::pattern::{Assign, Class, Function, If, Otherwise, Parameter, Part};
use super::snippet_statement::{Written, except_parts};

impl<'m> Matcher<'m> {
    fn is_async(&self, node: NodeId) -> bool {
        self.module.tree().children(node).next().is_some_and(|token| self.module.text(token) == "async")
    }

    pub(super) fn function(&mut self, function: &Function, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        if tree.kind(node) != Kind::FunctionDefinition || function.is_async && !self.is_async(node) {
            return false;
        }
        let (Some(name), Some(list)) = (tree.child(node, Field::Name), tree.child(node, Field::Parameters))
        else {
            return false;
        };
        let returns = (&function.returns, tree.child(node, Field::ReturnType));
        let parameters: Vec<NodeId> = tree.named_children(list).collect();
        let decorators = self.decorators(node);
        self.named(&function.name, name, &mut |matcher| {
            matcher.sequence(&function.parameters, &parameters, false, &mut |matcher| {
                matcher.left_out(returns.0.as_ref(), returns.1, &mut |matcher| {
                    matcher.subset(&function.decorators, &decorators, true, &mut |matcher| {
                        matcher.body(&function.body, node, then)
                    })
                })
            })
        })
    }

    /// Bases in order, further ones may follow; the body's statements in any order, others between them.
    pub(super) fn class(&mut self, class: &Class, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        if tree.kind(node) != Kind::ClassDefinition {
            return false;
        }
        let (Some(name), Some(block)) = (tree.child(node, Field::Name), tree.child(node, Field::Body)) else {
            return false;
        };
        let bases = tree.child(node, Field::Superclasses);
        let bases: Vec<NodeId> = bases.into_iter().flat_map(|list| tree.named_children(list)).collect();
        let fields: Vec<NodeId> = tree.named_children(block).collect();
        let decorators = self.decorators(node);
        self.named(&class.name, name, &mut |matcher| {
            matcher.in_order(&class.bases, &bases, true, &mut |matcher| {
                matcher.subset(&class.decorators, &decorators, true, &mut |matcher| {
                    matcher.fields(&class.body, &fields, then)
                })
            })
        })
    }

    fn fields(&mut self, parts: &[Part], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else { return then(self) };
        if part.is_open() {
            return self.fields(later, given, then);
        }
        given.iter().any(|field| {
            let rest: Vec<NodeId> = given.iter().copied().filter(|other| other != field).collect();
            self.step() && self.statement(part, *field, &mut |matcher| matcher.fields(later, &rest, then))
        })
    }

    fn decorators(&self, definition: NodeId) -> Vec<NodeId> {
        let tree = self.module.tree();
        let holder = tree.parent(definition).filter(|parent| tree.kind(*parent) == Kind::DecoratedDefinition);
        let children = holder.into_iter().flat_map(|holder| tree.named_children(holder));
        let decorators = children.filter(|child| tree.kind(*child) == Kind::Decorator);
        decorators.filter_map(|decorator| tree.first_named(decorator)).collect()
    }

    /// What the pattern gives must be there and match; what it does not give may be there.
    fn left_out(&mut self, part: Option<&Part>, node: Option<NodeId>, then: Then<'_, 'm>) -> bool {
        match (part, node) {
            (None, _) => then(self),
            (Some(part), Some(node)) => self.part(part, node, then),
            (Some(part), None) => part.is_open() && then(self),
        }
    }

    pub(super) fn parameter(&mut self, parameter: &Parameter, node: NodeId, then: Then<'_, 'm>) -> bool {
        let Some(written) = Written::of(self.module.tree(), node) else { return false };
        written.stars == parameter.stars
            && self.named(&parameter.name, written.name, &mut |matcher| {
                matcher.left_out(parameter.annotation.as_ref(), written.annotation, &mut |matcher| {
                    matcher.left_out(parameter.default.as_ref(), written.default, then)
                })
            })
    }

    pub(super) fn branch(&mut self, branch: &If, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        let behind = match tree.kind(node) {
            Kind::IfStatement => tree.children_by_field(node, Field::Alternative).collect(),
            Kind::ElifClause => self.behind(node),
            _ => return false,
        };
        self.one_branch(branch, node, &behind, then)
    }

    /// The clauses behind an `elif`.
    fn behind(&self, clause: NodeId) -> Vec<NodeId> {
        let tree = self.module.tree();
        let all =
            tree.parent(clause).into_iter().flat_map(|all| tree.children_by_field(all, Field::Alternative));
        all.filter(|other| *other > clause).collect()
    }

    fn one_branch(&mut self, branch: &If, node: NodeId, behind: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some(condition) = self.module.tree().child(node, Field::Condition) else { return false };
        self.part(&branch.condition, condition, &mut |matcher| {
            matcher
                .body(&branch.body, node, &mut |matcher| matcher.otherwise(&branch.otherwise, behind, then))
        })
    }

    fn otherwise(&mut self, wanted: &Option<Otherwise>, behind: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some(wanted) = wanted else { return then(self) };
        let Some((first, later)) = behind.split_first() else { return false };
        let is_else = self.module.tree().kind(*first) == Kind::ElseClause;
        match wanted {
            Otherwise::If(branch) => !is_else && self.one_branch(branch, *first, later, then),
            // To Python, `elif` is an `else` that holds an `if`.
            Otherwise::Else(parts) if !is_else => matches!(parts.as_slice(), [Part::Dots]) && then(self),
            Otherwise::Else(parts) => self.body(parts, *first, then),
        }
    }

    /// The items that the pattern names, in order; the code may have more.
    pub(super) fn with(
        &mut self,
        is_async: bool,
        (items, body): (&[Part], &[Part]),
        node: NodeId,
        then: Then<'_, 'm>,
    ) -> bool {
        let tree = self.module.tree();
        if tree.kind(node) != Kind::WithStatement || is_async && !self.is_async(node) {
            return false;
        }
        let clause = tree.child_of_kind(node, Kind::WithClause);
        let given = clause.into_iter().flat_map(|clause| tree.named_children(clause));
        let given: Vec<NodeId> = given.filter_map(|item| tree.first_named(item)).collect();
        self.among(items, &given, &mut |matcher| matcher.body(body, node, then))
    }

    fn among(&mut self, parts: &[Part], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        let Some((part, later)) = parts.split_first() else { return then(self) };
        if part.is_open() {
            return self.among(later, given, then);
        }
        (0..given.len()).any(|index| {
            self.step()
                && self
                    .part(part, given[index], &mut |matcher| matcher.among(later, &given[index + 1..], then))
        })
    }

    pub(super) fn except(
        &mut self,
        [what, alias]: [&Option<Box<Part>>; 2],
        body: &[Part],
        node: NodeId,
        then: Then<'_, 'm>,
    ) -> bool {
        let tree = self.module.tree();
        if tree.kind(node) != Kind::ExceptClause {
            return false;
        }
        let given = except_parts(tree, node);
        let any = matches!(what.as_deref(), Some(Part::Dots));
        let bare_only = what.is_none() && given.0.is_some();
        let named =
            alias.is_none() && given.1.is_some() && !any && !matches!(what.as_deref(), Some(Part::Meta(_)));
        !bare_only
            && !named
            && self.left_out(what.as_deref(), given.0, &mut |matcher| {
                matcher.left_out(alias.as_deref(), given.1, &mut |matcher| matcher.body(body, node, then))
            })
    }

    pub(super) fn assign(&mut self, assign: &Assign, node: NodeId, then: Then<'_, 'm>) -> bool {
        let tree = self.module.tree();
        let (target, annotation, value) = match tree.kind(node) {
            Kind::Assignment => {
                (tree.child(node, Field::Left), tree.child(node, Field::Type), tree.child(node, Field::Right))
            }
            Kind::NamedExpression => (tree.child(node, Field::Name), None, tree.child(node, Field::Value)),
            _ => return false,
        };
        let typed = annotation.is_some() && assign.annotation.is_none() && !self.settings.vardef_assign;
        if typed || assign.value.is_none() && value.is_some() {
            return false;
        }
        let Some(target) = target else { return false };
        self.assigned(assign, (target, annotation, value), then)
            || self.element_wise(assign, target, value, then)
    }

    fn assigned(
        &mut self,
        assign: &Assign,
        (target, annotation, value): (NodeId, Option<NodeId>, Option<NodeId>),
        then: Then<'_, 'm>,
    ) -> bool {
        self.part(&assign.target, target, &mut |matcher| {
            matcher.left_out(assign.annotation.as_ref(), annotation, &mut |matcher| match (
                &assign.value,
                value,
            ) {
                (Some(part), Some(value)) => matcher.part(part, value, then),
                (Some(_), None) => false,
                (None, _) => then(matcher),
            })
        })
    }

    /// `a, b = 1, 2` also is `a = 1` and `b = 2`.
    fn element_wise(
        &mut self,
        assign: &Assign,
        target: NodeId,
        value: Option<NodeId>,
        then: Then<'_, 'm>,
    ) -> bool {
        let tree = self.module.tree();
        let is_tuple = |node: NodeId| {
            matches!(
                tree.kind(node),
                Kind::Tuple | Kind::TuplePattern | Kind::PatternList | Kind::ExpressionList
            )
        };
        let Some(value) = value.filter(|value| is_tuple(*value) && is_tuple(target)) else { return false };
        let targets: Vec<NodeId> = tree.named_children(target).collect();
        let values: Vec<NodeId> = tree.named_children(value).collect();
        targets.len() == values.len()
            && targets.into_iter().zip(values).any(|(target, value)| {
                self.step() && self.assigned(assign, (target, None, Some(value)), then)
            })
    }
}
