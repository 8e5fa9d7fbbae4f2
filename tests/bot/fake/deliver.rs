//! Sends webhooks the way GitHub does: its headers, its signature over the raw body.

use hmac::{Hmac, KeyInit, Mac};
use sha2::Sha256;

use super::payload::Delivery;
use super::wire::{self, Answer};

/// Delivers to `url`; the same delivery sent twice is a redelivery.
pub async fn deliver(delivery: &Delivery, url: &str, secret: &str) -> Result<Answer, std::io::Error> {
    let body = serde_json::to_vec(&delivery.payload).expect("a payload is JSON");
    let headers = [
        ("content-type", "application/json".to_owned()),
        ("user-agent", "GitHub-Hookshot/fa4e".to_owned()),
        ("accept", "*/*".to_owned()),
        ("x-github-delivery", delivery.guid.clone()),
        ("x-github-event", delivery.event.to_owned()),
        ("x-github-hook-id", "1".to_owned()),
        ("x-github-hook-installation-target-type", "integration".to_owned()),
        ("x-github-hook-installation-target-id", super::state::APP_ID.to_string()),
        ("x-hub-signature-256", signature(secret, &body)),
    ];
    wire::send("POST", url, &headers, &body).await
}

pub fn signature(secret: &str, body: &[u8]) -> String {
    let mut mac = Hmac::<Sha256>::new_from_slice(secret.as_bytes()).expect("any key will do");
    mac.update(body);
    format!("sha256={}", hex::encode(mac.finalize().into_bytes()))
}
