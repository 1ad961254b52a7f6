//! Lists of builds, for the form of a run. Only Harness's own page is known to call this.

use serde_json::{Value, json};

use super::artifact_sources::Source;
use super::entities::READ;
use super::route::{Call, Route};
use crate::inputs::grammar::RuntimeInput;
use crate::state::entity::Kind;
use crate::state::modes::ArtifactBuilds;
use crate::tables::invented;
use crate::tables::pattern::Pattern;
use crate::tables::registry::{Item, REGISTRIES, Registry};
use crate::wire::respond::{Failure, Outcome, Reply};
use crate::world::World;

/// Source: run-inputs §4 [CORE artifacts/resources]: V1 by GET takes connector and path from the query, V2 by POST from
/// the service.
pub(crate) const ROUTES: &[Route] = &[
    Route::new("GET", "ng/api/artifacts/docker/getBuildDetails", READ, named).hidden(),
    Route::new("POST", "ng/api/artifacts/docker/getBuildDetailsV2", READ, of_service).hidden(),
    Route::new("GET", "ng/api/artifacts/gcr/getBuildDetails", READ, named).hidden(),
    Route::new("POST", "ng/api/artifacts/gcr/getBuildDetailsV2", READ, of_service).hidden(),
    Route::new("GET", "ng/api/artifacts/ecr/getBuildDetails", READ, named).hidden(),
    Route::new("POST", "ng/api/artifacts/ecr/getBuildDetailsV2", READ, of_service).hidden(),
    Route::new("GET", "ng/api/artifacts/acr/getBuildDetails", READ, named).hidden(),
    Route::new("POST", "ng/api/artifacts/acr/getBuildDetailsV2", READ, of_service).hidden(),
    Route::new("GET", "ng/api/artifacts/gar/getBuildDetails", READ, named).hidden(),
    Route::new("POST", "ng/api/artifacts/gar/v2/getBuildDetails", READ, of_service).hidden(),
    Route::new("GET", "ng/api/artifacts/artifactory/getBuildDetails", READ, named).hidden(),
    Route::new(
        "POST",
        "ng/api/artifacts/artifactory/getBuildDetailsV2",
        READ,
        of_service,
    )
    .hidden(),
    Route::new("GET", "ng/api/artifacts/nexus/getBuildDetails", READ, named).hidden(),
    Route::new("POST", "ng/api/artifacts/nexus/getBuildDetailsV2", READ, of_service).hidden(),
    Route::new("GET", "ng/api/artifacts/githubpackages/versions", READ, named).hidden(),
    Route::new("POST", "ng/api/artifacts/githubpackages/v2/versions", READ, of_service).hidden(),
];

fn registry(call: &Call<'_>) -> Result<&'static Registry, Failure> {
    let mut segments = call
        .request
        .path
        .split('/')
        .skip_while(|segment| *segment != "artifacts");
    let segment = segments.nth(1).unwrap_or_default();
    let found = REGISTRIES.iter().find(|registry| registry.segment == segment);
    found.ok_or_else(|| Failure::not_simulated(&call.request.path))
}

/// The key that names the image, and its value.
fn image(registry: &Registry, text: impl Fn(&str) -> Option<String>) -> Result<(&'static str, String), Failure> {
    let named = registry.images.iter().find_map(|key| Some((*key, text(key)?)));
    named.ok_or_else(|| empty(&registry.images.join(" or ")))
}

/// The sentence is restated.
fn empty(field: &str) -> Failure {
    Failure::invalid(format!("value for {field} is empty or not provided"))
}

/// A list of builds that is wanted.
struct Wanted<'a> {
    registry: &'a Registry,
    connector: String,
    image: String,
    /// Only the tags in which it is found.
    pattern: Option<String>,
}

fn named(world: &mut World, call: &Call<'_>) -> Outcome {
    let registry = registry(call)?;
    let connector = call.required("connectorRef", &world.modes)?.to_owned();
    let (_, image) = image(registry, |key| call.parameter(key).map(str::to_owned))?;
    let wanted = Wanted {
        registry,
        connector,
        image,
        pattern: None,
    };
    builds(world, call, &wanted)
}

/// Source: run-inputs §4 [CORE DockerArtifactResource]: what the query leaves out is taken from the service; a regular
/// expression comes from `tagInput`, else from the service's tag.
fn of_service(world: &mut World, call: &Call<'_>) -> Outcome {
    let registry = registry(call)?;
    let source = Source::read(world, call)?;
    // What the query does not say, the service does.
    let said = |key: &str| call.parameter(key).map(str::to_owned).or_else(|| source.field(key));
    let connector = said("connectorRef").ok_or_else(|| empty("connectorRef"))?;
    let (key, image) = image(registry, said)?;
    let regex = |text: &str| RuntimeInput::parse(text)?.regex().map(str::to_owned);
    let asked = call.parameter("tagInput").and_then(regex);
    let wanted = Wanted {
        registry,
        connector: source.resolved(world, call, "connectorRef", &connector)?,
        image: source.resolved(world, call, key, &image)?,
        pattern: asked.or_else(|| regex(&source.field("tag")?)),
    };
    builds(world, call, &wanted)
}

/// Source: run-inputs §4, §14.4 [CORE]: a delegate asks the registry while the call waits; all at once, without pages.
fn builds(world: &World, call: &Call<'_>, wanted: &Wanted<'_>) -> Outcome {
    check_connector(world, call, wanted)?;
    let mut tags = match world.modes.artifact_builds {
        ArtifactBuilds::NoDelegate => return Err(no_delegate()),
        ArtifactBuilds::Refused => return Err(refused(wanted.registry)),
        ArtifactBuilds::Many => (0..invented::MANY_TAGS)
            .rev()
            .map(|patch| format!("1.0.{patch}"))
            .collect(),
        ArtifactBuilds::Ready | ArtifactBuilds::Slow => world.builds.of(&wanted.image),
    };
    if let Some(pattern) = &wanted.pattern {
        let pattern = Pattern::part(pattern).map_err(|error| Failure::invalid(format!("{pattern}: {error}")))?;
        tags.retain(|tag| pattern.matches(tag));
    }
    let items: Vec<Value> = tags.iter().map(|tag| item(wanted, tag)).collect();
    let reply = Reply::Enveloped(match wanted.registry.item {
        Item::Package => json!(items),
        Item::Tag(_) | Item::Version => json!({ "buildDetailsList": items }),
    });
    Ok(match world.modes.artifact_builds {
        ArtifactBuilds::Slow => Reply::Late(Box::new(reply), invented::SLOW_BUILDS_MS),
        _ => reply,
    })
}

/// Source: run-inputs §4 [CORE DockerResourceServiceImpl]: a connector of another type is as good as none.
fn check_connector(world: &World, call: &Call<'_>, wanted: &Wanted<'_>) -> Result<(), Failure> {
    let (scope, identifier) = call.scope.follow(&wanted.connector);
    let connector = world.store.find(Kind::Connector, &scope, "", identifier);
    if connector.is_some_and(|connector| connector.text("type") == wanted.registry.connector) {
        return Ok(());
    }
    let level = match (&scope.org, &scope.project) {
        (_, Some(_)) => "PROJECT",
        (Some(_), None) => "ORG",
        (None, None) => "ACCOUNT",
    };
    let message = format!("Connector not found for identifier : [{identifier}] with scope: [{level}]");
    Err(Failure::invalid(message))
}

/// Source: run-inputs §4 [CORE DelegateNotAvailableException]; the sentences are restated.
fn no_delegate() -> Failure {
    let hint = "Please make sure that your delegates are connected. Refer to the documentation on how to install one";
    let message = "Delegates are not available for performing the task";
    Failure::new(400, "DELEGATE_NOT_AVAILABLE", message).with_causes(vec![("HINT", hint.to_owned())])
}

/// Source: run-inputs §4 [CORE DockerResourceServiceImpl, `ArtifactServerException`]; what the registry says is invented.
fn refused(registry: &Registry) -> Failure {
    let message = format!(
        "{} Get Builds task failure due to error - {}",
        registry.label,
        invented::REGISTRY_REFUSAL
    );
    Failure::new(400, "ARTIFACT_SERVER_ERROR", message)
}

/// Source: run-inputs §4 [CORE]; the addresses are invented.
fn item(wanted: &Wanted<'_>, tag: &str) -> Value {
    let image = &wanted.image;
    let url = invented::build_url(image, tag);
    match wanted.registry.item {
        Item::Tag(key) => json!({ "tag": tag, "buildUrl": url, "metadata": {}, "labels": {}, key: image }),
        Item::Version => json!({ "version": tag, "metadata": {} }),
        Item::Package => json!({
            "number": tag, "revision": tag, "artifactPath": image, "buildUrl": url,
            "uiDisplayName": format!("Tag# {tag}"), "status": "SUCCESS",
            "metadata": { "image": format!("{image}:{tag}"), "tag": tag },
        }),
    }
}
