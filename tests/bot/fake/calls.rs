//! What was asked: one record per request, so that a test can state a budget and name what broke it.

use serde_json::Value;

/// The requests a bot knows how to make, by what they are for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verb {
    Token,
    App,
    Files,
    Pull,
    GraphQl,
    Mutation,
    Blob,
    Compare,
    CreateCheck,
    UpdateCheck,
    ReadCheck,
    CreateReview,
    CreateComment,
    ReadReviews,
    Permission,
    SuiteRuns,
    React,
    Reply,
    ReadWords,
    Other,
}

impl Verb {
    /// Whether it changes what others see.
    pub fn writes(self) -> bool {
        match self {
            Verb::Mutation
            | Verb::CreateCheck
            | Verb::UpdateCheck
            | Verb::CreateReview
            | Verb::CreateComment
            | Verb::React
            | Verb::Reply => true,
            Verb::Token | Verb::App | Verb::Files | Verb::Pull | Verb::GraphQl | Verb::Blob => false,
            Verb::Compare => false,
            Verb::Permission | Verb::SuiteRuns | Verb::ReadWords => false,
            Verb::ReadCheck | Verb::ReadReviews | Verb::Other => false,
        }
    }

    pub fn of(method: &str, path: &str, body: &Value) -> Verb {
        let parts: Vec<&str> = path.trim_matches('/').split('/').collect();
        match (method, parts.as_slice()) {
            ("POST", ["app", "installations", _, "access_tokens"]) => Verb::Token,
            ("GET", ["app"] | ["rate_limit"]) => Verb::App,
            ("POST", ["graphql"]) if is_mutation(body) => Verb::Mutation,
            ("POST", ["graphql"]) => Verb::GraphQl,
            ("GET", ["repos", _, _, "pulls", _, "files"]) => Verb::Files,
            ("GET", ["repos", _, _, "pulls", _]) => Verb::Pull,
            ("GET", ["repos", _, _, "git", "blobs", _]) => Verb::Blob,
            ("GET", ["repos", _, _, "compare", _]) => Verb::Compare,
            ("POST", ["repos", _, _, "check-runs"]) => Verb::CreateCheck,
            ("PATCH", ["repos", _, _, "check-runs", _]) => Verb::UpdateCheck,
            ("GET", ["repos", _, _, "check-runs", ..] | ["repos", _, _, "commits", .., "check-runs"]) => {
                Verb::ReadCheck
            }
            ("POST", ["repos", _, _, "pulls", _, "reviews"]) => Verb::CreateReview,
            ("POST", ["repos", _, _, "pulls", _, "comments"]) => Verb::CreateComment,
            ("GET", ["repos", _, _, "pulls", _, "reviews" | "comments", ..]) => Verb::ReadReviews,
            ("GET", ["repos", _, _, "collaborators", _, "permission"]) => Verb::Permission,
            ("GET", ["repos", _, _, "check-suites", _, "check-runs"]) => Verb::SuiteRuns,
            ("POST", ["repos", _, _, "issues" | "pulls", "comments", _, "reactions"]) => Verb::React,
            ("POST", ["repos", _, _, "issues", _, "comments"]) => Verb::Reply,
            ("POST", ["repos", _, _, "pulls", _, "comments", _, "replies"]) => Verb::Reply,
            ("GET", ["repos", _, _, "issues", _, "comments"]) => Verb::ReadWords,
            _ => Verb::Other,
        }
    }
}

/// The files a query asks for are its variables `f0`, `f1` and so on.
pub fn files(body: &Value) -> usize {
    let is_file = |name: &&String| {
        name.strip_prefix('f').is_some_and(|digits| digits.bytes().all(|byte| byte.is_ascii_digit()))
    };
    body["variables"].as_object().map_or(0, |variables| variables.keys().filter(is_file).count())
}

fn is_mutation(body: &Value) -> bool {
    let text = body["query"].as_str().unwrap_or_default();
    text.lines().any(|line| line.trim_start().starts_with("mutation"))
}

/// One request and how it was answered.
#[derive(Clone, Debug)]
pub struct Call {
    pub verb: Verb,
    /// With its query.
    pub path: String,
    /// How many files a query asks for.
    pub files: usize,
    /// None while it is being answered, and for good where the connection was cut.
    pub status: Option<u16>,
}
