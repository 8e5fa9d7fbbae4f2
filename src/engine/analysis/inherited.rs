//! What a class of this file has from classes of libraries: the bases above it, and the methods it leaves to them.

use crate::engine::python::{ClassId, Module};

/// The classes of this file from `class` upwards, itself first.
pub(super) fn own_classes(module: &Module, class: ClassId) -> Vec<ClassId> {
    let (order, _) = module.resolution_order(class);
    if order.is_empty() { vec![class] } else { order }
}

/// Qualified names of the bases that are not of this file, however far up.
pub(super) fn library_bases(module: &Module, class: ClassId) -> Vec<&str> {
    let classes = own_classes(module, class);
    let bases = classes.iter().flat_map(|id| &module.class(*id).bases);
    let names = bases.filter_map(|base| module.qualified_name(module.unsubscripted(*base)));
    names.filter(|name| module.local_class(name).is_none()).collect()
}

/// Whether the class or one above it in this file defines the member.
pub(super) fn defines(module: &Module, class: ClassId, member: &str) -> bool {
    let Some(name) = module.names().get(member) else { return false };
    let has = |id: &ClassId| !module.scopes().bound_in(module.class(*id).scope, name).is_empty();
    own_classes(module, class).iter().any(has)
}

/// `~Api.get` of a class of this file that leaves `get` to its bases, as `requests.Session.get`.
pub(super) fn names(module: &Module, callee: &str) -> Vec<String> {
    let Some((owner, method)) = callee.rsplit_once('.') else { return Vec::new() };
    let Some(class) = module.local_class(owner).filter(|class| !defines(module, *class, method)) else {
        return Vec::new();
    };
    library_bases(module, class).into_iter().map(|base| format!("{base}.{method}")).collect()
}
