//! Takes a rule file apart, so that each rule can be read, and refused, for itself: the text of one entry is the whole
//! text with the lines of all others blank, and every line keeps its number.

/// The entries of `rules:`, each as a text of its own; nothing where they do not stand as a list in lines.
pub(super) fn entries(text: &str) -> Option<Vec<String>> {
    let lines: Vec<&str> = text.lines().collect();
    let head = lines.iter().position(|line| is_head(line))?;
    let indent = lines[head + 1..].iter().find(|line| speaks(line)).and_then(|line| item(line))?;
    let ends =
        |line: &&str| speaks(line) && (depth(line) < indent || depth(line) == indent && item(line).is_none());
    let length = lines[head + 1..].iter().position(ends).unwrap_or(lines.len() - head - 1);
    let end = head + 1 + length;
    let starts: Vec<usize> = (head + 1..end).filter(|at| item(lines[*at]) == Some(indent)).collect();
    let stops = starts.iter().skip(1).copied().chain([end]);
    let ranges = starts.iter().copied().zip(stops);
    Some(ranges.map(|(start, stop)| only(&lines, head, start..stop)).collect())
}

/// The head and these lines, the others blank.
fn only(lines: &[&str], head: usize, kept: std::ops::Range<usize>) -> String {
    let mut text = String::new();
    for (number, line) in lines.iter().enumerate().take(kept.end) {
        if number == head || kept.contains(&number) {
            text.push_str(line);
        }
        text.push('\n');
    }
    text
}

fn is_head(line: &str) -> bool {
    let rest = line.strip_prefix("rules:").map(str::trim);
    rest.is_some_and(|rest| rest.is_empty() || rest.starts_with('#'))
}

fn depth(line: &str) -> usize {
    line.len() - line.trim_start_matches(' ').len()
}

/// Whether the line is more than blank or a comment.
fn speaks(line: &str) -> bool {
    let text = line.trim();
    !text.is_empty() && !text.starts_with('#')
}

/// The depth of a list item that begins on this line.
fn item(line: &str) -> Option<usize> {
    let text = line.trim_start_matches(' ');
    (text.starts_with("- ") || text.trim_end() == "-").then(|| depth(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(text: &str, expect: Option<&[&str]>) {
        let expect = expect.map(|texts| texts.iter().map(|text| (*text).to_owned()).collect::<Vec<_>>());
        assert_eq!(entries(text), expect);
    }

    #[test]
    fn entries_keep_their_lines() {
        check(
            "# c\nrules:\n  - id: a\n    x: |\n      - y\n\n  - id: b\nother: 1\n",
            Some(&["\nrules:\n  - id: a\n    x: |\n      - y\n\n", "\nrules:\n\n\n\n\n  - id: b\n"]),
        );
        check("rules:\n- id: a\n- id: b\n", Some(&["rules:\n- id: a\n", "rules:\n\n- id: b\n"]));
    }

    #[test]
    fn what_is_no_list_in_lines_is_not_taken_apart() {
        check("rules: [{id: a}]\n", None);
        check("", None);
        check("rules:\n", None);
    }
}
