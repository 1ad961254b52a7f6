//! What deployed what where: `moduleInfo` of executions and of stages.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::engine::snapshot::{Snapshot, StageState};
use crate::engine::target::Target;
use crate::tables::invented;
use crate::wire::respond::{with, without_nulls};

/// What a stage deploys, once it has begun.
pub(crate) fn target<'a>(stage: &StageState<'a>) -> Option<&'a Target> {
    stage.target.filter(|_| stage.has_begun())
}

/// Source: harness-api §3.5 [CORE CDPipelineModuleInfo, HUB sample]: the lists may hold nulls, `__recast` keys are
/// there; §12.41 [CORE]: `cd` only where something deployed.
pub(crate) fn of_pipeline(snapshot: &Snapshot<'_>, modules: &[&str]) -> Value {
    let targets: Vec<&Target> = snapshot
        .leaves()
        .filter_map(target)
        .flat_map(Target::everywhere)
        .collect();
    let mut info = json!({ "pms": {} });
    if modules.contains(&"ci") {
        info = with(info, [("ci", json!({ "__recast": "CIPipelineModuleInfo" }))]);
    }
    if targets.is_empty() {
        return info;
    }
    let list = |pick: &dyn Fn(&Target) -> Option<String>| -> Vec<String> {
        targets
            .iter()
            .filter_map(|target| pick(target))
            .collect::<BTreeSet<_>>()
            .into_iter()
            .collect()
    };
    let with_null = |texts: Vec<String>| -> Vec<Value> {
        std::iter::once(Value::Null)
            .chain(texts.into_iter().map(Value::String))
            .collect()
    };
    let cd = json!({
        "__recast": "CDPipelineModuleInfo",
        "serviceIdentifiers": list(&|target| Some(target.service.clone())),
        "envIdentifiers": list(&|target| Some(target.environment.clone())),
        "envGroupIdentifiers": with_null(list(&|target| target.group.as_ref().map(|(id, _)| id.clone()))),
        "environmentTypes": list(&|target| Some(target.environment_type.clone())),
        "infrastructureTypes": list(&|target| target.infrastructure_type.clone()),
        "infrastructureIdentifiers": with_null(list(&|target| target.infrastructure.clone())),
        "infrastructureNames": list(&|target| target.infrastructure_name.clone()),
        "serviceDefinitionTypes": list(&|target| Some(target.deployment_type.clone())),
        "artifactDisplayNames": list(&Target::artifact_name),
        "helmChartVersions": list(&|target| target.chart.as_ref().map(|(_, version)| version.clone())),
        "gitOpsAppIdentifiers": list(&gitops_application),
        "freezeIdentifiers": [],
    });
    with(info, [("cd", cd)])
}

/// Source: harness-api §3.5 [HUB sample, CORE ServiceExecutionSummary]; of GitOps stages [weak].
pub(crate) fn of_stage(stage: &StageState<'_>) -> Value {
    let Some(target) = target(stage) else {
        return json!({});
    };
    let service = json!({
        "identifier": target.service, "displayName": target.service_name, "deploymentType": target.deployment_type,
        "gitOpsEnabled": target.gitops, "artifacts": artifacts(target), "manifestInfo": manifest_info(target),
    });
    let cd = json!({ "__recast": "CDStageModuleInfo", "serviceInfo": without_nulls(service) });
    let cd = if target.gitops {
        with(cd, gitops(target))
    } else {
        with(cd, [("infraExecutionSummary", infrastructure(target))])
    };
    json!({ "cd": cd })
}

fn artifacts(target: &Target) -> Value {
    let artifacts = json!({ "sidecars": [] });
    let (Some(artifact), Some(name)) = (&target.artifact, target.artifact_name()) else {
        return artifacts;
    };
    let primary = json!({
        "__recast": "DockerArtifactSummary", "type": artifact.kind, "imagePath": artifact.image, "tag": artifact.tag,
        "displayName": name, "version": artifact.tag,
    });
    with(artifacts, [("primary", primary), ("artifactDisplayName", json!(name))])
}

fn manifest_info(target: &Target) -> Value {
    match &target.chart {
        Some((name, version)) => json!({ "type": "HelmChart", "chartName": name, "chartVersion": version }),
        None => Value::Null,
    }
}

fn infrastructure(target: &Target) -> Value {
    let group = target.group.as_ref();
    without_nulls(json!({
        "identifier": target.environment, "name": target.environment_name, "type": target.environment_type,
        "infrastructureIdentifier": target.infrastructure, "infrastructureName": target.infrastructure_name,
        "envGroupId": group.map(|(id, _)| id), "envGroupName": group.map(|(_, name)| name),
    }))
}

/// The name that a GitOps application usually has; invented.
pub(crate) fn gitops_application(target: &Target) -> Option<String> {
    target
        .gitops
        .then(|| format!("{}-{}", target.service, target.environment))
}

fn gitops(target: &Target) -> [(&'static str, Value); 2] {
    let environment =
        |at: &Target| json!({ "identifier": at.environment, "name": at.environment_name, "type": at.environment_type });
    let clusters = |at: &Target| -> Vec<Value> {
        let cluster = |id: &String| json!({ "envId": at.environment, "envName": at.environment_name, "clusterId": id, "clusterName": id });
        at.clusters.iter().map(cluster).collect()
    };
    let application = |at: &Target| {
        let name = gitops_application(at);
        json!({ "identifier": name, "name": name, "agentIdentifier": invented::GITOPS_AGENT })
    };
    let environments: Vec<Value> = target.everywhere().map(environment).collect();
    let clusters: Vec<Value> = target.everywhere().flat_map(clusters).collect();
    let applications: Vec<Value> = target.everywhere().map(application).collect();
    [
        (
            "gitopsExecutionSummary",
            json!({ "environments": environments, "clusters": clusters }),
        ),
        ("gitOpsAppSummary", json!({ "applications": applications })),
    ]
}
