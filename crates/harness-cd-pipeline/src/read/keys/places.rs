//! Where services run, and who reaches what.

use harness_cd_yaml::Kind::{Form, Text};
use harness_cd_yaml::{Key, Keys, keys};

use super::{DELEGATE_NAME, ENVIRONMENT_NAME, LABEL, NAME, NETWORK_NAME, REGION_NAME, SECRET, URL};

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
        "the infrastructure definition `<environment>_<region>_k8s`"
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
];

/// `manifests`.
pub const MANIFESTS: Keys = keys![
    Key::required(
        "connector",
        NAME,
        "github_manifests",
        "The identifier of the connector to make.",
        "a connector to GitHub"
    ),
    Key::required(
        "url",
        URL,
        "https://github.com/company/manifests",
        "The repository.",
        "`url` of the connector"
    ),
    Key::required(
        "branch",
        Text,
        "main",
        "The branch that is deployed.",
        "`branch` of the manifest source"
    ),
    Key::required(
        "username",
        Text,
        "harness-bot",
        "The user of Git.",
        "`username` of the connector"
    ),
    Key::required(
        "tokenRef",
        SECRET,
        "github_pat",
        "The secret that holds the token.",
        "`tokenRef` of the connector"
    ),
];

/// `registry`.
pub const REGISTRY: Keys = keys![
    Key::required(
        "connector",
        NAME,
        "gcr_connector",
        "The identifier of the connector to make.",
        "a connector to a Docker registry"
    ),
    Key::required(
        "url",
        URL,
        "https://gcr.io",
        "The registry.",
        "`dockerRegistryUrl` of the connector"
    ),
    Key::required(
        "username",
        Text,
        "_json_key",
        "The user of the registry.",
        "`username` of the connector"
    ),
    Key::required(
        "passwordRef",
        SECRET,
        "gcr_json_key",
        "The secret that holds the password.",
        "`passwordRef` of the connector"
    ),
    Key::required(
        "delegate",
        DELEGATE_NAME,
        "harness-delegate-int-euw1",
        "The delegate that reaches it.",
        "`delegateSelectors` of the connector"
    ),
];
