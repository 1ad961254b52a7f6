//! Where manifests and images come from, and how clouds are asked.

use harness_cd_yaml::Kind::{Form, List, Mapping, Scalar, Text, Word};
use harness_cd_yaml::{Key, Keys, Kind, keys};

use super::{DELEGATE_NAME, ENVIRONMENT_NAME, FORMAT, LEVEL, NAME, REFERENCE, REGION_NAME, SECRET, URL};

/// `manifests`, and an item of `repositories`.
pub const MANIFESTS: Keys = keys![
    Key::optional(
        "name",
        NAME,
        "`connector`",
        "payments-charts",
        "How archetypes name it.",
        "nothing of its own"
    ),
    Key::optional(
        "type",
        Word(&["Github", "GitLab", "Bitbucket", "AzureRepo", "HarnessCode"]),
        "the host of `url` tells",
        "GitLab",
        "Who hosts the repository.",
        "the types of the connector and of the manifests' store"
    ),
    Key::optional(
        "connector",
        REFERENCE,
        "none, for Harness Code",
        "github_manifests",
        "The identifier of the connector to make; `account.…` and `org.…` are there already.",
        "a connector, and `connectorRef` of the manifest source"
    ),
    Key::optional(
        "url",
        URL,
        "none: the connector is there already",
        "https://github.com/company/manifests",
        "The repository.",
        "`url` of the connector"
    ),
    Key::optional(
        "repository",
        Text,
        "that of the connector",
        "manifests",
        "The repository's name, for Harness Code and for a connector of a whole account.",
        "`repoName` of the manifest source"
    ),
    Key::required(
        "branch",
        Text,
        "main",
        "The branch that is deployed.",
        "`branch` of the manifest source"
    ),
    Key::optional(
        "username",
        Text,
        "none: the connector is there already, or logs in as an app",
        "harness-bot",
        "The user of Git.",
        "`username` of the connector"
    ),
    Key::optional(
        "tokenRef",
        SECRET,
        "none: the connector is there already, or logs in as an app",
        "github_pat",
        "The secret that holds the token.",
        "`tokenRef` of the connector"
    ),
    Key::optional(
        "githubApp",
        Mapping(GITHUB_APP),
        "a user and a token",
        "{application: '1234', installation: '5678', privateKeyRef: github_app_key}",
        "A GitHub App that logs in, in place of a user.",
        "`GithubApp` of the connector"
    ),
    Key::optional(
        "delegate",
        DELEGATE_NAME,
        "none: Harness reaches it by itself",
        "harness-delegate-int-euw1",
        "A delegate that reaches the repository, where it is in the company's own network.",
        "`delegateSelectors` of the connector"
    ),
    Key::optional(
        "format",
        FORMAT,
        "K8sManifest",
        "Kustomize",
        "Files of Kubernetes objects, folders with kustomizations, or charts with values.",
        "the type of the manifest source"
    ),
    Key::optional(
        "level",
        LEVEL,
        "`project`",
        "account",
        "Where the connector is made; its secrets have to be there, or above.",
        "`connectorRef` of the manifest source; where the connector stands"
    ),
    Key::optional(
        "paths",
        Mapping(PATHS),
        "below `generated` and `charts`",
        "{chart: '{{SERVICE_NAME}}/chart', files: ['{{SERVICE_NAME}}/values-{{ENVIRONMENT}}.yaml']}",
        "Where manifests stand that are there already; an archetype may say otherwise.",
        "the paths of the manifest sources"
    ),
];

const PATH: Kind = Form(
    "a path from the repository's root, with the placeholders SERVICE_NAME, SERVICE_IDENTIFIER, ARCHETYPE, TEAM, IMAGE, ENVIRONMENT, ENVIRONMENT_IDENTIFIER and REGION, and those of the service's `values`",
    "\\S",
);

/// `paths` of manifests.
pub const PATHS: Keys = keys![
    Key::optional(
        "folder",
        PATH,
        "`generated/{{SERVICE_NAME}}/{{ENVIRONMENT}}/{{REGION}}`",
        "'{{SERVICE_NAME}}/overlays/{{ENVIRONMENT}}'",
        "The folder of a kustomization, or the one in which the usual file is.",
        "`folderPath`, or a part of the paths of files"
    ),
    Key::optional(
        "files",
        List(&PATH),
        "in `folder`: manifests.yaml, values.yaml for a chart, image.yaml for a kustomization",
        "['{{SERVICE_NAME}}/values.yaml', '{{SERVICE_NAME}}/values-{{ENVIRONMENT}}.yaml']",
        "Files of objects, of values for a chart, later ones before earlier ones, or of patches for a kustomization.",
        "`paths`, `valuesPaths` or `patchesPaths`"
    ),
    Key::optional(
        "chart",
        PATH,
        "`charts/{{ARCHETYPE}}`",
        "'{{SERVICE_NAME}}/chart'",
        "The folder of the chart.",
        "`folderPath` of the chart"
    ),
];

/// `githubApp`.
pub const GITHUB_APP: Keys = keys![
    Key::required("application", Scalar, "'1234'", "The app.", "`applicationId`"),
    Key::required(
        "installation",
        Scalar,
        "'5678'",
        "Its installation.",
        "`installationId`"
    ),
    Key::required(
        "privateKeyRef",
        SECRET,
        "github_app_key",
        "The secret with the private key.",
        "`privateKeyRef`"
    ),
];

/// `registry`, and an item of `registries`.
pub const REGISTRY: Keys = keys![
    Key::optional(
        "name",
        NAME,
        "`connector`",
        "hub",
        "How archetypes and services name it.",
        "nothing of its own"
    ),
    Key::optional(
        "type",
        Word(&[
            "Docker",
            "Ecr",
            "GoogleArtifactRegistry",
            "Acr",
            "Artifactory",
            "Nexus",
            "GithubPackages"
        ]),
        "Docker, or what the host of `url` tells where nobody logs in",
        "Ecr",
        "What kind of registry it is.",
        "the types of the connector and of the artifact sources"
    ),
    Key::required(
        "connector",
        REFERENCE,
        "gcr_connector",
        "The identifier of the connector to make; `account.…` and `org.…` are there already.",
        "a connector, and `connectorRef` of artifact sources"
    ),
    Key::required(
        "url",
        URL,
        "https://gcr.io",
        "The registry; of Google Artifact Registry `https://<region>-docker.pkg.dev/<project>/<repository>`.",
        "the address in the connector; account, region, project and repository in artifact sources"
    ),
    Key::optional(
        "username",
        Text,
        "none: the connector is there already",
        "_json_key",
        "The user of the registry.",
        "`username` of the connector"
    )
    .beside("type", &["Docker", "Artifactory", "Nexus", "GithubPackages"]),
    Key::optional(
        "passwordRef",
        SECRET,
        "none: the connector is there already",
        "gcr_json_key",
        "The secret that holds the password, for GitHub the token.",
        "`passwordRef` or `tokenRef` of the connector"
    )
    .beside("type", &["Docker", "Artifactory", "Nexus", "GithubPackages"]),
    Key::optional(
        "credentials",
        Mapping(CLOUD_CREDENTIALS),
        "those of the delegate",
        "{type: Irsa}",
        "How the cloud is asked.",
        "`credential` of the connector"
    )
    .beside("type", &["Ecr", "GoogleArtifactRegistry", "Acr"]),
    Key::optional(
        "subscription",
        Text,
        "none, for what is not Azure's",
        "20d6a917-99fa-4b1b-9b2e-a3d624e9dcf0",
        "The subscription.",
        "`subscriptionId` of artifact sources"
    )
    .beside("type", &["Acr"]),
    Key::required(
        "repository",
        Text,
        "docker-local",
        "The repository that holds the images.",
        "`repository` of artifact sources"
    )
    .beside("type", &["Artifactory", "Nexus"]),
    Key::required(
        "repositoryUrl",
        Text,
        "docker.company.example",
        "Where Docker pulls from.",
        "`repositoryUrl` of artifact sources"
    )
    .beside("type", &["Nexus"]),
    Key::optional(
        "delegate",
        DELEGATE_NAME,
        "none: the connector is there already",
        "harness-delegate-int-euw1",
        "A delegate that reaches the registry.",
        "`delegateSelectors` of the connector"
    ),
    Key::optional(
        "level",
        LEVEL,
        "`project`",
        "account",
        "Where the connector is made; its secrets have to be there, or above.",
        "`connectorRef` of the artifact source; where the connector stands"
    ),
    Key::optional(
        "environments",
        List(&ENVIRONMENT_NAME),
        "every environment, where it has `regions`; otherwise it is that of whoever names it",
        "[prod]",
        "The environments in which every image is pulled from it, whatever registry its service has: a mirror for production.",
        "an artifact source of its own in each service, and `primaryArtifactRef` in the stages of these environments"
    ),
    Key::optional(
        "regions",
        List(&REGION_NAME),
        "every region, where it has `environments`",
        "[us-east-1]",
        "The regions in which that is so; where the registry changes within an environment, templates have a stage for each cluster.",
        "the same"
    ),
];

/// `credentials` of what belongs to a cloud.
pub const CLOUD_CREDENTIALS: Keys = keys![
    Key::required(
        "type",
        Word(&["Delegate", "Irsa", "AccessKey", "ServiceAccountKey", "ServicePrincipal"]),
        "Irsa",
        "As the delegate; of Amazon also by its Kubernetes service account or an access key, of Google by a key file, of Azure as an application.",
        "the type of the connector's `credential`"
    ),
    Key::required(
        "accessKeyRef",
        SECRET,
        "aws_key",
        "The secret with the key's identifier.",
        "`accessKeyRef`"
    )
    .beside("type", &["AccessKey"]),
    Key::required(
        "secretKeyRef",
        SECRET,
        "aws_secret",
        "The secret with the key.",
        "`secretKeyRef`"
    )
    .beside("type", &["AccessKey", "ServiceAccountKey"]),
    Key::required("application", Text, "0a1b2c", "The application.", "`applicationId`")
        .beside("type", &["ServicePrincipal"]),
    Key::required("tenant", Text, "3d4e5f", "The tenant.", "`tenantId`").beside("type", &["ServicePrincipal"]),
    Key::required(
        "secretRef",
        SECRET,
        "azure_secret",
        "The application's secret.",
        "`secretRef`"
    )
    .beside("type", &["ServicePrincipal"]),
];
