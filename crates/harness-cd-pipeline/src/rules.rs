use harness_cd_model::naming::OWN_TEAM;
use harness_cd_model::{DeployRules, EnvironmentRules, Platform, Service};

/// The rules that a service's deploy requests are checked against.
#[must_use]
pub fn deploy_rules(platform: &Platform, service: &Service) -> DeployRules {
    let environments = platform
        .environments
        .iter()
        .filter(|known| service.environments.contains(&known.name));
    let project = platform.project_of(service);
    DeployRules {
        service: service.name.clone(),
        service_identifier: service.identifier.to_string(),
        entity: service.entity.clone(),
        org: project.org.to_string(),
        project: project.project.to_string(),
        pipeline: service.pipeline_identifier(),
        pipeline_name: service.pipeline_name(),
        immutable_tags_only: platform.image_tags.immutable_only,
        environments: environments
            .map(|environment| EnvironmentRules {
                name: environment.name.clone(),
                identifier: environment.identifier.to_string(),
                environment_type: environment.environment_type,
                regions: (service.regions.iter())
                    .filter(|region| platform.has_place(&service.archetype, &environment.name, region))
                    .cloned()
                    .collect(),
                change_windows: platform.windows_of(environment).cloned().collect(),
                required_fields: environment.required_fields.clone(),
                approvals: environment
                    .approvals
                    .iter()
                    .map(|approval| match approval.group == OWN_TEAM {
                        true => service.team.clone(),
                        false => approval.group.clone(),
                    })
                    .collect(),
            })
            .collect(),
    }
}
