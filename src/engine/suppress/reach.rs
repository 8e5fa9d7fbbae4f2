//! Which lines a comment reaches, found without comparing every comment with every finding.

use std::collections::{BTreeMap, HashMap};

use super::comment::Directive;
use super::{Comment, Found, Layout};
use crate::engine::finding::Finding;

/// The line in front of which each comment stands: the next one that is no comment alone on its
/// line, so that comments may be stacked. A comment behind code stands in front of nothing.
pub(super) fn targets(comments: &[Comment<'_>]) -> Vec<u32> {
    let mut targets = vec![0; comments.len()];
    let mut next: Option<(u32, u32)> = None;
    for (comment, target) in comments.iter().zip(&mut targets).rev() {
        let below = comment.line + 1;
        *target = match next {
            _ if !comment.alone => comment.line,
            Some((line, target)) if line == below => target,
            _ => below,
        };
        next = comment.alone.then_some((comment.line, *target));
    }
    targets
}

/// The first and last line of a definition, and the comment on its header.
type Body = ((u32, u32), usize);

/// Comments by what they reach; the values are indices of the comments.
pub(super) struct Reach {
    /// By the lines on which and in front of which they stand.
    by_line: BTreeMap<u32, Vec<usize>>,
    /// On the header of a definition, by rule: its lines.
    definitions: HashMap<String, Vec<Body>>,
    /// For the whole file, by rule.
    files: HashMap<String, usize>,
    /// The first and last line of the statement header that holds a line, where it has several.
    headers: HashMap<u32, (u32, u32)>,
}

impl Reach {
    pub(super) fn new(found: &[Found], layout: &Layout<'_>) -> Reach {
        let mut reach = Reach {
            by_line: BTreeMap::new(),
            definitions: HashMap::new(),
            files: HashMap::new(),
            headers: headers(layout),
        };
        let bodies = bodies(layout);
        for (index, found) in found.iter().enumerate() {
            reach.add(index, found, bodies.get(&found.line).copied());
        }
        reach
    }

    fn add(&mut self, index: usize, found: &Found, body: Option<(u32, u32)>) {
        match &found.demand {
            Directive::IgnoreFile { rules, .. } => {
                for rule in rules {
                    self.files.entry(rule.clone()).or_insert(index);
                }
            }
            Directive::Ignore { rules, .. } => {
                self.add_lines(index, found);
                for rule in rules {
                    let body = body.map(|body| (body, index));
                    self.definitions.entry(rule.clone()).or_default().extend(body);
                }
            }
            Directive::Noqa { .. } | Directive::Nosec { .. } | Directive::Nosemgrep { .. } => {
                self.add_lines(index, found);
            }
        }
    }

    fn add_lines(&mut self, index: usize, found: &Found) {
        self.by_line.entry(found.line).or_default().push(index);
        // Most other tools read a comment on its own line only.
        let looks_below = matches!(found.demand, Directive::Ignore { .. } | Directive::Nosemgrep { .. });
        if looks_below && found.target != found.line {
            self.by_line.entry(found.target).or_default().push(index);
        }
    }

    /// The comment that silences a finding: our own before another tool's, the nearest first.
    pub(super) fn silencer(&self, finding: &Finding, found: &[Found]) -> Option<usize> {
        let line = finding.span.start.line;
        let (first, last) = self.headers.get(&line).copied().unwrap_or((line, line));
        let names = |index: &usize| found.get(*index).is_some_and(|found| found.demand.names(&finding.rule));
        let mut near =
            self.by_line.range(first..=last).flat_map(|(_, indices)| indices).copied().filter(names);
        let is_own = |index: &usize| {
            found.get(*index).is_some_and(|found| matches!(found.demand, Directive::Ignore { .. }))
        };
        near.clone()
            .find(is_own)
            .or_else(|| self.by_definition(&finding.rule.id, line))
            .or_else(|| self.files.get(&finding.rule.id).copied())
            .or_else(|| near.next())
    }

    /// The innermost definition around the line whose header silences the rule.
    fn by_definition(&self, rule: &str, line: u32) -> Option<usize> {
        let bodies = self.definitions.get(rule)?.iter();
        let around = bodies.filter(|((first, last), _)| (*first..=*last).contains(&line));
        around.max_by_key(|((first, _), _)| *first).map(|(_, index)| *index)
    }
}

/// Each line of a header of several lines, with the header's first and last.
fn headers(layout: &Layout<'_>) -> HashMap<u32, (u32, u32)> {
    let mut headers: HashMap<u32, (u32, u32)> = HashMap::new();
    let definitions = layout.definitions.iter().map(|definition| definition.header);
    for (first, last) in
        layout.headers.iter().copied().chain(definitions).filter(|(first, last)| first < last)
    {
        for line in first..=last {
            let known = headers.entry(line).or_insert((first, last));
            *known = (known.0.min(first), known.1.max(last));
        }
    }
    headers
}

/// Each line of a definition's header, with the lines of the whole definition.
fn bodies(layout: &Layout<'_>) -> HashMap<u32, (u32, u32)> {
    let lines = |definition: &super::Definition| {
        let (first, last) = definition.header;
        let whole = (first, definition.last_line.max(last));
        (first..=last).map(move |line| (line, whole))
    };
    layout.definitions.iter().flat_map(lines).collect()
}
