//! Rounds at regular times: deliveries that failed are asked for again, check runs left open are swept.
//! The first round follows the start closely, since what was missed was missed while nobody was there.

use std::time::Duration;

use tokio::sync::watch;
use tokio::time::sleep;

use crate::review::{Context, missed};

/// How far back the first round asks for deliveries. GitHub keeps them for three days at least.
const AT_START: Duration = Duration::from_secs(3 * 24 * 3600);

/// How often, and what is late.
#[derive(Clone, Debug)]
pub struct Patrol {
    /// Between two rounds.
    pub every: Duration,
    /// From the start to the first round: the webhook must be up before anything is asked for.
    pub first: Duration,
    /// A check run of a resting target that is open for longer than this hangs.
    pub late: Duration,
}

impl Patrol {
    pub fn new(every: Duration, deadline: Duration) -> Patrol {
        Patrol { every, first: every / 60, late: deadline }
    }
}

/// Goes its rounds until `stop` becomes true.
pub async fn patrol(context: Context, settings: Patrol, mut stop: watch::Receiver<bool>) {
    let (mut pause, mut back, mut rested) = (settings.first, AT_START, Duration::ZERO);
    loop {
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => return,
            () = sleep(pause) => {}
        }
        round(&context, back, rested).await;
        // An overlap costs a page and forgives a round that failed.
        (pause, back, rested) = (settings.every, settings.every * 12, settings.late);
    }
}

async fn round(context: &Context, back: Duration, rested: Duration) {
    match missed::ask_again(context, back).await {
        Ok(0) => {}
        Ok(count) => tracing::info!(count, "deliveries that failed were asked for again"),
        Err(error) => tracing::warn!(%error, "failed deliveries cannot be asked for; trying again later"),
    }
    match missed::sweep(context, rested).await {
        Ok(0) => {}
        Ok(count) => tracing::warn!(count, "targets with open check runs are looked at again"),
        Err(error) => tracing::warn!(%error, "open check runs cannot be swept; trying again later"),
    }
}
