//! The stage that deploys to an environment.

use harness_cd_model::naming::{Placeholder, infrastructure_identifier, manifest_folder, region_identifier_expression};
use harness_cd_model::{Archetype, Deployer, Diagnostic, ManifestFormat, Platform, Strategy, VerificationStep};

use super::approval::{Approval, Asked, REQUESTER, Round};
use super::ticket::Ticket;
use super::{Fragment, Place, of_service};
use crate::fragments::fill;

const ROLLING: &str = include_str!("rolling.yaml");
const ROLLING_ROLLBACK: &str = include_str!("rolling-rollback.yaml");

/// The region that a run was started for.
const TARGET_REGION: &str = "<+pipeline.variables.targetRegion>";

/// What a strategy does, and how it takes that back.
struct Steps {
    forth: String,
    back: Vec<String>,
}

/// The stage of an environment.
pub(super) fn stage(place: &Place<'_>, archetype: &Archetype) -> Fragment {
    let strategy = archetype.strategy_in(&place.environment.name);
    let Steps { forth, back } = steps(place, archetype, strategy)?;
    let region = region_identifier_expression(&place.platform.regions, TARGET_REGION);
    let infrastructure = infrastructure_identifier(place.environment.identifier.as_str(), &region, archetype.deployer);
    let mut values = vec![
        ("INFRASTRUCTURE", infrastructure.as_str()),
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
    values.extend(only_source(place.platform));
    let stage = place.fragment(include_str!("deploy-stage.yaml"), &values)?;
    let stage = fill(&stage, "manifests", &[manifests(place, archetype, strategy)?]);
    let close = Ticket::of(place).map(|ticket| ticket.close()).transpose()?;
    let steps: Vec<String> = [forth].into_iter().chain(close).collect();
    Ok(fill(&fill(&stage, "steps", &steps), "rollback steps", &back))
}

/// How an artifact source is written, where all registries are of one kind. Otherwise each service says it.
fn only_source(platform: &Platform) -> Vec<(&'static str, &'static str)> {
    let mut kinds = platform.registries.iter().map(|registry| registry.kind.registry());
    let first = kinds.next();
    let only = first.filter(|first| kinds.all(|kind| kind == *first));
    let written = only.map(|kind| {
        [
            ("ARTIFACT_TYPE", kind.source_type()),
            ("ARTIFACT_BUILD", kind.build_key()),
        ]
    });
    written.into_iter().flatten().collect()
}

/// What a stage binds of its service's manifests.
fn manifests(place: &Place<'_>, archetype: &Archetype, strategy: Strategy) -> Fragment {
    let folder = manifest_folder(
        &of_service(Placeholder::ServiceName),
        &place.environment.name,
        TARGET_REGION,
    );
    let repository = &place.platform.manifests;
    let text = match archetype.manifests.unwrap_or(repository.format) {
        ManifestFormat::K8sManifest => include_str!("manifests-k8s.yaml"),
        ManifestFormat::Kustomize => include_str!("manifests-kustomize.yaml"),
        ManifestFormat::HelmChart => include_str!("manifests-helm.yaml"),
    };
    let manifests = match strategy {
        // An Apply step names the file below the folder that Harness fetches.
        Strategy::Apply => folder.clone(),
        _ => format!("{folder}/manifests.yaml"),
    };
    let values = [
        ("STORE_TYPE", repository.provider.store_type()),
        ("FOLDER", &folder),
        ("MANIFESTS", &manifests),
    ];
    place.fragment(text, &values)
}

fn steps(place: &Place<'_>, archetype: &Archetype, strategy: Strategy) -> Result<Steps, Vec<Diagnostic>> {
    let plain = |text: &str| place.fragment(text, &[]);
    if archetype.deployer == Deployer::NativeHelm {
        return Ok(Steps {
            forth: plain(include_str!("helm.yaml"))?,
            back: vec![plain(include_str!("helm-rollback.yaml"))?],
        });
    }
    Ok(match strategy {
        Strategy::Rolling => Steps {
            forth: plain(ROLLING)?,
            back: vec![plain(ROLLING_ROLLBACK)?],
        },
        Strategy::Canary => Steps {
            forth: canary(place)?,
            back: vec![plain(include_str!("canary-rollback.yaml"))?, plain(ROLLING_ROLLBACK)?],
        },
        Strategy::Progressive => Steps {
            forth: progressive(place)?,
            back: vec![plain(include_str!("progressive-rollback.yaml"))?],
        },
        Strategy::BlueGreen => Steps {
            forth: blue_green(place)?,
            back: vec![plain(include_str!("blue-green-rollback.yaml"))?],
        },
        Strategy::Apply => Steps {
            forth: plain(include_str!("apply.yaml"))?,
            back: Vec::new(),
        },
    })
}

fn canary(place: &Place<'_>) -> Fragment {
    let phases = place.environment.canary.iter().map(|phase| canary_phase(place, phase));
    let phases: Vec<String> = phases.collect::<Result<_, _>>()?;
    let groups = place.fragment(include_str!("canary.yaml"), &[])?;
    let rolling = place.fragment(ROLLING, &[])?;
    Ok(fill(&fill(&groups, "phases", &phases), "rolling", &[rolling]))
}

fn canary_phase(place: &Place<'_>, phase: &VerificationStep) -> Fragment {
    let share = phase.percentage;
    let step = share_step(place, include_str!("canary-phase.yaml"), "percentage", share)?;
    Ok(step + &phase_verification(place, phase, &format!("Verify Canary {share} percent"))?)
}

/// The phases, and at their end all replicas.
fn progressive(place: &Place<'_>) -> Fragment {
    let step = |share| share_step(place, include_str!("progressive-phase.yaml"), "targetPercentage", share);
    let mut steps = String::new();
    for phase in &place.environment.canary {
        steps += &step(phase.percentage)?;
        steps += &phase_verification(place, phase, &format!("Verify {} percent", phase.percentage))?;
    }
    Ok(steps + &step(100)?)
}

/// What an environment asks for stands before the swap. Nothing is swapped back where nothing was swapped: whoever
/// refuses keeps the old version.
fn blue_green(place: &Place<'_>) -> Fragment {
    let policy = &place.environment.blue_green;
    let verified = policy.verify_minutes;
    let verified = verified.map(|minutes| verification(place, "Bluegreen", minutes, "Verify Stage", "verify_stage"));
    let mut before: Vec<String> = verified.transpose()?.into_iter().collect();
    let round = Round {
        approvals: policy
            .approvals
            .iter()
            .map(|group| Approval::of_swap_by(group))
            .collect(),
        stage: place.stage_identifier(),
        subject: format!("{} swap request", place.title()),
        on_refusal: "StageRollback",
    };
    before.extend(round.steps(place, |_| Asked {
        message: vec![
            REQUESTER.to_owned(),
            "The new version runs beside the old one, without its traffic, and takes that once everybody has approved.".to_owned(),
        ],
        inputs: Vec::new(),
    })?);
    let steps = place.fragment(include_str!("blue-green.yaml"), &[])?;
    Ok(fill(&steps, "before the swap", &before))
}

/// A step that brings the new version to so many percent, which stand under `key` as a number.
fn share_step(place: &Place<'_>, text: &str, key: &str, share: u8) -> Fragment {
    let text = place.fragment(text, &[("PERCENTAGE", &share.to_string())])?;
    Ok(fill(&text, "percentage", &[format!("{key}: {share}")]))
}

fn phase_verification(place: &Place<'_>, phase: &VerificationStep, name: &str) -> Fragment {
    let identifier = format!("verify_canary_{}", phase.percentage);
    verification(place, "Canary", phase.verify_minutes, name, &identifier)
}

fn verification(place: &Place<'_>, kind: &str, minutes: u16, name: &str, identifier: &str) -> Fragment {
    place.fragment(
        include_str!("verify.yaml"),
        &[
            ("VERIFICATION", name),
            ("VERIFICATION_IDENTIFIER", identifier),
            ("VERIFICATION_TYPE", kind),
            ("DURATION", &format!("{minutes}m")),
            ("TIMEOUT", &format!("{}m", 15 + 3 * u32::from(minutes))),
        ],
    )
}
