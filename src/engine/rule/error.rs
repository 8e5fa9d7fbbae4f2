//! What is wrong with a rule file, told so that its author can act: where, the mistake, the remedy.

use std::fmt;

use super::did_you_mean;

/// One mistake in one file under `rules/`.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LoadError {
    pub file: String,
    pub line: u64,
    pub column: u64,
    pub mistake: String,
    pub remedy: String,
}

/// Every mistake of a set of rule files; never empty.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub struct LoadErrors(pub Vec<LoadError>);

/// A place in a YAML text; both numbers start at 1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Place {
    pub line: u64,
    pub column: u64,
}

/// A mistake whose file is not known yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mistake {
    pub place: Place,
    pub mistake: String,
    pub remedy: String,
}

impl Mistake {
    pub(super) fn new(place: Place, mistake: impl Into<String>, remedy: impl Into<String>) -> Mistake {
        Mistake { place, mistake: mistake.into(), remedy: remedy.into() }
    }

    pub(super) fn of(self, file: &str) -> LoadError {
        LoadError {
            file: file.to_owned(),
            line: self.place.line,
            column: self.place.column,
            mistake: self.mistake,
            remedy: self.remedy,
        }
    }
}

impl From<serde_saphyr::Location> for Place {
    fn from(location: serde_saphyr::Location) -> Place {
        Place { line: location.line(), column: location.column() }
    }
}

impl fmt::Display for LoadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let LoadError { file, line, column, mistake, remedy } = self;
        write!(f, "{file}:{line}:{column}: {mistake}: {remedy}")
    }
}

impl fmt::Display for LoadErrors {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (index, error) in self.0.iter().enumerate() {
            write!(f, "{}{error}", if index == 0 { "" } else { "\n" })?;
        }
        Ok(())
    }
}

/// Translates what the YAML reader refused into a mistake with its remedy.
pub(super) fn from_yaml(error: &serde_saphyr::Error) -> Mistake {
    use serde_saphyr::Error;
    let error = error.without_snippet();
    let place = error.location().map_or(Place { line: 1, column: 1 }, Place::from);
    match error {
        Error::SerdeUnknownField { field, expected, .. } => unknown_key(place, field, expected),
        Error::SerdeUnknownVariant { variant, expected, .. } => Mistake::new(
            place,
            format!("`{variant}` is not a value of this key"),
            suggestion(variant, expected),
        ),
        Error::SerdeMissingField { field, .. } => {
            Mistake::new(place, format!("`{field}` is missing"), format!("add the key `{field}`"))
        }
        Error::DuplicateMappingKey { key, .. } => Mistake::new(
            place,
            format!("the key `{}` stands twice", key.as_deref().unwrap_or("?")),
            "keep one of the two",
        ),
        other => Mistake::new(place, other.to_string(), "correct the YAML at this place"),
    }
}

/// Keys of Semgrep's language that are known and refused, each with what to write instead.
const REFUSED: [(&str, &str); 22] = [
    ("mode", "write the rule with `patterns`"),
    ("pattern-sources", "taint rules do not run yet: write the rule with `patterns`"),
    ("pattern-sinks", "taint rules do not run yet: write the rule with `patterns`"),
    ("pattern-sanitizers", "taint rules do not run yet: write the rule with `patterns`"),
    ("pattern-propagators", "taint rules do not run yet: write the rule with `patterns`"),
    ("metavariable-analysis", "write `metavariable-regex` or `metavariable-comparison`"),
    ("semgrep-internal-pattern-anywhere", "write `pattern-inside` with several statements"),
    ("semgrep-internal-metavariable-name", "write the dotted name in the pattern"),
    ("pattern-where-python", "write `metavariable-comparison`: no code of a rule is run"),
    ("pattern-not-either", "write several `pattern-not`"),
    ("pattern-not-patterns", "write `pattern-not:` with `patterns:` below it"),
    ("match", "write `patterns`, `pattern-either`, `pattern-not` and `pattern-inside`"),
    ("taint", "taint rules do not run yet: write the rule with `patterns`"),
    ("all", "write `patterns`"),
    ("any", "write `pattern-either`"),
    ("not", "write `pattern-not`"),
    ("inside", "write `pattern-inside`"),
    ("where", "write the conditions as entries of `patterns`"),
    ("regex", "write `pattern-regex`, or `metavariable-regex` with `metavariable` and `regex`"),
    (
        "metavariable",
        "write `metavariable-regex`, `metavariable-pattern` or `metavariable-comparison` around it",
    ),
    ("comparison", "write `metavariable-comparison`"),
    ("focus", "write `focus-metavariable`"),
];

fn unknown_key(place: Place, field: &str, expected: &[&str]) -> Mistake {
    if let Some((_, remedy)) = REFUSED.iter().find(|(known, _)| *known == field) {
        return Mistake::new(place, format!("`{field}` is not supported"), *remedy);
    }
    Mistake::new(place, format!("unknown key `{field}`"), suggestion(field, expected))
}

fn suggestion(given: &str, expected: &[&str]) -> String {
    match did_you_mean(given, expected.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use one of {}", list(expected)),
    }
}

fn list(names: &[&str]) -> String {
    names.iter().map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
}
