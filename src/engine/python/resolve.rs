//! From names to qualified names: through imports, re-assignments, class attributes and `self`. A name whose
//! bindings disagree has none, since what could not be resolved is no evidence.

use std::collections::HashMap;

use super::annotation::name_in_text;
use super::binding::{Binding, BindingKind};
use super::builtins::is_builtin;
use super::class::ClassId;
use super::collect::Collected;
use super::function::FunctionId;
use super::kind::{Field, Kind};
use super::names::Name;
use super::paths::{PathId, Paths};
use super::scope::{ScopeId, ScopeKind};
use super::tree::{NodeId, Tree};
use super::{LOCAL, text_of};

/// How many re-assignments are followed, and how many attributes one expression may chain.
const DEPTH: usize = 16;

/// The qualified name of each identifier and attribute that has one.
pub(super) struct Resolved {
    pub(super) paths: Paths,
    /// By node index; 0 is none, otherwise the path's number plus 1.
    pub(super) of_node: Vec<u32>,
    pub(super) functions: Vec<PathId>,
    pub(super) classes: Vec<PathId>,
    pub(super) local_classes: HashMap<Box<str>, ClassId>,
    /// `None` where several functions share the path.
    pub(super) local_functions: HashMap<Box<str>, Option<FunctionId>>,
}

pub(super) fn resolve(tree: &Tree, text: &str, found: &Collected) -> Resolved {
    let mut resolver = Resolver::new(tree, text, found);
    let mut of_node = vec![0; tree.len()];
    let mut identifiers = found.identifiers.iter().rev().peekable();
    for node in tree.nodes().rev() {
        let path = match tree.kind(node) {
            Kind::Identifier => {
                let name = identifiers.next_if(|(id, _)| *id == node).map(|(_, name)| *name);
                name.and_then(|name| resolver.identifier(node, name))
            }
            Kind::Attribute => resolver.attribute(node, &of_node),
            Kind::MemberType => resolver.member_type(node, &of_node),
            Kind::String => resolver.string_annotation(node),
            _ => None,
        };
        of_node[node.index()] = path.map_or(0, |path| path.0 + 1);
    }
    resolver.finish(of_node)
}

struct Resolver<'t> {
    tree: &'t Tree,
    text: &'t str,
    found: &'t Collected,
    paths: Paths,
    functions: Vec<PathId>,
    classes: Vec<PathId>,
    class_of_path: HashMap<PathId, ClassId>,
    /// What each name of each scope means. A name under way counts as unresolved: it refers to itself.
    names: HashMap<(ScopeId, Name), Option<PathId>>,
    members: HashMap<(ClassId, Name), Option<PathId>>,
}

impl<'t> Resolver<'t> {
    fn new(tree: &'t Tree, text: &'t str, found: &'t Collected) -> Resolver<'t> {
        let mut resolver = Resolver {
            tree,
            text,
            found,
            paths: Paths::default(),
            functions: Vec::new(),
            classes: Vec::new(),
            class_of_path: HashMap::new(),
            names: HashMap::new(),
            members: HashMap::new(),
        };
        resolver.name_definitions();
        resolver
    }

    fn finish(self, of_node: Vec<u32>) -> Resolved {
        let mut local_classes = HashMap::new();
        for (index, path) in self.classes.iter().enumerate() {
            local_classes.insert(self.paths.text(*path).into(), ClassId(index as u32));
        }
        let mut local_functions: HashMap<Box<str>, Option<FunctionId>> = HashMap::new();
        for (index, path) in self.functions.iter().enumerate() {
            let id = FunctionId(index as u32);
            if self.found.functions[index].name.is_some() {
                let same = local_functions.entry(self.paths.text(*path).into());
                same.and_modify(|known| *known = None).or_insert(Some(id));
            }
        }
        Resolved {
            paths: self.paths,
            of_node,
            functions: self.functions,
            classes: self.classes,
            local_classes,
            local_functions,
        }
    }

    fn name_definitions(&mut self) {
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
    fn definition(&mut self, outer: Option<PathId>, name: Option<Name>) -> Option<PathId> {
        let Some(name) = name else { return outer };
        let text = self.found.names.text(name);
        match outer {
            Some(outer) => self.paths.member(outer, name, text),
            None => Some(self.paths.intern(&format!("{LOCAL}{text}"))),
        }
    }

    fn identifier(&mut self, node: NodeId, name: Name) -> Option<PathId> {
        let parent = self.tree.parent(node)?;
        let is_label = match self.tree.kind(parent) {
            Kind::Attribute => self.tree.field(node) == Field::Attribute,
            Kind::KeywordArgument => self.tree.field(node) == Field::Name,
            Kind::DottedName | Kind::AliasedImport | Kind::KeywordPattern => true,
            _ => false,
        };
        if is_label {
            return None;
        }
        let scope = self.found.scopes.of_node[node.index()];
        self.name(scope, name, DEPTH)
    }

    fn attribute(&mut self, node: NodeId, of_node: &[u32]) -> Option<PathId> {
        let object = self.tree.child(node, Field::Object)?;
        let attribute = self.tree.child(node, Field::Attribute)?;
        let name = self.found.names.get(text_of(self.tree, self.text, attribute))?;
        if let Some(owner) = of_node[object.index()].checked_sub(1) {
            return self.member(PathId(owner), name, DEPTH);
        }
        let class = self.receiver(object)?;
        self.class_member(class, name, DEPTH)
    }

    /// `a.X` in an annotation.
    fn member_type(&mut self, node: NodeId, of_node: &[u32]) -> Option<PathId> {
        let parts: Vec<NodeId> = self.tree.named_children(node).collect();
        let [owner, member] = parts.as_slice() else {
            return None;
        };
        let owner = [*owner, NodeId(owner.0 + 1)]
            .into_iter()
            .find_map(|node| of_node[node.index()].checked_sub(1))?;
        let name = self.found.names.get(text_of(self.tree, self.text, *member))?;
        self.member(PathId(owner), name, DEPTH)
    }

    /// The type that a string in an annotation names.
    fn string_annotation(&mut self, node: NodeId) -> Option<PathId> {
        let in_annotation = |node: &NodeId| self.tree.kind(*node) == Kind::Type;
        self.tree.ancestors(node).take(4).find(in_annotation)?;
        let content = self.tree.child_of_kind(node, Kind::StringContent)?;
        let mut segments = name_in_text(text_of(self.tree, self.text, content))?.split('.');
        let first = self.found.names.get(segments.next()?)?;
        let mut path = self.name(self.found.scopes.of_node[node.index()], first, DEPTH)?;
        for segment in segments {
            path = match self.found.names.get(segment) {
                Some(name) => self.member(path, name, DEPTH)?,
                None => self.paths.intern(&format!("{}.{segment}", self.paths.text(path))),
            };
        }
        Some(path)
    }

    /// The class whose instance or self the expression is, where it is `self` or `cls`.
    fn receiver(&self, object: NodeId) -> Option<ClassId> {
        if self.tree.kind(object) != Kind::Identifier {
            return None;
        }
        let name = self.found.names.get(text_of(self.tree, self.text, object))?;
        let scope = self.found.scopes.of_node[object.index()];
        self.found.receiver(scope, name).map(|(_, class)| class)
    }

    fn member(&mut self, owner: PathId, name: Name, depth: usize) -> Option<PathId> {
        if let Some(class) = self.class_of_path.get(&owner).copied()
            && self.has_member(class, name)
        {
            return self.class_member(class, name, depth);
        }
        self.paths.member(owner, name, self.found.names.text(name))
    }

    fn has_member(&self, class: ClassId, name: Name) -> bool {
        let class = &self.found.classes[class.0 as usize];
        class.attributes.contains_key(&name) || !self.found.scopes.bound_in(class.scope, name).is_empty()
    }

    fn name(&mut self, scope: ScopeId, name: Name, depth: usize) -> Option<PathId> {
        let Some(holder) = self.found.scopes.lookup(scope, name) else {
            return self.builtin(scope, name);
        };
        if let Some(known) = self.names.get(&(holder, name)) {
            return *known;
        }
        self.names.insert((holder, name), None);
        let path = self.agreed(
            self.found
                .scopes
                .bound_in(holder, name)
                .iter()
                .map(|id| self.found.scopes.binding(*id)),
            depth,
        );
        self.names.insert((holder, name), path);
        path
    }

    fn builtin(&mut self, scope: ScopeId, name: Name) -> Option<PathId> {
        let text = self.found.names.text(name);
        if !is_builtin(text) || self.found.scopes.has_star(scope) {
            return None;
        }
        Some(self.paths.intern(&format!("builtins.{text}")))
    }

    fn agreed<'b>(&mut self, bindings: impl Iterator<Item = &'b Binding>, depth: usize) -> Option<PathId> {
        let mut agreed = None;
        for binding in bindings.filter(|binding| binding.kind.gives_value()) {
            if self.is_none(binding.value) && binding.kind == BindingKind::Assignment {
                continue;
            }
            let path = self.binding(binding, depth)?;
            if *agreed.get_or_insert(path) != path {
                return None;
            }
        }
        agreed
    }

    fn is_none(&self, value: Option<NodeId>) -> bool {
        value.is_some_and(|value| self.tree.kind(value) == Kind::None)
    }

    fn binding(&mut self, binding: &Binding, depth: usize) -> Option<PathId> {
        match &binding.kind {
            BindingKind::Import(path) => Some(self.paths.intern(path)),
            BindingKind::Function(id) => Some(self.functions[id.0 as usize]),
            BindingKind::Class(id) => Some(self.classes[id.0 as usize]),
            BindingKind::Assignment => self.expression(binding.value?, depth.checked_sub(1)?),
            BindingKind::Parameter
            | BindingKind::Declaration
            | BindingKind::Augmented
            | BindingKind::For
            | BindingKind::With(_)
            | BindingKind::Except
            | BindingKind::Match
            | BindingKind::Delete
            | BindingKind::TypeName => None,
        }
    }

    /// The qualified name of a plain `a.b.c`.
    fn expression(&mut self, node: NodeId, depth: usize) -> Option<PathId> {
        let mut attributes = Vec::new();
        let mut root = node;
        while self.tree.kind(root) == Kind::Attribute {
            let attribute = self.tree.child(root, Field::Attribute)?;
            attributes.push(self.found.names.get(text_of(self.tree, self.text, attribute))?);
            root = self.tree.child(root, Field::Object)?;
            if attributes.len() > DEPTH {
                return None;
            }
        }
        if self.tree.kind(root) != Kind::Identifier {
            return None;
        }
        let mut path = match self.receiver(root) {
            Some(class) => self.class_member(class, attributes.pop()?, depth)?,
            None => {
                let name = self.found.names.get(text_of(self.tree, self.text, root))?;
                self.name(self.found.scopes.of_node[root.index()], name, depth)?
            }
        };
        while let Some(name) = attributes.pop() {
            path = self.member(path, name, depth)?;
        }
        Some(path)
    }

    /// What `self.name` or `Class.name` stands for: the class body's bindings and what methods assign agree.
    fn class_member(&mut self, class: ClassId, name: Name, depth: usize) -> Option<PathId> {
        if let Some(known) = self.members.get(&(class, name)) {
            return *known;
        }
        self.members.insert((class, name), None);
        let path = self.agreed_member(class, name, depth);
        self.members.insert((class, name), path);
        path
    }

    fn agreed_member(&mut self, id: ClassId, name: Name, depth: usize) -> Option<PathId> {
        let found = self.found;
        let class = &found.classes[id.0 as usize];
        let body = found.scopes.bound_in(class.scope, name);
        let mut agreed = None;
        if !body.is_empty() {
            let path = self.agreed(body.iter().map(|id| found.scopes.binding(*id)), depth);
            let only_none = body
                .iter()
                .all(|id| self.is_none(found.scopes.binding(*id).value));
            agreed = if only_none { None } else { Some(path?) };
        }
        for attribute in class.attributes.get(&name).into_iter().flatten() {
            if attribute.declared_only || self.is_none(attribute.value) {
                continue;
            }
            let path = self.expression(attribute.value?, depth.checked_sub(1)?)?;
            if *agreed.get_or_insert(path) != path {
                return None;
            }
        }
        agreed
    }
}
