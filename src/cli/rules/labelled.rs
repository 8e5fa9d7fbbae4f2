//! `rules test` on folders in Semgrep's layout: `rule.yml` beside `rule.py`, whose comments say what is expected, and
//! `rule.fixed.py`, what the fixes make of it.
#![expect(clippy::disallowed_methods, reason = "the command line is the room that reads local files")]

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::Context;

use super::Outcome;
use crate::cli::user_rules::{self, RuleFile};
use crate::engine::labels::{self, Labels};
use crate::engine::{Engine, Limits, RuleSet};
use crate::report::words;

/// Runs the tests of these rule files; a file without one is told.
pub(super) fn test(files: &[RuleFile], outcome: &mut Outcome) -> anyhow::Result<()> {
    let known = RuleSet::embedded()?.without_rules();
    let mut untested = 0;
    for file in files {
        let users = user_rules::load_what_can_be(&known, std::slice::from_ref(file));
        if !users.errors.is_empty() {
            let refused = words::count(users.errors.len(), "rule was", "rules were");
            outcome.fail(&file.0, &format!("{refused} refused, the others are tried"));
        }
        let users = users.everywhere();
        let ids: Vec<String> = users.iter().map(|rule| rule.id.clone()).collect();
        let engine = Engine::new(known.clone().with(users, ""), Limits::default());
        let tests = beside(Path::new(&file.0))?;
        untested += usize::from(tests.is_empty());
        for test in tests {
            run(&engine, &ids, &test, outcome)?;
        }
    }
    if untested > 0 {
        let files = words::count(untested, "rule file", "rule files");
        outcome.text.push_str(&format!("{files} without a Python file beside: not tested.\n"));
    }
    Ok(())
}

/// The Python files that carry the rule file's name.
fn beside(file: &Path) -> anyhow::Result<Vec<PathBuf>> {
    let folder = file.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let stem = file.file_stem().map(|stem| stem.to_string_lossy().into_owned()).unwrap_or_default();
    let stem = stem.strip_suffix(".test").unwrap_or(&stem);
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).with_context(|| format!("read the folder {}", folder.display()))? {
        let path = entry.with_context(|| format!("read the folder {}", folder.display()))?.path();
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let of_rule =
            name.strip_prefix(stem).is_some_and(|rest| rest.starts_with('.') && rest.ends_with(".py"));
        if of_rule && !name.ends_with(".fixed.py") {
            found.push(path);
        }
    }
    found.sort();
    Ok(found)
}

fn run(engine: &Engine, ids: &[String], test: &Path, outcome: &mut Outcome) -> anyhow::Result<()> {
    let path = test.display().to_string();
    let text = fs::read_to_string(test).with_context(|| format!("read {path}"))?;
    let labels = Labels::read(&text);
    let (found, audit) = labels::found(engine, &path, &text);
    if let Some(skipped) = &audit.skipped {
        outcome.fail(&path, &skipped.to_string());
    }
    for id in ids {
        let none = Default::default();
        let verdict = labels.judge(id, found.get(id).unwrap_or(&none));
        outcome.run += 1;
        if !verdict.missed.is_empty() || !verdict.wrong.is_empty() {
            let told = |what: &str, lines: &[u32]| -> String {
                lines.iter().map(|line| format!("{path}:{line}: {what}\n")).collect()
            };
            let why = told("not reported, and should be", &verdict.missed)
                + &told("reported, and should not be", &verdict.wrong);
            outcome.fail(id, &why);
        }
    }
    let expected = test.with_extension("fixed.py");
    if expected.exists() {
        outcome.run += 1;
        let wanted = fs::read_to_string(&expected).with_context(|| format!("read {}", expected.display()))?;
        if let Some((line, made)) = first_difference(&labels::fixed(&text, &audit), &wanted) {
            let why = format!("{}:{line}: the fixes make `{made}` of it", expected.display());
            outcome.fail(&expected.display().to_string(), &why);
        }
    }
    Ok(())
}

/// The first line, counted from 1, in which the made text is not the wanted one, and what is made of it.
fn first_difference(made: &str, wanted: &str) -> Option<(usize, String)> {
    let (made, wanted) = (made.trim_end(), wanted.trim_end());
    if made == wanted {
        return None;
    }
    let same = made.lines().zip(wanted.lines()).take_while(|(made, wanted)| made == wanted).count();
    Some((same + 1, made.lines().nth(same).unwrap_or_default().to_owned()))
}
