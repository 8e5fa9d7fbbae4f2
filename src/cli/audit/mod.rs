//! `scrutineer audit`: the files under a path, or what a change introduces.

mod notes;
mod range;
mod scope;
mod subject;

use std::collections::HashMap;
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Mutex;
use std::thread;

use anyhow::{Context, bail};
use clap::ValueEnum;

use super::here::{self, Here};
use super::{say, user_rules, work};
use crate::engine::difference::{FilePair, difference};
use crate::engine::{Engine, Finding, Limits, Options, RuleSet, Severity, SkipReason, Skipped, Tier, diff};
use crate::report::{self, Broken, Report};
use range::Range;
use scope::Scope;
use subject::{Audited, Auditor};

/// Audit Python files, or what a change to them introduces.
///
/// Without --diff, all Python files under the paths are audited: *.py, *.pyi, and files without
/// extension whose first line names Python. What .gitignore names and virtual environments are left
/// out, links are not followed. With --diff, only findings that the change introduces are reported.
///
/// Exit codes: 0 nothing at or above --fail-on, 1 some findings of tier comment are, 2 the audit
/// could not be done. Files that could not be audited are listed and change no exit code.
#[derive(Debug, clap::Args)]
pub(super) struct Arguments {
    /// Files and directories; with --diff, to what the comparison is narrowed [default: .]
    #[arg(value_name = "PATH")]
    paths: Vec<PathBuf>,

    /// Report only what a change introduces.
    ///
    /// A..B compares two trees, A...B starts where B left A as a pull request does, and A alone
    /// compares with the files on disk, untracked ones included.
    #[arg(long, value_name = "RANGE", allow_hyphen_values = true)]
    diff: Option<Range>,

    /// How the findings are written.
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,

    /// The widest tier to show; each includes those before it [default: summary; with --rules: all]
    #[arg(long, value_enum)]
    tier: Option<Shown>,

    /// Run only these rules or categories, separated by commas.
    #[arg(long, value_name = "IDS", value_delimiter = ',')]
    rules: Vec<String>,

    /// Rule files of one's own, in Semgrep's format, besides the built-in rules; folders are searched for
    /// *.yml and *.yaml. May be given several times.
    #[arg(long, value_name = "PATH")]
    config: Vec<PathBuf>,

    /// How many files are audited at once [default: as many as there are processors]
    #[arg(long, value_name = "N")]
    threads: Option<NonZeroUsize>,

    /// From which severity on a finding of tier comment makes the exit code 1.
    #[arg(long, value_enum, default_value_t = FailOn::High)]
    fail_on: FailOn,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// For people at a terminal
    Text,
    Json,
    /// SARIF 2.1.0, as code scanning reads it
    Sarif,
    Markdown,
    /// Workflow commands, which GitHub Actions shows as annotations
    Github,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Shown {
    /// Precise enough to interrupt a reviewer
    Comment,
    /// Heuristic findings too
    Summary,
    /// Matters of style too
    Optional,
    /// The same as optional
    All,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum FailOn {
    Critical,
    High,
    Medium,
    Low,
    Never,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    work::remember_panics();
    let rules =
        RuleSet::embedded().context("load the rules of this binary, which is a bug; please report it")?;
    let (rules, notes) = user_rules::add(rules, &arguments.config)?;
    let engine = Engine::new(rules, Limits::default());
    let options = arguments.options(engine.rules())?;
    let here = Here::find()?;
    let scope = arguments.scope(&here)?;
    let (mut report, texts) = arguments.audit(&engine, &options, scope)?;
    report.notes.splice(0..0, notes);
    say::result(&arguments.written(&report, &texts)?).context("write the result")?;
    Ok(ExitCode::from(u8::from(arguments.fails(&report.findings))))
}

/// The texts in which findings are shown, by path.
type Texts = HashMap<String, String>;

impl Arguments {
    fn options(&self, rules: &RuleSet) -> anyhow::Result<Options> {
        for id in &self.rules {
            let known = rules.iter().any(|rule| rule.id == *id || rule.category == *id);
            if !known {
                match rules.near(id) {
                    Some(near) => bail!("there is no rule or category `{id}`; did you mean `{near}`?"),
                    None => {
                        bail!("there is no rule or category `{id}`; `scrutineer rules list` names them all")
                    }
                }
            }
        }
        let optional = self.shown() == Tier::Optional;
        Ok(Options { only: self.rules.clone(), optional, ..Options::default() })
    }

    fn scope(&self, here: &Here) -> anyhow::Result<Scope> {
        match &self.diff {
            Some(range) => scope::change(here, range, &self.paths),
            None if self.paths.is_empty() => scope::project(here, &[PathBuf::from(".")]),
            None => scope::project(here, &self.paths),
        }
    }

    fn audit(&self, engine: &Engine, options: &Options, scope: Scope) -> anyhow::Result<(Report, Texts)> {
        let blobs = scope.repository.as_ref().map(|repository| repository.blobs()).transpose()?;
        let auditor = Auditor { engine, options, blobs: blobs.map(Mutex::new) };
        let (subjects, total) = (&scope.subjects, scope.subjects.len());
        let tick = |done| say::progress(format_args!("{done} of {total} files audited"));
        let answers = work::all(subjects, self.threads(), tick, |subject| auditor.audit(subject))?;
        say::progress("");
        let mut report =
            Report { skipped: scope.skipped.into_iter().map(told).collect(), ..Report::default() };
        let mut audited = Vec::new();
        for (answer, subject) in answers.into_iter().zip(subjects) {
            match answer {
                Ok(answer) => audited.extend(answer),
                Err(panic) => report.skipped.push(told(bug(&subject.path, panic))),
            }
        }
        let texts = self.tell(audited, &mut report);
        report.rules = engine.rules().iter().filter(|rule| options.runs(rule)).cloned().collect();
        Ok((report, texts))
    }

    fn threads(&self) -> NonZeroUsize {
        self.threads.or_else(|| thread::available_parallelism().ok()).unwrap_or(NonZeroUsize::MIN)
    }

    /// Puts what was learned of the files into the report.
    fn tell(&self, audited: Vec<Audited>, report: &mut Report) -> Texts {
        let mut texts = Texts::new();
        let mut pairs = Vec::new();
        for Audited { pair, text } in audited {
            tell_file(&pair, self.diff.is_some(), report);
            texts.extend(text.map(|text| (pair.head.path.clone(), text)));
            pairs.push(pair);
        }
        report.notes.extend(notes::of_foreign(&pairs));
        report.notes.extend(notes::of_exhausted(&pairs));
        let found: Vec<Finding> = if self.diff.is_some() {
            let difference = difference(&pairs);
            report.notes.splice(0..0, notes::of_change(&difference));
            difference.introduced
        } else {
            pairs.into_iter().flat_map(|pair| pair.head.findings).collect()
        };
        let shown = found.into_iter().filter(|finding| finding.tier <= self.shown());
        (report.suppressed, report.findings) = shown.partition(|finding| finding.suppressed.is_some());
        report.skipped.sort_by(|a, b| a.path.cmp(&b.path));
        texts
    }

    fn shown(&self) -> Tier {
        match self.tier {
            Some(Shown::Comment) => Tier::Comment,
            Some(Shown::Summary) => Tier::Summary,
            Some(Shown::Optional | Shown::All) => Tier::Optional,
            // Who names a rule wants to see what it finds.
            None if self.rules.is_empty() => Tier::Summary,
            None => Tier::Optional,
        }
    }

    fn written(&self, report: &Report, texts: &Texts) -> anyhow::Result<String> {
        let texts = |path: &str| texts.get(path).map(String::as_str);
        Ok(match self.format {
            Format::Text => {
                let style = report::text::Style { colour: say::has_colour(), width: here::columns() };
                report::text::write(report, &texts, style)
            }
            Format::Json => report::json::write(report)?,
            Format::Sarif => report::sarif::write(report, &texts)?,
            Format::Markdown => report::markdown::report(report, &texts),
            Format::Github => report::github::write(report),
        })
    }

    fn fails(&self, findings: &[Finding]) -> bool {
        let threshold = match self.fail_on {
            FailOn::Critical => Severity::Critical,
            FailOn::High => Severity::High,
            FailOn::Medium => Severity::Medium,
            FailOn::Low => Severity::Low,
            FailOn::Never => return false,
        };
        findings.iter().any(|finding| finding.tier == Tier::Comment && finding.severity >= threshold)
    }
}

/// What is to be told of a file whatever its findings are. Of a changed file only the changed
/// lines' comments are this reader's business.
fn tell_file(pair: &FilePair, is_change: bool, report: &mut Report) {
    let FilePair { head, base, hunks, .. } = pair;
    report.files_audited += usize::from(head.skipped.is_none());
    report.skipped.extend(head.skipped.clone().map(told));
    let broken = |(first_line, last_line): &(u32, u32)| Broken {
        path: head.path.clone(),
        first_line: *first_line,
        last_line: *last_line,
    };
    report.broken.extend(head.broken.iter().map(broken));
    report.notes.extend(notes::of_comments(head, |line| !is_change || diff::is_added(hunks, line)));
    if let Some(skipped) = base.as_ref().and_then(|base| base.skipped.as_ref()) {
        report.notes.push(notes::of_unknown_base(skipped));
    }
}

fn told(skipped: Skipped) -> report::Skipped {
    report::Skipped::from(&skipped)
}

fn bug(path: &str, panic: work::Panicked) -> Skipped {
    Skipped {
        path: path.to_owned(),
        reason: SkipReason::Internal(format!("{panic}; please report this as a bug")),
    }
}
