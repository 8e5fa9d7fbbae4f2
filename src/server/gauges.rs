//! What other rooms count, brought into the registry whenever somebody looks.

use std::sync::Arc;

use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::Registry;

use crate::github::GitHub;
use crate::review::Tally;

/// Where the numbers come from.
#[derive(Clone)]
pub struct Sources {
    pub github: GitHub,
    pub tally: Arc<Tally>,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Outcome {
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Request {
    kind: &'static str,
    outcome: &'static str,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Quota {
    installation: i64,
    resource: &'static str,
}

/// Seconds: from a change without Python to one that takes minutes.
const BUCKETS: [f64; 9] = [0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 120.0, 600.0];

pub(super) struct Gauges {
    reviews: Family<Outcome, Counter>,
    commands: Family<Outcome, Counter>,
    durations: Histogram,
    requests: Family<Request, Counter>,
    unprocessable: Counter,
    remaining: Family<Quota, Gauge>,
    duplicates: Counter,
}

impl Gauges {
    pub(super) fn new(registry: &mut Registry) -> Gauges {
        let gauges = Gauges {
            reviews: Family::default(),
            commands: Family::default(),
            durations: Histogram::new(BUCKETS),
            requests: Family::default(),
            unprocessable: Counter::default(),
            remaining: Family::default(),
            duplicates: Counter::default(),
        };
        registry.register("reviews", "Reviews by how they ended", gauges.reviews.clone());
        registry.register(
            "commands",
            "Comments with commands by what became of them",
            gauges.commands.clone(),
        );
        registry.register("review_seconds", "How long reviews took", gauges.durations.clone());
        registry.register("github_requests", "Requests to GitHub by outcome", gauges.requests.clone());
        registry.register(
            "github_unprocessable",
            "Writes that GitHub refused with 422: a bug of ours, or a diff that GitHub cut",
            gauges.unprocessable.clone(),
        );
        registry.register(
            "github_remaining",
            "Requests left of the hourly quota, of the installations with the least left",
            gauges.remaining.clone(),
        );
        registry.register(
            "duplicates_prevented",
            "Writes that stood already and were not written again",
            gauges.duplicates.clone(),
        );
        gauges
    }

    pub(super) fn take(&self, sources: &Sources) {
        let counted = sources.tally.look();
        for (outcome, count) in counted.reviews {
            raise(&self.reviews.get_or_create(&Outcome { outcome }), count);
        }
        for (outcome, count) in counted.commands {
            raise(&self.commands.get_or_create(&Outcome { outcome }), count);
        }
        counted.durations.iter().for_each(|took| self.durations.observe(took.as_secs_f64()));
        raise(&self.duplicates, counted.duplicates);
        for ((kind, outcome), count) in sources.github.requests() {
            raise(&self.requests.get_or_create(&Request { kind, outcome }), count);
            if (kind, outcome) == ("write", "422") {
                raise(&self.unprocessable, count);
            }
        }
        self.remaining.clear();
        for left in sources.github.remaining() {
            let quota = Quota { installation: left.installation.0, resource: left.resource };
            let requests = i64::try_from(left.requests).unwrap_or(i64::MAX);
            self.remaining.get_or_create(&quota).set(requests);
        }
    }
}

/// Counters only grow: two who look at once must not count twice.
fn raise(counter: &Counter, to: u64) {
    counter.inc_by(to.saturating_sub(counter.get()));
}

#[cfg(test)]
mod tests {
    use prometheus_client::encoding::text::encode;
    use secrecy::SecretString;

    use super::*;
    use crate::github::Settings;

    #[tokio::test]
    async fn what_others_count_is_told() {
        let mut registry = Registry::with_prefix("scrutineer");
        let gauges = Gauges::new(&mut registry);
        let key = SecretString::from(include_str!("../../tests/data/test-key.pem"));
        let mut settings = Settings::new("http://127.0.0.1:9/".parse().unwrap(), "1", key);
        settings.connect_timeout = std::time::Duration::from_millis(200);
        let github = GitHub::connect(settings).unwrap();
        let sources = Sources { github, tally: Arc::default() };
        assert!(sources.github.knock().await.app.is_err());
        gauges.take(&sources);
        gauges.take(&sources);
        let mut text = String::new();
        encode(&mut text, &registry).unwrap();
        let line = "scrutineer_github_requests_total{kind=\"read\",outcome=\"never sent\"} 1";
        assert!(text.contains(line), "{text}");
        for name in ["review_seconds", "github_unprocessable", "duplicates_prevented"] {
            assert!(text.contains(&format!("# HELP scrutineer_{name} ")), "{name}: {text}");
        }
    }
}
