//! Calls and attributes of libraries that may be `None`, and when one surely is not.

use serde::Deserialize;

use crate::engine::finding::Tier;
use crate::engine::python::{BindingKind, Constant, Field, Kind, Module, NodeId};

use super::super::calls;
use super::super::table::Table;
use super::local;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct With {
    groups: Vec<Group>,
    /// Callables that reject `None`.
    rejecting: Vec<String>,
}

/// What is `None` for the same reason.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Group {
    #[serde(default)]
    names: Vec<String>,
    /// Attributes, by the type of their object.
    #[serde(default)]
    attributes: Vec<String>,
    /// Methods of objects whose type is not known, by the end of the written callee: `.headers.get`.
    #[serde(default)]
    suffixes: Vec<String>,
    /// When it is `None`.
    when: String,
    /// From this many arguments on there is a default; one that is `None` itself is none.
    default_at: Option<usize>,
    /// Only with a default that is `None`.
    #[serde(default)]
    asks_for_none: bool,
    /// A key that is written out may be part of a contract: only others count.
    #[serde(default)]
    varying: bool,
    /// Where its answer is mostly ensured by what this file does not show.
    tier: Option<Tier>,
    /// It looks up a row: the callers of a private helper may know that there is one.
    #[serde(default)]
    row: bool,
    /// Its first argument is a regular expression.
    #[serde(default)]
    pattern: bool,
    /// Words of the function's text by which there always is an answer.
    #[serde(default)]
    unless: Vec<String>,
}

/// That a value may be `None`.
pub(super) struct Possible {
    pub when: String,
    pub tier: Option<Tier>,
}

pub(super) struct Sources {
    table: Table<Group>,
    attributes: Table<Group>,
    suffixes: Vec<(String, Group)>,
    pub(super) rejecting: Vec<String>,
}

impl Sources {
    pub(super) fn new(with: With) -> Sources {
        let flat = |names: fn(&Group) -> &Vec<String>| -> Vec<(String, Group)> {
            let each = with.groups.iter();
            each.flat_map(|group| names(group).iter().map(|name| (name.clone(), group.clone()))).collect()
        };
        Sources {
            table: Table::new(flat(|group| &group.names)),
            attributes: Table::new(flat(|group| &group.attributes)),
            suffixes: flat(|group| &group.suffixes),
            rejecting: with.rejecting,
        }
    }

    /// Whether the call or attribute may be `None`.
    pub(super) fn possible(&self, module: &Module, source: NodeId) -> Option<Possible> {
        if module.tree().kind(source) == Kind::Attribute {
            return self.attribute(module, source);
        }
        let callee = module.callee(source);
        if let Some(function) = callee.and_then(|callee| module.local_function(callee)) {
            return local::possible(self, module, source, function);
        }
        let group = self.group(module, source).filter(|group| !group.is_sure(module, source))?;
        let is_ensured = group.row && is_private_helper(module, source);
        let tier = group.tier.or(is_ensured.then_some(Tier::Summary));
        Some(Possible { when: group.when.clone(), tier })
    }

    /// Whether a library's call answers `None` where it finds nothing.
    pub(super) fn is_look_up(&self, module: &Module, call: NodeId) -> bool {
        self.group(module, call).is_some_and(|group| !group.is_sure(module, call))
    }

    fn group(&self, module: &Module, call: NodeId) -> Option<&Group> {
        let written =
            module.tree().child(call, Field::Function).map_or("", |callee| calls::beginning(module, callee));
        let by_suffix = || {
            let mut suffixes = self.suffixes.iter();
            suffixes.find(|(suffix, _)| written.ends_with(suffix.as_str())).map(|(_, group)| group)
        };
        module.callee(call).and_then(|callee| self.table.get(callee)).or_else(by_suffix)
    }

    /// `urlsplit(url).hostname`, `upload.filename`.
    fn attribute(&self, module: &Module, attribute: NodeId) -> Option<Possible> {
        let tree = module.tree();
        let kind = tree.child(attribute, Field::Object).and_then(|object| module.type_of(object))?;
        let name = tree.child(attribute, Field::Attribute)?;
        let group = self.attributes.get(&format!("{kind}.{}", module.text(name)))?;
        Some(Possible { when: group.when.clone(), tier: group.tier })
    }
}

impl Group {
    /// A default is given, the key is part of a contract, the pattern matches any text, or the query always answers.
    fn is_sure(&self, module: &Module, call: NodeId) -> bool {
        let arguments = calls::arguments(module, call);
        let given = arguments.positional.len() + arguments.keywords.len();
        let is_none = |at: usize| {
            arguments.positional.get(at).is_some_and(|value| module.tree().kind(*value) == Kind::None)
        };
        let asks = self.default_at.is_some_and(|count| is_none(count - 1));
        let has_default = arguments.open || self.default_at.is_some_and(|count| given >= count) && !asks;
        let is_fixed = arguments.positional.first().is_some_and(|key| module.constant(*key).is_some());
        has_default
            || self.asks_for_none && !asks
            || self.pattern && matches_anything(module, call)
            || self.varying && is_fixed
            || self.is_excused(module, call)
    }

    fn is_excused(&self, module: &Module, call: NodeId) -> bool {
        if self.unless.is_empty() {
            return false;
        }
        let around = module.enclosing_def(call).map_or("", |(_, def)| module.text(def.node));
        let lower = around.to_ascii_lowercase();
        self.unless.iter().any(|word| lower.contains(word.as_str()))
    }
}

/// A look-up by a parameter of a private function: who calls it may have made sure.
fn is_private_helper(module: &Module, call: NodeId) -> bool {
    let Some((_, def)) = module.enclosing_def(call) else { return false };
    let is_private = def.name.is_some_and(|name| module.names().text(name).starts_with('_'));
    let is_given = |node: NodeId| {
        let is_param = |node| module.bindings_of(node).any(|binding| binding.kind == BindingKind::Parameter);
        module.tree().kind(node) == Kind::Identifier && module.text(node) != "self" && is_param(node)
    };
    let list = module.tree().subtree(call).filter(|node| module.tree().kind(*node) == Kind::ArgumentList);
    is_private && list.flat_map(|list| module.tree().subtree(list)).any(is_given)
}

/// A pattern that matches the empty text, or any letter and digit, matches any; and a constant text can be tried.
fn matches_anything(module: &Module, call: NodeId) -> bool {
    let mut arguments = calls::arguments(module, call).positional.into_iter();
    let is_compiled = module.callee(call).is_some_and(|callee| callee.starts_with("re.Pattern."));
    let pattern = if is_compiled { compiled_pattern(module, call) } else { arguments.next() };
    let text = arguments.next().and_then(|node| module.constant(node));
    let text = text.as_ref().and_then(Constant::as_str).unwrap_or_default();
    match pattern.and_then(|node| module.constant(node)) {
        Some(Constant::Str(pattern)) => regex::Regex::new(&pattern).is_ok_and(|compiled| {
            compiled.is_match(text) || ["a", "Z", "0"].iter().all(|text| compiled.is_match(text))
        }),
        // Built at run time: what it matches is not known.
        _ => true,
    }
}

/// What `re.compile` was given, for a method of the compiled pattern.
fn compiled_pattern(module: &Module, call: NodeId) -> Option<NodeId> {
    let object = calls::receiver(module, call)?;
    let compile = module.bindings_of(object).next()?.value?;
    calls::arguments(module, compile).positional.first().copied()
}
