//! `archetypes`: which strategy puts which workload into which environment.

use std::collections::BTreeMap;

use harness_cd_model::{Archetype, Deployer, Environment, ManifestFormat, Sensitivity, Strategy, Workload, codes};
use harness_cd_yaml::{At, Entry, Fields, Reader};

use super::declared::{Declarations, Declared};
use super::health_sources;
use super::keys;
use super::names::{Names, optional_list, reference, require_label};
use super::sources::FORMATS;

const WORKLOADS: [(&str, Workload); 10] = [
    ("Deployment", Workload::Deployment),
    ("StatefulSet", Workload::StatefulSet),
    ("DaemonSet", Workload::DaemonSet),
    ("Job", Workload::Job),
    ("CronJob", Workload::CronJob),
    ("Lambda", Workload::Lambda),
    ("Ecs", Workload::Ecs),
    ("CloudRun", Workload::CloudRun),
    ("AzureFunction", Workload::AzureFunction),
    ("CustomDeployment", Workload::CustomDeployment),
];

const STRATEGIES: [(&str, Strategy); 5] = [
    ("Rolling", Strategy::Rolling),
    ("Canary", Strategy::Canary),
    ("Progressive", Strategy::Progressive),
    ("BlueGreen", Strategy::BlueGreen),
    ("Apply", Strategy::Apply),
];

const DEPLOYERS: [(&str, Deployer); 2] = [
    ("Kubernetes", Deployer::Kubernetes),
    ("NativeHelm", Deployer::NativeHelm),
];

const SENSITIVITIES: [(&str, Sensitivity); 3] = [
    (Sensitivity::Low.as_str(), Sensitivity::Low),
    (Sensitivity::Medium.as_str(), Sensitivity::Medium),
    (Sensitivity::High.as_str(), Sensitivity::High),
];

/// What an archetype refers to.
pub(super) struct Around<'p> {
    pub(super) declared: &'p Declarations<'p>,
    /// Those that are sound.
    pub(super) environments: &'p [Environment],
    /// What the manifests are where an archetype says nothing else; `None` where that could not be read.
    pub(super) manifests: Option<ManifestFormat>,
}

/// Reads the archetypes; those with a finding are left out.
pub(super) fn read(reader: &mut Reader<'_>, fields: &Fields<'_>, around: &Around<'_>) -> Vec<Archetype> {
    let mut names = Names::new("archetype");
    optional_list(reader, fields, "archetypes")
        .into_iter()
        .filter_map(|item| archetype(reader, item, &mut names, around))
        .collect()
}

fn archetype<'n>(
    reader: &mut Reader<'_>,
    item: At<'n>,
    names: &mut Names<'n>,
    around: &Around<'_>,
) -> Option<Archetype> {
    let declared = around.declared;
    let fields = reader.object(item, keys::ARCHETYPE.known)?;
    let name_at = reader.required(&fields, "name");
    let named = name_at.as_ref().and_then(|at| names.take(reader, at));
    if let (Some(at), Some((name, _))) = (&name_at, &named) {
        require_label(reader, at, name);
    }
    let description = reader.optional(&fields, "description").and_then(|at| reader.prose(&at));
    let workload = reader
        .required(&fields, "workload")
        .and_then(|at| reader.one_of(&at, &WORKLOADS));
    let strategy_at = reader.required(&fields, "strategy");
    let strategy = strategy_at.as_ref().and_then(|at| reader.one_of(at, &STRATEGIES));
    let overrides = overrides(reader, &fields, &declared.environments);
    let registry = reader
        .optional(&fields, "registry")
        .and_then(|at| reference(reader, &at, codes::UNKNOWN_REFERENCE, "registry", &declared.registries));
    let manifests = reader
        .optional(&fields, "manifests")
        .and_then(|at| reader.one_of(&at, &FORMATS));
    let mut minutes = |key: &str, least| {
        let at = reader.optional(&fields, key)?;
        u16::try_from(reader.number(&at, least, 1440)?).ok()
    };
    let (timeout_minutes, verify_minutes) = (minutes("timeoutMinutes", 1), minutes("verifyMinutes", 5));
    let sensitivity = reader.optional(&fields, "sensitivity");
    let sensitivity = sensitivity.and_then(|at| reader.one_of(&at, &SENSITIVITIES));
    let approval_message = reader.optional(&fields, "approvalMessage");
    let approval_message = approval_message.and_then(|at| reader.prose(&at));
    let health_sources = health_sources::read(reader, &fields);
    let deployer_at = reader.optional(&fields, "deploymentType");
    let deployer = deployer_at.as_ref().map(|at| reader.one_of(at, &DEPLOYERS));
    let ((name, _), workload, deployer) = (named?, workload?, deployer.unwrap_or(Some(Deployer::default()))?);
    if let Some(at) = &deployer_at {
        require_chart(reader, at, deployer, workload, manifests.or(around.manifests));
    }
    for (at, strategy) in strategy_at
        .iter()
        .zip(strategy)
        .chain(overrides.values().map(|(at, s)| (at, *s)))
    {
        require_fit(reader, at, name, strategy, (workload, deployer));
        if strategy == Strategy::Apply && deployer == Deployer::Kubernetes && workload.is_kubernetes() {
            require_known_files(reader, at, name, manifests.or(around.manifests));
        }
    }
    let (strategy_at, strategy) = (strategy_at?, strategy?);
    for environment in around.environments.iter().filter(|known| known.canary.is_empty()) {
        let (at, strategy) = match overrides.get(environment.name.as_str()) {
            Some((at, strategy)) => (at, *strategy),
            None => (&strategy_at, strategy),
        };
        if strategy.has_phases() {
            let message = format!(
                "the archetype `{name}` asks for a canary in `{0}`, and the environment `{0}` has no canary phases",
                environment.name
            );
            let hint = format!(
                "add `canary` to `{}`, or another strategy to `overrides`",
                environment.name
            );
            reader.error(codes::CANARY_PHASES, at, message, hint);
        }
    }
    let archetype = Archetype {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        workload,
        strategy,
        overrides: overrides
            .into_iter()
            .map(|(environment, (_, strategy))| (environment.to_owned(), strategy))
            .collect(),
        registry: registry.map(str::to_owned),
        manifests,
        deployer,
        timeout_minutes,
        sensitivity: sensitivity.unwrap_or_default(),
        verify_minutes,
        approval_message: approval_message.map(str::to_owned),
        health_sources,
    };
    require_verification(reader, &fields, &archetype, around);
    Some(archetype)
}

/// Health sources are asked by verifications alone.
fn require_verification(reader: &mut Reader<'_>, fields: &Fields<'_>, archetype: &Archetype, around: &Around<'_>) {
    // One that could not be read may be where it is verified.
    let is_whole = around.environments.len() == around.declared.environments.names().len();
    let is_verified = around.environments.iter().any(|known| archetype.is_verified_in(known));
    if archetype.health_sources.is_empty() || is_verified || !is_whole {
        return;
    }
    if let Some(at) = fields.at().get("healthSources") {
        let message = format!(
            "nothing asks the health sources of `{}`: it is verified in no environment",
            archetype.name
        );
        let hint = "deploy it by Canary or Progressive somewhere, or by BlueGreen with `verifyMinutes`, or remove `healthSources`";
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
}

/// Helm deploys charts, and nothing outside Kubernetes.
fn require_chart(
    reader: &mut Reader<'_>,
    at: &At<'_>,
    deployer: Deployer,
    workload: Workload,
    manifests: Option<ManifestFormat>,
) {
    if !workload.is_kubernetes() {
        let message = format!(
            "{} is what a {workload} is deployed as, whatever `deploymentType` says",
            workload.deployment_type()
        );
        reader.error(codes::CONTRADICTION, at, message, "remove `deploymentType`");
        return;
    }
    let other = manifests.filter(|format| *format != ManifestFormat::HelmChart);
    if let (Deployer::NativeHelm, Some(format)) = (deployer, other) {
        let message = format!("Helm deploys charts, and the manifests are {}", format.as_str());
        let hint = "add `manifests: HelmChart`, or remove `deploymentType`";
        reader.error(codes::CONTRADICTION, at, message, hint);
    }
}

/// An Apply step names what it applies: a file or a kustomization, of which it is known here what they are called. A chart
/// has files of its own.
fn require_known_files(reader: &mut Reader<'_>, at: &At<'_>, archetype: &str, manifests: Option<ManifestFormat>) {
    if manifests == Some(ManifestFormat::HelmChart) {
        let message = format!(
            "Apply names each file that it applies, and the manifests of `{archetype}` are a chart, whose files are not known here"
        );
        let hint = "use Rolling where the workload is no Job, or `manifests: Kustomize` or K8sManifest";
        reader.error(codes::UNFIT_STRATEGY, at, message, hint);
    }
}

/// Strategies by environment.
fn overrides<'n>(
    reader: &mut Reader<'_>,
    fields: &Fields<'n>,
    environments: &Declared<'_>,
) -> BTreeMap<&'n str, (At<'n>, Strategy)> {
    let Some(at) = reader.optional(fields, "overrides") else {
        return BTreeMap::new();
    };
    let mut known = environments.names().to_vec();
    if !environments.is_whole() {
        known.extend(at.node.entries().map(Entry::name));
    }
    let Some(fields) = reader.mapping(at, &known) else {
        return BTreeMap::new();
    };
    let mut overrides = BTreeMap::new();
    for entry in fields.at().node.entries() {
        let Some(at) = fields.at().get(entry.name()).filter(|_| known.contains(&entry.name())) else {
            continue;
        };
        if let Some(strategy) = reader.one_of(&at, &STRATEGIES) {
            overrides.insert(entry.name(), (at, strategy));
        }
    }
    overrides
}

/// Harness's steps know some workloads alone. Source: its documentation of the Kubernetes steps.
fn require_fit(
    reader: &mut Reader<'_>,
    at: &At<'_>,
    archetype: &str,
    strategy: Strategy,
    (workload, deployer): (Workload, Deployer),
) {
    // How it deploys outside Kubernetes is written by hand, and the word is for its readers.
    if !workload.is_kubernetes() {
        return;
    }
    if deployer == Deployer::NativeHelm {
        if strategy != Strategy::Rolling {
            let message = format!(
                "{strategy} does not deploy `{archetype}`, whose `deploymentType` is NativeHelm: Helm upgrades a release as a whole, and takes it back as a whole"
            );
            let hint = "use Rolling, or remove `deploymentType`: Harness itself deploys a chart by any strategy";
            reader.error(codes::UNFIT_STRATEGY, at, message, hint);
        }
        return;
    }
    let (fits, why) = match strategy {
        Strategy::Canary => (
            workload == Workload::Deployment,
            "a canary is a second, smaller copy of exactly one Deployment",
        ),
        Strategy::Progressive => (
            workload == Workload::Deployment,
            "replicas move from one Deployment to another, and it knows no other workload",
        ),
        Strategy::BlueGreen => (
            workload == Workload::Deployment,
            "blue and green are two copies of one Deployment behind two Services",
        ),
        Strategy::Apply => (
            matches!(workload, Workload::Job | Workload::CronJob),
            "what is applied cannot be rolled back, which long-running pods need",
        ),
        Strategy::Rolling => (
            workload != Workload::Job,
            "the pods of a Job are not replaced: it runs once, and another version is another Job",
        ),
    };
    if !fits {
        let message = format!("{strategy} does not deploy a {workload}, which is the workload of `{archetype}`: {why}");
        let hint = match workload {
            Workload::Job => "use Apply",
            Workload::CronJob => "use Rolling, or Apply where no rollback is needed",
            _ => "use Rolling",
        };
        reader.error(codes::UNFIT_STRATEGY, at, message, hint);
    }
}
