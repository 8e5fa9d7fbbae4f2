//! What excuses a peer that is not checked: somebody chose it, the code says what it is, the context is a server's,
//! the authority is pinned, or the peer is this machine.

use std::cell::OnceCell;
use std::collections::HashSet;
use std::rc::Rc;

use crate::engine::analysis::calls;
use crate::engine::analysis::memo::Memo;
use crate::engine::python::{Field, Kind, Module, NodeId};

/// Words in conditions that show that somebody chose: a setting, an option, a kind of environment.
const CHOICES: [&str; 18] = [
    "insecure",
    "unsecure",
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

/// What was learnt of the file on the way.
#[derive(Default)]
pub(super) struct Facts {
    /// By function: the first condition that speaks of verifying.
    choices: Memo<NodeId, Option<NodeId>>,
    /// By block: the objects whose `verify_mode` it switches off.
    off: Memo<NodeId, Rc<HashSet<String>>>,
    /// A call that silences urllib3's warnings.
    pub(super) silenced: OnceCell<Option<NodeId>>,
}

/// `urllib3.disable_warnings()`
pub(super) fn silenced(module: &Module) -> Option<NodeId> {
    let tree = module.tree();
    tree.nodes().find(|node| {
        tree.kind(*node) == Kind::Call
            && module.callee(*node).is_some_and(|name| name.ends_with("urllib3.disable_warnings"))
    })
}

/// Whether the same block sets the same object's `verify_mode` to nothing, which needs `check_hostname` off.
pub(super) fn is_said_beside(module: &Module, node: NodeId, object: NodeId, facts: &Facts) -> bool {
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

/// The same block loads the one certificate authority that is believed: a host's name adds little.
pub(super) fn is_pinned(module: &Module, node: NodeId) -> bool {
    let Some(block) = module.tree().parent(module.statement_of(node)) else { return false };
    let text = calls::beginning(module, block);
    ["load_verify_locations", "cafile", "cadata"].iter().any(|word| text.contains(word))
}

/// The variable or function that holds it is named for what it is: whoever uses it chooses.
pub(super) fn says_so(module: &Module, node: NodeId) -> bool {
    let tree = module.tree();
    let is_open = |name: &str| {
        ["insecure", "unverif", "noverify", "no_verify", "non_verif", "unsafe"]
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
pub(super) fn is_chosen(module: &Module, node: NodeId, facts: &Facts) -> bool {
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
pub(super) fn is_for_server(module: &Module, node: NodeId) -> bool {
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

/// The address is a constant that names this machine, or speaks without TLS.
pub(super) fn needs_no_check(module: &Module, call: NodeId) -> bool {
    let arguments = calls::arguments(module, call);
    let keywords = ["url", "base_url", "host", "hosts", "dsn", "endpoint_url"]
        .iter()
        .filter_map(|name| arguments.keyword(module, name));
    let mut given = arguments.positional.iter().copied().chain(keywords);
    given.any(|argument| {
        calls::string_start(module, argument)
            .is_some_and(|url| calls::is_loopback(&url) || url.starts_with("http://"))
    })
}
