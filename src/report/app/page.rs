//! The page that registers the App: a form with the manifest, and what to do before and after.

use askama::Template;

use super::{EVENTS, Event, PERMISSIONS, Permission, Refused, Registration};

/// What keeps the page from being made.
#[derive(Debug, thiserror::Error)]
pub enum PageError {
    #[error(transparent)]
    Refused(#[from] Refused),
    #[error("the manifest cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
    #[error("the page cannot be written: {0}")]
    Template(#[from] askama::Error),
}

/// The whole page. It needs nothing from elsewhere, so that it can be opened from a file.
pub fn page(registration: &Registration) -> Result<String, PageError> {
    let manifest = registration.manifest()?;
    let page = Page {
        name: &manifest.name,
        action: registration.form_address()?,
        api: registration.api_address()?,
        is_enterprise: registration.is_enterprise(),
        owner: registration.organization.as_deref().unwrap_or("your account"),
        webhook: manifest.hook_attributes.url.as_str(),
        url: registration.url.as_str(),
        manifest: serde_json::to_string(&manifest)?,
        permissions: &PERMISSIONS,
        events: &EVENTS,
    };
    Ok(page.render()? + "\n")
}

#[derive(Template)]
#[template(
    ext = "html",
    source = r#"<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="referrer" content="no-referrer">
<title>Register {{ name }}</title>
<style>
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 44rem; margin: 3rem auto; padding: 0 1rem; color: #1f2328; }
  code, pre { font: 14px/1.5 ui-monospace, monospace; background: #f3f4f6; border-radius: 6px; padding: .1em .3em; }
  pre { padding: .8em 1em; overflow-x: auto; }
  td, th { text-align: left; padding: .2rem 1.5rem .2rem 0; }
  button { font: inherit; padding: .5em 1.2em; border: 0; border-radius: 6px; background: #1f883d; color: #fff; cursor: pointer; }
</style>
<h1>Register {{ name }} on GitHub</h1>
<p>This creates a GitHub App that belongs to {{ owner }}. It receives its events at <code>{{ webhook }}</code> and asks for:</p>
<table>
  <tr><th>Permission</th><th>Access</th><th>For</th></tr>
{%- for permission in permissions %}
  <tr><td>{{ permission.name }}</td><td>{{ permission.access }}</td><td>{{ permission.why }}</td></tr>
{%- endfor %}
</table>
<p>Events: {% for event in events %}<code>{{ event.name }}</code>{% if !loop.last %}, {% endif %}{% endfor %}.</p>
<form action="{{ action }}" method="post">
  <input type="hidden" name="manifest" value="{{ manifest }}">
  <p><button>Register on GitHub</button></p>
</form>
<h2>Then, within an hour</h2>
<ol>
  <li>GitHub asks for the name, which must be unique, and sends you to <code>{{ url }}</code> with
    <code>?code=…</code> in the address. It does not matter whether anything answers there yet: copy the code.</li>
  <li>Exchange it, once, for the credentials of the App:
    <pre>(umask 077; curl -sS -X POST {{ api }}/app-manifests/CODE/conversions -o app.json)</pre></li>
  <li>Take three values from <code>app.json</code> for the settings of the server: <code>id</code> is
    <code>APP_ID</code>, <code>pem</code> is <code>PRIVATE_KEY</code>, <code>webhook_secret</code> is
    <code>WEBHOOK_SECRET</code>. Keep them secret and delete the file.</li>
{%- if is_enterprise %}
  <li>Tell the server where your GitHub is: <code>GITHUB_API_URL={{ api }}</code></li>
{%- endif %}
  <li>Start <code>scrutineer serve</code>, then install the App on your repositories from its page on GitHub.</li>
</ol>
</html>"#
)]
struct Page<'a> {
    name: &'a str,
    action: String,
    api: String,
    is_enterprise: bool,
    owner: &'a str,
    webhook: &'a str,
    url: &'a str,
    manifest: String,
    permissions: &'a [Permission],
    events: &'a [Event],
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::app::tests::registration;

    #[test]
    fn the_page_tells_what_is_registered_and_what_follows() {
        insta::assert_snapshot!(page(&registration("https://audit.example.com", Some("octo-org"))).unwrap());
    }

    #[test]
    fn on_an_enterprise_server_everything_happens_there() {
        let github = url::Url::parse("https://git.example.com").unwrap();
        let page = page(&Registration { github, ..registration("https://audit.example.com", None) }).unwrap();
        for part in [
            "action=\"https://git.example.com/settings/apps/new\"",
            "https://git.example.com/api/v3/app-manifests/CODE/conversions",
            "GITHUB_API_URL=https://git.example.com/api/v3<",
        ] {
            assert!(page.contains(part), "{part}: {page}");
        }
        assert!(!page.contains("github.com"), "{page}");
    }

    #[test]
    fn a_name_cannot_break_out_of_the_page() {
        let name = "\"><script>x</script>'".to_owned();
        let page = page(&Registration { name, ..registration("https://audit.example.com", None) }).unwrap();
        assert!(!page.contains("<script") && !page.contains("\"\\\">"), "{page}");
    }
}
