//! The skeleton of a new rule: it loads and passes its tests as soon as its blanks are filled.
#![expect(
    clippy::disallowed_methods,
    reason = "the command line is the room that writes local files"
)]

use std::fs;
use std::io::Write;
use std::path::Path;

use anyhow::Context;

const SKELETON: &str = include_str!("skeleton.yml");

/// Writes the file, never over another, and says what to do next.
pub(super) fn write(name: &str, folder: &Path) -> anyhow::Result<String> {
    let (category, id) = parse(name)?;
    let folder = folder.join(category);
    fs::create_dir_all(&folder).with_context(|| format!("make the folder {}", folder.display()))?;
    let path = folder.join(format!("{id}.yml"));
    let mut file = fs::OpenOptions::new()
        .write(true)
        .create_new(true)
        .open(&path)
        .with_context(|| {
            format!(
                "{} is not written: choose another id, or edit the file if it is there",
                path.display()
            )
        })?;
    file.write_all(SKELETON.as_bytes())
        .with_context(|| format!("write {}", path.display()))?;
    let path = path.display();
    Ok(format!(
        "{path} is written. Fill its blanks, then run `scrutineer rules test {path}`.\n"
    ))
}

/// `category/id`, both in kebab-case: they become a path and a public name.
fn parse(name: &str) -> anyhow::Result<(&str, &str)> {
    let parts = name
        .split_once('/')
        .filter(|(category, id)| is_kebab(category) && is_kebab(id));
    parts.with_context(|| {
        format!("`{name}` is no name for a rule: write category/id in kebab-case, as in async/task-reference-dropped")
    })
}

fn is_kebab(word: &str) -> bool {
    let plain =
        |part: &str| !part.is_empty() && part.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit());
    word.split('-').all(plain)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::engine::{Engine, Limits, RuleSet, examples};

    #[test]
    fn the_skeleton_loads_and_passes_once_its_blanks_are_filled() {
        let blank = RuleSet::load([("rules/errors/a-rule.yml", SKELETON)]);
        assert!(blank.unwrap_err().to_string().contains("`title` is empty"));
        let filled = SKELETON
            .replace("title: \"\"", "title: A title")
            .replace("problem: \"\"", "problem: \"`$TARGET` is wrong.\"")
            .replace("impact: \"\"", "impact: It fails.")
            .replace("fix: \"\"", "fix: Do it right.");
        let rules = RuleSet::load([("rules/errors/a-rule.yml", filled.as_str())]).unwrap();
        let engine = Engine::new(rules, Limits::default());
        for example in examples::all(&engine) {
            assert_eq!(example.check(&engine), Ok(()), "{}", example.name);
        }
    }

    #[test]
    fn a_rule_is_never_overwritten() {
        let dir = tempfile::tempdir().unwrap();
        write("errors/a-rule", dir.path()).unwrap();
        let path = dir.path().join("errors/a-rule.yml");
        fs::write(&path, "mine").unwrap();
        let refused = write("errors/a-rule", dir.path()).unwrap_err().to_string();
        assert!(refused.contains("is not written"), "{refused}");
        assert_eq!(fs::read_to_string(path).unwrap(), "mine");
    }

    #[test]
    fn a_name_that_is_no_path_of_a_rule_is_refused() {
        for name in [
            "", "rule", "a/b/c", "../x", "a/..", "A/b", "a/b_c", "/a", "a/", "a/b.yml",
        ] {
            assert!(parse(name).is_err(), "{name}");
        }
        assert!(parse("async/task-reference-dropped").is_ok());
    }
}
