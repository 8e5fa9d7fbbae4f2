//! Stands in for the server room until it is there.

use axum::Router;
use axum::body::Bytes;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::routing::post;
use scrutineer::domain::Delivery;
use scrutineer::github::event::Event;
use scrutineer::github::signature::Secrets;
use scrutineer::review::trigger::{Decision, decide};
use scrutineer::store::Store;
use secrecy::SecretString;

pub fn app(store: Store) -> Router {
    Router::new().route("/api/github/webhooks", post(webhook)).with_state(store)
}

async fn webhook(State(store): State<Store>, headers: HeaderMap, body: Bytes) -> StatusCode {
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let secrets = Secrets(vec![SecretString::from(crate::bot::SECRET)]);
    let Ok(verified) = secrets.verify(header("x-hub-signature-256"), body) else { return StatusCode::UNAUTHORIZED };
    let Ok(event) = Event::read(header("x-github-event").unwrap(), &verified, header("content-type")) else {
        return StatusCode::BAD_REQUEST;
    };
    let delivery = Delivery { guid: header("x-github-delivery").unwrap().to_owned(), event: String::new(), action: None };
    let wake = match decide(&event) {
        Decision::Wake(wake) => Some(*wake),
        Decision::Ignore(_) => None,
    };
    store.accept(delivery, wake).await.unwrap();
    StatusCode::ACCEPTED
}
