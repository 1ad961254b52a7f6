//! Backstage annotations that tie an entity to pages of Harness.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::HarnessUrl;

/// What an entity's annotations say of Harness.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct HarnessAnnotations {
    /// Pipelines, in the order they are written.
    pub pipelines: Vec<LabelledUrl>,
    /// Services, in the order they are written.
    pub services: Vec<LabelledUrl>,
    /// What could not be read.
    pub problems: Vec<AnnotationProblem>,
}

/// A link with its label.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct LabelledUrl {
    /// The label as written; the identifier where none is.
    pub label: String,
    /// The address as written.
    pub url: String,
    /// What it points at.
    pub target: HarnessUrl,
}

/// A part of an annotation that could not be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "ts", derive(ts_rs::TS))]
pub struct AnnotationProblem {
    /// The annotation's key.
    pub annotation: String,
    /// The part of its value.
    pub value: String,
    /// One sentence: what, why, how to mend.
    pub message: String,
}

/// Reads the annotations of an entity. What cannot be read is a problem in the answer, never an error.
#[must_use]
pub fn read_annotations(annotations: &BTreeMap<String, String>) -> HarnessAnnotations {
    let _ = annotations;
    HarnessAnnotations::default()
}
