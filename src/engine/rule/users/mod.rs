//! Rules of users, in files of Semgrep's format: they load as they are. Each rule of a file stands for itself: what
//! is wrong with one costs none of the others, and what is for another language is left out with a note.

mod entry;
mod options;
mod split;
mod texts;

use std::collections::BTreeSet;
use std::sync::Arc;

use serde::Deserialize;
use serde_saphyr::Spanned;

use crate::engine::matching::{
    Expression, Finder, Fix, Formula, Paths, Pattern, PatternError, PatternFinder, Settings,
};

use super::clauses::{self, Made};
use super::error::{LoadError, Mistake, Place, from_yaml};
use super::{Examples, Rule, TestFiles};
use entry::{EntryFile, Head, Unsupported};

/// What the rule files of one caller may be at most. A file on one's own machine is trusted further than one of a
/// repository.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Bounds {
    pub rules: usize,
    /// Of all files together.
    pub bytes: usize,
    /// Comparisons that one rule may cost in one file.
    pub steps: u32,
}

impl Bounds {
    /// For files that a person names on the command line.
    pub const LOCAL: Bounds = Bounds { rules: 10_000, bytes: 64 << 20, steps: 20_000_000 };

    /// For files that a repository brings along.
    pub const REPOSITORY: Bounds = Bounds { rules: 200, bytes: 256 << 10, steps: 1_000_000 };
}

/// Rules that users wrote, with what could not be taken.
#[derive(Debug, Default)]
pub struct UserRules {
    pub(super) rules: Vec<(Arc<Rule>, Arc<Finder>)>,
    /// What is wrong, rule by rule.
    pub errors: Vec<LoadError>,
    /// What was left out for a reason that is nobody's mistake.
    pub notes: Vec<String>,
}

impl UserRules {
    /// Reads files given as (path, text). `taken` are the ids that are not free any more.
    pub fn load<'f>(
        files: impl IntoIterator<Item = (&'f str, &'f str)>,
        taken: impl IntoIterator<Item = String>,
        bounds: Bounds,
    ) -> UserRules {
        let mut loader = Loader { users: UserRules::default(), taken: taken.into_iter().collect(), bounds };
        let mut bytes = 0;
        for (path, text) in files {
            bytes += text.len();
            if bytes > bounds.bytes {
                let note =
                    format!("`{path}` is left out: rule files may have {} bytes together", bounds.bytes);
                loader.users.notes.push(note);
                continue;
            }
            loader.file(path, text);
        }
        loader.users
    }

    /// One pattern as a rule of its own, to see at once what it matches.
    pub fn of_pattern(text: &str) -> Result<UserRules, PatternError> {
        let formula = Formula::Pattern(Pattern::compile(text)?);
        let finder =
            PatternFinder::new(formula, Settings { steps: Bounds::LOCAL.steps, ..Settings::SEMGREP });
        let rule = texts::of_pattern(text);
        let rules = vec![(Arc::new(rule), Arc::new(Finder::Pattern(Box::new(finder))))];
        Ok(UserRules { rules, ..UserRules::default() })
    }

    /// The same rules, speaking in every file: tests of rules lie where they lie.
    pub fn everywhere(mut self) -> UserRules {
        for (_, finder) in &mut self.rules {
            if let Finder::Pattern(patterns) = finder.as_ref() {
                let patterns = PatternFinder { paths: Paths::default(), ..PatternFinder::clone(patterns) };
                *finder = Arc::new(Finder::Pattern(Box::new(patterns)));
            }
        }
        self
    }

    pub fn iter(&self) -> impl ExactSizeIterator<Item = &Arc<Rule>> {
        self.rules.iter().map(|(rule, _)| rule)
    }
}

struct Loader {
    users: UserRules,
    taken: BTreeSet<String>,
    bounds: Bounds,
}

/// What became of one entry.
enum Read {
    Rule(Box<(Rule, Finder)>),
    OtherLanguage(String),
}

impl Loader {
    fn file(&mut self, path: &str, text: &str) {
        match split::entries(text) {
            Some(entries) if entries.is_empty() => self.refuse(path, no_rules()),
            Some(entries) => entries.iter().for_each(|entry| self.entry(path, entry)),
            None => self.refuse(path, whole(text)),
        }
    }

    fn entry(&mut self, path: &str, text: &str) {
        if self.users.rules.len() >= self.bounds.rules {
            let note = format!("`{path}`: no more than {} rules are taken", self.bounds.rules);
            if !self.users.notes.contains(&note) {
                self.users.notes.push(note);
            }
            return;
        }
        match self.read(path, text) {
            Ok(Read::Rule(rule)) => {
                let (rule, finder) = *rule;
                self.taken.insert(rule.id.clone());
                self.users.rules.push((Arc::new(rule), Arc::new(finder)));
            }
            Ok(Read::OtherLanguage(note)) => self.users.notes.push(note),
            Err(mistake) => self.refuse(path, mistake),
        }
    }

    fn refuse(&mut self, path: &str, mistake: Mistake) {
        self.users.errors.push(mistake.of(path));
    }

    fn read(&mut self, path: &str, text: &str) -> Made<Read> {
        let head: One<Head> = yaml(text)?;
        if let Some(Spanned { value: Head { id, languages }, .. }) = head.rules.into_iter().next()
            && !languages.0.is_empty()
            && !languages.0.iter().any(|language| is_ours(language))
        {
            let id = id.unwrap_or_else(|| "a rule without id".to_owned());
            let note = format!("`{path}`: `{id}` is left out: it is for {}", languages.0.join(", "));
            return Ok(Read::OtherLanguage(note));
        }
        let written: One<EntryFile> = yaml(text)?;
        let entry = written.rules.into_iter().next().ok_or_else(no_rules)?;
        let id = self.id(&entry.value.id)?;
        let (rule, finder) = compiled(id, entry, &mut self.users.notes, self.bounds.steps)?;
        Ok(Read::Rule(Box::new((rule, finder))))
    }

    fn id(&self, written: &Spanned<String>) -> Made<String> {
        let id = written.value.trim();
        let place = Place::from(written.referenced);
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'_' | b'-');
        if id.is_empty() || id.len() > 200 || !id.bytes().all(plain) {
            return Err(Mistake::new(
                place,
                format!("`{id}` is no id"),
                "use letters, digits, `-`, `_` and `.`",
            ));
        }
        if self.taken.contains(id) {
            return Err(Mistake::new(
                place,
                format!("there is another rule `{id}`"),
                "give each rule an id of its own",
            ));
        }
        Ok(id.to_owned())
    }
}

/// A file of which all entries but one are blank.
#[derive(Deserialize)]
struct One<T> {
    rules: Vec<Spanned<T>>,
}

fn yaml<'t, T: Deserialize<'t>>(text: &'t str) -> Made<T> {
    serde_saphyr::from_str(text).map_err(|error| from_yaml(&error))
}

fn no_rules() -> Mistake {
    Mistake::new(
        clauses::START,
        "there are no rules in it",
        "begin with `rules:` and a list of rules below it",
    )
}

/// Why a file cannot be taken apart.
fn whole(text: &str) -> Mistake {
    match yaml::<One<serde::de::IgnoredAny>>(text) {
        Err(mistake) => mistake,
        Ok(_) => Mistake::new(
            clauses::START,
            "its rules do not stand in lines of their own",
            "write `rules:` and below it each rule as a `- ` item with one key per line",
        ),
    }
}

fn is_ours(language: &str) -> bool {
    matches!(language, "python" | "py" | "python2" | "python3" | "regex" | "none")
}

fn compiled(
    id: String,
    entry: Spanned<EntryFile>,
    notes: &mut Vec<String>,
    steps: u32,
) -> Made<(Rule, Finder)> {
    let place = Place::from(entry.referenced);
    let written = entry.value;
    if let Some(Unsupported { mistake, remedy, place }) = written.unsupported(place) {
        return Err(Mistake::new(place, mistake, remedy));
    }
    let formula = formula(&written, place)?;
    let only_text = !written.languages.value.0.iter().any(|language| language.starts_with("py"));
    if only_text && has_code(&formula) {
        let remedy = "use `pattern-regex`, or add `python` to its languages";
        return Err(Mistake::new(place, "a rule for text has patterns of code", remedy));
    }
    let settings = Settings { steps, ..Settings::SEMGREP };
    let settings = options::read(&id, settings, written.options.as_ref(), notes)?;
    let mut finder = PatternFinder::new(formula, settings);
    finder.paths = paths(&written)?;
    finder.fix = fix(&written)?;
    let rule = texts::rule(id, &written, TestFiles::Report, Examples::default())?;
    let bound = finder.formula.names_of_any();
    finder.unbound = texts::names(&rule).into_iter().filter(|name| !bound.contains(name)).collect();
    Ok((rule, Finder::Pattern(Box::new(finder))))
}

fn has_code(formula: &Formula) -> bool {
    let mut has = false;
    formula.each_pattern(&mut |_| has = true);
    has
}

fn formula(written: &EntryFile, place: Place) -> Made<Formula> {
    let mut made = Vec::new();
    made.extend(written.pattern.as_ref().map(clauses::pattern).transpose()?);
    made.extend(written.patterns.as_ref().map(|entries| clauses::all(entries, false)).transpose()?);
    made.extend(written.pattern_either.as_deref().map(clauses::either).transpose()?);
    made.extend(written.pattern_regex.as_ref().map(clauses::regex).transpose()?);
    match (made.pop(), made.is_empty()) {
        (Some(formula), true) => Ok(formula),
        _ => {
            let remedy = "write exactly one of `pattern`, `patterns`, `pattern-either`, `pattern-regex`";
            Err(Mistake::new(place, "the rule does not say one way to find", remedy))
        }
    }
}

fn paths(written: &EntryFile) -> Made<Paths> {
    let Some(paths) = &written.paths else { return Ok(Paths::default()) };
    Paths::new(&paths.value.include, &paths.value.exclude).map_err(|glob| {
        let place = Place::from(paths.referenced);
        Mistake::new(place, format!("`{glob}` is no pattern of paths"), "write it as in .gitignore")
    })
}

fn fix(written: &EntryFile) -> Made<Option<Fix>> {
    if let Some(fix) = &written.fix {
        return Ok(Some(Fix::Text(fix.value.clone())));
    }
    let Some(fix) = &written.fix_regex else { return Ok(None) };
    let regex = clauses::expression(&fix.regex, Expression::new)?;
    let count = fix.count.unwrap_or(0);
    Ok(Some(Fix::Regex { regex, replacement: fix.replacement.clone(), count }))
}

#[cfg(test)]
mod tests;
