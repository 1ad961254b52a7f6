//! The kinds of registries that artifacts lie in.

/// A kind of registry.
pub(crate) struct Registry {
    /// In the path of its calls.
    pub(crate) segment: &'static str,
    /// In sentences.
    pub(crate) label: &'static str,
    /// The type of its connectors.
    pub(crate) connector: &'static str,
    /// What may name the image, the first that is there, in the query as in a service.
    pub(crate) images: &'static [&'static str],
    pub(crate) item: Item,
}

/// How a build is shown.
#[derive(Clone, Copy)]
pub(crate) enum Item {
    /// With the image under this key.
    Tag(&'static str),
    Version,
    Package,
}

const fn registry(
    segment: &'static str,
    label: &'static str,
    connector: &'static str,
    images: &'static [&'static str],
    item: Item,
) -> Registry {
    Registry {
        segment,
        label,
        connector,
        images,
        item,
    }
}

/// Source: run-inputs §4 [CORE, UI]; that each takes connectors of one type alone is [CORE] for Artifactory, [weak] for
/// the others, as are the words of a refusal beyond Docker's.
pub(crate) const REGISTRIES: [Registry; 8] = [
    registry(
        "docker",
        "Docker",
        "DockerRegistry",
        &["imagePath"],
        Item::Tag("imagePath"),
    ),
    registry("gcr", "GCR", "Gcp", &["imagePath"], Item::Tag("imagePath")),
    registry("ecr", "ECR", "Aws", &["imagePath"], Item::Tag("imagePath")),
    registry("acr", "ACR", "Azure", &["repository"], Item::Tag("repository")),
    registry("gar", "Google Artifact Registry", "Gcp", &["package"], Item::Version),
    registry(
        "artifactory",
        "Artifactory",
        "Artifactory",
        &["artifactPath"],
        Item::Tag("artifactPath"),
    ),
    registry(
        "nexus",
        "Nexus",
        "Nexus",
        &["artifactPath", "artifactId", "packageName", "group"],
        Item::Tag("imagePath"),
    ),
    registry(
        "githubpackages",
        "Github Packages",
        "Github",
        &["packageName"],
        Item::Package,
    ),
];
