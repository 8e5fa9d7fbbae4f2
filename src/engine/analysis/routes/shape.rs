//! A route's path as the router sees it: literal segments and parameters, whose names do not matter.

use serde::Deserialize;

/// How a framework writes parameters in paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize)]
pub(super) enum Style {
    #[serde(rename = "{name:type}")]
    Braces,
    #[serde(rename = "{type:name}")]
    BracesTypeFirst,
    #[serde(rename = "<type:name>")]
    Angles,
    #[serde(rename = "<name:type>")]
    AnglesNameFirst,
    /// The whole path is a regular expression, which must match all of the request's path.
    #[serde(rename = "regex")]
    Regex,
    /// The same, but it may match a part, as Django's `re_path` does.
    #[serde(rename = "search")]
    Search,
}

/// What a path matches.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Shape {
    Segments(Vec<Segment>),
    /// The expression, and whether it may match a part.
    Regex(String, bool),
}

/// What stands between two slashes.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Segment {
    Literal(String),
    /// One parameter with its converter, empty for "anything but a slash".
    Parameter(String),
    /// A parameter that takes slashes too.
    Rest,
    /// Text and parameters mixed, the names left out.
    Mixed(String),
}

impl Shape {
    pub(super) fn read(path: &str, style: Style) -> Shape {
        match style {
            Style::Regex => Shape::Regex(path.to_owned(), false),
            Style::Search => Shape::Regex(path.to_owned(), true),
            _ => Shape::Segments(split(path, style).into_iter().map(|text| segment(text, style)).collect()),
        }
    }

    /// Whether every path that `other` matches is matched by this shape as well.
    pub(super) fn covers(&self, other: &Shape) -> bool {
        match (self, other) {
            (Shape::Segments(own), Shape::Segments(other)) => covers(own, other),
            (Shape::Regex(own, search), other) => match other.literal() {
                Some(path) => regex_matches(own, *search, &path),
                None => self == other,
            },
            (Shape::Segments(_), Shape::Regex(..)) => false,
        }
    }

    /// Whether it matches more than one path.
    pub(super) fn is_open(&self) -> bool {
        self.literal().is_none()
    }

    fn literal(&self) -> Option<String> {
        match self {
            Shape::Segments(segments) => {
                let texts: Option<Vec<&str>> = segments.iter().map(Segment::literal).collect();
                texts.map(|texts| texts.join("/"))
            }
            Shape::Regex(expression, _) => plain_regex(expression),
        }
    }
}

impl Segment {
    fn literal(&self) -> Option<&str> {
        match self {
            Segment::Literal(text) => Some(text),
            Segment::Parameter(_) | Segment::Rest | Segment::Mixed(_) => None,
        }
    }
}

/// Splits at the slashes outside brackets: a parameter's own expression may hold some.
fn split(path: &str, style: Style) -> Vec<&str> {
    let (open, close) = brackets(style);
    let (mut depth, mut start, mut segments) = (0usize, 0, Vec::new());
    for (at, character) in path.char_indices() {
        match character {
            c if c == open => depth += 1,
            c if c == close => depth = depth.saturating_sub(1),
            '/' if depth == 0 => {
                segments.push(&path[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    segments.push(&path[start..]);
    segments
}

fn brackets(style: Style) -> (char, char) {
    match style {
        Style::Braces | Style::BracesTypeFirst => ('{', '}'),
        Style::Angles | Style::AnglesNameFirst | Style::Regex | Style::Search => ('<', '>'),
    }
}

fn segment(text: &str, style: Style) -> Segment {
    let (open, close) = brackets(style);
    let inner = text.strip_prefix(open).and_then(|rest| rest.strip_suffix(close));
    match inner {
        Some(inner) if !inner.contains(open) => match converter(inner, style) {
            "path" => Segment::Rest,
            "str" | "string" | "default" | "" => Segment::Parameter(String::new()),
            other => Segment::Parameter(other.to_owned()),
        },
        _ if text.contains(open) => Segment::Mixed(without_names(text, style)),
        _ => Segment::Literal(text.to_owned()),
    }
}

fn converter(inner: &str, style: Style) -> &str {
    let halves = inner.split_once(':');
    match style {
        Style::Braces | Style::AnglesNameFirst => halves.map_or("", |(_, converter)| converter),
        Style::BracesTypeFirst | Style::Angles => halves.map_or("", |(converter, _)| converter),
        Style::Regex | Style::Search => "",
    }
}

fn without_names(text: &str, style: Style) -> String {
    let (open, close) = brackets(style);
    let mut shape = String::new();
    let mut rest = text;
    while let Some((before, behind)) = rest.split_once(open) {
        let (inner, after) = behind.split_once(close).unwrap_or((behind, ""));
        shape.push_str(before);
        shape.push(open);
        shape.push_str(converter(inner, style));
        shape.push(close);
        rest = after;
    }
    shape + rest
}

fn covers(own: &[Segment], other: &[Segment]) -> bool {
    for (index, segment) in own.iter().enumerate() {
        if *segment == Segment::Rest {
            let some_text = other.get(index).is_some_and(|next| next.literal() != Some(""));
            return index + 1 == own.len() && some_text;
        }
        if !other.get(index).is_some_and(|next| covers_segment(segment, next)) {
            return false;
        }
    }
    own.len() == other.len()
}

fn covers_segment(own: &Segment, other: &Segment) -> bool {
    let of =
        |all: fn(char) -> bool| other.literal().is_some_and(|text| !text.is_empty() && text.chars().all(all));
    match own {
        Segment::Parameter(converter) if own != other => match converter.as_str() {
            "" => match other {
                Segment::Literal(text) => !text.is_empty(),
                Segment::Parameter(_) | Segment::Mixed(_) => true,
                Segment::Rest => false,
            },
            "int" => of(|c| c.is_ascii_digit()),
            "slug" => of(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_')),
            _ => false,
        },
        _ => own == other,
    }
}

/// The path that an expression without any operator but its anchors matches.
fn plain_regex(expression: &str) -> Option<String> {
    let inner = expression.strip_prefix('^').unwrap_or(expression);
    let inner = inner.strip_suffix('$').unwrap_or(inner);
    let plain = inner.replace("\\.", ".").replace("\\-", "-").replace("\\/", "/");
    let operators = ['\\', '(', ')', '[', ']', '{', '}', '*', '+', '?', '|', '^', '$'];
    let unescaped_dot = inner.replace("\\.", "").contains('.');
    (!plain.contains(operators) && !unescaped_dot).then_some(plain)
}

fn regex_matches(expression: &str, search: bool, path: &str) -> bool {
    let whole = if search { expression.to_owned() } else { format!("^(?:{expression})$") };
    let compiled = regex::RegexBuilder::new(&whole).size_limit(1 << 16).build();
    // What starts anywhere in the path says too little.
    let anchored = !search || expression.starts_with('^');
    anchored && compiled.is_ok_and(|regex| regex.is_match(path))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(style: Style, cases: &[(&str, &str, &str)]) {
        for (first, second, expect) in cases {
            let (own, other) = (Shape::read(first, style), Shape::read(second, style));
            let answer = match (own == other, own.covers(&other)) {
                (true, _) => "same",
                (false, true) => "covers",
                (false, false) => "apart",
            };
            assert_eq!(answer, *expect, "{first} {second}");
        }
    }

    #[test]
    fn names_of_parameters_do_not_matter_and_converters_do() {
        check(
            Style::Braces,
            &[
                ("/a/{x}", "/a/{y}", "same"),
                ("/a/{x:int}", "/a/{y:int}", "same"),
                ("/a/{x:int}", "/a/{y}", "apart"),
                ("/a/{x}", "/a/{y:int}", "covers"),
                ("/a/{x}", "/a/me", "covers"),
                ("/a/me", "/a/{x}", "apart"),
                ("/a/{x}", "/a/", "apart"),
                ("/a/{x}", "/a/b/c", "apart"),
                ("/a/{x}/c", "/a/b/c", "covers"),
                ("/a/{x:int}", "/a/me", "apart"),
                ("/a/{x:int}", "/a/7", "covers"),
                ("/{p:path}", "/a/b", "covers"),
                ("/{p:path}", "/", "apart"),
                ("/a/{p:path}", "/b", "apart"),
                ("/a/{x}.json", "/a/{y}.json", "same"),
                ("/a/{x}.json", "/a/b.json", "apart"),
                ("/a/{x:[a-z]{2}/b}", "/a/{y:[a-z]{2}/b}", "same"),
                ("/a", "/a/", "apart"),
                ("", "", "same"),
            ],
        );
    }

    #[test]
    fn each_framework_writes_parameters_in_its_own_way() {
        check(
            Style::Angles,
            &[
                ("<int:a>/", "<int:b>/", "same"),
                ("<slug:a>/", "new/", "covers"),
                ("<uuid:a>/", "new/", "apart"),
                ("<a>/", "new/", "covers"),
            ],
        );
        check(Style::AnglesNameFirst, &[("/<a:int>", "/<b:int>", "same"), ("/<a:int>", "/<b>", "apart")]);
        check(Style::BracesTypeFirst, &[("/{int:a}", "/x", "apart"), ("/{a}", "/x", "covers")]);
    }

    #[test]
    fn expressions_are_compared_with_literal_paths_only() {
        check(
            Style::Regex,
            &[
                (r"/a/(\d+)", r"/a/(\d+)", "same"),
                (r"/a/(\w+)", "/a/new", "covers"),
                (r"/a/(\d+)", "/a/new", "apart"),
                (r"/(.*)", r"/a\.b", "covers"),
                (r"/(.*)", r"/a/(\d+)", "apart"),
                (r"/a", "/ab", "apart"),
                (r"/a(?=b)", "/ab", "apart"),
            ],
        );
        check(Style::Search, &[(r"^a/(?P<x>\w+)/$", "^a/new/$", "covers"), (r"a", "^ba$", "apart")]);
    }
}
