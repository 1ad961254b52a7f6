//! Input sets of a pipeline: which there are, and what some of them answer together. They are merged here, with the code
//! that checks a file of them: Harness does not apply the values of sets that a run names reliably (run-inputs §6).

use harness_cd_client::{HarnessFailure, SavedInputSet, Transport};
use harness_cd_deploy::{unfit_input_set, unknown_input_set};
use harness_cd_model::words::quoted;
use harness_cd_model::{Diagnostic, InputSetSummary, InputValues, PipelineRef, SavedInputs};
use harness_cd_pipeline::{input_set_values, is_pipeline_of_harness3};

use crate::HarnessCd;

impl<T: Transport> HarnessCd<T> {
    /// The saved input sets and overlays of a pipeline, the last changed first.
    ///
    /// # Errors
    /// Those of the read.
    pub async fn input_sets(&self, pipeline: &PipelineRef<'_>) -> Result<Vec<InputSetSummary>, HarnessFailure> {
        self.client.list_input_sets(pipeline).await
    }

    /// What input sets answer together, and what is wrong with them.
    ///
    /// # Errors
    /// Those of the reads.
    pub async fn saved_inputs(
        &self,
        pipeline: &PipelineRef<'_>,
        named: &[String],
    ) -> Result<SavedInputs, HarnessFailure> {
        let yaml = self.client.get_pipeline(pipeline).await?.yaml;
        self.saved_inputs_for(pipeline, &yaml, named).await
    }

    /// The same, for a pipeline that was read.
    pub(crate) async fn saved_inputs_for(
        &self,
        pipeline: &PipelineRef<'_>,
        yaml: &str,
        named: &[String],
    ) -> Result<SavedInputs, HarnessFailure> {
        let mut saved = SavedInputs::default();
        if named.is_empty() {
            return Ok(saved);
        }
        if is_pipeline_of_harness3(yaml) {
            let why =
                "how input sets of a pipeline of Harness 3.0 are applied is not public; give their values instead";
            let told = named.iter().enumerate();
            saved.violations = told.map(|(place, name)| unfit_input_set(place, name, why)).collect();
            return Ok(saved);
        }
        let known = self.client.list_input_sets(pipeline).await?;
        let names: Vec<&str> = known.iter().map(|set| set.identifier.as_str()).collect();
        for (place, name) in named.iter().enumerate() {
            let Some(set) = known.iter().find(|set| set.identifier == *name) else {
                saved.violations.push(unknown_input_set(place, name, &names));
                continue;
            };
            let answered = match set.is_overlay {
                true => self.overlay_values(pipeline, yaml, name, &known).await?,
                false => self.set_values(pipeline, yaml, name).await?,
            };
            match answered {
                Ok(values) => saved.values.extend(values),
                Err(why) => saved.violations.push(unfit_input_set(place, name, &why)),
            }
        }
        Ok(saved)
    }

    /// What the sets of an overlay answer, in its order; or why it does not fit.
    async fn overlay_values(
        &self,
        pipeline: &PipelineRef<'_>,
        yaml: &str,
        overlay: &str,
        known: &[InputSetSummary],
    ) -> Result<Result<InputValues, String>, HarnessFailure> {
        let mut values = InputValues::new();
        for name in self.client.get_overlay(pipeline, overlay).await?.references {
            let problem = match known.iter().find(|set| set.identifier == name) {
                None => Some("does not exist".to_owned()),
                Some(set) if set.is_overlay => Some("is an overlay itself".to_owned()),
                Some(_) => match self.set_values(pipeline, yaml, &name).await? {
                    Ok(answered) => {
                        values.extend(answered);
                        None
                    }
                    Err(why) => Some(format!("does not fit: {why}")),
                },
            };
            if let Some(problem) = problem {
                return Ok(Err(format!("its input set {} {problem}", quoted(&name))));
            }
        }
        Ok(Ok(values))
    }

    /// What a set answers, or why it does not fit.
    async fn set_values(
        &self,
        pipeline: &PipelineRef<'_>,
        yaml: &str,
        name: &str,
    ) -> Result<Result<InputValues, String>, HarnessFailure> {
        let SavedInputSet { yaml: set, unfit } = self.client.get_input_set(pipeline, name).await?;
        let values = input_set_values(name, set.as_bytes(), yaml).map_err(|findings| said(&findings));
        Ok(values.and_then(|values| unfit.map_or(Ok(values), Err)))
    }
}

/// The first finding, and how many more there are.
fn said(findings: &[Diagnostic]) -> String {
    let first = findings.first().map_or("", |finding| &finding.message);
    match findings.len() {
        0 | 1 => first.to_owned(),
        more => format!("{first} (and {} more)", more - 1),
    }
}
