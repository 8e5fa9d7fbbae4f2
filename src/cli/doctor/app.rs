//! The App as GitHub has it, against what the code uses.

use crate::github::{Error, GitHub, Knock, Registered};
use crate::report::app::{EVENTS, PERMISSIONS};

use super::finding::Finding;

/// A difference of clocks that does no harm: our signatures are back-dated by more.
const TOLERABLE: i64 = 30;

pub(super) async fn examine(github: &GitHub) -> Vec<Finding> {
    let knock = github.knock().await;
    let mut findings = vec![key(&knock)];
    findings.extend(clock(&knock));
    if !matches!(knock.app, Err(Error::Unavailable { .. })) {
        findings.push(graphql(github).await);
    }
    if let Ok(app) = &knock.app {
        findings.extend(permissions(app));
        findings.extend(events(app));
        findings.push(deliveries(github).await);
    }
    findings
}

fn key(knock: &Knock) -> Finding {
    match &knock.app {
        Ok(app) => Finding::ok("App", &format!("GitHub accepts the key; it is `{}`", app.slug)),
        Err(error @ Error::Unavailable { .. }) => Finding::fail(
            "GitHub",
            &format!("{error}"),
            "let this machine reach GITHUB_API_URL: its name, its proxy, its certificates",
        ),
        Err(error @ Error::NotFound { .. }) => Finding::fail(
            "GitHub",
            &format!("there is no such API ({error})"),
            "set GITHUB_API_URL: https://api.github.com, or https://HOST/api/v3 on Enterprise Server",
        ),
        Err(error) => Finding::fail(
            "App",
            &format!("{error}"),
            "let APP_ID and the private key be of one App: both are on its page; a deleted key signs no more",
        ),
    }
}

fn clock(knock: &Knock) -> Option<Finding> {
    let ahead = knock.ahead?;
    let side = if ahead > 0 { "ahead of" } else { "behind" };
    let told = format!("this machine is {} s {side} GitHub", ahead.abs());
    Some(match ahead.abs() {
        0..=TOLERABLE => Finding::ok("clock", &told),
        _ => Finding::fail("clock", &told, "set it by NTP: GitHub refuses signatures from another time"),
    })
}

async fn graphql(github: &GitHub) -> Finding {
    match github.graphql_answers().await {
        Ok(()) => Finding::ok("GraphQL", "answers"),
        Err(error) => Finding::fail(
            "GraphQL",
            &error.to_string(),
            "set GITHUB_GRAPHQL_URL; on Enterprise Server it is https://HOST/api/graphql",
        ),
    }
}

fn permissions(app: &Registered) -> Vec<Finding> {
    let mut findings = Vec::new();
    for wanted in PERMISSIONS {
        let granted = app.permissions.get(wanted.name).map_or("none", String::as_str);
        if level(granted) < level(wanted.access) {
            let told =
                format!("`{}` is {granted}, and {} is needed: {}", wanted.name, wanted.access, wanted.why);
            let remedy =
                "grant it under Permissions & events on the App's page; each installation has to accept it";
            findings.push(Finding::fail("permission", &told, remedy));
        }
    }
    let known = |name: &str| PERMISSIONS.iter().any(|permission| permission.name == name);
    for name in app.permissions.keys().filter(|name| !known(name)) {
        let told = format!("`{name}` is granted and never used");
        findings.push(Finding::warn("permission", &told, "take it back: what is not granted cannot be lost"));
    }
    if findings.is_empty() {
        findings.push(Finding::ok("permissions", "are what the App uses"));
    }
    findings
}

fn level(access: &str) -> u8 {
    match access {
        "read" => 1,
        "write" => 2,
        "admin" => 3,
        _ => 0,
    }
}

fn events(app: &Registered) -> Vec<Finding> {
    let missing = EVENTS.iter().filter(|event| !app.events.iter().any(|known| known == event.name));
    let findings: Vec<Finding> = missing
        .map(|event| {
            let told = format!("the App is not told of `{}`", event.name);
            Finding::fail("event", &told, "subscribe to it under Permissions & events on the App's page")
        })
        .collect();
    match findings.is_empty() {
        true => vec![Finding::ok("events", "are what the App acts on")],
        false => findings,
    }
}

/// Whether GitHub reaches us: by what became of its last deliveries.
async fn deliveries(github: &GitHub) -> Finding {
    match github.attempts(None).await {
        Ok(attempts) => match attempts.page.iter().take(10).filter(|attempt| !attempt.delivered).count() {
            0 => Finding::ok("deliveries", "the last ones arrived"),
            failed => Finding::warn(
                "deliveries",
                &format!("{failed} of the last 10 attempts failed"),
                "see why under Advanced on the App's page: the address, the certificate, the webhook's secret",
            ),
        },
        Err(error) => Finding::warn("deliveries", &error.to_string(), "the webhook may be switched off"),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use super::super::finding::text;
    use super::*;
    use crate::github::RequestId;

    fn registered(permissions: &[(&str, &str)], events: &[&str]) -> Registered {
        let own = |text: &&str| (*text).to_owned();
        Registered {
            slug: "scrutineer".to_owned(),
            permissions: permissions
                .iter()
                .map(|(name, access)| (own(name), own(access)))
                .collect::<BTreeMap<_, _>>(),
            events: events.iter().map(own).collect(),
        }
    }

    #[test]
    fn an_app_as_the_manifest_has_it_is_well() {
        let wanted: Vec<(&str, &str)> = PERMISSIONS.iter().map(|p| (p.name, p.access)).collect();
        let events_wanted: Vec<&str> = EVENTS.iter().map(|event| event.name).collect();
        let app = registered(&wanted, &events_wanted);
        let told = text(&[permissions(&app), events(&app)].concat());
        assert!(told.ends_with("All is well.\n"), "{told}");
    }

    #[test]
    fn what_is_missing_and_what_is_too_much_is_told_with_its_remedy() {
        let app = registered(&[("checks", "read"), ("administration", "write")], &[]);
        let told = text(&[permissions(&app), events(&app)].concat());
        for words in [
            "FAIL  permission: `checks` is read, and write is needed: the check run",
            "FAIL  permission: `pull_requests` is none",
            "warn  permission: `administration` is granted and never used",
            "FAIL  event: the App is not told of `pull_request`",
            "-> subscribe to it",
        ] {
            assert!(told.contains(words), "{words}: {told}");
        }
    }

    #[test]
    fn a_clock_that_is_off_is_told() {
        let knock = |ahead| Knock {
            app: Err(Error::Unauthorized { message: "no".to_owned(), request_id: RequestId(None) }),
            ahead,
        };
        assert_eq!(clock(&knock(None)), None);
        assert!(!clock(&knock(Some(-3))).unwrap().is_failure());
        assert!(clock(&knock(Some(500))).unwrap().is_failure());
        assert!(key(&knock(None)).is_failure());
    }
}
