//! The check run: one per head and request, completed last, so that a green check is never earlier
//! than its comments.

use std::future::Future;

use super::Stop;
use super::memory::{Check, CheckState, Detail, Word};
use super::plan::PlannedCheck;
use super::publish::Publisher;
use super::shared::{self, Voice};
use crate::github::{
    Annotation, CheckId, CheckOutput, CheckStatus, CheckUpdate, Conclusion, Error, NewCheck,
};
use crate::report::markdown::notices::{self, Notice};
use crate::store::WriteKind;

/// GitHub takes no more annotations in one request; further requests append.
pub(super) const ANNOTATIONS_PER_REQUEST: usize = 50;

impl Publisher<'_> {
    /// Opens the run that tells that a slow audit is under way.
    pub(super) async fn start_check(&self, external_id: &str) -> Result<Check, Stop> {
        let output = told_by(&notices::started());
        self.create(external_id, CheckStatus::InProgress, output, CheckState::Open, None).await
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
                return self.in_turn(self.tell_last(external_id, run, check, (batch, end))).await;
            }
            let (status, output) = (CheckStatus::InProgress, output(check, batch));
            run = Some(self.write(external_id, run, status, output, CheckState::Open, None).await?);
        }
    }

    /// Other targets may speak about the same commit: one at a time, so that each knows what stands.
    async fn in_turn(&self, speak: impl Future<Output = Result<(), Stop>>) -> Result<(), Stop> {
        self.cx.store.hold(self.claim, self.head).await?;
        let result = speak.await;
        // A write of unknown outcome keeps the turn until it is settled, or its time is over.
        if !matches!(result, Err(Stop::GitHub(Error::Unknown { .. }))) {
            self.cx.store.let_go(self.claim, self.head).await?;
        }
        result
    }

    async fn tell_last(
        &self,
        external_id: &str,
        run: Option<Check>,
        check: &PlannedCheck,
        (batch, end): (&[Annotation], CheckState),
    ) -> Result<(), Stop> {
        let mut voices = self.voices().await?;
        voices.retain(|voice| voice.key != self.claim.key);
        let worse = shared::worse_than(check.conclusion, &voices);
        let shown = worse.map_or(check.conclusion, |worse| worse.own);
        let mut output = output(check, batch);
        if let Some(worse) = worse {
            let note = notices::worse_elsewhere(&worse.name, &worse.title);
            output.summary = format!("{note}\n\n{}", output.summary);
        }
        let word = Word { own: Some(check.conclusion), shown, title: check.title.clone() };
        let status = CheckStatus::Completed(shown);
        self.write(external_id, run, status, output, end, Some(word)).await.map(drop)
    }

    /// Makes all runs on this commit conclude the worst that an open target says.
    pub(super) async fn agree(&self) -> Result<(), Stop> {
        match shared::dissenting(&self.voices().await?).is_empty() {
            true => Ok(()),
            false => self.in_turn(self.correct()).await,
        }
    }

    async fn correct(&self) -> Result<(), Stop> {
        let voices = self.voices().await?;
        for (voice, worse) in shared::dissenting(&voices) {
            let shown = worse.map_or(voice.own, |worse| worse.own);
            let notice = match worse {
                Some(worse) => notices::worse_elsewhere(&worse.name, &worse.title),
                None => notices::own_word_again(),
            };
            let run = Check {
                id: voice.check,
                head: self.head.clone(),
                external_id: String::new(),
                state: CheckState::Told,
                annotations: voice.annotations,
            };
            let title = voice.title.clone();
            let output = told_by(&Notice { title: title.clone(), summary: notice });
            let word = Some(Word { own: None, shown, title });
            self.update(&run, CheckStatus::Completed(shown), output, CheckState::Told, word).await?;
        }
        Ok(())
    }

    async fn voices(&self) -> Result<Vec<Voice>, Stop> {
        let said = self.cx.store.said_at(self.claim.target.repo.id, self.head).await?;
        Ok(shared::voices(self.head, &said))
    }

    async fn write(
        &self,
        external_id: &str,
        run: Option<Check>,
        status: CheckStatus,
        output: CheckOutput,
        state: CheckState,
        word: Option<Word>,
    ) -> Result<Check, Stop> {
        match run {
            None => self.create(external_id, status, output, state, word).await,
            Some(run) => self.update(&run, status, output, state, word).await,
        }
    }

    /// Closes a run that belongs to a head or a request nobody asks about any more.
    pub(super) async fn cancel_check(&self, check: &Check, notice: &Notice) -> Result<(), Stop> {
        let status = CheckStatus::Completed(Conclusion::Cancelled);
        self.update(check, status, told_by(notice), CheckState::Cancelled, None).await.map(drop)
    }

    async fn create(
        &self,
        external_id: &str,
        status: CheckStatus,
        output: CheckOutput,
        state: CheckState,
        word: Option<Word>,
    ) -> Result<Check, Stop> {
        let annotations = output.annotations.len();
        let external_id = external_id.to_owned();
        let detail = Detail::Check { external_id: external_id.clone(), state, annotations, word };
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
        word: Option<Word>,
    ) -> Result<Check, Stop> {
        let annotations = run.annotations + output.annotations.len();
        let detail = Detail::Update { check: run.id.0, state, annotations, word };
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
