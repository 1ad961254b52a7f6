//! The record of what ran, kept turn by turn.

use harness_cd_client::{ExecutionQuery, HarnessFailure, Transport};
use harness_cd_history::{HistoryOptions, SyncAsk, SyncChanges, SyncHints, SyncPlan, SyncProgress, SyncState};
use harness_cd_model::HarnessScope;
use serde::{Deserialize, Serialize};

use crate::HarnessCd;
use crate::past::malformed;
use crate::reports::told;

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
        let ask = match state.plan(hints, back_ms, self.client.now_ms()) {
            SyncPlan::Ask(ask) => ask,
            SyncPlan::Wait(until_ms) => {
                let progress = state.progress(back_ms, self.client.now_ms());
                return told(&SyncTurn::Waits { until_ms, progress });
            }
        };
        let answer = self
            .client
            .list_executions_for_record(&question.scope, &query(&ask))
            .await;
        let now = self.client.now_ms();
        let learnt = match &answer {
            Ok(body) => state.learn(&ask, body, &options).map_err(malformed),
            Err(failure) => Err(failure.clone()),
        };
        let turn = match learnt {
            Ok(changes) => SyncTurn::Learnt {
                state: state.text(),
                progress: state.progress(back_ms, now),
                changes,
            },
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
