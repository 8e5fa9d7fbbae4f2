//! The query of a look. Its fixed parts are files under `queries/`, checked against GitHub's schema; only
//! the list of aliases is written here. What comes from a pull request is a variable, never text.

use std::fmt::Write;

use serde_json::{Map, Value, json};

use super::Look;
use crate::domain::RepoName;
use crate::github::CHECK_NAME;

/// Where a repository keeps its policy.
pub const POLICY_PATH: &str = ".github/scrutineer.yml";

/// Where a repository keeps rules of its own.
pub const RULES_PATH: &str = ".github/scrutineer/rules";

const STATE: &str = include_str!("../queries/state.graphql");
const STANDING: &str = include_str!("../queries/commit.graphql");
const FILE: &str = include_str!("../queries/file.graphql");
const STATE_VARIABLES: &str = ", $pull: Int!, $threadsAfter: String";
const STANDING_VARIABLES: &str = ", $policy: String!, $rules: String!, $head: GitObjectID!, $suites: CheckSuiteFilter!, \
     $runs: CheckRunFilter!";

/// The key of a path in the answer.
pub(super) fn alias(index: usize) -> String {
    format!("f{index}")
}

/// The query's text, which depends on nothing but how many paths there are and which states are asked.
pub(super) fn text(look: &Look) -> String {
    let (mut variables, mut aliases) = (String::new(), String::new());
    for index in 0..look.paths.len() {
        let alias = alias(index);
        // Writing to a string cannot fail.
        let _ = write!(variables, ", ${alias}: String!");
        let _ = writeln!(aliases, "    {alias}: object(expression: ${alias}) {{ ...File }}");
    }
    let (mut states, mut fragments) = (String::new(), String::new());
    if look.with_state {
        variables.push_str(STANDING_VARIABLES);
        states.push_str("    ...Standing\n");
        fragments.push_str(STANDING);
    }
    if look.with_state && look.pull.is_some() {
        variables.push_str(STATE_VARIABLES);
        states.push_str("    ...State\n");
        fragments.push_str(STATE);
    }
    format!(
        "query Look($owner: String!, $name: String!{variables}) {{\n  \
           repository(owner: $owner, name: $name) {{\n    databaseId\n{states}{aliases}  }}\n}}\n{fragments}{FILE}"
    )
}

pub(super) fn variables(look: &Look, name: &RepoName, app_id: &str) -> Map<String, Value> {
    let mut variables = Map::new();
    let mut set = |key: &str, value: Value| variables.insert(key.to_owned(), value);
    set("owner", json!(name.owner));
    set("name", json!(name.name));
    for (index, path) in look.paths.iter().enumerate() {
        set(&alias(index), json!(format!("{}:{path}", look.head)));
    }
    if look.with_state {
        if let Some(pull) = look.pull {
            set("pull", json!(pull));
            set("threadsAfter", json!(look.threads_after));
        }
        set("policy", json!(format!("{}:{POLICY_PATH}", look.policy_at)));
        set("rules", json!(format!("{}:{RULES_PATH}", look.policy_at)));
        set("head", json!(look.head));
        set("suites", suites(app_id));
        // All of them: several pull requests may share a commit, each with a run of this name.
        set("runs", json!({ "checkName": CHECK_NAME, "checkType": "ALL" }));
    }
    variables
}

/// GitHub filters by the App's number only; who gives a client id instead is told apart in the answer.
fn suites(app_id: &str) -> Value {
    match app_id.parse::<i32>() {
        Ok(number) => json!({ "appId": number, "checkName": CHECK_NAME }),
        Err(_) => json!({ "checkName": CHECK_NAME }),
    }
}

#[cfg(test)]
mod tests {
    use apollo_compiler::validation::Valid;
    use apollo_compiler::{ExecutableDocument, Schema};

    use super::*;
    use crate::domain::{PullNumber, Sha};

    fn look(paths: usize, with_state: bool) -> Look {
        Look {
            pull: Some(PullNumber(7)),
            head: Sha::parse(&"a".repeat(40)).unwrap(),
            policy_at: "refs/heads/main".to_owned(),
            paths: (0..paths).map(|n| format!("src/{n}.py")).collect(),
            with_state,
            threads_after: None,
        }
    }

    #[test]
    fn every_query_is_valid_in_githubs_schema() {
        let sdl = include_str!("../../../tests/data/github-schema.graphql");
        // The published schema is not valid in small things (a deprecated field of an interface).
        let schema = Valid::assume_valid(Schema::parse(sdl, "schema.graphql").unwrap());
        for (paths, with_state) in [(0, true), (3, true), (100, true), (1, false)] {
            let of_pull = look(paths, with_state);
            for look in [Look { pull: None, ..of_pull.clone() }, of_pull] {
                let text = text(&look);
                if let Err(e) = ExecutableDocument::parse_and_validate(&schema, &text, "look.graphql") {
                    panic!("{}\n{text}", e.errors);
                }
            }
        }
    }

    #[test]
    fn each_variable_is_declared_and_given() {
        for with_state in [true, false] {
            let look = look(2, with_state);
            let name = RepoName::parse("octo/hello").unwrap();
            let text = text(&look);
            for key in variables(&look, &name, "1").keys() {
                assert!(text.contains(&format!("${key}: ")), "{key}");
            }
            let declared = text.lines().next().unwrap().matches('$').count();
            assert_eq!(declared, variables(&look, &name, "1").len());
        }
    }

    #[test]
    fn hostile_names_stay_in_the_variables() {
        let mut look = look(1, true);
        let plain = text(&look);
        look.paths = vec!["\"}) { evil } #.py".to_owned()];
        look.policy_at = "\") { evil }".to_owned();
        assert_eq!(text(&look), plain);
    }

    #[test]
    fn an_app_known_by_its_client_id_is_not_filtered_by_number() {
        assert_eq!(suites("123"), json!({"appId": 123, "checkName": "scrutineer"}));
        assert_eq!(suites("Iv23abc"), json!({"checkName": "scrutineer"}));
    }
}
