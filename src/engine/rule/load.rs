//! From the written form to rules that run. Whatever is wrong is found here, never while auditing.

use std::sync::Arc;

use serde_saphyr::Spanned;
use sha2::{Digest, Sha256};

use crate::engine::analysis;
use crate::engine::matching::{Finder, Formula, PatternFinder, Settings};

use super::error::{LoadError, LoadErrors, Mistake, Place, from_yaml};
use super::file::{ExamplesFile, FindFile, RuleFile};
use super::{Examples, Models, Rule, RuleSet, clauses, did_you_mean, template, types};

/// Loads models first, then rules; all mistakes are told at once.
pub(super) fn rule_set<'f>(
    files: impl IntoIterator<Item = (&'f str, &'f str)>,
) -> Result<RuleSet, LoadErrors> {
    let mut digest = Sha256::new();
    let files = files.into_iter().inspect(|(path, text)| {
        [*path, "\0", *text, "\0"].iter().for_each(|part| digest.update(part));
    });
    let (models, rules): (Vec<_>, Vec<_>) = files.partition(|(path, _)| path.starts_with("rules/models/"));
    let mut errors = Vec::new();
    let types = collect(std::iter::once(types::read(&models)), &mut errors).pop().unwrap_or_default();
    let models = collect(models.into_iter().map(|(path, text)| model(path, text)), &mut errors);
    let models: Models = models.into_iter().collect();
    let loaded = collect(rules.into_iter().map(|(path, text)| rule(path, text, &models)), &mut errors);
    if !errors.is_empty() {
        return Err(LoadErrors(errors));
    }
    let (rules, finders) = loaded.into_iter().unzip();
    let digest = hex::encode(digest.finalize());
    Ok(RuleSet { rules, finders, types: Arc::new(types), digest })
}

fn collect<T>(results: impl Iterator<Item = Result<T, LoadError>>, errors: &mut Vec<LoadError>) -> Vec<T> {
    results.filter_map(|result| result.map_err(|error| errors.push(error)).ok()).collect()
}

fn model(path: &str, text: &str) -> Result<(String, serde_json::Value), LoadError> {
    let name = stem(path).to_owned();
    let value = serde_saphyr::from_str(text).map_err(|error| from_yaml(&error).of(path))?;
    Ok((name, value))
}

fn rule(path: &str, text: &str, models: &Models) -> Result<(Arc<Rule>, Arc<Finder>), LoadError> {
    let compile = || {
        let (category, id) = names(path)?;
        let written: RuleFile = serde_saphyr::from_str(text).map_err(|error| from_yaml(&error))?;
        let finder = finder(&written.find, models)?;
        let rule = checked(written, category, id, &finder)?;
        Ok((Arc::new(rule), Arc::new(finder)))
    };
    compile().map_err(|mistake: Mistake| mistake.of(path))
}

fn stem(path: &str) -> &str {
    let name = path.rsplit('/').next().unwrap_or(path);
    name.strip_suffix(".yml").unwrap_or(name)
}

/// Category and id out of `rules/<category>/<id>.yml`.
fn names(path: &str) -> Result<(String, String), Mistake> {
    let place = Place { line: 1, column: 1 };
    let remedy = "put it at rules/<category>/<id>.yml, both in kebab-case";
    let segments: Vec<&str> = path.split('/').collect();
    let ["rules", category, _] = segments[..] else {
        return Err(Mistake::new(place, "a rule does not stand here", remedy));
    };
    let id = stem(path);
    if !is_kebab(category) || !is_kebab(id) {
        return Err(Mistake::new(place, format!("`{category}/{id}` is no rule name"), remedy));
    }
    Ok((category.to_owned(), id.to_owned()))
}

fn is_kebab(name: &str) -> bool {
    let word = |word: &str| {
        !word.is_empty() && word.bytes().all(|byte| byte.is_ascii_lowercase() || byte.is_ascii_digit())
    };
    name.split('-').all(word)
}

fn finder(find: &Spanned<FindFile>, models: &Models) -> Result<Finder, Mistake> {
    let place = Place::from(find.referenced);
    let written = &find.value;
    let ways = [
        written.pattern.is_some(),
        written.patterns.is_some(),
        written.pattern_either.is_some(),
        written.pattern_regex.is_some(),
        written.analysis.is_some(),
    ];
    if ways.iter().filter(|way| **way).count() != 1 {
        let remedy =
            "write exactly one of `pattern`, `patterns`, `pattern-either`, `pattern-regex`, `analysis`";
        return Err(Mistake::new(place, "`find` does not say one way to find", remedy));
    }
    match &written.analysis {
        Some(name) => native(name, written.with.as_ref(), models).map(Finder::Analysis),
        None if written.with.is_some() => {
            Err(Mistake::new(place, "`with` stands beside a pattern", "give `with` to an `analysis` only"))
        }
        None => {
            let formula = formula(written)?;
            Ok(Finder::Pattern(Box::new(PatternFinder::new(formula, Settings::OWN))))
        }
    }
}

fn formula(find: &FindFile) -> Result<Formula, Mistake> {
    if let Some(pattern) = &find.pattern {
        return clauses::pattern(pattern);
    }
    if let Some(entries) = &find.patterns {
        return clauses::all(entries, false);
    }
    if let Some(regex) = &find.pattern_regex {
        return clauses::regex(regex);
    }
    clauses::either(find.pattern_either.as_deref().unwrap_or_default())
}

fn native(
    name: &Spanned<String>,
    with: Option<&Spanned<serde_json::Value>>,
    models: &Models,
) -> Result<analysis::Analysis, Mistake> {
    let place = Place::from(name.referenced);
    let Some((_, make)) = analysis::ANALYSES.iter().find(|(known, _)| *known == name.value) else {
        let known: Vec<&str> = analysis::ANALYSES.iter().map(|(known, _)| *known).collect();
        return Err(Mistake::new(
            place,
            format!("there is no analysis `{}`", name.value),
            near(&name.value, &known),
        ));
    };
    let place = with.map_or(place, |with| Place::from(with.referenced));
    let value = match with {
        Some(with) => splice(&with.value, models).map_err(|name| unknown_model(place, &name, models))?,
        None => serde_json::Value::Object(serde_json::Map::new()),
    };
    make(analysis::Parameters::new(value))
        .map_err(|mistake| Mistake::new(place, format!("`with` does not fit `{}`", name.value), mistake))
}

fn unknown_model(place: Place, name: &str, models: &Models) -> Mistake {
    let known: Vec<&str> = models.keys().map(String::as_str).collect();
    Mistake::new(place, format!("there is no model `{name}` under rules/models/"), near(name, &known))
}

fn near(given: &str, known: &[&str]) -> String {
    match did_you_mean(given, known.iter().copied()) {
        Some(near) => format!("did you mean `{near}`?"),
        None => format!("use one of {}", known.join(", ")),
    }
}

/// `{model: NAME}` anywhere in `with` stands for the content of `rules/models/NAME.yml`.
/// The error is the name of a model that is not there.
fn splice(value: &serde_json::Value, models: &Models) -> Result<serde_json::Value, String> {
    use serde_json::Value;
    match value {
        Value::Object(map) => match model_name(map) {
            Some(name) => models.get(name).cloned().ok_or_else(|| name.to_owned()),
            None => {
                let entries = map.iter().map(|(key, value)| Ok((key.clone(), splice(value, models)?)));
                entries.collect::<Result<_, String>>().map(Value::Object)
            }
        },
        Value::Array(items) => {
            items.iter().map(|item| splice(item, models)).collect::<Result<_, String>>().map(Value::Array)
        }
        plain => Ok(plain.clone()),
    }
}

fn model_name(map: &serde_json::Map<String, serde_json::Value>) -> Option<&str> {
    if map.len() == 1 { map.get("model")?.as_str() } else { None }
}

fn checked(written: RuleFile, category: String, id: String, finder: &Finder) -> Result<Rule, Mistake> {
    check_text("title", &written.title, &[])?;
    for (key, text) in [("problem", &written.problem), ("impact", &written.impact), ("fix", &written.fix)] {
        check_text(key, text, &finder.names())?;
    }
    Ok(Rule {
        id,
        category,
        title: written.title.value,
        severity: written.severity,
        confidence: written.confidence,
        tier: written.tier,
        cwe: written.cwe,
        aliases: written.aliases,
        problem: written.problem.value,
        impact: written.impact.value,
        fix: written.fix.value,
        effort: effort(&written.effort)?,
        tests: written.tests,
        absence: written.absence,
        of_users: false,
        examples: examples(written.examples)?,
    })
}

/// A text says something, and every `$NAME` in it is one that a match can fill.
fn check_text(key: &str, text: &Spanned<String>, names: &[String]) -> Result<(), Mistake> {
    let place = Place::from(text.referenced);
    if text.value.trim().is_empty() {
        return Err(Mistake::new(place, format!("`{key}` is empty"), "say it in one or two sentences"));
    }
    let Some(hole) =
        template::holes(&text.value).into_iter().find(|hole| !names.iter().any(|name| name == hole))
    else {
        return Ok(());
    };
    let remedy = match names {
        [] => "this text takes no metavariables".to_owned(),
        names => {
            format!("use one of {}", names.iter().map(|n| format!("`${n}`")).collect::<Vec<_>>().join(", "))
        }
    };
    Err(Mistake::new(place, format!("`${hole}` in `{key}` is bound by nothing"), remedy))
}

/// Minutes out of `30m`, `2h` or `1h 30m`.
fn effort(text: &Spanned<String>) -> Result<u32, Mistake> {
    let minutes = |word: &str| {
        let (number, unit) = word.split_at_checked(word.len().checked_sub(1)?)?;
        let factor = match unit {
            "m" => 1,
            "h" => 60,
            _ => return None,
        };
        number.parse::<u32>().ok()?.checked_mul(factor)
    };
    let total: Option<u32> = text.value.split_whitespace().map(minutes).sum();
    total.filter(|total| *total > 0).ok_or_else(|| {
        let place = Place::from(text.referenced);
        Mistake::new(
            place,
            format!("`{}` is no effort", text.value),
            "write minutes or hours: `30m`, `2h`, `1h 30m`",
        )
    })
}

fn examples(written: Spanned<ExamplesFile>) -> Result<Examples, Mistake> {
    let place = Place::from(written.referenced);
    let ExamplesFile { bad, good, missed } = written.value;
    let remedy = "examples are the rule's tests: give at least one `bad` and one `good`";
    if bad.is_empty() {
        return Err(Mistake::new(place, "there is no `bad` example", remedy));
    }
    if good.is_empty() {
        return Err(Mistake::new(place, "there is no `good` example", remedy));
    }
    let unmarked = bad.iter().position(|text| !text.lines().any(super::is_marked));
    if let Some(index) = unmarked {
        let mistake = format!("`bad` example {index} marks no line");
        return Err(Mistake::new(place, mistake, "end each line that must be reported with `# finding`"));
    }
    Ok(Examples { bad, good, missed })
}
