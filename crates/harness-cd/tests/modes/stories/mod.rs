//! What people do with the product, and what it shows them whatever mode Harness is in.

mod asked;
mod choices;
mod harness3;
mod history;
mod inputs;
mod lost;
mod refusals;
mod runs;

use harness_cd::client::{ExecutionQuery, Generation, RunRequest};
use harness_cd_model::DeployRequest;
use serde_json::{Value, json};

use crate::harness::scope;
use crate::teller::Teller;

/// A story, and what the product shows in every mode but those of the exceptions.
pub(crate) struct Story {
    pub(crate) name: &'static str,
    /// Ends early with `None`, after it has said why.
    pub(crate) tell: fn(&mut Teller<'_>) -> Option<()>,
    /// Line by line; `…` stands for anything.
    pub(crate) shows: &'static str,
}

/// Every story.
pub(crate) fn all() -> impl Iterator<Item = &'static Story> {
    [
        runs::STORIES,
        inputs::STORIES,
        refusals::STORIES,
        lost::STORIES,
        history::STORIES,
        choices::STORIES,
        asked::STORIES,
        harness3::STORIES,
    ]
    .into_iter()
    .flatten()
}

pub(crate) const NONCE: &str = "nonce-0123456789";

fn deployment(environment: &str, tag: &str) -> RunRequest {
    let request = request(environment, tag);
    let variables: Vec<(&str, &str)> = request
        .variables()
        .map(|(name, value)| (name, value.as_str()))
        .collect();
    with_variables("payment_service_cd", &variables)
}

fn request(environment: &str, tag: &str) -> DeployRequest {
    DeployRequest {
        service: "payment-service".into(),
        image_tag: tag.into(),
        environment: environment.into(),
        region: "euw1".into(),
        ..DeployRequest::default()
    }
}

fn with_variables(pipeline: &str, variables: &[(&str, &str)]) -> RunRequest {
    let variables: Vec<Value> = variables
        .iter()
        .map(|(name, value)| json!({ "name": name, "type": "String", "value": value }))
        .collect();
    let body = match variables.is_empty() {
        true => json!({ "pipeline": { "identifier": pipeline } }),
        false => json!({ "pipeline": { "identifier": pipeline, "variables": variables } }),
    };
    RunRequest {
        pipeline: scope("platform").pipeline(pipeline),
        generation: Generation::Classic,
        // What stands in Harness at the time: see `Teller::starts`.
        checked: String::new(),
        body: body.to_string(),
        input_sets: Vec::new(),
        stages: Vec::new(),
        notes: "Started from the stories.".to_owned(),
        nonce: NONCE.to_owned(),
    }
}

fn of_payment() -> ExecutionQuery {
    ExecutionQuery {
        pipelines: vec!["payment_service_cd".to_owned()],
        ..ExecutionQuery::default()
    }
}
