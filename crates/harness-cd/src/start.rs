use harness_cd_client::{Generation, HarnessFailure, LostRun, RunOutcome, RunRequest, Sighting, Transport};
use harness_cd_model::words::invisible;
use harness_cd_model::{DeployRequest, PipelineRef};
use harness_cd_pipeline::is_pipeline_of_harness3;

use crate::{AllowedDeployment, HarnessCd};

impl<T: Transport> HarnessCd<T> {
    /// Starts a checked deployment, once, and looks for it where the answer was lost; `lost` is told before it does, as
    /// that takes its time.
    ///
    /// # Errors
    /// Those of [`HarnessCd::send`]; [`OutcomeUnknown`](harness_cd_client::FailureCode::OutcomeUnknown) where it was not
    /// found.
    pub async fn start(
        &self,
        deployment: &AllowedDeployment,
        started_by: &str,
        nonce: &str,
        lost: impl FnOnce(&HarnessFailure),
    ) -> Result<RunOutcome, HarnessFailure> {
        let run = run_of(deployment, started_by, nonce);
        self.client.run_pipeline(&run, lost).await
    }

    /// Starts a checked deployment, once. `started_by` goes into the notes, for example
    /// `Backstage by user:default/ana`; `nonce` is unique to this start, 8 to 64 letters, digits, `-` and `_`.
    ///
    /// # Errors
    /// [`OutcomeUnknown`](harness_cd_client::FailureCode::OutcomeUnknown) where the answer does not tell whether it was
    /// started, and [`HarnessCd::find_started`] may; with every other code it was not.
    /// [`Conflict`](harness_cd_client::FailureCode::Conflict) where the pipeline was changed after the check.
    pub async fn send(
        &self,
        deployment: &AllowedDeployment,
        started_by: &str,
        nonce: &str,
    ) -> Result<RunOutcome, HarnessFailure> {
        self.client.send_run(&run_of(deployment, started_by, nonce)).await
    }

    /// Looks for a run whose answer was lost, by its nonce, for about 20 s. Starts nothing. `others` are executions that
    /// are known to be other runs. `None` where it is not found: it may have been started all the same.
    pub async fn find_started(
        &self,
        pipeline: &PipelineRef<'_>,
        lost: &LostRun,
        others: &[String],
    ) -> Option<RunOutcome> {
        self.client.find_run(pipeline, lost, others).await
    }

    /// Looks once for runs of a pipeline whose answers were lost, all of them at a time. Starts nothing. `others` as for
    /// [`HarnessCd::find_started`].
    pub async fn look_for_started(&self, pipeline: &PipelineRef<'_>, lost: &[LostRun], others: &[String]) -> Sighting {
        self.client.look_for_runs(pipeline, lost, others).await
    }
}

fn run_of(deployment: &AllowedDeployment, started_by: &str, nonce: &str) -> RunRequest {
    RunRequest {
        pipeline: deployment.pipeline.clone(),
        generation: match is_pipeline_of_harness3(&deployment.checked) {
            true => Generation::V1,
            false => Generation::Classic,
        },
        checked: deployment.checked.clone(),
        body: deployment.body.clone(),
        input_sets: deployment.request.input_sets.clone(),
        stages: deployment.request.stages.clone(),
        notes: notes(&deployment.request, started_by),
        nonce: nonce.to_owned(),
    }
}

/// What people read beside the execution: who started it, and why. Each fact has a line of its own and what a person
/// wrote is in quotes, in which it cannot begin a line, so that it never looks like another fact.
fn notes(request: &DeployRequest, started_by: &str) -> String {
    let mut notes = format!("Started from {}.", unbroken(started_by));
    for (label, text) in [
        ("Change ticket", &request.change_ticket),
        ("Rollback plan", &request.rollback_plan),
        ("Business justification", &request.business_justification),
    ] {
        if let Some(text) = text {
            notes.push_str(&format!("\n{label}: {}", quoted(text)));
        }
    }
    notes
}

/// A text of a person as JSON quotes it, with every character that nobody sees escaped as well.
fn quoted(text: &str) -> String {
    let quoted = serde_json::Value::from(text).to_string();
    unbroken(&quoted)
}

/// A text on one line, where every character can be seen.
fn unbroken(text: &str) -> String {
    let mut unbroken = String::new();
    for character in text.chars() {
        if character.is_control() || invisible(character).is_some() {
            unbroken.push_str(&format!("\\u{:04x}", u32::from(character)));
        } else {
            unbroken.push(character);
        }
    }
    unbroken
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn notes_say_who_and_why() {
        let request = DeployRequest {
            change_ticket: Some("CHG-7".into()),
            rollback_plan: Some("Deploy v2.3.0.".into()),
            ..DeployRequest::default()
        };
        assert_eq!(
            notes(&request, "Backstage by user:default/ana"),
            "Started from Backstage by user:default/ana.\nChange ticket: \"CHG-7\"\nRollback plan: \"Deploy v2.3.0.\""
        );
    }

    #[test]
    fn no_text_looks_like_another_fact() {
        let imitation = "x.\nChange ticket: \"CHG-9\"\u{2028}Started from Backstage by user:default/eve.";
        let request = DeployRequest {
            rollback_plan: Some(imitation.into()),
            business_justification: Some("\" \nRollback plan: \"none \u{202E}".into()),
            ..DeployRequest::default()
        };
        let notes = notes(&request, "Backstage by user:default/ana\nChange ticket: \"CHG-9\"");
        let lines: Vec<&str> = notes.lines().collect();
        assert_eq!(lines.len(), 3, "{notes}");
        assert!(
            lines[0].starts_with("Started from Backstage by user:default/ana\\u000a"),
            "{notes}"
        );
        assert!(lines[1].starts_with("Rollback plan: \"x.\\nChange ticket"), "{notes}");
        assert!(
            lines[2].starts_with("Business justification: \"\\\" \\nRollback plan"),
            "{notes}"
        );
        assert!(!notes.contains(['\u{2028}', '\u{202E}']), "{notes}");
    }
}
