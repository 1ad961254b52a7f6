//! What a bare `<+input>` stands for: its place in the YAML tells, as it tells Harness. Source: run-inputs §2-§5, §8 and
//! the schema of Harness's pipelines, in which each of these keys has one kind wherever it stands.

use harness_cd_model::{InputKind, InputShape};

/// What a place takes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) struct Place {
    pub(super) kind: InputKind,
    pub(super) shape: Option<InputShape>,
    /// Whether a run may go without: another choice decides whether it is asked for.
    pub(super) may_be_left_out: bool,
}

impl Place {
    const fn of(kind: InputKind) -> Self {
        Self {
            kind,
            shape: None,
            may_be_left_out: false,
        }
    }

    const fn list(shape: InputShape) -> Self {
        Self {
            shape: Some(shape),
            ..Self::of(InputKind::List)
        }
    }

    fn structure(kind: InputKind, key: &str) -> Self {
        Self {
            may_be_left_out: MAY_BE_LEFT_OUT.contains(&key),
            ..Self::of(kind)
        }
    }

    /// What the value below a pointer is; an element of a list is a text.
    pub(super) fn at(pointer: &str) -> Self {
        let mut names = pointer.rsplit('/');
        let key = names.next().unwrap_or_default();
        let parent = names.next().unwrap_or_default();
        match (parent, key) {
            ("codebase", "build") => Self {
                shape: Some(InputShape::Build),
                ..Self::of(InputKind::Object)
            },
            // A source that asks for nothing is chosen by `primaryArtifactRef` alone.
            (_, "sources") => Self {
                may_be_left_out: true,
                ..Self::list(InputShape::Sources)
            },
            ("environments", "values") | (_, "environments") => Self::list(InputShape::Environments),
            ("services", "values") => Self::list(InputShape::Services),
            // The steps that a template leaves open, and the tags of an image that is built.
            ("insert", "steps") => Self::of(InputKind::List),
            ("spec", "tags") => Self::list(InputShape::Texts),
            (_, "infrastructureDefinitions" | "gitOpsClusters" | "clusters") => Self::list(InputShape::Identified),
            _ if TEXTS.contains(&key) => Self::list(InputShape::Texts),
            _ if LISTS.contains(&key) => Self::structure(InputKind::List, key),
            _ if OBJECTS.contains(&key) => Self::structure(InputKind::Object, key),
            _ => Self::of(scalar(parent, key)),
        }
    }

    /// What a scalar is that has a default or other rules beside it.
    pub(super) fn scalar_at(pointer: &str) -> Self {
        let place = Self::at(pointer);
        match place.kind {
            InputKind::Object | InputKind::List => Self::default(),
            _ => place,
        }
    }
}

fn scalar(parent: &str, key: &str) -> InputKind {
    let is_metadata = parent == "metadata" && key == "parallel";
    if is_metadata || BOOLEANS.contains(&key) {
        InputKind::Boolean
    } else if WHOLE_NUMBERS.contains(&key) {
        InputKind::WholeNumber
    } else if DURATIONS.contains(&key) {
        InputKind::Duration
    } else {
        InputKind::Text
    }
}

/// Keys whose value is a mapping of any members.
const OBJECTS: &[&str] = &[
    "envVariables",
    "environmentInputs",
    "infrastructureDefinition",
    "infrastructureInputs",
    "serviceInputs",
    "serviceOverrideInputs",
    "strategy",
    "templateInputs",
    "when",
];

/// Keys whose value is a list of mappings.
const LISTS: &[&str] = &[
    "environmentVariables",
    "failureStrategies",
    "filters",
    "inputVariables",
    "jobParameter",
    "manifests",
    "outputVariables",
    "servicesOverrides",
    "variables",
];

/// Structures that a run leaves out where what was chosen asks for nothing, or where nothing is said of it.
/// Source: run-inputs §1.4 (`when`, `failureStrategies`, `strategy`), §2 and §3 (the others).
const MAY_BE_LEFT_OUT: &[&str] = &[
    "environmentInputs",
    "failureStrategies",
    "filters",
    "infrastructureInputs",
    "serviceInputs",
    "serviceOverrideInputs",
    "servicesOverrides",
    "strategy",
    "when",
];

/// Keys whose value is a list of texts.
const TEXTS: &[&str] = &[
    "artifactPaths",
    "ccUserGroups",
    "delegateSelectors",
    "entrypoint",
    "filePaths",
    "files",
    "forStages",
    "forSteps",
    "hosts",
    "images",
    "inputSetReferences",
    "items",
    "manifestPaths",
    "paramsPaths",
    "patchesPaths",
    "paths",
    "playbooks",
    "policySets",
    "presets",
    "recipients",
    "resourceNames",
    "securityGroups",
    "serviceReferences",
    "sharedPaths",
    "sourcePaths",
    "sparseCheckout",
    "stackNames",
    "subnets",
    "targets",
    "toUserGroups",
    "userGroups",
    "valuesPaths",
    "varsPaths",
];

/// Keys whose value is `true` or `false`.
const BOOLEANS: &[&str] = &[
    "allManifestPaths",
    "allowEmptyCommit",
    "allowNoFilesChanged",
    "allowPrivilegeEscalation",
    "allowSimultaneousDeployments",
    "allowStageExecutions",
    "applyOnly",
    "applyOutOfSyncOnly",
    "attachPipelineContext",
    "autoCreateNamespace",
    "automountServiceAccountToken",
    "clean",
    "cloneCodebase",
    "debug",
    "delegateService",
    "deleteAllDefinitions",
    "deleteNamespace",
    "deleteSourceBranch",
    "deployToAll",
    "disableArtifactValidation",
    "disabled",
    "discardPendingRuns",
    "doNotDownsizeOldService",
    "downSizeOldApplication",
    "downsizeOldAsg",
    "downsizeOldElastigroup",
    "downsizeOldService",
    "dryRun",
    "enableAutoScalingInSwapStep",
    "enableDeclarativeRollback",
    "enableExecuteCommand",
    "enabled",
    "exportTemplate",
    "failIfKeyNotFound",
    "failOnNoAnalysis",
    "failOnTimeout",
    "fetchTags",
    "fireAndForget",
    "force",
    "forceApply",
    "forceNewDeployment",
    "forcePush",
    "gitOpsEnabled",
    "hardRefresh",
    "ignoreInstanceCountManifest",
    "ignoreMissingFiles",
    "ignoreReleaseHistFailStatus",
    "includeInfraSelectors",
    "includePipelineExecutionHistory",
    "isTrafficShift",
    "lfs",
    "matchAnyCondition",
    "onDelegate",
    "optimize",
    "optional",
    "optionalValuesYaml",
    "overwriteIfExists",
    "persistCredentials",
    "privileged",
    "prune",
    "pruneResourcesAtLast",
    "pruningEnabled",
    "readOnlyRootFilesystem",
    "recordChangeCause",
    "recursive",
    "replaceResources",
    "respectIgnoreDifferences",
    "runAsNonRoot",
    "runChartTests",
    "runOnlySelectedTests",
    "sameAsAlreadyRunningInstances",
    "serverSideApply",
    "skipApplicationScaling",
    "skipCleanup",
    "skipDeploymentIfSameManifest",
    "skipDryRun",
    "skipInstances",
    "skipRefreshCommand",
    "skipRendering",
    "skipResourceVersioning",
    "skipSchemaValidation",
    "skipSteadyStateCheck",
    "skipTrafficShift",
    "sslVerify",
    "unstableStatusAsSuccess",
    "updateGreenService",
    "uploadAsFlat",
    "useAlreadyRunningInstances",
    "useConnectorCredentials",
    "useServiceNowTemplate",
    "useUpgradeInstall",
    "waitForMerge",
    "waitTillHealthy",
];

/// Keys whose value is a whole number.
const WHOLE_NUMBERS: &[&str] = &[
    "amount",
    "changeSetCount",
    "concurrency",
    "depth",
    "desired",
    "durationDays",
    "existingVersionToKeep",
    "instanceWarmup",
    "maxConcurrency",
    "maximumHealthyPercentage",
    "minimumCount",
    "minimumHealthyPercentage",
    "parallelism",
    "partitionSize",
    "rollBackSteps",
    "runAsGroup",
    "runAsUser",
    "targetPercentage",
    "targetSize",
    "timeoutMinutes",
    "times",
    "trafficPercent",
    "trafficValue",
    "trafficWeight",
    "weightPercentage",
];

/// Keys whose value is a time span.
const DURATIONS: &[&str] = &[
    "consoleLogPollFrequency",
    "degradedStateTimeout",
    "duration",
    "pollingInterval",
    "retryInterval",
    "scriptTimeout",
    "timeout",
];
