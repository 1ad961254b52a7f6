//! The first template of an archetype, from the platform description.
//!
//! A template is put together from the fragments in `archetype_template/`. Names come into a fragment as they come
//! into any template, so that none can change its structure; fragments come into each other by [`fill`]. What is
//! known of the service alone stays a placeholder.

mod approval;
pub(crate) mod gate;
mod notifications;
mod rollout;
pub(crate) mod state;
mod strategy;
mod ticket;

use harness_cd_model::naming::patterns::{ENVIRONMENT, ENVIRONMENT_IDENTIFIER, REGION, filled, placeholders_of};
use harness_cd_model::naming::{
    PLATFORM_FILE, Placeholder, infrastructure_identifier, region_identifier_expression, underscored,
};
use harness_cd_model::{
    Archetype, Diagnostic, Environment, EnvironmentType, Infrastructure, Platform, Registry, Strategy,
};
use harness_cd_template::{Template, Values};

use self::ticket::Ticket;
use crate::fragments::fill;

/// The region that a run was started for.
const TARGET_REGION: &str = "<+pipeline.variables.targetRegion>";

type Fragment = Result<String, Vec<Diagnostic>>;

/// Writes the pipeline template of an archetype: a stage per environment with the archetype's strategy, before it the
/// approvals, the ticket and the change window that guard it, behind it the stage that cancels a ticket in vain, and the
/// platform's notification rules. `None` outside Kubernetes where its template is written by hand.
///
/// A line of its heading is the digest of the rest, by which [`TemplateState::of`](state::TemplateState::of) tells later
/// whether somebody changed it.
///
/// # Errors
/// Findings if a text of the platform description cannot be written as YAML.
pub fn archetype_template(platform: &Platform, archetype: &Archetype) -> Result<Option<String>, Vec<Diagnostic>> {
    let mut stages = Vec::new();
    for environment in &platform.environments {
        let Some(strategy) = archetype.strategy_in(&environment.name) else {
            return Ok(None);
        };
        let place = Place::of(platform, environment);
        if place.is_nowhere(archetype) {
            continue;
        }
        stages.extend(gate::stage(&place, archetype)?);
        for place in place.each(archetype) {
            stages.push(strategy::stage(&place, archetype, strategy)?);
        }
        let ticket = Ticket::of(&place);
        stages.extend(ticket.map(|ticket| ticket.cancelling_stage()).transpose()?);
    }
    // Where there are several projects, its services are not all in one.
    let [org, project] = match platform.projects.is_empty() {
        true => [&platform.org, &platform.project].map(ToString::to_string),
        false => [Placeholder::OrgIdentifier, Placeholder::ProjectIdentifier].map(of_service),
    };
    let pipeline = fragment(
        include_str!("archetype_template/pipeline.yaml"),
        &[
            ("ORG", &org),
            ("PROJECT", &project),
            ("MANAGED_BY", &platform.managed_by),
        ],
    )?;
    let pipeline = fill(&pipeline, "record", &gate::record(platform)?);
    let pipeline = fill(&pipeline, "stages", &stages);
    let pipeline = fill(
        &pipeline,
        "notification rules",
        &notifications::rules(platform, archetype)?,
    );
    let with_stand_ins = heading(platform, archetype) + &pipeline;
    let write = |text: String, known: &Placeholder| text.replace(&of_service(*known), &known.in_braces());
    let text = Placeholder::ALL.iter().fold(with_stand_ins, write);
    let paths = platform.manifest_paths(Some(archetype));
    let own = paths.given().flat_map(placeholders_of);
    let text = own.fold(text, |text, name| {
        text.replace(&stand_in(name), &format!("{{{{{name}}}}}"))
    });
    Ok(Some(state::with_digest(&text, &state::digest(&text))))
}

/// Stands for a service's placeholder while fragments are put together: braces would need quotes, a word needs none.
fn of_service(placeholder: Placeholder) -> String {
    stand_in(placeholder.name())
}

fn stand_in(name: &str) -> String {
    format!("__{name}__")
}

/// The comment that a template starts with.
fn heading(platform: &Platform, archetype: &Archetype) -> String {
    let strategy = |environment: &Environment| {
        let strategy = archetype.strategy_in(&environment.name)?;
        Some(format!("{}: {strategy}", environment.name))
    };
    let strategies: Vec<String> = platform.environments.iter().filter_map(strategy).collect();
    let name = &archetype.name;
    let lines = [
        format!("{}.", strategies.join(", ")),
        format!("Written by `harness-cd template new --archetype {name}` from {PLATFORM_FILE}."),
    ];
    // Whatever ends a line or cannot stand in YAML: what follows it is a comment of its own.
    let description = archetype
        .description
        .iter()
        .flat_map(|text| text.split(char::is_control))
        .filter(|line| !line.trim().is_empty());
    description
        .chain(lines.iter().map(String::as_str))
        .map(|line| format!("# {}\n", line.trim()))
        .collect()
}

/// An environment with what stands around it.
#[derive(Clone)]
struct Place<'p> {
    platform: &'p Platform,
    environment: &'p Environment,
    /// What a stage is for; `None` where one stage is for whatever region a run names.
    target: Option<Target<'p>>,
    /// Whether a run does nothing behind it in the environment.
    is_last: bool,
    /// Whether a swap before it in the environment may have waited for days.
    is_late: bool,
}

/// A cluster, or what else is deployed to in a region.
#[derive(Clone)]
struct Target<'p> {
    name: String,
    region: &'p str,
    /// The identifier of its infrastructure definition.
    infrastructure: String,
}

impl<'p> Place<'p> {
    fn of(platform: &'p Platform, environment: &'p Environment) -> Self {
        Self {
            platform,
            environment,
            target: None,
            is_last: true,
            is_late: false,
        }
    }

    /// Whether nothing of an archetype outside Kubernetes runs in the environment.
    fn is_nowhere(&self, archetype: &'p Archetype) -> bool {
        !archetype.workload.is_kubernetes() && self.infrastructures(archetype).next().is_none()
    }

    /// What an archetype outside Kubernetes is deployed to in the environment.
    fn infrastructures(&self, archetype: &'p Archetype) -> impl Iterator<Item = &'p Infrastructure> {
        let environment = &self.environment.name;
        let all = self.platform.infrastructures_for(&archetype.name);
        all.filter(move |known| known.environments.contains(environment))
    }

    /// Everything that an archetype is deployed to in the environment.
    fn targets(&self, archetype: &'p Archetype) -> Vec<Target<'p>> {
        let clusters = self.platform.clusters_for(&archetype.name, &self.environment.name);
        let clusters = clusters.map(|cluster| Target {
            name: cluster.name.clone(),
            region: &cluster.region,
            infrastructure: self.platform.infrastructure_of(cluster, archetype.deployer),
        });
        let outside = self.infrastructures(archetype).flat_map(|known| {
            let regions = self.platform.regions.iter();
            let there = regions.filter(|region| known.is_in(&self.environment.name, &region.name));
            there.map(|region| Target {
                name: known.name_in(&self.environment.name, &region.name),
                region: &region.name,
                infrastructure: known.identifier_in(self.environment, region),
            })
        });
        clusters.chain(outside).collect()
    }

    /// What has a stage of its own: the environment, where the region of a run says which infrastructure definition is
    /// meant, and every region pulls from one registry; otherwise each target of the archetype.
    fn each(&self, archetype: &'p Archetype) -> Vec<Self> {
        let targets = self.targets(archetype);
        let mut clusters = self.platform.clusters_for(&archetype.name, &self.environment.name);
        let is_usual =
            clusters.all(|cluster| cluster.infrastructure.is_none()) && self.infrastructures(archetype).count() <= 1;
        let mut registries = targets
            .iter()
            .map(|target| self.registry_in(target.region).map(|known| &known.name));
        let first = registries.next();
        if is_usual && registries.all(|other| Some(other) == first) {
            return vec![self.clone()];
        }
        let is_blue_green = archetype.strategy_in(&self.environment.name) == Some(Strategy::BlueGreen);
        let waits = is_blue_green && !self.environment.blue_green.approvals.is_empty();
        let each = targets.iter().enumerate().map(|(place, target)| {
            let mut behind = targets.iter().skip(place + 1);
            Self {
                target: Some(target.clone()),
                is_last: !behind.any(|other| other.region == target.region),
                is_late: place > 0 && waits,
                ..self.clone()
            }
        });
        each.collect()
    }

    fn registry_in(&self, region: &str) -> Option<&'p Registry> {
        self.platform.registry_of_place(&self.environment.name, region)
    }

    /// The registry from which its stage pulls; `None` where it is that of each service.
    fn registry(&self, archetype: &'p Archetype) -> Option<&'p Registry> {
        let target = self
            .target
            .clone()
            .or_else(|| self.targets(archetype).into_iter().next())?;
        self.registry_in(target.region)
    }

    /// What a run has to name for its stage.
    fn condition(&self) -> String {
        let environment = format!(
            "<+pipeline.variables.targetEnvironment> == \"{}\"",
            self.environment.name
        );
        match &self.target {
            Some(target) => format!("{environment} && {TARGET_REGION} == \"{}\"", target.region),
            None => environment,
        }
    }

    /// The infrastructure definition that its stage deploys to.
    fn infrastructure(&self, archetype: &'p Archetype) -> String {
        if let Some(target) = &self.target {
            return target.infrastructure.clone();
        }
        let environment = self.environment.identifier.as_str();
        let region = region_identifier_expression(&self.platform.regions, TARGET_REGION);
        match self.infrastructures(archetype).next() {
            Some(outside) => outside.identifier_by(environment, &region),
            None => infrastructure_identifier(environment, &region, archetype.deployer),
        }
    }

    /// What people call it: the only production environment is Production.
    fn title(&self) -> &str {
        let is_production = |known: &Environment| known.environment_type == EnvironmentType::Production;
        let is_only = self
            .platform
            .environments
            .iter()
            .filter(|known| is_production(known))
            .count()
            == 1;
        if is_only && is_production(self.environment) {
            "Production"
        } else {
            &self.environment.name
        }
    }

    fn stage_name(&self) -> String {
        let target = self.target.as_ref().map_or("", |target| &target.name);
        format!("Deploy {} {target}", self.environment.name)
            .trim_end()
            .to_owned()
    }

    fn stage_identifier(&self) -> String {
        let target = self
            .target
            .as_ref()
            .map(|target| format!("_{}", underscored(&target.name)));
        format!("deploy_{}{}", self.environment.identifier, target.unwrap_or_default())
    }

    /// The identifier of the stage before; `None` where nothing guards the environment.
    fn gate_identifier(&self) -> Option<String> {
        let Environment {
            approvals,
            change_windows,
            ticket,
            ..
        } = self.environment;
        let is_guarded = !approvals.is_empty() || !change_windows.is_empty() || ticket.is_some();
        is_guarded.then(|| format!("{}_gate", self.environment.identifier))
    }

    /// The expression for what a step of the gate leaves behind.
    fn gate_output(&self, step: &str, output: &str) -> String {
        step_output(&self.gate_identifier().unwrap_or_default(), step, output)
    }

    /// A path of a service's manifests, in the region of the run.
    fn manifest_path(&self, pattern: &str) -> String {
        let place = [
            (ENVIRONMENT, self.environment.name.as_str()),
            (ENVIRONMENT_IDENTIFIER, self.environment.identifier.as_str()),
            (REGION, TARGET_REGION),
        ];
        let path = filled(pattern, &place);
        let names = placeholders_of(&path);
        let stand_ins: Vec<(&str, String)> = names.into_iter().map(|name| (name, stand_in(name))).collect();
        let values: Vec<(&str, &str)> = stand_ins.iter().map(|(name, value)| (*name, value.as_str())).collect();
        filled(&path, &values)
    }

    /// A fragment with the names of the environment and the given ones.
    fn fragment(&self, text: &str, values: &[(&str, &str)]) -> Fragment {
        let reference = self.environment.reference();
        let environment = [
            ("ENVIRONMENT", self.environment.name.as_str()),
            ("ENVIRONMENT_REF", reference.as_str()),
        ];
        fragment(text, &[&environment, values].concat())
    }
}

/// The expression for what a step of a stage leaves behind.
fn step_output(stage: &str, step: &str, output: &str) -> String {
    format!("<+pipeline.stages.{stage}.spec.execution.steps.{step}.{output}>")
}

/// A fragment with its names, and with stand-ins for what is known of the service alone.
fn fragment(text: &str, values: &[(&str, &str)]) -> Fragment {
    let later = Placeholder::ALL
        .iter()
        .map(|known| (known.name().to_owned(), of_service(*known)));
    let given = values
        .iter()
        .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
    let values: Values = later.chain(given).collect();
    Template::parse(PLATFORM_FILE, text)?.render(&values)
}

/// An item of a list.
fn item(value: &str) -> Fragment {
    fragment("- {{ITEM}}\n", &[("ITEM", value)])
}
