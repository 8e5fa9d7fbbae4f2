//! Stories, in the words of those who use the bot. One file per theme.

use std::future::Future;

use tokio::task::{JoinError, JoinSet, LocalSet};

mod branch;
mod budgets;
mod burst;
mod commands;
mod deliveries;
mod doubt;
mod drafts;
mod faults;
mod files;
mod folded;
mod forks;
mod gone;
mod installation;
mod killed;
mod limits;
mod lives;
mod missed;
mod numbers;
mod opened;
mod operator;
mod overtaken;
mod own_rules;
mod people;
mod policy;
mod pushed;
mod queue;
mod rerequest;
mod secrets;
mod shared_head;
mod slow;
mod storms;
mod suggestions;

/// Tells many stories side by side: most of their time is waiting.
async fn side_by_side<S: Future<Output = ()> + 'static>(stories: impl IntoIterator<Item = S>) {
    let tell = async {
        let mut running = JoinSet::new();
        for story in stories {
            if running.len() == SIDE_BY_SIDE {
                end(running.join_next().await);
            }
            running.spawn_local(story);
        }
        while !running.is_empty() {
            end(running.join_next().await);
        }
    };
    LocalSet::new().run_until(tell).await;
}

const SIDE_BY_SIDE: usize = 8;

fn end(story: Option<Result<(), JoinError>>) {
    if let Some(Err(error)) = story {
        std::panic::resume_unwind(error.into_panic());
    }
}

/// A file with one finding of medium severity, on line 5.
const FETCH: &str = "import requests\n\n\ndef fetch(url):\n    return requests.get(url)\n";

/// A file with one finding of critical severity, on line 6.
const RESTORE: &str = "import tarfile\n\n\ndef restore(path):\n    with tarfile.open(path) as archive:\n        archive.extractall(\"/srv/data\")\n";

/// A file without findings.
const CLEAN: &str = "def add(a, b):\n    return a + b\n";

/// What the check of a change says that fetches without a timeout and does nothing else.
const ONE_MEDIUM: &str = "success: 1 medium finding";

const FETCHES: &str = "app.py:5 http-call-without-timeout";

#[test]
#[cfg_attr(not(initdb), ignore = "initdb is not installed")]
fn all_stories_are_true_on_postgresql() {
    crate::cluster::once_more(&["stories::"], &["stories::all_stories", "replicas"]);
}
