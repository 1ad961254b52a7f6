//! What a deploy request becomes in Harness: runtime inputs and notes, the same for every road that starts a run.

use harness_cd_model::DeployRequest;

use crate::{RunInputs, RunRequest};

impl RunRequest {
    /// The run of a checked deploy request, with the variables that its fields fill. `started_by` goes into the notes,
    /// for example `Backstage by user:default/ana`; `nonce` is unique to this attempt. Where the pipeline's text is at
    /// hand, [`RunRequest::inputs`] is better written from it, with [`DeployRequest::input_values`].
    #[must_use]
    pub fn for_deployment(pipeline: &str, request: &DeployRequest, started_by: &str, nonce: &str) -> Self {
        let variables = request
            .variables()
            .map(|(name, value)| (name.to_owned(), value.clone()));
        Self {
            pipeline: pipeline.to_owned(),
            inputs: RunInputs::Variables(variables.collect()),
            notes: notes(request, started_by),
            nonce: nonce.to_owned(),
        }
    }
}

fn notes(request: &DeployRequest, started_by: &str) -> String {
    let mut notes = format!("Started from {started_by}.");
    for (label, text) in [
        ("Change ticket", &request.change_ticket),
        ("Rollback plan", &request.rollback_plan),
        ("Business justification", &request.business_justification),
    ] {
        if let Some(text) = text {
            notes.push_str(&format!(" {label}: {}.", text.trim_end_matches('.')));
        }
    }
    notes
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_request_becomes_inputs_and_notes() {
        let request = DeployRequest {
            service: "payment-service".into(),
            image_tag: "v2.3.1".into(),
            environment: "prod".into(),
            region: "euw1".into(),
            change_ticket: Some("CHG-7".into()),
            rollback_plan: Some("Deploy v2.3.0.".into()),
            ..DeployRequest::default()
        };
        let run = RunRequest::for_deployment("payment_service_cd", &request, "Backstage by user:default/ana", "n-1");
        assert_eq!(
            run.notes,
            "Started from Backstage by user:default/ana. Change ticket: CHG-7. Rollback plan: Deploy v2.3.0."
        );
        let variables = [
            ("imageTag", "v2.3.1"),
            ("targetEnvironment", "prod"),
            ("targetRegion", "euw1"),
        ];
        let variables = variables.map(|(name, value)| (name.to_owned(), value.to_owned()));
        assert_eq!(run.inputs, RunInputs::Variables(variables.into()));
    }
}
