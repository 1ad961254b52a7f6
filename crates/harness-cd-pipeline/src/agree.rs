//! Does a template agree with the platform description? A template is free text, so what the description promises
//! (who approves, when deploying is allowed, how a canary grows) is looked for in its tree. Placeholders are left as
//! they are and compared as text, so that what holds for a template holds for every service it renders for; those for
//! what a run may choose have their values, as conditions are judged by them.
//!
//! Codes: `HCD0115` to `HCD0120`, `HCD0124`, `HCD0125`, `HCD0140`, `HCD0146`, `HCD0151`, `HCD0158` and `HCD0159` of [`harness_cd_model::codes`]. Nobody grades them in a
//! `lint.yaml`: a pipeline that breaks what the description promises is not rendered.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::patterns::{SERVICE_DISPLAY_NAME, filled, of_service, placeholders_of};
use harness_cd_model::naming::{Placeholder, underscored};
use harness_cd_model::words::{at_other_level, did_you_mean};
use harness_cd_model::{
    Archetype, ArtifactRegistry, Code, Deployer, Diagnostic, Environment, Infrastructure, Platform, ProjectRef,
    Service, Strategy, codes,
};
use harness_cd_template::Template;
use harness_cd_yaml::{At, Document, Node};

use crate::archetype_template::state::digest_line;
use crate::guard;
use crate::stages::{Stage, infrastructures, stages, step_types};

/// Checks a template for the services it renders for; the positions are those of the template.
pub(crate) fn check<'s>(
    template: &Template,
    platform: &Platform,
    services: impl Iterator<Item = &'s Service>,
) -> Vec<Diagnostic> {
    let mut findings = Vec::new();
    for service in different(template, platform, services) {
        for finding in check_for(template, platform, service) {
            if !findings.contains(&finding) {
                findings.push(finding);
            }
        }
    }
    findings
}

/// One of the services that make no difference to a template, for each difference.
pub(crate) fn different<'s>(
    template: &Template,
    platform: &Platform,
    services: impl Iterator<Item = &'s Service>,
) -> impl Iterator<Item = &'s Service> {
    let differences = |service: &'s Service| {
        let own: BTreeMap<_, _> = service
            .values
            .iter()
            .filter(|(name, _)| template.names().any(|used| used == *name))
            .collect();
        let names = is_called_as_usual(platform, service);
        let regions = platform.has_registries_of_places()
            || CHOICES
                .iter()
                .any(|choice| template.names().any(|used| used == choice.name()));
        let artifact = service.artifact.source_type();
        // A template that names its project does so for the services of that one.
        let project = PROJECT
            .iter()
            .any(|own| template.names().all(|used| used != own.name()));
        (
            project.then_some(&service.project),
            &service.environments,
            regions.then_some(&service.regions),
            own,
            names,
            artifact,
        )
    };
    let mut seen = BTreeSet::new();
    services.filter(move |service| seen.insert(differences(service)))
}

/// A template as it is for a service.
pub(crate) fn sample(template: &Template, service: &Service) -> Document {
    template.sample(|name| {
        let choice = CHOICES.iter().find(|choice| choice.name() == name);
        choice
            .map(|choice| choice.value(service))
            .or_else(|| service.values.get(name).cloned())
    })
}

/// What a template says of the project of its services.
const PROJECT: [Placeholder; 2] = [Placeholder::OrgIdentifier, Placeholder::ProjectIdentifier];

/// What a run may choose from.
const CHOICES: [Placeholder; 4] = [
    Placeholder::Environments,
    Placeholder::FirstEnvironment,
    Placeholder::Regions,
    Placeholder::FirstRegion,
];

fn check_for(template: &Template, platform: &Platform, service: &Service) -> Vec<Diagnostic> {
    let document = sample(template, service);
    let root = At::root(&document.root);
    let mut check = Check {
        file: template.file(),
        template,
        is_by_hand: digest_line(template.text()).is_none(),
        named: Vec::new(),
        findings: Vec::new(),
    };
    let Some(pipeline) = root.get("pipeline") else {
        check.report(
            codes::OTHER_PIPELINE,
            &root,
            "the template renders no pipeline",
            "start it with `pipeline:`",
        );
        return check.findings;
    };
    check.identity(&pipeline, platform, service);
    let course = guard::Course::of(&pipeline);
    let stages = stages(&pipeline);
    check.references(&stages, platform);
    for stage in &stages {
        if let Some(source) = source_of(stage)
            && !platform.has_registries_of_places()
        {
            check.artifact(&source, service.artifact, &service.registry, true);
        }
    }
    let of_service = platform.environments.iter();
    let of_service = of_service.filter(|known| service.environments.contains(&known.name));
    let may_be_asked: Vec<&str> = of_service.clone().map(|known| known.name.as_str()).collect();
    for environment in of_service {
        let own = |stage: &Stage<'_>| {
            environment_of(stage).is_some_and(|at| at.node.as_str() == Some(environment.reference().as_str()))
        };
        let own: Vec<&Stage<'_>> = stages.iter().filter(|stage| own(stage)).collect();
        if own.is_empty() {
            let message = format!("no stage deploys to `{}`", environment.name);
            check.report(
                codes::NO_STAGE,
                &pipeline,
                &message,
                "add a Deployment stage with its environmentRef",
            );
            continue;
        }
        for stage in &own {
            check.canary(stage, environment);
            if platform.has_registries_of_places() {
                check.registries(stage, &course, (environment, service), platform);
            }
            check.deployment_type(stage, environment, platform, &service.archetype);
            if let Some(archetype) = platform.archetype(&service.archetype) {
                check.strategy(stage, environment, archetype);
            }
        }
        check.clusters(&pipeline, &own, (environment, service), platform);
        check.outside(&pipeline, &own, (environment, service), platform);
        let mut regions: Vec<(String, &str)> = Vec::new();
        for cluster in platform.clusters_for(&service.archetype, &environment.name) {
            let named = |deployer| (platform.infrastructure_of(cluster, deployer), cluster.region.as_str());
            regions.extend(Deployer::ALL.map(named));
        }
        let outside = platform.infrastructures_for(&service.archetype);
        regions.extend(outside.flat_map(|known| definitions(known, environment, platform)));
        let unreached = guard::unreached(check.file, &course, environment);
        check
            .findings
            .extend(guard::astray(check.file, &course, environment, &regions));
        let mut unguarded = guard::check(check.file, &course, environment, &platform.environments);
        // Whose condition is that of another environment has been told with it.
        let beside = match unreached {
            None => guard::beside(check.file, &course, environment, &may_be_asked),
            Some(_) => Vec::new(),
        };
        // Who deploys in a run for an earlier environment passes by a gate that is right for its own.
        let is_further = beside.iter().any(|found| found.code == codes::FURTHER_ENVIRONMENT.id);
        if is_further && guard::is_guarded_for_itself(&course, environment, &platform.environments) {
            unguarded.clear();
        }
        // What else passes by a gate in runs for another environment is told with the gate.
        if unguarded.is_empty() {
            check.findings.extend(beside);
        }
        check.findings.extend(unreached.into_iter().chain(unguarded));
    }
    check.without_followers(platform)
}

fn environment_of<'n>(stage: &Stage<'n>) -> Option<At<'n>> {
    stage.body.get("spec")?.get("environment")?.get("environmentRef")
}

/// The infrastructure definitions outside Kubernetes of an environment: the identifier of each, and its region.
fn definitions<'p>(
    infrastructure: &Infrastructure,
    environment: &Environment,
    platform: &'p Platform,
) -> Vec<(String, &'p str)> {
    let there = platform.regions.iter();
    let there = there.filter(|region| infrastructure.is_in(&environment.name, &region.name));
    there
        .map(|region| (infrastructure.identifier_in(environment, region), region.name.as_str()))
        .collect()
}

/// The keys under which artifact sources keep which build they are.
pub(crate) const BUILD_KEYS: [&str; 2] = ["tag", "version"];

/// The artifact source that a stage gives something to: the first of several, or the only one in its older form.
pub(crate) fn source_of<'n>(stage: &Stage<'n>) -> Option<At<'n>> {
    let primary = primary_of(stage)?;
    let first = primary.get("sources").and_then(|sources| sources.items().next());
    first.or(Some(primary))
}

/// What a stage gives to the primary artifact of its service.
fn primary_of<'n>(stage: &Stage<'n>) -> Option<At<'n>> {
    let inputs = stage.body.get("spec")?.get("service")?.get("serviceInputs")?;
    let artifacts = inputs.get("serviceDefinition")?.get("spec")?.get("artifacts")?;
    artifacts.get("primary")
}

/// Whether a service's pipeline has the name, and the identifier, that the platform's patterns give it.
fn is_called_as_usual(platform: &Platform, service: &Service) -> [bool; 2] {
    let values = of_service(&service.name, service.identifier.as_str());
    let shown = [&values[..], &[(SERVICE_DISPLAY_NAME, service.display_name.as_str())]].concat();
    [
        filled(&platform.names.pipeline, &shown) == service.pipeline_name,
        filled(&platform.names.pipeline_identifier, &values) == service.pipeline_identifier.as_str(),
    ]
}

/// What a template names.
struct Named {
    kind: &'static str,
    text: String,
    /// Whether the platform describes it.
    is_there: bool,
}

struct Check<'f> {
    file: &'f str,
    template: &'f Template,
    /// Whether the template was never written from the platform description.
    is_by_hand: bool,
    named: Vec<Named>,
    findings: Vec<Diagnostic>,
}

impl Check<'_> {
    fn identity(&mut self, pipeline: &At<'_>, platform: &Platform, service: &Service) {
        let name = Placeholder::PipelineName.in_braces();
        let identifier = Placeholder::PipelineIdentifier.in_braces();
        // Where a service's pipeline is called as the platform says, its pattern says the same.
        let [has_usual_name, has_usual_identifier] = is_called_as_usual(platform, service);
        let usual = |is_usual: bool, pattern: &'_ String| is_usual.then(|| pattern.clone());
        let ProjectRef { org, project } = platform.project_of(service);
        let [of_org, of_project] = PROJECT.map(Placeholder::in_braces);
        let has_one = platform.projects.is_empty();
        let wanted = [
            ("name", usual(has_usual_name, &platform.names.pipeline), name, true),
            (
                "identifier",
                usual(has_usual_identifier, &platform.names.pipeline_identifier),
                identifier,
                true,
            ),
            ("orgIdentifier", Some(org.to_string()), of_org, has_one),
            ("projectIdentifier", Some(project.to_string()), of_project, has_one),
        ];
        for (key, usual, exact, is_usual_better) in wanted {
            let at = pipeline.get(key).unwrap_or_else(|| pipeline.clone());
            let written = at.node.as_str();
            let wanted = usual.as_deref().filter(|_| is_usual_better).unwrap_or(&exact);
            if written.is_none() || written != usual.as_deref() && written != Some(exact.as_str()) {
                let message = format!("the pipeline's `{key}` is not `{wanted}`");
                self.report(
                    codes::OTHER_PIPELINE,
                    &at,
                    &message,
                    &format!("write `{key}: {wanted}`"),
                );
            }
        }
    }

    fn references(&mut self, stages: &[Stage<'_>], platform: &Platform) {
        let services = [Placeholder::ServiceIdentifier.in_braces()];
        let environments: Vec<String> = platform.environments.iter().map(Environment::reference).collect();
        let groups = platform.approval_groups.iter();
        let groups = groups.map(|group| group.identifier.as_str().to_owned());
        let groups: Vec<String> = groups.chain([Placeholder::TeamIdentifier.in_braces()]).collect();
        let windows = platform.policy_levels.iter();
        let windows = windows.map(|(window, level)| level.reference(&underscored(window)));
        let of_environments = platform.environments.iter().filter_map(Environment::policy_set);
        let windows: Vec<String> = windows.chain(of_environments).collect();
        for stage in stages {
            let spec = stage.body.get("spec");
            let service_ref = spec.as_ref().and_then(|spec| spec.get("service")?.get("serviceRef"));
            self.literal(service_ref, "service", &services);
            self.literal(environment_of(stage), "environment", &environments);
            for at in listed(&stage.body, "userGroups") {
                self.literal(Some(at), "user group", &groups);
            }
            for at in listed(&stage.body, "policySets") {
                self.literal(Some(at), "change window", &windows);
            }
        }
    }

    /// What is found, but for what follows from a misspelt name: where one of a kind is unknown and another is named
    /// nowhere, the one was meant for the other.
    fn without_followers(mut self, platform: &Platform) -> Vec<Diagnostic> {
        for environment in &platform.environments {
            self.silence(codes::NO_STAGE, "environment", &environment.reference());
            if let Some(set) = environment.policy_set() {
                self.silence(codes::NO_WINDOW_CHECK, "change window", &set);
            }
        }
        for group in &platform.approval_groups {
            self.silence(codes::NO_APPROVAL, "user group", group.identifier.as_str());
        }
        self.findings
    }

    fn silence(&mut self, code: &Code, kind: &str, name: &str) {
        let mut of_kind = self.named.iter().filter(|named| named.kind == kind);
        if of_kind.clone().any(|named| !named.is_there) && of_kind.all(|named| named.text != name) {
            self.findings.retain(|finding| finding.code != code.id);
        }
    }

    fn literal(&mut self, at: Option<At<'_>>, kind: &'static str, known: &[String]) {
        let Some(at) = at else { return };
        let Some(text) = at.node.text().filter(|text| !text.contains("<+")) else {
            return;
        };
        let is_there = known.iter().any(|known| known == text);
        self.named.push(Named {
            kind,
            text: text.to_owned(),
            is_there,
        });
        // A placeholder that nobody has a value for is told of when the template is rendered.
        let is_own = |name: &&str| self.template.names().any(|used| used == *name);
        let mut own = placeholders_of(text).into_iter().filter(is_own);
        if !is_there && own.all(|name| Placeholder::parse(name).is_some()) {
            let message = format!("the platform description knows no {kind} with the identifier `{text}`");
            let known = || known.iter().map(String::as_str);
            let meant = at_other_level(text, known()).or_else(|| did_you_mean(text, known()));
            let hint = meant.unwrap_or_else(|| "name one that it describes, or describe it there".to_owned());
            self.report(codes::TEMPLATE_REFERENCE, &at, &message, &hint);
        }
    }

    /// What a stage gives to an artifact source fits the kind of its registry, which a service's own says by placeholders.
    fn artifact(&mut self, source: &At<'_>, kind: ArtifactRegistry, registry: &str, is_own: bool) {
        let wanted = kind.source_type();
        let [of_type, of_build] = [Placeholder::ArtifactType, Placeholder::ArtifactBuild].map(Placeholder::in_braces);
        let in_hint = |placeholder: &str, exact: &str| if is_own { placeholder } else { exact }.to_owned();
        let written = source.get("type");
        let is_wanted = |text: &str| text == wanted || is_own && text == of_type;
        let other = written.filter(|at| at.node.text().is_some_and(|text| !is_wanted(text)));
        if let Some(at) = other {
            let message = format!(
                "the stage gives its build to a source of the type `{}`; the images of the registry `{registry}` are of the type `{wanted}`",
                at.node.text().unwrap_or_default(),
            );
            let hint = format!("write `type: {}`", in_hint(&of_type, wanted));
            self.report(codes::OTHER_ARTIFACT, &at, &message, &hint);
            return;
        }
        let wanted = kind.build_key();
        let spec = source.get("spec");
        let mut others = BUILD_KEYS.into_iter().filter(|key| *key != wanted);
        let other = others.find_map(|key| Some((key, spec.as_ref()?.get(key)?)));
        if let Some((key, at)) = other {
            let message =
                format!("a build of the registry `{registry}` is chosen by `{wanted}`, and the stage gives `{key}`");
            let hint = format!("write `{}` in place of `{key}`", in_hint(&of_build, wanted));
            self.report(codes::OTHER_ARTIFACT, &at, &message, &hint);
        }
    }

    /// In every run that a stage deploys in, it pulls from the registry of the run's place.
    fn registries(
        &mut self,
        stage: &Stage<'_>,
        course: &guard::Course<'_, '_>,
        (environment, service): (&Environment, &Service),
        platform: &Platform,
    ) {
        let regions = service.regions.iter();
        let regions = regions.filter(|region| platform.has_place(&service.archetype, &environment.name, region));
        let reached = regions.filter(|region| course.reaches(&stage.body.pointer, environment, region));
        let mut is_judged = BTreeSet::new();
        for region in reached {
            let Some(registry) = platform.registry_of(service, &environment.name, region) else {
                continue;
            };
            let wanted = registry.source_identifier();
            if !is_judged.insert(wanted.clone()) {
                continue;
            }
            let chosen = primary_of(stage).and_then(|primary| primary.get("primaryArtifactRef"));
            let source = source_of(stage);
            let identifier = source.as_ref().and_then(|source| source.get("identifier"));
            let is_it = |at: &Option<At<'_>>| at.as_ref().is_some_and(|at| at.node.text() == Some(wanted.as_str()));
            if let Some(source) = source.filter(|_| is_it(&chosen) && is_it(&identifier)) {
                let is_own = !registry.is_of_places();
                self.artifact(&source, registry.kind.registry(), &registry.name, is_own);
                continue;
            }
            let wrong = [chosen, identifier]
                .into_iter()
                .flatten()
                .find(|at| at.node.text() != Some(&wanted));
            let at = wrong.unwrap_or_else(|| stage.body.clone());
            let message = format!(
                "in `{}` in `{region}` images are pulled from the registry `{}`, and the stage does not say so",
                environment.name, registry.name
            );
            let hint = format!(
                "write `primaryArtifactRef: {wanted}` with the source of that identifier, in a stage of its own where regions pull from several"
            );
            self.report(codes::OTHER_ARTIFACT, &at, &message, &hint);
        }
    }

    /// Each cluster of the service that has an infrastructure definition of its own is deployed to, and none of others.
    fn clusters(
        &mut self,
        pipeline: &At<'_>,
        own: &[&Stage<'_>],
        (environment, service): (&Environment, &Service),
        platform: &Platform,
    ) {
        let named: Vec<At<'_>> = own.iter().flat_map(|stage| infrastructures(&stage.body)).collect();
        let archetype = platform.archetype(&service.archetype);
        let deployer = archetype.map_or(Deployer::default(), |archetype| archetype.deployer);
        let clusters_for_it = platform.clusters_for(&service.archetype, &environment.name);
        let for_it: Vec<&str> = clusters_for_it.map(|cluster| cluster.name.as_str()).collect();
        let text_of = |at: &At<'_>| at.node.text().unwrap_or_default().to_owned();
        // Which one an expression names, a run tells.
        let may_be_any = named.is_empty()
            || named
                .iter()
                .any(|at| ["<+", "{{"].iter().any(|sign| text_of(at).contains(sign)));
        let described = platform.clusters_of(&environment.name);
        let described = described.flat_map(|cluster| Deployer::ALL.map(|one| platform.infrastructure_of(cluster, one)));
        let outside = platform.infrastructures.iter();
        let outside = outside.flat_map(|known| definitions(known, environment, platform));
        let described: BTreeSet<String> = described.chain(outside.map(|(identifier, _)| identifier)).collect();
        let mut unknown = named
            .iter()
            .filter(|at| !text_of(at).contains("<+") && !described.contains(&text_of(at)));
        for cluster in platform.clusters_of(&environment.name) {
            let identifier = platform.infrastructure_of(cluster, deployer);
            let at = named.iter().find(|at| at.node.text() == Some(identifier.as_str()));
            let name = cluster.name.as_str();
            let is_for_it = for_it.contains(&name);
            let is_named = cluster.infrastructure.is_some() || !may_be_any;
            let is_wanted = is_for_it && is_named && service.regions.contains(&cluster.region);
            match at {
                Some(at) if !is_for_it => {
                    let message = format!(
                        "the cluster `{name}` is not one of the archetype `{}`",
                        service.archetype
                    );
                    let hint = "remove the stage, or mend `archetypes` of the cluster";
                    self.report(codes::OTHER_CLUSTER, at, &message, hint);
                }
                None if is_wanted => {
                    let message = format!("no stage deploys to the cluster `{name}` of `{}`", environment.name);
                    // What nothing is called is what this one was called, or should be.
                    let Some(at) = unknown.next() else {
                        let hint = format!("add a Deployment stage with the infrastructure definition `{identifier}`");
                        self.report(codes::NO_STAGE, pipeline, &message, &hint);
                        continue;
                    };
                    let message = format!("{message}, and none there is called `{}`", text_of(at));
                    let hint = match cluster.infrastructure {
                        Some(_) => format!("write `{identifier}`, or mend `infrastructure` of the cluster"),
                        None => format!(
                            "say by `infrastructure` of the cluster that it is called so, or write `{identifier}`"
                        ),
                    };
                    self.report(codes::NO_STAGE, at, &message, &hint);
                }
                _ => {}
            }
        }
    }

    /// Each infrastructure of the service outside Kubernetes is deployed to, and none of others.
    fn outside(
        &mut self,
        pipeline: &At<'_>,
        own: &[&Stage<'_>],
        (environment, service): (&Environment, &Service),
        platform: &Platform,
    ) {
        let named: Vec<At<'_>> = own.iter().flat_map(|stage| infrastructures(&stage.body)).collect();
        let text_of = |at: &At<'_>| at.node.text().unwrap_or_default().to_owned();
        // Which one an expression names, a run tells.
        let may_be_any = named.iter().any(|at| text_of(at).contains("<+"));
        for infrastructure in &platform.infrastructures {
            let is_for_it = infrastructure.is_for(&service.archetype);
            for (identifier, region) in definitions(infrastructure, environment, platform) {
                let at = named.iter().find(|at| text_of(at) == identifier);
                let is_wanted = is_for_it && service.regions.iter().any(|known| known == region);
                match at {
                    Some(at) if !is_for_it => {
                        let archetype = &service.archetype;
                        let message = format!(
                            "the infrastructure definition `{identifier}` is not one of the archetype `{archetype}`"
                        );
                        let hint = "mend the stage, or `archetypes` of the infrastructure";
                        self.report(codes::OTHER_CLUSTER, at, &message, hint);
                    }
                    None if is_wanted && !may_be_any => {
                        let message = format!("no stage of `{}` deploys to `{identifier}`", environment.name);
                        let hint = format!("add a Deployment stage with the infrastructure definition `{identifier}`");
                        self.report(codes::NO_STAGE, pipeline, &message, &hint);
                    }
                    _ => {}
                }
            }
        }
    }

    /// A canary grows as the environment says; a progressive one goes on to all replicas by itself.
    fn canary(&mut self, stage: &Stage<'_>, environment: &Environment) {
        let phases: Vec<i64> = step_types(&stage.body)
            .filter(|(_, kind)| *kind == CANARY_STEP)
            .filter_map(|(step, _)| share_of(step.node))
            .collect();
        let last = (strategy_of(stage) == Some(Strategy::Progressive)).then_some(100);
        let wanted = environment.canary.iter().map(|phase| i64::from(phase.percentage));
        let wanted: Vec<i64> = wanted.chain(last).collect();
        if !phases.is_empty() && phases != wanted {
            let message = format!("the canary grows by {phases:?} percent; the platform description says {wanted:?}");
            self.report(
                codes::OTHER_CANARY,
                &stage.body,
                &message,
                "make the template and the platform description agree",
            );
        }
    }

    /// A stage deploys as its archetype does, as far as its steps tell.
    fn strategy(&mut self, stage: &Stage<'_>, environment: &Environment, archetype: &Archetype) {
        let Some(wanted) = archetype.strategy_in(&environment.name) else {
            return;
        };
        if let Some(found) = strategy_of(stage).filter(|found| *found != wanted) {
            let message = format!(
                "the stage of `{}` deploys by {found}; the platform description says {wanted} for `{}`",
                environment.name, archetype.name
            );
            let hint = self.mending(archetype, "`strategy` or `overrides`");
            self.report(codes::OTHER_STRATEGY, &stage.body, &message, &hint);
        }
    }

    /// A stage deploys the type of service that the service is.
    fn deployment_type(&mut self, stage: &Stage<'_>, environment: &Environment, platform: &Platform, archetype: &str) {
        let Some(at) = stage.body.get("spec").and_then(|spec| spec.get("deploymentType")) else {
            return;
        };
        let wanted = platform.deployment_type(archetype);
        let Some(found) = at.node.text().filter(|text| *text != wanted && !text.contains("<+")) else {
            return;
        };
        let of_stage = format!("the stage of `{}` has the deployment type {found}", environment.name);
        let (said, hint) = match platform.archetype(archetype) {
            None => (
                format!(
                    "its services have the type {wanted}, as the platform description has no archetype `{archetype}`"
                ),
                format!("describe `{archetype}` under `archetypes`, with {}", key_for(found)),
            ),
            Some(known) => (
                format!("the platform description says {wanted} for `{archetype}`"),
                self.mending(known, key_for(found)),
            ),
        };
        self.report(codes::OTHER_STRATEGY, &at, &format!("{of_stage}; {said}"), &hint);
    }

    /// How a template and its archetype come to say the same. What somebody wrote by hand is nothing to write anew.
    fn mending(&self, archetype: &Archetype, key: &str) -> String {
        match self.is_by_hand || archetype.strategy.is_none() {
            true => format!("mend the stage, or {key} of `{}`", archetype.name),
            false => format!(
                "run `harness-cd template new --archetype {0} --force`, or mend {key} of `{0}`",
                archetype.name
            ),
        }
    }

    fn report(&mut self, code: &Code, at: &At<'_>, message: &str, hint: &str) {
        let finding = code.finding(self.file, &at.pointer, at.node.range, message, hint);
        self.findings.push(finding);
    }
}

/// The key of an archetype that says a deployment type.
fn key_for(deployment_type: &str) -> &'static str {
    let in_kubernetes = Deployer::ALL.iter().any(|one| one.deployment_type() == deployment_type);
    if in_kubernetes {
        "`workload` or `deploymentType`"
    } else {
        "`workload`"
    }
}

/// The step of both kinds of canaries.
const CANARY_STEP: &str = "K8sCanaryDeploy";

/// How many percent of the replicas a canary step is about, of either kind.
pub(crate) fn share_of(canary: &Node) -> Option<i64> {
    let standard = canary.at(&["spec", "instanceSelection", "spec", "percentage"]);
    standard.or_else(|| canary.at(&["spec", "targetPercentage"]))?.as_i64()
}

/// Whether a canary takes the place of the old version by itself.
pub(crate) fn is_progressive(canary: &Node) -> bool {
    canary.at(&["spec", "canaryType"]).and_then(Node::text) == Some("Progressive")
}

/// The first strategy of Kubernetes with a step of its own; a canary ends with a rolling step.
pub(crate) fn strategy_of(stage: &Stage<'_>) -> Option<Strategy> {
    let steps: Vec<(At<'_>, &str)> = step_types(&stage.body).collect();
    let found = [
        (CANARY_STEP, Strategy::Canary),
        ("K8sBlueGreenDeploy", Strategy::BlueGreen),
        ("K8sRollingDeploy", Strategy::Rolling),
        ("HelmDeploy", Strategy::Rolling),
        ("K8sApply", Strategy::Apply),
    ];
    found.into_iter().find_map(|(wanted, strategy)| {
        let (step, _) = steps.iter().find(|(_, kind)| *kind == wanted)?;
        Some(match strategy {
            Strategy::Canary if is_progressive(step.node) => Strategy::Progressive,
            _ => strategy,
        })
    })
}

/// The items of every list under a key, anywhere below a node.
fn listed<'n>(at: &At<'n>, key: &str) -> Vec<At<'n>> {
    let mut found = Vec::new();
    let suffix = format!("/{key}");
    at.node.walk(&mut |pointer: &str, node: &'n Node| {
        if pointer.ends_with(&suffix) {
            found.extend(
                At {
                    node,
                    pointer: format!("{}{pointer}", at.pointer),
                }
                .items(),
            );
        }
    });
    found
}
