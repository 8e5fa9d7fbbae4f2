//! Faults are data: which request goes wrong, and how.

use std::time::Duration;

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
    AnyWrite,
    AnyRead,
    Any,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum What {
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
            On::AnyWrite => verb.writes(),
            On::AnyRead => !verb.writes() && verb != Verb::Token,
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
