//! What a run was asked to do, read off the YAML that it was started with.
//!
//! The variables of this product's pipelines say it by their names. Of any other pipeline the places say it where Harness
//! keeps such things, if all of them say the same.

use std::collections::BTreeSet;

use harness_cd_client::{GivenInputs, HarnessFailure};
use harness_cd_history::tell_inputs;
use harness_cd_model::naming::underscored;
use harness_cd_model::{DeployRequest, Deployment, DeploymentKeys, RequiredField, RunInputs};
use harness_cd_pipeline::InputExpression;
use harness_cd_yaml::{Node, parse_text};
use serde::{Deserialize, Serialize};

use crate::reports::{read, told};

/// What is longer is no name of anything.
const LONGEST: usize = 128;

/// The rows of a run, and what it was asked to do.
#[derive(Deserialize)]
struct AskedRun<'a> {
    #[serde(borrow)]
    deployments: Vec<Deployment<'a>>,
    inputs: RunInputs,
}

/// The rows of a run that tell it.
#[derive(Serialize)]
struct ToldRows<'a> {
    deployments: Vec<Deployment<'a>>,
    keys: Vec<DeploymentKeys>,
}

/// The rows of runs with what these were asked to do, out of the JSON text of a list of `{deployments, inputs}`: a list of
/// `{deployments, keys}` in its order.
///
/// # Errors
/// [`FailureCode::Internal`](harness_cd_client::FailureCode::Internal) where the list cannot be read.
pub fn with_inputs_text(runs: &[u8]) -> Result<String, HarnessFailure> {
    let runs: Vec<AskedRun<'_>> = read(runs)?;
    let rows = runs.into_iter().map(
        |AskedRun {
             mut deployments,
             inputs,
         }| {
            tell_inputs(&mut deployments, &inputs);
            ToldRows {
                keys: deployments.iter().map(Deployment::keys).collect(),
                deployments,
            }
        },
    );
    told(&rows.collect::<Vec<_>>())
}

/// Reads what a run was started with. What cannot be read says nothing.
pub(crate) fn read_run_inputs(given: &GivenInputs) -> RunInputs {
    let texts = [&given.resolved_yaml, &given.input_set_yaml];
    let roots = texts.into_iter().flatten().filter_map(|text| root_of(text));
    let roots: Vec<Node> = roots.collect();
    let template = given.input_set_template_yaml.as_deref().and_then(root_of);
    let variable = |name: &str| {
        let of_run = roots.iter().find_map(|root| name_of(variable_of(root, name)?));
        of_run.or_else(|| default_of(variable_of(template.as_ref()?, name)?))
    };
    let place = |is_one: fn(&str) -> bool| roots.iter().find_map(|root| only_at(root, is_one));
    let [tag, environment, region] = DeployRequest::VARIABLES.map(|(_, name)| variable(name));
    RunInputs {
        image_tag: tag.or_else(|| place(is_tag)),
        service: place(|pointer| pointer.ends_with("/serviceRef")),
        environment: match &environment {
            Some(name) => Some(underscored(name)),
            None => place(|pointer| pointer.ends_with("/environmentRef")),
        },
        environment_name: environment,
        region,
        infrastructure: place(is_infrastructure),
        change_ticket: variable(RequiredField::ChangeTicket.name()),
    }
}

fn root_of(text: &str) -> Option<Node> {
    parse_text("inputs.yaml", text).ok().map(|document| document.root)
}

/// The value of a variable; of an input of Harness 3.0.
fn variable_of<'n>(root: &'n Node, name: &str) -> Option<&'n str> {
    let variables = root.at(&["pipeline", "variables"]).into_iter().flat_map(Node::items);
    let mut called = variables.filter(|variable| variable.get("name").and_then(Node::text) == Some(name));
    let of_variable = called.next().and_then(|variable| variable.get("value"));
    of_variable.or_else(|| root.at(&["inputs", name]))?.text()
}

/// What Harness gives a variable that a run says nothing of. Source: run-inputs §8.
fn default_of(value: &str) -> Option<String> {
    name_of(&InputExpression::parse(value)?.default?)
}

/// A text that is a name, and no expression.
fn name_of(text: &str) -> Option<String> {
    let is_one = !text.is_empty() && text.len() <= LONGEST && !text.contains("<+");
    is_one.then(|| text.to_owned())
}

/// The one name that stands at places of a kind.
fn only_at(root: &Node, is_one: fn(&str) -> bool) -> Option<String> {
    let mut names = BTreeSet::new();
    root.walk(&mut |pointer, node| {
        if is_one(pointer) {
            names.extend(node.text().and_then(name_of));
        }
    });
    let mut names = names.into_iter();
    names.next().filter(|_| names.next().is_none())
}

fn is_tag(pointer: &str) -> bool {
    pointer.contains("/artifacts/primary/") && pointer.ends_with("/spec/tag")
}

fn is_infrastructure(pointer: &str) -> bool {
    pointer.contains("/infrastructureDefinitions/") && pointer.ends_with("/identifier")
}
