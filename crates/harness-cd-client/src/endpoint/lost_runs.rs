//! Runs whose answer was lost: looked for among the pipeline's executions, by the nonce in their notes.

use std::slice;
use std::time::Duration;

use harness_cd_model::{HarnessScope, PipelineRef};
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::budget::Urgency;
use crate::failure::Subject;
use crate::request::identifier;
use crate::transport::{Method, Transport};
use crate::{ExecutionQuery, FailureCode, HarnessClient, HarnessFailure, RunOutcome};

/// A run that was sent, and whose answer was lost.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LostRun {
    /// The text in its notes that no other run has.
    pub nonce: String,
    /// When it was sent, epoch ms.
    pub since: i64,
}

/// A lost run that Harness has.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct FoundRun {
    /// The nonce of the run.
    pub nonce: String,
    /// What became of it.
    pub outcome: RunOutcome,
}

/// What one look at a pipeline's executions shows of lost runs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct Sighting {
    /// Those that Harness has.
    pub found: Vec<FoundRun>,
    /// Whether every execution was looked at that may be one of them. What was not found is not listed then; how late
    /// Harness may list a run is nowhere said, so that it may have been started all the same.
    pub complete: bool,
}

/// How often and after which first delay a lost run is looked for: a new execution is visible late.
const LOOKS: usize = 5;
const FIRST_LOOK: Duration = Duration::from_secs(1);
/// A person waits: the search for a lost run ends after this long, or after the time of one request if that is longer.
const SEARCH_MS: i64 = 20_000;
/// Harness's clock is not ours: so long before it was sent an execution may have started. The nonce decides.
const CLOCK_SKEW_MS: i64 = 60 * 60 * 1000;
/// Clocks that are set by the net differ by less: the first looks are at the few executions from so near.
const NEAR_MS: i64 = 2 * 60 * 1000;
const NEAR_LOOKS: usize = 2;
const PAGE: u32 = 100;
const MOST_PAGES: u32 = 20;
/// Some hundred bytes each.
const MOST_NOTES: usize = 1000;

/// What is looked for, where, and for how long.
#[derive(Clone, Copy)]
struct Look<'l> {
    pipeline: &'l PipelineRef<'l>,
    lost: &'l [LostRun],
    /// Executions that are known to be other runs.
    others: &'l [String],
    skew_ms: i64,
    deadline: i64,
}

impl<T: Transport> HarnessClient<T> {
    /// Looks for a run whose answer was lost, among the pipeline's executions: by its nonce, for about 20 s. `others` are
    /// executions that are known to be other runs; nobody asks Harness about them. `None` where it is not found: it may
    /// have been started all the same.
    pub async fn find_run(&self, pipeline: &PipelineRef<'_>, lost: &LostRun, others: &[String]) -> Option<RunOutcome> {
        let deadline = self.search_deadline();
        for (look, delay) in self.delays(FIRST_LOOK, LOOKS).enumerate() {
            // What is left of the time is worth a last look, and none is worth more than that.
            let left = deadline.saturating_sub(self.transport.now_ms()) / 2;
            self.transport
                .sleep(delay.min(u32::try_from(left.max(0)).unwrap_or(u32::MAX)))
                .await;
            let look = Look {
                pipeline,
                lost: slice::from_ref(lost),
                others,
                skew_ms: if look < NEAR_LOOKS { NEAR_MS } else { CLOCK_SKEW_MS },
                deadline,
            };
            // A failed look is followed by the next one; what counts is whether the run is found.
            if let Some(found) = self.look(look).await.found.pop() {
                return Some(found.outcome);
            }
            if self.transport.now_ms() >= deadline {
                break;
            }
        }
        None
    }

    /// Looks once for runs of a pipeline whose answers were lost: however many there are, the executions are listed once.
    /// `others` as for [`HarnessClient::find_run`].
    pub async fn look_for_runs(&self, pipeline: &PipelineRef<'_>, lost: &[LostRun], others: &[String]) -> Sighting {
        self.look(Look {
            pipeline,
            lost,
            others,
            skew_ms: CLOCK_SKEW_MS,
            deadline: self.search_deadline(),
        })
        .await
    }

    fn search_deadline(&self) -> i64 {
        let patience = SEARCH_MS.max(i64::from(self.options.timeout_ms));
        self.transport.now_ms().saturating_add(patience)
    }

    async fn look(&self, look: Look<'_>) -> Sighting {
        let mut sighting = Sighting {
            found: Vec::new(),
            complete: true,
        };
        let first_sent = look.lost.iter().map(|lost| lost.since).min();
        let mut query = ExecutionQuery {
            pipelines: vec![look.pipeline.pipeline.clone().into_owned()],
            from_ms: first_sent.map(|since| since.saturating_sub(look.skew_ms)),
            size: PAGE,
            ..ExecutionQuery::default()
        };
        while sighting.found.len() < look.lost.len() {
            let Ok(rows) = self.list_candidates(look, &query).await else {
                sighting.complete = false;
                break;
            };
            for row in &rows {
                match self.recognise(look, row).await {
                    // A run that starts meanwhile moves the others down, and some of them to the next page.
                    Ok(found) => sighting
                        .found
                        .extend(found.filter(|found| !sighting.found.contains(found))),
                    Err(_) => sighting.complete = false,
                }
                if sighting.found.len() == look.lost.len() {
                    break;
                }
            }
            query.page += 1;
            if rows.len() < PAGE as usize {
                break;
            }
            if query.page == MOST_PAGES {
                sighting.complete = false;
                break;
            }
        }
        sighting
    }

    async fn list_candidates(&self, look: Look<'_>, query: &ExecutionQuery) -> Result<Vec<Value>, HarnessFailure> {
        let body = self
            .list_executions_until(&look.pipeline.scope(), query, Urgency::Searching, look.deadline)
            .await?;
        let mut page: Value = serde_json::from_slice(&body).unwrap_or_default();
        match page.pointer_mut("/data/content").map(Value::take) {
            Some(Value::Array(rows)) => Ok(rows),
            _ => {
                let message = "Harness's list of executions cannot be read";
                Err(HarnessFailure::new(FailureCode::MalformedResponse, message))
            }
        }
    }

    /// Which of the lost runs an execution is, if it is one.
    async fn recognise(&self, look: Look<'_>, row: &Value) -> Result<Option<FoundRun>, HarnessFailure> {
        let Some(id) = row.get("planExecutionId").and_then(Value::as_str) else {
            return Ok(None);
        };
        let has_notes = row.get("notesExistForPlanExecutionId") != Some(&Value::Bool(false));
        if !has_notes || look.others.iter().any(|other| other == id) {
            return Ok(None);
        }
        let notes = self.notes_of(&look.pipeline.scope(), id, look.deadline).await?;
        let lost = look.lost.iter().find(|lost| contains(&notes, lost.nonce.as_bytes()));
        Ok(lost.map(|lost| {
            let denied = row
                .get("governanceMetadata")
                .and_then(|governance| self.denial(governance));
            FoundRun {
                nonce: lost.nonce.clone(),
                outcome: denied.unwrap_or_else(|| self.started(look.pipeline, id, row)),
            }
        }))
    }

    /// The execution's notes, which are written with its start: read once, however many lost runs are looked for among
    /// the same executions, as the calls for it come out of the budget that people wait for.
    async fn notes_of(&self, scope: &HarnessScope, execution: &str, deadline: i64) -> Result<Vec<u8>, HarnessFailure> {
        if let Some(known) = self.notes.borrow().get(execution) {
            return Ok(known.clone());
        }
        let notes = self.get_notes(scope, execution, deadline).await?;
        let mut known = self.notes.borrow_mut();
        if known.len() >= MOST_NOTES {
            known.clear();
        }
        known.insert(execution.to_owned(), notes.clone());
        Ok(notes)
    }

    /// The body of Harness's answer.
    async fn get_notes(&self, scope: &HarnessScope, execution: &str, deadline: i64) -> Result<Vec<u8>, HarnessFailure> {
        let id = identifier("an execution's id", execution)?;
        let path = ["pipeline", "api", "pipelines", "execution", id, "notes"];
        let request = self.request(Method::Get, scope, &path, &[], None)?;
        self.read(request, Subject::Execution(execution), Urgency::Searching, deadline)
            .await
    }
}

fn contains(text: &[u8], part: &[u8]) -> bool {
    text.windows(part.len()).any(|window| window == part)
}
