//! Imports: what is imported counts, not which statement says so. `import a.b` and `from a import b` are the same.

use crate::engine::python::{Field, Kind, NodeId};

use super::matcher::{Matcher, Then};
use super::pattern::{Import, ImportedName, Segment};

/// One imported thing of the code: identifiers of the module, of the name taken out of it, and of its alias.
#[derive(Clone, Default)]
struct Given {
    module: Vec<NodeId>,
    dots: usize,
    name: Option<NodeId>,
    star: bool,
    alias: Option<NodeId>,
}

impl<'m> Matcher<'m> {
    /// Each import of the pattern is one of the statement's.
    pub(super) fn imports(&mut self, wanted: &[Import], node: NodeId, then: Then<'_, 'm>) -> bool {
        let given = self.given_imports(node);
        !given.is_empty() && self.imports_among(wanted, &given, then)
    }

    fn imports_among(&mut self, wanted: &[Import], given: &[Given], then: Then<'_, 'm>) -> bool {
        let Some((import, later)) = wanted.split_first() else { return then(self) };
        given.iter().any(|one| {
            self.step() && self.import(import, one, &mut |matcher| matcher.imports_among(later, given, then))
        })
    }

    fn import(&mut self, wanted: &Import, given: &Given, then: Then<'_, 'm>) -> bool {
        if wanted.dots != given.dots {
            return false;
        }
        let alias = |matcher: &mut Matcher<'m>, then: Then<'_, 'm>| match (&wanted.alias, given.alias) {
            (None, _) => then(matcher),
            (Some(alias), Some(node)) => matcher.named(alias, node, then),
            (Some(_), None) => false,
        };
        match (&wanted.name, given.name, given.star) {
            (Some(ImportedName::Star), _, star) => {
                star && self.module_begins(&wanted.module, &given.module, then)
            }
            (Some(ImportedName::Any), name, star) => {
                (name.is_some() || star) && self.module_begins(&wanted.module, &given.module, then)
            }
            (Some(ImportedName::One(name)), Some(node), _) => {
                self.module_begins(&wanted.module, &given.module, &mut |matcher| {
                    matcher.named(name, node, &mut |matcher| alias(matcher, then))
                })
            }
            (None, None, false) => {
                self.module_begins(&wanted.module, &given.module, &mut |matcher| alias(matcher, then))
            }
            (None, Some(node), _) => {
                let whole: Vec<NodeId> = given.module.iter().copied().chain([node]).collect();
                wanted.alias.is_none()
                    && wanted.module.len() > 1
                    && self.module_is(&wanted.module, &whole, then)
            }
            (Some(ImportedName::One(name)), None, false) => {
                let whole: Vec<Segment> = wanted.module.iter().cloned().chain([name.clone()]).collect();
                wanted.alias.is_none() && self.module_is(&whole, &given.module, then)
            }
            (Some(ImportedName::One(_)), None, true) | (None, None, true) => false,
        }
    }

    /// A module of the pattern also stands for the modules in it.
    fn module_begins(&mut self, wanted: &[Segment], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        if let [Segment::Any(_)] = wanted {
            return self.module_is(wanted, given, then);
        }
        match given.get(..wanted.len()) {
            Some(beginning) => self.module_is(wanted, beginning, then),
            None => false,
        }
    }

    fn module_is(&mut self, wanted: &[Segment], given: &[NodeId], then: Then<'_, 'm>) -> bool {
        match (wanted.split_first(), given.split_first()) {
            (None, None) => then(self),
            // One metavariable stands for the whole of a dotted name.
            (Some((Segment::Any(name), [])), Some((_, [_, ..]))) => {
                let tree = self.module.tree();
                let whole = given.first().and_then(|first| tree.parent(*first));
                whole.is_some_and(|whole| self.bind(name, super::binding::Bound::Node(whole), then))
            }
            (Some((segment, later)), Some((node, rest))) => {
                self.named(segment, *node, &mut |matcher| matcher.module_is(later, rest, then))
            }
            (None, Some(_)) | (Some(_), None) => false,
        }
    }

    fn given_imports(&self, node: NodeId) -> Vec<Given> {
        let tree = self.module.tree();
        let names = || tree.children_by_field(node, Field::Name);
        match tree.kind(node) {
            Kind::ImportStatement => names().map(|name| self.plain_import(name)).collect(),
            Kind::ImportFromStatement => {
                let Some(module) = tree.child(node, Field::ModuleName) else { return Vec::new() };
                let from = Given { module: self.path(module), dots: self.dots(module), ..Given::default() };
                if tree.child_of_kind(node, Kind::WildcardImport).is_some() {
                    return vec![Given { star: true, ..from }];
                }
                names().map(|name| self.taken_out(&from, name)).collect()
            }
            _ => Vec::new(),
        }
    }

    fn plain_import(&self, node: NodeId) -> Given {
        let tree = self.module.tree();
        let named = tree.child(node, Field::Name).unwrap_or(node);
        Given { module: self.path(named), alias: tree.child(node, Field::Alias), ..Given::default() }
    }

    fn taken_out(&self, from: &Given, node: NodeId) -> Given {
        let tree = self.module.tree();
        let named = tree.child(node, Field::Name).unwrap_or(node);
        let name = self.path(named).first().copied();
        Given { name, alias: tree.child(node, Field::Alias), ..from.clone() }
    }

    /// The identifiers of a module's name.
    fn path(&self, node: NodeId) -> Vec<NodeId> {
        let tree = self.module.tree();
        tree.subtree(node).filter(|below| tree.kind(*below) == Kind::Identifier).collect()
    }

    fn dots(&self, module: NodeId) -> usize {
        self.module.text(module).chars().take_while(|c| matches!(c, '.' | ' ')).filter(|c| *c == '.').count()
    }
}
