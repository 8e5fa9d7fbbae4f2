//! Faults are data: which request goes wrong, and how.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use tokio::sync::Semaphore;

use super::calls::Verb;

/// A request that goes wrong: the `skip`-th and following ones that match, `times` of them.
#[derive(Clone, Debug)]
pub struct Fault {
    pub on: On,
    pub skip: usize,
    pub times: usize,
    pub what: What,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum On {
    Verb(Verb),
    Any,
}

#[derive(Clone, Debug)]
pub enum What {
    /// It waits at a gate until the story opens it; then all goes well.
    WaitAt(Gate),
    /// It happens, and its answer waits at a gate.
    AnswerWaitsAt(Gate),
    /// Answered with this status; nothing happens.
    Status(u16),
    /// It happens, and then this status is answered.
    StatusAfter(u16),
    /// Never answered, and nothing happens.
    Hang,
    /// It happens, but is never answered.
    HangAfter,
    /// Never answered; it happens after this time only.
    HangThenHappen(Duration),
    /// The connection is cut, and nothing happens.
    Cut,
    /// It happens, and the connection is cut.
    CutAfter,
    /// It happens and is answered, but this many requests that read do not see it yet.
    HiddenForReads(u64),
    /// It happens, is answered with this status, and is not seen for this time.
    StatusThenHidden(u16, Duration),
    /// Too many requests: 403, or 429 for some.
    Slow { status: u16, retry_after: Option<u64> },
    /// The hourly budget is gone; it is new after this many seconds.
    Exhausted { reset_in: i64 },
    /// Too many writes, told as 422.
    Abuse,
}

/// Holds requests back, so that a story can tell what happens meanwhile.
#[derive(Clone, Debug)]
pub struct Gate {
    closed: Arc<Semaphore>,
    arrived: Arc<AtomicBool>,
}

impl Gate {
    pub fn closed() -> Gate {
        Gate { closed: Arc::new(Semaphore::new(0)), arrived: Arc::default() }
    }

    pub fn open(&self) {
        self.closed.close();
    }

    /// Whether a request waits, or has waited, here.
    pub fn has_arrived(&self) -> bool {
        self.arrived.load(Ordering::SeqCst)
    }

    pub async fn pass(&self) {
        self.arrived.store(true, Ordering::SeqCst);
        // Waits for a permit that never comes; closing the semaphore is what lets everyone through.
        let _ = self.closed.acquire().await;
    }
}

impl Fault {
    pub fn once(on: On, what: What) -> Fault {
        Fault { on, skip: 0, times: 1, what }
    }

    pub fn always(on: On, what: What) -> Fault {
        Fault { on, skip: 0, times: usize::MAX, what }
    }

    pub fn after(self, skip: usize) -> Fault {
        Fault { skip, ..self }
    }

    pub fn times(self, times: usize) -> Fault {
        Fault { times, ..self }
    }
}

impl On {
    fn matches(self, verb: Verb) -> bool {
        match self {
            On::Verb(one) => one == verb,
            On::Any => true,
        }
    }
}

/// What goes wrong with this request, if anything; the script moves on.
pub fn next(script: &mut [Fault], verb: Verb) -> Option<What> {
    let fault = script.iter_mut().find(|fault| fault.times > 0 && fault.on.matches(verb))?;
    if fault.skip > 0 {
        fault.skip -= 1;
        return None;
    }
    fault.times -= 1;
    Some(fault.what.clone())
}
