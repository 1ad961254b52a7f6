//! Everything the simulated Harness holds.

use serde::{Deserialize, Serialize};

use crate::engine::run::Run;
use crate::engine::runs::Runs;
use crate::engine::scenarios::Scenarios;
use crate::state::builds::Builds;
use crate::state::connectivity::Connectivity;
use crate::state::entity::{GitPlace, Kind};
use crate::state::events::Events;
use crate::state::git::Git;
use crate::state::logs::Logs;
use crate::state::modes::Modes;
use crate::state::outbox::Outbox;
use crate::state::people::Accounts;
use crate::state::preflights::Preflights;
use crate::state::random::Random;
use crate::state::scope::Scope;
use crate::state::store::Store;
use crate::state::told::Told;
use crate::state::truth::{StartRequest, Started, Truth};
use crate::state::usages::Usages;
use crate::tables::status::Status;

/// The state that requests read and change.
#[derive(Clone, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct World {
    pub(crate) accounts: Accounts,
    pub(crate) store: Store,
    pub(crate) git: Git,
    /// Files as they were when Harness first read them, or last wrote them.
    pub(crate) git_cache: Git,
    pub(crate) events: Events,
    pub(crate) preflights: Preflights,
    pub(crate) builds: Builds,
    pub(crate) connectivity: Connectivity,
    /// Who used which service when the simulator started.
    pub(crate) first_usages: Usages,
    pub(crate) modes: Modes,
    pub(crate) random: Random,
    pub(crate) runs: Runs,
    pub(crate) logs: Logs,
    pub(crate) told: Told,
    /// How runs go that start from now on.
    pub(crate) scenarios: Scenarios,
    /// How many times faster than usual the work of runs goes that start from now on: what a step takes, a wait or a
    /// verification is divided by it, so that a demo is quick while its clock is the wall's.
    pub(crate) pace: f64,
    /// Notifications on their way.
    pub(crate) outbox: Outbox,
    /// Until when everything has happened that time brings, epoch ms: nothing is added to what was before.
    #[serde(skip)]
    pub(crate) advanced_to: i64,
    /// What really happened.
    pub(crate) truth: Truth,
    /// Where the simulator is reached, for the links it hands out; without a trailing slash.
    #[serde(skip)]
    pub(crate) base_url: String,
}

impl World {
    /// Writes down that a run was really started, and by which request.
    pub(crate) fn note_start(&mut self, number: u32, request: Option<StartRequest>) {
        let Some(run) = self.runs.get(number) else { return };
        let started = Started {
            execution: run.id.clone(),
            pipeline: run.pipeline.clone(),
            scope: run.scope.clone(),
            at: run.started_at,
            by: run.origin.principal().cloned(),
            request,
        };
        self.truth.started(started);
    }

    /// Where Harness's own page shows an execution. Source: harness-api §6.1 [CORE PipelineExpressionHelper].
    pub(crate) fn execution_url(&self, run: &Run) -> String {
        let Scope { account, .. } = &run.scope;
        let (org, project) = (run.scope.org_text(), run.scope.project_text());
        let module = self
            .runs
            .blueprint(run)
            .modules()
            .first()
            .copied()
            .filter(|module| *module != "pms")
            .unwrap_or("cd");
        format!(
            "{}/ng/#/account/{account}/{module}/orgs/{org}/projects/{project}/pipelines/{}/executions/{}/pipeline",
            self.base_url, run.pipeline, run.id
        )
    }

    /// Where the YAML of a run's pipeline lies, where it was read from a repository.
    pub(crate) fn place_of(&self, run: &Run) -> Option<&GitPlace> {
        run.given.branch.as_ref()?;
        self.store
            .find(Kind::Pipeline, &run.scope, "", &run.pipeline)?
            .git
            .as_ref()
    }

    /// How many executions of an account are neither queued nor over.
    pub(crate) fn running(&self, account: &str, now: i64) -> usize {
        let mut live: Vec<&Run> = self.runs.all().filter(|run| run.scope.account == account).collect();
        live.retain(|run| self.runs.ended(run, now).is_none());
        live.retain(|run| self.runs.at(run, now).status != Status::QueuedExecutionConcurrencyReached);
        live.len()
    }
}
