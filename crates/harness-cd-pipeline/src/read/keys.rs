//! Every key of `platform.yaml` and `services.yaml`: for the reader, the schemas of editors and the reference page.
//!
//! A key more stands here and where it is read; a test holds the two together.

mod layout;
mod places;
mod rollout;
mod services;
mod sources;

use harness_cd_yaml::Kind::{Either, Form, List, Mapping, Reference, Text, Word};
use harness_cd_yaml::keys;
pub use harness_cd_yaml::{Key, Keys, Kind, Presence};

pub use layout::LAYOUT;
pub use places::{CLUSTER, CLUSTER_CREDENTIALS, DELEGATE, NETWORK, OUTSIDE, REGION};
pub use rollout::{
    APPROVAL, ARCHETYPE, BLUE_GREEN, CANARY_PHASE, CHANGE_WINDOW, DATES, ENVIRONMENT, HEALTH_METRIC, HEALTH_SOURCE,
    IMAGE_TAGS, NOTIFICATION, TICKET, YEARLY_DATES,
};
pub use services::{NAMES, PROJECT, SERVICE, SERVICES};
pub use sources::{CLOUD_CREDENTIALS, GITHUB_APP, MANIFESTS, PATHS, REGISTRY};

const IDENTIFIER: Kind = Form(
    "an identifier of Harness: letters, digits and underscores, no digit first, at most 128",
    "^[a-zA-Z_][0-9a-zA-Z_]{0,127}$",
);
const LABEL: Kind = Form(
    "lower-case letters, digits and dashes between them",
    "^[a-z0-9]([a-z0-9-]*[a-z0-9])?$",
);
const NAME: Kind = Form(
    "a name that makes an identifier: letters, digits, dashes, dots, spaces and underscores",
    "^[a-zA-Z_]",
);
const URL: Kind = Form(
    "an address with `https://` and without user name",
    "^https?://[^/@ ][^@ ]*$",
);
const SECRET: Kind = Form(
    "the identifier of a Harness secret, with `org.` or `account.` before it where it stands there; never the secret",
    "^((org|account)\\.)?[a-zA-Z_][0-9a-zA-Z_]{0,127}$",
);
const CONNECTOR: Kind = Form(
    "the identifier of a Harness connector, with `org.` or `account.` before it where it stands there",
    "^((org|account)\\.)?[a-zA-Z_][0-9a-zA-Z_]{0,127}$",
);
/// Where something stands.
const LEVEL: Kind = Word(&["project", "org", "account"]);
const TIME: Kind = Form(
    "a time of day, `\"HH:MM\"` from 00:00 to 24:00",
    "^([01][0-9]|2[0-3]):[0-5][0-9]$|^24:00$",
);
const REFERENCE: Kind = Form(
    "a name that makes an identifier, with `org.` or `account.` before it for what is there already",
    "^[a-zA-Z_]",
);
const REGISTRY_NAME: Kind = Reference("the `name` of one of the registries, or its `connector`");
const REPOSITORY_NAME: Kind = Reference("the `name` of one of the repositories, or its `connector`");
const FORMAT: Kind = Word(&["K8sManifest", "Kustomize", "HelmChart"]);
const DATE: Kind = Form(
    "a date, `YYYY-MM-DD`",
    "^[0-9]{4}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
);
const YEARLY_DATE: Kind = Form(
    "a date, `YYYY-MM-DD`, or `MM-DD` for every year",
    "^([0-9]{4}-)?(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
);
const STRATEGY: Kind = Word(&["Rolling", "Canary", "Progressive", "BlueGreen", "Apply"]);
const ENVIRONMENT_NAME: Kind = Reference("the name of one of `environments`");
const PROJECT_NAME: Kind = Reference("the name of one of `projects`, or `project` of the platform");
const REGION_NAME: Kind = Reference("the name of one of `regions`");
const NETWORK_NAME: Kind = Reference("the name of one of `networks`");
const DELEGATE_NAME: Kind = Reference("the name of one of `delegates`");
const ARCHETYPE_NAME: Kind = Reference("the name of one of `archetypes`");
const INFRASTRUCTURE: Kind = Form(
    "letters, digits, dashes and underscores",
    "^[a-zA-Z_][a-zA-Z0-9_-]{0,127}$",
);
const GROUP_NAME: Kind = Reference("one of `approvalGroups`, or `team` for the service's own team");

/// `platform.yaml`.
pub const PLATFORM: Keys = keys![
    Key::required(
        "org",
        IDENTIFIER,
        "default",
        "The Harness organization.",
        "`orgIdentifier` of every entity that is in no other project"
    ),
    Key::required(
        "project",
        IDENTIFIER,
        "platform",
        "The Harness project of every service that goes into no other.",
        "`projectIdentifier` of every entity that is in no other project"
    ),
    Key::optional(
        "projects",
        List(&Mapping(PROJECT)),
        "every service is in the one above",
        "[{name: payments, org: payments, identifier: prod_eu, teams: [payments-team]}]",
        "Further projects, for services that are not in the one above.",
        "`projects/<name>/`: all that stands in that project"
    ),
    Key::required(
        "managedBy",
        Text,
        "platform-next",
        "Who writes these entities.",
        "the tag `managed-by` of every entity"
    ),
    Key::optional(
        "harnessUrl",
        URL,
        "https://app.harness.io",
        "https://harness.example.com",
        "Where Harness itself is, for an installation of its own or another of its clusters.",
        "`managerEndpoint` of the delegates, and where their Helm chart is fetched"
    ),
    Key::required(
        "networks",
        List(&Mapping(NETWORK)),
        "[{name: network-a, cidr: 10.1.0.0/16}]",
        "Networks that no delegate may cross.",
        "nothing of its own: delegates and clusters are checked against each other by it"
    ),
    Key::required(
        "delegates",
        List(&Mapping(DELEGATE)),
        "[{name: harness-delegate-int-euw1, network: network-a}]",
        "The delegates.",
        "`delegates/<name>.values.yaml` and `delegates/<name>.install.sh`"
    ),
    Key::required(
        "regions",
        List(&Either(&LABEL, REGION)),
        "[euw1, {name: ap-south-1, identifier: aps1}]",
        "The regions.",
        "allowed values of the input `region`; a part of infrastructures and namespaces"
    ),
    Key::required(
        "environments",
        List(&Mapping(ENVIRONMENT)),
        "[{name: int-stable, type: PreProduction}]",
        "The environments, from first to last.",
        "an environment each, and a stage of every pipeline, in this order"
    ),
    Key::optional(
        "archetypes",
        List(&Mapping(ARCHETYPE)),
        "templates are written by hand",
        "[{name: api, workload: Deployment, strategy: Rolling}]",
        "Kinds of services, whose templates `harness-cd template new` writes where they run in Kubernetes.",
        "`templates/<name>-pipeline-template.yaml`"
    ),
    Key::required(
        "clusters",
        List(&Mapping(CLUSTER)),
        "[{name: k8s-int-euw1, environment: int-stable, region: euw1, network: network-a, delegate: harness-delegate-int-euw1}]",
        "The clusters: at most one for each environment and region. A service runs where there is one.",
        "a connector and an infrastructure definition each"
    ),
    Key::optional(
        "infrastructures",
        List(&Mapping(OUTSIDE)),
        "everything runs in clusters",
        "[{archetypes: [function], type: AwsLambda, spec: {connectorRef: org.aws, region: eu-west-1}}]",
        "What versions are deployed to outside Kubernetes.",
        "an infrastructure definition for each environment and region"
    ),
    Key::required(
        "manifests",
        Mapping(MANIFESTS),
        "{connector: github_manifests, url: https://github.com/company/manifests, branch: main, username: bot, tokenRef: github_pat}",
        "The repository that holds the Kubernetes manifests.",
        "a connector, and the manifest source of every service"
    ),
    Key::optional(
        "repositories",
        List(&Mapping(MANIFESTS)),
        "`manifests` is the only one",
        "[{name: charts, connector: org.charts, type: GitLab, branch: main, format: HelmChart}]",
        "Further repositories of manifests; archetypes name one.",
        "a connector each, and the manifest sources of the services whose archetypes name it"
    ),
    Key::optional(
        "registry",
        Mapping(REGISTRY),
        "the first of `registries`",
        "{connector: gcr_connector, url: https://gcr.io, username: _json_key, passwordRef: gcr_json_key, delegate: harness-delegate-int-euw1}",
        "The registry that holds the images.",
        "a connector, and the artifact source of every service that names no other"
    ),
    Key::optional(
        "registries",
        List(&Mapping(REGISTRY)),
        "`registry` is the only one",
        "[{name: hub, connector: dockerhub, url: https://index.docker.io/v2/, username: bot, passwordRef: hub_token, delegate: harness-delegate-int-euw1}]",
        "Several registries; archetypes and services name one.",
        "a connector each, and the artifact sources of the services that name it"
    ),
    Key::optional(
        "notifications",
        List(&Mapping(NOTIFICATION)),
        "nobody is told",
        "[{name: Failed, channel: Slack, webhookRef: slack_webhook, events: [PipelineFailed]}]",
        "Who hears of what happens.",
        "`notificationRules` of every pipeline"
    ),
    Key::optional(
        "approvalGroups",
        List(&REFERENCE),
        "nobody but a service's own team can approve",
        "[platform-team]",
        "User groups that may approve.",
        "nothing of its own: the groups have to be in Harness"
    ),
    Key::optional(
        "changeWindows",
        List(&Mapping(CHANGE_WINDOW)),
        "deploying is always allowed",
        "[{name: office-hours, days: [Mon, Tue], from: \"10:00\", to: \"16:00\", timeZone: UTC}]",
        "When deploying is allowed.",
        "`policies/<name>.rego`"
    ),
    Key::optional(
        "imageTags",
        Mapping(IMAGE_TAGS),
        "any tag",
        "{immutableOnly: true}",
        "What an image tag may be.",
        "a check of each request, and `moving_tags` with a `deny` in the policies of change windows"
    ),
    Key::optional(
        "names",
        Mapping(NAMES),
        "as written below",
        "{pipeline: 'Deploy {{SERVICE_NAME}}'}",
        "How things are called that Harness may have already; a service may say otherwise.",
        "names and identifiers"
    ),
];
