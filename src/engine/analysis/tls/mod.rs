//! Peers whose identity is not checked: an argument or attribute set so that any certificate or host key will do.
//! A setting that switches it, and a peer on this machine, are no findings.

mod excuse;
mod handed;
mod switch;

use std::collections::BTreeMap;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Field, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::table::Table;
use super::{Analysis, Parameters};
use excuse::Facts;
use switch::{Switch, default_of};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    /// Arguments that switch verification off, by what takes them.
    arguments: Vec<Switch>,
    /// Arguments so named that they say it themselves, of whatever a library makes.
    explicit: Vec<Switch>,
    /// Attributes that do, by the type that has them; any type where none is named.
    attributes: Vec<Switch>,
    /// Names whose very use does.
    names: Vec<String>,
    /// Host key policies that accept any key.
    policies: Vec<String>,
}

pub(super) fn make(parameters: Parameters) -> Result<Analysis, String> {
    let With { arguments, explicit, attributes, names, policies } = parameters.read()?;
    let rule = Rule { arguments: Table::new(by_callee(arguments)), explicit, attributes, names, policies };
    let uses =
        Starts::kinds([Kind::Attribute, Kind::Identifier], rule.names.iter().map(|name| calls::last(name)));
    let assignments =
        Starts::kinds([Kind::Assignment], rule.attributes.iter().map(|switch| switch.keyword.as_str()));
    let policy = Starts::calls(["set_missing_host_key_policy"]);
    let explicit = Starts::kinds([Kind::Call], rule.explicit.iter().map(|switch| switch.keyword.as_str()));
    Ok(Analysis {
        starts: rule.arguments.starts().or(uses).or(assignments).or(policy).or(explicit),
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
    explicit: Vec<Switch>,
    attributes: Vec<Switch>,
    names: Vec<String>,
    policies: Vec<String>,
}

/// What is switched off, what to write instead, and a further place that tells why.
type Off = (String, String, Option<(NodeId, &'static str)>);

fn by_itself((what, instead): (String, String)) -> Off {
    (what, instead, None)
}

impl Rule {
    fn visit(&self, module: &Module, node: NodeId, facts: &Facts) -> Option<Hit> {
        let (what, instead, shown) = match module.tree().kind(node) {
            Kind::Call => self.call(module, node)?,
            Kind::Assignment => by_itself(self.assignment(module, node, facts)?),
            _ => by_itself(self.name(module, node)?),
        };
        let chosen = excuse::is_chosen(module, node, facts)
            || excuse::is_for_server(module, node)
            || excuse::says_so(module, node);
        let hit = (!chosen).then(|| Hit::at(node).with("WHAT", what).with("INSTEAD", instead))?;
        let hit = match shown {
            Some((place, note)) => hit.and(place, note),
            None => hit,
        };
        let silenced = facts.silenced.get_or_init(|| excuse::silenced(module));
        Some(match silenced {
            Some(call) => hit.and(*call, "the warnings that would tell of it are silenced here"),
            None => hit,
        })
    }

    fn call(&self, module: &Module, call: NodeId) -> Option<Off> {
        let callee = module.callee(call).unwrap_or_default();
        if calls::last(callee) == "set_missing_host_key_policy" {
            return self.policy(module, call, callee).map(by_itself);
        }
        let switches = self.switches(module, call, callee).iter();
        let (switch, value) =
            switches.filter_map(|switch| Some((switch, switch.off(module, call)?))).next()?;
        let keyword = &switch.keyword;
        let what = format!("{}({keyword}={})", calls::spelled(module, call), calls::short(module, value));
        let default = default_of(module, value).filter(|_| module.constant(value).is_none());
        let elsewhere = (!module.tree().contains(call, value)).then_some((value, "switched off here"));
        let shown =
            default.map(|node| (node, "the default: who does not think of it gets this")).or(elsewhere);
        (!excuse::needs_no_check(module, call)).then(|| (what, switch.instead.clone(), shown))
    }

    /// What may switch verification off in a call of this: as the data knows it, as a client's method in a file that
    /// imports a library for HTTP, or as the constructor of some library.
    fn switches(&self, module: &Module, call: NodeId, callee: &str) -> &[Switch] {
        let known = self.arguments.get(callee).or_else(|| {
            let library = handed::http_library(module, call, callee)?;
            self.arguments.get(&format!("{library}.{}", calls::method(module, call)))
        });
        match known {
            Some(switches) => switches,
            None if handed::is_of_library(module, callee) => &self.explicit,
            None => &[],
        }
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
