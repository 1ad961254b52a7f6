//! `/pipeline/api/pipelines`: pipelines as entities.

use serde_json::{Value, json};

use crate::course;
use crate::http::Request;
use crate::inputs;
use crate::modes::Policy;
use crate::respond::{Failure, Outcome, Page, Reply, spring_page};
use crate::run::Run;
use crate::simulator::{Simulator, read_json, unknown_path, wrong_method};
use crate::store::{Entity, Kind};
use crate::views;
use crate::yaml;

impl Simulator {
    pub(crate) fn pipelines(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        self.check_scope(request)?;
        match (request.method.as_str(), rest) {
            ("POST", ["v2"]) => self.create_pipeline(request, now),
            ("PUT", ["v2", id]) => self.update_pipeline(request, id, now),
            ("POST", ["list"]) => self.list_pipelines(request, now),
            ("GET", ["summary", id]) => {
                let entity = self.store.get(Kind::Pipeline, "", id, &self.modes)?;
                Ok(Reply::Enveloped(self.pipeline_summary(entity, now)))
            }
            ("GET", [id]) => {
                let entity = self.store.get(Kind::Pipeline, "", id, &self.modes)?;
                Ok(Reply::Enveloped(self.pipeline_view(entity)))
            }
            ("DELETE", [id]) => {
                let if_match = request.header("if-match");
                self.store.delete(Kind::Pipeline, "", id, if_match, &self.modes)?;
                // Source: Harness API facts, limits: deleting a pipeline deletes its executions.
                self.runs.retain(|run| run.pipeline != *id);
                Ok(Reply::Enveloped(json!(true)))
            }
            (_, ["v2", ..] | ["list"] | ["summary", _] | [_]) => Err(wrong_method()),
            _ => Err(unknown_path()),
        }
    }

    fn create_pipeline(&mut self, request: &Request, now: i64) -> Outcome {
        let entity = read_entity(Kind::Pipeline, request)?;
        self.check_own_scope(&entity)?;
        if let Some(denied) = self.save_denied(&entity.identifier, now) {
            return Ok(denied);
        }
        let created = self
            .store
            .create(Kind::Pipeline, entity, now, &mut self.random, &self.modes)?;
        let identifier = created.identifier.clone();
        Ok(self.saved(&identifier, now))
    }

    fn update_pipeline(&mut self, request: &Request, id: &str, now: i64) -> Outcome {
        let entity = read_entity(Kind::Pipeline, request)?;
        self.check_own_scope(&entity)?;
        if entity.identifier != id {
            let message = format!(
                "Expected Pipeline identifier in YAML to be [{id}], but was [{}]",
                entity.identifier
            );
            return Err(Failure::invalid(message));
        }
        self.store.get(Kind::Pipeline, "", id, &self.modes)?;
        if let Some(denied) = self.save_denied(id, now) {
            return Ok(denied);
        }
        self.store
            .update(Kind::Pipeline, entity, request.header("if-match"), now, &self.modes)?;
        Ok(self.saved(id, now))
    }

    /// Source: Harness API facts, checklist 5: a denied save is 200 and SUCCESS, without an identifier, and saves nothing.
    fn save_denied(&self, id: &str, now: i64) -> Option<Reply> {
        let governance = views::governance(self.modes.save_policy, "onsave", id, &self.store.scope, now);
        let denied = self.modes.save_policy == Policy::Deny;
        denied.then(|| Reply::Enveloped(json!({ "governanceMetadata": governance })))
    }

    fn saved(&self, id: &str, now: i64) -> Reply {
        let governance = views::governance(self.modes.save_policy, "onsave", id, &self.store.scope, now);
        Reply::Enveloped(json!({ "identifier": id, "governanceMetadata": governance }))
    }

    /// Source: Harness API facts, pipeline YAML: organization and project inside agree with the query.
    fn check_own_scope(&self, entity: &Entity) -> Result<(), Failure> {
        let scope = &self.store.scope;
        for (key, own) in [("orgIdentifier", &scope.org), ("projectIdentifier", &scope.project)] {
            let given = entity.text(key);
            if given != *own {
                let message = format!("{key} in the YAML is [{given}], which is not the scope's [{own}]");
                return Err(Failure::invalid(message));
            }
        }
        Ok(())
    }

    /// Source: Harness API facts, pipeline responses: get.
    fn pipeline_view(&self, entity: &Entity) -> Value {
        json!({
            "yamlPipeline": entity.yaml, "resolvedTemplatesPipelineYaml": entity.yaml, "version": entity.version,
            "modules": ["cd", "pms"], "gitDetails": {}, "storeType": "INLINE",
            "entityValidityDetails": { "valid": true, "invalidYaml": null },
        })
    }

    /// Source: Harness API facts, pipeline responses: list item.
    fn pipeline_summary(&self, entity: &Entity, now: i64) -> Value {
        let stages = entity
            .body
            .get("stages")
            .and_then(Value::as_array)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let name = |stage: &Value| stage.pointer("/stage/name").and_then(Value::as_str).map(str::to_owned);
        let runs: Vec<&Run> = self
            .runs
            .iter()
            .filter(|run| run.pipeline == entity.identifier)
            .collect();
        let mut executions = json!({ "numOfErrors": [], "deployments": [] });
        if let (Some(last), Value::Object(fields)) = (runs.iter().max_by_key(|run| run.started_at), &mut executions) {
            fields.insert("lastExecutionTs".to_owned(), json!(last.started_at));
            fields.insert("lastExecutionStatus".to_owned(), json!(course::at(last, now).status));
            fields.insert("lastExecutionId".to_owned(), json!(last.id));
        }
        json!({
            "name": entity.name(), "identifier": entity.identifier, "description": entity.text("description"),
            "tags": entity.tags(), "version": entity.version, "numOfStages": stages.len(),
            "createdAt": entity.created_at, "lastUpdatedAt": entity.updated_at, "modules": ["cd", "pms"],
            "stageNames": stages.iter().filter_map(name).collect::<Vec<_>>(), "executionSummaryInfo": executions,
            "filters": {}, "storeType": "INLINE",
        })
    }

    fn list_pipelines(&self, request: &Request, now: i64) -> Outcome {
        let page = Page::read(request.parameter("page"), request.parameter("size"))?;
        let filter: Value = if request.body.is_empty() {
            json!({})
        } else {
            read_json(&request.body)?
        };
        let identifiers = strings(&filter, "/pipelineIdentifiers");
        let wanted = |entity: &&Entity| {
            (identifiers.is_empty() || identifiers.contains(&entity.identifier.as_str()))
                && matches_search(entity, request.parameter("searchTerm"))
        };
        let entities: Vec<&Entity> = self.store.all(Kind::Pipeline).filter(wanted).collect();
        let total = entities.len();
        let content = page
            .cut(entities)
            .into_iter()
            .map(|entity| self.pipeline_summary(entity, now))
            .collect();
        Ok(Reply::Enveloped(spring_page(content, page, total)))
    }

    /// Source: Harness API facts, discover inputs: without runtime inputs the template is missing.
    pub(crate) fn input_template(&self, request: &Request) -> Outcome {
        if request.method != "POST" {
            return Err(wrong_method());
        }
        self.check_scope(request)?;
        let id = request.parameter("pipelineIdentifier");
        let id = id.ok_or_else(|| Failure::missing_parameters(vec!["pipelineIdentifier"]))?;
        let entity = self.store.get(Kind::Pipeline, "", id, &self.modes)?;
        let mut data = json!({ "replacedExpressions": [], "modules": ["cd", "pms"], "hasInputSets": false });
        if let (Some(template), Value::Object(fields)) = (inputs::template(&entity.body), &mut data) {
            let text = yaml::write(&json!({ "pipeline": template }));
            fields.insert("inputSetTemplateYaml".to_owned(), json!(text));
        }
        Ok(Reply::Enveloped(data))
    }
}

/// The texts of a list in a body.
pub(crate) fn strings<'a>(body: &'a Value, pointer: &str) -> Vec<&'a str> {
    body.pointer(pointer)
        .and_then(Value::as_array)
        .into_iter()
        .flatten()
        .filter_map(Value::as_str)
        .collect()
}

pub(crate) fn matches_search(entity: &Entity, term: Option<&str>) -> bool {
    let found = |term: &str| {
        let term = term.to_lowercase();
        entity.name().to_lowercase().contains(&term) || entity.identifier.to_lowercase().contains(&term)
    };
    term.is_none_or(found)
}

/// Reads a YAML body.
///
/// Source: Harness API facts, content types: YAML is sent as `application/yaml`, and JSON is YAML; another media type
/// is a 415.
pub(crate) fn read_yaml(request: &Request) -> Result<(String, Value), Failure> {
    let media_type = request.header("content-type").unwrap_or_default();
    let is_known = media_type.contains("yaml") || media_type.contains("json");
    if !is_known && !request.body.is_empty() {
        return Err(Failure::new(
            415,
            "UNSUPPORTED_MEDIA_TYPE",
            "HTTP 415 Unsupported Media Type",
        ));
    }
    let refused = |problem: String| Failure::new(400, "INVALID_YAML_ERROR", format!("Invalid yaml: {problem}"));
    let text = String::from_utf8(request.body.clone()).map_err(|error| refused(error.to_string()))?;
    let document = yaml::read("body", &text).map_err(refused)?;
    Ok((text, document))
}

pub(crate) fn read_entity(kind: Kind, request: &Request) -> Result<Entity, Failure> {
    let (text, document) = read_yaml(request)?;
    Entity::new(kind, text, &document).map_err(|problem| Failure::new(400, "SCHEMA_VALIDATION_FAILED", problem))
}
