//! One stage of an execution as a deployment.

use std::borrow::Cow;

use harness_cd_model::{Deployment, EnvironmentType};

use crate::run::Run;
use crate::summary::{InfrastructureInfo, ServiceInfo, Stage, Standing};

/// Milliseconds from start to end; `None` while one is missing, or where a clock went back.
fn duration(started_at: Option<i64>, ended_at: Option<i64>) -> Option<i64> {
    ended_at?.checked_sub(started_at?).filter(|ms| *ms >= 0)
}

/// The first line of a reason that says anything.
pub(crate) fn first_line<'a>(reason: &str) -> Cow<'a, str> {
    let mut lines = reason.lines().map(str::trim).filter(|line| !line.is_empty());
    lines.next().unwrap_or_default().to_owned().into()
}

/// A stage of a run, in one of its environments.
pub(crate) fn deployment<'a>(
    run: &Run<'_, 'a>,
    (key, node): Stage<'_, 'a>,
    environment: &InfrastructureInfo<'a>,
) -> Deployment<'a> {
    let summary = run.summary;
    let of_run = summary.standing();
    let Standing {
        status,
        phase,
        ended_at,
    } = node.standing().within(&of_run);
    let service = &node.module_info.cd.service;
    let Deployed {
        image,
        image_tag,
        version,
    } = deployed(service);
    let (started_at, run_started_at) = (node.started_at.0, summary.started_at.0);
    Deployment {
        id: [&run.execution_id, key].join("/"),
        execution_id: run.execution_id.clone(),
        pipeline: summary.pipeline.cow().unwrap_or_default(),
        pipeline_name: summary.pipeline_name.cow(),
        run_number: summary.run_number.unsigned(),
        stage: node.identifier.cow().unwrap_or_else(|| key.to_owned().into()),
        stage_name: node.name.cow(),
        waiting_for: status.waiting_for(),
        status,
        phase,
        whole_run: false,
        service: service.identifier.cow(),
        service_name: service.name.cow(),
        environment: environment.environment.cow(),
        environment_name: environment.environment_name.cow(),
        environment_type: environment.environment_type.get().and_then(EnvironmentType::parse),
        region: environment
            .identifier
            .get()
            .and_then(|identifier| run.places.region(identifier, environment.environment.get())),
        infrastructure: environment.identifier.cow(),
        infrastructure_name: environment.name.cow(),
        image,
        image_tag,
        version,
        run_created_at: summary.created_at.0,
        run_started_at,
        run_ended_at: of_run.ended_at,
        run_duration_ms: duration(run_started_at, of_run.ended_at),
        started_at,
        ended_at,
        duration_ms: duration(started_at, ended_at),
        trigger_type: summary.trigger.trigger_type.cow(),
        triggered_by: summary.trigger.by.identifier.cow(),
        triggered_by_email: summary.trigger.by.extra.email.cow(),
        started_by: None,
        change_ticket: None,
        failure: node.failure().map(first_line),
        child: None,
        is_rollback: matches!(
            summary.mode.get(),
            Some("POST_EXECUTION_ROLLBACK" | "PIPELINE_ROLLBACK")
        ),
        rerun_of: summary.trigger.rerun.earlier.cow(),
        // Every attempt has the history of all. Which can be retried is the latest; only where all are listed, others are.
        is_retry: summary.shows_retries.get() == Some("true") && summary.can_retry.get() != Some("false"),
        is_undone: false,
        links: run.links.clone(),
    }
}

/// What a service is deployed as.
struct Deployed<'a> {
    image: Option<Cow<'a, str>>,
    image_tag: Option<Cow<'a, str>>,
    version: Option<Cow<'a, str>>,
}

fn deployed<'a>(service: &ServiceInfo<'a>) -> Deployed<'a> {
    let artifact = &service.artifacts.primary;
    let (shown_path, shown_tag, shown_digest) = artifact.display_name.get().map(parts).unwrap_or_default();
    let shown = |part: Option<&str>| part.map(|part| Cow::Owned(part.to_owned()));
    let tag = artifact.tag.cow().or_else(|| artifact.version.cow());
    let digest = artifact.digest.cow().or_else(|| shown(shown_digest));
    let image_tag = tag.or_else(|| shown(shown_tag));
    Deployed {
        image: artifact.path.cow().or_else(|| shown(shown_path)),
        version: (image_tag.clone().or(digest)).or_else(|| service.manifest.chart_version.cow()),
        image_tag,
    }
}

/// The path, the tag and the digest of the name by which an artifact is shown, `image:tag` or `image@digest`. Artifacts
/// of some types have no other members. A name without either of them is no path.
fn parts(shown: &str) -> (Option<&str>, Option<&str>, Option<&str>) {
    let (name, digest) = match shown.split_once('@') {
        Some((name, digest)) => (name, Some(digest)),
        None => (shown, None),
    };
    // What follows a colon before the last slash is a port.
    match name.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
        Some((path, tag)) => (Some(path), Some(tag), digest),
        None => (digest.map(|_| name), None, digest),
    }
}
