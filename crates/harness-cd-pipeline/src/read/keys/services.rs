//! `services.yaml`.

use harness_cd_yaml::Kind::{Form, List, Map, Mapping, Reference, Scalar, Text};
use harness_cd_yaml::{Key, Keys, Kind, keys};

use super::{ENVIRONMENT_NAME, IDENTIFIER, LABEL, PROJECT_NAME, REFERENCE, REGION_NAME, REGISTRY_NAME};

/// `services.yaml`.
pub const SERVICES: Keys = keys![Key::required(
    "services",
    List(&Mapping(SERVICE)),
    "[{name: payment-service, archetype: api, team: payments-team, image: project/payment-service}]",
    "The services.",
    "a pipeline, a trigger, a service, and an input set per environment each"
),];

/// An item of `projects`.
pub const PROJECT: Keys = keys![
    Key::required(
        "name",
        LABEL,
        "payments",
        "What services call the project.",
        "the folder of its files, `projects/<name>/`"
    ),
    Key::optional(
        "org",
        IDENTIFIER,
        "that of the platform",
        "payments",
        "The Harness organization that it is in.",
        "`orgIdentifier` of its entities"
    ),
    Key::optional(
        "identifier",
        IDENTIFIER,
        "the name, with underscores",
        "prod_eu",
        "What Harness calls it.",
        "`projectIdentifier` of its entities"
    ),
    Key::optional(
        "teams",
        List(&REFERENCE),
        "services name it one by one",
        "[payments-team]",
        "The teams whose services go there where they name no project.",
        "nothing of its own"
    ),
];

/// `names`, of the platform and of a service.
pub const NAMES: Keys = keys![
    Key::optional(
        "pipeline",
        Text,
        "`{{SERVICE_NAME}}-cd`",
        "'Deploy {{SERVICE_NAME}}'",
        "The name of a pipeline, with `{{SERVICE_NAME}}`, `{{SERVICE_IDENTIFIER}}` and `{{SERVICE_DISPLAY_NAME}}`.",
        "`name` of the pipeline"
    ),
    Key::optional(
        "pipelineIdentifier",
        Text,
        "`{{SERVICE_IDENTIFIER}}_cd`",
        "'deploy_{{SERVICE_IDENTIFIER}}'",
        "The identifier of a pipeline, with `{{SERVICE_NAME}}` and `{{SERVICE_IDENTIFIER}}`.",
        "`identifier` of the pipeline"
    ),
    Key::optional(
        "namespace",
        Text,
        "`{{ENVIRONMENT}}-{{SERVICE_NAME}}-{{REGION}}`",
        "'{{SERVICE_NAME}}-{{ENVIRONMENT}}'",
        "The namespace, with these and `{{ENVIRONMENT}}`, `{{ENVIRONMENT_IDENTIFIER}}` and `{{REGION}}`.",
        "`namespace` of infrastructure definitions"
    ),
    Key::optional(
        "releaseName",
        Text,
        "`release-<+INFRA_KEY_SHORT_ID>`",
        "'{{SERVICE_NAME}}-{{ENVIRONMENT}}'",
        "The release, with the same placeholders as the namespace.",
        "`releaseName` of infrastructure definitions"
    ),
];

const SHOWN_NAME: Kind = Form(
    "letters, digits, spaces, dots, dashes and underscores, as Harness takes a name",
    "^[a-zA-Z0-9_.-][a-zA-Z0-9_. -]{0,127}$",
);

/// An item of `services`.
pub const SERVICE: Keys = keys![
    Key::required(
        "name",
        LABEL,
        "payment-service",
        "What the service is called.",
        "name and, with underscores, identifier of the service; `<name>-cd` is its pipeline"
    ),
    Key::optional(
        "displayName",
        SHOWN_NAME,
        "`name`",
        "Payment Service",
        "What people read in Harness; identifiers, namespaces and files go by `name`.",
        "name of the service, and of its pipeline where `names` has `{{SERVICE_DISPLAY_NAME}}`"
    ),
    Key::required(
        "archetype",
        Reference("an archetype with a template"),
        "api",
        "How it is deployed.",
        "the template of its pipeline"
    ),
    Key::required(
        "team",
        REFERENCE,
        "payments-team",
        "Whose it is.",
        "the tag `team`; with underscores, the user group of its approvals"
    ),
    Key::required(
        "image",
        Form(
            "the path of an image below its registry, without tag",
            "^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$"
        ),
        "project/payment-service",
        "Its image.",
        "`imagePath` of its artifact source and of its trigger"
    ),
    Key::optional(
        "project",
        PROJECT_NAME,
        "that of its team, or else of the platform",
        "payments",
        "The project that it goes into.",
        "the project of the service, its pipeline and what starts that"
    ),
    Key::optional(
        "identifier",
        IDENTIFIER,
        "the name, with underscores",
        "paymentService",
        "The identifier that the service has in Harness already.",
        "`identifier` of the service, and `serviceRef`"
    ),
    Key::optional(
        "registry",
        REGISTRY_NAME,
        "that of its archetype",
        "hub",
        "The registry of its image.",
        "its artifact source"
    ),
    Key::optional(
        "entity",
        Text,
        "`component:default/<name>`",
        "component:default/payment-service",
        "The catalog entity that may see and run its pipeline.",
        "nothing: the portal asks for it"
    ),
    Key::optional(
        "environments",
        List(&ENVIRONMENT_NAME),
        "all that have a cluster in its regions",
        "[int-stable, pre-stable]",
        "Where it runs.",
        "its input sets, and allowed values of `environment`"
    ),
    Key::optional(
        "regions",
        List(&REGION_NAME),
        "all in which its environments have a cluster",
        "[euw1]",
        "Where it runs.",
        "allowed values of `region`"
    ),
    Key::optional(
        "names",
        Mapping(NAMES),
        "what `names` of the platform says",
        "{pipeline: Legacy Deploy, pipelineIdentifier: legacy_deploy}",
        "What Harness calls its pipeline, namespace and release already.",
        "names and identifiers; its own namespace and release as variables of the service"
    ),
    Key::optional(
        "values",
        Map("a name in capitals, digits and underscores", &Scalar),
        "none",
        "{MIN_REPLICAS: \"2\"}",
        "Placeholders of its own, for its template.",
        "what the template makes of them"
    ),
];
