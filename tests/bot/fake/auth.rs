//! Who asks, and what they may: the App's own signature, installation tokens and their reach.

use std::collections::{BTreeMap, BTreeSet};
use std::time::Instant;

use axum::extract::{Extension, Path, State as Shared};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use axum::{Json, http::HeaderMap};
use jsonwebtoken::{Algorithm, DecodingKey, Validation};
use serde_json::{Value, json};

use super::hub::Hub;
use super::problem::Problem;
use super::state::{APP_ID, APP_SLUG, Hidden, Level, State, Token};
use super::{clock, json as shape};

const PUBLIC_KEY: &[u8] = include_bytes!("../../data/test-key.pub.pem");

/// Who makes a request.
#[derive(Clone)]
pub struct Caller {
    pub who: Who,
    /// From when on what this request makes can be seen.
    pub hide: Hidden,
}

#[derive(Clone)]
pub enum Who {
    Nobody,
    App,
    Installation(Token),
}

/// Reads the `Authorization` header.
pub fn identify(state: &State, headers: &HeaderMap) -> Result<Who, Problem> {
    let Some(header) = headers.get("authorization") else { return Ok(Who::Nobody) };
    let text = header.to_str().map_err(|_| Problem::bad_credentials())?;
    let (scheme, secret) = text.split_once(' ').ok_or_else(Problem::bad_credentials)?;
    if !scheme.eq_ignore_ascii_case("bearer") && !scheme.eq_ignore_ascii_case("token") {
        return Err(Problem::bad_credentials());
    }
    if let Some(token) = state.tokens.get(secret) {
        let alive = token.expires > Instant::now();
        return if alive { Ok(Who::Installation(token.clone())) } else { Err(Problem::bad_credentials()) };
    }
    if secret.matches('.').count() == 2 && !secret.starts_with("ghs_") {
        return app_signature(secret).map(|()| Who::App);
    }
    Err(Problem::bad_credentials())
}

fn app_signature(jwt: &str) -> Result<(), Problem> {
    let key = DecodingKey::from_rsa_pem(PUBLIC_KEY).expect("the test key");
    let mut rules = Validation::new(Algorithm::RS256);
    rules.leeway = 0;
    let undecodable = |_| Problem::unauthorized("A JSON web token could not be decoded");
    let claims = jsonwebtoken::decode::<Value>(jwt, &key, &rules).map_err(undecodable)?.claims;
    let issuer = claims["iss"].as_str().map_or_else(|| claims["iss"].to_string(), str::to_owned);
    let (Some(issued), Some(expires)) = (claims["iat"].as_i64(), claims["exp"].as_i64()) else {
        return Err(Problem::unauthorized("Missing 'issued at' claim ('iat') in assertion"));
    };
    if issuer != APP_ID.to_string() {
        return Err(Problem::unauthorized("Integration not found"));
    }
    if issued > clock::now() {
        let message = "'Issued at' claim ('iat') must be an Integer representing the time that the assertion was issued";
        return Err(Problem::unauthorized(message));
    }
    if expires > clock::now() + 600 {
        return Err(Problem::unauthorized("'Expiration time' claim ('exp') is too far in the future"));
    }
    Ok(())
}

impl State {
    /// Every token minted so far has had its time.
    pub fn expire_tokens(&mut self) {
        self.tokens.values_mut().for_each(|token| token.expires = Instant::now());
    }

    /// The repository of this name, if the caller may do this to it.
    pub fn admit(
        &self,
        caller: &Caller,
        owner: &str,
        name: &str,
        permission: &str,
        level: Level,
    ) -> Result<i64, Problem> {
        let token = match &caller.who {
            Who::Nobody => return Err(Problem::unauthorized("Requires authentication")),
            Who::App => return Err(Problem::not_permitted()),
            Who::Installation(token) => token,
        };
        if self.installations.get(&token.installation).is_none_or(|installation| installation.suspended) {
            return Err(Problem::forbidden("This installation has been suspended"));
        }
        let (repo, _) = self.named(owner, name).ok_or_else(Problem::not_found)?;
        if !token.repos.contains(&repo) {
            return Err(Problem::not_found());
        }
        if token.permissions.get(permission).is_none_or(|granted| *granted < level) {
            return Err(Problem::not_permitted());
        }
        if level == Level::Write && self.repo(repo).archived {
            return Err(Problem::forbidden("Repository was archived so is read-only."));
        }
        Ok(repo)
    }
}

/// `POST /app/installations/{id}/access_tokens`
pub async fn create_token(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
    body: axum::body::Bytes,
) -> Result<Response, Problem> {
    if !matches!(caller.who, Who::App) {
        return Err(Problem::unauthorized("A JSON web token could not be decoded"));
    }
    let wish: Value = if body.is_empty() { json!({}) } else { parse(&body)? };
    let mut state = hub.lock();
    let installation = state.installations.get(&id).ok_or_else(Problem::not_found)?;
    if installation.suspended {
        return Err(Problem::forbidden("This installation has been suspended"));
    }
    let permissions = narrowed_permissions(&installation.permissions, &wish)?;
    let repos = narrowed_repos(&state, &installation.repos, &wish)?;
    let number = state.new_id();
    // As long as GitHub's newer tokens are, and longer than many a column made for the older.
    let text = format!("ghs_{APP_ID}_{number}.{}", "x".repeat(180));
    let expires = Instant::now() + state.token_lifetime;
    let answer = json!({
        "token": text,
        "expires_at": clock::rfc3339(clock::now() + i64::try_from(state.token_lifetime.as_secs()).unwrap()),
        "permissions": shape::permissions(&permissions),
        "repository_selection": "selected",
    });
    state.tokens.insert(text, Token { installation: id, repos, permissions, expires });
    Ok((StatusCode::CREATED, Json(answer)).into_response())
}

fn narrowed_permissions(
    granted: &BTreeMap<String, Level>,
    wish: &Value,
) -> Result<BTreeMap<String, Level>, Problem> {
    let Some(wanted) = wish.get("permissions").and_then(Value::as_object) else { return Ok(granted.clone()) };
    let mut permissions = BTreeMap::from([("metadata".to_owned(), Level::Read)]);
    for (name, level) in wanted {
        let level =
            level.as_str().and_then(Level::parse).ok_or_else(|| Problem::invalid("permission level"))?;
        if granted.get(name).is_none_or(|granted| *granted < level) {
            let message = "The permissions requested are not granted to this installation.";
            return Err(Problem { message: message.to_owned(), ..Problem::status(422) });
        }
        permissions.insert(name.clone(), level);
    }
    Ok(permissions)
}

fn narrowed_repos(state: &State, granted: &BTreeSet<i64>, wish: &Value) -> Result<BTreeSet<i64>, Problem> {
    let ids = wish.get("repository_ids").and_then(Value::as_array);
    let names = wish.get("repositories").and_then(Value::as_array);
    let named = |name: &Value| {
        granted.iter().copied().find(|id| Some(state.repo(*id).name.as_str()) == name.as_str()).unwrap_or(-1)
    };
    let wanted: BTreeSet<i64> = match (ids, names) {
        (None, None) => return Ok(granted.clone()),
        _ => ids
            .into_iter()
            .flatten()
            .map(|id| id.as_i64().unwrap_or(-1))
            .chain(names.into_iter().flatten().map(named))
            .collect(),
    };
    if wanted.is_subset(granted) {
        return Ok(wanted);
    }
    let message = "There is at least one repository that does not exist or is not accessible to the parent installation.";
    Err(Problem { message: message.to_owned(), ..Problem::status(422) })
}

/// `GET /app`
pub async fn app(Extension(caller): Extension<Caller>) -> Result<Json<Value>, Problem> {
    match caller.who {
        Who::App => Ok(Json(shape::app())),
        _ => Err(Problem::unauthorized("A JSON web token could not be decoded")),
    }
}

/// `GET /rate_limit`
pub async fn rate_limit(Shared(hub): Shared<Hub>) -> Json<Value> {
    let state = hub.lock();
    let limits = &state.limits;
    let core = json!({
        "limit": limits.hourly, "remaining": limits.remaining, "reset": limits.reset,
        "used": limits.hourly - limits.remaining,
    });
    Json(json!({"resources": {"core": core, "graphql": core}, "rate": core, "slug": APP_SLUG}))
}

/// Parses a body, or answers as GitHub does where it is not JSON.
pub fn parse(body: &[u8]) -> Result<Value, Problem> {
    serde_json::from_slice(body).map_err(|_| Problem::bad_request("Problems parsing JSON"))
}
