//! Audits a project with every rule, whatever its tier, on all processors.

use std::fs;
use std::path::PathBuf;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::thread;

use scrutineer::engine::{Engine, FileAudit, Limits, Options, RuleSet};

use super::project::Project;

pub(crate) struct Auditor {
    engine: Engine,
    options: Options,
}

impl Auditor {
    pub(crate) fn new() -> Auditor {
        let rules = RuleSet::embedded().unwrap_or_else(|errors| panic!("{errors}"));
        let options = Options { optional: true, ..Options::default() };
        Auditor { engine: Engine::new(rules, Limits::default()), options }
    }

    /// The audits of all files, in the order of their paths.
    pub(crate) fn audit(&self, project: &Project) -> Result<Vec<FileAudit>, String> {
        let files = project.files()?;
        let next = AtomicUsize::new(0);
        let work = || {
            let taken = std::iter::from_fn(|| files.get(next.fetch_add(1, Ordering::Relaxed)));
            taken.map(|file| self.audit_file(file)).collect::<Vec<_>>()
        };
        let threads = thread::available_parallelism().map_or(1, usize::from);
        let mut audits: Vec<FileAudit> = thread::scope(|scope| {
            let workers: Vec<_> = (0..threads).map(|_| scope.spawn(work)).collect();
            workers.into_iter().flat_map(|worker| worker.join().expect("an audit panicked")).collect()
        });
        audits.sort_by(|a, b| a.path.cmp(&b.path));
        Ok(audits)
    }

    fn audit_file(&self, (path, place): &(String, PathBuf)) -> FileAudit {
        let bytes = fs::read(place).unwrap_or_else(|error| panic!("{path}: {error}"));
        self.engine.audit(path, &bytes, &self.options)
    }
}
