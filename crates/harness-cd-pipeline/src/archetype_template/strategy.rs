//! The stage that deploys to an environment.

use harness_cd_model::naming::IMAGE_SOURCE;
use harness_cd_model::{Archetype, ManifestFormat, Platform, Registry, Strategy};

use super::rollout::{Rollout, Steps};
use super::ticket::Ticket;
use super::{Fragment, Place, gate, item};
use crate::fragments::fill;

/// The stage of an environment.
pub(super) fn stage<'p>(place: &Place<'p>, archetype: &'p Archetype, strategy: Strategy) -> Fragment {
    let Steps { forth, back } = Rollout::new(place, archetype, strategy).steps()?;
    let (name, condition) = (place.stage_name(), place.condition());
    let infrastructure = place.infrastructure(archetype);
    let mut values = vec![
        ("STAGE", name.as_str()),
        ("CONDITION", &condition),
        ("INFRASTRUCTURE", &infrastructure),
        ("DEPLOYMENT_TYPE", archetype.deployment_type()),
        // Where nothing can be taken back, promising it would mislead.
        (
            "ON_FAILURE",
            if back.is_empty() {
                "MarkAsFailure"
            } else {
                "StageRollback"
            },
        ),
    ];
    let identifier = place.stage_identifier();
    values.push(("STAGE_IDENTIFIER", &identifier));
    let registry = place.registry(archetype);
    let source = registry.map_or_else(|| IMAGE_SOURCE.to_owned(), Registry::source_identifier);
    values.push(("SOURCE", &source));
    values.extend(kind_of_source(place.platform, registry));
    let stage = place.fragment(include_str!("deploy-stage.yaml"), &values)?;
    let chosen = place.platform.has_registries_of_places();
    let chosen = chosen.then(|| format!("primaryArtifactRef: {source}"));
    let stage = fill(&stage, "chosen source", chosen.as_slice());
    let is_kubernetes = archetype.workload.is_kubernetes();
    let manifests = is_kubernetes
        .then(|| manifests(place, archetype, strategy))
        .transpose()?;
    let stage = fill(&stage, "manifests", manifests.as_slice());
    let ticket = Ticket::of(place).filter(|_| place.is_last);
    let close = ticket.map(|ticket| ticket.close()).transpose()?;
    let checked = gate::checked_again(place).transpose()?;
    let steps: Vec<String> = checked.into_iter().chain([forth]).chain(close).collect();
    Ok(fill(&fill(&stage, "steps", &steps), "rollback steps", &back))
}

/// How an artifact source is written, where it is known: of the registry of a place, or where those that services name are
/// of one kind. Otherwise each service says it.
fn kind_of_source(platform: &Platform, of_place: Option<&Registry>) -> Vec<(&'static str, &'static str)> {
    let named = platform.registries.iter().filter(|registry| !registry.is_of_places());
    let mut kinds = named.map(|registry| registry.kind.registry());
    let first = kinds.next();
    let only = first.filter(|first| kinds.all(|kind| kind == *first));
    let known = of_place.map(|registry| registry.kind.registry()).or(only);
    let written = known.map(|kind| {
        [
            ("ARTIFACT_TYPE", kind.source_type()),
            ("ARTIFACT_BUILD", kind.build_key()),
        ]
    });
    written.into_iter().flatten().collect()
}

/// What a stage binds of its service's manifests.
fn manifests(place: &Place<'_>, archetype: &Archetype, strategy: Strategy) -> Fragment {
    let (platform, archetype) = (place.platform, Some(archetype));
    let (format, paths) = (platform.manifest_format(archetype), platform.manifest_paths(archetype));
    let text = match format {
        ManifestFormat::K8sManifest => include_str!("manifests-k8s.yaml"),
        ManifestFormat::Kustomize => include_str!("manifests-kustomize.yaml"),
        ManifestFormat::HelmChart => include_str!("manifests-helm.yaml"),
    };
    let folder = place.manifest_path(&paths.folder());
    let files = match (strategy, format) {
        // An Apply step names the files below the folder that Harness fetches.
        (Strategy::Apply, ManifestFormat::K8sManifest) => vec![item(&folder)?],
        _ => {
            let files = paths.files(format);
            let files = files.iter().map(|pattern| item(&place.manifest_path(pattern)));
            files.collect::<Result<Vec<_>, _>>()?
        }
    };
    let store = platform.repository_of(archetype).provider.store_type();
    let text = place.fragment(text, &[("STORE_TYPE", store), ("FOLDER", &folder)])?;
    Ok(fill(&text, "files", &files))
}
