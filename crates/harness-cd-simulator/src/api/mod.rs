//! The routes: what is called how, who may call it, and the file that answers. One file per API.

pub(crate) mod approvals;
pub(crate) mod artifact_sources;
pub(crate) mod artifacts;
pub(crate) mod connectors;
pub(crate) mod entities;
pub(crate) mod entity_bodies;
pub(crate) mod environment_groups;
pub(crate) mod environment_inputs;
pub(crate) mod environments;
pub(crate) mod execute;
pub(crate) mod execution_inputs;
pub(crate) mod executions;
mod filter_body;
pub(crate) mod freezes;
pub(crate) mod infrastructure_inputs;
pub(crate) mod infrastructures;
pub(crate) mod input_sets;
pub(crate) mod interrupts;
pub(crate) mod licenses;
pub(crate) mod logs;
pub(crate) mod not_simulated;
pub(crate) mod pages;
pub(crate) mod pipelines;
pub(crate) mod pipelines_v1;
pub(crate) mod preflight;
pub(crate) mod retry;
pub(crate) mod rollback;
pub(crate) mod route;
pub(crate) mod scm;
pub(crate) mod service_inputs;
pub(crate) mod services;
pub(crate) mod setup_usage;
pub(crate) mod stages;
pub(crate) mod triggers;
pub(crate) mod webhooks;

use route::Route;

/// Every route of every API.
pub(crate) const ROUTES: &[&[Route]] = &[
    webhooks::ROUTES,
    pipelines::ROUTES,
    pipelines_v1::ROUTES,
    input_sets::ROUTES,
    stages::ROUTES,
    execute::ROUTES,
    retry::ROUTES,
    rollback::ROUTES,
    interrupts::ROUTES,
    executions::ROUTES,
    execution_inputs::ROUTES,
    approvals::ROUTES,
    triggers::ROUTES,
    preflight::ROUTES,
    freezes::ROUTES,
    services::ROUTES,
    service_inputs::ROUTES,
    environments::ROUTES,
    environment_inputs::ROUTES,
    environment_groups::ROUTES,
    infrastructures::ROUTES,
    infrastructure_inputs::ROUTES,
    connectors::ROUTES,
    artifacts::ROUTES,
    setup_usage::ROUTES,
    scm::ROUTES,
    licenses::ROUTES,
    logs::ROUTES,
];
