//! A mismatch and a signature in words.

use crate::engine::python::{Mismatch, Module, Name, Param, ParamKind};

/// Signatures longer than this end in an ellipsis.
const LONGEST: usize = 120;

pub(super) fn why(module: &Module, mismatch: &Mismatch) -> String {
    let text = |name: &Name| module.names().text(*name);
    match mismatch {
        Mismatch::Missing(names) => match names.as_slice() {
            [only] => format!("the required argument `{}` is missing", text(only)),
            names => format!("the required arguments {} are missing", listed(module, names)),
        },
        Mismatch::TooMany { takes, given, .. } => {
            let of = if *takes == 1 { "argument" } else { "arguments" };
            let were = if *given == 1 { "is" } else { "are" };
            format!("it takes {} positional {of}, and {given} {were} given", number(*takes))
        }
        Mismatch::Unknown { name, .. } => format!("it has no parameter `{}`", text(name)),
        Mismatch::PositionalOnly { name, .. } => {
            format!("the parameter `{}` cannot be given by name", text(name))
        }
        Mismatch::Twice { name, .. } => format!("the parameter `{}` gets two values", text(name)),
    }
}

pub(super) fn remedy(module: &Module, mismatch: &Mismatch) -> String {
    let text = |name: &Name| module.names().text(*name);
    match mismatch {
        Mismatch::Missing(names) => {
            format!("Pass {}, or give the definition a default", listed(module, names))
        }
        Mismatch::TooMany { .. } => {
            "Drop the arguments that the definition does not take, pass keyword-only ones by name, or extend the \
             definition"
                .to_owned()
        }
        Mismatch::Unknown { name, .. } => {
            format!("Use the name that the definition has, or add `{}` to it", text(name))
        }
        Mismatch::PositionalOnly { name, .. } => format!("Pass `{}` by position", text(name)),
        Mismatch::Twice { name, .. } => format!("Pass `{}` once", text(name)),
    }
}

fn listed(module: &Module, names: &[Name]) -> String {
    names.iter().map(|name| format!("`{}`", module.names().text(*name))).collect::<Vec<_>>().join(", ")
}

fn number(count: usize) -> String {
    if count == 0 { "no".to_owned() } else { count.to_string() }
}

/// `name(a, b=..., *, c)`: defaults are told, not shown.
pub(super) fn signature(module: &Module, name: &str, params: &[Param]) -> String {
    let mut words: Vec<String> = Vec::new();
    for (index, param) in params.iter().enumerate() {
        let before = index.checked_sub(1).map(|index| params[index].kind);
        if before == Some(ParamKind::PositionalOnly) && param.kind != ParamKind::PositionalOnly {
            words.push("/".to_owned());
        }
        let starts_keywords = param.kind == ParamKind::KeywordOnly
            && !matches!(before, Some(ParamKind::KeywordOnly | ParamKind::VarPositional));
        if starts_keywords {
            words.push("*".to_owned());
        }
        words.push(parameter(module, param));
    }
    if params.last().is_some_and(|param| param.kind == ParamKind::PositionalOnly) {
        words.push("/".to_owned());
    }
    let whole = format!("{name}({})", words.join(", "));
    match whole.char_indices().nth(LONGEST) {
        Some((at, _)) => format!("{}...)", &whole[..at]),
        None => whole,
    }
}

fn parameter(module: &Module, param: &Param) -> String {
    let name = module.names().text(param.name);
    match (param.kind, param.default) {
        (ParamKind::VarPositional, _) => format!("*{name}"),
        (ParamKind::VarKeyword, _) => format!("**{name}"),
        (_, Some(_)) => format!("{name}=..."),
        (_, None) => name.to_owned(),
    }
}
