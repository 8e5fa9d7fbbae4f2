//! Every mistake of a policy file, not only the first: the entry with a mistake is left out, and the
//! rest is read again.

use super::{Ceilings, Mistake, Policy, file};
use crate::engine::RuleSet;

/// Nobody corrects more than this at once.
const MOST: usize = 50;

/// All mistakes, from the first line to the last. What follows a place that is no YAML is not judged.
pub fn check(text: &str, operator: &Ceilings, known: &RuleSet) -> Vec<Mistake> {
    let mut rest = text.to_owned();
    let mut found = Vec::new();
    while found.len() < MOST {
        match Policy::parse(&rest, operator, known) {
            Ok((_, mistakes)) => {
                found.extend(mistakes);
                break;
            }
            Err(mistake) => {
                let shorter = without_entry(&rest, mistake.line).filter(|_| file::is_yaml(&rest));
                found.push(mistake);
                match shorter {
                    Some(shorter) => rest = shorter,
                    None => break,
                }
            }
        }
    }
    found.sort_by_key(|mistake| (mistake.line, mistake.column));
    found
}

/// The text with blanks for the entry that begins on this line. Nothing where that is no entry of its own.
fn without_entry(text: &str, line: u32) -> Option<String> {
    let lines: Vec<&str> = text.lines().collect();
    let first = usize::try_from(line).ok()?.checked_sub(1)?;
    let last = first + 1 + belonging(lines.get(first)?, lines.get(first + 1..)?);
    let first = first - lonely_parents(&lines, first, last);
    let kept = |(index, line): (usize, &&str)| {
        if (first..last).contains(&index) { String::new() } else { (*line).to_owned() }
    };
    let shorter: Vec<String> = lines.iter().enumerate().map(kept).collect();
    let shorter = shorter.join("\n");
    (shorter.trim() != text.trim()).then_some(shorter)
}

/// How many of the lines below belong to this one, by their indentation.
fn belonging(line: &str, below: &[&str]) -> usize {
    below.iter().take_while(|next| next.trim().is_empty() || indent(next) > indent(line)).count()
}

/// A key whose only entry is left out must be left out, too: it would be a key without a value.
fn lonely_parents(lines: &[&str], first: usize, last: usize) -> usize {
    let next = lines[last..].iter().find(|line| !line.trim().is_empty()).map_or(0, |line| indent(line));
    let mut lonely = 0;
    while let Some(above) = lines[..first - lonely].last() {
        let is_parent = above.trim_end().ends_with(':') && indent(above) < indent(lines[first - lonely]);
        if !is_parent || next > indent(above) {
            break;
        }
        lonely += 1;
    }
    lonely
}

fn indent(line: &str) -> usize {
    line.len() - line.trim_start().len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn places(text: &str) -> Vec<(u32, u32)> {
        let mistakes = check(text, &Ceilings::default(), &RuleSet::embedded().unwrap());
        mistakes.iter().map(|mistake| (mistake.line, mistake.column)).collect()
    }

    #[test]
    fn every_mistake_is_told_with_its_place() {
        let text = "fial_on: low\ncomment_on: loud\nrules:\n  defualt-secret: off\n  async:\n    severity: huge\n\
                    limits:\n  coments: 5\npaths:\n  ignore: ['[z-a]']\n";
        assert_eq!(places(text), [(1, 1), (2, 13), (4, 3), (6, 5), (8, 3), (10, 12)]);
    }

    #[test]
    fn what_follows_broken_yaml_is_not_judged() {
        assert_eq!(places("fial_on: low\nrules: [\ndrafts: maybe\n").len(), 1);
    }

    #[test]
    fn a_misspelt_rule_with_a_table_is_told_on_its_own_line() {
        assert_eq!(places("rules:\n  # the secrets\n  defualt-secret:\n    tier: summary\n"), [(3, 3)]);
    }

    #[test]
    fn mistakes_on_one_line_end() {
        assert!(!places("{a: 1, b: 2, c: [1]}").is_empty());
        assert!(places("x: 1\n".repeat(200).as_str()).len() <= MOST);
    }

    #[test]
    fn a_valid_file_has_none() {
        assert_eq!(places("fail_on: high\n"), []);
        assert_eq!(places(""), []);
    }
}
