//! `scrutineer rules`: lists, explains, tests and begins rules. What is said about a rule is in
//! `report::rule`, what an example demands in `engine::examples`.

mod cost;
mod folder;
mod skeleton;

use std::path::PathBuf;
use std::process::ExitCode;

use anyhow::Context;
use clap::{Args, Subcommand, ValueEnum};

use crate::engine::{Engine, Limits, Rule, RuleSet, examples};
use crate::report;
use crate::report::escape::terminal;

use super::say;

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
    },
    /// Run the examples of rules, as the project's own tests do
    Test {
        /// A rule file, a category's folder, or a folder of rules; without it, the built-in rules
        path: Option<PathBuf>,
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
        Command::Explain { id } => explain(id)?,
        Command::Test { path } => return test(path.as_ref()),
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

fn explain(id: &str) -> anyhow::Result<String> {
    let rules = RuleSet::embedded()?;
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

fn test(path: Option<&PathBuf>) -> anyhow::Result<ExitCode> {
    let outcome = match path {
        None => try_examples(RuleSet::embedded()?, |_| true),
        Some(path) => {
            let folder = folder::Folder::around(path)?;
            try_examples(folder.load()?, |rule| folder.asks_for(rule))
        }
    };
    anyhow::ensure!(outcome.run > 0, "there is no rule here: give a rule file or a folder of rules");
    say::result(&outcome.text)?;
    Ok(if outcome.failed == 0 { ExitCode::SUCCESS } else { ExitCode::from(1) })
}

/// What became of the examples.
struct Outcome {
    run: usize,
    failed: usize,
    text: String,
}

/// Runs the examples of the wanted rules under all rules, since a good example is silent under all.
fn try_examples(rules: RuleSet, wanted: impl Fn(&Rule) -> bool) -> Outcome {
    let engine = Engine::new(rules, Limits::default());
    let mut outcome = Outcome { run: 0, failed: 0, text: String::new() };
    for example in examples::all(&engine).iter().filter(|example| wanted(example.rule())) {
        outcome.run += 1;
        if let Err(why) = example.check(&engine) {
            outcome.failed += 1;
            let why = terminal::text(why.trim_end()).replace('\n', "\n    ");
            outcome.text.push_str(&format!("{} failed\n    {why}\n", example.name));
        }
    }
    let total = report::words::count(outcome.run, "example", "examples");
    outcome.text.push_str(&match outcome.failed {
        0 => format!("{total}: all as expected.\n"),
        failed => format!("{total}: {failed} not as expected.\n"),
    });
    outcome
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unknown_rule_is_refused_with_a_remedy() {
        let check = |id: &str, expect: &str| assert_eq!(explain(id).unwrap_err().to_string(), expect);
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
                listed.contains(&rule.id) && explain(&rule.id).unwrap().contains(&rule.title),
                "{}",
                rule.id
            );
        }
    }

    #[test]
    fn the_built_in_examples_pass() {
        let outcome = try_examples(RuleSet::embedded().unwrap(), |_| true);
        assert_eq!(outcome.failed, 0, "{}", outcome.text);
    }
}
