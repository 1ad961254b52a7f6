//! Where a service says its artifact comes from, and what a run so far makes of its expressions.

use serde_json::Value;

use super::route::Call;
use crate::inputs::element::Element;
use crate::state::entity::{Entity, Kind};
use crate::tables::expression::{self, Context};
use crate::tables::yaml::{self, scalar_text};
use crate::wire::respond::Failure;
use crate::world::World;

/// The artifact of a service to which the path of a tag leads, and the run so far.
pub(crate) struct Source<'a> {
    service: Option<&'a Entity>,
    artifact: Value,
    /// The way to the artifact's `spec` in the run so far.
    path: Vec<&'a str>,
    run: Value,
}

impl<'a> Source<'a> {
    /// Source: run-inputs §4 [CORE DockerArtifactResource]: the path is needed, the service is not; the body is the run
    /// so far.
    pub(crate) fn read(world: &'a World, call: &Call<'a>) -> Result<Self, Failure> {
        let fqn = call.required("fqnPath", &world.modes)?;
        let text = std::str::from_utf8(&call.request.body).map_err(|error| Failure::invalid(error.to_string()))?;
        let run = yaml::read(text).map_err(|problem| Failure::new(400, "INVALID_YAML_ERROR", problem))?;
        let mut path: Vec<&str> = fqn.split('.').collect();
        path.pop();
        let Some(reference) = call.parameter("serviceId") else {
            let artifact = Value::Null;
            return Ok(Self {
                service: None,
                artifact,
                path,
                run,
            });
        };
        let service = world.store.follow(Kind::Service, &call.scope, "", reference);
        let service = service.ok_or_else(|| Failure::invalid(format!("Service: {reference} does not exist")))?;
        let artifact = locate(service, fqn)?;
        Ok(Self {
            service: Some(service),
            artifact,
            path,
            run,
        })
    }

    /// A field of the artifact; that of a Nexus artifact lies one `spec` deeper.
    pub(crate) fn field(&self, key: &str) -> Option<String> {
        let found = ["/spec", "/spec/spec"]
            .into_iter()
            .find_map(|spec| self.artifact.pointer(spec)?.get(key));
        found.map(scalar_text).filter(|text| !text.is_empty())
    }

    /// A value of the query or of the artifact, with what the run so far says in place of its expressions.
    ///
    /// Source: run-inputs §4 [CORE ArtifactResourceUtils]: for a pipeline that is not saved yet, `-1`, that is a 400.
    pub(crate) fn resolved(&self, world: &World, call: &Call<'_>, key: &str, value: &str) -> Result<String, Failure> {
        if !value.contains("<+") {
            return Ok(value.to_owned());
        }
        let pipeline = call.required("pipelineIdentifier", &world.modes)?;
        if pipeline == "-1" {
            let message = format!("Couldn't resolve artifact expression {value}, as pipeline has not been saved yet.");
            return Err(Failure::invalid(message));
        }
        let pipeline = world
            .store
            .get(Kind::Pipeline, &call.scope, "", pipeline, &world.modes)?;
        let given = value.starts_with("<+input>").then(|| self.given(key)).flatten();
        let text = expression::resolve(given.as_deref().unwrap_or(value), &self.context(pipeline));
        match text.contains("<+") {
            true => Err(Failure::not_simulated(
                "an artifact whose expressions the run so far does not resolve",
            )),
            false => Ok(text),
        }
    }

    fn given(&self, key: &str) -> Option<String> {
        let spec = self.path.iter().try_fold(&self.run, |value, name| step(value, name))?;
        spec.get(key).map(scalar_text)
    }

    fn context(&self, pipeline: &Entity) -> Context {
        let mut context = Context::from([
            ("pipeline.identifier".to_owned(), pipeline.identifier.clone()),
            ("pipeline.name".to_owned(), pipeline.name()),
        ]);
        add_variables(&mut context, "pipeline.variables", pipeline.body.get("variables"));
        add_variables(
            &mut context,
            "pipeline.variables",
            self.run.pointer("/pipeline/variables"),
        );
        if let Some(service) = self.service {
            context.insert("service.identifier".to_owned(), service.identifier.clone());
            context.insert("service.name".to_owned(), service.name());
            let variables = service.body.pointer("/serviceDefinition/spec/variables");
            add_variables(&mut context, "serviceVariables", variables);
        }
        context
    }
}

/// Adds what is fixed among variables.
fn add_variables(context: &mut Context, prefix: &str, variables: Option<&Value>) {
    for variable in variables.and_then(Value::as_array).into_iter().flatten() {
        let (Some(name), Some(value)) = (variable.get("name"), variable.get("value")) else {
            continue;
        };
        let value = scalar_text(value);
        if !value.contains("<+") {
            context.insert(format!("{prefix}.{}", scalar_text(name)), value);
        }
    }
}

/// The artifact whose tag stands at the end of a path.
/// Source: run-inputs §4 [CORE ServiceEntityServiceImpl, ArtifactResourceUtils].
fn locate(service: &Entity, fqn: &str) -> Result<Value, Failure> {
    let names: Vec<&str> = fqn.split('.').skip_while(|name| *name != "serviceDefinition").collect();
    if names.is_empty() {
        return Err(Failure::invalid("FQN must contain serviceDefinition"));
    }
    let found = |names: &[&str]| names.iter().try_fold(&*service.body, |value, name| step(value, name));
    if found(&names).is_none() {
        return Err(Failure::invalid(format!(
            "Unable to locate path {} within service yaml",
            names.join(".")
        )));
    }
    // The tag lies in a `spec` beside the artifact's `type`; with Nexus that `spec` lies in another one.
    let above = names.split_last().map(|(_, above)| above).unwrap_or_default();
    let end = above
        .iter()
        .rposition(|name| *name != "spec")
        .map_or(0, |last| last + 1);
    let way = above.get(..end).unwrap_or_default();
    match (way, found(way)) {
        ([_, .., parent, _], Some(artifact)) if *parent != "template" => Ok(artifact.clone()),
        _ => Err(Failure::not_simulated("an artifact source of a template")),
    }
}

/// One step of a path: a field, or the element of a list by what tells it apart, whatever wraps it.
fn step<'v>(value: &'v Value, name: &str) -> Option<&'v Value> {
    match value {
        Value::Object(fields) => fields.get(name).filter(|value| !value.is_null()),
        Value::Array(items) => items.iter().find_map(|item| match Element::of(item)? {
            Element::Plain { value, .. } => (value == name).then_some(item),
            Element::Wrapped { wrapper, value, .. } => (value == name).then(|| item.get(wrapper)).flatten(),
            Element::Parallel(_) => step(item.get("parallel")?, name),
        }),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::state::scope::Scope;

    const PREFIX: &str = "pipeline.stages.s.spec.service.serviceInputs.serviceDefinition.spec.artifacts";

    fn service() -> Entity {
        let document = json!({ "service": { "identifier": "shop", "serviceDefinition": { "spec": { "artifacts": {
            "primary": { "primaryArtifactRef": "<+input>", "sources": [
                { "identifier": "image", "type": "DockerRegistry", "spec": { "imagePath": "a/b", "tag": "<+input>" } },
                { "identifier": "nexus", "type": "Nexus3Registry", "spec": { "spec": { "artifactPath": "c", "tag": "1" } } },
                { "identifier": "shared", "template": { "templateInputs": { "spec": { "tag": "<+input>" } } } },
            ] },
            "sidecars": [{ "sidecar": { "identifier": "log", "type": "DockerRegistry", "spec": { "tag": "1" } } }],
        } } } } });
        Entity::new(Kind::Service, Scope::default(), "", &document).unwrap()
    }

    /// run-inputs §4
    #[test]
    fn the_path_of_a_tag_leads_to_its_artifact() {
        let kind =
            |path: &str| locate(&service(), &format!("{PREFIX}.{path}")).map(|artifact| artifact["type"].clone());
        assert_eq!(kind("primary.sources.image.spec.tag").unwrap(), "DockerRegistry");
        assert_eq!(kind("primary.sources.nexus.spec.spec.tag").unwrap(), "Nexus3Registry");
        assert_eq!(kind("sidecars.log.spec.tag").unwrap(), "DockerRegistry");
        for (path, status) in [
            ("primary.spec.tag", 400),
            ("primary.sources.other.spec.tag", 400),
            ("primary.sources.image.spec.digest", 400),
            ("primary.sources.shared.template.templateInputs.spec.tag", 501),
        ] {
            assert_eq!(kind(path).unwrap_err().status(), status, "{path}");
        }
    }

    #[test]
    fn a_stage_is_found_within_a_parallel_group() {
        let run = json!([{ "parallel": [{ "stage": { "identifier": "s", "name": "S" } }] }]);
        assert_eq!(step(&run, "s").unwrap()["name"], "S");
        assert_eq!(step(&run, "t"), None);
    }
}
