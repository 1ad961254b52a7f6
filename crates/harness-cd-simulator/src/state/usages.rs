//! Which pipelines refer to which services.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::entity::{Entity, Kind};
use super::scope::Scope;
use super::store::Store;

/// A pipeline that refers to a service.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Usage {
    pub(crate) service_scope: Scope,
    pub(crate) service: String,
    pub(crate) service_name: String,
    pub(crate) pipeline_scope: Scope,
    pub(crate) pipeline: String,
    pub(crate) pipeline_name: String,
    /// When the pipeline was saved, epoch ms.
    pub(crate) since: i64,
}

/// Every use of a service by a pipeline.
#[derive(Clone, Debug, Default, Serialize, Deserialize)]
pub(crate) struct Usages(Vec<Usage>);

impl Usages {
    /// Source: run-inputs §12 [CORE]: fixed references to existing services only, as the pipelines were saved.
    pub(crate) fn of(store: &Store) -> Self {
        let usages = store.everywhere(Kind::Pipeline).flat_map(|pipeline| {
            let services = pipeline.services.iter().filter_map(|reference| {
                let service = store.follow(Kind::Service, &pipeline.scope, "", reference)?;
                Some(usage(service, pipeline))
            });
            services.collect::<Vec<_>>()
        });
        Self(usages.collect())
    }

    /// Who uses a service.
    pub(crate) fn of_service<'a>(&'a self, scope: &'a Scope, service: &'a str) -> impl Iterator<Item = &'a Usage> {
        self.0
            .iter()
            .filter(move |usage| usage.service_scope == *scope && usage.service == service)
    }
}

fn usage(service: &Entity, pipeline: &Entity) -> Usage {
    Usage {
        service_scope: service.scope.clone(),
        service: service.identifier.clone(),
        service_name: service.name(),
        pipeline_scope: pipeline.scope.clone(),
        pipeline: pipeline.identifier.clone(),
        pipeline_name: pipeline.name(),
        since: pipeline.updated_at,
    }
}

/// The references to services that stand in a pipeline (what is under its root key) as fixed texts, each once, in
/// their order: `x`, `org.x`, `account.x`.
///
/// Source: run-inputs §12 [CORE DeploymentStageFilterJsonCreatorV2]: `<+input>`, expressions and `useFromStage` are not
/// found. The old `serviceConfig` is read as well (harness-api §1.1 [CORE]).
pub(crate) fn fixed_service_refs(pipeline: &Value) -> Vec<String> {
    let mut references = Vec::new();
    for stage in pipeline.get("stages").and_then(Value::as_array).into_iter().flatten() {
        collect(stage, &mut references);
    }
    references
}

fn collect(wrapper: &Value, references: &mut Vec<String>) {
    for branch in wrapper.get("parallel").and_then(Value::as_array).into_iter().flatten() {
        collect(branch, references);
    }
    let Some(spec) = wrapper.pointer("/stage/spec") else {
        return;
    };
    let single = ["/service/serviceRef", "/serviceConfig/serviceRef"]
        .into_iter()
        .filter_map(|path| spec.pointer(path));
    let several = spec
        .pointer("/services/values")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    for reference in single
        .chain(several.filter_map(|value| value.get("serviceRef")))
        .filter_map(Value::as_str)
    {
        if !reference.contains("<+") && !references.iter().any(|known| known == reference) {
            references.push(reference.to_owned());
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    /// run-inputs §12
    #[test]
    fn only_fixed_references_are_found() {
        let stage = |spec: Value| json!({ "stage": { "identifier": "s", "spec": spec } });
        let pipeline = json!({ "stages": [
            stage(json!({ "service": { "serviceRef": "shop" } })),
            { "parallel": [
                stage(json!({ "service": { "serviceRef": "account.cart" } })),
                stage(json!({ "service": { "serviceRef": "shop" } })),
                stage(json!({ "services": { "values": [{ "serviceRef": "org.mail" }, { "serviceRef": "<+input>" }] } })),
            ] },
            stage(json!({ "service": { "serviceRef": "<+input>" } })),
            stage(json!({ "service": { "serviceRef": "shop_<+stage.variables.x>" } })),
            stage(json!({ "service": { "useFromStage": { "stage": "s" } } })),
            stage(json!({ "services": { "values": "<+input>" } })),
            stage(json!({ "serviceConfig": { "serviceRef": "old" } })),
        ] });
        assert_eq!(
            fixed_service_refs(&pipeline),
            ["shop", "account.cart", "org.mail", "old"]
        );
        assert!(fixed_service_refs(&json!({})).is_empty());
    }
}
