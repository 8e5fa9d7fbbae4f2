//! `options:` of a rule. Those that change what a rule finds in Python are honoured, those for other languages and for
//! analyses of whole projects change nothing here.

use std::collections::BTreeMap;

use serde_saphyr::Spanned;

use crate::engine::matching::Settings;
use crate::engine::rule::clauses::Made;
use crate::engine::rule::did_you_mean;
use crate::engine::rule::error::{Mistake, Place};

type Switch = fn(&mut Settings) -> &mut bool;

/// What an option switches.
const SWITCHES: [(&str, Switch); 8] = [
    ("constant_propagation", |settings| &mut settings.constant_propagation),
    ("symbolic_propagation", |settings| &mut settings.symbolic_propagation),
    ("ac_matching", |settings| &mut settings.ac_matching),
    ("commutative_boolop", |settings| &mut settings.commutative_boolop),
    ("symmetric_eq", |settings| &mut settings.symmetric_eq),
    ("implicit_deep_exprstmt", |settings| &mut settings.implicit_deep_exprstmt),
    ("go_deeper_stmt", |settings| &mut settings.go_deeper_stmt),
    ("vardef_assign", |settings| &mut settings.vardef_assign),
];

/// Options of other languages and of taint rules: they change nothing about patterns of Python.
const WITHOUT_EFFECT: [&str; 26] = [
    "arrow_is_function",
    "attr_expr",
    "cpp_parsing_pref",
    "decorators_order_matters",
    "flddef_assign",
    "generic_caseless",
    "generic_comment_style",
    "generic_ellipsis_max_span",
    "generic_engine",
    "generic_extra_braces",
    "generic_extra_word_characters",
    "generic_multiline",
    "implicit_ellipsis",
    "implicit_return",
    "let_is_var",
    "max_match_per_file",
    "taint_assume_safe_booleans",
    "taint_assume_safe_comparisons",
    "taint_assume_safe_functions",
    "taint_assume_safe_indexes",
    "taint_assume_safe_numbers",
    "taint_focus_on",
    "taint_only_propagate_through_assignments",
    "taint_unify_mvars",
    "unify_ids_strictly",
    "xml_singleton_loose_matching",
];

/// Options that ask for more than one file: the rule runs file by file, and a note says so.
const WHOLE_PROJECT: [&str; 3] = ["interfile", "taint_intrafile", "interproc"];

pub(super) fn read(
    id: &str,
    mut settings: Settings,
    written: Option<&Spanned<BTreeMap<String, serde_json::Value>>>,
    notes: &mut Vec<String>,
) -> Made<Settings> {
    let Some(written) = written else { return Ok(settings) };
    let place = Place::from(written.referenced);
    for (name, value) in &written.value {
        let on = value.as_bool();
        if let Some((_, switch)) = SWITCHES.iter().find(|(known, _)| known == name) {
            *switch(&mut settings) = on.ok_or_else(|| {
                Mistake::new(
                    place,
                    format!("the option `{name}` is neither on nor off"),
                    "write `true` or `false`",
                )
            })?;
        } else if WHOLE_PROJECT.contains(&name.as_str()) {
            if on == Some(true) {
                notes.push(format!(
                    "`{id}`: the option `{name}` has no effect: each file is looked at for itself"
                ));
            }
        } else if !WITHOUT_EFFECT.contains(&name.as_str()) {
            return Err(unknown(name, place));
        }
    }
    Ok(settings)
}

fn unknown(name: &str, place: Place) -> Mistake {
    let known = SWITCHES.iter().map(|(known, _)| *known).chain(WITHOUT_EFFECT).chain(WHOLE_PROJECT);
    let remedy = match did_you_mean(name, known) {
        Some(near) => format!("did you mean `{near}`?"),
        None => "leave it out".to_owned(),
    };
    Mistake::new(place, format!("there is no option `{name}`"), remedy)
}
