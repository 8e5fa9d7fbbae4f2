//! Hiding our own comments whose finding is gone: one document for all of them.
//!
//! Resolving their threads would say more, but GitHub lets only those who may write contents do that, and the
//! App asks for no such permission.

use serde_json::{Map, Value};

use super::{Error, RepoClient};

impl RepoClient {
    /// Hides these comments as outdated, by GraphQL's ids. Done twice it changes nothing.
    pub async fn hide(&self, comments: &[String]) -> Result<(), Error> {
        self.mutate(&document(comments.len()), &variables(comments)).await
    }
}

fn document(comments: usize) -> String {
    let variables: Vec<String> = (0..comments).map(|index| format!("$c{index}: ID!")).collect();
    let hide = |index| {
        let input = format!("{{ subjectId: $c{index}, classifier: OUTDATED }}");
        format!("  c{index}: minimizeComment(input: {input}) {{ clientMutationId }}\n")
    };
    let fields: String = (0..comments).map(hide).collect();
    format!("mutation Hide({}) {{\n{fields}}}\n", variables.join(", "))
}

fn variables(comments: &[String]) -> Map<String, Value> {
    let ids = comments.iter().map(|id| Value::from(id.as_str()));
    ids.enumerate().map(|(index, id)| (format!("c{index}"), id)).collect()
}

#[cfg(test)]
mod tests {
    use apollo_compiler::validation::Valid;
    use apollo_compiler::{ExecutableDocument, Schema};

    use super::*;

    #[test]
    fn the_document_is_valid_in_githubs_schema() {
        let sdl = include_str!("../../tests/data/github-schema.graphql");
        let schema = Valid::assume_valid(Schema::parse(sdl, "schema.graphql").unwrap());
        let text = document(2);
        if let Err(wrong) = ExecutableDocument::parse_and_validate(&schema, &text, "hide.graphql") {
            panic!("{}\n{text}", wrong.errors);
        }
        for key in variables(&["a".to_owned(), "b".to_owned()]).keys() {
            assert!(text.contains(&format!("${key}: ID!")), "{key}");
        }
    }
}
