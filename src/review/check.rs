//! The check run: one per head and request, completed last, so that a green check is never earlier
//! than its comments.

use super::Stop;
use super::memory::{Check, CheckState, Detail};
use super::plan::PlannedCheck;
use super::publish::Publisher;
use crate::github::{Annotation, CheckId, CheckOutput, CheckStatus, CheckUpdate, Conclusion, NewCheck};
use crate::report::markdown::notices::{self, Notice};
use crate::store::WriteKind;

/// GitHub takes no more annotations in one request; further requests append.
pub(super) const ANNOTATIONS_PER_REQUEST: usize = 50;

impl Publisher<'_> {
    /// Opens the run that tells that a slow audit is under way.
    pub(super) async fn start_check(&self, external_id: &str) -> Result<Check, Stop> {
        let output = told_by(&notices::started());
        self.create(external_id, CheckStatus::InProgress, output, CheckState::Open).await
    }

    /// Tells the result, in the run that is open or in a new one.
    pub(super) async fn tell(
        &self,
        external_id: &str,
        open: Option<&Check>,
        check: &PlannedCheck,
        end: CheckState,
    ) -> Result<(), Stop> {
        let done = open.map_or(0, |open| open.annotations.min(check.annotations.len()));
        let mut batches = check.annotations[done..].chunks(ANNOTATIONS_PER_REQUEST).peekable();
        let mut run = open.cloned();
        loop {
            let batch = batches.next().unwrap_or_default();
            if batches.peek().is_none() {
                let status = CheckStatus::Completed(check.conclusion);
                return self
                    .tell_batch(external_id, run, output(check, batch), (status, end))
                    .await
                    .map(drop);
            }
            let open = (CheckStatus::InProgress, CheckState::Open);
            run = Some(self.tell_batch(external_id, run, output(check, batch), open).await?);
        }
    }

    async fn tell_batch(
        &self,
        external_id: &str,
        run: Option<Check>,
        output: CheckOutput,
        (status, state): (CheckStatus, CheckState),
    ) -> Result<Check, Stop> {
        match run {
            None => self.create(external_id, status, output, state).await,
            Some(run) => self.update(&run, status, output, state).await,
        }
    }

    /// Closes a run that belongs to a head or a request nobody asks about any more.
    pub(super) async fn cancel_check(&self, check: &Check, notice: &Notice) -> Result<(), Stop> {
        let status = CheckStatus::Completed(Conclusion::Cancelled);
        self.update(check, status, told_by(notice), CheckState::Cancelled).await.map(drop)
    }

    async fn create(
        &self,
        external_id: &str,
        status: CheckStatus,
        output: CheckOutput,
        state: CheckState,
    ) -> Result<Check, Stop> {
        let annotations = output.annotations.len();
        let external_id = external_id.to_owned();
        let detail = Detail::Check { external_id: external_id.clone(), state, annotations };
        let write = self.intend(WriteKind::Check, &detail).await?;
        let new = NewCheck {
            head_sha: self.head.clone(),
            external_id: external_id.clone(),
            status,
            details_url: None,
            output: Some(output),
        };
        let result = self.repo.create_check(&new).await;
        let id = self.settle(write, result.map(|id| Some(id.0))).await?;
        let id = CheckId(id.ok_or_else(|| Stop::Bug("a new check run has no id".to_owned()))?);
        Ok(Check { id, head: self.head.clone(), external_id, state, annotations })
    }

    async fn update(
        &self,
        run: &Check,
        status: CheckStatus,
        output: CheckOutput,
        state: CheckState,
    ) -> Result<Check, Stop> {
        let annotations = run.annotations + output.annotations.len();
        let detail = Detail::Update { check: run.id.0, state, annotations };
        let write = self.intend(WriteKind::CheckUpdate, &detail).await?;
        let result = self.repo.update_check(run.id, &CheckUpdate { status, output: Some(output) }).await;
        self.settle(write, result.map(|()| None)).await?;
        Ok(Check { state, annotations, ..run.clone() })
    }
}

fn told_by(notice: &Notice) -> CheckOutput {
    CheckOutput {
        title: notice.title.clone(),
        summary: notice.summary.clone(),
        text: None,
        annotations: Vec::new(),
    }
}

fn output(check: &PlannedCheck, batch: &[Annotation]) -> CheckOutput {
    CheckOutput {
        title: check.title.clone(),
        summary: check.summary.clone(),
        text: (!check.text.is_empty()).then(|| check.text.clone()),
        annotations: batch.to_vec(),
    }
}
