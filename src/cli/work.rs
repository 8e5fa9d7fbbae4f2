//! Many jobs on a few threads. The answers come in the order of the jobs, whoever did them, and a
//! panic costs the one job in which it happened.

use std::any::Any;
use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Duration;

use anyhow::Context;

/// What a job that panicked left behind, for the bug report.
pub(super) type Panicked = String;

/// How often the caller hears how many jobs are done.
const TICK: Duration = Duration::from_millis(200);

/// Deeply nested Python must not end the process.
const STACK: usize = 16 << 20;

/// Does every job, and calls `tick` now and then with the number of jobs done.
pub(super) fn all<J: Sync, A: Send>(
    jobs: &[J],
    threads: NonZeroUsize,
    tick: impl Fn(usize),
    work: impl Fn(&J) -> A + Sync,
) -> anyhow::Result<Vec<Result<A, Panicked>>> {
    let queue = Queue { jobs, next: AtomicUsize::new(0), done: AtomicUsize::new(0) };
    let mut answers = thread::scope(|scope| {
        let (alive, ended) = mpsc::channel::<()>();
        let start = |_| {
            let (alive, queue, work) = (alive.clone(), &queue, &work);
            let run = move || {
                let _alive = alive;
                queue.run(work)
            };
            thread::Builder::new().stack_size(STACK).spawn_scoped(scope, run)
        };
        let workers: Result<Vec<_>, _> = (0..threads.get().min(jobs.len())).map(start).collect();
        let workers = workers.context("start a thread")?;
        drop(alive);
        while let Err(RecvTimeoutError::Timeout) = ended.recv_timeout(TICK) {
            tick(queue.done.load(Ordering::Relaxed));
        }
        let answers = workers.into_iter().flat_map(|worker| worker.join().unwrap_or_default());
        anyhow::Ok(answers.collect::<Vec<_>>())
    })?;
    answers.sort_by_key(|(index, _)| *index);
    Ok(answers.into_iter().map(|(_, answer)| answer).collect())
}

struct Queue<'j, J> {
    jobs: &'j [J],
    next: AtomicUsize,
    done: AtomicUsize,
}

impl<J> Queue<'_, J> {
    fn run<A>(&self, work: impl Fn(&J) -> A) -> Vec<(usize, Result<A, Panicked>)> {
        let mut answers = Vec::new();
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = self.jobs.get(index) else {
                return answers;
            };
            let answer = panic::catch_unwind(AssertUnwindSafe(|| work(job))).map_err(|cause| told(&*cause));
            answers.push((index, answer));
            self.done.fetch_add(1, Ordering::Relaxed);
        }
    }
}

thread_local! {
    /// Where the last panic of this thread happened.
    static PLACE: RefCell<Option<String>> = const { RefCell::new(None) };
}

/// From now on a panic is remembered for [`all`] to tell, not printed into the output.
pub(super) fn remember_panics() {
    panic::set_hook(Box::new(|info| {
        let place = info.location().map(|location| format!("{}:{}", location.file(), location.line()));
        PLACE.set(place);
    }));
}

fn told(cause: &(dyn Any + Send)) -> Panicked {
    let words =
        cause.downcast_ref::<&str>().copied().or_else(|| cause.downcast_ref::<String>().map(String::as_str));
    let words: String = words.unwrap_or("a panic without words").chars().take(200).collect();
    match PLACE.take() {
        Some(place) => format!("{words} ({place})"),
        None => words,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn run(threads: usize, work: impl Fn(&u64) -> u64 + Sync) -> Vec<Result<u64, Panicked>> {
        let jobs: Vec<u64> = (0..50).collect();
        all(&jobs, NonZeroUsize::new(threads).unwrap(), |_| {}, work).unwrap()
    }

    #[test]
    fn answers_come_in_the_order_of_the_jobs() {
        for threads in [1, 3, 80] {
            let answers = run(threads, |job| {
                if job % 7 == 0 {
                    thread::yield_now();
                }
                job * 2
            });
            let expect: Vec<Result<u64, Panicked>> = (0..50).map(|job| Ok(job * 2)).collect();
            assert_eq!(answers, expect);
        }
    }

    #[test]
    fn no_jobs_need_no_thread() {
        let none: [u8; 0] = [];
        assert!(all(&none, NonZeroUsize::MIN, |_| {}, |_| ()).unwrap().is_empty());
    }

    #[test]
    fn a_panic_costs_its_own_job_only() {
        let answers = run(2, |job| if *job == 20 { panic!("job {job} is bad") } else { *job });
        assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 49);
        assert!(answers[20].as_ref().is_err_and(|words| words.starts_with("job 20 is bad")));
    }
}
