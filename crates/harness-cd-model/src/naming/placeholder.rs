use crate::Service;

macro_rules! placeholders {
    ($($(#[doc = $doc:literal])* $variant:ident = $name:literal, $sample:literal, $value:expr;)+) => {
        /// What the product fills in a pipeline template; a service's own `values` come on top.
        ///
        /// One line of the table holds all there is to know of one, so that none is half there.
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        pub enum Placeholder {
            $($(#[doc = $doc])* $variant,)+
        }

        impl Placeholder {
            /// Every placeholder.
            pub const ALL: &'static [Self] = &[$(Self::$variant),+];

            /// How a template writes it between its braces: `SERVICE_NAME`.
            #[must_use]
            pub fn name(self) -> &'static str {
                match self { $(Self::$variant => $name,)+ }
            }

            /// What stands there, in a sentence.
            #[must_use]
            pub fn description(self) -> &'static str {
                match self { $(Self::$variant => concat!($($doc),*).trim_start(),)+ }
            }

            /// A value of the shape that every service's has, for whoever judges a template without a service.
            #[must_use]
            pub fn sample(self) -> &'static str {
                match self { $(Self::$variant => $sample,)+ }
            }

            /// What a service puts there.
            #[must_use]
            pub fn value(self, service: &Service) -> String {
                let value: fn(&Service) -> String = match self { $(Self::$variant => $value,)+ };
                value(service)
            }
        }
    };
}

placeholders! {
    /// The service's name.
    ServiceName = "SERVICE_NAME", "sample-service", |service| service.name.clone();
    /// What the service is called in Harness.
    ServiceDisplayName = "SERVICE_DISPLAY_NAME", "Sample Service", |service| service.display_name.clone();
    /// The service's identifier.
    ServiceIdentifier = "SERVICE_IDENTIFIER", "sample_service", |service| service.identifier.to_string();
    /// The pipeline's name.
    PipelineName = "PIPELINE_NAME", "sample-service-cd", Service::pipeline_name;
    /// The pipeline's identifier.
    PipelineIdentifier = "PIPELINE_IDENTIFIER", "sample_service_cd", Service::pipeline_identifier;
    /// The identifier of the organization that the service is in.
    OrgIdentifier = "ORG_IDENTIFIER", "default", |service| service.project.as_ref().map_or_else(String::new, |project| project.org.to_string());
    /// The identifier of the project that the service is in.
    ProjectIdentifier = "PROJECT_IDENTIFIER", "platform", |service| service.project.as_ref().map_or_else(String::new, |project| project.project.to_string());
    /// The archetype's name.
    Archetype = "ARCHETYPE", "api", |service| service.archetype.clone();
    /// The owning team's name.
    Team = "TEAM", "sample-team", |service| service.team.clone();
    /// The owning team's identifier.
    TeamIdentifier = "TEAM_IDENTIFIER", "sample_team", |service| service.team_identifier.to_string();
    /// The image path below the registry.
    Image = "IMAGE", "project/sample-service", |service| service.image.clone();
    /// The names of the service's environments, with commas between them.
    Environments = "ENVIRONMENTS", "sample-environment,sample-production", |service| service.environments.join(",");
    /// The first of the service's environments.
    FirstEnvironment = "FIRST_ENVIRONMENT", "sample-environment", |service| first(&service.environments);
    /// The names of the service's regions, with commas between them.
    Regions = "REGIONS", "region1,region2", |service| service.regions.join(",");
    /// The region that a run of the service starts from: the first in which its first environment has a cluster.
    FirstRegion = "FIRST_REGION", "region1", |service| service.first_region.clone();
    /// The type of the artifact source of the service's registry.
    ArtifactType = "ARTIFACT_TYPE", "DockerRegistry", |service| service.artifact.source_type().to_owned();
    /// The key under which such a source keeps which build it is.
    ArtifactBuild = "ARTIFACT_BUILD", "tag", |service| service.artifact.build_key().to_owned();
}

impl Placeholder {
    /// The placeholder of that name.
    #[must_use]
    pub fn parse(name: &str) -> Option<Self> {
        Self::ALL.iter().copied().find(|known| known.name() == name)
    }

    /// As a template writes it: `{{SERVICE_NAME}}`.
    #[must_use]
    pub fn in_braces(self) -> String {
        format!("{{{{{}}}}}", self.name())
    }
}

fn first(names: &[String]) -> String {
    names.first().cloned().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_is_read_back() {
        for placeholder in Placeholder::ALL {
            assert_eq!(Placeholder::parse(placeholder.name()), Some(*placeholder));
        }
        assert_eq!(Placeholder::parse("MIN_REPLICAS"), None);
        assert_eq!(Placeholder::ServiceName.in_braces(), "{{SERVICE_NAME}}");
    }
}
