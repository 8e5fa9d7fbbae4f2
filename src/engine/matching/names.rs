//! The metavariables that a pattern binds, in the order in which it speaks of them.

use std::sync::Arc;

use super::pattern::{
    Argument, Class, Function, If, Import, ImportedName, Name, Otherwise, Parameter, Part, Piece, Segment,
};

/// Adds the names of `part` to `names`, each once.
pub(super) fn collect(part: &Part, names: &mut Vec<Name>) {
    match part {
        Part::Meta(name) | Part::Many(name) | Part::StringMeta(name) => add(names, name),
        Part::Typed { name, of } => {
            add(names, name);
            collect(of, names);
        }
        Part::Deep(inner) | Part::Chain(inner) => collect(inner, names),
        Part::Formatted(pieces) => pieces.iter().for_each(|piece| of_piece(piece, names)),
        Part::Dotted(segments) => segments.iter().for_each(|segment| of_segment(segment, names)),
        Part::Attribute { object, name } => {
            collect(object, names);
            of_segment(name, names);
        }
        Part::Call(call) => {
            collect(&call.function, names);
            of_arguments(&call.arguments, names);
        }
        Part::Operands { parts, .. } | Part::Unordered { parts, .. } | Part::Block(parts) => {
            of_parts(parts, names);
        }
        Part::Assign(assign) => {
            collect(&assign.target, names);
            of_parts(assign.annotation.iter().chain(&assign.value), names);
        }
        Part::Function(function) => of_function(function, names),
        Part::Class(class) => of_class(class, names),
        Part::If(branch) => of_if(branch, names),
        Part::Import(imports) => imports.iter().for_each(|import| of_import(import, names)),
        Part::With { items, body, .. } => of_parts(items.iter().chain(body), names),
        Part::Except { what, alias, body } => {
            what.iter().chain(alias).for_each(|part| collect(part, names));
            of_parts(body, names);
        }
        Part::Parameter(parameter) => of_parameter(parameter, names),
        Part::Node { children, .. } => children.iter().for_each(|child| collect(&child.part, names)),
        Part::Dots | Part::AnyString | Part::StringLike(_) | Part::Constant(_) | Part::Text(_) => {}
    }
}

fn of_parts<'p>(parts: impl IntoIterator<Item = &'p Part>, names: &mut Vec<Name>) {
    parts.into_iter().for_each(|part| collect(part, names));
}

fn of_piece(piece: &Piece, names: &mut Vec<Name>) {
    if let Piece::Hole(part) = piece {
        collect(part, names);
    }
}

fn of_segment(segment: &Segment, names: &mut Vec<Name>) {
    if let Segment::Any(name) = segment {
        add(names, name);
    }
}

fn of_arguments(arguments: &[Argument], names: &mut Vec<Name>) {
    for argument in arguments {
        argument.keyword.iter().for_each(|keyword| of_segment(keyword, names));
        collect(&argument.value, names);
    }
}

fn of_function(function: &Function, names: &mut Vec<Name>) {
    of_parts(&function.decorators, names);
    of_segment(&function.name, names);
    of_parts(function.parameters.iter().chain(&function.returns).chain(&function.body), names);
}

fn of_class(class: &Class, names: &mut Vec<Name>) {
    of_parts(&class.decorators, names);
    of_segment(&class.name, names);
    of_arguments(&class.bases, names);
    of_parts(&class.body, names);
}

fn of_if(branch: &If, names: &mut Vec<Name>) {
    collect(&branch.condition, names);
    of_parts(&branch.body, names);
    match &branch.otherwise {
        Some(Otherwise::Else(body)) => of_parts(body, names),
        Some(Otherwise::If(inner)) => of_if(inner, names),
        None => {}
    }
}

fn of_import(import: &Import, names: &mut Vec<Name>) {
    import.module.iter().chain(&import.alias).for_each(|segment| of_segment(segment, names));
    if let Some(ImportedName::One(segment)) = &import.name {
        of_segment(segment, names);
    }
}

fn of_parameter(parameter: &Parameter, names: &mut Vec<Name>) {
    of_segment(&parameter.name, names);
    of_parts(parameter.annotation.iter().chain(&parameter.default), names);
}

fn add(names: &mut Vec<Name>, name: &Name) {
    if name.as_ref() != "_" && !names.contains(name) {
        names.push(Arc::clone(name));
    }
}
