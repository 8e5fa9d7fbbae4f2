//! `app.yml`, which people register the App with, and the tables the code has are one and the same.
#![allow(clippy::unwrap_used, clippy::expect_used, reason = "a test fails by panicking")]

use std::collections::BTreeMap;

use scrutineer::report::app::{EVENTS, PERMISSIONS, Registration, WEBHOOK_PATH};
use serde_json::Value;

fn written() -> Value {
    serde_saphyr::from_str(include_str!("../app.yml")).unwrap()
}

#[test]
fn the_permissions_are_those_of_the_code() {
    let written: BTreeMap<String, String> =
        serde_json::from_value(written()["default_permissions"].clone()).unwrap();
    let used =
        PERMISSIONS.iter().map(|permission| (permission.name.to_owned(), permission.access.to_owned()));
    assert_eq!(written, used.collect());
}

#[test]
fn the_events_are_those_of_the_code() {
    let written: Vec<String> = serde_json::from_value(written()["default_events"].clone()).unwrap();
    let used: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
    assert_eq!(written, used);
}

#[test]
fn the_file_is_the_manifest_that_the_page_sends() {
    let written = written();
    let registration = Registration {
        github: "https://github.com".parse().unwrap(),
        url: written["url"].as_str().unwrap().parse().unwrap(),
        name: written["name"].as_str().unwrap().to_owned(),
        organization: None,
        webhook_path: WEBHOOK_PATH.to_owned(),
    };
    let mut sent = serde_json::to_value(registration.manifest().unwrap()).unwrap();
    // Only the page knows where GitHub shall send its reader back to; an address has its slash at the end.
    sent.as_object_mut().unwrap().remove("redirect_url");
    sent["url"] = written["url"].clone();
    assert_eq!(sent, written);
    assert!(written["hook_attributes"]["url"].as_str().unwrap().ends_with(WEBHOOK_PATH));
}

#[test]
fn the_readme_names_every_event_for_those_who_register_by_hand() {
    let readme = include_str!("../README.md");
    for event in EVENTS {
        assert!(readme.contains(&format!("`{}`", event.name)), "README.md does not name {}", event.name);
    }
}
