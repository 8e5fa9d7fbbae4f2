//! Django's synchronous ORM: querysets that are evaluated, and instances that are saved. A model of another file is
//! known by its manager, `Model.objects`, in a file that speaks of Django.

use crate::engine::analysis::calls;
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::naming::assigned;

/// Links of one chain of queryset methods.
const LINKS: usize = 24;
const MANAGERS: [&str; 3] = ["objects", "_default_manager", "_base_manager"];
/// Methods of a queryset that ask the database at once.
const ASKING: [&str; 16] = [
    "get",
    "create",
    "first",
    "last",
    "count",
    "exists",
    "aggregate",
    "update",
    "delete",
    "get_or_create",
    "update_or_create",
    "bulk_create",
    "bulk_update",
    "in_bulk",
    "latest",
    "earliest",
];
/// Methods that give another queryset, which asks when somebody goes over it.
const LAZY: [&str; 18] = [
    "all",
    "filter",
    "exclude",
    "order_by",
    "values",
    "values_list",
    "annotate",
    "select_related",
    "prefetch_related",
    "distinct",
    "only",
    "defer",
    "using",
    "none",
    "union",
    "reverse",
    "select_for_update",
    "iterator",
];
/// Methods of an instance that write it.
const WRITING: [&str; 3] = ["save", "delete", "refresh_from_db"];
/// Builtins that go over what they are given.
const GOING_OVER: [&str; 10] = ["list", "tuple", "set", "len", "sorted", "bool", "sum", "dict", "any", "all"];

/// `django.db.models.Manager.get` and the like, for a call that asks the database.
pub(super) fn name(module: &Module, call: NodeId) -> Option<String> {
    let method = method(module, call)?;
    let asks = ASKING.contains(&method) || (LAZY.contains(&method) && is_gone_over(module, call));
    if asks && speaks_of_django(module) && is_on_manager(module, call) {
        let method = if LAZY.contains(&method) { "__iter__" } else { method };
        return Some(format!("django.db.models.Manager.{method}"));
    }
    let writes = WRITING.contains(&method) && speaks_of_django(module) && is_on_instance(module, call);
    writes.then(|| format!("django.db.models.Model.{method}"))
}

fn speaks_of_django(module: &Module) -> bool {
    ["django", "channels"].iter().any(|word| module.mentions(word))
}

fn method(module: &Module, call: NodeId) -> Option<&str> {
    let tree = module.tree();
    let callee = tree.child(call, Field::Function).filter(|node| tree.kind(*node) == Kind::Attribute)?;
    tree.child(callee, Field::Attribute).map(|name| module.text(name))
}

/// The chain of calls begins at the manager of a class: `User.objects.filter(...).first()`.
fn is_on_manager(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let mut node = calls::receiver(module, call);
    for _ in 0..LINKS {
        let Some(link) = node else { return false };
        node = match tree.kind(link) {
            Kind::Call => method(module, link)
                .filter(|method| LAZY.contains(method))
                .and_then(|_| calls::receiver(module, link)),
            Kind::Identifier => assigned(module, link).filter(|value| tree.kind(*value) == Kind::Call),
            Kind::Attribute => return is_manager(module, link),
            _ => return false,
        };
    }
    false
}

fn is_manager(module: &Module, attribute: NodeId) -> bool {
    let tree = module.tree();
    let name = tree.child(attribute, Field::Attribute).map_or("", |name| module.text(name));
    let Some(owner) = tree.child(attribute, Field::Object) else { return false };
    let is_class = match tree.kind(owner) {
        Kind::Identifier | Kind::Attribute => {
            let last = calls::last(module.text(owner));
            last.starts_with(|c: char| c.is_uppercase()) && last.contains(|c: char| c.is_lowercase())
        }
        _ => false,
    };
    is_class && MANAGERS.contains(&name)
}

/// An instance that this function made or fetched: `order = await Order.objects.aget(...)`.
fn is_on_instance(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let Some(object) = calls::receiver(module, call).filter(|node| tree.kind(*node) == Kind::Identifier)
    else {
        return false;
    };
    let Some(value) = assigned(module, object) else { return false };
    let made = if tree.kind(value) == Kind::Await { tree.first_named(value) } else { Some(value) };
    let Some(made) = made.filter(|made| tree.kind(*made) == Kind::Call) else { return false };
    let fetched = method(module, made).is_some_and(|method| {
        let method = method.strip_prefix('a').unwrap_or(method);
        matches!(method, "get" | "create" | "first" | "last" | "latest" | "earliest")
    });
    let constructed = || {
        let class = module.callee(made).unwrap_or_default();
        let last = calls::last(class);
        class.contains(".models.") && last.starts_with(|c: char| c.is_uppercase())
    };
    (fetched && is_on_manager(module, made)) || constructed()
}

/// `for x in queryset`, `list(queryset)`, `queryset[0]`.
fn is_gone_over(module: &Module, call: NodeId) -> bool {
    let tree = module.tree();
    let Some(parent) = tree.parent(call) else { return false };
    match tree.kind(parent) {
        Kind::ForStatement | Kind::ForInClause => {
            tree.field(call) == Field::Right && !module.is_async(parent)
        }
        Kind::Subscript => {
            let index = tree.child(parent, Field::Subscript).map(|index| tree.kind(index));
            tree.field(call) == Field::Value && index == Some(Kind::Integer)
        }
        Kind::ArgumentList => {
            let function = tree.parent(parent).and_then(|outer| module.callee(outer));
            let builtin = function.and_then(|name| name.strip_prefix("builtins."));
            builtin.is_some_and(|name| GOING_OVER.contains(&name))
        }
        _ => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_method_both_asks_and_waits() {
        assert!(ASKING.iter().all(|method| !LAZY.contains(method)));
    }
}
