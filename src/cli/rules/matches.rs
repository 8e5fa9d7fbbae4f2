//! `rules match -e PATTERN PATH`: what a pattern matches, at once and without a rule file.

use std::path::PathBuf;

use anyhow::anyhow;

use crate::cli::files;
use crate::cli::here::Here;
use crate::engine::rule::UserRules;
use crate::engine::{Engine, Limits, Options, RuleSet};
use crate::report::escape::terminal;
use crate::report::words;

/// A line for each match: place and text.
pub(super) fn run(pattern: &str, paths: &[PathBuf]) -> anyhow::Result<String> {
    let users = UserRules::of_pattern(pattern)
        .map_err(|error| anyhow!("this pattern cannot be used, {}: {}", error.mistake, error.remedy))?;
    let engine = Engine::new(RuleSet::embedded()?.without_rules().with(users, ""), Limits::default());
    let here = Here::find()?;
    let current = [PathBuf::from(".")];
    let found = files::find(&here, if paths.is_empty() { &current } else { paths })?;
    let (mut out, mut matches) = (String::new(), 0);
    for (path, at) in &found.files {
        let bytes = match files::read(at, engine.limits().file_bytes) {
            Ok(bytes) => bytes,
            Err(reason) => {
                out.push_str(&format!("{}: not read: {reason}\n", terminal::line(path)));
                continue;
            }
        };
        let audit = engine.audit(path, &bytes, &Options::default());
        let text = String::from_utf8_lossy(&bytes);
        for finding in &audit.findings {
            let place = finding.span.start;
            let line = text.split('\n').nth(place.line as usize - 1).unwrap_or_default();
            let line = terminal::line(line.trim());
            out.push_str(&format!("{}:{}:{}: {line}\n", terminal::line(path), place.line, place.column));
        }
        matches += audit.findings.len();
    }
    let (places, files) =
        (words::count(matches, "match", "matches"), words::count(found.files.len(), "file", "files"));
    out.push_str(&format!("{places} in {files}.\n"));
    Ok(out)
}
