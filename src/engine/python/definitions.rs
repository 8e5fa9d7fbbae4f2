//! The qualified names of the file's own definitions, and the way back from such a name to its definition.

use rustc_hash::FxHashMap;

use super::LOCAL;
use super::class::ClassId;
use super::collect::Collected;
use super::function::FunctionId;
use super::names::Name;
use super::paths::{PathId, Paths};
use super::resolve::{Resolution, Resolver};
use super::scope::ScopeKind;
use super::tree::{NodeId, Tree};
use super::types::Types;

impl<'t> Resolver<'t> {
    pub(super) fn new(tree: &'t Tree, text: &'t str, found: &'t Collected, types: &'t Types) -> Resolver<'t> {
        let mut resolver = Resolver {
            tree,
            text,
            found,
            types,
            paths: Paths::default(),
            functions: Vec::new(),
            classes: Vec::new(),
            class_of_path: FxHashMap::default(),
            names: FxHashMap::default(),
            members: FxHashMap::default(),
            unbound: FxHashMap::default(),
            has_stars: found.scopes.all().any(|(_, scope)| !scope.stars.is_empty()),
        };
        resolver.name_definitions();
        resolver
    }

    pub(super) fn finish(self, of_node: Vec<u32>, method_calls: Vec<NodeId>) -> Resolution {
        let classes = self.classes.iter().enumerate();
        let local_classes = classes.map(|(index, path)| (*path, ClassId(index as u32))).collect();
        let mut local_functions: FxHashMap<PathId, Option<FunctionId>> = FxHashMap::default();
        for (index, path) in self.functions.iter().enumerate() {
            if self.found.functions[index].name.is_some() {
                let same = local_functions.entry(*path);
                same.and_modify(|known| *known = None).or_insert(Some(FunctionId(index as u32)));
            }
        }
        Resolution {
            paths: self.paths,
            of_node,
            method_calls,
            functions: self.functions,
            classes: self.classes,
            local_classes,
            local_functions,
        }
    }

    pub(super) fn name_definitions(&mut self) {
        let mut of_scope: Vec<Option<PathId>> = Vec::new();
        for (_, scope) in self.found.scopes.all() {
            let outer = scope.parent.and_then(|parent| of_scope[parent.0 as usize]);
            let path = match scope.kind {
                ScopeKind::Module | ScopeKind::Comprehension => outer,
                ScopeKind::Function(id) => self.definition(outer, self.found.functions[id.0 as usize].name),
                ScopeKind::Class(id) => self.definition(outer, Some(self.found.classes[id.0 as usize].name)),
            };
            of_scope.push(path);
            let own = path.unwrap_or_else(|| self.paths.intern(LOCAL.encode_utf8(&mut [0; 4])));
            match scope.kind {
                ScopeKind::Function(_) => self.functions.push(own),
                ScopeKind::Class(id) => {
                    self.classes.push(own);
                    self.class_of_path.insert(own, id);
                }
                ScopeKind::Module | ScopeKind::Comprehension => {}
            }
        }
    }

    /// `~Class.method`; a lambda has its surroundings' path.
    pub(super) fn definition(&mut self, outer: Option<PathId>, name: Option<Name>) -> Option<PathId> {
        let Some(name) = name else { return outer };
        let text = self.found.names.text(name);
        match outer {
            Some(outer) => self.paths.member(outer, name, text),
            None => Some(self.paths.intern(&format!("{LOCAL}{text}"))),
        }
    }
}
