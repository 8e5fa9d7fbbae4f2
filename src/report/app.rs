//! The GitHub App as it is registered: the permissions and events in one table each, the manifest made of
//! them, and the page whose form sends it to GitHub.
//!
//! `app.yml` at the root says the same to people and tools; a test holds it equal to these tables.

mod page;

use serde::Serialize;
use serde_json::{Map, Value};
use url::Url;

pub use page::page;

/// A permission of the App.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Permission {
    pub name: &'static str,
    pub access: &'static str,
    pub why: &'static str,
}

/// What the App asks for, and no more.
pub const PERMISSIONS: [Permission; 6] = [
    Permission { name: "checks", access: "write", why: "the check run" },
    Permission { name: "contents", access: "read", why: "the files of the change and the policy" },
    Permission { name: "issues", access: "read", why: "to be told of commands in conversations" },
    Permission { name: "merge_queues", access: "read", why: "to be told of merge groups" },
    Permission { name: "metadata", access: "read", why: "the repository itself" },
    Permission { name: "pull_requests", access: "write", why: "reviews with comments" },
];

/// An event the App subscribes to. GitHub refuses a whole manifest that lists an event without the
/// permission it belongs to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Event {
    pub name: &'static str,
    pub permission: &'static str,
}

/// What the App subscribes to: exactly the events that are acted on. GitHub sends `ping` and the events
/// of installations and of our own check runs without being asked, and refuses the former in a manifest.
pub const EVENTS: [Event; 5] = [
    Event { name: "issue_comment", permission: "issues" },
    Event { name: "merge_group", permission: "merge_queues" },
    Event { name: "pull_request", permission: "pull_requests" },
    Event { name: "pull_request_review_comment", permission: "pull_requests" },
    Event { name: "push", permission: "contents" },
];

/// The path of the webhook unless the settings say otherwise.
pub const WEBHOOK_PATH: &str = "/api/github/webhooks";

/// Where most Apps live.
pub const GITHUB: &str = "https://github.com";

/// A registration to be made.
#[derive(Clone, Debug)]
pub struct Registration {
    /// The GitHub it is made on: [`GITHUB`], or an Enterprise Server.
    pub github: Url,
    /// Where the server is reached from the internet.
    pub url: Url,
    /// The name of the App, unique on GitHub.
    pub name: String,
    /// The account that will own it: an organisation, or without one the user who sends the form.
    pub organization: Option<String>,
    /// The path of the webhook on the server.
    pub webhook_path: String,
}

/// What cannot be registered, and what to give instead.
#[derive(Debug, thiserror::Error)]
pub enum Refused {
    #[error(
        "{0} is no address that GitHub can reach: give the https address of your server, or of a tunnel to it"
    )]
    Unreachable(Url),
    #[error(
        "`{0}` is no organization on GitHub: give its name as in its address, of letters, digits and dashes"
    )]
    Organization(String),
    #[error("{0} is no GitHub: give the address of its front page, such as https://github.example.com")]
    GitHub(Url),
    #[error("the name of an App has 1 to 34 characters: shorten `{0}`")]
    Name(String),
}

/// The manifest as GitHub reads it from the form.
#[derive(Debug, Serialize)]
pub struct Manifest {
    name: String,
    url: Url,
    hook_attributes: Hook,
    redirect_url: Url,
    description: &'static str,
    public: bool,
    default_events: Vec<&'static str>,
    default_permissions: Map<String, Value>,
}

#[derive(Debug, Serialize)]
struct Hook {
    url: Url,
    active: bool,
}

impl Registration {
    /// The manifest, once everything in it is what GitHub accepts.
    pub fn manifest(&self) -> Result<Manifest, Refused> {
        let name = self.name.trim();
        if name.is_empty() || name.chars().count() > 34 {
            return Err(Refused::Name(name.to_owned()));
        }
        let hook = self.url.join(&self.webhook_path).ok().filter(is_reachable);
        let hook = hook.ok_or_else(|| Refused::Unreachable(self.url.clone()))?;
        Ok(Manifest {
            name: name.to_owned(),
            url: self.url.clone(),
            hook_attributes: Hook { url: hook, active: true },
            redirect_url: self.url.clone(),
            description: env!("CARGO_PKG_DESCRIPTION"),
            public: false,
            default_events: EVENTS.iter().map(|event| event.name).collect(),
            default_permissions: PERMISSIONS
                .iter()
                .map(|p| (p.name.to_owned(), Value::from(p.access)))
                .collect(),
        })
    }

    /// Where GitHub takes the form.
    pub fn form_address(&self) -> Result<String, Refused> {
        let github = self.front_page()?;
        match &self.organization {
            None => Ok(format!("{github}/settings/apps/new")),
            Some(name) if is_login(name) => Ok(format!("{github}/organizations/{name}/settings/apps/new")),
            Some(name) => Err(Refused::Organization(name.clone())),
        }
    }

    /// Where its programs ask: GitHub's own interface has a host of its own, an Enterprise Server's a path.
    pub fn api_address(&self) -> Result<String, Refused> {
        match self.is_enterprise() {
            false => Ok("https://api.github.com".to_owned()),
            true => Ok(format!("{}/api/v3", self.front_page()?)),
        }
    }

    /// Whether it is made on an Enterprise Server.
    pub fn is_enterprise(&self) -> bool {
        self.github.host_str() != Some("github.com")
    }

    /// The address of the front page, without a slash at its end.
    fn front_page(&self) -> Result<String, Refused> {
        let github = &self.github;
        let bare = github.path() == "/" && github.query().is_none() && github.fragment().is_none();
        let open = github.username().is_empty() && github.password().is_none();
        match bare && open && github.has_host() && matches!(github.scheme(), "https" | "http") {
            true => Ok(github.as_str().trim_end_matches('/').to_owned()),
            false => Err(Refused::GitHub(github.clone())),
        }
    }
}

/// GitHub refuses webhooks to addresses that lead to itself, and sends none to what has no host.
fn is_reachable(url: &Url) -> bool {
    let local = match url.host() {
        Some(url::Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(url::Host::Ipv4(address)) => address.is_loopback() || address.is_unspecified(),
        Some(url::Host::Ipv6(address)) => address.is_loopback() || address.is_unspecified(),
        None => true,
    };
    !local && matches!(url.scheme(), "https" | "http")
}

fn is_login(name: &str) -> bool {
    let plain = name.bytes().all(|b| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'_'));
    plain && !name.is_empty() && name.len() <= 39
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn registration(url: &str, organization: Option<&str>) -> Registration {
        Registration {
            github: Url::parse(GITHUB).unwrap(),
            url: Url::parse(url).unwrap(),
            name: "Scrutineer".to_owned(),
            organization: organization.map(str::to_owned),
            webhook_path: WEBHOOK_PATH.to_owned(),
        }
    }

    #[test]
    fn every_event_has_its_permission() {
        for event in EVENTS {
            assert!(
                PERMISSIONS.iter().any(|permission| permission.name == event.permission),
                "{}",
                event.name
            );
            assert!(!event.name.starts_with("installation"), "GitHub refuses {} in a manifest", event.name);
        }
    }

    #[test]
    fn the_form_goes_to_the_owner_of_the_app() {
        let check = |organization, expect: Option<&str>| {
            let address = registration("https://audit.example.com", organization).form_address();
            assert_eq!(address.ok().as_deref(), expect);
        };
        check(None, Some("https://github.com/settings/apps/new"));
        check(Some("octo-org"), Some("https://github.com/organizations/octo-org/settings/apps/new"));
        check(Some("../evil"), None);
        check(Some(""), None);
    }

    #[test]
    fn an_enterprise_server_has_its_own_addresses() {
        let check = |github: &str, expect: Option<(&str, &str)>| {
            let github = Url::parse(github).unwrap();
            let registration =
                Registration { github, ..registration("https://audit.example.com", Some("octo-org")) };
            let addresses = registration.form_address().ok().zip(registration.api_address().ok());
            let addresses = addresses.as_ref().map(|(form, api)| (form.as_str(), api.as_str()));
            assert_eq!(addresses, expect);
        };
        let form = "https://github.com/organizations/octo-org/settings/apps/new";
        check("https://github.com/", Some((form, "https://api.github.com")));
        let form = "https://git.example.com:8443/organizations/octo-org/settings/apps/new";
        check("https://git.example.com:8443", Some((form, "https://git.example.com:8443/api/v3")));
        for wrong in
            ["https://git.example.com/api/v3", "https://a:b@git.example.com", "file:///etc", "data:x"]
        {
            check(wrong, None);
        }
    }

    #[test]
    fn an_address_that_github_cannot_reach_is_refused() {
        let check = |url: &str, ok: bool| {
            assert_eq!(registration(url, None).manifest().is_ok(), ok, "{url}");
        };
        check("https://audit.example.com", true);
        check("http://192.0.2.1:3000", true);
        check("http://localhost:3000", false);
        check("http://127.0.0.1:3000", false);
        check("ftp://audit.example.com", false);
        check("mailto:a@b.c", false);
    }
}
