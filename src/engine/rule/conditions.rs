//! The clauses that look at what metavariables stand for, compiled.

use serde_saphyr::Spanned;

use crate::engine::matching::{Clause, Comparison, Condition, Content, Expression, Formula, Number};

use super::clauses::{self, Made};
use super::error::{Mistake, Place};
use super::file::{ClauseFile, ComparisonFile, MetavariablePatternFile, RegexFile, TypeFile};

pub(super) fn of(written: &ClauseFile) -> Made<Vec<Clause>> {
    let mut made = Vec::new();
    if let Some(written) = &written.metavariable_regex {
        made.push(regex(&written.value)?);
    }
    if let Some(written) = &written.metavariable_type {
        made.push(of_type(written)?);
    }
    if let Some(written) = &written.metavariable_comparison {
        made.push(comparison(&written.value)?);
    }
    if let Some(written) = &written.metavariable_pattern {
        made.push(pattern(written)?);
    }
    Ok(made.into_iter().map(Clause::Condition).collect())
}

fn regex(written: &RegexFile) -> Made<Condition> {
    let regex = clauses::expression(&written.regex, Expression::anchored)?;
    Ok(Condition::Regex { name: named(&written.metavariable)?, regex, value: written.constant_propagation })
}

fn of_type(written: &Spanned<TypeFile>) -> Made<Condition> {
    let TypeFile { metavariable: name, one, types } = &written.value;
    let types: Vec<String> = one.iter().chain(types).cloned().collect();
    if types.is_empty() {
        let remedy = "add `type: module.Class` or `types: [...]`";
        return Err(Mistake::new(
            Place::from(written.referenced),
            "`metavariable-type` names no type",
            remedy,
        ));
    }
    Ok(Condition::Type { name: named(name)?, types })
}

fn comparison(written: &ComparisonFile) -> Made<Condition> {
    let place = Place::from(written.comparison.referenced);
    let name = written.metavariable.as_ref().map(named).transpose()?;
    let base = written.base.as_ref().map_or(10, |base| base.value);
    if !(2..=36).contains(&base) {
        return Err(Mistake::new(place, format!("there is no base {base}"), "give a base from 2 to 36"));
    }
    let asks = written.base.is_some() || written.strip == Some(true);
    let number = name.filter(|_| asks).map(|name| Number { name, base, strip: written.strip == Some(true) });
    Comparison::compile(&written.comparison.value, number)
        .map(Condition::Comparison)
        .map_err(|error| clauses::unusable("this comparison cannot be used", place, error))
}

fn pattern(written: &Spanned<MetavariablePatternFile>) -> Made<Condition> {
    let place = Place::from(written.referenced);
    let name = named(&written.value.metavariable)?;
    let content = content(written.value.language.as_ref())?;
    let formula = formula(&written.value, place)?;
    let found_by_code = holds_pattern(&formula);
    if content == Content::Text && found_by_code {
        let remedy = "use `pattern-regex` in it, or leave `language` out";
        return Err(Mistake::new(place, "`language: generic` is supported for expressions only", remedy));
    }
    Ok(Condition::Pattern { name, formula: Box::new(formula), content })
}

/// Whether a pattern of code stands anywhere in it.
fn holds_pattern(formula: &Formula) -> bool {
    let mut has = false;
    formula.each_pattern(&mut |_| has = true);
    has
}

fn content(language: Option<&Spanned<String>>) -> Made<Content> {
    let Some(language) = language else { return Ok(Content::Code) };
    match language.value.as_str() {
        "python" | "py" | "python3" => Ok(Content::Python),
        "generic" | "regex" | "none" | "spacegrep" => Ok(Content::Text),
        other => {
            let place = Place::from(language.referenced);
            Err(Mistake::new(
                place,
                format!("`language: {other}` is not supported"),
                "use `python`, or `regex` with `pattern-regex`",
            ))
        }
    }
}

/// All that is said of the metavariable must hold.
fn formula(written: &MetavariablePatternFile, place: Place) -> Made<Formula> {
    let mut finds = Vec::new();
    finds.extend(written.pattern.as_ref().map(clauses::pattern).transpose()?);
    finds.extend(written.patterns.as_ref().map(|entries| clauses::all(entries, true)).transpose()?);
    finds.extend(written.pattern_either.as_deref().map(clauses::either).transpose()?);
    finds.extend(written.pattern_regex.as_ref().map(clauses::regex).transpose()?);
    let mut excludes = Vec::new();
    excludes.extend(written.pattern_not.as_ref().map(clauses::inner).transpose()?);
    excludes.extend(written.pattern_not_regex.as_ref().map(clauses::regex).transpose()?);
    if finds.is_empty() && excludes.is_empty() {
        let remedy = "add `pattern`, `patterns`, `pattern-either` or `pattern-regex`";
        return Err(Mistake::new(place, "`metavariable-pattern` has no pattern", remedy));
    }
    match (finds.len(), excludes.is_empty()) {
        (1, true) => Ok(finds.remove(0)),
        _ => {
            let clauses =
                finds.into_iter().map(Clause::Finds).chain(excludes.into_iter().map(Clause::Excludes));
            clauses::together(clauses.collect(), &[place], true)
        }
    }
}

fn named(written: &Spanned<String>) -> Made<String> {
    metavariable(&written.value, Place::from(written.referenced))
}

/// The name without its `$`.
pub(super) fn metavariable(written: &str, place: Place) -> Made<String> {
    let name = written.strip_prefix("$...").or(written.strip_prefix('$')).filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| {
        Mistake::new(place, format!("`{written}` is no metavariable"), "write it as `$NAME`, in capitals")
    })
}
