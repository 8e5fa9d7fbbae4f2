//! `except` clauses: what they catch, under which name, and what their bodies do. Rules about errors share it.

use crate::engine::python::{Field, Kind, Module, NodeId};

use super::calls::last;

/// One `except` clause.
pub(super) struct Handler {
    pub clause: NodeId,
    /// The classes as written, tuples opened; empty for a bare `except:`.
    pub types: Vec<NodeId>,
    /// The identifier behind `as`.
    pub name: Option<NodeId>,
    pub body: NodeId,
}

/// How much a clause catches, the most of its classes counting.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Breadth {
    Narrow,
    /// `Exception`.
    Exception,
    /// `BaseException` or no class at all.
    Everything,
}

/// Names of methods that write to a log or report to people.
const REPORTS: [&str; 24] = [
    "debug",
    "info",
    "warning",
    "warn",
    "error",
    "exception",
    "critical",
    "fatal",
    "log",
    "print",
    "print_exc",
    "print_exception",
    "format_exc",
    "capture_exception",
    "capture_message",
    "echo",
    "secho",
    "msg",
    "err",
    "write",
    "notify",
    "report",
    "alert",
    "excepthook",
];

impl Handler {
    pub(super) fn read(module: &Module, clause: NodeId) -> Option<Handler> {
        let tree = module.tree();
        let body = tree.child_of_kind(clause, Kind::Block)?;
        let mut written: Vec<NodeId> = tree.children_by_field(clause, Field::Value).collect();
        let mut name = tree.child(clause, Field::Alias);
        if let [pattern] = written[..]
            && tree.kind(pattern) == Kind::AsPattern
        {
            name = tree.child(pattern, Field::Alias).and_then(|target| tree.first_named(target));
            written = tree.first_named(pattern).into_iter().collect();
        }
        let name = name.filter(|name| tree.kind(*name) == Kind::Identifier);
        Some(Handler { clause, types: opened(module, written), name, body })
    }

    /// The innermost clause of the same function whose body holds the node.
    pub(super) fn around(module: &Module, node: NodeId) -> Option<Handler> {
        let tree = module.tree();
        let mut around = module.ancestors_in_function(node);
        let clause = around.find(|part| tree.kind(*part) == Kind::ExceptClause)?;
        Handler::read(module, clause).filter(|handler| tree.contains(handler.body, node))
    }

    pub(super) fn breadth(&self, module: &Module) -> Breadth {
        let each = self.types.iter().map(|class| match module.qualified_name(*class) {
            Some("builtins.BaseException") => Breadth::Everything,
            Some("builtins.Exception") => Breadth::Exception,
            _ => Breadth::Narrow,
        });
        each.max().unwrap_or(Breadth::Everything)
    }

    /// The statement it belongs to, which holds the guarded code as its body.
    pub(super) fn guarded(&self, module: &Module) -> Option<(NodeId, NodeId)> {
        let statement = module.tree().parent(self.clause)?;
        Some((statement, module.tree().child(statement, Field::Body)?))
    }

    /// What the body executes itself: nested functions left out.
    pub(super) fn own_nodes<'m>(&self, module: &'m Module) -> impl Iterator<Item = NodeId> + use<'m> {
        own_nodes(module, self.body)
    }

    /// Whether some path of the body raises.
    pub(super) fn raises(&self, module: &Module) -> bool {
        self.own_nodes(module).any(|node| module.tree().kind(node) == Kind::RaiseStatement)
    }

    /// Whether the body writes the failure anywhere: a log, a counter, a list of errors, a future.
    pub(super) fn reports(&self, module: &Module) -> bool {
        let tree = module.tree();
        self.own_nodes(module).any(|node| {
            tree.kind(node) == Kind::Call
                && tree
                    .child(node, Field::Function)
                    .is_some_and(|callee| REPORTS.contains(&last(module.text(callee))))
        })
    }

    /// Whether the body looks at the caught exception.
    pub(super) fn reads_exception(&self, module: &Module) -> bool {
        let Some(name) = self.name else { return false };
        let same = |node: &NodeId| {
            module.tree().kind(*node) == Kind::Identifier && module.text(*node) == module.text(name)
        };
        self.own_nodes(module).any(|node| same(&node))
    }

    /// `except Exception as error`, as written on one line, without the colon.
    pub(super) fn header(&self, module: &Module) -> String {
        let tree = module.tree();
        let head = tree.range(self.clause).start..tree.range(self.body).start;
        let text = module.source().text().get(head).unwrap_or_default();
        let code = text.split('#').next().unwrap_or_default().trim_end().trim_end_matches(':');
        code.split_whitespace()
            .collect::<Vec<_>>()
            .join(" ")
            .replace("( ", "(")
            .replace(" )", ")")
            .replace(",)", ")")
    }
}

/// Whether a `try` around the node has a clause that takes one of these built-in classes, or everything.
pub(super) fn is_caught(module: &Module, node: NodeId, classes: &[&str]) -> bool {
    let tree = module.tree();
    let takes = |handler: &Handler| {
        let named =
            |class: &NodeId| module.qualified_name(*class).is_some_and(|path| classes.contains(&path));
        handler.breadth(module) > Breadth::Narrow || handler.types.iter().any(named)
    };
    module.enclosing_tries(node).any(|statement| {
        let clauses = tree.named_children(statement).filter(|part| tree.kind(*part) == Kind::ExceptClause);
        clauses.filter_map(|clause| Handler::read(module, clause)).any(|handler| takes(&handler))
    })
}

/// Whether the node stands in an `except` or `finally` of its function.
pub(super) fn in_clean_up(module: &Module, node: NodeId) -> bool {
    let is_clean_up =
        |part: NodeId| matches!(module.tree().kind(part), Kind::FinallyClause | Kind::ExceptClause);
    module.ancestors_in_function(node).any(is_clean_up)
}

/// The nodes of a block that run when it runs: bodies of nested definitions and lambdas left out.
pub(super) fn own_nodes(module: &Module, block: NodeId) -> impl Iterator<Item = NodeId> + use<'_> {
    let tree = module.tree();
    let end = tree.after(block);
    let mut next = block;
    std::iter::from_fn(move || {
        if next >= end {
            return None;
        }
        let node = next;
        let nested =
            matches!(tree.kind(node), Kind::FunctionDefinition | Kind::Lambda | Kind::ClassDefinition);
        let end_of_node = tree.after(node);
        next = if nested { end_of_node } else { tree.subtree(node).nth(1).unwrap_or(end_of_node) };
        Some(node)
    })
}

/// The statements of a block, comments left out.
pub(super) fn statements(module: &Module, block: NodeId) -> Vec<NodeId> {
    module.tree().named_children(block).collect()
}

/// Whether a comment in the node says why: more than a word, and more than an order to a tool.
pub(super) fn has_reason(module: &Module, around: NodeId) -> bool {
    let tree = module.tree();
    let mut comments = tree.subtree(around).filter(|node| tree.kind(*node) == Kind::Comment);
    comments.any(|comment| is_reason(module.text(comment)))
}

fn is_reason(comment: &str) -> bool {
    const ORDERS: [&str; 8] = ["noqa", "pragma", "type:", "pylint", "nosec", "pyright", "ruff", "ruleid"];
    let text = comment.trim_start_matches(['#', ' ']).to_ascii_lowercase();
    let is_order = ORDERS.iter().any(|order| text.starts_with(order));
    // `# noqa: BLE001 - the page is optional`
    let words = text.split_whitespace().filter(|word| word.chars().any(char::is_alphabetic)).count();
    words >= if is_order { 4 } else { 2 }
}

pub(super) fn opened(module: &Module, written: Vec<NodeId>) -> Vec<NodeId> {
    let tree = module.tree();
    let open = |node: NodeId| match tree.kind(node) {
        Kind::Tuple | Kind::ParenthesizedExpression => tree.named_children(node).collect(),
        _ => vec![node],
    };
    written.into_iter().flat_map(open).collect()
}
