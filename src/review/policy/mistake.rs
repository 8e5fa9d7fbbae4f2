//! What is wrong with a policy file, told so that its author can act: where, the mistake, the remedy.

use crate::report::mistake::Mistake;

/// A mistake where the YAML reader stood.
pub(super) fn near(
    place: serde_saphyr::Location,
    message: impl Into<String>,
    remedy: impl Into<String>,
) -> Mistake {
    let number = |count: u64| u32::try_from(count).unwrap_or(u32::MAX);
    Mistake::at(number(place.line()), number(place.column()), message, remedy)
}

/// Translates what the YAML reader refused.
pub(super) fn of_yaml(error: &serde_saphyr::Error) -> Mistake {
    use serde_saphyr::Error;
    let error = error.without_snippet();
    let mistake = |message: String, remedy: String| match error.location() {
        Some(place) => near(place, message, remedy),
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
