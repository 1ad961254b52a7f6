//! Backstage annotations that tie an entity to pages of Harness.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use crate::{HarnessUrl, parse_url, url};
use harness_cd_model::HarnessScope;
use harness_cd_model::words::{nearest, quoted};

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
    /// The label as written; the identifier where none is. Of two pipelines, or two services, that would have the same
    /// label the second one's says where it is as well: a label chooses one.
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

/// Every key also exists with these suffixes, for the installations of Harness's own plugin.
const SUFFIXES: [&str; 4] = ["", "-qa", "-stage", "-stress"];

/// The keys of an entity's annotations that say something of Harness.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct AnnotationKeys {
    /// With which a person names the pipeline of a service; the first choice of whoever writes one.
    pub pipeline_url: &'static str,
    /// All that [`read_annotations`] looks at.
    pub all: Vec<String>,
}

/// What stands before each of the names of the keys.
const PREFIX: &str = "harness.io";
const PIPELINES: &str = "harness.io/pipelines";
const PIPELINE_URL: &str = "harness.io/pipeline-url";
const SERVICES: &str = "harness.io/services";
const PROJECT_URL: &str = "harness.io/project-url";
const SERVICE_ID: &str = "harness.io/cd-serviceId";
const PIPELINE_IDS: &str = "harness.io/ci-pipelineIds";

/// The keys of an entity's annotations that say something of Harness.
#[must_use]
pub fn annotation_keys() -> AnnotationKeys {
    let all = [PIPELINE_URL, PIPELINES, SERVICES, PROJECT_URL, SERVICE_ID, PIPELINE_IDS]
        .iter()
        .flat_map(|key| SUFFIXES.map(|suffix| format!("{key}{suffix}")));
    AnnotationKeys {
        pipeline_url: PIPELINE_URL,
        all: all.collect(),
    }
}

/// Reads the annotations of an entity: `harness.io/pipelines`, `harness.io/pipeline-url` and `harness.io/services`,
/// which win over the older `harness.io/project-url` with `harness.io/cd-serviceId` and `harness.io/ci-pipelineIds`.
///
/// A value has one `label: address` a line; the label may be missing, and the address may be a Markdown link. What is
/// named twice is there once. What cannot be read is a problem in the answer, never an error.
#[must_use]
pub fn read_annotations(annotations: &BTreeMap<String, String>) -> HarnessAnnotations {
    let mut reader = Reader {
        annotations,
        found: HarnessAnnotations::default(),
    };
    for suffix in SUFFIXES {
        reader.links(&format!("{PIPELINES}{suffix}"), Wanted::Pipeline);
        reader.links(&format!("{PIPELINE_URL}{suffix}"), Wanted::Pipeline);
        reader.links(&format!("{SERVICES}{suffix}"), Wanted::Service);
    }
    reader.misspelt_keys();
    let newer = reader.kinds_found();
    for suffix in SUFFIXES {
        reader.older(suffix, &newer);
    }
    reader.found
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Wanted {
    Pipeline,
    Service,
}

impl Wanted {
    const ALL: [Self; 2] = [Self::Pipeline, Self::Service];

    /// The older annotation with identifiers of such.
    fn ids(self) -> &'static str {
        match self {
            Self::Pipeline => PIPELINE_IDS,
            Self::Service => SERVICE_ID,
        }
    }

    fn noun(self) -> &'static str {
        match self {
            Self::Pipeline => "pipeline",
            Self::Service => "service",
        }
    }

    fn identifier(self, target: &HarnessUrl) -> Option<&str> {
        match self {
            Self::Pipeline => target.pipeline.as_deref(),
            Self::Service => target.service.as_deref(),
        }
    }
}

struct Reader<'a> {
    annotations: &'a BTreeMap<String, String>,
    found: HarnessAnnotations,
}

impl Reader<'_> {
    fn links(&mut self, key: &str, wanted: Wanted) {
        let Some(value) = self.annotations.get(key) else { return };
        if value.trim().is_empty() {
            return self.problem(key, value, self.advice_for_empty());
        }
        for line in value.lines().filter(|line| !line.trim().is_empty()) {
            self.line(key, line, wanted);
        }
    }

    /// One line, which holds several links where a folded block has joined several lines.
    fn line(&mut self, key: &str, line: &str, wanted: Wanted) {
        let mut rest = line;
        while !rest.trim().is_empty() {
            let Some(start) = find_address(rest) else {
                let message = if rest.contains("://") {
                    "the address does not start with https://; copy it from the browser".to_owned()
                } else {
                    "there is no address here; copy it from the browser, with a label before it if you like: `label: https://…`"
                        .to_owned()
                };
                return self.problem(key, rest, message);
            };
            let (label, address) = rest.split_at_checked(start).unwrap_or((rest, ""));
            let end = address
                .find(|c: char| c.is_whitespace() || c == ')')
                .unwrap_or(address.len());
            let (address, after) = address.split_at_checked(end).unwrap_or((address, ""));
            self.link(
                key,
                label_of(label),
                address.trim_end_matches(['"', '\'', ',', ';']),
                wanted,
            );
            rest = after.trim_start_matches([')', ',', ';']);
        }
    }

    fn link(&mut self, key: &str, label: &str, address: &str, wanted: Wanted) {
        let target = match parse_url(address) {
            Ok(target) => target,
            Err(error) => return self.problem(key, address, error.to_string()),
        };
        let Some(identifier) = wanted.identifier(&target) else {
            let message = format!(
                "the address is not that of a {0}; open the {0} in Harness and copy its address",
                wanted.noun()
            );
            return self.problem(key, address, message);
        };
        let label = if label.is_empty() { identifier } else { label }.to_owned();
        let links = match wanted {
            Wanted::Pipeline => &mut self.found.pipelines,
            Wanted::Service => &mut self.found.services,
        };
        if links.iter().any(|link| link.target.is_about_same(&target)) {
            return;
        }
        links.push(LabelledUrl {
            label: unlike(links, label, &target),
            url: address.to_owned(),
            target,
        });
    }

    /// Keys that nobody reads, and that are near to one that is read. Other plugins have keys of their own.
    fn misspelt_keys(&mut self) {
        let known = annotation_keys().all;
        let names = || {
            known
                .iter()
                .filter_map(|key| key.strip_prefix(PREFIX)?.strip_prefix('/'))
        };
        for (key, value) in self.annotations.iter().filter(|(key, _)| !known.contains(key)) {
            let Some((prefix, name)) = key.split_once('/') else {
                continue;
            };
            if let (Some(_), Some(name)) = (nearest(prefix, [PREFIX]), nearest(name, names())) {
                let message = format!("nothing reads this annotation; did you mean `{PREFIX}/{name}`?");
                self.problem(key, value, message);
            }
        }
    }

    /// What something has been found of.
    fn kinds_found(&self) -> Vec<Wanted> {
        let is_found = |wanted: &Wanted| match wanted {
            Wanted::Pipeline => !self.found.pipelines.is_empty(),
            Wanted::Service => !self.found.services.is_empty(),
        };
        Wanted::ALL.into_iter().filter(is_found).collect()
    }

    /// The older annotations of a suffix: a project's address, and the identifiers of pipelines and of a service in it.
    /// Some entities have the address of a pipeline or a service there. `newer` is what newer annotations say already.
    fn older(&mut self, suffix: &str, newer: &[Wanted]) {
        let project_key = format!("{PROJECT_URL}{suffix}");
        let address = self.annotations.get(&project_key).map(|value| value.trim());
        let project = match address.map(Project::read).transpose() {
            Ok(project) => project,
            Err(message) => return self.problem(&project_key, address.unwrap_or_default(), message),
        };
        let mut is_used = !newer.is_empty();
        for wanted in Wanted::ALL {
            let ids_key = format!("{}{suffix}", wanted.ids());
            let is_own = |project: &&Project<'_>| wanted.identifier(&project.target).is_some();
            let own = project.as_ref().filter(is_own).map(|project| project.address);
            is_used |= own.is_some() || self.annotations.contains_key(&ids_key);
            if newer.contains(&wanted) {
                continue;
            }
            if let Some(address) = own {
                self.link(&project_key, "", address, wanted);
            }
            self.ids(&ids_key, wanted, project.as_ref().ok_or(&project_key));
        }
        if let Some(address) = address.filter(|_| !is_used) {
            let message = format!(
                "a project alone names no pipeline and no service; add `{PIPELINE_URL}` with the address of the \
                 pipeline, or `{SERVICE_ID}{suffix}` or `{PIPELINE_IDS}{suffix}` with identifiers of the project"
            );
            self.problem(&project_key, address, message);
        }
    }

    /// Identifiers, separated by commas, of a project; without one, the key under which it is missing.
    fn ids(&mut self, key: &str, wanted: Wanted, project: Result<&Project<'_>, &String>) {
        let Some(value) = self.annotations.get(key) else { return };
        let ids = value.split(',').map(str::trim).filter(|id| !id.is_empty());
        let ids: Vec<_> = ids.collect();
        if ids.is_empty() {
            let message = format!("there is no identifier of a {} here; write one", wanted.noun());
            return self.problem(key, value, message);
        }
        match project {
            Ok(project) => ids
                .into_iter()
                .for_each(|id| self.link(key, "", &project.page(wanted, id), wanted)),
            Err(missing) => {
                let message = format!("nothing says in which project; add `{missing}` with the project's address");
                self.problem(key, value, message);
            }
        }
    }

    fn problem(&mut self, annotation: &str, value: &str, message: String) {
        const SHOWN: usize = 200;
        let value = value.trim().chars().take(SHOWN).collect();
        self.found.problems.push(AnnotationProblem {
            annotation: annotation.to_owned(),
            value,
            message,
        });
    }

    /// In YAML, lines below `harness.io/services: |` that are not indented become annotations of their own.
    fn advice_for_empty(&self) -> String {
        let astray = self
            .annotations
            .iter()
            .filter(|(key, value)| !key.contains('/') && parse_url(value).is_ok());
        let astray: Vec<_> = astray.map(|(key, _)| quoted(key)).collect();
        if astray.is_empty() {
            "the annotation is empty; write `label: https://…` or remove it".to_owned()
        } else {
            format!(
                "the annotation is empty, and {} stand beside it; indent these lines",
                astray.join(", ")
            )
        }
    }
}

/// Where the first web address starts.
fn find_address(text: &str) -> Option<usize> {
    ["https://", "http://", "HTTPS://", "HTTP://"]
        .into_iter()
        .filter_map(|scheme| text.find(scheme))
        .min()
}

/// A label that none of the links has: with the project where it is taken, and with a number where that is as well.
fn unlike(links: &[LabelledUrl], label: String, target: &HarnessUrl) -> String {
    let is_free = |label: &String| links.iter().all(|link| link.label != *label);
    let place = [target.org.as_deref(), target.project.as_deref()].map(Option::unwrap_or_default);
    let placed = format!("{label} ({})", place.join("/"));
    let numbered = (2..).map(|number: u32| format!("{placed} {number}"));
    let mut labels = [label, placed.clone()].into_iter().chain(numbered);
    labels.find(is_free).unwrap_or(placed)
}

/// The label before an address: `label: `, `[label](` or a list's dash.
fn label_of(before: &str) -> &str {
    let before = before.trim().trim_start_matches(['-', '*']).trim_start();
    let before = before.trim_end_matches(['"', '\'', '<']);
    match before.strip_suffix("](") {
        Some(markdown) => markdown.rsplit_once('[').map_or(markdown, |(_, label)| label).trim(),
        None => before.trim_end().trim_end_matches(':').trim(),
    }
}

/// The project of the older annotations.
struct Project<'a> {
    address: &'a str,
    target: HarnessUrl,
    ui_base: String,
    scope: HarnessScope,
}

impl<'a> Project<'a> {
    /// Reads its address; says what is wrong with it.
    fn read(address: &'a str) -> Result<Self, String> {
        let target = parse_url(address).map_err(|error| error.to_string())?;
        let (Some(org), Some(project), Some((scheme, _))) =
            (target.org.clone(), target.project.clone(), address.split_once("://"))
        else {
            let message = "the address is not that of a project; open the project in Harness and copy its address";
            return Err(message.to_owned());
        };
        Ok(Self {
            address,
            ui_base: format!("{scheme}://{}", target.host),
            scope: HarnessScope {
                account: target.account.clone(),
                org,
                project,
            },
            target,
        })
    }

    /// The page of one of its pipelines or services.
    fn page(&self, wanted: Wanted, id: &str) -> String {
        match wanted {
            Wanted::Pipeline => url::studio_page(&url::pipeline_page(&self.ui_base, &self.scope.pipeline(id))),
            Wanted::Service => url::service_page(&self.ui_base, &self.scope, id),
        }
    }
}
