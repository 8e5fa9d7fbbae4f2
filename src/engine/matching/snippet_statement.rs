//! From a rewritten snippet's syntax tree to a pattern: statements, definitions, clauses and parameters.

use crate::engine::python::{Field, Kind, NodeId};

use super::pattern::{
    Assign, Class, Function, If, Import, ImportedName, Otherwise, Parameter, Part, PatternError, Segment,
};
use super::placeholder::{self, Placeholder};
use super::snippet::{Made, Snippet, segment};

impl Snippet<'_> {
    pub(super) fn statements(&self, block: NodeId) -> Made<Vec<Part>> {
        self.tree.named_children(block).map(|statement| self.part(statement)).collect()
    }

    pub(super) fn statement(&self, node: NodeId) -> Made<Part> {
        match self.tree.kind(node) {
            Kind::Assignment => self.assignment(node),
            Kind::FunctionDefinition => self.function(node, Vec::new()),
            Kind::ClassDefinition => self.class(node, Vec::new()),
            Kind::DecoratedDefinition => self.decorated(node),
            Kind::IfStatement => Ok(Part::If(Box::new(self.branch(node)?))),
            Kind::ImportStatement | Kind::ImportFromStatement | Kind::FutureImportStatement => {
                self.import(node)
            }
            Kind::WithStatement => self.with(node),
            Kind::ExceptClause => self.except(node),
            Kind::Block => Ok(Part::Block(self.statements(node)?)),
            Kind::Parameters | Kind::LambdaParameters => self.node_of(node, self.parameters(node)?),
            _ => self.node(node),
        }
    }

    fn node_of(&self, node: NodeId, parts: Vec<Part>) -> Made<Part> {
        let children =
            parts.into_iter().map(|part| super::pattern::Child { field: Field::None, part }).collect();
        Ok(Part::Node { kind: self.tree.kind(node), children })
    }

    fn optional(&self, node: Option<NodeId>) -> Made<Option<Part>> {
        node.map(|node| self.part(node)).transpose()
    }

    fn assignment(&self, node: NodeId) -> Made<Part> {
        let Some(target) = self.tree.child(node, Field::Left) else { return self.node(node) };
        Ok(Part::Assign(Box::new(Assign {
            target: self.part(target)?,
            annotation: self.optional(self.tree.child(node, Field::Type))?,
            value: self.optional(self.tree.child(node, Field::Right))?,
        })))
    }

    fn body(&self, node: NodeId) -> Made<Vec<Part>> {
        let block = self.tree.child_of_kind(node, Kind::Block);
        block.map_or_else(|| Ok(Vec::new()), |block| self.statements(block))
    }

    fn name(&self, node: NodeId) -> Segment {
        self.tree.child(node, Field::Name).map_or(Segment::Any("_".into()), |name| segment(self.text(name)))
    }

    fn decorated(&self, node: NodeId) -> Made<Part> {
        let mut decorators = Vec::new();
        for child in self.tree.named_children(node).filter(|child| self.tree.kind(*child) == Kind::Decorator)
        {
            decorators.extend(self.optional(self.tree.first_named(child))?);
        }
        decorators.retain(|decorator| !decorator.is_open());
        let Some(definition) = self.tree.child(node, Field::Definition) else { return self.node(node) };
        match self.tree.kind(definition) {
            Kind::ClassDefinition => self.class(definition, decorators),
            _ => self.function(definition, decorators),
        }
    }

    fn function(&self, node: NodeId, decorators: Vec<Part>) -> Made<Part> {
        let parameters = self.tree.child(node, Field::Parameters);
        Ok(Part::Function(Box::new(Function {
            decorators,
            is_async: self.has_token(node, "async"),
            name: self.name(node),
            parameters: parameters.map_or_else(|| Ok(Vec::new()), |list| self.parameters(list))?,
            returns: self.optional(self.tree.child(node, Field::ReturnType))?,
            body: self.body(node)?,
        })))
    }

    fn class(&self, node: NodeId, decorators: Vec<Part>) -> Made<Part> {
        let bases = self.tree.child(node, Field::Superclasses);
        Ok(Part::Class(Box::new(Class {
            decorators,
            name: self.name(node),
            bases: bases.map_or_else(|| Ok(Vec::new()), |list| self.arguments(list))?,
            body: self.body(node)?,
        })))
    }

    /// An `if` with the `elif` and `else` behind it, from the last one inwards.
    fn branch(&self, node: NodeId) -> Made<If> {
        let mut otherwise = None;
        let clauses: Vec<NodeId> = self.tree.children_by_field(node, Field::Alternative).collect();
        for clause in clauses.into_iter().rev() {
            otherwise = Some(match self.tree.kind(clause) {
                Kind::ElifClause => Otherwise::If(Box::new(self.one_branch(clause, otherwise)?)),
                _ => Otherwise::Else(self.body(clause)?),
            });
        }
        self.one_branch(node, otherwise)
    }

    fn one_branch(&self, node: NodeId, otherwise: Option<Otherwise>) -> Made<If> {
        let condition = self.optional(self.tree.child(node, Field::Condition))?.unwrap_or(Part::Dots);
        Ok(If { condition, body: self.body(node)?, otherwise })
    }

    fn with(&self, node: NodeId) -> Made<Part> {
        let clause = self.tree.child_of_kind(node, Kind::WithClause);
        let items = clause.into_iter().flat_map(|clause| self.tree.named_children(clause));
        let items = items.map(|item| self.part(self.tree.first_named(item).unwrap_or(item)));
        Ok(Part::With {
            is_async: self.has_token(node, "async"),
            items: items.collect::<Made<_>>()?,
            body: self.body(node)?,
        })
    }

    fn except(&self, node: NodeId) -> Made<Part> {
        let (what, alias) = except_parts(self.tree, node);
        Ok(Part::Except {
            what: self.optional(what)?.map(Box::new),
            alias: self.optional(alias)?.map(Box::new),
            body: self.body(node)?,
        })
    }

    fn parameters(&self, list: NodeId) -> Made<Vec<Part>> {
        self.tree.named_children(list).map(|node| self.parameter(node)).collect()
    }

    fn parameter(&self, node: NodeId) -> Made<Part> {
        let Some(written) = Written::of(self.tree, node) else { return self.part(node) };
        let text = self.text(written.name);
        match placeholder::read(text) {
            Some(Placeholder::Dots) if written.stars.is_empty() => return Ok(Part::Dots),
            Some(Placeholder::Many(name)) => return Ok(Part::Many(name)),
            _ => {}
        }
        Ok(Part::Parameter(Box::new(Parameter {
            stars: written.stars,
            name: segment(text),
            annotation: self.optional(written.annotation)?,
            default: self.optional(written.default)?,
        })))
    }

    fn import(&self, node: NodeId) -> Made<Part> {
        let names = self.tree.children_by_field(node, Field::Name);
        let module = self.tree.child(node, Field::ModuleName);
        if self.tree.kind(node) == Kind::ImportStatement {
            return Ok(Part::Import(names.map(|name| self.imported(None, name)).collect()));
        }
        if self.tree.child_of_kind(node, Kind::WildcardImport).is_some() {
            let (module, dots) = module.map(|module| self.path(module)).unwrap_or_default();
            let name = Some(ImportedName::Star);
            return Ok(Part::Import(vec![Import { module, dots, name, alias: None }]));
        }
        if self.tree.kind(node) == Kind::FutureImportStatement {
            let from = (vec![Segment::Is("__future__".to_owned())], 0);
            return Ok(Part::Import(names.map(|name| self.imported(Some(from.clone()), name)).collect()));
        }
        let Some(module) = module else {
            return Err(PatternError::new("its import names no module", "write `from module import name`"));
        };
        Ok(Part::Import(names.map(|name| self.imported(Some(self.path(module)), name)).collect()))
    }

    fn imported(&self, from: Option<(Vec<Segment>, usize)>, node: NodeId) -> Import {
        let alias = self.tree.child(node, Field::Alias).map(|alias| segment(self.text(alias)));
        let named = self.tree.child(node, Field::Name).unwrap_or(node);
        let Some((module, dots)) = from else {
            return Import { module: self.path(named).0, dots: 0, name: None, alias };
        };
        let name = match placeholder::read(self.text(named)) {
            Some(Placeholder::Dots) => ImportedName::Any,
            _ => ImportedName::One(segment(self.text(named))),
        };
        Import { module, dots, name: Some(name), alias }
    }

    /// The segments of a module's name and the dots it begins with.
    fn path(&self, node: NodeId) -> (Vec<Segment>, usize) {
        let text: String = self.text(node).split_whitespace().collect();
        let name = text.trim_start_matches('.');
        let segments = name.split('.').filter(|part| !part.is_empty()).map(segment).collect();
        (segments, text.len() - name.len())
    }
}

/// What an `except` clause catches and what it calls it.
pub(super) fn except_parts(
    tree: &crate::engine::python::Tree,
    node: NodeId,
) -> (Option<NodeId>, Option<NodeId>) {
    let what = tree.child(node, Field::Value);
    let alias = tree.child(node, Field::Alias);
    match what {
        Some(what) if tree.kind(what) == Kind::AsPattern => (
            tree.first_named(what),
            tree.child(what, Field::Alias).and_then(|target| tree.first_named(target)),
        ),
        what => (what, alias),
    }
}

/// A parameter as it is written.
pub(super) struct Written {
    pub(super) stars: &'static str,
    pub(super) name: NodeId,
    pub(super) annotation: Option<NodeId>,
    pub(super) default: Option<NodeId>,
}

impl Written {
    /// Nothing for a bare `*` or `/`.
    pub(super) fn of(tree: &crate::engine::python::Tree, node: NodeId) -> Option<Written> {
        let (named, annotation, default) = match tree.kind(node) {
            Kind::Identifier | Kind::ListSplatPattern | Kind::DictionarySplatPattern => (node, None, None),
            Kind::TypedParameter => (tree.first_named(node)?, tree.child(node, Field::Type), None),
            Kind::DefaultParameter => (tree.child(node, Field::Name)?, None, tree.child(node, Field::Value)),
            Kind::TypedDefaultParameter => (
                tree.child(node, Field::Name)?,
                tree.child(node, Field::Type),
                tree.child(node, Field::Value),
            ),
            _ => return None,
        };
        let (stars, name) = match tree.kind(named) {
            Kind::ListSplatPattern => ("*", tree.first_named(named)?),
            Kind::DictionarySplatPattern => ("**", tree.first_named(named)?),
            _ => ("", named),
        };
        Some(Written { stars, name, annotation, default })
    }
}
