//! One file: parse, one walk for all rules, hits to findings in the order of the text.

use std::sync::Arc;

use super::audit::FileAudit;
use super::finding::{Finding, Fingerprint, Related, Span};
use super::fingerprint::Statements;
use super::matching::{Dispatch, Finder, Findings, Hit};
use super::options::{Options, Setting};
use super::python::{Field, Kind, Module, NodeId};
use super::rule::{Rule, RuleSet, TestFiles, fill};
use super::suppress::{self, KnownRules};
use super::{Foreign, Limits, Source, fingerprint, foreign, layout};

/// The rules, compiled together, under the operator's ceilings. Shared by threads; an audit changes nothing in it.
#[derive(Debug)]
pub struct Engine {
    rules: RuleSet,
    dispatch: Dispatch,
    limits: Limits,
}

impl Engine {
    pub fn new(rules: RuleSet, limits: Limits) -> Engine {
        let dispatch = Dispatch::new(rules.finders().map(|(_, finder)| finder));
        Engine { rules, dispatch, limits }
    }

    pub fn rules(&self) -> &RuleSet {
        &self.rules
    }

    pub(super) fn dispatch(&self) -> &Dispatch {
        &self.dispatch
    }

    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// Audits a file's bytes. The same bytes, path and options give the same answer.
    pub fn audit(&self, path: &str, bytes: &[u8], options: &Options) -> FileAudit {
        let limits = options.limits.as_ref().unwrap_or(&self.limits);
        let source = Source::decode(path, bytes, limits);
        let parsed = source.and_then(|source| Module::parse(source, limits, self.rules.types()));
        match parsed {
            Ok(module) => self.audit_module(module, options),
            Err(skipped) => {
                FileAudit { path: path.to_owned(), skipped: Some(skipped), ..FileAudit::default() }
            }
        }
    }

    fn audit_module(&self, mut module: Module, options: &Options) -> FileAudit {
        let rules: Vec<(&Arc<Rule>, &Finder)> = self.rules.finders().collect();
        let finders: Vec<&Finder> = rules.iter().map(|(_, finder)| *finder).collect();
        let foreign = foreign::making(module.source());
        let wanted = wanted(&self.rules, &module, foreign, options);
        let Findings { hits, exhausted } = self.dispatch.run(&mut module, &finders, &wanted);
        let module = &module;
        let believed = hits.into_iter().filter(|(_, hit)| !module.in_broken_code(hit.node));
        let mut statements = Statements::new(module);
        let findings = believed.map(|(rule, hit)| {
            let rule = rules[rule].0;
            let statement = statements.digest(hit.node).to_owned();
            finding(rule, options.of(rule), hit, &statement, module)
        });
        let mut findings = in_order(findings.collect());
        let silence = |layout| suppress::apply(&mut findings, &layout, &self.known(&wanted));
        let outcome = layout::of(module).map(silence).unwrap_or_default();
        FileAudit {
            path: module.source().path().to_owned(),
            findings,
            skipped: None,
            foreign,
            broken: module.broken(),
            blind: layout::blind(module),
            suppressions: outcome.comments,
            malformed: outcome.malformed,
            exhausted: exhausted.into_iter().map(|rule| rules[rule].0.id.clone()).collect(),
        }
    }

    fn known(&self, wanted: &[bool]) -> KnownRules<'_> {
        let ids = || self.rules.iter().map(|rule| rule.id.as_str());
        let idle = ids().zip(wanted).filter(|(_, wanted)| !**wanted).map(|(id, _)| id);
        KnownRules { ids: ids().collect(), idle: idle.collect() }
    }
}

/// For each rule whether it is asked in this file.
pub(super) fn wanted(
    rules: &RuleSet,
    module: &Module,
    foreign: Option<Foreign>,
    options: &Options,
) -> Vec<bool> {
    let path = module.source().path();
    let speaks = |rule: &Rule| foreign.is_none() && may_speak(rule, module, options);
    rules.finders().map(|(rule, finder)| speaks(rule) && finder.admits(path)).collect()
}

fn may_speak(rule: &Rule, module: &Module, options: &Options) -> bool {
    let in_tests = module.is_test_file() && rule.tests == TestFiles::Silent;
    let half_seen = rule.absence && module.tree().has_error(NodeId::ROOT);
    options.runs(rule) && !in_tests && !half_seen
}

/// By place, then by rule; one rule says one thing once about one place.
fn in_order(mut findings: Vec<Finding>) -> Vec<Finding> {
    let key = |finding: &Finding| (finding.span.bytes.start, finding.span.bytes.end, finding.rule.id.clone());
    findings.sort_by_key(key);
    findings.dedup_by_key(|finding| key(finding));
    fingerprint::number(&mut findings);
    findings
}

fn finding(rule: &Arc<Rule>, setting: Setting, hit: Hit, statement: &str, module: &Module) -> Finding {
    let path = module.source().path();
    let symbol = module.symbol_path(hit.node);
    let related =
        |(node, note): &(NodeId, String)| Related { span: header(module, *node), note: note.clone() };
    Finding {
        severity: setting.severity.or(hit.severity).unwrap_or(rule.severity),
        confidence: hit.confidence.unwrap_or(rule.confidence),
        tier: setting.tier.or(hit.tier).unwrap_or(rule.tier),
        span: place(module, &hit),
        problem: fill(&rule.problem, &hit.values),
        impact: fill(&rule.impact, &hit.values),
        fix: fill(&rule.fix, &hit.values),
        related: hit.related.iter().map(related).collect(),
        suggestion: hit.suggestion,
        tokens: fingerprint::of_tokens(&rule.id, statement),
        fingerprint: Fingerprint {
            group: fingerprint::group(&rule.id, path, &symbol, statement),
            occurrence: 0,
        },
        path: path.to_owned(),
        symbol,
        suppressed: None,
        rule: Arc::clone(rule),
    }
}

/// The exact place where the hit has one of its own, else the node's.
fn place(module: &Module, hit: &Hit) -> Span {
    match &hit.bytes {
        Some(bytes) if !hit.is_whole_node => module.source().span(bytes.clone()),
        _ => header(module, hit.node),
    }
}

/// The node's place; of what has a body, the part before it.
fn header(module: &Module, node: NodeId) -> Span {
    let tree = module.tree();
    let mut bytes = tree.range(node);
    if let Some(body) = body(module, node) {
        bytes.end = bytes.end.min(tree.range(body).start);
    }
    let text = &module.source().text()[bytes.clone()];
    bytes.end = bytes.start + text.trim_end().len();
    module.source().span(bytes)
}

fn body(module: &Module, node: NodeId) -> Option<NodeId> {
    let tree = module.tree();
    let node = match tree.kind(node) {
        Kind::DecoratedDefinition => tree.child(node, Field::Definition)?,
        _ => node,
    };
    tree.child_of_kind(node, Kind::Block)
}
