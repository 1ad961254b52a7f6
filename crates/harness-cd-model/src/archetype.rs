use std::collections::BTreeMap;
use std::fmt;

use serde::Serialize;

use crate::{Environment, HealthSource, ManifestFormat, ManifestPaths};

/// A kind of service: what its manifests hold, and how it deploys.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
pub struct Archetype {
    /// For example `api`; names the template.
    pub name: String,
    /// What it is, and why it deploys as it does; the heading of its template.
    pub description: Option<String>,
    /// The Kubernetes kind in the manifests, or what it is outside Kubernetes.
    pub workload: Workload,
    /// How it deploys where nothing else is said; `None` outside Kubernetes where its template, written by hand, says it.
    pub strategy: Option<Strategy>,
    /// Where it deploys otherwise, by the environment's name.
    pub overrides: BTreeMap<String, Strategy>,
    /// The name of the registry of its images; `None` for the platform's first.
    pub registry: Option<String>,
    /// What its manifests are; `None` for what the platform says.
    pub manifests: Option<ManifestFormat>,
    /// The name of the repository of its manifests; `None` for the platform's first.
    pub repository: Option<String>,
    /// Where they stand in it, where that does not say so.
    pub paths: ManifestPaths,
    /// Who brings it into a cluster; means nothing outside Kubernetes.
    pub deployer: Deployer,
    /// Minutes that a step which deploys, swaps or takes back may take; `None` for what its strategy usually has.
    pub timeout_minutes: Option<u16>,
    /// How soon a verification fails.
    pub sensitivity: Sensitivity,
    /// Minutes to verify, 5 or more, wherever an environment has it verified; `None` for what that says.
    pub verify_minutes: Option<u16>,
    /// What every approver of it reads besides.
    pub approval_message: Option<String>,
    /// What verifications ask; none where monitored services are none of the description's.
    pub health_sources: Vec<HealthSource>,
}

/// How soon a verification fails.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "UPPERCASE")]
pub enum Sensitivity {
    /// At a high risk alone.
    Low,
    /// At a medium risk already.
    #[default]
    Medium,
    /// At a low risk already.
    High,
}

impl Sensitivity {
    /// Harness's word.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Low => "LOW",
            Self::Medium => "MEDIUM",
            Self::High => "HIGH",
        }
    }
}

impl Archetype {
    /// How it deploys to an environment of that name; `None` where its template says it alone.
    #[must_use]
    pub fn strategy_in(&self, environment: &str) -> Option<Strategy> {
        self.overrides.get(environment).copied().or(self.strategy)
    }

    /// Whether a version of it is verified in an environment.
    #[must_use]
    pub fn is_verified_in(&self, environment: &Environment) -> bool {
        match self.strategy_in(&environment.name) {
            Some(Strategy::Canary | Strategy::Progressive) => true,
            Some(Strategy::BlueGreen) => environment.blue_green.verify_minutes.is_some(),
            Some(Strategy::Rolling | Strategy::Apply) | None => false,
        }
    }

    /// Harness's `deploymentType` of its stages, its services and the infrastructure definitions for them.
    #[must_use]
    pub fn deployment_type(&self) -> &'static str {
        match self.workload.is_kubernetes() {
            true => self.deployer.deployment_type(),
            false => self.workload.deployment_type(),
        }
    }
}

/// Who brings a version into a cluster.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum Deployer {
    /// Harness, which renders manifests and charts and applies their objects.
    #[default]
    Kubernetes,
    /// Helm, which upgrades a release of a chart.
    NativeHelm,
}

impl Deployer {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Kubernetes, Self::NativeHelm];

    /// Harness's `deploymentType` for it.
    #[must_use]
    pub const fn deployment_type(self) -> &'static str {
        match self {
            Self::Kubernetes => "Kubernetes",
            Self::NativeHelm => "NativeHelm",
        }
    }
}

macro_rules! workloads {
    ($($variant:ident = $deployment_type:literal, $infrastructures:expr;)+) => {
        /// What a service is in the place where it runs: a Kubernetes kind that runs pods, or something outside Kubernetes.
        ///
        /// Source of the types: the enumerations of Harness's own schema of infrastructure definitions.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
        #[allow(missing_docs, reason = "the words are the field's own")]
        pub enum Workload {
            $($variant,)+
        }

        impl Workload {
            /// All of them, each with its word.
            pub const ALL: &'static [(&'static str, Self)] = &[$((stringify!($variant), Self::$variant)),+];

            /// The words of all of them.
            pub const WORDS: &'static [&'static str] = &[$(stringify!($variant)),+];

            /// Harness's `deploymentType` for it, in Kubernetes where Harness itself deploys.
            #[must_use]
            pub const fn deployment_type(self) -> &'static str {
                match self { $(Self::$variant => $deployment_type,)+ }
            }

            /// What the `type` of an infrastructure definition for it may be; none in Kubernetes, where the cluster says it.
            #[must_use]
            pub const fn infrastructure_types(self) -> &'static [&'static str] {
                match self { $(Self::$variant => $infrastructures,)+ }
            }
        }
    };
}

workloads! {
    Deployment = "Kubernetes", &[];
    StatefulSet = "Kubernetes", &[];
    DaemonSet = "Kubernetes", &[];
    Job = "Kubernetes", &[];
    CronJob = "Kubernetes", &[];
    Lambda = "AwsLambda", &["AwsLambda"];
    ServerlessLambda = "ServerlessAwsLambda", &["ServerlessAwsLambda"];
    Ecs = "ECS", &["ECS"];
    CloudRun = "GoogleCloudRun", &["GoogleCloudRun"];
    AzureFunction = "AzureFunction", &["AzureFunction"];
    AzureWebApp = "AzureWebApp", &["AzureWebApp"];
    AzureContainerApps = "AzureContainerApps", &["AzureContainerApps"];
    Tas = "TAS", &["TAS"];
    Ssh = "Ssh", &["Pdc", "SshWinRmAws", "SshWinRmAzure"];
    WinRm = "WinRm", &["Pdc", "SshWinRmAws", "SshWinRmAzure"];
    CustomDeployment = "CustomDeployment", &["CustomDeployment"];
}

impl Workload {
    /// Those outside Kubernetes of which `template new` knows the steps.
    pub const WITH_STEPS: [Self; 2] = [Self::Lambda, Self::Ecs];

    /// Whether `template new` can write how it is deployed.
    #[must_use]
    pub fn has_steps(self) -> bool {
        self.is_kubernetes() || Self::WITH_STEPS.contains(&self)
    }

    /// Whether it runs in Kubernetes.
    #[must_use]
    pub fn is_kubernetes(self) -> bool {
        self.deployment_type() == "Kubernetes"
    }
}

impl fmt::Display for Workload {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}

/// How a version gets into a cluster.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub enum Strategy {
    /// Kubernetes replaces pods one after the other.
    Rolling,
    /// The environment's canary phases, each verified; then rolling.
    Canary,
    /// The environment's canary phases, each verified, in which the new version takes the place of the old one.
    Progressive,
    /// A second copy beside the first, which takes over all traffic at once.
    BlueGreen,
    /// The manifests are applied, and nothing can take them back.
    Apply,
}

impl Strategy {
    /// Whether it goes by the environment's canary phases.
    #[must_use]
    pub const fn has_phases(self) -> bool {
        matches!(self, Self::Canary | Self::Progressive)
    }
}

impl fmt::Display for Strategy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Debug::fmt(self, f)
    }
}
