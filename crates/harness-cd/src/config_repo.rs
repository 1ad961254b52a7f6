use harness_cd_model::{ConfigReading, DeployRules, PipelineRef};
use harness_cd_pipeline::{ConfigRepo, Files, deploy_rules, read_config_repo};

/// Reads a config repository: the rules of its services, or why it has none.
#[must_use]
pub fn read_rules(files: &Files) -> ConfigReading {
    let ConfigRepo {
        platform,
        catalog,
        diagnostics,
        ..
    } = read_config_repo(files);
    let Some(platform) = platform else {
        return ConfigReading::Rejected { diagnostics };
    };
    let rules = catalog.services.iter().map(|service| deploy_rules(&platform, service));
    ConfigReading::Read {
        rules: rules.collect(),
        regions: platform.region_names().map(str::to_owned).collect(),
        diagnostics,
    }
}

/// The rules of the service that a pipeline deploys: by its place and its identifier, or else its name; `None` where it is
/// in no config repo. They hold by whatever way the pipeline is come by.
#[must_use]
pub fn rules_of<'r>(rules: &'r [DeployRules], pipeline: &PipelineRef<'_>) -> Option<&'r DeployRules> {
    let is_there = |rules: &&DeployRules| rules.org == pipeline.org && rules.project == pipeline.project;
    let called = |name: fn(&DeployRules) -> &str| {
        let mut there = rules.iter().filter(is_there);
        there.find(|rules| name(rules) == pipeline.pipeline)
    };
    called(|rules| &rules.pipeline).or_else(|| called(|rules| &rules.pipeline_name))
}

#[cfg(test)]
mod tests {
    use harness_cd_model::HarnessScope;

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

    #[test]
    fn rules_are_found_by_place_and_identifier_and_then_by_name() {
        // The name of one is the identifier of another.
        let all = [rules("a", "a_cd", "b_cd"), rules("b", "b_cd", "b-cd")];
        let found = |project: &str, pipeline: &str| {
            let scope = HarnessScope {
                account: "any".to_owned(),
                org: "default".to_owned(),
                project: project.to_owned(),
            };
            rules_of(&all, &scope.pipeline(pipeline)).map(|rules| rules.service.as_str())
        };
        assert_eq!(found("platform", "a_cd"), Some("a"));
        assert_eq!(found("platform", "b_cd"), Some("b"));
        assert_eq!(found("platform", "b-cd"), Some("b"));
        assert_eq!(found("platform", "c_cd"), None);
        assert_eq!(found("elsewhere", "a_cd"), None);
    }
}
