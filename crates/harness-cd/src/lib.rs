//! The product: what a person can do with it, as one use case each, over the ports that Harness, the clock, time zones
//! and patterns stand behind.
//!
//! ```text
//! request ──check──▶ DeployCheck ──start──▶ RunOutcome ──follow──▶ ExecutionProgress
//! query ──executions──▶ Executions ──page──▶ HistoryPage ──record──▶ matrix, metrics, timeline, releases
//! state ──sync──▶ SyncTurn: what a record of all that ran needs to be told next
//! ```
//!
//! The doors to JavaScript and to the shell stand on this crate alone, so that they never differ in what they check.
//! What needs no composing is handed on as it is: [`links`], [`lint`], [`pipeline`], [`history`], [`record`], [`client`].
//!
//! Architecture invariant: only this crate composes the core crates. It does no IO and reads no clock: both are the
//! transport's.

mod asked;
mod backtracking;
mod check;
mod choices;
mod config_repo;
mod follow;
mod import;
mod input_sets;
mod lists;
mod live_pipeline;
mod mid_run;
mod past;
mod patterns;
mod reports;
mod run_inputs;
mod start;
mod sync;
mod tags;

pub use harness_cd_client as client;
pub use harness_cd_deploy as deploy;
pub use harness_cd_history as history;
pub use harness_cd_links as links;
pub use harness_cd_lint as lint;
pub use harness_cd_pipeline as pipeline;
pub use harness_cd_record as record;
pub use harness_cd_template as template;

pub use asked::unasked;
pub use backtracking::backtracks_seldom;
pub use check::{
    AllowedDeployment, DeployCheck, DeployQuestion, EntityClaim, OfflineCheck, Ports, SavedPipeline, check_offline,
    check_rules, input_set_identifier, pipeline_identifier, pipeline_project,
};
pub use config_repo::{places_of_rules, read_rules, rules_of};
pub use import::{ProjectEntities, import_entities};
pub use live_pipeline::{FoundPipeline, LivePipeline, with_reach_of_patterns};
pub use mid_run::InputAnswer;
pub use past::{Executions, malformed};
pub use patterns::LinearPatterns;
pub use reports::{
    TimelineQuestion, keys_text, matrix_text, metrics_of_projects_text, metrics_text, new_in_production_text,
    running_at_text, timeline_text, version_stops_text,
};
pub use run_inputs::with_inputs_text;
pub use sync::{SyncQuestion, SyncTurn};

use harness_cd_client::{HarnessClient, Transport};

/// Harness CD, as one key reaches it.
pub struct HarnessCd<T> {
    client: HarnessClient<T>,
}

impl<T: Transport> HarnessCd<T> {
    /// The use cases over a client; nothing is sent yet.
    pub fn new(client: HarnessClient<T>) -> Self {
        Self { client }
    }
}
