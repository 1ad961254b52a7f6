//! Which rows of a history somebody wants to see.

use harness_cd_model::{Deployment, StatusGroup};
use serde::{Deserialize, Serialize};

/// Which rows of a history: those that meet all that is said.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "camelCase", deny_unknown_fields, default)]
#[cfg_attr(feature = "ts", derive(ts_rs::TS), ts(optional_fields))]
pub struct DeploymentFilter {
    /// An environment's identifier, for example `int_stable`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub environment: Option<String>,
    /// A region, for example `euw1`; an infrastructure definition where no region can be read off it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub region: Option<String>,
    /// What became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub status: Option<StatusGroup>,
    /// An image's tag, or what a table shows as deployed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tag: Option<String>,
    /// Who asked for it, in any case: the name or mail address that Harness knows, the catalog entity of who started it
    /// from a portal, or the last part of that.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub person: Option<String>,
    /// Begun then or later, epoch ms. What has not begun is later than any time.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub from_ms: Option<i64>,
    /// Begun before, epoch ms.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub to_ms: Option<i64>,
    /// Words that a row has all of: in the names and identifiers of its service, environment, region and pipeline, its
    /// version, its person or as `#` and the run's number.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub text: Option<String>,
}

/// A filter that nothing can meet, or that cannot be read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, thiserror::Error)]
#[serde(rename_all = "camelCase")]
#[error("{field}: {message}")]
pub struct FilterFault {
    /// The field, as it is written in JSON.
    pub field: &'static str,
    /// What is wrong with it.
    pub message: String,
}

impl DeploymentFilter {
    /// All that is wrong with the filter itself.
    #[must_use]
    pub fn faults(&self) -> Vec<FilterFault> {
        let texts = [
            ("environment", &self.environment),
            ("region", &self.region),
            ("tag", &self.tag),
            ("person", &self.person),
        ];
        let blank = texts
            .into_iter()
            .filter(|(_, text)| text.as_ref().is_some_and(|text| text.trim().is_empty()));
        let mut faults: Vec<_> = blank
            .map(|(field, _)| FilterFault {
                field,
                message: "it is empty; leave it out, and everything is shown".to_owned(),
            })
            .collect();
        if self.from_ms.zip(self.to_ms).is_some_and(|(from, to)| from >= to) {
            faults.push(FilterFault {
                field: "toMs",
                message: "the period ends before it begins: nothing lies in it".to_owned(),
            });
        }
        faults
    }

    /// Whether a row meets all that is said.
    #[must_use]
    pub fn matches(&self, row: &Deployment<'_>) -> bool {
        let is = |wanted: &Option<String>, found: Option<&str>| wanted.is_none() || wanted.as_deref() == found;
        let begun = row.begun_at().unwrap_or(i64::MAX);
        is(&self.environment, row.environment.as_deref())
            && is(&self.region, row.region_or_infrastructure())
            && self.status.is_none_or(|wanted| wanted == row.status.group())
            && (is(&self.tag, row.image_tag.as_deref()) || is(&self.tag, row.version.as_deref()))
            && self.from_ms.is_none_or(|from| from <= begun)
            && self.to_ms.is_none_or(|to| begun < to)
            && self.person.as_deref().is_none_or(|person| is_of(row, person))
            && self.text.as_deref().is_none_or(|text| holds(row, text))
    }
}

/// Whether a person asked for a deployment.
fn is_of(row: &Deployment<'_>, person: &str) -> bool {
    let started_by = row.started_by.as_deref().map(str::to_lowercase);
    let name = started_by.as_deref().and_then(|entity| entity.rsplit('/').next());
    let person = person.trim().to_lowercase();
    let is_known = |known: &str| known == person;
    started_by.as_deref().is_some_and(is_known)
        || name.is_some_and(is_known)
        || row.people().contains(&format!("\n{person}\n"))
}

/// Whether a row has every word of a text, in any of what a person may know of it; `#12` is the run of that number.
fn holds(row: &Deployment<'_>, text: &str) -> bool {
    let words = row.words();
    let started_by = row.started_by.as_deref().unwrap_or_default().to_lowercase();
    text.to_lowercase().split_whitespace().all(|word| {
        if word.starts_with('#') {
            return words.contains(&format!("\n{word}\n"));
        }
        words.contains(word) || started_by.contains(word)
    })
}
