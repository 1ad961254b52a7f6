use std::collections::BTreeMap;

use serde::Serialize;

use crate::{ArtifactRegistry, EntityRef, Identifier, ProjectRef};

/// The services of `services.yaml`, checked as [`Platform`](crate::Platform) is.
#[derive(Clone, Debug, Default, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct ServiceCatalog {
    /// Services, in file order.
    pub services: Vec<Service>,
}

/// One service.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Service {
    /// For example `payment-service`.
    pub name: String,
    /// What people read in Harness: the name, where nothing else is said.
    pub display_name: String,
    /// Derived from the name.
    pub identifier: Identifier,
    /// The project that it is in; `None` where there is no platform to tell it.
    pub project: Option<ProjectRef>,
    /// Chooses the template, for example `api`.
    pub archetype: String,
    /// The owning team, for example `payments-team`.
    pub team: String,
    /// Derived from the team.
    pub team_identifier: EntityRef,
    /// The image path below the registry, for example `project/payment-service`.
    pub image: String,
    /// The catalog entity that it is in Backstage, in full: `component:default/payment-service`.
    pub entity: String,
    /// Names of the environments it runs in, in platform order.
    pub environments: Vec<String>,
    /// Names of the regions it runs in, in platform order: each in one of its environments at least.
    pub regions: Vec<String>,
    /// The region that a run is offered first: the first that its first environment has.
    pub first_region: String,
    /// The name of the registry that holds the image.
    pub registry: String,
    /// What kind of registry that is.
    pub artifact: ArtifactRegistry,
    /// The pipeline's name: `payment-service-cd`.
    pub pipeline_name: String,
    /// The pipeline's identifier: `payment_service_cd`.
    pub pipeline_identifier: Identifier,
    /// The pattern of its namespace, where it has one of its own.
    pub namespace: Option<String>,
    /// The pattern of its release, where it has one of its own.
    pub release_name: Option<String>,
    /// Further placeholder values, by placeholder name.
    pub values: BTreeMap<String, String>,
}

impl Service {
    /// The pipeline's name: `payment-service-cd`.
    #[must_use]
    pub fn pipeline_name(&self) -> String {
        self.pipeline_name.clone()
    }

    /// The pipeline's identifier: `payment_service_cd`.
    #[must_use]
    pub fn pipeline_identifier(&self) -> String {
        self.pipeline_identifier.to_string()
    }
}
