//! `services.yaml`.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::patterns::{IN_MANIFEST_PATHS, filled, is_pipeline_name, placeholders_of};
use harness_cd_model::naming::{Folder, Placeholder, entity_ref, input_set_name};
use harness_cd_model::words::{may_be_slip, nearest, quoted};
use harness_cd_model::{
    ArtifactRegistry, Cluster, Deployer, Diagnostic, EntityScope, Identifier, Platform, Project, ProjectRef, Service,
    codes,
};
use harness_cd_yaml::{At, Document, Fields, Node, Reader, Value};

use super::broken::{Broken, Kind, Needs};
use super::declared::{Declarations, Declared};
use super::forms::proposed;
use super::names::{Names, chosen_list, own_identifier, reference, require_label, required_list, text};
use super::platform::PlatformReading;
use super::sources::{self, WITHIN, leads_out};
use super::{keys, name_patterns};
use crate::homes::Homes;
use crate::left_out::{LeftOut, UnreadService};
use crate::same_cluster::{Pair, Sameness};

/// The longest Kubernetes namespace.
const MAX_NAMESPACE: usize = 63;

/// The services of a config repository, file by file.
pub(super) struct Services<'n, 'p> {
    around: Around<'p>,
    names: Names<'n>,
    teams: Names<'n>,
    input_sets: BTreeMap<(Option<ProjectRef>, String), String>,
    /// Which service each release is of.
    releases: BTreeMap<Release, (String, Deployer)>,
    services: Vec<Service>,
    /// The clusters that are one, and what is told of each pair in the platform description.
    same_clusters: Vec<(Pair<'p>, Option<Diagnostic>)>,
    /// The teams whose services may be meant to go elsewhere, and what is told of the first of each.
    doubted: BTreeMap<&'n str, Diagnostic>,
    /// What is told of the descriptions that are meant for other archetypes, by the names of these.
    misspelt: BTreeMap<&'p str, Diagnostic>,
    /// Those in which nothing is wrong, and which the platform stops.
    stopped: Vec<Service>,
    unread: Vec<UnreadService>,
    /// Whether some service has a namespace, and whether some has a release of its own, unread ones among them.
    own_names: [bool; 2],
}

/// What stands in files of services, whatever else is wrong with these.
#[derive(Default)]
pub(super) struct Written<'d> {
    teams: BTreeSet<&'d str>,
    archetypes: BTreeSet<&'d str>,
}

impl<'d> Written<'d> {
    pub(super) fn of(documents: impl Iterator<Item = &'d Document>) -> Self {
        let mut written = Self::default();
        for document in documents {
            let list = document.root.get("services");
            let one = list.is_none().then_some(&document.root);
            for service in list.into_iter().flat_map(Node::items).chain(one) {
                let text = |key: &str| service.get(key)?.as_str();
                written.teams.extend(text("team"));
                written.archetypes.extend(text("archetype"));
            }
        }
        written
    }
}

/// What reading says of all services.
pub(super) struct ServicesReading {
    /// Those that are used, in file order.
    pub(super) services: Vec<Service>,
    pub(super) unread: Vec<UnreadService>,
    pub(super) own_names: [bool; 2],
    pub(super) homes: Homes,
    /// What is told of the platform, as services show it.
    pub(super) of_platform: Vec<Diagnostic>,
}

impl<'n, 'p> Services<'n, 'p> {
    /// `file` is that of the platform; `written` is of all services that will be read.
    pub(super) fn new(
        (file, of_platform): (&'p str, &'p PlatformReading<'p>),
        archetypes: Vec<&'p str>,
        written: Written<'p>,
    ) -> Self {
        Self {
            misspelt: misspelt_archetypes((file, of_platform), &archetypes, &written.archetypes),
            around: Around {
                platform: of_platform.platform.as_ref(),
                broken: &of_platform.broken,
                declared: &of_platform.declared,
                with_template: Declared::whole(archetypes),
                teams: written.teams,
                clusters: (file, of_platform.clusters.clone()),
            },
            names: Names::new("service"),
            teams: Names::new("team"),
            input_sets: BTreeMap::new(),
            releases: BTreeMap::new(),
            same_clusters: (of_platform.platform.iter())
                .flat_map(Pair::all)
                .filter(|pair| pair.sameness == Sameness::Certain)
                .map(|pair| (pair, None))
                .collect(),
            doubted: BTreeMap::new(),
            services: Vec::new(),
            stopped: Vec::new(),
            unread: Vec::new(),
            own_names: [false; 2],
        }
    }

    /// Reads a file of services: a list of them, or one without a list where each may have a file of its own.
    pub(super) fn read(&mut self, reader: &mut Reader<'_>, root: At<'n>, is_one: bool) {
        if is_one && root.get("services").is_none() {
            return self.read_one(reader, root);
        }
        if matches!(root.node.value, Value::Sequence(_)) {
            let message = "a list stands here, and no key before it";
            return reader.error(
                codes::WRONG_TYPE,
                &root,
                message,
                "write `services:` in a line before it",
            );
        }
        let Some(fields) = reader.object(root, keys::SERVICES.known) else {
            return;
        };
        for item in required_list(reader, &fields, "services") {
            self.read_one(reader, item);
        }
    }

    fn read_one(&mut self, reader: &mut Reader<'_>, item: At<'n>) {
        let before = reader.count();
        let service = service(reader, item.clone(), self);
        if let Some(service) = &service {
            require_own_input_sets(reader, &item, service, &mut self.input_sets);
            let others = || self.services.iter().chain(&self.stopped);
            // Names that follow from one identifier are one as well.
            if require_own_identifier(reader, &item, service, others()) {
                require_own_pipeline(reader, &item, service, others());
            }
        }
        if let Some((service, platform)) = service.as_ref().zip(self.around.platform) {
            let clusters = (platform, self.same_clusters.as_slice());
            require_own_releases(reader, &item, service, clusters, &mut self.releases);
            require_sure_team(
                reader,
                &item,
                service,
                (platform, &self.around.teams),
                &mut self.doubted,
            );
        }
        let shared = service.as_ref().and_then(|service| self.shared(reader, &item, service));
        let own = reader.since(before).first();
        let doubt = || {
            self.doubted
                .get(item.node.get("team")?.as_str()?)
                .filter(|_| !names_project(&item))
        };
        let reason = own
            .or_else(|| self.around.reason_against(&item, service.is_some()))
            .or(shared.as_ref())
            .or_else(doubt)
            .or_else(|| self.misspelt.get(item.node.get("archetype")?.as_str()?));
        if let Some(reason) = reason {
            let written = item.node.get("name").and_then(|name| name.as_str());
            let name = written.map_or_else(|| format!("{}{}", reader.file(), item.pointer), str::to_owned);
            let project = project_of(&item, &self.around);
            let platform = self.around.platform;
            let folder = match (platform, &project) {
                (Some(platform), Some(project)) => Some(platform.folder_of(&EntityScope::Project(project.clone()))),
                (Some(_), None) => None,
                (None, _) => Some(Folder::default()),
            };
            self.unread.push(UnreadService {
                left_out: LeftOut::service(folder.as_ref(), &name, reason),
                project,
                pipeline: pipeline_of(&item, platform),
            });
        }
        match (own, reason) {
            (None, None) => self.services.extend(service),
            (None, Some(_)) => self.stopped.extend(service),
            _ => {}
        }
    }

    /// Why a service would be deployed twice into one namespace of one cluster. Where that is by the names of all services,
    /// it is told of the second cluster, once; where it is by the service's own, of the service.
    fn shared(&mut self, reader: &mut Reader<'_>, item: &At<'_>, service: &Service) -> Option<Diagnostic> {
        let platform = self.around.platform?;
        let (pair, namespace, told) = self.same_clusters.iter_mut().find_map(|(pair, told)| {
            let namespace = pair.namespace_of(platform, service)?;
            Some((*pair, namespace, told))
        })?;
        if let Some(told) = told {
            return Some(told.clone());
        }
        let (first, second) = (&pair.first, &pair.second);
        let places = match first.environment == second.environment {
            true => format!("twice in `{}`", first.environment),
            false => format!("for `{}` and for `{}`", first.environment, second.environment),
        };
        let message = format!(
            "`{}` and `{}` are both {}: `{}` would be deployed there {places}, in the namespace `{namespace}`",
            first.name,
            second.name,
            pair.told(),
            service.name,
        );
        let own = item.get("names").and_then(|names| names.get("namespace"));
        if let Some(at) = own {
            let hint = "write `{{ENVIRONMENT}}` into it, or mend `credentials` of one of the clusters";
            reader.error(codes::SAME_IDENTIFIER, &at, message, hint);
            return reader.since(0).last().cloned();
        }
        let hint = match first.environment == second.environment {
            true => "mend `credentials` of one of them, or remove it",
            false => "mend `credentials` of one of them, or write `{{ENVIRONMENT}}` into `namespace` of `names`",
        };
        let (file, clusters) = &self.around.clusters;
        let at = clusters
            .iter()
            .find(|at| at.node.get("name").and_then(Node::as_str) == Some(second.name.as_str()))?;
        let at = at.get("credentials").unwrap_or_else(|| at.clone());
        *told = Some(codes::SAME_IDENTIFIER.finding(file, &at.pointer, at.node.range, message, hint));
        told.clone()
    }

    /// The services that are used, and what became of the others; `are_read` where nothing is wrong with their files.
    pub(super) fn finish(self, are_read: bool) -> ServicesReading {
        let known = self.services.iter().chain(&self.stopped);
        let repository = |service: &Service| {
            let platform = self.around.platform?;
            let is_broken = self.around.broken.reason(Kind::Archetype, &service.archetype).is_some();
            let repository = platform.repository_of(platform.archetype(&service.archetype));
            (!is_broken).then(|| repository.name.clone())
        };
        ServicesReading {
            of_platform: (self.same_clusters.into_iter().filter_map(|(_, told)| told))
                .chain(self.misspelt.into_values())
                .collect(),
            homes: Homes::of(known, repository, are_read && self.unread.is_empty()),
            services: self.services,
            unread: self.unread,
            own_names: self.own_names,
        }
    }
}

/// Archetypes that nobody describes, where a description that no service has is nearly called so: without it their
/// services would be deployed as is usual, and without a word.
fn misspelt_archetypes<'p>(
    (file, of_platform): (&str, &PlatformReading<'_>),
    with_template: &[&'p str],
    of_services: &BTreeSet<&str>,
) -> BTreeMap<&'p str, Diagnostic> {
    let described: Vec<At<'_>> = of_platform.archetypes.iter().filter_map(|at| at.get("name")).collect();
    let is_described = |name: &str| described.iter().any(|at| at.node.as_str() == Some(name));
    let used = with_template.iter().copied();
    let used = used.filter(|name| of_services.contains(name) && !is_described(name));
    let found = used.filter_map(|meant| {
        let mut idle = described.iter().filter_map(|at| Some((at, at.node.as_str()?)));
        let (at, written) = idle.find(|(_, written)| {
            let is_idle = !of_services.contains(written) && !with_template.contains(written);
            is_idle && may_be_slip(written, meant)
        })?;
        let message = format!(
            "no service has the archetype `{written}`, and nothing describes `{meant}`, which services have: they would be \
             deployed as is usual"
        );
        let hint = format!("did you mean `{meant}`?");
        let finding = codes::UNKNOWN_REFERENCE.finding(file, &at.pointer, at.node.range, message, hint);
        Some((meant, finding))
    });
    found.collect()
}

/// The project of a service that is not used, as far as that can be told.
fn project_of(item: &At<'_>, around: &Around<'_>) -> Option<ProjectRef> {
    // What is wrong here has been told.
    let mut reader = Reader::new("");
    let fields = reader.object(item.clone(), keys::SERVICE.known)?;
    project(&mut reader, &fields, around).flatten()
}

/// The project that a service goes into: as it says, or as its team's services do, or the platform's own. That is not told
/// without a platform, nor where services go by their teams and the team cannot be read.
#[allow(clippy::option_option, reason = "what is wrong is something else than nothing")]
fn project(reader: &mut Reader<'_>, fields: &Fields<'_>, around: &Around<'_>) -> Option<Option<ProjectRef>> {
    let own = reader.optional(fields, "project");
    let known = &around.declared.projects;
    let own = own.map(|at| reference(reader, &at, codes::UNKNOWN_REFERENCE, "project", known));
    let Some(platform) = around.platform else {
        return Some(None);
    };
    let name = own.map_or(Some(None), |own| own.map(Some))?;
    let team = fields.at().get("team").and_then(|at| at.node.as_str());
    let is_meant = |project: &&Project| match (name, team) {
        (Some(name), _) => project.name == name,
        (None, team) => project.teams.iter().any(|known| Some(known.as_str()) == team),
    };
    if name.is_none() && team.is_none() && !platform.projects.is_empty() {
        return Some(None);
    }
    let named = platform.projects.iter().find(is_meant);
    Some(Some(named.map_or_else(
        || platform.own_project(),
        |project| project.reference.clone(),
    )))
}

fn names_project(item: &At<'_>) -> bool {
    item.node.get("project").is_some_and(|project| !project.is_null())
}

/// Where services go by their teams, one whose team is nearly that of a project does not go elsewhere without a word. It
/// is told of the first service of a team.
fn require_sure_team<'n>(
    reader: &mut Reader<'_>,
    item: &At<'n>,
    service: &Service,
    (platform, of_services): (&Platform, &BTreeSet<&str>),
    doubted: &mut BTreeMap<&'n str, Diagnostic>,
) {
    let team = item.get("team").filter(|_| !names_project(item));
    let Some((at, team)) = team.and_then(|at| Some((at.clone(), at.node.as_str()?))) else {
        return;
    };
    let named = || {
        platform
            .projects
            .iter()
            .flat_map(|project| project.teams.iter().map(move |team| (team, project)))
    };
    if doubted.contains_key(team) || named().any(|(known, _)| known == team) {
        return;
    }
    // A team without services is what is misspelt itself, and told where it stands.
    let mut meant = named().filter(|(known, _)| of_services.contains(known.as_str()));
    let Some((meant, project)) = meant.find(|(known, _)| may_be_slip(team, known)) else {
        return;
    };
    let (own, before) = (&platform.project, reader.count());
    let message = format!(
        "no project has the team `{team}`: `{}` would go into `{own}`, and the services of `{meant}` go into `{}`",
        service.name, project.name
    );
    let hint = format!("did you mean `{meant}`? Where they are two teams, write `project: {own}` here");
    reader.error(codes::UNKNOWN_REFERENCE, &at, message, hint);
    doubted.extend(reader.since(before).first().cloned().map(|told| (team, told)));
}

/// What the pipeline of a service that is not used is called, as far as that can be told: its identifier and its name.
fn pipeline_of(item: &At<'_>, platform: Option<&Platform>) -> Option<(String, String)> {
    // What is wrong here has been told.
    let mut reader = Reader::new("");
    let fields = reader.object(item.clone(), keys::SERVICE.known)?;
    let at = reader.required(&fields, "name")?;
    let name = reader.string(&at)?;
    let identifier = own_identifier(&mut reader, &fields).or_else(|| Identifier::from_name(name).ok())?;
    let own = name_patterns::read(&mut reader, &fields);
    let usual = platform.map(|platform| platform.names.clone()).unwrap_or_default();
    let service = (
        (name, identifier.as_str()),
        display_name(&mut reader, &fields).unwrap_or(name),
    );
    let (pipeline, identifier) = own.pipeline_of(&mut reader, &at, &usual, service)?;
    Some((identifier.to_string(), pipeline))
}

/// A service has an identifier of its own in its project. Answers whether it has.
fn require_own_identifier<'s>(
    reader: &mut Reader<'_>,
    item: &At<'_>,
    service: &Service,
    mut others: impl Iterator<Item = &'s Service>,
) -> bool {
    let other = others.find(|other| other.identifier == service.identifier && other.project == service.project);
    if let Some(other) = other {
        let message = format!(
            "the services `{}` and `{}` both have the identifier `{}` in one project",
            other.name, service.name, service.identifier
        );
        let at = item.get("identifier").or_else(|| item.get("name"));
        let at = at.unwrap_or_else(|| item.clone());
        reader.error(
            codes::SAME_IDENTIFIER,
            &at,
            message,
            "give each its own, or a `project` of its own",
        );
    }
    other.is_none()
}

/// A pipeline deploys one service.
fn require_own_pipeline<'s>(
    reader: &mut Reader<'_>,
    item: &At<'_>,
    service: &Service,
    mut others: impl Iterator<Item = &'s Service>,
) {
    let is_same = |other: &&Service| {
        (other.pipeline_identifier == service.pipeline_identifier || other.pipeline_name == service.pipeline_name)
            && other.project == service.project
    };
    // Names that follow from services differ as these do.
    if let Some(other) = others.find(is_same) {
        let message = format!(
            "the services `{}` and `{}` have the pipeline `{}` both",
            other.name, service.name, service.pipeline_name
        );
        let at = item.get("names").unwrap_or_else(|| item.clone());
        reader.error(codes::SAME_IDENTIFIER, &at, message, "give each its own");
    }
}

/// The input sets of `a-b` for `c` and of `a` for `b-c` are one file.
fn require_own_input_sets(
    reader: &mut Reader<'_>,
    item: &At<'_>,
    service: &Service,
    taken: &mut BTreeMap<(Option<ProjectRef>, String), String>,
) {
    for environment in &service.environments {
        let name = input_set_name(&service.name, environment);
        let owner = format!("`{}` for `{environment}`", service.name);
        let key = (service.project.clone(), name);
        if let Some(other) = taken.get(&key) {
            let name = &key.1;
            let message = format!("the input sets of {owner} and of {other} are both named `{name}`");
            reader.error(
                codes::SAME_IDENTIFIER,
                &item.get("name").unwrap_or_else(|| item.clone()),
                message,
                "rename one service",
            );
        } else {
            taken.insert(key, owner);
        }
    }
}

/// What Harness takes for one release in a namespace of a cluster.
#[derive(PartialEq, Eq, PartialOrd, Ord)]
struct Release {
    cluster: String,
    namespace: String,
    name: String,
}

/// Two services that are one release in a cluster replace each other. What Harness fills in alone, as it does in the usual
/// name of a release, is not compared.
fn require_own_releases(
    reader: &mut Reader<'_>,
    item: &At<'_>,
    service: &Service,
    (platform, same_clusters): (&Platform, &[(Pair<'_>, Option<Diagnostic>)]),
    taken: &mut BTreeMap<Release, (String, Deployer)>,
) {
    let Some(archetype) = platform
        .archetype(&service.archetype)
        .filter(|known| known.workload.is_kubernetes())
    else {
        return;
    };
    let namespace = service.namespace.as_ref().unwrap_or(&platform.names.namespace);
    let name = service.release_name.as_ref().unwrap_or(&platform.names.release_name);
    if [namespace, name].iter().any(|pattern| pattern.contains("<+")) {
        return;
    }
    let called = (service.name.as_str(), service.identifier.as_str());
    let environments = platform.environments.iter();
    let environments = environments.filter(|known| service.environments.contains(&known.name));
    let mut is_told = false;
    for environment in environments {
        let clusters = platform.clusters_for(&service.archetype, &environment.name);
        for cluster in clusters.filter(|cluster| service.regions.contains(&cluster.region)) {
            let [namespace, name] = [namespace, name]
                .map(|pattern| name_patterns::in_place(pattern, called, (environment, &cluster.region)));
            let release = Release {
                cluster: first_name_of(cluster, same_clusters).to_owned(),
                namespace,
                name,
            };
            let other = taken.get(&release).filter(|(other, _)| *other != service.name);
            match other.filter(|_| !is_told) {
                Some((other, deployer)) => {
                    let outcome = match *deployer == archetype.deployer {
                        true => "each would replace the other",
                        false => "one is Helm's, the other is not, and nobody could tell them apart",
                    };
                    let message = format!(
                        "in `{}` the services `{other}` and `{}` are both the release `{}` in the namespace `{}`: {outcome}",
                        environment.name, service.name, release.name, release.namespace
                    );
                    let at = item.get("names").or_else(|| item.get("name"));
                    let hint = "give each a `namespace` or a `releaseName` of its own under `names`";
                    reader.error(
                        codes::SAME_IDENTIFIER,
                        &at.unwrap_or_else(|| item.clone()),
                        message,
                        hint,
                    );
                    is_told = true;
                }
                None => {
                    _ = taken
                        .entry(release)
                        .or_insert_with(|| (service.name.clone(), archetype.deployer))
                }
            }
        }
    }
}

/// The name of a cluster, or that of the first that is the same one.
fn first_name_of<'c>(cluster: &'c Cluster, same: &'c [(Pair<'_>, Option<Diagnostic>)]) -> &'c str {
    let mut earlier = same.iter().map(|(pair, _)| pair);
    let earlier = earlier.find(|pair| pair.second.name == cluster.name);
    earlier.map_or(&cluster.name, |pair| &pair.first.name)
}

/// What a service refers to.
struct Around<'p> {
    platform: Option<&'p Platform>,
    broken: &'p Broken,
    declared: &'p Declarations<'p>,
    with_template: Declared<'p>,
    teams: BTreeSet<&'p str>,
    /// The file of the platform, and its clusters as they are written.
    clusters: (&'p str, Vec<At<'p>>),
}

impl Around<'_> {
    /// Why a service in which nothing is wrong is not used: something that it takes from the platform is broken.
    fn reason_against(&self, item: &At<'_>, is_read: bool) -> Option<&Diagnostic> {
        let text = |key: &str| item.node.get(key)?.as_str();
        let archetype = text("archetype");
        let of_archetype = || self.platform?.archetype(archetype?)?.registry.as_deref();
        let chosen = |key: &str, all: &Declared<'_>| -> Vec<String> {
            let list = item.get(key).filter(|at| !at.node.is_null());
            let names = |at: At<'_>| {
                at.node
                    .items()
                    .filter_map(|one| one.as_str())
                    .map(str::to_owned)
                    .collect()
            };
            list.map_or_else(|| all.names().iter().map(|name| (*name).to_owned()).collect(), names)
        };
        let needs = Needs {
            archetype,
            registry: text("registry").or_else(of_archetype),
            environments: chosen("environments", &self.declared.environments),
            regions: chosen("regions", &self.declared.regions),
        };
        let reason = self.broken.reason_of(&needs);
        reason.or_else(|| self.broken.stopping().filter(|_| !is_read))
    }
}

fn service<'n>(reader: &mut Reader<'_>, item: At<'n>, services: &mut Services<'n, '_>) -> Option<Service> {
    let Services {
        around, names, teams, ..
    } = services;
    let around = &*around;
    let platform = around.platform;
    let fields = reader.object(item, keys::SERVICE.known)?;
    let name_at = reader.required(&fields, "name");
    let named = name_at.as_ref().and_then(|at| names.take(reader, at));
    let archetype = archetype(reader, &fields, around);
    let team = reader.required(&fields, "team").and_then(|at| teams.share(reader, &at));
    let image = image(reader, &fields);
    let entity = entity(reader, &fields);
    let own = own_identifier(reader, &fields);
    let project = project(reader, &fields, around);
    let registry = registry(reader, &fields, around, archetype);
    let places = places(reader, &fields, around, archetype);
    if let (Some(platform), Some((name, _))) = (platform, &registry) {
        require_use_of_registry(
            reader,
            &fields,
            platform,
            name,
            (&places, archetype.unwrap_or_default()),
        );
    }
    let own_names = name_patterns::read(reader, &fields);
    let has_own = services.own_names.iter_mut().zip(own_names.has_own);
    has_own.for_each(|(known, own)| *known |= own);
    let display = display_name(reader, &fields);
    let usual = platform.map(|platform| platform.names.clone()).unwrap_or_default();
    if fields.at().get("displayName").is_some() {
        let patterns = [&usual.namespace, &usual.release_name];
        // Harness would fill in the name that it shows.
        let has_name = patterns.map(|pattern| pattern.contains(&Placeholder::ServiceName.in_braces()));
        let needed = services.own_names.iter_mut().zip(has_name);
        needed.for_each(|(known, needed)| *known |= needed);
    }
    let values = values(reader, &fields);
    require_values_of_paths(reader, &fields, platform.zip(archetype), &values);
    if let (Some(at), Some((name, derived))) = (&name_at, &named) {
        let before = reader.count();
        require_label(reader, at, name);
        let service = (*name, own.as_ref().unwrap_or(derived).as_str());
        // A name that is no part of a namespace has been told.
        if let Some(platform) = platform.filter(|_| reader.count() == before) {
            let in_places = |key: &str, own: &Option<String>, usual: &str| {
                let own_at = fields.at().get("names").and_then(|at| at.get(key));
                let pattern = own.as_deref().unwrap_or(usual);
                let names = in_each_place(pattern, service, platform, (&places, archetype.unwrap_or_default()));
                (own_at.unwrap_or_else(|| at.clone()), names)
            };
            let (pattern_at, namespaces) = in_places("namespace", &own_names.namespace, &platform.names.namespace);
            require_namespaces(reader, (at, &pattern_at), &namespaces);
            let (pattern_at, releases) =
                in_places("releaseName", &own_names.release_name, &platform.names.release_name);
            releases
                .iter()
                .all(|release| name_patterns::require_release(reader, &pattern_at, release));
        }
    }
    let ((name, derived), (team, team_identifier)) = (named?, team?);
    let (registry, artifact) = registry?;
    let identifier = own.unwrap_or(derived);
    let display_name = display.unwrap_or(name);
    let service = ((name, identifier.as_str()), display_name);
    let pipeline = own_names.pipeline_of(reader, &name_at?, &usual, service);
    let (pipeline_name, pipeline_identifier) = pipeline?;
    Some(Service {
        name: name.to_owned(),
        display_name: display_name.to_owned(),
        identifier,
        project: project?,
        archetype: archetype?.to_owned(),
        team: team.to_owned(),
        team_identifier,
        image: image?.to_owned(),
        entity: entity.or_else(|| entity_ref(name))?,
        environments: places.environments,
        regions: places.regions,
        first_region: places.first_region,
        registry,
        artifact,
        pipeline_name,
        pipeline_identifier,
        namespace: own_names.namespace,
        release_name: own_names.release_name,
        values,
    })
}

/// What a service is called in Harness, where that is not its name.
fn display_name<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>) -> Option<&'n str> {
    let at = reader.optional(fields, "displayName")?;
    let wanted = "a name as Harness takes it: letters, digits, spaces, dots, dashes and underscores, at most 128";
    let meant = |text: &str| {
        let is_taken = |c: &char| c.is_ascii_alphanumeric() || " ._-".contains(*c);
        let words: String = text.chars().filter(is_taken).collect();
        Some(words.split_whitespace().collect::<Vec<_>>().join(" "))
    };
    proposed(reader, &at, is_pipeline_name, wanted, meant)
}

/// The registry that a service names, or its archetype, or the platform's first; and its kind. None of these is known of a
/// service that is not used for what is broken there.
fn registry(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    around: &Around<'_>,
    archetype: Option<&str>,
) -> Option<(String, ArtifactRegistry)> {
    let known = &around.declared.registries;
    let own = reader.optional(fields, "registry");
    let registries = around.platform.map(|platform| platform.registries.as_slice());
    let own = own.map(|at| {
        let name = reference(reader, &at, codes::UNKNOWN_REFERENCE, "registry", known)?;
        sources::require_to_choose(reader, &at, name, registries.unwrap_or_default()).then_some(name)
    });
    let Some(platform) = around.platform else {
        return Some((String::new(), ArtifactRegistry::Docker));
    };
    let of_archetype = || platform.archetype(archetype?)?.registry.as_deref();
    let broken = around.broken;
    let is_archetype_broken = archetype.is_some_and(|name| broken.reason(Kind::Archetype, name).is_some());
    let is_doubted = is_archetype_broken || of_archetype().is_none() && broken.of_usual_registry().is_some();
    let name = match own {
        Some(own) => own?,
        None if is_doubted => return Some((String::new(), ArtifactRegistry::Docker)),
        None => of_archetype().or_else(|| known.names().first().copied())?,
    };
    let registry = platform.registry(name)?;
    Some((name.to_owned(), registry.kind.registry()))
}

/// Some place pulls from the registry that a service names: not every one has a registry of places.
fn require_use_of_registry(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    platform: &Platform,
    name: &str,
    (places, archetype): (&Places, &str),
) {
    let there = places.environments.iter().flat_map(|environment| {
        let regions = places.regions.iter().map(move |region| (environment, region));
        regions.filter(|(environment, region)| platform.has_place(archetype, environment, region))
    });
    let mut pulls = there
        .map(|(environment, region)| platform.registry_of_place(environment, region))
        .peekable();
    let is_idle = pulls.peek().is_some() && pulls.all(|registry| registry.is_some());
    if let Some(at) = fields.at().get("registry").filter(|_| is_idle) {
        let message = format!("nothing is pulled from `{name}`: each place of the service has a registry of its own");
        let hint = "remove the key, or take a place out of `environments` or `regions` of the registry that has it";
        reader.error(codes::CONTRADICTION, &at, message, hint);
    }
}

/// Where a service runs.
#[derive(Default)]
struct Places {
    environments: Vec<String>,
    regions: Vec<String>,
    first_region: String,
}

/// A service runs where its environments have clusters for its archetype in its regions; what it names has one at least.
fn places(reader: &mut Reader<'_>, fields: &Fields<'_>, around: &Around<'_>, archetype: Option<&str>) -> Places {
    let archetype = archetype.unwrap_or_default();
    let declared = around.declared;
    let everywhere = "every environment with a cluster in the service's regions";
    let environments = subset(
        reader,
        fields,
        ("environments", "environment"),
        everywhere,
        &declared.environments,
    );
    let everywhere = "every region in which the service's environments have a cluster";
    let regions = subset(reader, fields, ("regions", "region"), everywhere, &declared.regions);
    let Some(platform) = around.platform else {
        return Places::default();
    };
    let in_environment = |environment: &String| {
        let mut there = regions
            .iter()
            .filter(|region| platform.has_place(archetype, environment, region));
        there.next().cloned()
    };
    let in_region = |region: &String| {
        environments
            .iter()
            .any(|known| platform.has_place(archetype, known, region))
    };
    let mut require = |key: &str, known: &[String], told: &dyn Fn(&String) -> Option<(String, &'static str)>| {
        for at in fields.at().get(key).iter().flat_map(At::items) {
            let name = known.iter().find(|name| at.node.as_str() == Some(name.as_str()));
            if let Some((message, hint)) = name.and_then(told) {
                reader.error(codes::NO_CLUSTER, &at, message, hint);
            }
        }
    };
    let place = match platform.is_outside_clusters(archetype) {
        true => format!("infrastructure for `{archetype}`"),
        false => "cluster".to_owned(),
    };
    // What is broken may be the one that is missing.
    let may_be = |environments: &[String], regions: &[String]| {
        let broken = around.broken.cluster_in(environments, regions);
        broken.or_else(|| around.broken.infrastructure_for(archetype)).is_some()
    };
    // Where nothing fits together, one of both lists is wrong, and it is told once: at the shorter.
    let is_nowhere = !regions.iter().any(in_region);
    let is_regions = is_nowhere && regions.len() < environments.len();
    require("environments", &environments, &|name| {
        let message = || format!("`{name}` has no {place} in {}", regions.join(", "));
        let is_lacking = in_environment(name).is_none() && !may_be(std::slice::from_ref(name), &regions);
        let is_told = is_lacking && !is_regions;
        is_told.then(|| (message(), "name another region, or leave the environment out"))
    });
    require("regions", &regions, &|name| {
        let message = || format!("none of {} has a {place} in `{name}`", environments.join(", "));
        let is_follower = is_nowhere && !is_regions && fields.at().get("environments").is_some();
        let is_lacking = !in_region(name) && !is_follower && !may_be(&environments, std::slice::from_ref(name));
        is_lacking.then(|| (message(), "name another environment, or leave the region out"))
    });
    let environments: Vec<String> = environments
        .iter()
        .filter(|known| in_environment(known).is_some())
        .cloned()
        .collect();
    Places {
        first_region: environments.first().and_then(in_environment).unwrap_or_default(),
        regions: regions.iter().filter(|known| in_region(known)).cloned().collect(),
        environments,
    }
}

/// An archetype with a template.
fn archetype<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>, around: &Around<'_>) -> Option<&'n str> {
    let at = reader.required(fields, "archetype")?;
    let described = around.declared.archetypes.names().iter().copied();
    let with_template = around.with_template.names().iter().copied();
    let known: BTreeSet<&str> = with_template.chain(described).collect();
    let name = reference(
        reader,
        &at,
        codes::NO_TEMPLATE,
        "template for the archetype",
        &Declared::whole(known.into_iter().collect()),
    )?;
    // Nobody can write its template before what is broken is mended.
    let Some(platform) = around
        .platform
        .filter(|_| around.broken.reason(Kind::Archetype, name).is_none())
    else {
        return Some(name);
    };
    if around.with_template.contains(name) {
        return Some(name);
    }
    let message = format!("there is no template for the archetype `{name}`");
    let by_hand = platform
        .archetype(name)
        .filter(|archetype| archetype.strategy.is_none());
    let hint = match by_hand {
        Some(archetype) => format!(
            "write it by hand, as `harness-cd template new` has no steps for {}",
            archetype.workload
        ),
        None => format!("write it with `harness-cd template new --archetype {name}`"),
    };
    reader.error(codes::NO_TEMPLATE, &at, message, hint);
    None
}

/// The chosen names in platform order; all of them where nothing is chosen.
fn subset(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    (key, kind): (&str, &str),
    absent: &str,
    known: &Declared<'_>,
) -> Vec<String> {
    let chosen = chosen_list(reader, fields, key, absent);
    let chosen: Vec<&str> = chosen
        .iter()
        .filter_map(|at| reference(reader, at, codes::UNKNOWN_REFERENCE, kind, known))
        .collect();
    let is_meant = |name: &&str| chosen.is_empty() || chosen.contains(name);
    known
        .names()
        .iter()
        .copied()
        .filter(is_meant)
        .map(str::to_owned)
        .collect()
}

fn image<'n>(reader: &mut Reader<'_>, fields: &Fields<'n>) -> Option<&'n str> {
    let image = text(reader, fields, "image")?;
    let is_part = |part: &str| {
        part.starts_with(|c: char| c.is_ascii_lowercase() || c.is_ascii_digit())
            && part
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b"._-".contains(&b))
    };
    if image.split('/').all(is_part) {
        return Some(image);
    }
    let at = fields.at().get("image")?;
    let message = format!("`{image}` is not the path of an image");
    let hint = "write the path below the registry without registry and tag, as in `project/payment-service`";
    reader.error(codes::WRONG_FORM, &at, message, hint);
    None
}

/// The catalog entity that the service is, where it is not the component of its name.
fn entity(reader: &mut Reader<'_>, fields: &Fields<'_>) -> Option<String> {
    let at = reader.optional(fields, "entity")?;
    let text = reader.string(&at)?;
    let entity = entity_ref(text);
    if entity.is_none() {
        let message = format!("{} is no reference to a catalog entity", quoted(text));
        let hint = "write kind, namespace and name, as in `component:default/payment-service`";
        reader.error(codes::WRONG_FORM, &at, message, hint);
    }
    entity
}

fn values(reader: &mut Reader<'_>, fields: &Fields<'_>) -> BTreeMap<String, String> {
    let Some(at) = reader.optional(fields, "values") else {
        return BTreeMap::new();
    };
    let names: Vec<&str> = at.node.entries().map(|entry| entry.name()).collect();
    let Some(fields) = reader.mapping(at.clone(), &names) else {
        return BTreeMap::new();
    };
    let mut values = BTreeMap::new();
    for entry in fields.at().node.entries() {
        let name = entry.name();
        let Some(at) = fields.at().get(name) else { continue };
        let key = At {
            node: &entry.key,
            pointer: at.pointer.clone(),
        };
        if !is_placeholder(name) {
            let message = format!("`{name}` cannot be the name of a placeholder");
            let meant = in_capitals(name);
            let hint = match is_placeholder(&meant) && Placeholder::parse(&meant).is_none() {
                true => format!("write `{meant}`"),
                false => "use capitals, digits and underscores, as in `MIN_REPLICAS`".to_owned(),
            };
            reader.error(codes::BAD_PLACEHOLDER, &key, message, hint);
        } else if Placeholder::parse(name).is_some() {
            let message = format!("`{name}` is filled by the product");
            reader.error(codes::BAD_PLACEHOLDER, &key, message, "choose another placeholder name");
        } else if let Some(text) = at.node.text() {
            values.insert(name.to_owned(), text.to_owned());
        } else {
            reader.string(&at);
        }
    }
    values
}

/// `minReplicas` and `min-replicas` as a placeholder is written.
fn in_capitals(name: &str) -> String {
    let mut meant = String::new();
    for character in name.chars() {
        if character.is_ascii_uppercase() && meant.ends_with(|before: char| before.is_ascii_lowercase()) {
            meant.push('_');
        }
        meant.push(if character == '-' { '_' } else { character });
    }
    meant.to_ascii_uppercase()
}

/// Whether a text can be the name of a placeholder.
fn is_placeholder(name: &str) -> bool {
    let is_part = |b: u8| b.is_ascii_uppercase() || b.is_ascii_digit() || b == b'_';
    name.starts_with(|c: char| c.is_ascii_uppercase()) && name.bytes().all(is_part)
}

/// What the paths of the archetype's manifests ask for, each service says; with it they stay in their repository.
fn require_values_of_paths(
    reader: &mut Reader<'_>,
    fields: &Fields<'_>,
    archetype: Option<(&Platform, &str)>,
    values: &BTreeMap<String, String>,
) {
    let Some((platform, archetype)) = archetype else { return };
    let described = platform.archetype(archetype);
    if described.is_some_and(|known| !known.workload.is_kubernetes()) {
        return;
    }
    let paths = platform.manifest_paths(described);
    let asked: BTreeSet<&str> = paths.given().flat_map(placeholders_of).collect();
    let at = fields.at().get("values").unwrap_or_else(|| fields.at().clone());
    // What is wrong with how it is written has been told.
    let is_misspelt = |name: &str| {
        let mut written = at.node.entries().map(|entry| entry.name());
        written.any(|written| !is_placeholder(written) && nearest(written, [name]).is_some())
    };
    let is_lacking =
        |name: &&str| !IN_MANIFEST_PATHS.contains(name) && !values.contains_key(*name) && !is_misspelt(name);
    for name in asked.iter().filter(|name| is_lacking(name)) {
        let message =
            format!("the paths of the manifests of `{archetype}` ask for `{name}`, and the service says none");
        let others = values.keys().map(String::as_str).filter(|known| !asked.contains(known));
        let hint = match nearest(name, others) {
            Some(near) => format!("did you mean `{near}`, which it says? Write that into `paths`, or `{name}` here"),
            None => format!("add `{name}` to its `values`"),
        };
        reader.error(codes::BAD_PLACEHOLDER, &at, message, hint);
    }
    for (name, value) in values {
        let with_value = |pattern: &str| filled(pattern, &[(name, value)]);
        let outside = paths.given().map(with_value).find(|path| leads_out(path));
        if let Some(path) = outside
            && let Some(at) = fields.at().get("values").and_then(|at| at.get(name))
        {
            let message = format!("with `{name}`, `{path}` leads out of the repository of the manifests");
            reader.error(codes::WRONG_FORM, &at, message, WITHIN);
        }
    }
}

/// What a pattern is in each place of a service.
fn in_each_place(
    pattern: &str,
    service: (&str, &str),
    platform: &Platform,
    (places, archetype): (&Places, &str),
) -> Vec<String> {
    let environments = platform.environments.iter();
    let environments = environments.filter(|known| places.environments.contains(&known.name));
    let names = environments.flat_map(|environment| {
        let has_place = |region: &&String| platform.has_place(archetype, &environment.name, region);
        let regions = places.regions.iter().filter(has_place);
        regions.map(|region| name_patterns::in_place(pattern, service, (environment, region)))
    });
    names.collect()
}

/// The namespaces of a service, in each of its places, are DNS labels.
fn require_namespaces(reader: &mut Reader<'_>, (at, pattern_at): (&At<'_>, &At<'_>), namespaces: &[String]) {
    for namespace in namespaces {
        if !name_patterns::require_namespace(reader, pattern_at, namespace) {
            return;
        }
    }
    if let Some(longest) = namespaces
        .iter()
        .max_by_key(|namespace| namespace.len())
        .filter(|longest| longest.len() > MAX_NAMESPACE)
    {
        let over = longest.len() - MAX_NAMESPACE;
        let message = format!(
            "the namespace `{longest}` has {} characters; Kubernetes allows {MAX_NAMESPACE}",
            longest.len()
        );
        reader.error(
            codes::NAME_TOO_LONG,
            at,
            message,
            format!("shorten the service's name by {over}"),
        );
    }
}
