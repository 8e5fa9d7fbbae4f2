//! Reasons why a call may reach something else than the definition that its name leads to, or may be meant to fail.

use std::collections::HashSet;

use crate::engine::python::{
    Class, ClassId, Constant, Field, Function, FunctionId, Kind, Module, NodeId, Param, ParamKind,
};

use super::super::calls;
use super::super::memo::Memo;

/// What holds for a whole file.
pub(super) struct Doubt<'m> {
    module: &'m Module,
    /// Names of attributes that something else than a method's `self` is given.
    patched: HashSet<String>,
    /// Classes that inherit, directly or not, beside or behind several bases.
    cooperative: HashSet<ClassId>,
    /// By callee: whether some function asks for its signature.
    asked: Memo<String, bool>,
}

impl<'m> Doubt<'m> {
    pub(super) fn of(module: &'m Module) -> Doubt<'m> {
        let mut cooperative = HashSet::new();
        for (id, _) in module.classes().filter(|(_, class)| class.bases.len() > 1) {
            cooperative.extend(module.resolution_order(id).0);
        }
        Doubt { module, patched: patched(module), cooperative, asked: Memo::default() }
    }

    pub(super) fn is_patched(&self, name: &str) -> bool {
        self.patched.contains(name) || self.patched.contains("__defaults__")
    }

    /// Whether a class of the file that inherits the method gives the name another meaning.
    pub(super) fn is_overridden(&self, method: FunctionId) -> bool {
        let module = self.module;
        let function = module.function(method);
        let (Some(name), Some(owner)) = (function.name, function.class) else { return false };
        let has = |class: &Class| {
            class.attributes.contains_key(&name) || !module.scopes().bound_in(class.scope, name).is_empty()
        };
        module
            .classes()
            .filter(|(id, class)| *id != owner && has(class))
            .any(|(id, _)| module.resolution_order(id).0.contains(&owner))
    }

    /// Whether a function of the file that names the callee looks at signatures: it may tell others how to call.
    pub(super) fn is_asked_about(&self, call: NodeId, lookups: &[String]) -> bool {
        let module = self.module;
        let callee = calls::method(module, call);
        let names = |node: NodeId| module.identifiers_in(node).any(|(name, _)| module.text(name) == callee);
        self.asked.get(callee.to_owned(), || {
            let mut functions = module.functions().map(|(_, function)| function);
            functions.any(|function| names(function.node) && looks(module, function, lookups))
        })
    }

    /// Whether `super()` here may mean another class than the base of this one.
    pub(super) fn is_cooperative(&self, call: NodeId) -> bool {
        self.module.enclosing_class(call).is_some_and(|class| self.cooperative.contains(&class))
    }
}

/// `super().method(...)`.
pub(super) fn is_through_super(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let object = tree.child(call, Field::Function).and_then(|callee| tree.child(callee, Field::Object));
    object.is_some_and(|object| module.callee(object) == Some("builtins.super"))
}

/// `Class.name = ...`, `module.name = ...` and `setattr(x, "name", ...)`.
fn patched(module: &Module) -> HashSet<String> {
    let tree = module.tree();
    let mut names = HashSet::new();
    for node in tree.nodes() {
        match tree.kind(node) {
            Kind::Assignment => {
                let left = tree.child(node, Field::Left).filter(|left| tree.kind(*left) == Kind::Attribute);
                let attribute = left.and_then(|left| tree.child(left, Field::Attribute));
                names.extend(attribute.map(|attribute| module.text(attribute).to_owned()));
            }
            Kind::Call if module.callee(node) == Some("builtins.setattr") => {
                let name = calls::arguments(module, node).positional.get(1).copied();
                if let Some(Constant::Str(name)) = name.and_then(|name| module.constant(name)) {
                    names.insert(name);
                }
            }
            _ => {}
        }
    }
    names
}

/// The names under which the file's functions and classes can be called.
pub(super) fn names_of_definitions(module: &Module) -> HashSet<&str> {
    let functions = module.functions().filter_map(|(_, function)| function.name);
    let classes = module.classes().map(|(_, class)| class.name);
    functions.chain(classes).map(|name| module.names().text(name)).collect()
}

/// Whether a call's last name is that of a definition: most calls are of something else, and cheap to rule out.
pub(super) fn may_call(module: &Module, call: NodeId, names: &HashSet<&str>) -> bool {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function);
    let name = callee.and_then(|callee| match tree.kind(callee) {
        Kind::Attribute => tree.child(callee, Field::Attribute),
        Kind::Identifier => Some(callee),
        _ => None,
    });
    name.is_some_and(|name| names.contains(module.text(name)))
}

/// Whether arguments or parameters are gathered, so that what binds cannot be told from the text.
pub(super) fn is_open(module: &Module, call: NodeId, params: &[Param]) -> bool {
    let tree = module.tree();
    let gathers = |param: &Param| {
        let tuple = tree.parent(param.node).is_some_and(|node| tree.kind(node) == Kind::TuplePattern);
        tuple || matches!(param.kind, ParamKind::VarPositional | ParamKind::VarKeyword)
    };
    calls::arguments(module, call).open || params.iter().any(gathers)
}

/// A call in a `try` that catches TypeError, or under `suppress`, `raises` and the like.
pub(super) fn expects_the_error(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let catches = |handler: NodeId| {
        let header = tree.named_children(handler).take_while(|part| tree.kind(*part) != Kind::Block);
        tree.kind(handler) == Kind::ExceptClause
            && header.into_iter().any(|part| calls::beginning(module, part).contains("TypeError"))
    };
    let in_try = module.enclosing_tries(call).any(|statement| tree.named_children(statement).any(catches));
    let expected = |item: NodeId| {
        let text = calls::beginning(module, item);
        text.contains("TypeError") || text.contains("raises") || text.contains("Raises")
    };
    in_try || module.enclosing_with_items(call).any(expected)
}

/// Whether the function around the call looks at signatures, to call each callee in its way.
pub(super) fn looks_at_signatures(module: &Module, call: NodeId, lookups: &[String]) -> bool {
    module.enclosing_def(call).is_some_and(|(_, function)| looks(module, function, lookups))
}

fn looks(module: &Module, function: &Function, lookups: &[String]) -> bool {
    let tree = module.tree();
    let known = |path: &str| lookups.iter().any(|known| known == calls::last(path));
    tree.subtree(function.node).any(|node| match tree.kind(node) {
        Kind::Call => module.callee(node).is_some_and(known),
        Kind::Attribute => tree.child(node, Field::Attribute).is_some_and(|name| known(module.text(name))),
        _ => false,
    })
}

/// Whether a condition or a `try` decides whether this definition is made, and the call stands outside.
pub(super) fn is_conditional(module: &Module, definition: NodeId, call: NodeId) -> bool {
    let tree = module.tree();
    let conditional = |node: &NodeId| {
        matches!(tree.kind(*node), Kind::IfStatement | Kind::TryStatement | Kind::MatchStatement)
    };
    module.ancestors_in_function(definition).filter(conditional).any(|node| !tree.contains(node, call))
}

/// `cls(...)`: the class that it is called on may be another.
pub(super) fn is_through_receiver(module: &Module, call: NodeId) -> bool {
    let callee = module.tree().child(call, Field::Function);
    callee.is_some_and(|callee| {
        module.tree().kind(callee) == Kind::Identifier && module.qualified_name(callee).is_none()
    })
}

/// Python 2's way to give a metaclass.
pub(super) fn names_a_metaclass(module: &Module, class: ClassId) -> bool {
    let (order, _) = module.resolution_order(class);
    order.iter().any(|class| module.bindings(module.class(*class).scope, "__metaclass__").next().is_some())
}

/// A method that only says what subclasses are to write.
pub(super) fn is_a_stub(module: &Module, id: FunctionId) -> bool {
    let tree = module.tree();
    let function: &Function = module.function(id);
    let Some(body) = function.body else { return true };
    tree.named_children(body).all(|statement| match tree.kind(statement) {
        Kind::PassStatement => true,
        Kind::RaiseStatement => module.text(statement).contains("NotImplemented"),
        Kind::ExpressionStatement => {
            let only = tree.first_named(statement).map(|only| tree.kind(only));
            matches!(only, Some(Kind::String | Kind::ConcatenatedString | Kind::Ellipsis))
        }
        Kind::ReturnStatement => {
            tree.first_named(statement).is_none_or(|value| tree.kind(value) == Kind::None)
        }
        _ => false,
    })
}
