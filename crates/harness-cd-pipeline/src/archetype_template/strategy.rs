//! The stage that deploys to an environment.

use harness_cd_model::naming::{Placeholder, infrastructure_identifier, manifest_folder};
use harness_cd_model::{Diagnostic, Strategy, VerificationStep};

use super::{Fragment, Place, fill, gate, of_service};

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
pub(super) fn stage(place: &Place<'_>, strategy: Strategy) -> Fragment {
    let Steps { forth, back } = steps(place, strategy)?;
    let folder = manifest_folder(
        &of_service(Placeholder::ServiceName),
        &place.environment.name,
        TARGET_REGION,
    );
    let manifests = match strategy {
        // An Apply step names the file below the folder that Harness fetches.
        Strategy::Apply => folder,
        _ => format!("{folder}/manifests.yaml"),
    };
    let infrastructure = infrastructure_identifier(place.environment.identifier.as_str(), TARGET_REGION);
    let stage = place.fragment(
        include_str!("deploy-stage.yaml"),
        &[
            ("STAGE_IDENTIFIER", &place.stage_identifier()),
            ("MANIFESTS", &manifests),
            ("INFRASTRUCTURE", &infrastructure),
            // Where nothing can be taken back, promising it would mislead.
            (
                "ON_FAILURE",
                if back.is_empty() {
                    "MarkAsFailure"
                } else {
                    "StageRollback"
                },
            ),
        ],
    )?;
    let steps: Vec<String> = [forth].into_iter().chain(gate::close_ticket(place)?).collect();
    Ok(fill(&fill(&stage, "steps", &steps), "rollback steps", &back))
}

fn steps(place: &Place<'_>, strategy: Strategy) -> Result<Steps, Vec<Diagnostic>> {
    let plain = |text: &str| place.fragment(text, &[]);
    Ok(match strategy {
        Strategy::Rolling => Steps {
            forth: plain(ROLLING)?,
            back: vec![plain(ROLLING_ROLLBACK)?],
        },
        Strategy::Canary => Steps {
            forth: canary(place)?,
            back: vec![plain(include_str!("canary-rollback.yaml"))?, plain(ROLLING_ROLLBACK)?],
        },
        Strategy::BlueGreen => Steps {
            forth: plain(include_str!("blue-green.yaml"))?,
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
    let VerificationStep {
        percentage,
        verify_minutes,
    } = phase;
    let text = place.fragment(
        include_str!("canary-phase.yaml"),
        &[
            ("PERCENTAGE", &percentage.to_string()),
            ("DURATION", &format!("{verify_minutes}m")),
            ("TIMEOUT", &format!("{}m", 15 + 3 * u32::from(*verify_minutes))),
        ],
    )?;
    Ok(fill(&text, "percentage", &[format!("percentage: {percentage}")]))
}
