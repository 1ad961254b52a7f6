//! Where services run, and who reaches what.

use harness_cd_yaml::Kind::{Form, Free, List, Mapping, Number, Text, Word};
use harness_cd_yaml::{Key, Keys, keys};

use super::{
    ARCHETYPE_NAME, CLOUD_CREDENTIALS, DELEGATE_NAME, ENVIRONMENT_NAME, IDENTIFIER, INFRASTRUCTURE, LABEL, LEVEL, NAME,
    NETWORK_NAME, REGION_NAME, SECRET, URL,
};

/// An item of `networks`.
pub const NETWORK: Keys = keys![
    Key::required(
        "name",
        NAME,
        "network-a",
        "What the network is called.",
        "nothing of its own"
    ),
    Key::required(
        "cidr",
        Form("a network in CIDR notation", "^[0-9a-fA-F:.]+/[0-9]{1,3}$"),
        "10.1.0.0/16",
        "Its addresses.",
        "nothing: it is for whoever reads the file"
    ),
];

/// An item of `delegates`.
pub const DELEGATE: Keys = keys![
    Key::required(
        "name",
        LABEL,
        "harness-delegate-int-euw1",
        "What the delegate is called; at most 53 characters.",
        "its selector, and the name of its Helm release"
    ),
    Key::required(
        "network",
        NETWORK_NAME,
        "network-a",
        "The network it runs in.",
        "nothing of its own"
    ),
    Key::optional(
        "replicas",
        Number(1, 20),
        "1",
        "2",
        "How many of it run; two or more outlive the loss of a node.",
        "`replicas` of its Helm values"
    ),
    Key::optional(
        "cpu",
        Number(1, 64),
        "as its Helm chart has it",
        "2",
        "CPU cores of each.",
        "`cpu` of its Helm values"
    ),
    Key::optional(
        "memoryMb",
        Number(512, 262_144),
        "as its Helm chart has it",
        "4096",
        "Memory of each, in MB.",
        "`memory` of its Helm values"
    ),
];

/// An item of `clusters`.
pub const CLUSTER: Keys = keys![
    Key::required(
        "name",
        NAME,
        "k8s-int-euw1",
        "What the cluster is called.",
        "name and, with underscores, identifier of its connector"
    ),
    Key::required(
        "environment",
        ENVIRONMENT_NAME,
        "int-stable",
        "The environment that it is for.",
        "`environmentRef` of the infrastructure definition"
    ),
    Key::required(
        "region",
        REGION_NAME,
        "euw1",
        "The region that it is in.",
        "a part of the identifier of its infrastructure definition, `<environment>_<region>_k8s`"
    ),
    Key::required(
        "network",
        NETWORK_NAME,
        "network-a",
        "The network that it is in.",
        "nothing of its own"
    ),
    Key::required(
        "delegate",
        DELEGATE_NAME,
        "harness-delegate-int-euw1",
        "The delegate that reaches it, in the same network.",
        "`delegateSelectors` of its connector"
    ),
    Key::optional(
        "infrastructure",
        INFRASTRUCTURE,
        "`<environment>-<region>`, whose identifier is `<environment>_<region>_k8s`",
        "prod-euw1-b",
        "What its infrastructure definition is called: what Harness has already, or a further cluster of the same environment and region.",
        "name and, with underscores, identifier of the infrastructure definition; a stage of its own in new templates"
    ),
    Key::optional(
        "archetypes",
        List(&ARCHETYPE_NAME),
        "every archetype that no other cluster of its environment and region names",
        "[payments-api]",
        "The archetypes whose services run in it, and not in the others of its environment and region.",
        "stages in the templates of these archetypes alone"
    ),
    Key::optional(
        "credentials",
        Mapping(CLUSTER_CREDENTIALS),
        "those of the delegate, which has to run in this cluster and in no other",
        "{type: Eks, cluster: eu-west-1/prod}",
        "How it is reached.",
        "`credential` of its connector, and the type of the infrastructure definition"
    ),
    Key::optional(
        "level",
        LEVEL,
        "that of its environment",
        "account",
        "Where its connector stands; no lower than its environment.",
        "`connectorRef` of the infrastructure definition; where the connector stands"
    ),
];

/// An item of `infrastructures`.
pub const OUTSIDE: Keys = keys![
    Key::optional(
        "name",
        Form(
            "letters, digits, dashes, dots and underscores, with the placeholders ENVIRONMENT and REGION",
            "^[a-zA-Z_{][a-zA-Z0-9_.{}-]*$"
        ),
        "`{{ENVIRONMENT}}-{{REGION}}-` and `workload` of its archetypes in lower case",
        "'{{ENVIRONMENT}}-{{REGION}}-functions'",
        "What its infrastructure definitions are called, those that Harness has already among them.",
        "name and, with underscores, identifier of the infrastructure definitions"
    ),
    Key::required(
        "archetypes",
        List(&ARCHETYPE_NAME),
        "[function]",
        "The archetypes, outside Kubernetes, whose services are deployed to it. They run where an infrastructure names them, and not where clusters are.",
        "nothing of its own: the stages of their templates name it"
    ),
    Key::optional(
        "environments",
        List(&ENVIRONMENT_NAME),
        "every environment",
        "[int-stable]",
        "The environments that it is in.",
        "`environmentRef` of an infrastructure definition each"
    ),
    Key::optional(
        "regions",
        List(&REGION_NAME),
        "every region",
        "[euw1]",
        "The regions that it is in.",
        "an infrastructure definition in each of the environments"
    ),
    Key::required(
        "type",
        Text,
        "AwsLambda",
        "Harness's type of the infrastructure definition: AwsLambda, ServerlessAwsLambda, ECS, GoogleCloudRun, AzureFunction, AzureWebApp, AzureContainerApps, TAS, CustomDeployment; for Ssh and WinRm Pdc, SshWinRmAws or SshWinRmAzure.",
        "`type` of the infrastructure definitions"
    ),
    Key::required(
        "spec",
        Free(
            "a mapping as Harness has it for the type, with the placeholders ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION and REGION_IDENTIFIER in its values"
        ),
        "{connectorRef: org.aws, region: eu-west-1}",
        "What is deployed to.",
        "`spec` of the infrastructure definitions"
    ),
];

/// An item of `regions` in its long form.
pub const REGION: Keys = keys![
    Key::required(
        "name",
        LABEL,
        "eu-west-1",
        "What people call the region.",
        "a value of the input `region`; a part of namespaces and of the paths of manifests"
    ),
    Key::optional(
        "identifier",
        IDENTIFIER,
        "the name, with underscores",
        "euw1",
        "How identifiers in Harness write it.",
        "a part of the identifiers of infrastructure definitions"
    ),
];

/// `credentials` of a cluster.
pub const CLUSTER_CREDENTIALS: Keys = keys![
    Key::required(
        "type",
        Word(&["Delegate", "ServiceAccount", "Eks", "Gke", "Aks"]),
        "Eks",
        "By the delegate in it, by a token from outside, or as a cluster of a cloud.",
        "the types of its connector and of its infrastructure definition"
    ),
    Key::required("url", URL, "https://k8s.company.example", "Its API.", "`masterUrl`")
        .beside("type", &["ServiceAccount"]),
    Key::required(
        "tokenRef",
        SECRET,
        "k8s_token",
        "The secret with the token.",
        "`serviceAccountTokenRef`"
    )
    .beside("type", &["ServiceAccount"]),
    Key::optional(
        "caCertRef",
        SECRET,
        "a certificate that everybody trusts",
        "k8s_ca",
        "The secret with the certificate of its authority.",
        "`caCertRef`"
    )
    .beside("type", &["ServiceAccount"]),
    Key::required(
        "cluster",
        Text,
        "eu-west-1/prod",
        "What the cloud calls it: region or zone and name, of Azure the name alone.",
        "`cluster` of the infrastructure definition"
    )
    .beside("type", &["Eks", "Gke", "Aks"]),
    Key::required("resourceGroup", Text, "shop", "Its resource group.", "`resourceGroup`").beside("type", &["Aks"]),
    Key::required(
        "subscription",
        Text,
        "20d6a917-99fa-4b1b-9b2e-a3d624e9dcf0",
        "The subscription.",
        "`subscriptionId`"
    )
    .beside("type", &["Aks"]),
    Key::optional(
        "credentials",
        Mapping(CLOUD_CREDENTIALS),
        "those of the delegate",
        "{type: Irsa}",
        "How the cloud is asked for it.",
        "`credential` of a connector to the cloud"
    )
    .beside("type", &["Eks", "Gke", "Aks"]),
];
