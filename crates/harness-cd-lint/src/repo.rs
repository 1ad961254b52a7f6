//! A config repository as a whole.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::{Diagnostic, Platform, Service};
use harness_cd_template::Template;
use harness_cd_yaml::{Document, Node, decode, parse_text};

use crate::linter::read;
use crate::place::{Faults, type_of};
use crate::references::Entities;
use crate::reporter::{Reporter, Source};
use crate::rule::CANARY_OF_SEVERAL;
use crate::sample::sample_of;
use crate::settings::LintSettings;
use harness_cd_pipeline::stages::{bodies, steps};
use harness_cd_pipeline::{ConfigRepo, Files, read_config_repo, render};

/// The settings of the rules.
const SETTINGS: &str = "lint.yaml";
/// Where the generated manifests are: `generated/<service>/<environment>/<region>/…`.
const MANIFESTS: &str = "generated/";

/// Checks a whole config repository: its descriptions, its `lint.yaml`, its templates, the manifests below
/// `generated/`, and what the templates render to. The findings of rendered files carry the path they are rendered
/// to; what is found in a template is not said again for each of its services.
#[must_use]
pub fn lint_config_repo(files: &Files) -> Vec<Diagnostic> {
    let repo = read_config_repo(files);
    let (settings, mut findings) = match files.get(SETTINGS) {
        Some(text) => LintSettings::read(SETTINGS, text),
        None => (LintSettings::default(), Vec::new()),
    };
    let rendered = render(&repo, &[]);
    let documents = entities(&rendered.files);
    let check = RepoCheck {
        files,
        repo: &repo,
        settings: &settings,
        entities: Entities::of(documents.iter().map(|(_, document)| document), &repo),
        canaries: canaries(&repo),
    };
    let templates = check.templates();
    findings.extend(check.rendered(&documents, &templates));
    findings.extend(templates.into_values().flatten());
    findings.extend(check.manifests());
    findings.extend(rendered.diagnostics);
    findings.extend(repo.diagnostics);
    Diagnostic::sort(&mut findings);
    findings
}

/// The Harness entities among rendered files, each with its text. Policies are Rego, and a delegate's values belong
/// to Helm.
fn entities(files: &BTreeMap<String, String>) -> Vec<(&str, Document)> {
    let is_entity = |path: &str| path.ends_with(".yaml") && !path.starts_with("delegates/");
    let rendered = files.iter().filter(|(path, _)| is_entity(path));
    // What is rendered is YAML.
    rendered
        .filter_map(|(path, text)| Some((text.as_str(), parse_text(path, text).ok()?)))
        .collect()
}

struct RepoCheck<'r> {
    files: &'r Files,
    repo: &'r ConfigRepo,
    settings: &'r LintSettings,
    entities: Entities,
    canaries: BTreeMap<&'r str, BTreeSet<String>>,
}

impl RepoCheck<'_> {
    /// The findings of each template, by its file.
    fn templates(&self) -> BTreeMap<&str, Vec<Diagnostic>> {
        let found = self.repo.templates.values().filter_map(|template| {
            let text = decode(template.file(), self.files.get(template.file())?).ok()?;
            Some((
                template.file(),
                self.check(text, &template.sample(|name| self.sample(name))),
            ))
        });
        found.collect()
    }

    /// As [`sample_of`], with the regions and environments that the platform has.
    fn sample(&self, placeholder: &str) -> Option<String> {
        let platform = self.repo.platform.as_ref();
        let names = |platform: &Platform| -> Vec<String> {
            let names = platform.environments.iter().map(|environment| environment.name.clone());
            names.collect()
        };
        match (placeholder, platform) {
            ("REGIONS", Some(platform)) => Some(platform.regions.join(",")),
            ("FIRST_REGION", Some(platform)) => platform.regions.first().cloned(),
            ("ENVIRONMENTS", Some(platform)) => Some(names(platform).join(",")),
            ("FIRST_ENVIRONMENT", Some(platform)) => names(platform).first().cloned(),
            _ => sample_of(placeholder),
        }
    }

    /// The findings of rendered files beyond those of their templates.
    fn rendered(&self, documents: &[(&str, Document)], templates: &BTreeMap<&str, Vec<Diagnostic>>) -> Vec<Diagnostic> {
        let template_of: BTreeMap<String, &str> = (self.repo.catalog.services.iter())
            .filter_map(|service| {
                Some((
                    format!("pipelines/{}.yaml", service.pipeline_name()),
                    self.template(service)?,
                ))
            })
            .collect();
        let mut findings = Vec::new();
        for (text, document) in documents {
            let template = template_of.get(&document.file).and_then(|file| templates.get(file));
            let said: BTreeSet<(&str, &str)> = (template.into_iter().flatten())
                .map(|finding| (finding.code.as_str(), finding.pointer.as_str()))
                .collect();
            let found = self.check(text, document).into_iter();
            findings.extend(found.filter(|finding| !said.contains(&(finding.code.as_str(), finding.pointer.as_str()))));
        }
        findings
    }

    fn template(&self, service: &Service) -> Option<&str> {
        self.repo
            .templates
            .get(&service.archetype)
            .map(|template| template.file())
    }

    /// The findings of a document, its references into the repository included.
    fn check(&self, text: &str, document: &Document) -> Vec<Diagnostic> {
        let mut findings = self.settings.check(text, std::slice::from_ref(document));
        let source = Source::of_file(&document.file, text);
        let mut reporter = Reporter::new(self.settings, &source, &document.root);
        // Without a platform there is nothing to refer to, and that has been reported.
        if self.repo.platform.is_some() {
            for (code, faults) in self.entities.faults(&document.root) {
                reporter.report(code, faults);
            }
        }
        findings.append(&mut reporter.finish());
        findings
    }

    fn manifests(&self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for (path, bytes) in self.files.range(MANIFESTS.to_owned()..) {
            if !path.starts_with(MANIFESTS) || !path.ends_with(".yaml") {
                continue;
            }
            match decode(path, bytes).and_then(|text| Ok((text, read(path, text)?))) {
                Ok((text, documents)) => {
                    findings.extend(self.settings.check(text, &documents));
                    findings.extend(self.canary_of_several(path, text, &documents));
                }
                Err(refused) => findings.extend(refused),
            }
        }
        findings
    }

    /// A canary deploys one Deployment, and knows no other workload.
    fn canary_of_several(&self, path: &str, text: &str, documents: &[Document]) -> Vec<Diagnostic> {
        let mut parts = path.split('/').skip(1);
        let (Some(service), Some(environment)) = (parts.next(), parts.next()) else {
            return Vec::new();
        };
        if !self.has_canary(service, environment) {
            return Vec::new();
        }
        let mut deployments = 0;
        let mut findings = Vec::new();
        for document in documents {
            let kind = document.root.get("kind").and_then(Node::text).unwrap_or_default();
            deployments += usize::from(kind == "Deployment");
            let is_other = matches!(kind, "StatefulSet" | "DaemonSet" | "Job" | "CronJob");
            if is_other || (kind == "Deployment" && deployments > 1) {
                let source = Source::of_file(path, text);
                let mut faults = Faults::default();
                let message =
                    format!("`{environment}` gets a canary, which deploys one Deployment and no {kind} beside it");
                faults.add(
                    &document.root,
                    message,
                    "give the workload a service of its own, or an archetype that rolls",
                );
                let mut reporter = Reporter::new(self.settings, &source, &document.root);
                reporter.report(CANARY_OF_SEVERAL, faults);
                findings.append(&mut reporter.finish());
            }
        }
        findings
    }

    /// Whether the stage that deploys a service to an environment has a canary.
    fn has_canary(&self, service: &str, environment: &str) -> bool {
        let service = self.repo.catalog.services.iter().find(|known| known.name == service);
        let platform = self.repo.platform.as_ref();
        let environment = platform.and_then(|platform| platform.environment(environment));
        let (Some(service), Some(environment)) = (service, environment) else {
            return false;
        };
        let canaries = self.canaries.get(service.archetype.as_str());
        canaries.is_some_and(|canaries| canaries.contains(environment.identifier.as_str()))
    }
}

/// The environments, by identifier, to which each archetype deploys by a canary.
fn canaries(repo: &ConfigRepo) -> BTreeMap<&str, BTreeSet<String>> {
    let of_template = |template: &Template| {
        let document = template.sample(sample_of);
        let pipeline = document.root.get("pipeline").into_iter();
        let stages = pipeline.flat_map(|pipeline| bodies(pipeline, "stages", "stage"));
        let has_canary = |stage: &&Node| {
            steps(stage)
                .into_iter()
                .any(|step| type_of(step) == Some("K8sCanaryDeploy"))
        };
        let places = stages.filter(has_canary).filter_map(|stage| {
            stage
                .at(&["spec", "environment", "environmentRef"])
                .and_then(Node::text)
        });
        places.map(str::to_owned).collect()
    };
    let templates = repo.templates.iter();
    templates
        .map(|(archetype, template)| (archetype.as_str(), of_template(template)))
        .collect()
}
