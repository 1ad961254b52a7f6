use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::DeployRules;

/// What an entity wants of a pipeline.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Act {
    /// See its history and what it asks for.
    #[default]
    Read,
    /// Run it.
    Run,
}

/// How far an entity's annotation is trusted where the pipeline itself names nobody.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum AnnotationTrust {
    /// For nothing.
    None,
    /// For seeing the pipeline's history.
    #[default]
    Read,
    /// For running it as well: whoever may write a catalog file may run every such pipeline.
    All,
}

/// Whether an entity may see or run a pipeline.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct OwnershipQuestion {
    /// The entity, for example `component:default/payment-service`.
    pub entity: String,
    /// The identifier of the pipeline, for the message.
    pub pipeline: String,
    /// What the config repo says, for a pipeline that is in one.
    pub declared: Option<DeclaredOwner>,
    /// The pipeline's tags; absent where they are not known.
    pub tags: Option<BTreeMap<String, String>>,
    /// What it is about.
    pub act: Act,
    /// What is thought of annotations.
    pub trust: AnnotationTrust,
}

/// Whose a pipeline is by `services.yaml`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct DeclaredOwner {
    /// [`DeployRules::service`](crate::DeployRules::service): what a rendered pipeline has in its tag `service`.
    pub service: String,
    /// [`DeployRules::entity`](crate::DeployRules::entity)
    pub entity: String,
}

impl From<&DeployRules> for DeclaredOwner {
    fn from(rules: &DeployRules) -> Self {
        Self {
            service: rules.service.clone(),
            entity: rules.entity.clone(),
        }
    }
}

/// Whether the pipeline is the entity's.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub enum Ownership {
    /// It is, or is taken to be.
    Own,
    /// It is somebody else's.
    Foreign {
        /// The entity whose it is.
        owner: String,
        /// Whose, and who says so.
        message: String,
        /// What to do.
        hint: String,
    },
    /// It names nobody, and annotations are not trusted so far.
    Unnamed {
        /// What is missing.
        message: String,
        /// Which tag would allow it.
        hint: String,
    },
}
