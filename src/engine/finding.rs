//! What a rule says about a place in the code.

use std::ops::Range;
use std::sync::Arc;

use serde::{Deserialize, Serialize};

use super::rule::Rule;

/// How bad the consequence is: P0 to P3 in reports, critical first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Severity {
    Low,
    Medium,
    High,
    Critical,
}

/// How sure the rule is that the finding is real.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Confidence {
    Low,
    Medium,
    High,
}

/// Who should hear of it. Ordered from the widest audience to the narrowest.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Tier {
    /// Precise enough to interrupt a reviewer on the changed line.
    Comment,
    /// Heuristic: shown in the check run and the report only.
    Summary,
    /// Style: runs only where the repository's policy asks for it.
    Optional,
}

/// A place in a text: `line` as git counts (only `\n` ends a line), `column` in Unicode scalar
/// values; both start at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Position {
    pub line: u32,
    pub column: u32,
}

/// A stretch of a text. `end` is the position just behind the last character.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Span {
    /// Byte offsets in the decoded UTF-8 text.
    pub bytes: Range<usize>,
    pub start: Position,
    pub end: Position,
}

impl Span {
    /// The last line that holds a character of the span.
    pub fn last_line(&self) -> u32 {
        let ends_before_line = self.end.column == 1 && self.end.line > self.start.line;
        self.end.line - u32::from(ends_before_line)
    }
}

/// A further place of the same file that explains the finding: the lock, the callee, a step of a trace.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Related {
    pub span: Span,
    pub note: String,
}

/// Replace these bytes of the text by `replacement`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Edit {
    pub bytes: Range<usize>,
    pub replacement: String,
}

/// A mechanical remedy. Only a safe one, which cannot change what correct code does, becomes a
/// suggestion block on a pull request.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suggestion {
    pub edits: Vec<Edit>,
    pub safe: bool,
}

/// What makes a finding the same finding after lines moved, files were renamed and branches rebased.
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
pub struct Fingerprint {
    /// Digest of rule, file identity, symbol path and the tokens of the primary statement: 32 hexadecimal digits.
    pub group: String,
    /// Which of the equal findings of the file it is, from 0 in the order of the text.
    pub occurrence: u32,
}

impl std::fmt::Display for Fingerprint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}:{}", self.group, self.occurrence)
    }
}

/// Why a finding is not reported although it is there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Suppressed {
    /// The line of the comment that says so.
    pub line: u32,
    /// The words its author gave, empty if none.
    pub reason: String,
}

/// One report of one rule at one place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    pub rule: Arc<Rule>,
    pub severity: Severity,
    pub confidence: Confidence,
    pub tier: Tier,
    /// Relative to the repository's root, `/` between segments.
    pub path: String,
    pub span: Span,
    /// The rule's three texts with this code's own names filled in.
    pub problem: String,
    pub impact: String,
    pub fix: String,
    pub related: Vec<Related>,
    pub suggestion: Option<Suggestion>,
    /// `Class › function`, empty at module level.
    pub symbol: String,
    /// Digest of the rule and the primary statement's normalised tokens alone: equal for moved code.
    pub tokens: String,
    pub fingerprint: Fingerprint,
    pub suppressed: Option<Suppressed>,
}
