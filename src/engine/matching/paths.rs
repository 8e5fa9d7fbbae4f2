//! The files in which a rule speaks: `paths.include` and `paths.exclude` of Semgrep's format.

use regex::{Regex, RegexBuilder};

/// The longest glob, in bytes.
const LONGEST: usize = 1_000;

/// Globs of paths. Nothing included means everything.
#[derive(Clone, Debug, Default)]
pub struct Paths {
    include: Vec<Regex>,
    exclude: Vec<Regex>,
}

impl Paths {
    /// The error is the glob that cannot be read.
    pub fn new(include: &[String], exclude: &[String]) -> Result<Paths, String> {
        Ok(Paths { include: read_all(include)?, exclude: read_all(exclude)? })
    }

    pub fn admit(&self, path: &str) -> bool {
        let any = |globs: &[Regex]| globs.iter().any(|glob| glob.is_match(path));
        (self.include.is_empty() || any(&self.include)) && !any(&self.exclude)
    }
}

fn read_all(globs: &[String]) -> Result<Vec<Regex>, String> {
    globs.iter().map(|glob| read(glob).ok_or_else(|| glob.clone())).collect()
}

/// A glob as in .gitignore: without a slash it names a file or folder anywhere, and a folder holds its files.
fn read(glob: &str) -> Option<Regex> {
    if glob.len() > LONGEST {
        return None;
    }
    let glob = glob.strip_prefix("./").unwrap_or(glob);
    let inner = glob.trim_end_matches('/');
    let anchored = inner.starts_with('/') || inner.trim_start_matches("**/").contains('/');
    let inner = inner.trim_start_matches('/');
    let start = if anchored && glob.starts_with('/') { "^" } else { "^(?:.*/)?" };
    let expression = format!("{start}{}(?:/.*)?$", translated(inner));
    RegexBuilder::new(&expression).size_limit(1 << 18).build().ok()
}

fn translated(glob: &str) -> String {
    let mut expression = String::new();
    let mut rest = glob;
    while let Some(first) = rest.chars().next() {
        let (written, length) = match first {
            '*' if rest.starts_with("**/") => ("(?:.*/)?".to_owned(), 3),
            '*' if rest.starts_with("**") => (".*".to_owned(), 2),
            '*' => ("[^/]*".to_owned(), 1),
            '?' => ("[^/]".to_owned(), 1),
            '[' => match rest.find(']').filter(|end| *end > 1) {
                Some(end) => (class(&rest[1..end]), end + 1),
                None => ("\\[".to_owned(), 1),
            },
            other => (regex::escape(&other.to_string()), other.len_utf8()),
        };
        expression.push_str(&written);
        rest = &rest[length..];
    }
    expression
}

fn class(inside: &str) -> String {
    let (negated, inside) = inside.strip_prefix(['!', '^']).map_or(("", inside), |inside| ("^", inside));
    let escaped: String =
        inside.chars().map(|c| if "\\[]&~".contains(c) { format!("\\{c}") } else { c.to_string() }).collect();
    format!("[{negated}{escaped}]")
}

#[cfg(test)]
mod tests {
    use super::*;

    fn check(include: &[&str], exclude: &[&str], path: &str, expect: bool) {
        let owned = |globs: &[&str]| globs.iter().map(|glob| (*glob).to_owned()).collect::<Vec<_>>();
        let paths = Paths::new(&owned(include), &owned(exclude)).unwrap();
        assert_eq!(paths.admit(path), expect, "{include:?} {exclude:?} {path}");
    }

    #[test]
    fn globs_name_files_and_folders() {
        check(&[], &[], "a/b.py", true);
        check(&["*.py"], &[], "a/b.py", true);
        check(&["tests"], &[], "a/tests/b.py", true);
        check(&["tests/"], &[], "tests/b.py", true);
        check(&["src/*.py"], &[], "src/a.py", true);
        check(&["src/*.py"], &[], "src/a/b.py", false);
        check(&["src/**/*.py"], &[], "src/a/b.py", true);
        check(&["/a"], &[], "b/a/c.py", false);
        check(&["**/test_?.py"], &[], "x/test_1.py", true);
        check(&["[ab].py"], &[], "b.py", true);
        check(&["[!ab].py"], &[], "b.py", false);
    }

    #[test]
    fn exclusion_wins() {
        check(&["*.py"], &["*_test.py"], "a_test.py", false);
        check(&[], &["vendor"], "x/vendor/a.py", false);
        check(&[], &["a.py"], "aXpy", true);
    }
}
