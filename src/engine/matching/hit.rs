//! Where a rule fired, before it becomes a finding.

use std::ops::Range;

use crate::engine::finding::{Confidence, Severity, Suggestion, Tier};
use crate::engine::python::NodeId;
use crate::engine::rule::Values;

/// One place found by a rule's pattern or analysis, with what differs from the rule's own settings.
#[derive(Clone, Debug)]
pub struct Hit {
    /// The primary place. Of a compound statement or definition only the header is shown.
    pub node: NodeId,
    /// The exact place, where it is not the node's: text that an expression matched, or several statements.
    pub bytes: Option<Range<usize>>,
    /// Whether the place is all of the node.
    pub is_whole_node: bool,
    /// This case's own severity, confidence or tier.
    pub severity: Option<Severity>,
    pub confidence: Option<Confidence>,
    pub tier: Option<Tier>,
    /// Names of this code for the holes of the rule's texts. Never a secret's value.
    pub values: Values,
    /// Further places that explain it.
    pub related: Vec<(NodeId, String)>,
    pub suggestion: Option<Suggestion>,
}

impl Hit {
    pub fn at(node: NodeId) -> Hit {
        Hit {
            node,
            bytes: None,
            is_whole_node: true,
            severity: None,
            confidence: None,
            tier: None,
            values: Vec::new(),
            related: Vec::new(),
            suggestion: None,
        }
    }

    /// Fills `$name` of the rule's texts.
    pub fn with(mut self, name: &str, value: impl AsRef<str>) -> Hit {
        self.values.push((name.to_owned(), value.as_ref().to_owned()));
        self
    }

    /// Shows a further place.
    pub fn and(mut self, node: NodeId, note: impl Into<String>) -> Hit {
        self.related.push((node, note.into()));
        self
    }

    /// Lowers this case to the check's summary.
    pub fn as_summary(mut self) -> Hit {
        self.tier = Some(Tier::Summary);
        self
    }

    pub fn with_severity(mut self, severity: Severity) -> Hit {
        self.severity = Some(severity);
        self
    }
}
