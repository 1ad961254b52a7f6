use serde::Serialize;

use crate::naming::patterns::{ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION, REGION_IDENTIFIER, filled};
use crate::naming::{infrastructure_file, underscored};
use crate::{Environment, Region};

/// What versions are deployed to outside Kubernetes, in each of some environments and regions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Infrastructure {
    /// Where it stands in the platform description, as an RFC 6901 pointer.
    pub pointer: String,
    /// The pattern of its infrastructure definitions' names, for example `{{ENVIRONMENT}}-{{REGION}}-lambda`.
    pub name: String,
    /// The archetypes whose services are deployed to it; all of one deployment type.
    pub archetypes: Vec<String>,
    /// The names of its environments, in platform order.
    pub environments: Vec<String>,
    /// The names of its regions, in platform order.
    pub regions: Vec<String>,
    /// Harness's `deploymentType`, for example `AwsLambda`.
    pub deployment_type: String,
    /// Harness's `type` of the infrastructure definitions, for example `Pdc`.
    pub infrastructure_type: String,
    /// Their `spec` as YAML, with placeholders.
    pub spec: String,
    /// The connectors that the spec names.
    pub connectors: Vec<String>,
}

impl Infrastructure {
    /// Whether services of an archetype are deployed to it.
    #[must_use]
    pub fn is_for(&self, archetype: &str) -> bool {
        self.archetypes.iter().any(|known| known == archetype)
    }

    /// Whether it is in an environment and a region, by their names.
    #[must_use]
    pub fn is_in(&self, environment: &str, region: &str) -> bool {
        let has = |all: &[String], name: &str| all.iter().any(|known| known == name);
        has(&self.environments, environment) && has(&self.regions, region)
    }

    /// What its infrastructure definition of an environment and a region is called.
    #[must_use]
    pub fn name_in(&self, environment: &str, region: &str) -> String {
        filled(&self.name, &[(ENVIRONMENT, environment), (REGION, region)])
    }

    /// The identifier of that, with the identifiers of environment and region in place of their names.
    #[must_use]
    pub fn identifier_in(&self, environment: &Environment, region: &Region) -> String {
        underscored(&self.name_in(environment.identifier.as_str(), region.identifier.as_str()))
    }

    /// The same, where an expression says the region's identifier.
    #[must_use]
    pub fn identifier_by(&self, environment: &str, region: &str) -> String {
        let parts: Vec<String> = self
            .name
            .split("{{REGION}}")
            .map(|part| underscored(&filled(part, &[(ENVIRONMENT, environment)])))
            .collect();
        parts.join(region)
    }

    /// What its infrastructure definition of an environment and a region says.
    #[must_use]
    pub fn spec_in(&self, environment: &Environment, region: &Region) -> String {
        let place = [
            (ENVIRONMENT, environment.name.as_str()),
            (ENVIRONMENT_IDENTIFIER, environment.identifier.as_str()),
            (REGION, region.name.as_str()),
            (REGION_IDENTIFIER, region.identifier.as_str()),
        ];
        filled(&self.spec, &place)
    }

    /// What the file of that is called.
    #[must_use]
    pub fn file_in(&self, environment: &str, region: &str) -> String {
        infrastructure_file(environment, &self.name_in(environment, region))
    }
}
