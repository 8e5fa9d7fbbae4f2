//! The pattern clauses of a rule file, compiled: `pattern`, `patterns`, `pattern-either` and what narrows them.

use serde_saphyr::Spanned;

use crate::engine::matching::{All, Clause, Expression, Formula, Pattern, PatternError, Unfit};

use super::conditions;
use super::error::{Mistake, Place};
use super::file::ClauseFile;
use super::one_or::TextOr;

pub(super) const START: Place = Place { line: 1, column: 1 };

pub(super) type Made<T> = Result<T, Mistake>;

pub(super) fn pattern(text: &Spanned<String>) -> Made<Formula> {
    compiled(&text.value, Place::from(text.referenced))
}

fn compiled(text: &str, place: Place) -> Made<Formula> {
    Pattern::compile(text)
        .map(Formula::Pattern)
        .map_err(|error| unusable("this pattern cannot be used", place, error))
}

pub(super) fn unusable(what: &str, place: Place, error: PatternError) -> Mistake {
    Mistake::new(place, format!("{what}, {}", error.mistake), error.remedy)
}

pub(super) fn regex(text: &Spanned<String>) -> Made<Formula> {
    expression(text, Expression::multiline).map(Formula::Regex)
}

pub(super) fn expression(
    text: &Spanned<String>,
    make: impl Fn(&str) -> Result<Expression, String>,
) -> Made<Expression> {
    make(&text.value).map_err(|why| {
        let place = Place::from(text.referenced);
        Mistake::new(
            place,
            format!("this regular expression is refused ({why})"),
            "correct it, or make it simpler",
        )
    })
}

/// `pattern-either:` any of the entries.
pub(super) fn either(entries: &[Spanned<ClauseFile>]) -> Made<Formula> {
    entries.iter().map(alternative).collect::<Made<Vec<_>>>().map(Formula::Either)
}

fn alternative(entry: &Spanned<ClauseFile>) -> Made<Formula> {
    match clause(&entry.value, Place::from(entry.referenced))? {
        Clause::Finds(formula) => Ok(formula),
        Clause::Excludes(_) | Clause::Condition(_) | Clause::Focus(_) => Err(Mistake::new(
            Place::from(entry.referenced),
            "an alternative of `pattern-either` must find something",
            "use `pattern`, `patterns` or `pattern-either` here, and conditions inside `patterns`",
        )),
    }
}

/// `patterns:` what finds and what narrows, together. What stands in a `metavariable-pattern` may only narrow.
pub(super) fn all(entries: &[Spanned<ClauseFile>], nested: bool) -> Made<Formula> {
    let (mut clauses, mut places) = (Vec::new(), Vec::new());
    for entry in entries {
        let place = Place::from(entry.referenced);
        clauses.push(clause(&entry.value, place)?);
        places.push(place);
    }
    together(clauses, &places, nested)
}

pub(super) fn together(clauses: Vec<Clause>, places: &[Place], nested: bool) -> Made<Formula> {
    All::new(clauses, nested).map(Formula::All).map_err(|unfit| match unfit {
        Unfit::OnlyNarrows => {
            let place = places.first().copied().unwrap_or(START);
            Mistake::new(place, "`patterns` only narrows", "add a `pattern` that finds something")
        }
        Unfit::Unbound { clause, name } => {
            let place = places.get(clause).copied().unwrap_or(START);
            let remedy = "bind it in a `pattern` of the same `patterns`";
            Mistake::new(place, format!("`${name}` is bound by no pattern here"), remedy)
        }
    })
}

/// One entry: exactly one operator.
fn clause(written: &ClauseFile, place: Place) -> Made<Clause> {
    let mut made = finding(written)?.into_iter().map(Clause::Finds).collect::<Vec<_>>();
    made.extend(narrowing(written)?);
    made.extend(conditions::of(written)?);
    match (made.pop(), made.is_empty()) {
        (Some(clause), true) => Ok(clause),
        _ => {
            let remedy = "begin a new entry (`- `) for each operator";
            Err(Mistake::new(place, "an entry takes exactly one operator", remedy))
        }
    }
}

fn finding(written: &ClauseFile) -> Made<Vec<Formula>> {
    let mut made = Vec::new();
    made.extend(written.pattern.as_ref().map(pattern).transpose()?);
    made.extend(written.patterns.as_ref().map(|entries| all(entries, false)).transpose()?);
    made.extend(written.pattern_either.as_deref().map(either).transpose()?);
    made.extend(written.pattern_regex.as_ref().map(regex).transpose()?);
    if let Some(inside) = &written.pattern_inside {
        made.push(Formula::Inside(Box::new(inner(inside)?)));
    }
    Ok(made)
}

fn narrowing(written: &ClauseFile) -> Made<Vec<Clause>> {
    let mut made = Vec::new();
    if let Some(not) = &written.pattern_not {
        made.push(Clause::Excludes(inner(not)?));
    }
    if let Some(outside) = &written.pattern_not_inside {
        made.push(Clause::Excludes(Formula::Inside(Box::new(inner(outside)?))));
    }
    if let Some(not) = &written.pattern_not_regex {
        made.push(Clause::Excludes(regex(not)?));
    }
    if let Some(names) = &written.focus_metavariable {
        let place = Place::from(names.referenced);
        let names = names.value.0.iter().map(|name| conditions::metavariable(name, place));
        made.push(Clause::Focus(names.collect::<Made<Vec<_>>>()?));
    }
    Ok(made)
}

/// A pattern, or a clause of its own.
pub(super) fn inner(written: &Spanned<TextOr<ClauseFile>>) -> Made<Formula> {
    let place = Place::from(written.referenced);
    match &written.value {
        TextOr::Text(text) => compiled(text, place),
        TextOr::Map(map) => match clause(map, place)? {
            Clause::Finds(formula) => Ok(formula),
            Clause::Excludes(_) | Clause::Condition(_) | Clause::Focus(_) => Err(Mistake::new(
                place,
                "nothing is found here",
                "give a pattern, or `patterns` with a `pattern` in it",
            )),
        },
    }
}
