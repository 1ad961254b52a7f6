//! One entity: what was written, and what it reads as.

use std::sync::Arc;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use super::body::Body;
use super::people::Principal;
use super::scope::Scope;
use super::usages::fixed_service_refs;
use crate::tables::yaml::{self, scalar_text};

/// What an entity is. Some belong to a parent: an infrastructure definition and a cluster to an environment, a trigger
/// and an input set to a pipeline, an override to an environment.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) enum Kind {
    Pipeline,
    InputSet,
    Trigger,
    Template,
    Service,
    Environment,
    EnvironmentGroup,
    Infrastructure,
    ServiceOverride,
    Cluster,
    Connector,
}

impl Kind {
    pub(crate) const ALL: [Self; 11] = [
        Self::Pipeline,
        Self::InputSet,
        Self::Trigger,
        Self::Template,
        Self::Service,
        Self::Environment,
        Self::EnvironmentGroup,
        Self::Infrastructure,
        Self::ServiceOverride,
        Self::Cluster,
        Self::Connector,
    ];

    /// The root keys of the entity's YAML.
    pub(crate) fn roots(self) -> &'static [&'static str] {
        match self {
            Self::Pipeline => &["pipeline"],
            Self::InputSet => &["inputSet", "overlayInputSet"],
            Self::Trigger => &["trigger"],
            Self::Template => &["template"],
            Self::Service => &["service"],
            Self::Environment => &["environment"],
            Self::EnvironmentGroup => &["environmentGroup"],
            Self::Infrastructure => &["infrastructureDefinition"],
            Self::ServiceOverride => &["serviceOverrides"],
            Self::Cluster => &["gitOpsCluster"],
            Self::Connector => &["connector"],
        }
    }

    /// The usual root key.
    pub(crate) fn root(self) -> &'static str {
        self.roots().first().copied().unwrap_or_default()
    }

    /// The word for it in a sentence.
    pub(crate) fn label(self) -> &'static str {
        match self {
            Self::Pipeline => "Pipeline",
            Self::InputSet => "InputSet",
            Self::Trigger => "Trigger",
            Self::Template => "Template",
            Self::Service => "Service",
            Self::Environment => "Environment",
            Self::EnvironmentGroup => "Environment Group",
            Self::Infrastructure => "Infrastructure",
            Self::ServiceOverride => "Service override",
            Self::Cluster => "GitOps cluster",
            Self::Connector => "Connector",
        }
    }

    /// Which key of the body names it. An override has no name of its own, its service stands for it; a cluster is
    /// named by the reference to it (run-inputs §3).
    fn identifier_key(self) -> &'static str {
        match self {
            Self::ServiceOverride => "serviceRef",
            Self::Cluster => "clusterRef",
            _ => "identifier",
        }
    }

    /// Where the body names the parent.
    fn parent_pointer(self) -> Option<&'static str> {
        match self {
            Self::Infrastructure | Self::ServiceOverride | Self::Cluster => Some("/environmentRef"),
            Self::Trigger => Some("/pipelineIdentifier"),
            Self::InputSet => Some("/pipeline/identifier"),
            // Versions of a template live side by side.
            Self::Template => Some("/versionLabel"),
            _ => None,
        }
    }
}

/// Where the YAML of a remote entity lies.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct GitPlace {
    pub(crate) connector: String,
    pub(crate) repo: String,
    pub(crate) path: String,
    /// The branch it was created on; `loadFromFallbackBranch` goes back to it.
    pub(crate) branch: String,
}

/// One entity of one scope.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Entity {
    pub(crate) kind: Kind,
    pub(crate) scope: Scope,
    pub(crate) parent: String,
    pub(crate) identifier: String,
    pub(crate) name: String,
    /// The services that a pipeline refers to by fixed references, as it was saved (run-inputs §12).
    pub(crate) services: Vec<String>,
    pub(crate) yaml: Arc<str>,
    /// What stands under the root key.
    pub(crate) body: Body,
    pub(crate) version: i64,
    /// Epoch ms.
    pub(crate) created_at: i64,
    /// Epoch ms.
    pub(crate) updated_at: i64,
    /// For a trigger: the secret part of its webhook URL, minted at creation (harness-api §2.1).
    pub(crate) token: String,
    /// For a remote entity: where its YAML lies.
    pub(crate) git: Option<GitPlace>,
    /// For a trigger: who saved it last, where somebody did (harness-api §12.35 `executorInfo`).
    pub(crate) saved_by: Option<Principal>,
}

impl Entity {
    /// Takes the entity out of a document whose root key is its kind's.
    ///
    /// # Errors
    /// A sentence that names what is missing.
    pub(crate) fn new(kind: Kind, scope: Scope, yaml: &str, document: &Value) -> Result<Self, String> {
        let tree = kind.roots().iter().find_map(|root| document.get(root));
        let tree = tree.ok_or_else(|| format!("the document has no `{}`", kind.root()))?;
        Self::of_tree(kind, scope, yaml.into(), tree, Body::from(tree.clone()))
    }

    /// `kept` is what the entity keeps of the tree under its root key.
    fn of_tree(kind: Kind, scope: Scope, yaml: Arc<str>, body: &Value, kept: Body) -> Result<Self, String> {
        let key = kind.identifier_key();
        let identifier = body.get(key).and_then(Value::as_str).filter(|text| !text.is_empty());
        let identifier = identifier.ok_or_else(|| format!("`{}.{key}` is missing", kind.root()))?;
        let parent = kind.parent_pointer().and_then(|pointer| body.pointer(pointer));
        // An overlay names its pipeline beside its references.
        let parent = parent.or_else(|| body.get("pipelineIdentifier"));
        Ok(Self {
            kind,
            scope,
            parent: parent.map(scalar_text).unwrap_or_default(),
            identifier: identifier.to_owned(),
            name: body
                .get("name")
                .map(scalar_text)
                .filter(|name| !name.is_empty())
                .unwrap_or_else(|| identifier.to_owned()),
            services: if kind == Kind::Pipeline {
                fixed_service_refs(body)
            } else {
                Vec::new()
            },
            yaml,
            body: kept,
            version: 0,
            created_at: 0,
            updated_at: 0,
            token: String::new(),
            git: None,
            saved_by: None,
        })
    }

    /// Reads an entity file: its kind follows from its root key. It lives where it says, and in `default` where it says
    /// nothing. With the tree under its root key, which the entity does not keep. `None` for a document of another kind.
    ///
    /// # Errors
    /// A sentence that begins with the file's name.
    pub(crate) fn of_file(file: &str, text: &str, default: &Scope) -> Result<Option<(Self, Value)>, String> {
        let mut document = yaml::read(text).map_err(|problem| format!("{file}: {problem}"))?;
        let is_a = |kind: &Kind| {
            kind.roots()
                .iter()
                .any(|root| document.get(root).is_some_and(Value::is_object))
        };
        let Some(kind) = Kind::ALL.into_iter().find(is_a) else {
            return Ok(None);
        };
        let root = kind.roots().iter().find(|root| document.get(**root).is_some());
        let root = root.copied().unwrap_or_default();
        let tree = document.get_mut(root).map(Value::take).unwrap_or_default();
        let named = |key: &str| tree.get(key).map(scalar_text).filter(|text| !text.is_empty());
        let scope = match named("orgIdentifier") {
            None => default.clone(),
            org => Scope {
                account: default.account.clone(),
                org,
                project: named("projectIdentifier"),
            },
        };
        let yaml: Arc<str> = text.into();
        let kept = Body::of_text(&yaml, root);
        let entity = Self::of_tree(kind, scope, yaml, &tree, kept).map_err(|problem| format!("{file}: {problem}"))?;
        Ok(Some((entity, tree)))
    }

    pub(crate) fn text(&self, key: &str) -> String {
        self.body.get(key).map(scalar_text).unwrap_or_default()
    }

    pub(crate) fn name(&self) -> String {
        self.name.clone()
    }

    pub(crate) fn tags(&self) -> Value {
        let tags = self.body.get("tags").filter(|tags| tags.is_object());
        tags.cloned().unwrap_or_else(|| json!({}))
    }

    /// Whether a search term is part of the name, the identifier, or a tag's key or value.
    /// Source: harness-api §12.33 [CORE].
    pub(crate) fn matches(&self, term: Option<&str>) -> bool {
        let Some(term) = term.map(str::to_lowercase) else {
            return true;
        };
        let holds = |text: &str| text.to_lowercase().contains(&term);
        let tags = self.body.get("tags").and_then(Value::as_object).into_iter().flatten();
        holds(&self.identifier)
            || holds(&self.name)
            || tags
                .into_iter()
                .any(|(key, value)| holds(key) || holds(&scalar_text(value)))
    }
}
