//! What makes a finding the same finding after lines moved: the rule, the file, the symbol and the tokens of the
//! primary statement. Texts are digested, so that no literal leaves through a fingerprint.

use std::collections::HashMap;

use sha2::{Digest, Sha256};

use super::finding::Finding;
use super::matching::tokens;
use super::python::{Kind, Module, NodeId};

/// Half of a SHA-256: 32 hexadecimal digits.
const DIGEST_BYTES: usize = 16;

/// The statements of one file, digested once each: many findings can stand in one statement.
pub(crate) struct Statements<'m> {
    module: &'m Module,
    digests: HashMap<NodeId, String>,
}

impl<'m> Statements<'m> {
    pub(crate) fn new(module: &'m Module) -> Statements<'m> {
        Statements { module, digests: HashMap::new() }
    }

    /// The digest of the tokens of the statement or clause that a node belongs to.
    pub(crate) fn digest(&mut self, node: NodeId) -> &str {
        let statement = statement_of(self.module, node);
        let find = || digest(statement_tokens(self.module, statement).iter().map(String::as_str));
        self.digests.entry(statement).or_insert_with(find)
    }
}

fn statement_of(module: &Module, node: NodeId) -> NodeId {
    let tree = module.tree();
    let mut own = std::iter::once(node).chain(tree.ancestors(node));
    own.find(|candidate| is_statement(tree.kind(*candidate))).unwrap_or(NodeId::ROOT)
}

/// Tokens of a statement; of a compound one, the header alone.
fn statement_tokens(module: &Module, statement: NodeId) -> Vec<String> {
    let tree = module.tree();
    tokens::collect(module, statement, |node| {
        tree.parent(node) == Some(statement) && is_body(tree.kind(node))
    })
}

/// The digest of (rule, statement), equal for moved code.
pub(crate) fn of_tokens(rule: &str, statement: &str) -> String {
    digest([rule, statement].into_iter())
}

/// The digest of (rule, file, symbol, statement), equal for the same finding in two versions of a file.
pub(crate) fn group(rule: &str, path: &str, symbol: &str, statement: &str) -> String {
    digest([rule, path, symbol, statement].into_iter())
}

/// Numbers the findings of equal group in the order they are given.
pub(crate) fn number(findings: &mut [Finding]) {
    let mut next: HashMap<String, u32> = HashMap::new();
    for finding in findings {
        let count = next.entry(finding.fingerprint.group.clone()).or_default();
        finding.fingerprint.occurrence = *count;
        *count += 1;
    }
}

/// Each part goes in with its length, so that no two lists of parts read alike.
fn digest<'p>(parts: impl Iterator<Item = &'p str>) -> String {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part.as_bytes());
    }
    hex::encode(&hash.finalize()[..DIGEST_BYTES])
}

fn is_body(kind: Kind) -> bool {
    matches!(kind, Kind::Block) || is_clause(kind)
}

fn is_clause(kind: Kind) -> bool {
    matches!(
        kind,
        Kind::ElifClause | Kind::ElseClause | Kind::ExceptClause | Kind::FinallyClause | Kind::CaseClause
    )
}

fn is_statement(kind: Kind) -> bool {
    is_clause(kind)
        || matches!(
            kind,
            Kind::Module
                | Kind::AssertStatement
                | Kind::BreakStatement
                | Kind::ClassDefinition
                | Kind::ContinueStatement
                | Kind::Decorator
                | Kind::DeleteStatement
                | Kind::ExecStatement
                | Kind::ExpressionStatement
                | Kind::ForStatement
                | Kind::FunctionDefinition
                | Kind::FutureImportStatement
                | Kind::GlobalStatement
                | Kind::IfStatement
                | Kind::ImportFromStatement
                | Kind::ImportStatement
                | Kind::MatchStatement
                | Kind::NonlocalStatement
                | Kind::PassStatement
                | Kind::PrintStatement
                | Kind::RaiseStatement
                | Kind::ReturnStatement
                | Kind::TryStatement
                | Kind::TypeAliasStatement
                | Kind::WhileStatement
                | Kind::WithStatement
        )
}
