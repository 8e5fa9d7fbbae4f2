//! The grammar of comments that silence findings: our own, `noqa`, `nosec` and `nosemgrep`. Where they stand and
//! what they reach is not known here.

/// One demand of a comment. A comment may hold several: `# noqa: S501  # scrutineer: ignore[a] why`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Directive {
    /// `scrutineer: ignore[a, b] reason`
    Ignore { rules: Vec<String>, reason: String },
    /// `scrutineer: ignore-file[a, b] reason`
    IgnoreFile { rules: Vec<String>, reason: String },
    /// `noqa: CODE, CODE`; without codes it is none of ours.
    Noqa { codes: Vec<String> },
    /// `nosec CODE, CODE`; without codes it speaks of everything about security.
    Nosec { codes: Vec<String> },
    /// `nosemgrep: a, b`; without rules it speaks of all that are written in Semgrep's format.
    Nosemgrep { rules: Vec<String> },
}

/// How many parts of one comment are read: a line of a megabyte may be nothing but directives.
const PIECES: usize = 64;
/// How many characters of a reason are kept.
const REASON: usize = 1_000;

/// The words that a directive begins with, in any case of letters.
const OWN: &str = "scrutineer";
const NOQA: &str = "noqa";
const NOSEC: &str = "nosec";
/// The longer word first.
const NOSEMGREP: [&str; 2] = ["nosemgrep", "nosem"];

/// Whether [`read`] can find anything: one of the words stands behind a `#`.
pub(super) fn may_speak(comment: &str) -> bool {
    let begins =
        |text: &str, word: &str| text.get(..word.len()).is_some_and(|start| start.eq_ignore_ascii_case(word));
    let pieces = comment.match_indices('#').map(|(at, _)| comment[at + 1..].trim_start());
    pieces.take(PIECES).any(|piece| [OWN, NOQA, NOSEC, "nosem"].into_iter().any(|word| begins(piece, word)))
}

/// Reads a comment, from its `#` to the end of its line. A mistake in a comment meant for us is
/// told in words, with the remedy.
pub(super) fn read(comment: &str) -> Vec<Result<Directive, String>> {
    let pieces = comment.match_indices('#').map(|(at, _)| comment[at + 1..].trim_start());
    pieces.take(PIECES).filter_map(read_piece).collect()
}

fn read_piece(text: &str) -> Option<Result<Directive, String>> {
    if let Some(own) = after_word(text, OWN).and_then(|rest| rest.trim_start().strip_prefix(':')) {
        return Some(own_directive(own.trim_start()));
    }
    if let Some(rest) = after_word(text, NOQA) {
        let codes = codes(rest.trim_start().strip_prefix(':')?);
        return (!codes.is_empty()).then_some(Ok(Directive::Noqa { codes }));
    }
    if let Some(rest) = NOSEMGREP.into_iter().find_map(|word| after_word(text, word)) {
        return Some(Ok(Directive::Nosemgrep { rules: listed(rest) }));
    }
    let rest = after_word(text, NOSEC)?.trim_start();
    Some(Ok(Directive::Nosec { codes: codes(rest.strip_prefix(':').unwrap_or(rest)) }))
}

/// What follows a word, in any case of letters, if the text starts with it.
fn after_word<'t>(text: &'t str, word: &str) -> Option<&'t str> {
    let start = text.get(..word.len())?;
    let rest = text.get(word.len()..)?;
    let ends = !rest.starts_with(|c: char| c.is_alphanumeric() || c == '_' || c == '-');
    (start.eq_ignore_ascii_case(word) && ends).then_some(rest)
}

/// The ids behind a colon, separated by commas; words behind the last one are its author's.
fn listed(rest: &str) -> Vec<String> {
    let Some(list) = rest.trim_start().strip_prefix(':') else { return Vec::new() };
    let mut ids = Vec::new();
    for part in list.split(',') {
        let mut words = part.split_whitespace();
        ids.extend(words.next().map(str::to_owned));
        if words.next().is_some() {
            break;
        }
    }
    ids
}

/// The codes at the start of a text, up to the first word that is none.
fn codes(text: &str) -> Vec<String> {
    let words = text.split(|c: char| c == ',' || c.is_whitespace()).filter(|word| !word.is_empty());
    words.take_while(|word| is_code(word)).map(str::to_owned).collect()
}

/// `S501`, `ASYNC210`, or a test's name as bandit has them: `request_with_no_cert_validation`.
fn is_code(word: &str) -> bool {
    let letters = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let numbered = letters.len() < word.len() && is_all(letters, |b| b.is_ascii_alphabetic());
    let named =
        word.contains('_') && is_all(word, |b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'_');
    numbered || named
}

fn is_all(text: &str, holds: impl Fn(u8) -> bool) -> bool {
    !text.is_empty() && text.bytes().all(holds)
}

fn own_directive(text: &str) -> Result<Directive, String> {
    let (verb, rest) = text.split_at(text.find(|c: char| !is_verb_letter(c)).unwrap_or(text.len()));
    if !matches!(verb, "ignore" | "ignore-file") {
        return Err(format!(
            "`scrutineer: {verb}` is not known; write `# scrutineer: ignore[rule-id] reason` \
             or `# scrutineer: ignore-file[rule-id] reason`"
        ));
    }
    let (rules, reason) = rules_and_reason(verb, rest.trim_start())?;
    match verb {
        "ignore" => Ok(Directive::Ignore { rules, reason }),
        _ => Ok(Directive::IgnoreFile { rules, reason }),
    }
}

fn is_verb_letter(letter: char) -> bool {
    letter.is_alphanumeric() || matches!(letter, '-' | '_')
}

fn rules_and_reason(verb: &str, text: &str) -> Result<(Vec<String>, String), String> {
    let inside = text.strip_prefix('[').ok_or_else(|| {
        format!("it names no rule and silences nothing; write `# scrutineer: {verb}[rule-id] reason`")
    })?;
    let end = inside.find([']', '#']).filter(|end| inside[*end..].starts_with(']')).ok_or_else(|| {
        format!("the list of rules is not closed; write `# scrutineer: {verb}[rule-id] reason`")
    })?;
    let (list, rest) = (&inside[..end], &inside[end + 1..]);
    let rules: Vec<String> =
        list.split(',').map(|id| id.trim().to_owned()).filter(|id| !id.is_empty()).collect();
    if rules.is_empty() {
        return Err(format!("the list of rules is empty; write `# scrutineer: {verb}[rule-id] reason`"));
    }
    Ok((rules, reason(rest)))
}

/// The author's words, up to a further comment on the same line.
fn reason(rest: &str) -> String {
    let kept = rest.char_indices().nth(REASON).map_or(rest, |(end, _)| &rest[..end]);
    let end = kept.find(" # ").unwrap_or(kept.len());
    let separator = |c: char| c.is_whitespace() || matches!(c, ':' | '-' | '–' | '—');
    kept[..end].trim_start_matches(separator).trim_end().to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(comment: &str, expect: &[&str]) {
        let told: Vec<String> = read(comment).into_iter().map(tell).collect();
        assert_eq!(told, expect, "{comment}");
    }

    fn tell(directive: Result<Directive, String>) -> String {
        match directive {
            Ok(Directive::Ignore { rules, reason }) => format!("ignore {rules:?} {reason}"),
            Ok(Directive::IgnoreFile { rules, reason }) => format!("file {rules:?} {reason}"),
            Ok(Directive::Noqa { codes }) => format!("noqa {codes:?}"),
            Ok(Directive::Nosec { codes }) => format!("nosec {codes:?}"),
            Ok(Directive::Nosemgrep { rules }) => format!("nosemgrep {rules:?}"),
            Err(mistake) => mistake.split(';').next().unwrap().to_owned(),
        }
    }

    #[test]
    fn our_own_comment_names_rules_and_a_reason() {
        check("# scrutineer: ignore[a-b] it is local", &[r#"ignore ["a-b"] it is local"#]);
        check("#scrutineer:ignore[ a , b,]", &[r#"ignore ["a", "b"] "#]);
        check("# Scrutineer: ignore [a]: see #12", &[r#"ignore ["a"] see #12"#]);
        check("# scrutineer: ignore-file[a] — generated", &[r#"file ["a"] generated"#]);
    }

    #[test]
    fn comments_of_several_tools_share_a_line() {
        check(
            "# type: ignore  # noqa: S501  # scrutineer: ignore[a] why # pragma: no cover",
            &[r#"noqa ["S501"]"#, r#"ignore ["a"] why"#],
        );
    }

    #[test]
    fn noqa_needs_codes() {
        check("# noqa: S501", &[r#"noqa ["S501"]"#]);
        check("#NOQA : s501,ASYNC210 E1 because", &[r#"noqa ["s501", "ASYNC210", "E1"]"#]);
        for silent in
            ["# noqa", "# noqa:", "# noqa because", "# ruff: noqa: S501", "# noqad: S1", "# no qa: S1"]
        {
            check(silent, &[]);
        }
    }

    #[test]
    fn nosec_may_have_codes() {
        check("# nosec", &["nosec []"]);
        check("#nosec - trusted input", &["nosec []"]);
        check("# nosec B501, B113 trusted", &[r#"nosec ["B501", "B113"]"#]);
        check("# nosec: assert_used", &[r#"nosec ["assert_used"]"#]);
        check("# nosecret", &[]);
    }

    #[test]
    fn nosemgrep_may_have_rules() {
        check("# nosemgrep", &["nosemgrep []"]);
        check("#nosem because", &["nosemgrep []"]);
        check("# nosemgrep: a.b-c, d is fine, too", &[r#"nosemgrep ["a.b-c", "d"]"#]);
        check("# nosemgreps", &[]);
    }

    #[test]
    fn a_comment_meant_for_us_that_we_cannot_read_is_a_mistake() {
        check("# scrutineer: ignore", &["it names no rule and silences nothing"]);
        check("# scrutineer: ignore a-b", &["it names no rule and silences nothing"]);
        check("# scrutineer: ignore[a", &["the list of rules is not closed"]);
        check("# scrutineer: ignore[a  # b]", &["the list of rules is not closed"]);
        check("# scrutineer: ignore[ , ]", &["the list of rules is empty"]);
        check("# scrutineer: disable[a]", &["`scrutineer: disable` is not known"]);
        check("# scrutineer: ignore-files[a]", &["`scrutineer: ignore-files` is not known"]);
    }

    #[test]
    fn prose_about_us_is_left_alone() {
        check("# our scrutineer: it reads this", &[]);
        check("# scrutineer found this", &[]);
        check("# see scrutineer: ignore[a]", &[]);
    }
}
