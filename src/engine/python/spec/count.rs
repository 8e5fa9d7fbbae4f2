//! How large the specification is. A case is one row of a table: a snippet and its answer.

/// Each subject, the tables about it and how many cases they hold at the least.
const SUBJECTS: &[(&str, &[&str], usize)] = &[
    ("names", &[include_str!("names.rs")], 110),
    ("bindings", &[include_str!("bindings.rs"), include_str!("flow_reaching.rs")], 90),
    ("definitions", &[include_str!("outline.rs")], 35),
    ("calls", &[include_str!("calls.rs")], 100),
    ("constants", &[include_str!("constants.rs")], 85),
    ("types", &[include_str!("types.rs")], 140),
    ("roles", &[include_str!("roles.rs")], 60),
    ("paths", &[include_str!("flow_paths.rs")], 100),
    ("guards", &[include_str!("flow_conditions.rs")], 60),
    ("suspensions", &[include_str!("flow_suspension.rs")], 50),
    ("releases", &[include_str!("flow_release.rs")], 50),
    ("locks", &[include_str!("flow_locks.rs")], 40),
    ("escapes", &[include_str!("flow_escapes.rs")], 40),
];

/// Rows begin with a bracket and a text, on one line or on two.
fn cases(table: &str) -> usize {
    let lines: Vec<&str> = table.lines().map(str::trim).collect();
    let begins = |pair: &[&str]| pair[0].starts_with("(\"") || pair[0] == "(" && pair[1].starts_with('"');
    lines.windows(2).filter(|pair| begins(pair)).count()
}

#[test]
fn every_subject_is_specified_by_many_cases() {
    let counted = SUBJECTS.iter().map(|(subject, tables, least)| {
        let found: usize = tables.iter().map(|table| cases(table)).sum();
        assert!(found >= *least, "{subject}: {found} of {least} cases");
        found
    });
    let all: usize = counted.sum();
    assert!(all >= 950, "{all} cases");
}
