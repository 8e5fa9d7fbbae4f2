//! Findings as SARIF results.

use std::collections::BTreeMap;

use crate::engine::{Edit, Finding, Span, Suggestion};
use crate::report::escape::hidden;
use crate::report::{Texts, mask, place, plain, words};

use super::{log, rules, uri};

/// The name under which our fingerprints stand; a change of how they are made gets a new one.
const FINGERPRINT: &str = "scrutineer/v1";

pub(super) fn result(finding: &Finding, catalogue: &rules::Catalogue<'_>, texts: &Texts<'_>) -> log::Result {
    log::Result {
        rule_id: finding.rule.id.clone(),
        rule_index: catalogue.index(&finding.rule.id),
        level: rules::level(finding.severity),
        message: message(&plain::message(finding)),
        locations: [primary(finding)],
        related_locations: related(finding),
        partial_fingerprints: BTreeMap::from([(FINGERPRINT, finding.fingerprint.to_string())]),
        fixes: fix(finding, texts).into_iter().collect(),
        properties: log::ResultProperties {
            tier: words::tier(finding.tier),
            confidence: words::confidence(finding.confidence),
        },
    }
}

/// Foreign words. `[text](target)` would be a link in a SARIF message, so it is pulled apart.
fn message(text: &str) -> log::Text {
    log::Text {
        text: hidden::reveal(text).replace("](", "] ("),
    }
}

fn primary(finding: &Finding) -> log::Location {
    let symbol = (!finding.symbol.is_empty()).then(|| log::LogicalLocation {
        fully_qualified_name: hidden::reveal(&finding.symbol).replace(" › ", "."),
    });
    log::Location {
        physical_location: physical(&finding.path, Some(region(&finding.span))),
        logical_locations: symbol.into_iter().collect(),
        ..log::Location::default()
    }
}

fn related(finding: &Finding) -> Vec<log::Location> {
    let location = |(n, related): (usize, &crate::engine::Related)| log::Location {
        id: Some(n + 1),
        physical_location: physical(&finding.path, Some(region(&related.span))),
        message: Some(message(&plain::note(finding, related))),
        ..log::Location::default()
    };
    finding.related.iter().enumerate().map(location).collect()
}

pub(super) fn physical(path: &str, region: Option<log::Region>) -> log::PhysicalLocation {
    log::PhysicalLocation {
        artifact_location: artifact(path),
        region,
    }
}

fn artifact(path: &str) -> log::ArtifactLocation {
    log::ArtifactLocation {
        uri: uri::of_path(path),
        uri_base_id: log::ROOT,
    }
}

fn region(span: &Span) -> log::Region {
    log::Region {
        start_line: span.start.line,
        start_column: Some(span.start.column),
        end_line: span.end.line,
        end_column: Some(span.end.column),
    }
}

/// The edits; an edit next to a secret would quote it.
fn fix(finding: &Finding, texts: &Texts<'_>) -> Option<log::Fix> {
    let suggestion = finding
        .suggestion
        .as_ref()
        .filter(|_| !mask::is_secret(finding))?;
    let text = texts(&finding.path)?;
    let replacements: Option<Vec<_>> = suggestion
        .edits
        .iter()
        .map(|edit| replacement(edit, text))
        .collect();
    let change = log::ArtifactChange {
        artifact_location: artifact(&finding.path),
        replacements: replacements?,
    };
    Some(log::Fix {
        description: description(finding, suggestion),
        artifact_changes: [change],
    })
}

fn description(finding: &Finding, suggestion: &Suggestion) -> log::Text {
    let warning = if suggestion.safe {
        ""
    } else {
        " Check it: it may change what the code does."
    };
    message(&format!("{}{warning}", plain::Spoken::of(finding).fix))
}

fn replacement(edit: &Edit, text: &str) -> Option<log::Replacement> {
    let (start, end) = (
        place::position(text, edit.bytes.start)?,
        place::position(text, edit.bytes.end)?,
    );
    let span = Span {
        bytes: edit.bytes.clone(),
        start,
        end,
    };
    Some(log::Replacement {
        deleted_region: region(&span),
        inserted_content: log::Text::of(&edit.replacement),
    })
}
