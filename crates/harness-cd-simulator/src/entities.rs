//! `/ng/api`: services, environments, infrastructure definitions, connectors.

use serde_json::{Map, Value, json};

use crate::http::Request;
use crate::pipelines::matches_search;
use crate::respond::{Failure, Outcome, Page, Reply, page_response};
use crate::simulator::{Simulator, read_json, unknown_path, wrong_method};
use crate::store::{self, Entity, Kind};
use crate::yaml;

impl Simulator {
    pub(crate) fn entities(&mut self, request: &Request, rest: &[&str], now: i64) -> Outcome {
        let (kind, rest) = match rest {
            ["servicesV2", rest @ ..] => (Kind::Service, rest),
            ["environmentsV2", rest @ ..] => (Kind::Environment, rest),
            ["infrastructures", rest @ ..] => (Kind::Infrastructure, rest),
            ["connectors", rest @ ..] => (Kind::Connector, rest),
            _ => return Err(unknown_path()),
        };
        self.check_account(request)?;
        let method = request.method.as_str();
        match (kind, method, rest) {
            // Source: Harness API facts, connectors: they are listed with a POST.
            (Kind::Connector, "POST", ["listV2"]) | (_, "GET", []) => self.list_entities(kind, request),
            (_, "POST", []) => self.create_entity(kind, request, now),
            (_, "PUT", []) => self.update_entity(kind, request, now),
            (Kind::Service | Kind::Environment, "PUT", ["upsert"]) => self.upsert_entity(kind, request, now),
            (_, "GET", [id]) => {
                let entity = self.store.get(kind, parent(kind, request)?, id, &self.modes)?;
                Ok(Reply::Enveloped(self.entity_view(kind, entity)))
            }
            (_, "DELETE", [id]) => {
                let if_match = request.header("if-match");
                self.store
                    .delete(kind, parent(kind, request)?, id, if_match, &self.modes)?;
                Ok(Reply::Enveloped(json!(true)))
            }
            (_, _, [] | [_]) => Err(wrong_method()),
            _ => Err(unknown_path()),
        }
    }

    fn list_entities(&self, kind: Kind, request: &Request) -> Outcome {
        let names = if kind == Kind::Connector {
            ("pageIndex", "pageSize")
        } else {
            ("page", "size")
        };
        let page = Page::read(request.parameter(names.0), request.parameter(names.1))?;
        let parent = parent(kind, request)?;
        let wanted =
            |entity: &&Entity| entity.parent == parent && matches_search(entity, request.parameter("searchTerm"));
        let found: Vec<&Entity> = self.store.all(kind).filter(wanted).collect();
        let total = found.len();
        let content = page
            .cut(found)
            .into_iter()
            .map(|entity| self.entity_view(kind, entity))
            .collect();
        Ok(Reply::Enveloped(page_response(content, page, total)))
    }

    fn create_entity(&mut self, kind: Kind, request: &Request, now: i64) -> Outcome {
        let entity = self.read_body(kind, request)?;
        let created = self
            .store
            .create(kind, entity, now, &mut self.random, &self.modes)?
            .clone();
        Ok(Reply::Enveloped(self.entity_view(kind, &created)))
    }

    fn update_entity(&mut self, kind: Kind, request: &Request, now: i64) -> Outcome {
        let entity = self.read_body(kind, request)?;
        let updated = self
            .store
            .update(kind, entity, request.header("if-match"), now, &self.modes)?
            .clone();
        Ok(Reply::Enveloped(self.entity_view(kind, &updated)))
    }

    fn upsert_entity(&mut self, kind: Kind, request: &Request, now: i64) -> Outcome {
        let entity = self.read_body(kind, request)?;
        let exists = self
            .store
            .get(kind, &entity.parent, &entity.identifier, &self.modes)
            .is_ok();
        if exists {
            self.update_entity(kind, request, now)
        } else {
            self.create_entity(kind, request, now)
        }
    }

    /// Source: Harness API facts, entities: organization and project travel in the body; an infrastructure definition
    /// needs `yaml`, a service and an environment may go without.
    fn read_body(&self, kind: Kind, request: &Request) -> Result<Entity, Failure> {
        let body: Value = read_json(&request.body)?;
        let fields = if kind == Kind::Connector {
            body.get("connector").unwrap_or(&Value::Null)
        } else {
            &body
        };
        let text = |key: &str| fields.get(key).and_then(Value::as_str).unwrap_or_default();
        let scope = &self.store.scope;
        if text("orgIdentifier") != scope.org || text("projectIdentifier") != scope.project {
            let (org, project) = (text("orgIdentifier"), text("projectIdentifier"));
            let message = format!("Project with orgIdentifier [{org}] and identifier [{project}] not found");
            return Err(store::not_found(message, &self.modes));
        }
        let yaml = text("yaml");
        if yaml.is_empty() && kind == Kind::Infrastructure {
            return Err(Failure::invalid("yaml: must not be empty"));
        }
        if kind == Kind::Environment && !matches!(text("type"), "Production" | "PreProduction") {
            return Err(Failure::invalid("type: must be one of [Production, PreProduction]"));
        }
        let refused = |problem| Failure::new(400, "SCHEMA_VALIDATION_FAILED", problem);
        let mut document = match yaml {
            "" => json!({ kind.root(): fields }),
            yaml => yaml::read("yaml", yaml).map_err(refused)?,
        };
        merge_request(&mut document, kind, fields);
        let entity = Entity::new(kind, yaml.to_owned(), &document).map_err(refused)?;
        if entity.identifier != text("identifier") {
            return Err(Failure::invalid(
                "the identifier in the yaml is not the identifier of the request",
            ));
        }
        Ok(entity)
    }

    /// Source: Harness API facts, entities: each kind under its own key, with its times beside it.
    fn entity_view(&self, kind: Kind, entity: &Entity) -> Value {
        let times = [
            ("createdAt", json!(entity.created_at)),
            ("lastModifiedAt", json!(entity.updated_at)),
        ];
        let mut answer: Map<String, Value> = times.into_iter().map(|(key, value)| (key.to_owned(), value)).collect();
        let inner = if kind == Kind::Connector {
            answer.insert("harnessManaged".to_owned(), json!(false));
            answer.insert(
                "status".to_owned(),
                json!({ "status": "SUCCESS", "testedAt": entity.updated_at }),
            );
            entity.body.clone()
        } else {
            let mut fields = Map::new();
            for key in ["type", "color", "environmentRef", "deploymentType"] {
                if let Some(value) = entity.body.get(key) {
                    fields.insert(key.to_owned(), value.clone());
                }
            }
            fields.insert("identifier".to_owned(), json!(entity.identifier));
            fields.insert("name".to_owned(), json!(entity.name()));
            fields.insert("description".to_owned(), json!(entity.text("description")));
            fields.insert("tags".to_owned(), entity.tags());
            fields.insert("deleted".to_owned(), json!(false));
            fields.insert("yaml".to_owned(), json!(entity.yaml));
            self.store.scoped(fields)
        };
        answer.insert(kind.wrapper().to_owned(), inner);
        Value::Object(answer)
    }
}

/// The request's own fields stand beside those of its `yaml`.
fn merge_request(document: &mut Value, kind: Kind, fields: &Value) {
    let own = [
        "name",
        "description",
        "tags",
        "type",
        "color",
        "environmentRef",
        "deploymentType",
    ];
    let Some(Value::Object(body)) = document.get_mut(kind.root()) else {
        return;
    };
    for key in own {
        if let Some(value) = fields.get(key) {
            body.entry(key).or_insert_with(|| value.clone());
        }
    }
}

/// Source: Harness API facts, entities: infrastructure definitions are named together with their environment.
fn parent(kind: Kind, request: &Request) -> Result<&str, Failure> {
    match kind {
        Kind::Infrastructure => {
            let environment = request.parameter("environmentIdentifier");
            environment.ok_or_else(|| Failure::missing_parameters(vec!["environmentIdentifier"]))
        }
        _ => Ok(""),
    }
}
