//! The slash commands in a comment: `/audit rescan`, on a line of its own.
//!
//! What is quoted, shown as code or hidden commands nothing: a comment is read as the Markdown it is. Pure.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use crate::domain::Command;

/// How a command begins.
const PREFIX: &str = "/audit";
/// The words we know, as they are written.
const KNOWN: [&str; 2] = ["rescan", "help"];
/// So many different commands of one comment are heard.
const MOST: usize = 3;
/// No word of ours is longer; what is echoed is cut here.
const LONGEST: usize = 40;

/// The commands that this text has more often than the text before, each once, in the order they stand.
pub(super) fn newly_given(body: &str, before: Option<&str>) -> Vec<Command> {
    let mut old = before.map(given).unwrap_or_default();
    let mut new: Vec<Command> = Vec::new();
    for command in given(body) {
        if let Some(at) = old.iter().position(|known| *known == command) {
            old.swap_remove(at);
        } else if !new.contains(&command) && new.len() < MOST {
            new.push(command);
        }
    }
    new
}

/// The word we know that looks most like this one.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    let likeness = |known: &'static str| (strsim::jaro_winkler(&word.to_lowercase(), known), known);
    let best = KNOWN.into_iter().map(likeness).max_by(|left, right| left.0.total_cmp(&right.0))?;
    (best.0 > 0.75).then_some(best.1)
}

fn given(body: &str) -> Vec<Command> {
    if !mentions_us(body) {
        return Vec::new();
    }
    plain_lines(body).into_iter().filter_map(|line| read(&body[line])).collect()
}

/// Most comments are not for us, and need not be read as Markdown to know it.
fn mentions_us(body: &str) -> bool {
    body.as_bytes().windows(PREFIX.len()).any(|window| window.eq_ignore_ascii_case(PREFIX.as_bytes()))
}

/// The lines that consist of plain text only.
fn plain_lines(body: &str) -> Vec<Range<usize>> {
    let options = Options::ENABLE_TABLES | Options::ENABLE_STRIKETHROUGH | Options::ENABLE_FOOTNOTES;
    let mut lines = Vec::new();
    let mut closed = 0_usize;
    for (event, range) in Parser::new_ext(body, options).into_offset_iter() {
        match event {
            Event::Start(tag) if is_closed(&tag) => closed += 1,
            Event::Start(_) if closed > 0 => closed += 1,
            Event::End(_) if closed > 0 => closed -= 1,
            Event::Text(_) if closed == 0 => lines.push(line_around(body, range)),
            _ => {}
        }
    }
    lines.dedup();
    lines
}

/// What is inside these is shown or quoted, not said.
fn is_closed(tag: &Tag<'_>) -> bool {
    !matches!(tag, Tag::Paragraph)
}

/// The whole line of the source in which this text begins.
fn line_around(body: &str, range: Range<usize>) -> Range<usize> {
    let start = body[..range.start].rfind('\n').map_or(0, |end| end + 1);
    let end = body[range.start..].find('\n').map_or(body.len(), |end| range.start + end);
    start..end
}

fn read(line: &str) -> Option<Command> {
    let mut words = line.split_whitespace();
    let first = words.next()?;
    if !first.eq_ignore_ascii_case(PREFIX) {
        return None;
    }
    let word = words.next().unwrap_or("help");
    if words.next().is_some() {
        return Some(unknown(word));
    }
    Some(match word.to_ascii_lowercase().as_str() {
        "rescan" => Command::Rescan,
        "help" => Command::Help,
        _ => unknown(word),
    })
}

fn unknown(word: &str) -> Command {
    Command::Unknown(word.chars().take(LONGEST).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(body: &str, expect: &[Command]) {
        assert_eq!(newly_given(body, None), expect, "{body}");
    }

    #[test]
    fn a_command_stands_on_a_line_of_its_own() {
        check("/audit rescan", &[Command::Rescan]);
        check("Fixed that.\n\n  /Audit Rescan  \r\n\r\nThanks!", &[Command::Rescan]);
        check("Fixed that.\n/audit rescan\nThanks!", &[Command::Rescan]);
        check("/audit", &[Command::Help]);
        check("/audit help\n/audit rescan\n/audit rescan", &[Command::Help, Command::Rescan]);
        check("Please /audit rescan", &[]);
        check("/auditor rescan", &[]);
        check("", &[]);
    }

    #[test]
    fn what_is_quoted_shown_or_hidden_commands_nothing() {
        for body in [
            "> /audit rescan",
            "> quoted\n/audit rescan",
            "`/audit rescan`",
            "``\n/audit rescan\n``",
            "```\n/audit rescan\n```",
            "~~~\n/audit rescan",
            "    /audit rescan",
            "<!-- /audit rescan -->",
            "<!--\n/audit rescan\n-->",
            "text <!--\n/audit rescan\n-->",
            "<pre>\n/audit rescan\n</pre>",
            "- /audit rescan",
            "# /audit rescan",
            "~~/audit rescan~~",
            "~~gone\n/audit rescan\ngone~~",
            "\\/audit rescan",
            "[/audit rescan](https://example.com)",
            "| a |\n|---|\n| /audit rescan |",
            "[^1]: /audit rescan",
        ] {
            check(body, &[]);
        }
    }

    #[test]
    fn other_words_are_unknown() {
        check("/audit recsan", &[Command::Unknown("recsan".to_owned())]);
        check("/audit rescan everything", &[Command::Unknown("rescan".to_owned())]);
        check(&format!("/audit {}", "é".repeat(60)), &[Command::Unknown("é".repeat(40))]);
    }

    #[test]
    fn an_edit_gives_only_what_it_adds() {
        let check = |before, body, expect: &[Command]| {
            assert_eq!(newly_given(body, Some(before)), expect, "{before} → {body}");
        };
        check("/audit rescan", "/audit rescan\n\nmore words", &[]);
        check("words", "words\n\n/audit rescan", &[Command::Rescan]);
        check("/audit rescan", "/audit rescan\n/audit rescan", &[Command::Rescan]);
        check("/audit help", "/audit help\n/audit rescan", &[Command::Rescan]);
        check("> /audit rescan", "/audit rescan", &[Command::Rescan]);
    }

    #[test]
    fn a_slip_of_the_finger_is_understood() {
        assert_eq!(meant("recsan"), Some("rescan"));
        assert_eq!(meant("Scan"), Some("rescan"));
        assert_eq!(meant("hlep"), Some("help"));
        assert_eq!(meant("deploy"), None);
    }
}
