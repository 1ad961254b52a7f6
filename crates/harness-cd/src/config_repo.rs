use harness_cd_client::{FailureCode, HarnessFailure};
use harness_cd_model::{ConfigReading, DeployRules, PipelineRef, Platform, ProjectRef, StoppedService};
use harness_cd_pipeline::{ConfigRepo, Files, UnreadService, deploy_rules, read_config_repo};

/// Reads a config repository: the rules of its services, or why it has none.
#[must_use]
pub fn read_rules(files: &Files) -> ConfigReading {
    let ConfigRepo {
        platform,
        catalog,
        unread,
        diagnostics,
        ..
    } = read_config_repo(files);
    let Some(platform) = platform else {
        return ConfigReading::Rejected { diagnostics };
    };
    let rules = catalog.services.iter().map(|service| deploy_rules(&platform, service));
    ConfigReading::Read {
        rules: rules.collect(),
        stopped: unread.iter().flat_map(|unread| stopped(&platform, unread)).collect(),
        regions: platform.region_names().map(str::to_owned).collect(),
        diagnostics,
    }
}

/// A service that is stopped, in the project that it goes into; in each, where that cannot be told.
fn stopped(platform: &Platform, unread: &UnreadService) -> Vec<StoppedService> {
    let projects = platform.project_refs();
    let may_be = |project: &ProjectRef| unread.project.as_ref().is_none_or(|known| known == project);
    let in_project = |ProjectRef { org, project }| {
        let (pipeline, pipeline_name) = unread.pipeline.clone().unzip();
        StoppedService {
            service: unread.left_out.name.clone(),
            org: org.into(),
            project: project.into(),
            pipeline,
            pipeline_name,
            reason: unread.left_out.reason.clone(),
        }
    };
    projects.filter(may_be).map(in_project).collect()
}

/// The rules of the service that a pipeline deploys: by its place and its identifier, or else its name; `None` where it is
/// in no config repo. They hold by whatever way the pipeline is come by.
///
/// # Errors
/// [`FailureCode::InvalidConfig`] where it is, or may be, the pipeline of a service that is stopped.
pub fn rules_of<'r>(
    rules: &'r [DeployRules],
    stopped: &[StoppedService],
    pipeline: &PipelineRef<'_>,
) -> Result<Option<&'r DeployRules>, HarnessFailure> {
    Ok(place_of_rules(rules, stopped, pipeline)?.and_then(|place| rules.get(place)))
}

fn place_of_rules(
    rules: &[DeployRules],
    stopped: &[StoppedService],
    pipeline: &PipelineRef<'_>,
) -> Result<Option<usize>, HarnessFailure> {
    let called = |name: fn(&DeployRules) -> &str| {
        let is_there = |rules: &DeployRules| rules.org == pipeline.org && rules.project == pipeline.project;
        rules
            .iter()
            .position(|rules| name(rules) == pipeline.pipeline && is_there(rules))
    };
    if let Some(place) = called(|rules| &rules.pipeline) {
        return Ok(Some(place));
    }
    let is_stopped_there = |one: &&StoppedService| one.org == pipeline.org && one.project == pipeline.project;
    let stopped = || stopped.iter().filter(is_stopped_there);
    let is_called = |one: &&StoppedService| {
        let names = [&one.pipeline, &one.pipeline_name];
        names.iter().any(|name| name.as_deref() == Some(&pipeline.pipeline))
    };
    let by_name = called(|rules| &rules.pipeline_name);
    let nameless = || {
        stopped()
            .find(|one| one.pipeline.is_none())
            .filter(|_| by_name.is_none())
    };
    match stopped().find(is_called).or_else(nameless) {
        Some(stopped) => Err(why_stopped(stopped)),
        None => Ok(by_name),
    }
}

/// Of each of several pipelines the place of its rules among them, as [`rules_of`] finds them: -1 for one that is in no
/// config repo, -2 for one that is, or may be, of a service that is stopped.
#[must_use]
pub fn places_of_rules(rules: &[DeployRules], stopped: &[StoppedService], pipelines: &[PipelineRef<'_>]) -> Vec<i32> {
    let place = |pipeline| match place_of_rules(rules, stopped, pipeline) {
        Ok(found) => found.and_then(|place| i32::try_from(place).ok()).unwrap_or(-1),
        Err(_) => -2,
    };
    pipelines.iter().map(place).collect()
}

fn why_stopped(stopped: &StoppedService) -> HarnessFailure {
    let StoppedService { service, reason, .. } = stopped;
    let message = format!(
        "the config repo has no rules for the service `{service}` until this is mended: {}: {}",
        reason.place(),
        reason.message
    );
    HarnessFailure::new(FailureCode::InvalidConfig, message)
}

#[cfg(test)]
mod tests {
    use harness_cd_model::{HarnessScope, Range, codes};

    use super::*;

    fn rules(service: &str, pipeline: &str, pipeline_name: &str) -> DeployRules {
        DeployRules {
            service: service.to_owned(),
            service_identifier: service.to_owned(),
            entity: format!("component:default/{service}"),
            org: "default".to_owned(),
            project: "platform".to_owned(),
            pipeline: pipeline.to_owned(),
            pipeline_name: pipeline_name.to_owned(),
            immutable_tags_only: true,
            environments: Vec::new(),
        }
    }

    fn stopped(pipeline: Option<(&str, &str)>) -> StoppedService {
        StoppedService {
            service: "d".to_owned(),
            org: "default".to_owned(),
            project: "platform".to_owned(),
            pipeline: pipeline.map(|(identifier, _)| identifier.to_owned()),
            pipeline_name: pipeline.map(|(_, name)| name.to_owned()),
            reason: codes::UNKNOWN_WORD.finding("services.yaml", "", Range::default(), "it is wrong", "mend it"),
        }
    }

    #[test]
    fn many_pipelines_have_the_rules_that_each_has_by_itself() {
        let all = [rules("a", "a_cd", "b_cd"), rules("b", "b_cd", "b-cd")];
        let scope = HarnessScope {
            account: "any".to_owned(),
            org: "default".to_owned(),
            project: "platform".to_owned(),
        };
        let pipelines = ["b_cd", "c_cd", "d_cd", "a_cd"].map(|pipeline| scope.pipeline(pipeline));
        let found = places_of_rules(&all, &[stopped(Some(("d_cd", "d-cd")))], &pipelines);
        assert_eq!(found, [1, -1, -2, 0]);
    }

    #[test]
    fn rules_are_found_by_place_and_identifier_and_then_by_name() {
        // The name of one is the identifier of another.
        let all = [rules("a", "a_cd", "b_cd"), rules("b", "b_cd", "b-cd")];
        let stopped = [stopped(Some(("d_cd", "d-cd")))];
        let found = |project: &str, pipeline: &str| {
            let scope = HarnessScope {
                account: "any".to_owned(),
                org: "default".to_owned(),
                project: project.to_owned(),
            };
            let found = rules_of(&all, &stopped, &scope.pipeline(pipeline));
            found.map(|rules| rules.map(|rules| rules.service.as_str()))
        };
        assert_eq!(found("platform", "a_cd"), Ok(Some("a")));
        assert_eq!(found("platform", "b_cd"), Ok(Some("b")));
        assert_eq!(found("platform", "b-cd"), Ok(Some("b")));
        assert_eq!(found("platform", "c_cd"), Ok(None));
        assert_eq!(found("elsewhere", "a_cd"), Ok(None));
        let refused = |found: Result<Option<&str>, HarnessFailure>| found.unwrap_err().code;
        assert_eq!(refused(found("platform", "d_cd")), FailureCode::InvalidConfig);
        assert_eq!(refused(found("platform", "d-cd")), FailureCode::InvalidConfig);
        assert_eq!(found("elsewhere", "d_cd"), Ok(None));
    }

    #[test]
    fn a_stopped_service_is_stopped_in_its_project_alone() {
        let file = |path: &str| {
            let repo = concat!(env!("CARGO_MANIFEST_DIR"), "/../../examples/config-repo/");
            std::fs::read_to_string(format!("{repo}{path}")).unwrap()
        };
        let projects = "projects:\n  - {name: payments, org: payments, teams: [payments-team]}\nmanagedBy:";
        let stopped = |of: &str| {
            let platform = file("platform.yaml").replacen("managedBy:", projects, 1);
            let services = file("services.yaml").replacen("    team: payments-team\n", of, 1);
            let template = "templates/api-pipeline-template.yaml";
            let texts = [
                ("platform.yaml", platform),
                ("services.yaml", services),
                (template, file(template)),
            ];
            let files = texts.map(|(path, text)| (path.to_owned(), text.into_bytes()));
            let ConfigReading::Read { stopped, .. } = read_rules(&files.into_iter().collect()) else {
                return Vec::new();
            };
            let first = stopped.into_iter().filter(|one| one.service == "payment-service");
            first.map(|one| format!("{}/{}", one.org, one.project)).collect()
        };
        assert_eq!(stopped("    team: payments-team\n    x: 1\n"), ["payments/payments"]);
        assert_eq!(
            stopped("    team: payments-team\n    project: platform\n    x: 1\n"),
            ["default/platform"]
        );
        // Whose it is cannot be told, so that it may be of each.
        for unknown in ["", "    team: payments-team\n    project: payment\n"] {
            assert_eq!(stopped(unknown), ["default/platform", "payments/payments"], "{unknown}");
        }
    }

    #[test]
    fn where_a_stopped_service_has_no_name_any_pipeline_without_rules_may_be_its() {
        let all = [rules("a", "a_cd", "a-cd")];
        let stopped = [stopped(None)];
        let scope = HarnessScope {
            account: "any".to_owned(),
            org: "default".to_owned(),
            project: "platform".to_owned(),
        };
        let found = |pipeline: &str| rules_of(&all, &stopped, &scope.pipeline(pipeline)).map(|rules| rules.is_some());
        assert_eq!((found("a_cd"), found("a-cd")), (Ok(true), Ok(true)));
        let refused = found("c_cd").unwrap_err();
        assert_eq!(refused.code, FailureCode::InvalidConfig);
        assert_eq!(
            refused.message,
            "the config repo has no rules for the service `d` until this is mended: services.yaml:0:0: it is wrong"
        );
    }
}
