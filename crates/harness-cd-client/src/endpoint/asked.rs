//! What a service, one of its artifact sources, an environment, its overrides of a service or an infrastructure definition
//! ask for in a run. Only Harness's own page is known to call these.

use harness_cd_model::{AskedKind, AskedQuestion, HarnessScope, Level};
use serde_json::Value;

use crate::budget::Urgency;
use crate::failure::Subject;
use crate::request::{identifier, reference, split};
use crate::transport::{Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

impl<T: Transport> HarnessClient<T> {
    /// Reads what was chosen asks for: YAML under its own root, or nothing. Source: run-inputs §2, §3, §4.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`].
    pub async fn get_asked(
        &self,
        scope: &HarnessScope,
        question: &AskedQuestion,
    ) -> Result<Option<String>, HarnessFailure> {
        let service = || reference("a service", question.service.as_deref());
        let environment = || reference("an environment", question.environment.as_deref());
        let infrastructure = || reference("an infrastructure definition", question.infrastructure.as_deref());
        let mut level = Level::Project;
        let (path, query) = match question.of {
            AskedKind::Service => (vec!["servicesV2", "runtimeInputs", service()?], Vec::new()),
            AskedKind::Source => (vec!["servicesV2", "artifactSourceInputs", service()?], Vec::new()),
            AskedKind::Environment => (
                vec!["environmentsV2", "runtimeInputs"],
                vec![("environmentIdentifier", environment()?)],
            ),
            AskedKind::Overrides => (
                vec!["environmentsV2", "serviceOverrides", "runtimeInputs"],
                vec![
                    ("environmentIdentifier", environment()?),
                    ("serviceIdentifier", service()?),
                ],
            ),
            // It is of its environment's organization and project.
            AskedKind::Infrastructure => {
                let within;
                (level, within) = split(environment()?);
                (
                    vec!["infrastructures", "runtimeInputs"],
                    vec![
                        ("environmentIdentifier", within),
                        ("infraIdentifiers", infrastructure()?),
                    ],
                )
            }
        };
        let of_source = match question.of {
            AskedKind::Source => Some(identifier(
                "the identifier of an artifact source",
                question.source.as_deref().unwrap_or_default(),
            )?),
            _ => None,
        };
        let path = [vec!["ng", "api"], path].concat();
        let request = self.request_at(level, Method::Get, scope, &path, &query, None)?;
        let deadline = self.read_deadline();
        let body = self
            .read(request, Subject::Choices, Urgency::Interactive, deadline)
            .await?;
        let answer: Option<Value> = serde_json::from_slice(&body).ok();
        let data = answer.as_ref().and_then(|answer| answer.get("data")).ok_or_else(|| {
            let message = "Harness's answer about what was chosen has no data".to_owned();
            HarnessFailure::new(FailureCode::MalformedResponse, message)
        })?;
        let template = match of_source {
            None => data.get("inputSetTemplateYaml"),
            Some(source) => data
                .get("sourceIdentifierToSourceInputMap")
                .and_then(|map| map.get(source)),
        };
        let template = template.and_then(Value::as_str).filter(|text| !text.trim().is_empty());
        Ok(template.map(|template| match of_source {
            None => template.to_owned(),
            Some(_) => only_source(template),
        }))
    }
}

/// The list of sources that has this one alone, under its key.
fn only_source(template: &str) -> String {
    let lines = template.trim_end().lines().enumerate();
    let lines = lines.map(|(index, line)| format!("{}{line}\n", if index == 0 { "  - " } else { "    " }));
    std::iter::once("sources:\n".to_owned()).chain(lines).collect()
}
