//! Calls that cannot bind to the definition they certainly reach: a required argument missing, too many, an
//! unknown keyword. What may be another function when the call runs (overridden, patched, decorated, chosen by a
//! condition) is no evidence, nor is a call that expects the error.

mod doubt;
mod words;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{
    ClassId, Constructor, FunctionId, Kind, Mismatch, Module, NodeId, Param, Resolved,
};

use self::doubt::Doubt;
use super::{Analysis, Parameters};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Decorators that leave the signature as it is, by qualified name.
    transparent: Vec<String>,
    /// Library classes without a metaclass whose `__new__` takes what a subclass's `__init__` takes.
    ordinary: Vec<String>,
    /// What tells a callable's parameters: the last names of calls and attributes.
    lookups: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let with: With = parameters.read()?;
    Ok(Analysis {
        starts: Starts::kinds([Kind::Call], []),
        names: &["CALL", "NAME", "WHY", "SIGNATURE", "LINE", "REMEDY"],
        run: Box::new(move |module, calls, hits| {
            let names = doubt::names_of_definitions(module);
            let doubt = Doubt::of(module);
            let candidates = calls.iter().filter(|call| doubt::may_call(module, **call, &names));
            hits.extend(candidates.filter_map(|call| visit(&with, &doubt, module, *call)));
        }),
    })
}

/// What a call reaches: the parameters that its arguments go to, and where they are written.
struct Target {
    params: Vec<Param>,
    /// The definition to show.
    definition: NodeId,
    name: String,
}

fn visit(with: &With, doubt: &Doubt<'_>, module: &Module, call: NodeId) -> Option<Hit> {
    let target = match module.resolve_call(call)? {
        Resolved::Function(id) => function(with, doubt, module, call, id, 0)?,
        Resolved::Method(id) => method(with, doubt, module, call, id)?,
        Resolved::Constructor(id) => constructor(with, doubt, module, call, id)?,
    };
    if doubt::is_open(module, call, &target.params) || doubt::expects_the_error(module, call) {
        return None;
    }
    let mismatch = module.bind_to(call, &target.params).err()?;
    if doubt::looks_at_signatures(module, call, &with.lookups) || doubt.is_asked_about(call, &with.lookups) {
        return None;
    }
    Some(hit(module, call, &target, &mismatch))
}

fn function(
    with: &With,
    doubt: &Doubt<'_>,
    module: &Module,
    call: NodeId,
    id: FunctionId,
    skip: usize,
) -> Option<Target> {
    let function = module.function(id);
    let name = module.names().text(function.name?);
    let known = function.decorators.iter().all(|decorator| with.is_transparent(module, decorator.callee));
    let plain = known && !doubt.is_patched(name) && !doubt::is_conditional(module, function.node, call);
    let params = function.params.get(skip..)?.to_vec();
    plain.then(|| Target { params, definition: function.node, name: name.to_owned() })
}

fn method(with: &With, doubt: &Doubt<'_>, module: &Module, call: NodeId, id: FunctionId) -> Option<Target> {
    let function_of = module.function(id);
    let receiver = function_of.params.first().filter(|param| param.is_positional())?;
    let conventional = matches!(module.names().text(receiver.name), "self" | "cls" | "mcs" | "klass" | "_");
    let other = match doubt::is_through_super(module, call) {
        true => doubt.is_cooperative(call),
        false => doubt.is_overridden(id) || doubt::is_a_stub(module, id),
    };
    if !conventional || other {
        return None;
    }
    function(with, doubt, module, call, id, 1)
}

fn constructor(with: &With, doubt: &Doubt<'_>, module: &Module, call: NodeId, id: ClassId) -> Option<Target> {
    let class = module.class(id);
    let name = module.names().text(class.name);
    if doubt::is_through_receiver(module, call) || doubt.is_patched("__init__") || doubt.is_patched(name) {
        return None;
    }
    if doubt::is_conditional(module, class.node, call) || doubt::names_a_metaclass(module, id) {
        return None;
    }
    let ordinary = |path: &str| with.ordinary.iter().any(|known| known == path);
    let constructor = module.constructor_with(id, &ordinary)?;
    let definition = match constructor {
        Constructor::Init(init) => module.function(init).node,
        Constructor::Fields(_) | Constructor::Nothing => class.node,
    };
    Some(Target { params: constructor.params(module), definition, name: name.to_owned() })
}

impl With {
    fn is_transparent(&self, module: &Module, decorator: NodeId) -> bool {
        module
            .qualified_name(decorator)
            .is_some_and(|path| self.transparent.iter().any(|known| known == path))
    }
}

fn hit(module: &Module, call: NodeId, target: &Target, mismatch: &Mismatch) -> Hit {
    let signature = words::signature(module, &target.name, &target.params);
    Hit::at(call)
        .with("CALL", super::calls::spelled(module, call))
        .with("NAME", &target.name)
        .with("WHY", words::why(module, mismatch))
        .with("REMEDY", words::remedy(module, mismatch))
        .with("SIGNATURE", &signature)
        .with("LINE", module.span(target.definition).start.line.to_string())
        .and(target.definition, format!("defined as `{signature}`"))
}
