//! Each example of each rule is one test, named as the rule's file has it: `blocking-call-in-async::bad[0]`.
//! `bad`: this rule reports exactly the lines that end in `# finding`. `good`: no rule of tier comment says
//! anything. `missed`: this rule says nothing, so that an improvement announces itself.

use std::process::ExitCode;
use std::sync::Arc;

use libtest_mimic::{Arguments, Failed, Trial};
use scrutineer::engine::{Engine, FileAudit, Finding, Limits, Options, Rule, RuleSet, Setting, Tier};

/// An example may open with `# path: tests/test_app.py` to be audited under that path.
const PATH_MARK: &str = "# path: ";
const DEFAULT_PATH: &str = "app.py";

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = match RuleSet::embedded() {
        Ok(rules) => trials(&Arc::new(Engine::new(rules, Limits::default()))),
        Err(errors) => {
            vec![Trial::test("every rule loads", move || Err(Failed::from(errors.to_string())))]
        }
    };
    libtest_mimic::run(&arguments, trials).exit_code()
}

fn trials(engine: &Arc<Engine>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for rule in engine.rules().iter() {
        let lists: [(&str, &[String], Check); 3] = [
            ("bad", &rule.examples.bad, only_marked_lines),
            ("good", &rule.examples.good, nothing_at_all),
            ("missed", &rule.examples.missed, nothing_of_this_rule),
        ];
        for (list, texts, check) in lists {
            for (index, text) in texts.iter().enumerate() {
                let (engine, rule, text) = (Arc::clone(engine), Arc::clone(rule), text.clone());
                let name = format!("{}::{list}[{index}]", rule.id);
                trials.push(Trial::test(name, move || check(&audit(&engine, &rule, &text)?, &rule, &text)));
            }
        }
    }
    trials
}

type Check = fn(&FileAudit, &Rule, &str) -> Result<(), Failed>;

fn audit(engine: &Engine, rule: &Rule, text: &str) -> Result<FileAudit, Failed> {
    let first = text.lines().next().unwrap_or_default();
    let path = first.strip_prefix(PATH_MARK).unwrap_or(DEFAULT_PATH);
    let on = Setting { on: Some(true), ..Setting::default() };
    let options = Options { rules: [(rule.id.clone(), on)].into(), ..Options::default() };
    let audit = engine.audit(path, text.as_bytes(), &options);
    match &audit.skipped {
        Some(skipped) => Err(Failed::from(skipped.to_string())),
        None if !audit.broken.is_empty() => Err(Failed::from(format!("lines {:?} do not parse", audit.broken))),
        None => Ok(audit),
    }
}

fn only_marked_lines(audit: &FileAudit, rule: &Rule, text: &str) -> Result<(), Failed> {
    let own = audit.findings.iter().filter(|finding| finding.rule.id == rule.id);
    let found: Vec<u32> = own.clone().map(|finding| finding.span.start.line).collect();
    let marked = (1..).zip(text.lines()).filter(|(_, line)| line.trim_end().ends_with("# finding"));
    let expected: Vec<u32> = marked.map(|(line, _)| line).collect();
    if found != expected {
        return Err(Failed::from(format!("reported lines {found:?}, marked are {expected:?}\n{}", told(own))));
    }
    match own.clone().find(|finding| finding.problem.contains('…') || finding.fix.contains('…')) {
        Some(finding) => Err(Failed::from(format!("a text has a hole:\n{}", told([finding].into_iter())))),
        None => Ok(()),
    }
}

fn nothing_at_all(audit: &FileAudit, _: &Rule, _: &str) -> Result<(), Failed> {
    silent(audit.findings.iter().filter(|finding| finding.tier == Tier::Comment))
}

fn nothing_of_this_rule(audit: &FileAudit, rule: &Rule, _: &str) -> Result<(), Failed> {
    silent(audit.findings.iter().filter(|finding| finding.rule.id == rule.id))
}

fn silent<'f>(findings: impl Iterator<Item = &'f Finding>) -> Result<(), Failed> {
    match told(findings) {
        told if told.is_empty() => Ok(()),
        told => Err(Failed::from(format!("should be silent, but:\n{told}"))),
    }
}

fn told<'f>(findings: impl Iterator<Item = &'f Finding>) -> String {
    let lines = findings.map(|finding| {
        let Finding { rule, severity, tier, span, problem, .. } = finding;
        format!("  line {}: {} ({severity:?}, {tier:?}): {problem}\n", span.start.line, rule.id)
    });
    lines.collect()
}
