//! Peers whose identity is not checked: an argument or attribute set so that any certificate or host key will do.
//! A setting that switches it, and a peer on this machine, are no findings.

mod excuse;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{BindingKind, Constant, Field, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::table::Table;
use super::{Analysis, Parameters};
use excuse::Facts;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Arguments that switch verification off, by what takes them.
    arguments: Vec<Switch>,
    /// Attributes that do, by the type that has them; any type where none is named.
    attributes: Vec<Switch>,
    /// Names whose very use does.
    names: Vec<String>,
    /// Host key policies that accept any key.
    policies: Vec<String>,
}

#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    #[serde(default)]
    names: Vec<String>,
    keyword: String,
    values: Vec<Value>,
    instead: String,
}

impl Switch {
    /// The argument by which the call switches verification off.
    fn off(&self, module: &Module, call: NodeId) -> Option<NodeId> {
        match calls::argument(module, call, &self.keyword, None) {
            Argument::Given(value) if self.accepts(module, value) => Some(value),
            _ => None,
        }
    }

    /// The value itself, or the default of the parameter that is handed on.
    fn accepts(&self, module: &Module, value: NodeId) -> bool {
        let is_off = |value| self.values.iter().any(|known| known.is(module, value));
        is_off(value) || default_of(module, value).is_some_and(is_off)
    }
}

/// The default of the parameter that a name, or an attribute set once from it, stands for.
fn default_of(module: &Module, value: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let name = match tree.kind(value) {
        Kind::Identifier => value,
        Kind::Attribute => {
            let class = module.class_of(tree.child(value, Field::Object)?)?;
            let name = module.names().get(module.text(tree.child(value, Field::Attribute)?))?;
            match module.class(class).attributes.get(&name)?.as_slice() {
                [only] => only.value.filter(|node| tree.kind(*node) == Kind::Identifier)?,
                _ => return None,
            }
        }
        _ => return None,
    };
    let mut bindings = module.bindings_of(name);
    let only = bindings.next().filter(|binding| binding.kind == BindingKind::Parameter)?;
    only.value.filter(|_| bindings.next().is_none())
}

/// A value as the code has it: a constant, or a name that stands for one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Value {
    Bool(bool),
    Text(String),
    Null(()),
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { arguments, attributes, names, policies } = parameters.read()?;
    let rule = Rule { arguments: Table::new(by_callee(arguments)), attributes, names, policies };
    let uses =
        Starts::kinds([Kind::Attribute, Kind::Identifier], rule.names.iter().map(|name| calls::last(name)));
    let assignments =
        Starts::kinds([Kind::Assignment], rule.attributes.iter().map(|switch| switch.keyword.as_str()));
    let policy = Starts::calls(["set_missing_host_key_policy"]);
    Ok(Analysis {
        starts: rule.arguments.starts().or(uses).or(assignments).or(policy),
        names: &["WHAT", "INSTEAD"],
        run: Box::new(move |module, nodes, hits| {
            let facts = Facts::default();
            hits.extend(nodes.iter().filter_map(|node| rule.visit(module, *node, &facts)));
        }),
    })
}

/// A callee may have several switches: aiohttp's `ssl` and its older `verify_ssl`.
fn by_callee(switches: Vec<Switch>) -> BTreeMap<String, Vec<Switch>> {
    let mut each: BTreeMap<String, Vec<Switch>> = BTreeMap::new();
    for switch in switches {
        for name in switch.names.clone() {
            each.entry(name).or_default().push(switch.clone());
        }
    }
    each
}

struct Rule {
    arguments: Table<Vec<Switch>>,
    attributes: Vec<Switch>,
    names: Vec<String>,
    policies: Vec<String>,
}

fn without_default((what, instead): (String, String)) -> (String, String, Option<NodeId>) {
    (what, instead, None)
}

impl Rule {
    fn visit(&self, module: &Module, node: NodeId, facts: &Facts) -> Option<Hit> {
        let (what, instead, default) = match module.tree().kind(node) {
            Kind::Call => self.call(module, node)?,
            Kind::Assignment => without_default(self.assignment(module, node, facts)?),
            _ => without_default(self.name(module, node)?),
        };
        let chosen = excuse::is_chosen(module, node, facts)
            || excuse::is_for_server(module, node)
            || excuse::says_so(module, node);
        let hit = (!chosen).then(|| Hit::at(node).with("WHAT", what).with("INSTEAD", instead))?;
        let hit = match default {
            Some(default) => hit.and(default, "the default: who does not think of it gets this"),
            None => hit,
        };
        let silenced = facts.silenced.get_or_init(|| excuse::silenced(module));
        Some(match silenced {
            Some(call) => hit.and(*call, "the warnings that would tell of it are silenced here"),
            None => hit,
        })
    }

    fn call(&self, module: &Module, call: NodeId) -> Option<(String, String, Option<NodeId>)> {
        let callee = module.callee(call)?;
        if calls::last(callee) == "set_missing_host_key_policy" {
            return self.policy(module, call, callee).map(without_default);
        }
        let switches = self.arguments.get(callee)?.iter();
        let (switch, value) =
            switches.filter_map(|switch| Some((switch, switch.off(module, call)?))).next()?;
        let keyword = &switch.keyword;
        let what = format!("{}({keyword}={})", calls::spelled(module, call), calls::short(module, value));
        let default = default_of(module, value).filter(|_| module.constant(value).is_none());
        (!excuse::is_to_this_machine(module, call)).then(|| (what, switch.instead.clone(), default))
    }

    fn policy(&self, module: &Module, call: NodeId, callee: &str) -> Option<(String, String)> {
        let Argument::Given(policy) = calls::argument(module, call, "policy", Some(0)) else { return None };
        let tree = module.tree();
        let class = tree.child(policy, Field::Function).unwrap_or(policy);
        let name = module.qualified_name(class).or(module.type_of(policy))?;
        let accepts = callee.starts_with("paramiko.") && self.policies.iter().any(|known| known == name);
        let instead = "`load_system_host_keys()` or `load_host_keys(path)` with `paramiko.RejectPolicy()`";
        accepts.then(|| (calls::last(name).to_owned(), instead.to_owned()))
    }

    /// `context.verify_mode = ssl.CERT_NONE`. `check_hostname = False` beside it says nothing more.
    fn assignment(&self, module: &Module, node: NodeId, facts: &Facts) -> Option<(String, String)> {
        let tree = module.tree();
        let (left, right) = (tree.child(node, Field::Left)?, tree.child(node, Field::Right)?);
        let name = tree.child(left, Field::Attribute).filter(|_| tree.kind(left) == Kind::Attribute)?;
        let object = tree.child(left, Field::Object)?;
        let switch = self
            .attributes
            .iter()
            .find(|switch| switch.keyword == module.text(name) && switch.is_of(module, object))?;
        let off = switch.values.iter().any(|known| known.is(module, right));
        let hostname = switch.keyword == "check_hostname";
        if !off
            || (hostname
                && (excuse::is_said_beside(module, node, object, facts) || excuse::is_pinned(module, node)))
        {
            return None;
        }
        Some((format!("{} = {}", module.text(left), module.text(right)), switch.instead.clone()))
    }

    /// `ssl._create_unverified_context`, called, assigned or handed on.
    fn name(&self, module: &Module, node: NodeId) -> Option<(String, String)> {
        let tree = module.tree();
        let is_part = tree.parent(node).is_some_and(|parent| {
            // A table of choices, or a question, switches nothing off.
            matches!(tree.kind(parent), Kind::Attribute | Kind::Pair | Kind::ComparisonOperator)
                || module
                    .ancestors_in_function(node)
                    .any(|node| matches!(tree.kind(node), Kind::ImportStatement | Kind::ImportFromStatement))
        });
        let qualified = module.qualified_name(node).filter(|_| !is_part)?;
        let known = self.names.iter().any(|name| name == qualified);
        let is_target = tree.field(node) == Field::Left;
        let instead =
            "`ssl.create_default_context()`, with `cafile=` for a certificate authority of your own";
        (known && !is_target).then(|| (qualified.to_owned(), instead.to_owned()))
    }
}

impl Switch {
    fn is_of(&self, module: &Module, object: NodeId) -> bool {
        self.names.is_empty()
            || module.type_of(object).is_some_and(|known| self.names.iter().any(|name| name == known))
    }
}

impl Value {
    fn is(&self, module: &Module, node: NodeId) -> bool {
        let constant = module.constant(node);
        match self {
            Value::Bool(value) => constant == Some(Constant::Bool(*value)),
            Value::Null(()) => constant == Some(Constant::None),
            Value::Text(text) => {
                constant.as_ref().and_then(Constant::as_str) == Some(text)
                    || module.qualified_name(node) == Some(text)
            }
        }
    }
}
