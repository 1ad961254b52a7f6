//! `archetypes`: which strategy puts which workload into which environment.

use std::collections::BTreeMap;

use harness_cd_model::naming::Placeholder;
use harness_cd_model::{
    Archetype, Deployer, Environment, HealthSource, ManifestFormat, ManifestPaths, ManifestRepository, Registry,
    Sensitivity, Strategy, Workload, codes,
};
use harness_cd_yaml::{At, Entry, Fields, Reader};

use super::declared::{Declarations, Declared};
use super::health_sources;
use super::keys;
use super::name_patterns::require_whole;
use super::names::{Names, optional_list, reference, require_label};
use super::sources::{self, FORMATS};

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
    pub(super) registries: &'p [Registry],
    /// The repositories of manifests that are sound, that of whoever names none first.
    pub(super) repositories: Vec<&'p ManifestRepository>,
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
        .and_then(|at| reader.one_of(&at, Workload::ALL));
    let registry = reader.optional(&fields, "registry").and_then(|at| {
        let name = reference(reader, &at, codes::UNKNOWN_REFERENCE, "registry", &declared.registries);
        sources::require_to_choose(reader, &at, name?, around.registries).then_some(name?)
    });
    let is_outside = workload.is_some_and(|workload| !workload.is_kubernetes());
    let is_by_hand = is_outside && fields.at().get("strategy").is_none();
    if is_by_hand {
        require_template_to_write(reader, &fields);
    }
    let rollout = (!is_by_hand).then(|| Rollout::read(reader, &fields, around, workload.is_some()));
    let ((name, _), workload) = (named?, workload?);
    let by_hand = Archetype {
        name: name.to_owned(),
        description: description.map(str::to_owned),
        workload,
        strategy: None,
        overrides: BTreeMap::new(),
        registry: registry.map(str::to_owned),
        manifests: None,
        repository: None,
        paths: ManifestPaths::default(),
        deployer: Deployer::default(),
        timeout_minutes: None,
        sensitivity: Sensitivity::default(),
        verify_minutes: None,
        approval_message: None,
        health_sources: Vec::new(),
    };
    match rollout {
        Some(rollout) => rollout.of(reader, &fields, by_hand, around),
        None => Some(by_hand),
    }
}

/// What a template has to say is not said beside one that is written by hand.
fn require_template_to_write(reader: &mut Reader<'_>, fields: &Fields<'_>) {
    for key in ["timeoutMinutes", "approvalMessage"] {
        if let Some(at) = reader.optional(fields, key) {
            let message = format!("`{key}` says nothing of a template that is written by hand");
            let hint = "write it there, or add `strategy: Rolling` where `template new` is to write the template";
            reader.error(codes::CONTRADICTION, &at, message, hint);
        }
    }
}

/// How an archetype deploys, as far as `template new` writes that.
struct Rollout<'n> {
    strategy: Option<(At<'n>, Strategy)>,
    overrides: BTreeMap<&'n str, (At<'n>, Strategy)>,
    manifests: Option<ManifestFormat>,
    repository: Option<&'n str>,
    paths: ManifestPaths,
    /// `None` where nobody says it, and none within where that cannot be read.
    deployer: Option<(At<'n>, Option<Deployer>)>,
    timeout_minutes: Option<u16>,
    sensitivity: Option<Sensitivity>,
    verify_minutes: Option<u16>,
    approval_message: Option<String>,
    health_sources: Vec<HealthSource>,
}

impl<'n> Rollout<'n> {
    fn read(reader: &mut Reader<'_>, fields: &Fields<'n>, around: &Around<'_>, is_sure: bool) -> Self {
        // What is misspelt may be a workload of another kind, which has none.
        let strategy = match is_sure {
            true => reader.required(fields, "strategy"),
            false => reader.optional(fields, "strategy"),
        };
        let strategy = strategy.and_then(|at| Some((at.clone(), reader.one_of(&at, &STRATEGIES)?)));
        let overrides = overrides(reader, fields, &around.declared.environments);
        let manifests = reader.optional(fields, "manifests");
        let manifests = manifests.and_then(|at| reader.one_of(&at, &FORMATS));
        let known = &around.declared.repositories;
        let repository = reader.optional(fields, "repository");
        let repository =
            repository.and_then(|at| reference(reader, &at, codes::UNKNOWN_REFERENCE, "repository", known));
        let paths = sources::paths(reader, fields);
        let mut minutes = |key: &str, least| {
            let at = reader.optional(fields, key)?;
            u16::try_from(reader.number(&at, least, 1440)?).ok()
        };
        let (timeout_minutes, verify_minutes) = (minutes("timeoutMinutes", 1), minutes("verifyMinutes", 5));
        let sensitivity = reader.optional(fields, "sensitivity");
        let sensitivity = sensitivity.and_then(|at| reader.one_of(&at, &SENSITIVITIES));
        let approval_message = reader.optional(fields, "approvalMessage");
        let approval_message = approval_message.and_then(|at| {
            let text = reader.prose(&at)?;
            let known: Vec<&str> = Placeholder::ALL.iter().map(|known| known.name()).collect();
            require_whole(reader, &at, text, &known).then(|| text.to_owned())
        });
        let health_sources = health_sources::read(reader, fields);
        let deployer = reader.optional(fields, "deploymentType");
        let deployer = deployer.map(|at| (at.clone(), reader.one_of(&at, &DEPLOYERS)));
        Self {
            strategy,
            overrides,
            manifests,
            repository,
            paths,
            deployer,
            timeout_minutes,
            sensitivity,
            verify_minutes,
            approval_message,
            health_sources,
        }
    }

    /// What the manifests are; `None` where that could not be read.
    fn format(&self, around: &Around<'_>) -> Option<ManifestFormat> {
        let mut known = around.repositories.iter();
        let repository = match self.repository {
            Some(name) => known.find(|known| known.name == name),
            None => known.next(),
        };
        self.manifests.or_else(|| repository.map(|known| known.format))
    }

    /// The archetype that deploys so; `None` where that is not sound.
    fn of(
        self,
        reader: &mut Reader<'_>,
        fields: &Fields<'_>,
        archetype: Archetype,
        around: &Around<'_>,
    ) -> Option<Archetype> {
        let format = self.format(around);
        require_fitting_paths(reader, fields, &self.paths, format);
        let deployer = match &self.deployer {
            Some((at, deployer)) => {
                let deployer = (*deployer)?;
                require_chart(reader, at, deployer, format);
                deployer
            }
            None => Deployer::default(),
        };
        let name = &archetype.name;
        let against = |strategy| reason_against(strategy, name, (archetype.workload, deployer));
        for (at, strategy) in self.strategy.iter().chain(self.overrides.values()) {
            if let Some((message, hint)) = against(*strategy) {
                reader.error(codes::UNFIT_STRATEGY, at, message, hint);
            }
            if *strategy == Strategy::Apply && deployer == Deployer::Kubernetes {
                require_known_files(reader, at, name, format);
            }
        }
        let usual = self.strategy?;
        for environment in around.environments.iter().filter(|known| known.canary.is_empty()) {
            let (at, strategy) = self.overrides.get(environment.name.as_str()).unwrap_or(&usual);
            // One that does not fit needs no phases.
            if strategy.has_phases() && against(*strategy).is_none() {
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
        let overrides = self.overrides.into_iter();
        let archetype = Archetype {
            strategy: Some(usual.1),
            overrides: overrides
                .map(|(environment, (_, strategy))| (environment.to_owned(), strategy))
                .collect(),
            manifests: self.manifests,
            repository: self.repository.map(str::to_owned),
            paths: self.paths,
            deployer,
            timeout_minutes: self.timeout_minutes,
            sensitivity: self.sensitivity.unwrap_or_default(),
            verify_minutes: self.verify_minutes,
            approval_message: self.approval_message,
            health_sources: self.health_sources,
            ..archetype
        };
        require_verification(reader, fields, &archetype, around);
        Some(archetype)
    }
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

/// A chart is none of other manifests.
fn require_fitting_paths(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    paths: &ManifestPaths,
    format: Option<ManifestFormat>,
) {
    let other = format.filter(|format| *format != ManifestFormat::HelmChart);
    if let (Some(format), Some(_)) = (other, &paths.chart)
        && let Some(at) = fields.at().get("paths").and_then(|at| at.get("chart"))
    {
        let message = format!("the manifests are {}, which have no chart", format.as_str());
        reader.error(
            codes::CONTRADICTION,
            &at,
            message,
            "remove it, or add `manifests: HelmChart`",
        );
    }
}

/// Helm deploys charts.
fn require_chart(reader: &mut Reader<'_>, at: &At<'_>, deployer: Deployer, manifests: Option<ManifestFormat>) {
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

/// Why a strategy does not deploy an archetype, and how to mend it. Harness's steps know some workloads alone. Source: its
/// documentation of the Kubernetes steps.
fn reason_against(
    strategy: Strategy,
    archetype: &str,
    (workload, deployer): (Workload, Deployer),
) -> Option<(String, &'static str)> {
    if deployer == Deployer::NativeHelm {
        let message = format!(
            "{strategy} does not deploy `{archetype}`, whose `deploymentType` is NativeHelm: Helm upgrades a release as a whole, and takes it back as a whole"
        );
        let hint = "use Rolling, or remove `deploymentType`: Harness itself deploys a chart by any strategy";
        return (strategy != Strategy::Rolling).then_some((message, hint));
    }
    if !workload.is_kubernetes() {
        let message = format!("{strategy} does not deploy a {workload}, which is the workload of `{archetype}`");
        let hint = "use Rolling, or remove `strategy` and write the template by hand";
        return (strategy != Strategy::Rolling).then_some((message, hint));
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
    let hint = match workload {
        Workload::Job => "use Apply",
        Workload::CronJob => "use Rolling, or Apply where no rollback is needed",
        _ => "use Rolling",
    };
    let message = format!("{strategy} does not deploy a {workload}, which is the workload of `{archetype}`: {why}");
    (!fits).then_some((message, hint))
}
