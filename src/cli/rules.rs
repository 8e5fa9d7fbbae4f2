//! `scrutineer rules`: lists, explains, tests, tries and begins rules. What is said about a rule is in
//! `report::rule`, what an example demands in `engine::examples`.

mod cost;
mod folder;
mod labelled;
mod matches;
mod skeleton;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};

use crate::engine::{Engine, Limits, Rule, RuleSet, examples};
use crate::report;
use crate::report::escape::terminal;

use super::{say, user_rules};

/// List, explain, test and begin rules
#[derive(Debug, Args)]
pub(super) struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// List every rule
    List {
        #[arg(long, value_enum, default_value_t = Format::Text)]
        format: Format,
        /// Audit this file or directory and tell where the time goes, rule by rule
        #[arg(long, value_name = "PATH", conflicts_with = "format")]
        cost: Option<PathBuf>,
    },
    /// Say what a rule finds, why it matters and what to write instead
    Explain {
        /// The rule's id, as findings show it
        id: String,
        /// Rule files of one's own, in Semgrep's format
        #[arg(long, value_name = "PATH")]
        config: Vec<PathBuf>,
    },
    /// Run the examples of rules, as the project's own tests do
    ///
    /// Rule files in Semgrep's format are tested by the Python file of the same name beside them, whose comments
    /// (`# ruleid: ID`, `# ok: ID`, `# todoruleid: ID`, `# todook: ID`) speak of the line below.
    Test {
        /// Rule files, a category's folder, or folders of rules; without any, the built-in rules
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Show at once what a pattern matches
    Match {
        /// The pattern, in Semgrep's syntax
        #[arg(short = 'e', long, value_name = "PATTERN")]
        pattern: String,
        /// Files and directories [default: .]
        #[arg(value_name = "PATH")]
        paths: Vec<PathBuf>,
    },
    /// Write the skeleton of a rule
    New {
        /// Where it belongs and what it is called, both in kebab-case
        #[arg(value_name = "CATEGORY/ID")]
        name: String,
        /// The folder of rules
        #[arg(long, default_value = "rules")]
        folder: PathBuf,
    },
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    Text,
    Json,
}

pub(super) fn run(arguments: &Arguments) -> anyhow::Result<ExitCode> {
    let text = match &arguments.command {
        Command::List { cost: Some(path), .. } => cost::told(path)?,
        Command::List { format, cost: None } => list(*format)?,
        Command::Explain { id, config } => explain(id, config)?,
        Command::Test { paths } => return test(paths),
        Command::Match { pattern, paths } => matches::run(pattern, paths)?,
        Command::New { name, folder } => skeleton::write(name, folder)?,
    };
    say::result(&text)?;
    Ok(ExitCode::SUCCESS)
}

fn list(format: Format) -> anyhow::Result<String> {
    let rules = RuleSet::embedded()?;
    let rules = rules.iter().map(|rule| &**rule);
    match format {
        Format::Text => Ok(report::rule::list(rules)),
        Format::Json => report::rule::list_json(rules).context("write the rules as JSON"),
    }
}

fn explain(id: &str, config: &[PathBuf]) -> anyhow::Result<String> {
    let (rules, _) = user_rules::add(RuleSet::embedded()?, config)?;
    match rules.get(id) {
        Some(rule) => Ok(report::rule::explain(rule)),
        None => anyhow::bail!("there is no rule `{id}`: {}", remedy(&rules, id)),
    }
}

fn remedy(rules: &RuleSet, id: &str) -> String {
    match rules.near(id) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "`scrutineer rules list` shows all".to_owned(),
    }
}

fn test(paths: &[PathBuf]) -> anyhow::Result<ExitCode> {
    let mut outcome = Outcome::default();
    if paths.is_empty() {
        try_examples(RuleSet::embedded()?, |_| true, &mut outcome);
    }
    for path in paths {
        test_path(path, &mut outcome)?;
    }
    anyhow::ensure!(outcome.run > 0, "there is no rule here: give a rule file or a folder of rules");
    say::result(&outcome.told())?;
    Ok(if outcome.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// Files in Semgrep's format test themselves; anything else belongs to a folder of our own rules.
fn test_path(path: &Path, outcome: &mut Outcome) -> anyhow::Result<()> {
    let files = user_rules::read_all(&[path.to_owned()])?;
    let (users, own): (Vec<_>, Vec<_>) =
        files.into_iter().partition(|(_, text)| user_rules::is_users_format(text));
    if users.is_empty() || !own.is_empty() {
        let folder = folder::Folder::around(path)?;
        try_examples(folder.load()?, |rule| folder.asks_for(rule), outcome);
    }
    labelled::test(&users, outcome)
}

/// What became of the examples.
#[derive(Default)]
struct Outcome {
    run: usize,
    failed: usize,
    text: String,
}

impl Outcome {
    fn fail(&mut self, what: &str, why: &str) {
        self.failed += 1;
        let why = terminal::text(why.trim_end()).replace('\n', "\n    ");
        self.text.push_str(&format!("{} failed\n    {why}\n", terminal::text(what)));
    }

    fn told(&self) -> String {
        let total = report::words::count(self.run, "example", "examples");
        let all = match self.failed {
            0 => format!("{total}: all as expected.\n"),
            failed => format!("{total}: {failed} not as expected.\n"),
        };
        format!("{}{all}", self.text)
    }
}

/// Runs the examples of the wanted rules under all rules, since a good example is silent under all.
fn try_examples(rules: RuleSet, wanted: impl Fn(&Rule) -> bool, outcome: &mut Outcome) {
    let engine = Engine::new(rules, Limits::default());
    for example in examples::all(&engine).iter().filter(|example| wanted(example.rule())) {
        outcome.run += 1;
        if let Err(why) = example.check(&engine) {
            outcome.fail(&example.name, &why);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_rule_is_refused_with_a_remedy() {
        let check = |id: &str, expect: &str| assert_eq!(explain(id, &[]).unwrap_err().to_string(), expect);
        check(
            "blocking-call-in-asink",
            "there is no rule `blocking-call-in-asink`: did you mean `blocking-call-in-async`?",
        );
        check("xyz", "there is no rule `xyz`: `scrutineer rules list` shows all");
    }

    #[test]
    fn every_rule_is_listed_and_explained() {
        let rules = RuleSet::embedded().unwrap();
        let listed = list(Format::Text).unwrap();
        for rule in rules.iter() {
            assert!(
                listed.contains(&rule.id) && explain(&rule.id, &[]).unwrap().contains(&rule.title),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn the_built_in_examples_pass() {
        let mut outcome = Outcome::default();
        try_examples(RuleSet::embedded().unwrap(), |_| true, &mut outcome);
        assert_eq!(outcome.failed, 0, "{}", outcome.text);
    }
}
