//! How services are deployed, when, and who approves and hears of it.

use harness_cd_model::Workload;
use harness_cd_yaml::Kind::{Bool, Either, Form, List, Map, Mapping, Number, Reference, Scalar, Text, Word};
use harness_cd_yaml::{Key, Keys, keys};

use super::{
    CONNECTOR, DATE, ENVIRONMENT_NAME, FORMAT, GROUP_NAME, IDENTIFIER, LABEL, LEVEL, NAME, PATHS, REGISTRY_NAME,
    REPOSITORY_NAME, SECRET, STRATEGY, TIME, YEARLY_DATE,
};

/// An item of `environments`.
pub const ENVIRONMENT: Keys = keys![
    Key::required(
        "name",
        LABEL,
        "int-stable",
        "What the environment is called.",
        "name and, with underscores, identifier of the environment and of its stage"
    ),
    Key::optional(
        "identifier",
        IDENTIFIER,
        "the name, with underscores",
        "intStable",
        "The identifier that it has in Harness already.",
        "`identifier` of the environment, and a part of those of its infrastructure definitions"
    ),
    Key::required(
        "type",
        Word(&["PreProduction", "Production"]),
        "Production",
        "Whether Harness treats it as production.",
        "`type` of the environment"
    ),
    Key::optional(
        "approvals",
        List(&Either(&GROUP_NAME, APPROVAL)),
        "nobody is asked",
        "[team, platform-team]",
        "Who approves, one after the other: a group, of which one member is enough, or as many as `minimumCount` says. Nobody approves twice. Whoever starts a run in Harness approves none of it; a run from the portal is started by the portal's service account, so that one approval may be the requester's own, and of two one is another's.",
        "a HarnessApproval step each, in the stage before the environment's own"
    ),
    Key::optional(
        "changeWindow",
        Reference("the name of one of `changeWindows`"),
        "always",
        "office-hours",
        "When deploying to it is allowed.",
        "a Policy step before the deployment, and a check of every request"
    ),
    Key::optional(
        "changeWindows",
        List(&Reference("the name of one of `changeWindows`")),
        "always",
        "[office-hours, saturday-night]",
        "As `changeWindow`, where there are several: it is allowed while one of them is open.",
        "a Policy step before the deployment, and a check of every request"
    ),
    Key::optional(
        "requiredFields",
        List(&Word(&["changeTicket", "rollbackPlan", "businessJustification"])),
        "none",
        "[changeTicket, rollbackPlan]",
        "What a deploy request has to say beyond tag, environment and region; no `changeTicket` beside `ticket`.",
        "required inputs of the first approval, filled with what the request says"
    ),
    Key::optional(
        "canary",
        List(&Mapping(CANARY_PHASE)),
        "no canary",
        "[{percentage: 10, verifyMinutes: 5}]",
        "The phases of a canary, each larger than the one before.",
        "a K8sCanaryDeploy and a Verify step each, where an archetype has the strategy Canary or Progressive"
    ),
    Key::optional(
        "blueGreen",
        Mapping(BLUE_GREEN),
        "the new version takes the traffic at once",
        "{verifyMinutes: 10, approvals: [team]}",
        "What comes before the swap of a blue-green deployment.",
        "steps between K8sBlueGreenDeploy and K8sBGSwapServices, where an archetype has the strategy BlueGreen"
    ),
    Key::optional(
        "ticket",
        Mapping(TICKET),
        "no ticket",
        "{system: Jira, connector: jira, project: OPS, type: Change, keyField: Status, approved: Approved, rejected: Rejected, done: Done, cancelled: Cancelled}",
        "The ticket that a deployment needs, which the pipeline opens by itself: `requiredFields` names no `changeTicket` then.",
        "steps that open it, wait for its approval, and close or cancel it"
    ),
    Key::optional(
        "level",
        LEVEL,
        "`project`",
        "account",
        "Where it stands: in each project with a service that runs in it, or once, in each organization or in the account.",
        "`environmentRef` of pipelines, as `account.prod`; where it stands with its infrastructure definitions"
    ),
];

/// An item of `canary`.
pub const CANARY_PHASE: Keys = keys![
    Key::required(
        "percentage",
        Number(1, 99),
        "10",
        "Percent of the replicas.",
        "`instanceSelection` of K8sCanaryDeploy, or `targetPercentage` of a progressive one"
    ),
    Key::required(
        "verifyMinutes",
        Number(5, 1440),
        "5",
        "Minutes to verify.",
        "`duration` of Verify"
    ),
];

/// `blueGreen` of an environment.
pub const BLUE_GREEN: Keys = keys![
    Key::optional(
        "verifyMinutes",
        Number(5, 1440),
        "nothing is verified",
        "10",
        "Minutes to verify the second copy.",
        "a Verify step, and its `duration`"
    ),
    Key::optional(
        "approvals",
        List(&Either(&GROUP_NAME, APPROVAL)),
        "nobody is asked",
        "[team, platform-team]",
        "Who approves the swap, one after the other; nobody approves twice. Until then the stage keeps its place in the cluster, and others wait.",
        "a HarnessApproval step each, and behind them a Policy step where the environment has a change window"
    ),
];

/// An item of `approvals`, where its name alone does not say it. Harness knows approvers by their groups, and no person by
/// name.
pub const APPROVAL: Keys = keys![
    Key::required(
        "group",
        GROUP_NAME,
        "platform-team",
        "Who approves.",
        "`userGroups` of the step"
    ),
    Key::optional(
        "minimumCount",
        Number(1, 20),
        "1",
        "2",
        "How many of its members have to approve.",
        "`minimumCount` of the step"
    ),
];

/// `ticket` of an environment.
pub const TICKET: Keys = keys![
    Key::required(
        "system",
        Word(&["Jira", "ServiceNow"]),
        "Jira",
        "Where the ticket is.",
        "JiraCreate, JiraApproval and JiraUpdate, or the same of ServiceNow"
    ),
    Key::required(
        "connector",
        CONNECTOR,
        "org.jira",
        "The connector, which has to be in Harness.",
        "`connectorRef` of the steps"
    ),
    Key::required("project", Text, "OPS", "The project of Jira.", "`projectKey`").beside("system", &["Jira"]),
    Key::required(
        "type",
        Text,
        "Change",
        "The type of the issue or ticket.",
        "`issueType` or `ticketType`"
    ),
    Key::required(
        "keyField",
        Text,
        "Status",
        "The field that decides.",
        "the key of the criteria"
    ),
    Key::required(
        "approved",
        Text,
        "Approved",
        "Its value once the ticket is approved.",
        "`approvalCriteria`"
    ),
    Key::required(
        "rejected",
        Text,
        "Rejected",
        "Its value once the ticket is rejected.",
        "`rejectionCriteria`"
    ),
    Key::required(
        "done",
        Text,
        "Done",
        "Its value once the version is out.",
        "what the last step of the deployment sets"
    ),
    Key::optional(
        "cancelled",
        Text,
        "what `rejected` says",
        "Cancelled",
        "Its value where the deployment was refused, came too late, failed or was rolled back.",
        "what the stage behind the deployment sets"
    ),
    Key::optional(
        "fields",
        Map("the name of a field of the ticket", &Scalar),
        "a summary alone",
        "{Priority: High, Component: payments}",
        "What else a new ticket says; its summary as well, under `Summary` of Jira and `short_description` of ServiceNow.",
        "`fields` of the step that opens it"
    ),
];

/// What `template new` knows steps for.
const IN_KUBERNETES: &[&str] = &["Deployment", "StatefulSet", "DaemonSet", "Job", "CronJob"];
/// Those outside of which `template new` knows the steps.
const WITH_STEPS: &[&str] = &["Lambda", "Ecs"];
/// Those whose templates it writes.
const WRITTEN: &[&str] = &[
    "Deployment",
    "StatefulSet",
    "DaemonSet",
    "Job",
    "CronJob",
    "Lambda",
    "Ecs",
];

/// An item of `archetypes`.
pub const ARCHETYPE: Keys = keys![
    Key::required(
        "name",
        LABEL,
        "api",
        "What the kind of service is called.",
        "the tag `archetype`, and the name of the template"
    ),
    Key::optional(
        "description",
        Text,
        "none",
        "A long-running service behind traffic.",
        "What it is, for people.",
        "the comment that the template starts with"
    ),
    Key::required(
        "workload",
        Word(Workload::WORDS),
        "Deployment",
        "What its manifests hold, or what it is outside Kubernetes, where its template is written by hand but for Lambda and Ecs with a `strategy`.",
        "`deploymentType`; strategies are checked against it"
    ),
    Key::optional(
        "registry",
        REGISTRY_NAME,
        "the platform's first",
        "hub",
        "The registry of its images.",
        "the artifact sources of its services"
    ),
    Key::optional(
        "manifests",
        FORMAT,
        "what `manifests` of the platform says",
        "HelmChart",
        "What its manifests are.",
        "the manifest sources of its services"
    )
    .beside("workload", IN_KUBERNETES),
    Key::optional(
        "repository",
        REPOSITORY_NAME,
        "`manifests` of the platform",
        "charts",
        "The repository that holds its manifests.",
        "the manifest sources of its services"
    )
    .beside("workload", IN_KUBERNETES),
    Key::optional(
        "paths",
        Mapping(PATHS),
        "as the repository says",
        "{folder: '{{SERVICE_NAME}}/overlays/{{ENVIRONMENT}}'}",
        "Where its manifests stand in the repository.",
        "the paths of the manifest sources"
    )
    .beside("workload", IN_KUBERNETES),
    Key::optional(
        "deploymentType",
        Word(&["Kubernetes", "NativeHelm"]),
        "Kubernetes",
        "NativeHelm",
        "Who deploys in Kubernetes: Harness, or Helm, which upgrades a release of the chart that `manifests` says.",
        "`deploymentType` of its stages, its services and, for NativeHelm, of an infrastructure definition more for each cluster"
    )
    .beside("workload", IN_KUBERNETES),
    Key::required(
        "strategy",
        STRATEGY,
        "Rolling",
        "How it is deployed.",
        "the steps of its stages"
    )
    .beside("workload", IN_KUBERNETES),
    Key::optional(
        "strategy",
        Word(&["Rolling"]),
        "its template is written by hand",
        "Rolling",
        "How it is deployed outside Kubernetes, where the template is to be written by `template new`.",
        "the steps of its stages"
    )
    .beside("workload", WITH_STEPS),
    Key::optional(
        "overrides",
        Map("the name of one of `environments`", &STRATEGY),
        "`strategy` everywhere",
        "{prod: Canary}",
        "How it is deployed where that differs.",
        "the steps of that environment's stage"
    )
    .beside("workload", IN_KUBERNETES),
    Key::optional(
        "timeoutMinutes",
        Number(1, 1440),
        "10, and 20 with the strategy Progressive",
        "30",
        "Minutes that a step may take.",
        "`timeout` of the steps that deploy, swap or take back"
    )
    .beside("workload", WRITTEN),
    Key::optional(
        "sensitivity",
        Word(&["LOW", "MEDIUM", "HIGH"]),
        "MEDIUM",
        "HIGH",
        "How soon a verification fails: HIGH at a small deviation, LOW at a large one.",
        "`sensitivity` of Verify"
    )
    .beside("workload", IN_KUBERNETES),
    Key::optional(
        "verifyMinutes",
        Number(5, 1440),
        "what `canary` and `blueGreen` of the environment say",
        "15",
        "Minutes to verify, wherever an environment has it verified.",
        "`duration` of Verify"
    )
    .beside("workload", IN_KUBERNETES),
    Key::optional(
        "approvalMessage",
        Text,
        "nothing more",
        "'Look at https://grafana.example.com/d/{{SERVICE_NAME}} first.'",
        "What every approver reads besides what the run is about; placeholders and expressions of Harness may stand in it.",
        "the last lines of `approvalMessage`"
    )
    .beside("workload", WRITTEN),
    Key::optional(
        "healthSources",
        List(&Mapping(HEALTH_SOURCE)),
        "monitored services are made in Harness",
        "[{name: Prometheus, type: Prometheus, connector: prometheus, metrics: [{name: Errors, query: 'sum(errors{app=\"{{SERVICE_NAME}}\"})', riskCategory: Errors}]}]",
        "What verifications ask how a version does.",
        "`monitored-services/<service>-<environment>.yaml`, where it is verified"
    )
    .beside("workload", IN_KUBERNETES),
];

/// An item of `healthSources`.
pub const HEALTH_SOURCE: Keys = keys![
    Key::required(
        "name",
        NAME,
        "Prometheus",
        "What the source is called.",
        "name and identifier of the health source"
    ),
    Key::required(
        "type",
        Word(&["Prometheus"]),
        "Prometheus",
        "What is asked.",
        "`type` of the health source"
    ),
    Key::required(
        "connector",
        CONNECTOR,
        "account.prometheus",
        "The connector, which has to be in Harness.",
        "`connectorRef`"
    ),
    Key::required(
        "metrics",
        List(&Mapping(HEALTH_METRIC)),
        "[{name: Errors, query: 'sum(errors{app=\"{{SERVICE_NAME}}\"})', riskCategory: Errors}]",
        "What it is asked; at least one.",
        "`metricDefinitions`"
    ),
];

/// An item of `metrics`.
pub const HEALTH_METRIC: Keys = keys![
    Key::required(
        "name",
        NAME,
        "Error rate",
        "What the metric is called.",
        "`metricName` and its identifier"
    ),
    Key::required(
        "query",
        Text,
        "'sum(errors{app=\"{{SERVICE_NAME}}\", stage=\"{{ENVIRONMENT}}\"})'",
        "The query, whose answer is one number; SERVICE_NAME, SERVICE_IDENTIFIER, ENVIRONMENT and ENVIRONMENT_IDENTIFIER may stand in it.",
        "`query`"
    ),
    Key::required(
        "riskCategory",
        Word(&[
            "Errors",
            "Infrastructure",
            "Performance_ResponseTime",
            "Performance_Throughput",
            "Performance_Other"
        ]),
        "Errors",
        "What it tells of; less is a risk of a throughput, more of everything else.",
        "`riskProfile`"
    ),
    Key::optional(
        "serviceInstanceField",
        Text,
        "pod",
        "kubernetes_pod_name",
        "The label that tells one pod from another.",
        "`serviceInstanceFieldName`"
    ),
];

/// An item of `changeWindows`.
pub const CHANGE_WINDOW: Keys = keys![
    Key::required(
        "name",
        NAME,
        "office-hours",
        "What the window is called.",
        "the policy and, with underscores, the policy set"
    ),
    Key::required(
        "days",
        List(&Word(&["Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"])),
        "[Mon, Tue, Wed, Thu]",
        "The days on which it opens; at least one.",
        "a condition of the policy"
    ),
    Key::required("from", TIME, "\"10:00\"", "When it opens.", "a condition of the policy"),
    Key::required(
        "to",
        TIME,
        "\"16:00\"",
        "When it closes; before `from` it is over midnight, and the days are those on which it opens.",
        "a condition of the policy"
    ),
    Key::required(
        "timeZone",
        Form("an IANA time zone", "^[A-Za-z][A-Za-z0-9/_+-]*$"),
        "Europe/Berlin",
        "Whose clock counts.",
        "a condition of the policy"
    ),
    Key::optional(
        "closedOn",
        List(&Either(&YEARLY_DATE, YEARLY_DATES)),
        "no exceptions",
        "[2026-12-14, {from: 12-20, to: 01-05}]",
        "Dates on which it does not open; without a year those of every year.",
        "a condition of the policy"
    ),
    Key::optional(
        "openOn",
        List(&Either(&DATE, DATES)),
        "no exceptions",
        "[2026-12-05]",
        "Dates on which it opens in addition, those of every year on which it would not among them.",
        "a condition of the policy"
    ),
    Key::optional(
        "level",
        LEVEL,
        "`project`",
        "account",
        "Where its policy stands: in each project with a service that it guards, or once, in each organization or in the account.",
        "`policySets` of Policy steps; where policy and policy set stand"
    ),
];

/// Days that follow each other, of `closedOn`.
pub const YEARLY_DATES: Keys = keys![
    Key::required(
        "from",
        YEARLY_DATE,
        "12-20",
        "The first of the days.",
        "a date in the policy for each day"
    ),
    Key::required(
        "to",
        YEARLY_DATE,
        "01-05",
        "The last of them, at most a year later; of every year where both are, over the new year too.",
        "a date in the policy for each day"
    ),
];

/// Days that follow each other, of `openOn`.
pub const DATES: Keys = keys![
    Key::required(
        "from",
        DATE,
        "2026-12-24",
        "The first of the days.",
        "a date in the policy for each day"
    ),
    Key::required(
        "to",
        DATE,
        "2027-01-01",
        "The last of them, at most a year later.",
        "a date in the policy for each day"
    ),
];

/// An item of `notifications`.
pub const NOTIFICATION: Keys = keys![
    Key::required(
        "name",
        NAME,
        "Failed in production",
        "What the rule is called.",
        "name and identifier of the rule"
    ),
    Key::required(
        "channel",
        Word(&["Slack", "MsTeams", "Webhook", "PagerDuty", "Email"]),
        "Slack",
        "How it is told.",
        "`type` of the method"
    ),
    Key::optional(
        "webhookRef",
        SECRET,
        "only the user groups are told",
        "slack_webhook",
        "The secret that holds the address.",
        "`webhookUrl`"
    )
    .beside("channel", &["Slack", "MsTeams"]),
    Key::required(
        "webhookRef",
        SECRET,
        "deploy_events_webhook",
        "The secret that holds the address.",
        "`webhookUrl`"
    )
    .beside("channel", &["Webhook"]),
    Key::optional(
        "integrationKeyRef",
        SECRET,
        "only the user groups are told",
        "pagerduty_key",
        "The secret that holds the key.",
        "`integrationKey`"
    )
    .beside("channel", &["PagerDuty"]),
    Key::optional(
        "recipients",
        List(&Form("an email address", "^[^@\\s]+@[^@\\s]+$")),
        "only the user groups are told",
        "[on-call@example.com]",
        "Addresses.",
        "`recipients`"
    )
    .beside("channel", &["Email"]),
    Key::optional(
        "userGroups",
        List(&GROUP_NAME),
        "nobody beside the address",
        "[platform-team, team]",
        "User groups that are told.",
        "`userGroups`"
    )
    .beside("channel", &["Slack", "MsTeams", "PagerDuty", "Email"]),
    Key::required(
        "events",
        List(&Word(&[
            "AllEvents",
            "PipelineStart",
            "PipelineSuccess",
            "PipelineFailed",
            "PipelineEnd",
            "PipelinePaused",
            "PipelineResumed",
            "StageStart",
            "StageSuccess",
            "StageFailed",
            "WaitingForUserAction",
        ])),
        "[PipelineFailed, StageFailed]",
        "What is told of.",
        "`pipelineEvents`"
    ),
    Key::optional(
        "environments",
        List(&ENVIRONMENT_NAME),
        "the stages of all",
        "[prod]",
        "Whose stages are told of.",
        "`forStages` of the events of stages"
    ),
];

/// `imageTags`.
pub const IMAGE_TAGS: Keys = keys![Key::optional(
    "immutableOnly",
    Bool,
    "false",
    "true",
    "Refuses tags that move, such as `latest`.",
    "a check of each request, and `moving_tags` with a `deny` in the policies of change windows"
),];
