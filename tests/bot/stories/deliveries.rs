//! Webhooks as they come: twice, late, out of order, unknown, forged.

use serde_json::{Value, json};

use super::{CLEAN, FETCH, FETCHES, ONE_MEDIUM};
use crate::fake::payload::Delivery;
use crate::fake::wire;
use crate::world::World;

#[tokio::test]
async fn a_second_delivery_changes_nothing() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    world.bill();
    world.redeliver().await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 0);
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn the_order_of_deliveries_does_not_matter() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.push(&[("app.py", &format!("{CLEAN}\nX = 1\n"))]).await;
    world.push(&[("app.py", FETCH)]).await;
    world.deliver_out_of_order().await;
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn an_old_delivery_after_the_fact_writes_nothing() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    world.push(&[("app.py", FETCH)]).await;
    let mut held = world.take_held();
    world.deliver(&held.pop().unwrap()).await;
    world.settle().await;
    world.bill();
    world.deliver(&held.pop().unwrap()).await;
    world.settle().await;
    assert_eq!(world.bill().writes(), 0);
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn what_does_not_concern_the_audit_costs_nothing() {
    let mut world = World::new().await;
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    world.settle().await;
    world.bill();
    world.retitle("A better title").await;
    world.label("bug").await;
    world.convert_to_draft().await;
    world.settle().await;
    let bill = world.bill();
    assert_eq!((bill.tokens, bill.requests()), (0, 0));
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

/// Every payload GitHub publishes as an example: taken or passed over, never failed.
#[tokio::test]
async fn each_example_of_github_is_accepted_or_ignored() {
    let world = World::new().await;
    let examples = include_str!("../../data/webhook-examples.jsonl");
    for (number, line) in examples.lines().enumerate() {
        let example: Value = serde_json::from_str(line).unwrap();
        let event: &'static str = example["event"].as_str().unwrap().to_owned().leak();
        let delivery =
            Delivery { guid: format!("example-{number}"), event, payload: example["payload"].clone() };
        world.deliver(&delivery).await;
    }
}

async fn knock(world: &World, headers: &[(&str, String)], body: &[u8]) -> u16 {
    let mut all = vec![
        ("content-type", "application/json".to_owned()),
        ("x-github-event", "pull_request".to_owned()),
        ("x-github-delivery", "knock".to_owned()),
    ];
    all.retain(|(name, _)| !headers.iter().any(|(given, _)| given == name));
    all.extend(headers.iter().cloned());
    wire::send("POST", &world.bot.webhook(), &all, body).await.unwrap().status
}

#[tokio::test]
async fn nothing_unsigned_comes_in() {
    let world = World::new().await;
    let body = br#"{"action":"opened"}"#;
    let right = world.sign(body);
    let sha1 = format!("sha1={}", "0".repeat(40));
    for wrong in [String::new(), sha1, right.replace("sha256=", ""), right.to_uppercase(), world.sign(b"{}")]
    {
        assert_eq!(knock(&world, &[("x-hub-signature-256", wrong.clone())], body).await, 401, "{wrong}");
    }
    assert_eq!(knock(&world, &[], body).await, 401);
    assert_eq!(knock(&world, &[("x-hub-signature-256", world.sign(b"{"))], b"{").await, 400);
}

#[tokio::test]
async fn a_form_is_read_like_json() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", FETCH)]).await;
    let payload = world.take_held()[0].payload.to_string();
    let encoded = percent_encoding::utf8_percent_encode(&payload, percent_encoding::NON_ALPHANUMERIC);
    let body = format!("payload={encoded}");
    let form = ("content-type", "application/x-www-form-urlencoded".to_owned());
    let signed = ("x-hub-signature-256", world.sign(body.as_bytes()));
    assert_eq!(knock(&world, &[form, signed], body.as_bytes()).await, 202);
    world.settle().await;
    assert_eq!(world.comments(), [FETCHES]);
    assert_eq!(world.check(), ONE_MEDIUM);
}

#[tokio::test]
async fn a_new_action_of_tomorrow_is_passed_over() {
    let mut world = World::new().await;
    world.hold_deliveries();
    world.open_pull_request("feature", &[("app.py", CLEAN)]).await;
    let mut delivery = world.take_held().pop().unwrap();
    delivery.payload["action"] = json!("enchanted");
    world.deliver(&delivery).await;
    world.settle().await;
    assert_eq!(world.bill().requests(), 0);
}
