//! What is wrong with a policy file, told so that its author can act: where, the mistake, the remedy.

use std::fmt;

/// One mistake in a policy file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// Line in the file, from 1.
    pub line: u32,
    /// Character in the line, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

impl Mistake {
    pub(super) fn at(
        line: u32,
        column: u32,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Mistake {
        let (message, remedy) = (message.into(), remedy.into());
        Mistake { line: line.max(1), column: column.max(1), message, remedy }
    }

    pub(super) fn near(
        place: serde_saphyr::Location,
        message: impl Into<String>,
        remedy: impl Into<String>,
    ) -> Mistake {
        let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
        Mistake::at(number(place.line()), number(place.column()), message, remedy)
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

/// Translates what the YAML reader refused.
pub(super) fn of_yaml(error: &serde_saphyr::Error) -> Mistake {
    use serde_saphyr::Error;
    let error = error.without_snippet();
    let mistake = |message: String, remedy: String| match error.location() {
        Some(place) => Mistake::near(place, message, remedy),
        None => Mistake::at(1, 1, message, remedy),
    };
    match error {
        Error::SerdeUnknownField { field, expected, .. } => {
            mistake(format!("`{field}` is not a key here"), suggestion(field, expected))
        }
        Error::SerdeUnknownVariant { variant, expected, .. } => {
            mistake(format!("`{variant}` is not a value of this key"), suggestion(variant, expected))
        }
        Error::DuplicateMappingKey { key, .. } => mistake(
            format!("the key `{}` stands twice", key.as_deref().unwrap_or("?")),
            "keep one of the two".to_owned(),
        ),
        _ => mistake(first_line(error), "write it as docs/policy.schema.json says".to_owned()),
    }
}

/// Without the place, which is told apart.
fn first_line(error: &serde_saphyr::Error) -> String {
    let text = error.render();
    let line = text.lines().next().unwrap_or("the file is not valid YAML");
    line.split(" at line ").next().unwrap_or(line).to_owned()
}

fn suggestion(given: &str, expected: &[&str]) -> String {
    let near = |known: &&&str| strsim::damerau_levenshtein(given, known);
    match expected.iter().min_by_key(near).filter(|known| near(known) <= known.len() / 3) {
        Some(known) => format!("did you mean `{known}`?"),
        None => {
            let names: Vec<String> = expected.iter().map(|name| format!("`{name}`")).collect();
            format!("write one of {}", names.join(", "))
        }
    }
}
