//! Mistakes in a file of settings, for a person at a terminal: the line, the place underlined, the remedy.

use std::fmt;

use annotate_snippets::{AnnotationKind, Level, Snippet};

use super::escape::{hidden, terminal};
use super::text::{Style, renderer};

/// One mistake, and what to do about it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mistake {
    /// From 1.
    pub line: u32,
    /// Character in the line, from 1.
    pub column: u32,
    /// What is wrong.
    pub message: String,
    /// What to write instead.
    pub remedy: String,
}

impl Mistake {
    /// A place of 0 is the first.
    pub fn at(line: u32, column: u32, message: impl Into<String>, remedy: impl Into<String>) -> Mistake {
        let (message, remedy) = (message.into(), remedy.into());
        Mistake { line: line.max(1), column: column.max(1), message, remedy }
    }
}

impl fmt::Display for Mistake {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}; {}", self.message, self.remedy)
    }
}

/// The mistakes with their lines of `text`, the file at `path`.
pub fn write(path: &str, text: &str, mistakes: &[Mistake], style: Style) -> String {
    let renderer = renderer(style);
    let shown = |mistake: &Mistake| {
        let line = text.lines().nth(mistake.line.saturating_sub(1) as usize).unwrap_or_default();
        let (source, place) = excerpt(line, mistake.column.saturating_sub(1) as usize);
        let snippet = Snippet::source(source)
            .line_start(mistake.line as usize)
            .path(terminal::line(path))
            .annotation(AnnotationKind::Primary.span(place));
        let group = Level::ERROR
            .primary_title(terminal::line(&mistake.message))
            .element(snippet)
            .element(Level::HELP.message(terminal::text(&mistake.remedy)));
        format!("{}\n\n", renderer.render(&[group]))
    };
    mistakes.iter().map(shown).collect()
}

/// The line as it can be shown, and the bytes of the word that begins at this character.
fn excerpt(line: &str, column: usize) -> (String, std::ops::Range<usize>) {
    let at = line.char_indices().nth(column).map_or(line.len(), |(at, _)| at);
    let ends = |c: char| c.is_whitespace() || matches!(c, ':' | ',' | ']' | '}' | '#');
    let end = line[at..].find(ends).map_or(line.len(), |length| at + length);
    let reveal = |part: &str| hidden::reveal(&part.replace('\t', " "));
    let (before, word, after) = (reveal(&line[..at]), reveal(&line[at..end]), reveal(&line[end..]));
    let place = before.len()..before.len() + word.len();
    (format!("{before}{word}{after}"), place)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_mistake_is_shown_in_its_line() {
        let text = "fail_on: high\nfial_on: \u{1b}[31mlow # é\n";
        let mistake = |line, column| Mistake {
            line,
            column,
            message: "`fial_on` is not a key here".to_owned(),
            remedy: "did you mean `fail_on`?".to_owned(),
        };
        let mistakes = [mistake(2, 1), mistake(2, 10), mistake(9, 9)];
        insta::assert_snapshot!(write("policy.yml", text, &mistakes, Style::default()));
    }
}
