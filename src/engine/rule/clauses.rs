//! The pattern clauses of a rule file, compiled: `pattern`, `patterns`, `pattern-either` and their conditions.

use regex::{Regex, RegexBuilder};
use serde_saphyr::Spanned;

use crate::engine::matching::{All, Condition, Formula, Pattern, Unfit};

use super::error::{Mistake, Place};
use super::file::{ClauseFile, RegexFile, TypeFile};

/// The largest compiled expression of a rule, in bytes.
const REGEX_SIZE: usize = 1 << 20;

const START: Place = Place { line: 1, column: 1 };

pub(super) fn pattern(text: &Spanned<String>) -> Result<Pattern, Mistake> {
    Pattern::compile(&text.value).map_err(|error| {
        let (mistake, remedy) = (format!("this pattern cannot be used, {}", error.mistake), error.remedy);
        Mistake::new(Place::from(text.referenced), mistake, remedy)
    })
}

/// `pattern-either:` any of the entries.
pub(super) fn either(entries: &[Spanned<ClauseFile>]) -> Result<Formula, Mistake> {
    entries.iter().map(alternative).collect::<Result<Vec<_>, _>>().map(Formula::Either)
}

fn alternative(entry: &Spanned<ClauseFile>) -> Result<Formula, Mistake> {
    match Clause::of(entry)? {
        Clause::Finds(formula) => Ok(formula),
        Clause::Narrows(_) => Err(Mistake::new(
            Place::from(entry.referenced),
            "an alternative of `pattern-either` must find something",
            "use `pattern`, `patterns` or `pattern-either` here, and conditions inside `patterns`",
        )),
    }
}

/// `patterns:` what finds and what narrows, together.
pub(super) fn all(entries: &[Spanned<ClauseFile>]) -> Result<Formula, Mistake> {
    let (mut positives, mut conditions, mut places) = (Vec::new(), Vec::new(), Vec::new());
    for entry in entries {
        match Clause::of(entry)? {
            Clause::Finds(formula) => positives.push(formula),
            Clause::Narrows(condition) => {
                conditions.push(condition);
                places.push(Place::from(entry.referenced));
            }
        }
    }
    All::new(positives, conditions).map(Formula::All).map_err(|unfit| match unfit {
        Unfit::OnlyNarrows => {
            let place = places.first().copied().unwrap_or(START);
            Mistake::new(place, "`patterns` only narrows", "add a `pattern` that finds something")
        }
        Unfit::Unbound { condition, name } => {
            let place = places.get(condition).copied().unwrap_or(START);
            let remedy = "bind it in a `pattern` of the same `patterns`";
            Mistake::new(place, format!("`${name}` is bound by no pattern here"), remedy)
        }
    })
}

enum Clause {
    Finds(Formula),
    Narrows(Condition),
}

impl Clause {
    fn of(entry: &Spanned<ClauseFile>) -> Result<Clause, Mistake> {
        let written = &entry.value;
        if written.keys() != 1 {
            let remedy = "begin a new entry (`- `) for each operator";
            return Err(Mistake::new(
                Place::from(entry.referenced),
                "an entry takes exactly one operator",
                remedy,
            ));
        }
        match written.finds()? {
            Some(formula) => Ok(Clause::Finds(formula)),
            None => written.condition().map(Clause::Narrows),
        }
    }
}

impl ClauseFile {
    fn keys(&self) -> usize {
        let finding = [self.pattern.is_some(), self.patterns.is_some(), self.pattern_either.is_some()];
        let narrowing = [
            self.pattern_not.is_some(),
            self.pattern_inside.is_some(),
            self.pattern_not_inside.is_some(),
            self.metavariable_regex.is_some(),
            self.metavariable_type.is_some(),
            self.focus_metavariable.is_some(),
        ];
        finding.iter().chain(&narrowing).filter(|given| **given).count()
    }

    fn finds(&self) -> Result<Option<Formula>, Mistake> {
        if let Some(text) = &self.pattern {
            return pattern(text).map(|pattern| Some(Formula::Pattern(pattern)));
        }
        if let Some(entries) = &self.patterns {
            return all(entries).map(Some);
        }
        self.pattern_either.as_deref().map(either).transpose()
    }

    fn condition(&self) -> Result<Condition, Mistake> {
        if let Some(text) = &self.pattern_not {
            return pattern(text).map(Condition::Not);
        }
        if let Some(text) = &self.pattern_inside {
            return pattern(text).map(Condition::Inside);
        }
        if let Some(text) = &self.pattern_not_inside {
            return pattern(text).map(Condition::NotInside);
        }
        if let Some(written) = &self.metavariable_regex {
            return regex_condition(&written.value);
        }
        if let Some(written) = &self.metavariable_type {
            return type_condition(written);
        }
        // `keys() == 1` leaves nothing else.
        self.focus_metavariable.as_ref().map_or_else(
            || Err(Mistake::new(START, "an empty entry", "write one operator")),
            |name| metavariable(name).map(Condition::Focus),
        )
    }
}

fn regex_condition(written: &RegexFile) -> Result<Condition, Mistake> {
    let place = Place::from(written.regex.referenced);
    let regex = anchored(&written.regex.value).map_err(|error| {
        Mistake::new(
            place,
            format!("this regular expression is refused ({error})"),
            "simplify it; look-around is not supported",
        )
    })?;
    Ok(Condition::Regex { name: metavariable(&written.metavariable)?, regex })
}

/// Semgrep matches from the beginning of the metavariable's text, not necessarily to its end.
fn anchored(expression: &str) -> Result<Regex, regex::Error> {
    RegexBuilder::new(&format!("^(?:{expression})")).size_limit(REGEX_SIZE).build()
}

fn type_condition(written: &Spanned<TypeFile>) -> Result<Condition, Mistake> {
    let TypeFile { metavariable: name, one, types } = &written.value;
    let types: Vec<String> = one.iter().chain(types).cloned().collect();
    if types.is_empty() {
        let place = Place::from(written.referenced);
        return Err(Mistake::new(
            place,
            "`metavariable-type` names no type",
            "add `type: module.Class` or `types: [...]`",
        ));
    }
    Ok(Condition::Type { name: metavariable(name)?, types })
}

/// The name without its `$`.
fn metavariable(written: &Spanned<String>) -> Result<String, Mistake> {
    let name = written.value.strip_prefix('$').filter(|name| !name.is_empty());
    name.map(str::to_owned).ok_or_else(|| {
        let place = Place::from(written.referenced);
        Mistake::new(
            place,
            format!("`{}` is no metavariable", written.value),
            "write it as `$NAME`, in capitals",
        )
    })
}
