//! The examples in rule files as tests of the rules: `bad` fires exactly on its marked lines, `good` stays
//! silent under every rule of tier comment, `missed` stays silent under its own rule, so that an
//! improvement announces itself.

use std::sync::Arc;

use super::rule::is_marked;
use super::{Engine, FileAudit, Finding, Options, Rule, Setting, Tier};

/// An example may open with `# path: tests/test_app.py` to be audited under that path.
const PATH_MARK: &str = "# path: ";
const DEFAULT_PATH: &str = "app.py";

/// One example of one rule.
#[derive(Clone, Debug)]
pub struct Example {
    /// As the rule's file has it: `blocking-call-in-async::bad[0]`.
    pub name: String,
    rule: Arc<Rule>,
    kind: Kind,
    text: String,
}

#[derive(Clone, Copy, Debug)]
enum Kind {
    Bad,
    Good,
    Missed,
}

/// Every example of the engine's rules, in the order of their files.
pub fn all(engine: &Engine) -> Vec<Example> {
    engine.rules().iter().flat_map(of).collect()
}

/// The examples of one rule.
pub fn of(rule: &Arc<Rule>) -> Vec<Example> {
    let lists = [
        (Kind::Bad, "bad", &rule.examples.bad),
        (Kind::Good, "good", &rule.examples.good),
        (Kind::Missed, "missed", &rule.examples.missed),
    ];
    let example = |(kind, list, texts): (Kind, &str, &Vec<String>)| {
        let numbered = texts.iter().enumerate();
        let make = |(index, text): (usize, &String)| {
            let name = format!("{}::{list}[{index}]", rule.id);
            Example { name, rule: Arc::clone(rule), kind, text: text.clone() }
        };
        numbered.map(make).collect::<Vec<_>>()
    };
    lists.into_iter().flat_map(example).collect()
}

impl Example {
    pub fn rule(&self) -> &Rule {
        &self.rule
    }

    /// Runs the example; the error says what was expected and what was found.
    pub fn check(&self, engine: &Engine) -> Result<(), String> {
        let audit = self.audit(engine)?;
        match self.kind {
            Kind::Bad => self.only_marked_lines(&audit),
            Kind::Good => silent(audit.findings.iter().filter(|finding| finding.tier == Tier::Comment)),
            Kind::Missed => silent(self.own(&audit))
                .map_err(|told| format!("the rule knows this now, so it belongs under `bad`\n{told}")),
        }
    }

    /// The rule runs even where it is optional; the others as they would.
    fn audit(&self, engine: &Engine) -> Result<FileAudit, String> {
        let first = self.text.lines().next().unwrap_or_default();
        let path = first.strip_prefix(PATH_MARK).unwrap_or(DEFAULT_PATH);
        let on = Setting { on: Some(true), ..Setting::default() };
        let options = Options { rules: [(self.rule.id.clone(), on)].into(), ..Options::default() };
        let audit = engine.audit(path, self.text.as_bytes(), &options);
        match &audit.skipped {
            Some(skipped) => Err(skipped.to_string()),
            None if !audit.broken.is_empty() => Err(format!("lines {:?} are not valid Python", audit.broken)),
            None => Ok(audit),
        }
    }

    fn own<'a>(&self, audit: &'a FileAudit) -> impl Iterator<Item = &'a Finding> {
        audit.findings.iter().filter(|finding| finding.rule.id == self.rule.id)
    }

    fn only_marked_lines(&self, audit: &FileAudit) -> Result<(), String> {
        let found: Vec<u32> = self.own(audit).map(|finding| finding.span.start.line).collect();
        let marked = (1..).zip(self.text.lines()).filter(|(_, line)| is_marked(line));
        let expected: Vec<u32> = marked.map(|(line, _)| line).collect();
        if found != expected {
            let told = told(self.own(audit));
            return Err(format!("reported are lines {found:?}, marked are {expected:?}\n{told}"));
        }
        let is_cut = |finding: &&Finding| {
            [&finding.problem, &finding.impact, &finding.fix].iter().any(|text| text.contains('…'))
        };
        match self.own(audit).find(is_cut) {
            Some(finding) => {
                Err(format!("a text has a hole that nothing filled\n{}", told([finding].into_iter())))
            }
            None => Ok(()),
        }
    }
}

fn silent<'f>(findings: impl Iterator<Item = &'f Finding>) -> Result<(), String> {
    match told(findings) {
        told if told.is_empty() => Ok(()),
        told => Err(format!("nothing should be reported, but is\n{told}")),
    }
}

fn told<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let line = |finding: &Finding| {
        format!("line {}: {}: {}", finding.span.start.line, finding.rule.id, finding.problem)
    };
    findings.map(line).collect::<Vec<_>>().join("\n")
}
