//! A rule's text with holes (`$NAME`) that a match fills with this code's own names.

use std::collections::BTreeSet;

/// The longest value a text takes in, in characters: a hostile name must not drown the message.
const LONGEST_VALUE: usize = 160;

/// The names a match gives to the holes of a text.
pub type Values = Vec<(String, String)>;

/// The names of the holes of `text`, without their `$`.
pub(super) fn holes(text: &str) -> BTreeSet<&str> {
    pieces(text).filter_map(|piece| if let Piece::Hole(name) = piece { Some(name) } else { None }).collect()
}

/// `text` with its holes filled, as one line. A hole nobody fills reads as `…`.
pub fn fill(text: &str, values: &Values) -> String {
    let filled: String = pieces(text)
        .map(|piece| match piece {
            Piece::Text(text) => text.to_owned(),
            Piece::Hole(name) => value(values, name),
        })
        .collect();
    one_line(&filled)
}

fn value(values: &Values, name: &str) -> String {
    let value = values.iter().find(|(key, _)| key == name).map_or("…", |(_, value)| value.as_str());
    shorten(&one_line(value))
}

fn one_line(text: &str) -> String {
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

fn shorten(text: &str) -> String {
    if text.chars().count() <= LONGEST_VALUE {
        return text.to_owned();
    }
    text.chars().take(LONGEST_VALUE - 1).chain(['…']).collect()
}

enum Piece<'t> {
    Text(&'t str),
    Hole(&'t str),
}

/// Cuts a text into words and holes. `$` not followed by a capital letter is a dollar sign.
fn pieces(text: &str) -> impl Iterator<Item = Piece<'_>> {
    let mut rest = text;
    std::iter::from_fn(move || {
        if rest.is_empty() {
            return None;
        }
        let name = hole_at_start(rest);
        let (piece, length) = match name {
            Some(name) => (Piece::Hole(name), name.len() + 1),
            None => {
                let length = next_hole(rest);
                (Piece::Text(&rest[..length]), length)
            }
        };
        rest = &rest[length..];
        Some(piece)
    })
}

fn next_hole(text: &str) -> usize {
    let starts = text.match_indices('$').map(|(index, _)| index);
    starts.filter(|&index| hole_at_start(&text[index..]).is_some()).min().unwrap_or(text.len())
}

fn hole_at_start(text: &str) -> Option<&str> {
    let name = text.strip_prefix('$')?;
    let end = name
        .find(|c: char| !(c.is_ascii_uppercase() || c.is_ascii_digit() || c == '_'))
        .unwrap_or(name.len());
    name.starts_with(|c: char| c.is_ascii_uppercase() || c == '_').then(|| &name[..end])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, values: &[(&str, &str)], expect: &str) {
        let values = values.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect();
        assert_eq!(fill(text, &values), expect);
    }

    #[test]
    fn holes_are_filled_with_names_of_the_code() {
        check(
            "`$CALL` waits in `$FUNCTION`.",
            &[("CALL", "requests.get"), ("FUNCTION", "load")],
            "`requests.get` waits in `load`.",
        );
    }

    #[test]
    fn a_dollar_sign_that_names_nothing_stays() {
        check("costs $5 and $x", &[], "costs $5 and $x");
    }

    #[test]
    fn an_unfilled_hole_shows_an_ellipsis() {
        check("see $X", &[], "see …");
    }

    #[test]
    fn long_values_are_cut_and_line_ends_become_spaces() {
        check("`$X`", &[("X", "a\n  b")], "`a b`");
        let long = "x".repeat(500);
        assert_eq!(fill("$X", &vec![("X".to_owned(), long)]).chars().count(), LONGEST_VALUE);
    }
}
