//! One stage of an execution as a deployment.

use std::borrow::Cow;

use harness_cd_model::{Deployment, DeploymentLinks, EnvironmentType, StatusPhase};

use crate::region::{Region, region};
use crate::summary::{Artifact, LayoutNode, Stage, Standing, Summary};

/// Whether a stage did or does anything.
pub(crate) fn begun(node: &LayoutNode<'_>) -> bool {
    !matches!(node.standing().phase, StatusPhase::Skipped | StatusPhase::Queued)
}

/// A stage that has not begun, with the status, the times and the failure of its execution.
pub(crate) fn standing_for<'a>(summary: &Summary<'a>, stage: Deployment<'a>) -> Deployment<'a> {
    let Standing {
        status,
        phase,
        ended_at,
    } = summary.standing();
    let started_at = summary.started_at.0;
    let failure = summary.failure().map(|text| text.to_owned().into());
    Deployment {
        status,
        phase,
        started_at,
        ended_at,
        duration_ms: duration(started_at, ended_at),
        failure: stage.failure.or(failure),
        ..stage
    }
}

/// Milliseconds from start to end; `None` while one is missing, or where a clock went back.
fn duration(started_at: Option<i64>, ended_at: Option<i64>) -> Option<i64> {
    ended_at?.checked_sub(started_at?).filter(|ms| *ms >= 0)
}

pub(crate) fn deployment<'a>(
    summary: &Summary<'a>,
    execution_id: Cow<'a, str>,
    (key, node): Stage<'_, 'a>,
    links: Option<DeploymentLinks>,
    regions: &[Region<'a>],
) -> Deployment<'a> {
    let Standing {
        status,
        phase,
        ended_at,
    } = node.standing().within(&summary.standing());
    let infrastructure = &node.module_info.cd.infrastructure;
    let service = &node.module_info.cd.service;
    let (image, image_tag) = image(&service.artifacts.primary);
    let started_at = node.started_at.0;
    Deployment {
        id: [&execution_id, key].join("/"),
        execution_id,
        pipeline: summary.pipeline.cow().unwrap_or_default(),
        pipeline_name: summary.pipeline_name.cow(),
        run_number: summary.run_number.unsigned(),
        stage: node.identifier.cow().unwrap_or_else(|| key.to_owned().into()),
        stage_name: node.name.cow(),
        status,
        phase,
        service: service.identifier.cow(),
        service_name: service.name.cow(),
        environment: infrastructure.environment.cow(),
        environment_name: infrastructure.environment_name.cow(),
        environment_type: infrastructure.environment_type.get().and_then(EnvironmentType::parse),
        region: infrastructure
            .identifier
            .get()
            .and_then(|identifier| region(identifier, infrastructure.environment.get(), regions)),
        infrastructure: infrastructure.identifier.cow(),
        infrastructure_name: infrastructure.name.cow(),
        image,
        image_tag,
        started_at,
        ended_at,
        duration_ms: duration(started_at, ended_at),
        trigger_type: summary.trigger.trigger_type.cow(),
        triggered_by: summary.trigger.by.identifier.cow(),
        triggered_by_email: summary.trigger.by.extra.email.cow(),
        failure: node.failure().map(|text| text.to_owned().into()),
        is_rollback: matches!(
            summary.mode.get(),
            Some("POST_EXECUTION_ROLLBACK" | "PIPELINE_ROLLBACK")
        ),
        links,
    }
}

/// The image and its tag. Where an artifact's type has other members, its display name is `image:tag`.
fn image<'a>(artifact: &Artifact<'a>) -> (Option<Cow<'a, str>>, Option<Cow<'a, str>>) {
    let shown = || artifact.display_name.get()?.rsplit_once(':');
    let path = artifact.path.cow().or_else(|| Some(shown()?.0.to_owned().into()));
    let tag = artifact.tag.cow().or_else(|| artifact.version.cow());
    (path, tag.or_else(|| Some(shown()?.1.to_owned().into())))
}
