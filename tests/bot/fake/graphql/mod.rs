//! `POST /graphql`: documents are validated against GitHub's published schema and executed by its rules, field
//! by field, over the same state as the rest. A field the fake does not model fails the test that asks for it.

mod fold;
mod git;
mod node;
mod pull;
mod query;

use std::sync::LazyLock;

use apollo_compiler::request::coerce_variable_values;
use apollo_compiler::resolvers::Execution;
use apollo_compiler::response::JsonMap;
use apollo_compiler::validation::Valid;
use apollo_compiler::{ExecutableDocument, Schema};
use axum::Json;
use axum::extract::{Extension, State as Shared};
use serde_json::{Value, json};

use super::auth::{Caller, Who};
use super::hub::Hub;
use super::problem::Problem;

const UNMODELLED: &str = "the fake does not model";

/// GitHub's schema, parsed once per process.
pub static SCHEMA: LazyLock<Valid<Schema>> = LazyLock::new(|| {
    let text = include_str!("../../../data/github-schema.graphql");
    // Parsed only: what GitHub publishes and `refresh.sh` repairs need not be validated by every test run.
    let schema = Schema::parse(text, "github-schema.graphql").expect("GitHub's schema");
    Valid::assume_valid(schema)
});

pub async fn serve(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Json(request): Json<Value>,
) -> Result<Json<Value>, Problem> {
    let Who::Installation(token) = &caller.who else {
        return Err(Problem::unauthorized("This endpoint requires you to be authenticated."));
    };
    let mut state = hub.lock();
    let folds = fold::Folds::default();
    let answer = execute(query::Root { state: &state, token }, &folds, &request);
    folds.apply(&mut state);
    let errors = answer["errors"].as_array().cloned().unwrap_or_default();
    for error in errors {
        let message = error["message"].as_str().unwrap_or_default();
        if answer.get("data").is_none() || message.contains(UNMODELLED) {
            state.offences.push(format!("GraphQL: {message}"));
        }
    }
    Ok(Json(answer))
}

fn execute(root: query::Root<'_>, folds: &fold::Folds, request: &Value) -> Value {
    let text = request["query"].as_str().unwrap_or_default();
    let document = match ExecutableDocument::parse_and_validate(&SCHEMA, text, "query.graphql") {
        Ok(document) => document,
        Err(wrong) => return refused(wrong.errors.iter().map(|error| error.to_string())),
    };
    let variables =
        request.get("variables").filter(|variables| !variables.is_null()).cloned().unwrap_or(json!({}));
    let variables: JsonMap = match serde_json::from_value(variables) {
        Ok(variables) => variables,
        Err(error) => return refused([error.to_string()]),
    };
    let operation = match document.operations.get(request["operationName"].as_str()) {
        Ok(operation) => operation,
        Err(error) => return refused([error.message().to_string()]),
    };
    if let Some(extra) = unknown_variable(operation, &variables) {
        return refused([extra]);
    }
    let variables = match coerce_variable_values(&SCHEMA, operation, &variables) {
        Ok(variables) => variables,
        Err(error) => return refused([error.message().to_string()]),
    };
    let execution =
        Execution::new(&SCHEMA, &document).operation(operation).coerced_variable_values(&variables);
    let root = if operation.is_mutation() { fold::node(root, folds) } else { root.node() };
    match execution.execute_sync(&root) {
        Ok(response) => typed(serde_json::to_value(response).expect("an answer is JSON")),
        Err(error) => refused([error.message().to_string()]),
    }
}

/// GitHub passes over a variable no operation declares; a test does not, for it can only be a mistake.
fn unknown_variable(operation: &apollo_compiler::executable::Operation, values: &JsonMap) -> Option<String> {
    let declared = |name: &str| operation.variables.iter().any(|variable| variable.name == name);
    let extra = values.keys().find(|name| !declared(name.as_str()))?;
    Some(format!("Variable ${} is not declared", extra.as_str()))
}

fn refused(messages: impl IntoIterator<Item = String>) -> Value {
    let errors: Vec<Value> = messages.into_iter().map(|message| json!({"message": message})).collect();
    json!({"errors": errors})
}

/// Gives errors GitHub's words and its `type`.
fn typed(mut answer: Value) -> Value {
    for error in answer.get_mut("errors").and_then(Value::as_array_mut).into_iter().flatten() {
        let message = error["message"].as_str().unwrap_or_default().to_owned();
        let message = message.strip_prefix("resolver error: ").unwrap_or(&message);
        error["message"] = message.into();
        let kind = match message {
            "Resource not accessible by integration" => "FORBIDDEN",
            text if text.starts_with("Could not resolve") => "NOT_FOUND",
            text if text.starts_with("Requesting") => "EXCESSIVE_PAGINATION",
            text if text.starts_with("You must provide") => "MISSING_PAGINATION_BOUNDARIES",
            _ => continue,
        };
        error["type"] = kind.into();
    }
    answer
}
