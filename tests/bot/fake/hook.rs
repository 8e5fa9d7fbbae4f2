//! The App's own book of deliveries, and where it is installed: what only its signature may ask.

use axum::Json;
use axum::extract::{Extension, Path, State as Shared};
use axum::http::StatusCode;
use serde_json::{Value, json};

use super::auth::{Caller, Who};
use super::clock;
use super::hub::Hub;
use super::payload::Delivery;
use super::problem::Problem;
use super::state::State;

/// An attempt to deliver, as GitHub remembers it.
#[derive(Clone, Debug)]
pub struct Attempt {
    pub id: i64,
    pub delivery: Delivery,
    pub at: i64,
    pub status: u16,
}

#[derive(Default)]
pub struct Hook {
    pub attempts: Vec<Attempt>,
    /// Attempts that were asked for again.
    pub asked: Vec<i64>,
}

impl State {
    /// GitHub tried to deliver some minutes ago, and nobody took it.
    pub fn lose(&mut self, delivery: Delivery) {
        let id = self.new_id();
        self.hook.attempts.insert(0, Attempt { id, delivery, at: clock::now() - 300, status: 502 });
    }
}

fn app_only(caller: &Caller) -> Result<(), Problem> {
    match caller.who {
        Who::App => Ok(()),
        _ => Err(Problem::unauthorized("A JSON web token could not be decoded")),
    }
}

/// `GET /app/hook/deliveries`
pub async fn deliveries(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
) -> Result<Json<Value>, Problem> {
    app_only(&caller)?;
    let state = hub.lock();
    let shape = |attempt: &Attempt| {
        json!({
            "id": attempt.id, "guid": attempt.delivery.guid, "event": attempt.delivery.event, "redelivery": false,
            "delivered_at": clock::rfc3339(attempt.at), "duration": 0.1, "status": "", "status_code": attempt.status,
            "action": attempt.delivery.payload["action"], "installation_id": 1, "repository_id": 1,
        })
    };
    Ok(Json(state.hook.attempts.iter().map(shape).collect()))
}

/// `POST /app/hook/deliveries/{id}/attempts`
pub async fn redeliver(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path(id): Path<i64>,
) -> Result<(StatusCode, Json<Value>), Problem> {
    app_only(&caller)?;
    let mut state = hub.lock();
    if !state.hook.attempts.iter().any(|attempt| attempt.id == id) {
        return Err(Problem::not_found());
    }
    state.hook.asked.push(id);
    Ok((StatusCode::ACCEPTED, Json(json!({}))))
}

/// `GET /repos/{owner}/{repo}/installation`
pub async fn installation(
    Shared(hub): Shared<Hub>,
    Extension(caller): Extension<Caller>,
    Path((owner, name)): Path<(String, String)>,
) -> Result<Json<Value>, Problem> {
    app_only(&caller)?;
    let state = hub.lock();
    let (repo, _) = state.named(&owner, &name).ok_or_else(Problem::not_found)?;
    let held = state.installations.values().find(|installation| installation.repos.contains(&repo));
    let held = held.ok_or_else(Problem::not_found)?;
    Ok(Json(json!({"id": held.id, "app_id": super::state::APP_ID, "account": {"login": held.account}})))
}
