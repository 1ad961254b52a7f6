//! What a project keeps, kind by kind, as YAML. Lists alone are read, and nothing is changed: Harness takes the filters of
//! two of them by POST.

use harness_cd_model::{EntityKind, HarnessScope, Level};
use serde_json::{Value, json};

use crate::budget::Urgency;
use crate::failure::Subject;
use crate::request::identifier;
use crate::transport::{Body, Method, Transport};
use crate::{FailureCode, HarnessClient, HarnessFailure};

/// An entity as a project keeps it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredEntity {
    /// Its identifier.
    pub identifier: String,
    /// Its YAML, or JSON that reads as YAML; `None` where the list has none, as for a pipeline, which is read by itself.
    pub yaml: Option<String>,
}

/// Entities on a page of a list.
const PAGE: usize = 50;
/// A list that goes on for longer is no list of a project.
const MOST_PAGES: usize = 400;

impl<T: Transport> HarnessClient<T> {
    /// Lists the entities of a kind in a project, or in its organization or its account by themselves, page by page;
    /// `parent` is the pipeline of triggers, or the environment of infrastructure definitions. Source: harness-api §1, §2, §4.1, §4.2.
    ///
    /// # Errors
    /// [`HarnessFailure`]; never [`FailureCode::OutcomeUnknown`]. [`FailureCode::InvalidRequest`] for input sets, which are
    /// not listed here.
    pub async fn list_stored(
        &self,
        scope: &HarnessScope,
        level: Level,
        kind: EntityKind,
        parent: &str,
    ) -> Result<Vec<StoredEntity>, HarnessFailure> {
        let list = List::of(kind, parent)?;
        let mut found = Vec::new();
        for page in 0..MOST_PAGES {
            let (page, size) = (page.to_string(), PAGE.to_string());
            let mut query = vec![(list.page, page.as_str()), (list.size, size.as_str())];
            query.extend(list.query);
            let body = list
                .filter
                .map(|filter| Body::json("application/json", &json!({ "filterType": filter })));
            let body = body.transpose()?;
            let method = if body.is_some() { Method::Post } else { Method::Get };
            let request = self.request_at(level, method, scope, list.path, &query, body)?;
            let deadline = self.read_deadline();
            let answer = self.read(request, list.subject, Urgency::Following, deadline).await?;
            let answer: Option<Value> = serde_json::from_slice(&answer).ok();
            let data = answer.as_ref().and_then(|answer| answer.get("data"));
            let items = data.and_then(|data| data.get("content")?.as_array());
            let (Some(data), Some(items)) = (data, items) else {
                let message = "Harness's answer about what a project keeps is no list";
                return Err(HarnessFailure::new(FailureCode::MalformedResponse, message));
            };
            found.extend(items.iter().filter_map(|item| list.entity(item)));
            // The two shapes of a page name it differently. Source: harness-api §0.6.
            let total = data.get("totalElements").or_else(|| data.get("totalItems"));
            let total = total
                .and_then(Value::as_u64)
                .and_then(|total| usize::try_from(total).ok());
            let read = (page.parse::<usize>().unwrap_or_default() + 1) * PAGE;
            if items.is_empty() || total.map_or(items.len() < PAGE, |total| read >= total) {
                break;
            }
        }
        Ok(found)
    }
}

/// How a kind is listed.
struct List<'p> {
    path: &'static [&'static str],
    page: &'static str,
    size: &'static str,
    query: Option<(&'static str, &'p str)>,
    /// The kind of the filter, where it is asked for by POST.
    filter: Option<&'static str>,
    /// The key that an item keeps the entity under.
    wrapper: Option<&'static str>,
    subject: Subject<'p>,
}

impl<'p> List<'p> {
    fn of(kind: EntityKind, parent: &'p str) -> Result<Self, HarnessFailure> {
        let plain = Self {
            path: &[],
            page: "page",
            size: "size",
            query: None,
            filter: None,
            wrapper: None,
            subject: Subject::Choices,
        };
        Ok(match kind {
            EntityKind::Pipeline => Self {
                path: &["pipeline", "api", "pipelines", "list"],
                filter: Some("PipelineSetup"),
                subject: Subject::Pipelines,
                ..plain
            },
            EntityKind::Trigger => Self {
                path: &["pipeline", "api", "triggers"],
                query: Some(("targetIdentifier", identifier("a pipeline's identifier", parent)?)),
                subject: Subject::Pipeline(parent),
                ..plain
            },
            EntityKind::Service => Self {
                path: &["ng", "api", "servicesV2"],
                wrapper: Some("service"),
                ..plain
            },
            EntityKind::Environment => Self {
                path: &["ng", "api", "environmentsV2"],
                wrapper: Some("environment"),
                ..plain
            },
            EntityKind::Infrastructure => Self {
                path: &["ng", "api", "infrastructures"],
                query: Some((
                    "environmentIdentifier",
                    identifier("an environment's identifier", parent)?,
                )),
                wrapper: Some("infrastructure"),
                ..plain
            },
            EntityKind::Connector => Self {
                path: &["ng", "api", "connectors", "listV2"],
                page: "pageIndex",
                size: "pageSize",
                filter: Some("Connector"),
                wrapper: Some("connector"),
                ..plain
            },
            EntityKind::InputSet => {
                let message = "input sets are listed by their pipeline";
                return Err(HarnessFailure::new(FailureCode::InvalidRequest, message));
            }
        })
    }

    /// The entity of an item. A connector has no YAML but what its JSON is.
    fn entity(&self, item: &Value) -> Option<StoredEntity> {
        let entity = self.wrapper.map_or(Some(item), |wrapper| item.get(wrapper))?;
        let yaml = match self.wrapper {
            Some("connector") => Some(json!({ "connector": entity }).to_string()),
            _ => entity.get("yaml").and_then(Value::as_str).map(str::to_owned),
        };
        Some(StoredEntity {
            identifier: entity.get("identifier")?.as_str()?.to_owned(),
            yaml: yaml.filter(|yaml| !yaml.trim().is_empty()),
        })
    }
}
