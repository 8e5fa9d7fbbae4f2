//! Refusals in GitHub's own words and shape.

use axum::Json;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use serde_json::{Value, json};

/// An answer other than 2xx.
#[derive(Clone, Debug)]
pub struct Problem {
    pub status: u16,
    pub message: String,
    pub errors: Option<Value>,
    pub retry_after: Option<u64>,
}

impl Problem {
    fn new(status: u16, message: impl Into<String>) -> Problem {
        Problem { status, message: message.into(), errors: None, retry_after: None }
    }

    pub fn status(status: u16) -> Problem {
        Problem::new(status, if status == 404 { "Not Found" } else { "Server Error" })
    }

    pub fn not_found() -> Problem {
        Problem::new(404, "Not Found")
    }

    pub fn bad_credentials() -> Problem {
        Problem::new(401, "Bad credentials")
    }

    pub fn unauthorized(message: &str) -> Problem {
        Problem::new(401, message)
    }

    pub fn forbidden(message: &str) -> Problem {
        Problem::new(403, message)
    }

    pub fn not_permitted() -> Problem {
        Problem::new(403, "Resource not accessible by integration")
    }

    pub fn bad_request(message: &str) -> Problem {
        Problem::new(400, message)
    }

    /// The body breaks the schema of the request.
    pub fn invalid(what: impl AsRef<str>) -> Problem {
        Problem::new(422, format!("Invalid request.\n\n{}", what.as_ref()))
    }

    pub fn unprocessable(error: &str) -> Problem {
        Problem { errors: Some(json!([error])), ..Problem::new(422, "Unprocessable Entity") }
    }

    pub fn validation(resource: &str, field: &str, code: &str, message: &str) -> Problem {
        let error = json!({"resource": resource, "field": field, "code": code, "message": message});
        Problem { errors: Some(json!([error])), ..Problem::new(422, "Validation Failed") }
    }

    pub fn primary_limit(installation: i64) -> Problem {
        Problem::new(403, format!("API rate limit exceeded for installation ID {installation}."))
    }

    pub fn secondary_limit(retry_after: Option<u64>) -> Problem {
        let message =
            "You have exceeded a secondary rate limit. Please wait a few minutes before you try again.";
        Problem { retry_after, ..Problem::new(403, message) }
    }

    /// The brake on fast writing, as it is sometimes worn: neither 403 nor 429.
    pub fn abuse() -> Problem {
        Problem::validation("PullRequestReview", "body", "abuse", "was submitted too quickly")
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut body = json!({
            "message": self.message,
            "documentation_url": "https://docs.github.com/rest",
            "status": self.status.to_string(),
        });
        if let Some(errors) = self.errors {
            body["errors"] = errors;
        }
        let status = StatusCode::from_u16(self.status).expect("a status");
        let mut response = (status, Json(body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert("retry-after", seconds.into());
        }
        response
    }
}
