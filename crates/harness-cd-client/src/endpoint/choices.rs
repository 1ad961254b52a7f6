//! What a run may be given: services and their artifact sources, environments, groups of them, infrastructure
//! definitions and GitOps clusters.

use harness_cd_model::{ChoiceKind, ChoiceQuestion, HarnessScope, Level};
use serde_json::json;

use crate::budget::Urgency;
use crate::failure::Subject;
use crate::request::{identifier, reference, split};
use crate::transport::{Body, Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// Which of the things that there are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reach {
    /// Those that the key may use in a run: known only to what Harness's own page asks. Source: run-inputs §2, §3.
    Runnable,
    /// Those that the key may see, by Harness's public lists.
    Visible,
}

/// As many as the lists give by themselves. Source: run-inputs §2.
pub const CHOICES_PER_PAGE: usize = 100;

/// Whether Harness lists things of a kind publicly. Source: run-inputs §2, §3.
#[must_use]
pub const fn is_listed_publicly(question: &ChoiceQuestion) -> bool {
    match question.of {
        ChoiceKind::Service | ChoiceKind::Infrastructure => true,
        ChoiceKind::Environment => question.within.is_none(),
        ChoiceKind::EnvironmentGroup | ChoiceKind::Cluster | ChoiceKind::ArtifactSource | ChoiceKind::Tag => false,
    }
}

impl<T: Transport> HarnessClient<T> {
    /// Lists what may be chosen: the body of Harness's answer, which is a page, a bare list, the group whose members are
    /// asked for, or the inputs of the artifact sources that are. It may take until `deadline`, epoch ms. Tags are listed by
    /// [`HarnessClient::list_tags`].
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`crate::FailureCode::OutcomeUnknown`].
    pub async fn list_choices(
        &self,
        scope: &HarnessScope,
        question: &ChoiceQuestion,
        reach: Reach,
        deadline: i64,
    ) -> Result<Vec<u8>, HarnessFailure> {
        let within = question.within.as_deref().unwrap_or_default();
        let (level, within) = match question.of {
            // Harness takes apart the reference in a path itself.
            ChoiceKind::ArtifactSource => (Level::Project, within),
            _ => split(within),
        };
        let list = List::of(question, within, reach)?;
        let size = CHOICES_PER_PAGE.to_string();
        let mut query = vec![("page", "0"), ("size", size.as_str())];
        query.extend(list.query);
        query.extend(question.search.as_deref().map(|search| ("searchTerm", search)));
        let body = list
            .body
            .map(|body| Body::json("application/json", &body))
            .transpose()?;
        let method = if body.is_some() { Method::Post } else { Method::Get };
        let mut path = vec!["ng", "api"];
        path.extend(list.path);
        let request = self.request_at(level, method, scope, &path, &query, body)?;
        self.read(request, Subject::Choices, Urgency::Interactive, deadline)
            .await
    }
}

/// How something is listed.
struct List<'q> {
    path: Vec<&'q str>,
    query: Option<(&'q str, &'q str)>,
    body: Option<serde_json::Value>,
}

impl<'q> List<'q> {
    fn of(question: &ChoiceQuestion, within: &'q str, reach: Reach) -> Result<Self, HarnessFailure> {
        let is_runnable = reach == Reach::Runnable;
        let path = match question.of {
            ChoiceKind::Service if is_runnable => vec!["servicesV2", "list", "access"],
            ChoiceKind::Service => vec!["servicesV2"],
            ChoiceKind::Environment if question.within.is_some() => {
                vec![
                    "environmentGroup",
                    identifier("an environment group's identifier", within)?,
                ]
            }
            ChoiceKind::Environment if is_runnable => vec!["environmentsV2", "list", "access"],
            ChoiceKind::Environment => vec!["environmentsV2"],
            ChoiceKind::EnvironmentGroup => vec!["environmentGroup", "list"],
            ChoiceKind::Infrastructure if is_runnable => vec!["infrastructures", "list-access"],
            ChoiceKind::Infrastructure => vec!["infrastructures"],
            ChoiceKind::Cluster => vec!["gitops", "clusters"],
            ChoiceKind::ArtifactSource => {
                vec![
                    "servicesV2",
                    "artifactSourceInputs",
                    reference("a service", Some(within))?,
                ]
            }
            ChoiceKind::Tag => {
                let message = "tags are no list of a project";
                return Err(HarnessFailure::new(FailureCode::InvalidRequest, message));
            }
        };
        let query = match question.of {
            ChoiceKind::Service => Some(("includeAllServicesAccessibleAtScope", "true")),
            ChoiceKind::Infrastructure | ChoiceKind::Cluster => Some((
                "environmentIdentifier",
                identifier("an environment's identifier", within)?,
            )),
            ChoiceKind::Environment | ChoiceKind::EnvironmentGroup | ChoiceKind::ArtifactSource | ChoiceKind::Tag => {
                None
            }
        };
        let is_group_list = question.of == ChoiceKind::EnvironmentGroup;
        Ok(Self {
            path,
            query,
            body: is_group_list.then(|| json!({ "filterType": "EnvironmentGroup" })),
        })
    }
}
