//! Semgrep's way to test rules: comments in a Python file say which rule must report the line below (`ruleid:`), which
//! must not (`ok:`), and what is known to be wrong still (`todoruleid:`, `todook:`).

use std::collections::{BTreeMap, BTreeSet};

use super::{Edit, Engine, FileAudit, Options};

/// What the comments of a file expect of each rule, by line.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Labels {
    reported: BTreeMap<String, BTreeSet<u32>>,
    silent: BTreeMap<String, BTreeSet<u32>>,
    open: BTreeMap<String, BTreeSet<u32>>,
}

/// How a rule did on a file.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Verdict {
    /// Lines that should be reported and are not.
    pub missed: Vec<u32>,
    /// Lines that are reported and should not be.
    pub wrong: Vec<u32>,
    /// How many lines were as expected.
    pub right: usize,
}

/// What a comment may begin with. The forms for analyses across functions and for the paid engine say what is there to
/// be found, which is not promised here: either answer is right.
const MARKS: [&str; 12] = [
    "ruleid:",
    "ok:",
    "todoruleid:",
    "todook:",
    "deepruleid:",
    "deepok:",
    "tododeepruleid:",
    "tododeepok:",
    "proruleid:",
    "prook:",
    "todoproruleid:",
    "todoprook:",
];

impl Labels {
    pub fn read(text: &str) -> Labels {
        let mut labels = Labels::default();
        let lines: Vec<&str> = text.split('\n').collect();
        for (index, line) in lines.iter().enumerate() {
            let Some((mark, ids)) = label(line) else { continue };
            let below = lines[index + 1..].iter().take_while(|line| is_only_label(line)).count();
            let target = u32::try_from(index + 2 + below).unwrap_or(u32::MAX);
            let kind = match mark {
                "ruleid:" => &mut labels.reported,
                "ok:" => &mut labels.silent,
                _ => &mut labels.open,
            };
            for id in ids {
                kind.entry(id).or_default().insert(target);
            }
        }
        labels
    }

    /// Whether the file expects anything of a rule.
    pub fn name(&self, rule: &str) -> bool {
        [&self.reported, &self.silent, &self.open].into_iter().any(|kind| of(kind, rule).is_some())
    }

    /// Holds what a rule reported against what the file expects. A line of which nothing is said must be silent.
    pub fn judge(&self, rule: &str, found: &BTreeSet<u32>) -> Verdict {
        let none = BTreeSet::new();
        let lines = |kind| of(kind, rule).unwrap_or(&none);
        let (expected, open) = (lines(&self.reported), lines(&self.open));
        let missed: Vec<u32> = expected.difference(found).copied().collect();
        let wrong: Vec<u32> =
            found.difference(expected).copied().filter(|line| !open.contains(line)).collect();
        let silent = lines(&self.silent).difference(found).count();
        Verdict { right: expected.intersection(found).count() + silent, missed, wrong }
    }
}

/// Comments name a rule by its id or by the end of it: rules of folders carry the folder in their id.
fn of<'k>(kind: &'k BTreeMap<String, BTreeSet<u32>>, rule: &str) -> Option<&'k BTreeSet<u32>> {
    let short = rule.rsplit('.').next().unwrap_or(rule);
    kind.get(rule).or_else(|| kind.get(short))
}

/// The mark of a comment and the rules it names.
fn label(line: &str) -> Option<(&'static str, Vec<String>)> {
    let (_, comment) = line.split_once('#')?;
    let comment = comment.trim_start_matches('#').trim();
    let mark = MARKS.into_iter().find(|mark| comment.starts_with(mark))?;
    let names =
        comment[mark.len()..].split(',').map(|name| name.split_whitespace().next().unwrap_or_default());
    let names: Vec<String> = names.filter(|name| !name.is_empty()).map(str::to_owned).collect();
    (!names.is_empty()).then_some((mark, names))
}

fn is_only_label(line: &str) -> bool {
    line.trim_start().starts_with('#') && label(line).is_some()
}

/// The lines on which each rule reports in a file, suppressed findings left out.
pub fn found(engine: &Engine, path: &str, text: &str) -> (BTreeMap<String, BTreeSet<u32>>, FileAudit) {
    let options = Options { optional: true, ..Options::default() };
    let audit = engine.audit(path, text.as_bytes(), &options);
    let mut lines: BTreeMap<String, BTreeSet<u32>> = BTreeMap::new();
    for finding in audit.findings.iter().filter(|finding| finding.suppressed.is_none()) {
        lines.entry(finding.rule.id.clone()).or_default().insert(finding.span.start.line);
    }
    (lines, audit)
}

/// The text with every suggested edit made; of edits that overlap, the first.
pub fn fixed(text: &str, audit: &FileAudit) -> String {
    let suggestions = audit.findings.iter().filter_map(|finding| finding.suggestion.as_ref());
    let mut edits: Vec<&Edit> = suggestions.flat_map(|suggestion| &suggestion.edits).collect();
    edits.sort_by_key(|edit| (edit.bytes.start, edit.bytes.end));
    let mut fixed = String::with_capacity(text.len());
    let mut at = 0;
    for edit in edits {
        if edit.bytes.start >= at
            && let Some(before) = text.get(at..edit.bytes.start)
        {
            fixed.push_str(before);
            fixed.push_str(&edit.replacement);
            at = edit.bytes.end;
        }
    }
    fixed.push_str(text.get(at..).unwrap_or_default());
    fixed
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, found: &[u32], missed: &[u32], wrong: &[u32]) {
        let verdict = Labels::read(text).judge("a.b.rule", &found.iter().copied().collect());
        assert_eq!((verdict.missed.as_slice(), verdict.wrong.as_slice()), (missed, wrong), "{text}");
    }

    #[test]
    fn a_label_speaks_of_the_line_below() {
        check("# ruleid: rule\nf()\n", &[2], &[], &[]);
        check("# ruleid: rule\nf()\n", &[], &[2], &[]);
        check("# ok: rule\nf()\n", &[2], &[], &[2]);
        check("f()\n", &[1], &[], &[1]);
        check("    #ruleid:rule, other\n    f()\n", &[2], &[], &[]);
    }

    #[test]
    fn labels_are_stacked() {
        check("# ruleid: rule\n# ok: other\nf()\n", &[3], &[], &[]);
        check("# ok: other\n# ruleid: a.b.rule\nf()\n", &[3], &[], &[]);
    }

    #[test]
    fn what_is_open_still_may_be_either() {
        check("# todoruleid: rule\nf()\n# todook: rule\ng()\n", &[4], &[], &[]);
        check("# todoruleid: rule\nf()\n# todook: rule\ng()\n", &[2], &[], &[]);
    }
}
