//! The output variables of an execution's steps.

use std::collections::BTreeMap;

use harness_cd_model::OutputVariables;

use crate::lenient::Text;
use crate::summary::Graph;

/// What stands for the value of a secret.
const MASK: &str = "******";

/// What Harness calls a secret by until it is used: the expression holds the secret itself, encrypted.
///
/// Source: harness-core, `ShellScriptHelperService.prepareShellScriptOutcome` and `NGSecretManagerFunctor`.
const SECRETS: [&str; 2] = ["${sweepingOutputSecrets.", "${ngSecretManager."];

/// The output variables of all steps that tell some. Of a step that has run several times, the last counts.
pub(crate) fn outputs(graph: &Graph<'_>) -> Option<OutputVariables> {
    let mut nodes: Vec<_> = graph.nodes.0.iter().map(|(_, node)| node).collect();
    nodes.sort_by_key(|node| node.started_at.0);
    let of_steps = nodes.into_iter().filter_map(|node| {
        let variables = &node.outcomes.output.variables.0;
        let values: BTreeMap<_, _> = variables
            .iter()
            .map(|(name, value)| (name.clone().into_owned(), shown(value)))
            .collect();
        (!values.is_empty()).then_some((node.path.owned()?, values))
    });
    Some(of_steps.collect::<OutputVariables>()).filter(|steps| !steps.is_empty())
}

fn shown(value: &Text<'_>) -> String {
    let value = value.get().unwrap_or_default();
    let is_secret = SECRETS.iter().any(|secret| value.contains(secret));
    if is_secret { MASK } else { value }.to_owned()
}
