//! Types inside types: what a loop over a container gives, what a subscript gives, what a context manager written
//! as a generator enters with. Only where an annotation or a display says it.

use super::binding::BindingKind;
use super::function::FunctionId;
use super::kind::{Field, Kind};
use super::tree::NodeId;
use super::typing::Typer;

/// Which of a container's type parameters is meant.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// What iterating gives.
    Item,
    /// What `d[key]` or `d.values()` gives.
    Value,
}

impl<'m> Typer<'m> {
    /// The type of what iterating over an expression gives.
    pub(super) fn item(&mut self, container: NodeId, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let tree = module.tree();
        let depth = depth.checked_sub(1)?;
        match tree.kind(container) {
            Kind::List | Kind::Tuple | Kind::Set => {
                let items: Vec<NodeId> = tree.named_children(container).take(16).collect();
                self.agreed(items, depth)
            }
            Kind::ListComprehension | Kind::SetComprehension | Kind::GeneratorExpression => {
                self.expression(tree.child(container, Field::Body)?, depth)
            }
            Kind::ParenthesizedExpression | Kind::Await => self.item(tree.first_named(container)?, depth),
            Kind::Call => self.item_of_call(container, depth),
            _ => {
                let annotation = self.annotation_of(container, depth)?;
                self.parameter(annotation, Part::Item)
            }
        }
    }

    /// `reader` of `reader, writer = await asyncio.open_connection(...)`: what a library's call gives at a place.
    pub(super) fn part(&self, target: NodeId) -> Option<&'m str> {
        let module = self.module;
        let tree = module.tree();
        let pattern = tree.parent(target)?;
        let assignment = tree.parent(pattern).filter(|node| tree.kind(*node) == Kind::Assignment)?;
        let place = tree.named_children(pattern).position(|node| node == target)?;
        let right = tree.child(assignment, Field::Right)?;
        let call = if tree.kind(right) == Kind::Await { tree.first_named(right)? } else { right };
        let callee = tree.child(call, Field::Function).filter(|_| tree.kind(call) == Kind::Call)?;
        module.types.returned_by(&format!("{}[{place}]", module.qualified_name(callee)?))
    }

    /// `d.values()`, `sorted(xs)` and calls of functions of the file whose result is a typed container.
    fn item_of_call(&mut self, call: NodeId, depth: u32) -> Option<&'m str> {
        let module = self.module;
        let tree = module.tree();
        let callee = tree.child(call, Field::Function)?;
        if let Some(
            "builtins.sorted" | "builtins.list" | "builtins.reversed" | "builtins.set" | "builtins.tuple",
        ) = module.qualified_name(callee)
        {
            let first = tree.first_named(tree.child(call, Field::Arguments)?)?;
            return self.item(first, depth);
        }
        let object = tree.child(callee, Field::Object);
        let method = tree.child(callee, Field::Attribute).map(|name| module.text(name));
        if let (Some(object), Some("values")) = (object, method) {
            let annotation = self.annotation_of(object, depth)?;
            return self.parameter(annotation, Part::Value);
        }
        let function = module.function(self.called_function(call, depth)?);
        let awaited = tree.parent(call).is_some_and(|node| tree.kind(node) == Kind::Await);
        let plain =
            function.decorators.is_empty() && (!function.is_async || awaited || function.is_generator);
        self.parameter(function.returns.filter(|_| plain)?, Part::Item)
    }

    /// The function or method of this file that a call calls, found within this question's own budget.
    pub(super) fn called_function(&mut self, call: NodeId, depth: u32) -> Option<FunctionId> {
        let module = self.module;
        let tree = module.tree();
        let callee = tree.child(call, Field::Function)?;
        if let Some(path) = module.qualified_name(callee) {
            return module.local_function(path);
        }
        let owner = self.expression(tree.child(callee, Field::Object)?, depth)?;
        let method = module.text(tree.child(callee, Field::Attribute)?);
        let holder = module.class_with(module.local_class(owner)?, module.names().get(method)?)?;
        module.local_function(&format!("{}.{method}", module.class_path(holder)))
    }

    /// The type of `container[key]`; a slice is no item.
    pub(super) fn subscript(&mut self, node: NodeId, depth: u32) -> Option<&'m str> {
        let tree = self.module.tree();
        let key = tree.child(node, Field::Subscript)?;
        if tree.kind(key) == Kind::Slice {
            return None;
        }
        let container = tree.child(node, Field::Value)?;
        match tree.kind(container) {
            Kind::Identifier | Kind::Attribute => {
                let annotation = self.annotation_of(container, depth)?;
                self.parameter(annotation, Part::Value)
            }
            _ => None,
        }
    }

    /// The one annotation that speaks of a name or of an attribute of a class of this file.
    fn annotation_of(&mut self, expression: NodeId, depth: u32) -> Option<NodeId> {
        let module = self.module;
        let tree = module.tree();
        if tree.kind(expression) == Kind::Identifier {
            let mut annotation = None;
            for binding in module.bindings_of(expression).take(8) {
                match (binding.annotation, &binding.kind) {
                    (Some(found), _) => annotation = Some(found),
                    (None, BindingKind::Assignment | BindingKind::Declaration) => {}
                    (None, _) => return None,
                }
            }
            return annotation;
        }
        let object = tree.child(expression, Field::Object)?;
        let name = module.names().get(module.text(tree.child(expression, Field::Attribute)?))?;
        let class = module.class_of(object).or_else(|| {
            let owner = self.expression(object, depth)?;
            module.local_class(owner)
        })?;
        let class = module.class(module.class_with(class, name)?);
        let assigned = class.attributes.get(&name).into_iter().flatten().find_map(|item| item.annotation);
        let body = module.scopes().bound_in(class.scope, name).iter();
        assigned.or_else(|| body.map(|id| module.scopes().binding(*id)).find_map(|item| item.annotation))
    }

    /// The type that a container's annotation gives for its items or values.
    pub(super) fn parameter(&self, annotation: NodeId, part: Part) -> Option<&'m str> {
        let module = self.module;
        let tree = module.tree();
        let generic = module.generic_of(annotation)?;
        let (base, parameters) = module.generic_parts(generic)?;
        let base = module.qualified_name(base)?;
        let name = base.rsplit('.').next().unwrap_or(base);
        let single = matches!(
            name,
            "list"
                | "List"
                | "set"
                | "Set"
                | "frozenset"
                | "FrozenSet"
                | "deque"
                | "Deque"
                | "Sequence"
                | "MutableSequence"
                | "Iterable"
                | "Iterator"
                | "Collection"
                | "AbstractSet"
                | "AsyncIterable"
                | "AsyncIterator"
                | "Generator"
                | "AsyncGenerator"
        );
        let mapping = matches!(
            name,
            "dict" | "Dict" | "Mapping" | "MutableMapping" | "DefaultDict" | "defaultdict" | "OrderedDict"
        );
        let index = match (part, name) {
            (Part::Item, "tuple" | "Tuple") => {
                let alike = parameters.len() == 2 && tree.kind(parameters[1]) == Kind::Ellipsis
                    || parameters.len() == 2 && module.text(parameters[1]) == "...";
                alike.then_some(0)?
            }
            (Part::Item, _) if single || mapping => 0,
            (Part::Value, _) if mapping => 1,
            (Part::Value, "list" | "List" | "Sequence" | "deque" | "MutableSequence") => 0,
            _ => return None,
        };
        module.annotated_type(*parameters.get(index)?)
    }
}
