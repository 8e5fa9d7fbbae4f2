//! Pages: 30 entries unless asked otherwise, 100 at most, and a `Link` to the next one.

use axum::Json;
use axum::http::Uri;
use axum::response::{IntoResponse, Response};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
pub struct Page {
    per_page: Option<usize>,
    page: Option<usize>,
}

impl Page {
    fn size(&self) -> usize {
        self.per_page.unwrap_or(30).clamp(1, 100)
    }

    fn number(&self) -> usize {
        self.page.unwrap_or(1).max(1)
    }

    pub fn cut<T: Clone>(&self, all: &[T]) -> Vec<T> {
        all.iter().skip((self.number() - 1) * self.size()).take(self.size()).cloned().collect()
    }

    /// The `Link` header of a list of `total` entries; the addresses are by repository id, as GitHub's are.
    fn links(&self, total: usize, address: &str) -> Option<String> {
        let (size, number) = (self.size(), self.number());
        let last = total.div_ceil(size).max(1);
        let link = |page: usize, rel: &str| format!("<{address}?per_page={size}&page={page}>; rel=\"{rel}\"");
        let forward = [link(number + 1, "next"), link(last, "last")];
        let back = [link(number.saturating_sub(1), "prev"), link(1, "first")];
        let mut links = Vec::new();
        if number > 1 {
            links.extend(back);
        }
        if number < last {
            links.extend(forward);
        }
        (!links.is_empty()).then(|| links.join(", "))
    }

    pub fn answer(&self, all: &[Value], base: &str, repo: i64, uri: &Uri) -> Response {
        let rest = uri.path().splitn(5, '/').nth(4).unwrap_or_default();
        let address = format!("{base}/repositories/{repo}/{rest}");
        let mut response = Json(Value::Array(self.cut(all))).into_response();
        if let Some(links) = self.links(all.len(), &address) {
            response.headers_mut().insert("link", links.parse().expect("a header"));
        }
        response
    }
}
