//! A config repository as a whole.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::{LINT_FILE, is_manifest, template_name_archetype};
use harness_cd_model::{Diagnostic, EntityKind, EntityScope, ProjectRef, Range, Service, Severity, codes};
use harness_cd_pipeline::{
    ConfigRepo, Files, Rendered, TemplateState, archetype_template, digest_line, read_config_repo, render,
};
use harness_cd_yaml::{Document, Node, decode, parse, parse_text};

use crate::linter::read;
use crate::origin::Origins;
use crate::platform;
use crate::repo_facts::RepoFacts;
use crate::rules::{DANGLING, MISSING_STEP, REFERENCE};
use crate::settings::LintSettings;

/// Checks a whole config repository: its descriptions, its `lint.yaml`, its templates, the manifests below
/// `generated/`, and what the templates render to. What is found in a rendered file is told where it comes from, in a
/// template or a description, and names the file; what is found in a template is not said again for each of its services.
#[must_use]
pub fn lint_config_repo(files: &Files) -> Vec<Diagnostic> {
    let repo = read_config_repo(files);
    let (settings, mut findings) = match files.get(LINT_FILE) {
        Some(text) => LintSettings::read(LINT_FILE, text),
        None => (LintSettings::default(), Vec::new()),
    };
    let rendered = render(&repo, &[]);
    let check = RepoCheck {
        files,
        repo: &repo,
        settings: &settings,
        facts: RepoFacts::of(&repo, &rendered),
    };
    let templates = check.templates();
    let of_rendered = check.rendered(&rendered, &templates);
    // What rendering refuses at a place is not said again by a rule.
    let place = |finding: &Diagnostic| (finding.file.clone(), finding.pointer.clone());
    let refused: BTreeSet<(String, String)> = rendered.diagnostics.iter().map(place).collect();
    let is_refused = |finding: &Diagnostic| refused.contains(&place(finding));
    findings.extend(templates.into_values().flatten().filter(|finding| !is_refused(finding)));
    findings.extend(check.manifests());
    let of_platform = platform::findings(files, &repo);
    let mut outdated: Vec<Diagnostic> = outdated_templates(files, &repo).collect();
    let refused_as_old = rendered.diagnostics.iter();
    let refused_as_old = refused_as_old.filter(|finding| finding.code == codes::OUTDATED_TEMPLATE.id);
    let outdated_files: Vec<String> = outdated
        .iter()
        .chain(refused_as_old)
        .map(|finding| finding.file.clone())
        .collect();
    if is_platform_to_change(&repo, &of_platform) {
        outdated.clear();
    }
    let of_repo = outdated
        .into_iter()
        .chain(unread_files(files, &repo))
        .chain(of_platform);
    let of_repo = of_repo.filter(|finding| !is_refused(finding));
    findings.extend(of_repo.filter_map(|finding| settings.graded(finding)));
    let of_rendering = rendered.diagnostics.into_iter().map(|finding| (finding, None));
    let of_rendered: Vec<_> = of_rendered.into_iter().chain(of_rendering).collect();
    if !of_rendered.is_empty() {
        findings.extend(Origins::of(files, &repo).told(of_rendered));
    }
    findings.extend(repo.diagnostics.iter().cloned());
    findings = without_followers(findings, &outdated_files);
    Diagnostic::sort(&mut findings);
    findings
}

/// What is found in a template, but for what follows from something else there: one that is to be written anew names what
/// the platform had before, and where a gate is missing, nothing leads to its steps.
fn without_followers(findings: Vec<Diagnostic>, outdated: &[String]) -> Vec<Diagnostic> {
    let of_gate = [
        codes::NO_APPROVAL.id,
        codes::NO_WINDOW_CHECK.id,
        codes::NO_TICKET_APPROVAL.id,
    ];
    let lacks_gate = findings.iter().filter(|one| of_gate.contains(&one.code.as_str()));
    let ungated: Vec<String> = lacks_gate.map(|one| one.file.clone()).collect();
    let leading = [
        (outdated, &[DANGLING, REFERENCE][..]),
        (ungated.as_slice(), &[MISSING_STEP]),
    ];
    let is_follower = |one: &Diagnostic| {
        let mut leading = leading.iter();
        leading.any(|(files, followers)| followers.contains(&one.code.as_str()) && files.contains(&one.file))
    };
    findings.into_iter().filter(|one| !is_follower(one)).collect()
}

/// Whether what is wrong with the platform description is mended by another one, which may give the templates that are
/// there.
fn is_platform_to_change(repo: &ConfigRepo, of_platform: &[Diagnostic]) -> bool {
    let is_broken = |finding: &Diagnostic| {
        let is_of_platform = finding.file == repo.layout.platform();
        is_of_platform && (finding.severity == Severity::Error || finding.code == codes::UNAPPROVED_PRODUCTION.id)
    };
    repo.diagnostics.iter().chain(of_platform).any(is_broken)
}

/// The templates that the platform description gives otherwise by now; those that were written by hand are none. What it
/// gives is not known while something is broken that the template has.
fn outdated_templates<'r>(files: &'r Files, repo: &'r ConfigRepo) -> impl Iterator<Item = Diagnostic> {
    let archetypes = repo.platform.iter().flat_map(|platform| {
        let with_platform = move |archetype| (platform, archetype);
        platform.archetypes.iter().map(with_platform)
    });
    let known = archetypes.filter(|(_, archetype)| repo.reason_against_template(&archetype.name).is_none());
    known.filter_map(|(platform, archetype)| {
        let file = repo.layout.template_path(&archetype.name);
        let present = decode(&file, files.get(&file)?).ok()?;
        let generated = archetype_template(platform, archetype).ok()?;
        let (line, _) = digest_line(present)?;
        let state = TemplateState::of(Some(present), generated.as_deref());
        let range = Range {
            line: u32::try_from(line).ok()?,
            column: 1,
            end_line: u32::try_from(line).ok()?,
            end_column: 2,
        };
        let by_hand = match state {
            TemplateState::EditedAndOutdated => ", and was changed by hand",
            _ => "",
        };
        let message = format!(
            "the template is not the one that {} gives by now{by_hand}",
            repo.layout.platform()
        );
        let hint = format!("run `harness-cd template new --archetype {}`", archetype.name);
        let code = codes::OUTDATED_TEMPLATE;
        state
            .is_outdated()
            .then(|| code.finding(&file, "", range, message, hint))
    })
}

/// Services and templates in folders that nobody reads.
fn unread_files<'r>(files: &'r Files, repo: &'r ConfigRepo) -> impl Iterator<Item = Diagnostic> {
    let below = repo.layout.files_below(files).into_iter();
    below.filter_map(|path| {
        let (folder, name) = path.rsplit_once('/')?;
        let document = parse(path, files.get(path)?);
        let has = |key: &str| document.as_ref().is_ok_and(|document| document.root.get(key).is_some());
        // Other YAML may lie there for others.
        let is_service = has("services") || has("name") && has("archetype");
        let what = match (template_name_archetype(name), is_service) {
            (Some(_), _) => "template",
            (None, true) => "service",
            (None, false) => return None,
        };
        let message = format!("this looks like a {what}, and nobody reads `{folder}`");
        let hint = format!("move it to the folder of the other {what}s: one is read, and none below it");
        let range = Range {
            line: 1,
            column: 1,
            end_line: 1,
            end_column: 2,
        };
        Some(codes::UNREAD_FILE.finding(path, "", range, message, hint))
    })
}

struct RepoCheck<'r> {
    files: &'r Files,
    repo: &'r ConfigRepo,
    settings: &'r LintSettings,
    facts: RepoFacts<'r>,
}

impl RepoCheck<'_> {
    fn check(&self, text: &str, documents: &[Document]) -> Vec<Diagnostic> {
        self.settings.check(text, documents, Some(&self.facts))
    }

    /// The findings of each template, by its file.
    fn templates(&self) -> BTreeMap<&str, Vec<Diagnostic>> {
        let found = self.repo.templates.values().filter_map(|template| {
            let text = decode(template.file(), self.files.get(template.file())?).ok()?;
            let document = template.sample(|name| self.facts.sample(name));
            Some((template.file(), self.check(text, &[document])))
        });
        found.collect()
    }

    /// The findings of rendered files beyond those of their templates, each with the text that it is about. The trees of all would take more memory than
    /// there may be, so that one is there at a time.
    fn rendered(
        &self,
        rendered: &Rendered,
        templates: &BTreeMap<&str, Vec<Diagnostic>>,
    ) -> Vec<(Diagnostic, Option<String>)> {
        let services = self.repo.catalog.services.iter();
        let template_of: BTreeMap<(Option<ProjectRef>, String), &str> = services
            .filter_map(|service| {
                let pipeline = (service.project.clone(), service.pipeline_identifier());
                Some((pipeline, self.template(service)?))
            })
            .collect();
        let mut findings = Vec::new();
        for (path, entity) in &rendered.entities {
            // What is rendered is YAML.
            let Ok(document) = parse_text(path, &entity.yaml) else {
                continue;
            };
            let is_pipeline = entity.kind == EntityKind::Pipeline;
            let project = match &entity.scope {
                EntityScope::Project(project) => Some(project.clone()),
                EntityScope::Organization(_) | EntityScope::Account => None,
            };
            let template = template_of.get(&(project, entity.identifier.clone()));
            let template = template.filter(|_| is_pipeline);
            let template = template.and_then(|file| templates.get(file));
            let said: BTreeSet<(&str, &str)> = (template.into_iter().flatten())
                .map(|finding| (finding.code.as_str(), finding.pointer.as_str()))
                .collect();
            let found = self.check(&entity.yaml, std::slice::from_ref(&document)).into_iter();
            let found = found.filter(|finding| !said.contains(&(finding.code.as_str(), finding.pointer.as_str())));
            findings.extend(found.map(|finding| {
                let text = document.root.at_pointer(&finding.pointer).and_then(Node::text);
                let text = text.map(str::to_owned);
                (finding, text)
            }));
        }
        findings
    }

    fn template(&self, service: &Service) -> Option<&str> {
        self.repo
            .templates
            .get(&service.archetype)
            .map(|template| template.file())
    }

    fn manifests(&self) -> Vec<Diagnostic> {
        let mut findings = Vec::new();
        for (path, bytes) in self.files.iter().filter(|(path, _)| is_manifest(path)) {
            match decode(path, bytes).and_then(|text| Ok((text, read(path, text)?))) {
                Ok((text, documents)) => findings.extend(self.check(text, &documents)),
                Err(refused) => findings.extend(refused),
            }
        }
        findings
    }
}
