//! The record of what ran, kept turn by turn.

use std::future::poll_fn;
use std::task::Poll;

use harness_cd_client::{ExecutionQuery, FailureCode, HarnessFailure, Transport};
use harness_cd_history::{
    HistoryOptions, SyncAsk, SyncChanges, SyncHints, SyncPlan, SyncProgress, SyncReason, SyncState, UntoldRun,
};
use harness_cd_model::{HarnessScope, RunInputs};
use serde::{Deserialize, Serialize};

use crate::HarnessCd;
use crate::past::malformed;
use crate::reports::told;
use crate::run_inputs::read_run_inputs;

/// The version by which a record is shaped; one that another has shaped is read again.
const PRODUCT: &str = env!("CARGO_PKG_VERSION");

/// What a record is of, and how far it is.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct SyncQuestion {
    /// The project.
    pub scope: HarnessScope,
    /// Identifiers of the pipelines that it is of; empty for the project, without the runs that other runs start.
    pub pipelines: Vec<String>,
    /// The state that the last turn gave; empty before the first.
    pub state: String,
    /// How far back it goes, ms.
    pub back_ms: i64,
    /// What brings the next question forward.
    pub hints: SyncHints,
    /// Runs of it whose inputs have to tell what they were to bring or where, and were not read yet; some of them are
    /// enough.
    pub untold: Vec<UntoldRun>,
}

/// What became of a turn.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "kind", rename_all = "camelCase", rename_all_fields = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub enum SyncTurn<'a> {
    /// There was nothing to be asked.
    Waits {
        /// There will be then, epoch ms.
        until_ms: i64,
        /// How far the record is.
        progress: SyncProgress,
    },
    /// Harness has answered.
    Learnt {
        /// To be stored, together with the changes.
        state: String,
        /// How far the record is with them.
        progress: SyncProgress,
        /// What is to be stored.
        changes: SyncChanges<'a>,
    },
    /// Harness could not be asked, or its answer not be read.
    Failed {
        /// To be stored.
        state: String,
        /// How far the record is.
        progress: SyncProgress,
        /// Why.
        failure: HarnessFailure,
    },
}

impl<T: Transport> HarnessCd<T> {
    /// Asks what a record needs next, if anything, to be shaped as `options` say: the JSON text of a [`SyncTurn`].
    ///
    /// # Errors
    /// None of Harness's: they are part of the turn. [`FailureCode::Internal`](harness_cd_client::FailureCode::Internal) where it has no text.
    pub async fn sync(&self, question: &SyncQuestion, options: HistoryOptions) -> Result<String, HarnessFailure> {
        let SyncQuestion { back_ms, hints, .. } = *question;
        let mut state = SyncState::read(&question.state, question.pipelines.clone(), PRODUCT);
        let options = self.with_links(options);
        let asks = match state.plan(hints, &question.untold, back_ms, self.client.now_ms()) {
            SyncPlan::Ask(asks) => asks,
            SyncPlan::Wait(until_ms) => {
                let progress = state.progress(back_ms, self.client.now_ms());
                return told(&SyncTurn::Waits { until_ms, progress });
            }
        };
        let answers = together(asks.iter().map(|ask| self.answer(&question.scope, ask)).collect()).await;
        let now = self.client.now_ms();
        let mut learnt = state.clone();
        let turn = match learn(&mut learnt, asks.iter().zip(&answers), &options) {
            Ok(changes) => SyncTurn::Learnt {
                state: learnt.text(),
                progress: learnt.progress(back_ms, now),
                changes,
            },
            // What else was answered is asked for again.
            Err(failure) => {
                state.fail(failure.code, now);
                SyncTurn::Failed {
                    state: state.text(),
                    progress: state.progress(back_ms, now),
                    failure,
                }
            }
        };
        told(&turn)
    }

    async fn answer(&self, scope: &HarnessScope, ask: &SyncAsk) -> Result<Answer, HarnessFailure> {
        if ask.reason != SyncReason::Inputs {
            let listed = self.client.list_executions_for_record(scope, &query(ask)).await;
            return listed.map(Answer::Executions);
        }
        let id = ask.executions.first().map_or("", String::as_str);
        match self.client.get_given_inputs(scope, id).await {
            Ok(given) => Ok(Answer::Inputs(Some(read_run_inputs(&given)))),
            Err(failure) if is_of_one_run(&failure) => Ok(Answer::Inputs(None)),
            Err(failure) => Err(failure),
        }
    }
}

/// What Harness has answered.
enum Answer {
    /// The body of a list.
    Executions(Vec<u8>),
    /// What a run was asked to do; nothing where Harness does not tell it of this one.
    Inputs(Option<RunInputs>),
}

/// Whether Harness refuses a question about one run, and may answer it of others.
pub(crate) fn is_of_one_run(failure: &HarnessFailure) -> bool {
    matches!(
        failure.code,
        FailureCode::Forbidden | FailureCode::NotFound | FailureCode::InvalidRequest | FailureCode::MalformedResponse
    )
}

/// Learns from all answers of a turn, or fails as the first of them that is none.
fn learn<'a>(
    state: &mut SyncState,
    answers: impl Iterator<Item = (&'a SyncAsk, &'a Result<Answer, HarnessFailure>)>,
    options: &'a HistoryOptions,
) -> Result<SyncChanges<'a>, HarnessFailure> {
    let mut changes = SyncChanges::default();
    for (ask, answer) in answers {
        changes.append(match answer.as_ref().map_err(Clone::clone)? {
            Answer::Executions(body) => state.learn(ask, body, options).map_err(malformed)?,
            Answer::Inputs(inputs) => state.learn_inputs(ask, inputs.clone()),
        });
    }
    Ok(changes)
}

/// Waits for several at once; what they come to is in their order.
async fn together<F: Future>(futures: Vec<F>) -> Vec<F::Output> {
    let mut waiting: Vec<_> = futures.into_iter().map(|future| (Box::pin(future), None)).collect();
    poll_fn(|context| {
        for (future, output) in &mut waiting {
            if output.is_none() {
                *output = match future.as_mut().poll(context) {
                    Poll::Ready(ready) => Some(ready),
                    Poll::Pending => None,
                };
            }
        }
        match waiting.iter().all(|(_, output)| output.is_some()) {
            true => Poll::Ready(()),
            false => Poll::Pending,
        }
    })
    .await;
    waiting.into_iter().filter_map(|(_, output)| output).collect()
}

fn query(ask: &SyncAsk) -> ExecutionQuery {
    ExecutionQuery {
        pipelines: ask.pipelines.clone(),
        executions: ask.executions.clone(),
        from_ms: ask.from_ms,
        to_ms: ask.to_ms,
        page: ask.page,
        size: ask.size,
        all_attempts: true,
        ..ExecutionQuery::default()
    }
}
