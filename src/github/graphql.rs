//! GraphQL's envelope: GitHub answers 200 whatever happened, gives what it could read as `data`, and tells
//! in `errors` what it could not and where.

use http::Method;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::repo::{decode, encode};
use super::transport::{Answer, Call, JSON, Kind};
use super::{Error, RepoClient, RequestId, classify, limits};

/// What came back, with the faults the caller has to judge.
#[derive(Debug)]
pub(super) struct Reply {
    pub data: Map<String, Value>,
    pub faults: Vec<Fault>,
    pub request_id: RequestId,
}

/// One entry of `errors`.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Fault {
    #[serde(rename = "type")]
    kind: Option<String>,
    message: String,
    path: Vec<Value>,
}

#[derive(Serialize)]
struct Ask<'a> {
    query: &'a str,
    variables: &'a Map<String, Value>,
}

#[derive(Deserialize)]
struct Envelope {
    data: Option<Map<String, Value>>,
    #[serde(default)]
    errors: Vec<Fault>,
}

impl RepoClient {
    /// Sends a mutation. Any fault in it is an error, whatever else of it was done.
    pub(super) async fn mutate(&self, document: &str, variables: &Map<String, Value>) -> Result<(), Error> {
        let (method, url) = (Method::POST, self.connection.graphql_url.clone());
        let body = encode(&Ask { query: document, variables })?;
        if let Some(drafts) = &self.connection.drafts {
            drafts.keep(&method, &url, &body);
            return Ok(());
        }
        let call = Call { kind: Kind::Write, method, url, accept: JSON, body: Some(body) };
        let reply = open(&self.call(&call).await?, Kind::Write).map_err(|error| self.noted(error))?;
        match reply.faults.first() {
            Some(fault) => Err(fault.error(&reply.request_id)),
            None => Ok(()),
        }
    }

    /// Sends a query (never a mutation: it counts as a read). Rate limits and a missing `data` are errors
    /// here; whether a partial answer is of use is for the caller to say.
    pub(super) async fn query(&self, document: &str, variables: &Map<String, Value>) -> Result<Reply, Error> {
        let call = Call {
            kind: Kind::Read,
            method: Method::POST,
            url: self.connection.graphql_url.clone(),
            accept: JSON,
            body: Some(encode(&Ask { query: document, variables })?),
        };
        open(&self.call(&call).await?, Kind::Read).map_err(|error| self.noted(error))
    }
}

fn open(answer: &Answer, kind: Kind) -> Result<Reply, Error> {
    let envelope: Envelope = decode(answer, kind)?;
    let request_id = classify::request_id(answer);
    if let Some(limit) = envelope.errors.iter().find_map(|fault| fault.rate_limit(answer)) {
        return Err(limit);
    }
    match (envelope.data, envelope.errors.first()) {
        (Some(data), _) => Ok(Reply { data, faults: envelope.errors, request_id }),
        (None, Some(fault)) => Err(fault.error(&request_id)),
        (None, None) => Err(classify::unreadable(answer, kind, "neither data nor errors")),
    }
}

impl Fault {
    /// Where in the answer something is missing, as the keys of the answer.
    pub(super) fn path(&self) -> impl Iterator<Item = &str> {
        self.path.iter().filter_map(Value::as_str)
    }

    /// The error for a fault that makes the answer useless.
    pub(super) fn error(&self, request_id: &RequestId) -> Error {
        let (message, request_id) = (self.message.clone(), request_id.clone());
        match self.kind.as_deref() {
            Some("NOT_FOUND") => Error::NotFound { what: message, request_id },
            Some("FORBIDDEN" | "INSUFFICIENT_SCOPES") => Error::Forbidden { message, request_id },
            _ if self.may_pass() => Error::Unavailable { status: None, cause: message, request_id },
            _ => Error::Malformed { cause: message, request_id },
        }
    }

    /// Whether the same, or a smaller, query may succeed later. A fault without a place is a mistake in the
    /// query, unless its words speak of GitHub's own trouble.
    fn may_pass(&self) -> bool {
        let message = self.message.to_ascii_lowercase();
        let trouble = ["something went wrong", "timeout", "timed out", "limits exceeded", "temporarily"];
        !self.path.is_empty()
            || self.kind.as_deref().is_some_and(|kind| kind.ends_with("_LIMITS_EXCEEDED"))
            || trouble.iter().any(|words| message.contains(words))
    }

    fn rate_limit(&self, answer: &Answer) -> Option<Error> {
        let secondary = limits::speaks_of_abuse(&self.message);
        let primary = self.kind.as_deref() == Some("RATE_LIMITED");
        let retry_after = match (limits::retry_after(answer), secondary) {
            (Some(wait), _) => wait,
            (None, true) => limits::SECONDARY_WAIT,
            (None, false) => limits::until_reset(answer),
        };
        let request_id = classify::request_id(answer);
        (primary || secondary).then_some(Error::RateLimited { retry_after, secondary, request_id })
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, StatusCode};
    use serde_json::json;

    use super::*;

    fn reply(body: &Value) -> Result<Reply, Error> {
        let body = body.to_string().into();
        open(&Answer { status: StatusCode::OK, headers: HeaderMap::new(), body }, Kind::Read)
    }

    #[test]
    fn partial_data_is_kept_beside_its_faults() {
        let reply = reply(&json!({
            "data": {"repository": {"f0": null}},
            "errors": [{"message": "no", "path": ["repository", "f0", 3, "text"], "locations": [], "odd": 1}],
        }));
        let reply = reply.unwrap();
        assert_eq!(reply.data["repository"], json!({"f0": null}));
        assert_eq!(reply.faults[0].path().collect::<Vec<_>>(), ["repository", "f0", "text"]);
    }

    #[test]
    fn a_limit_is_a_limit_even_with_data() {
        let primary =
            json!({"data": {}, "errors": [{"type": "RATE_LIMITED", "message": "API rate limit exceeded"}]});
        assert!(matches!(reply(&primary), Err(Error::RateLimited { secondary: false, .. })));
        let secondary = json!({"errors": [{"message": "You have exceeded a secondary rate limit."}]});
        assert!(matches!(reply(&secondary), Err(Error::RateLimited { secondary: true, .. })));
    }

    #[test]
    fn without_data_the_fault_is_the_error() {
        let fault = |fault: Value| reply(&json!({"data": null, "errors": [fault]})).unwrap_err();
        let long = fault(json!({"message": "Something went wrong while executing your query."}));
        assert!(matches!(long, Error::Unavailable { .. }), "{long}");
        let mistake = fault(json!({"message": "Field 'x' doesn't exist on type 'Blob'"}));
        assert!(matches!(mistake, Error::Malformed { .. }), "{mistake}");
        let gone = fault(json!({"type": "NOT_FOUND", "message": "m", "path": ["repository"]}));
        assert!(matches!(gone, Error::NotFound { .. }), "{gone}");
        let denied = fault(json!({"type": "FORBIDDEN", "message": "Resource not accessible by integration"}));
        assert!(matches!(denied, Error::Forbidden { .. }), "{denied}");
        assert!(matches!(reply(&json!({})), Err(Error::Malformed { .. })));
    }
}
