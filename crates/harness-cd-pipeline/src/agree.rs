//! Does a rendered pipeline agree with the platform description? A template is free text, so what the description
//! promises (who approves, when deploying is allowed, how a canary grows) is looked for in what came out.
//!
//! Codes: `HCD0115` another identity, `HCD0116` a reference to nothing, `HCD0117` an environment without a stage,
//! `HCD0118` a missing approval, `HCD0119` a missing change window policy, `HCD0120` other canary phases.

use harness_cd_model::{Diagnostic, Environment, Platform, Service, Severity};
use harness_cd_yaml::{At, Node, parse_text};

use crate::render::underscored;
use crate::stages::{Stage, stages, step_types};

/// Checks one rendered pipeline; the positions are those of the rendered file.
pub(crate) fn check(file: &str, text: &str, platform: &Platform, service: &Service) -> Vec<Diagnostic> {
    let document = match parse_text(file, text) {
        Ok(document) => document,
        Err(findings) => return findings,
    };
    let mut check = Check {
        file,
        findings: Vec::new(),
    };
    let Some(pipeline) = At::root(&document.root).get("pipeline") else {
        check.report(
            "HCD0115",
            &At::root(&document.root),
            "the template renders no pipeline",
            "start it with `pipeline:`",
        );
        return check.findings;
    };
    check.identity(&pipeline, platform, service);
    let stages = stages(&pipeline);
    for stage in &stages {
        check.references(stage, platform, service);
    }
    for environment in platform
        .environments
        .iter()
        .filter(|known| service.environments.contains(&known.name))
    {
        let own = |stage: &Stage<'_>| {
            environment_of(stage).is_some_and(|at| at.node.as_str() == Some(environment.identifier.as_str()))
        };
        match stages.iter().position(own) {
            Some(index) => check.environment(stages.get(..=index).unwrap_or_default(), environment, service),
            None => {
                let message = format!("no stage deploys to `{}`", environment.name);
                check.report(
                    "HCD0117",
                    &pipeline,
                    &message,
                    "add a Deployment stage with its environmentRef",
                );
            }
        }
    }
    check.findings
}

fn environment_of<'n>(stage: &Stage<'n>) -> Option<At<'n>> {
    stage.body.get("spec")?.get("environment")?.get("environmentRef")
}

struct Check<'f> {
    file: &'f str,
    findings: Vec<Diagnostic>,
}

impl Check<'_> {
    fn identity(&mut self, pipeline: &At<'_>, platform: &Platform, service: &Service) {
        let identifier = service.pipeline_identifier();
        let wanted = [
            ("name", service.pipeline_name()),
            ("identifier", identifier),
            ("orgIdentifier", platform.org.to_string()),
            ("projectIdentifier", platform.project.to_string()),
        ];
        for (key, wanted) in wanted {
            let at = pipeline.get(key).unwrap_or_else(|| pipeline.clone());
            if at.node.as_str() != Some(&wanted) {
                let message = format!("the pipeline's `{key}` is not `{wanted}`");
                self.report("HCD0115", &at, &message, "mend the archetype's template");
            }
        }
    }

    fn references(&mut self, stage: &Stage<'_>, platform: &Platform, service: &Service) {
        let spec = stage.body.get("spec");
        let service_ref = spec.as_ref().and_then(|spec| spec.get("service")?.get("serviceRef"));
        self.literal(service_ref, "service", |text| text == service.identifier.as_str());
        self.literal(environment_of(stage), "environment", |text| {
            platform
                .environments
                .iter()
                .any(|known| known.identifier.as_str() == text)
        });
        let is_group = |text: &str| {
            text == service.team_identifier.as_str()
                || platform
                    .approval_groups
                    .iter()
                    .any(|group| group.identifier.as_str() == text)
        };
        for at in listed(&stage.body, "userGroups") {
            self.literal(Some(at), "user group", is_group);
        }
        let is_window = |text: &str| {
            platform
                .change_windows
                .iter()
                .any(|window| underscored(&window.name) == text)
        };
        for at in listed(&stage.body, "policySets") {
            self.literal(Some(at), "change window", is_window);
        }
    }

    fn literal(&mut self, at: Option<At<'_>>, kind: &str, exists: impl Fn(&str) -> bool) {
        let Some(at) = at else { return };
        let Some(text) = at.node.text().filter(|text| !text.contains("<+")) else {
            return;
        };
        if !exists(text) {
            let message = format!("the platform description knows no {kind} with the identifier `{text}`");
            self.report(
                "HCD0116",
                &at,
                &message,
                "mend the archetype's template, or describe it in platform.yaml",
            );
        }
    }

    /// The stage of an environment is the last of those given; what guards it stands in it or before it.
    fn environment(&mut self, until: &[Stage<'_>], environment: &Environment, service: &Service) {
        let Some(stage) = until.last() else { return };
        let found = |key: &str, wanted: &str| {
            until
                .iter()
                .flat_map(|stage| listed(&stage.body, key))
                .any(|at| at.node.text() == Some(wanted))
        };
        for approval in &environment.approvals {
            let group = if approval == crate::read::OWN_TEAM {
                service.team_identifier.to_string()
            } else {
                underscored(approval)
            };
            if !found("userGroups", &group) {
                let message = format!(
                    "nobody asks the group `{group}` before deploying to `{}`",
                    environment.name
                );
                self.report(
                    "HCD0118",
                    &stage.body,
                    &message,
                    "add an approval stage to the archetype's template",
                );
            }
        }
        if let Some(window) = &environment.change_window
            && !found("policySets", &underscored(window))
        {
            let message = format!(
                "no Policy step checks `{window}` before deploying to `{}`",
                environment.name
            );
            self.report(
                "HCD0119",
                &stage.body,
                &message,
                "add a Policy step to the archetype's template",
            );
        }
        let phases: Vec<i64> = step_types(&stage.body)
            .filter(|(step, kind)| *kind == "K8sCanaryDeploy" && step.node.get("type").is_some())
            .filter_map(|(step, _)| {
                step.node
                    .at(&["spec", "instanceSelection", "spec", "percentage"])?
                    .as_i64()
            })
            .collect();
        let wanted: Vec<i64> = environment
            .canary
            .iter()
            .map(|phase| i64::from(phase.percentage))
            .collect();
        if !phases.is_empty() && phases != wanted {
            let message = format!("the canary grows by {phases:?} percent; the platform description says {wanted:?}");
            self.report(
                "HCD0120",
                &stage.body,
                &message,
                "make the archetype's template and platform.yaml agree",
            );
        }
    }

    fn report(&mut self, code: &str, at: &At<'_>, message: &str, hint: &str) {
        self.findings.push(Diagnostic {
            code: code.to_owned(),
            severity: Severity::Error,
            message: message.to_owned(),
            file: self.file.to_owned(),
            pointer: at.pointer.clone(),
            range: at.node.range,
            hint: Some(hint.to_owned()),
        });
    }
}

/// The items of every list under a key, anywhere below a node.
fn listed<'n>(at: &At<'n>, key: &str) -> Vec<At<'n>> {
    let mut found = Vec::new();
    let suffix = format!("/{key}");
    at.node.walk(&mut |pointer: &str, node: &'n Node| {
        if pointer.ends_with(&suffix) {
            found.extend(
                At {
                    node,
                    pointer: format!("{}{pointer}", at.pointer),
                }
                .items(),
            );
        }
    });
    found
}
