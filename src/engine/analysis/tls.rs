//! Peers whose identity is not checked: an argument or attribute set so that any certificate or host key will do.
//! A setting that switches it, and a peer on this machine, are no findings.

use std::collections::{BTreeMap, HashSet};
use std::rc::Rc;

use serde::Deserialize;

use crate::engine::matching::{Hit, Starts};
use crate::engine::python::{Constant, Field, Kind, Module, NodeId};

use super::calls::{self, Argument};
use super::memo::Memo;
use super::table::Table;
use super::{Analysis, Parameters};

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
            Argument::Given(value) if self.values.iter().any(|known| known.is(module, value)) => Some(value),
            _ => None,
        }
    }
}

/// A value as the code has it: a constant, or a name that stands for one.
#[derive(Clone, Debug, Deserialize)]
#[serde(untagged)]
enum Value {
    Bool(bool),
    Text(String),
    Null(()),
}

/// Words in conditions that show that somebody chose: a setting, an option, a kind of environment.
const CHOICES: [&str; 17] = [
    "insecure",
    "verify",
    "ssl",
    "tls",
    "cert",
    "unsafe",
    "skip",
    "check",
    "allow",
    "trust",
    "strict",
    "self_signed",
    "hostname",
    "debug",
    "dev",
    "local",
    "no_",
];

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

/// What was learnt of the file on the way.
#[derive(Default)]
struct Facts {
    /// By function: the first condition that speaks of verifying.
    choices: Memo<NodeId, Option<NodeId>>,
    /// By block: the objects whose `verify_mode` it switches off.
    off: Memo<NodeId, Rc<HashSet<String>>>,
}

impl Rule {
    fn visit(&self, module: &Module, node: NodeId, facts: &Facts) -> Option<Hit> {
        let (what, instead) = match module.tree().kind(node) {
            Kind::Call => self.call(module, node)?,
            Kind::Assignment => self.assignment(module, node, facts)?,
            _ => self.name(module, node)?,
        };
        let chosen = is_chosen(module, node, facts) || is_for_server(module, node) || says_so(module, node);
        (!chosen).then(|| Hit::at(node).with("WHAT", what).with("INSTEAD", instead))
    }

    fn call(&self, module: &Module, call: NodeId) -> Option<(String, String)> {
        let callee = module.callee(call)?;
        if calls::last(callee) == "set_missing_host_key_policy" {
            return self.policy(module, call, callee);
        }
        let switches = self.arguments.get(callee)?.iter();
        let (switch, value) =
            switches.filter_map(|switch| Some((switch, switch.off(module, call)?))).next()?;
        let keyword = &switch.keyword;
        let what = format!("{}({keyword}={})", calls::spelled(module, call), calls::short(module, value));
        (!is_to_this_machine(module, call)).then(|| (what, switch.instead.clone()))
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
        if !off || (switch.keyword == "check_hostname" && is_said_beside(module, node, object, facts)) {
            return None;
        }
        Some((format!("{} = {}", module.text(left), module.text(right)), switch.instead.clone()))
    }

    /// `ssl._create_unverified_context`, called, assigned or handed on.
    fn name(&self, module: &Module, node: NodeId) -> Option<(String, String)> {
        let tree = module.tree();
        let is_part = tree.parent(node).is_some_and(|parent| {
            tree.kind(parent) == Kind::Attribute
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

/// Whether the same block sets the same object's `verify_mode` to nothing, which needs `check_hostname` off.
fn is_said_beside(module: &Module, node: NodeId, object: NodeId, facts: &Facts) -> bool {
    let tree = module.tree();
    let Some(block) = tree.parent(module.statement_of(node)) else { return false };
    let off = facts.off.get(block, || {
        let statements = tree.named_children(block).map(|statement| calls::beginning(module, statement));
        let halves = statements.filter_map(|text| text.split_once(".verify_mode"));
        let off = halves.filter(|(_, value)| value.contains("CERT_NONE"));
        Rc::new(off.map(|(object, _)| object.to_owned()).collect())
    });
    off.contains(module.text(object))
}

/// The variable or function that holds it is named for what it is: whoever uses it chooses.
fn says_so(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let is_open = |name: &str| {
        ["insecure", "unverif", "noverify", "no_verify", "unsafe"]
            .iter()
            .any(|word| name.to_lowercase().contains(word))
    };
    let target = tree
        .child(module.statement_of(node), Field::Left)
        .or(tree.first_named(module.statement_of(node)).and_then(|node| tree.child(node, Field::Left)));
    let function =
        module.enclosing_def(node).and_then(|(_, def)| def.name).map(|name| module.names().text(name));
    target.is_some_and(|target| is_open(calls::beginning(module, target))) || function.is_some_and(is_open)
}

/// A condition around the place, or before it in its function, that speaks of verifying: somebody chooses.
fn is_chosen(module: &Module, node: NodeId, facts: &Facts) -> bool {
    let tree = module.tree();
    let chooses = |node: NodeId| {
        let condition = calls::condition(module, node);
        let text = condition.map(|condition| calls::beginning(module, condition).to_lowercase());
        text.is_some_and(|text| CHOICES.iter().any(|word| text.contains(word)))
    };
    let first = |def: NodeId| facts.choices.get(def, || tree.subtree(def).find(|node| chooses(*node)));
    let before = module.enclosing_def(node).and_then(|(_, def)| first(def.node));
    before.is_some_and(|choice| choice < node) || tree.ancestors(node).any(chooses)
}

/// A context for clients' connections: a server need not know who they are.
fn is_for_server(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let object = tree.child(node, Field::Left).and_then(|left| tree.child(left, Field::Object));
    let Some(object) = object else { return false };
    let mut made = module.bindings_of(object).take(16).filter_map(|binding| binding.value);
    made.any(|value| {
        ["CLIENT_AUTH", "PROTOCOL_TLS_SERVER"]
            .iter()
            .any(|word| calls::beginning(module, value).contains(word))
    })
}

/// The address is a constant that names this machine.
fn is_to_this_machine(module: &Module, call: NodeId) -> bool {
    let arguments = calls::arguments(module, call);
    let keywords = ["url", "base_url", "host", "hosts", "dsn", "endpoint_url"]
        .iter()
        .filter_map(|name| arguments.keyword(module, name));
    let mut given = arguments.positional.iter().copied().chain(keywords);
    given.any(|argument| calls::string_start(module, argument).is_some_and(|url| calls::is_loopback(&url)))
}
