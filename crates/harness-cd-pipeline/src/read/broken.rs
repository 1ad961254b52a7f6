//! What of a platform description is broken, and what depends on it.
//!
//! A network, a delegate, a cluster, a registry, an archetype, an infrastructure and a notification rule each concern a part of what is
//! rendered, and no more than that part is left out. Everything else concerns every service: each pipeline has a stage
//! for each environment with what guards it, and each trigger a condition. A finding there stops the platform.
//!
//! What is in doubt counts as broken: of two entries of one name, or two clusters in one place, nobody knows which is
//! wrong.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::{infrastructure_file, infrastructure_name};
use harness_cd_model::{Deployer, Diagnostic, Platform, Workload, codes};
use harness_cd_yaml::At;

/// A kind of entry that may be broken by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Kind {
    Network,
    Delegate,
    Cluster,
    Registry,
    Archetype,
    Infrastructure,
    Notification,
}

impl Kind {
    /// All of them; what others refer to comes first.
    const ALL: [Self; 7] = [
        Self::Network,
        Self::Delegate,
        Self::Cluster,
        Self::Registry,
        Self::Archetype,
        Self::Infrastructure,
        Self::Notification,
    ];

    /// The keys of the platform description under which entries of the kind stand.
    const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::Network => &["networks"],
            Self::Delegate => &["delegates"],
            Self::Cluster => &["clusters"],
            Self::Registry => &[ONLY_REGISTRY, "registries"],
            Self::Archetype => &["archetypes"],
            Self::Infrastructure => &["infrastructures"],
            Self::Notification => &["notifications"],
        }
    }

    /// The keys under which an entry names others that may be broken.
    const fn references(self) -> &'static [(&'static str, Self)] {
        match self {
            Self::Network | Self::Infrastructure | Self::Notification => &[],
            Self::Delegate => &[("network", Self::Network)],
            Self::Cluster => &[("network", Self::Network), ("delegate", Self::Delegate)],
            Self::Registry => &[("delegate", Self::Delegate)],
            Self::Archetype => &[("registry", Self::Registry)],
        }
    }

    /// The entries as they are written.
    fn written<'n>(self, root: &At<'n>) -> Vec<At<'n>> {
        let under = |key: &&str| {
            let at = root.get(key);
            let is_one = *key == ONLY_REGISTRY;
            let items = at.iter().filter(|_| !is_one).flat_map(At::items).collect::<Vec<_>>();
            at.filter(|at| is_one && !at.node.is_null()).into_iter().chain(items)
        };
        self.keys().iter().flat_map(under).collect()
    }

    /// What an entry is called, if that can be read.
    fn name_of<'n>(self, item: &At<'n>) -> Option<&'n str> {
        // The pattern of an infrastructure is no name of its own.
        if self == Self::Infrastructure {
            return None;
        }
        let called = item.node.get("name");
        let called = called.or_else(|| item.node.get("connector").filter(|_| self == Self::Registry));
        called?.as_str()
    }
}

/// The key with one entry of its own, which is no list.
const ONLY_REGISTRY: &str = "registry";

/// The pointer of the entry in which a finding stands; `None` where it concerns the platform as a whole.
fn entry_of(pointer: &str) -> Option<&str> {
    let (key, rest) = pointer
        .strip_prefix('/')?
        .split_once('/')
        .unwrap_or((pointer.get(1..)?, ""));
    let is_of_entries = Kind::ALL.iter().any(|kind| kind.keys().contains(&key));
    if !is_of_entries || (rest.is_empty() && key != ONLY_REGISTRY) {
        return None;
    }
    let index = match key {
        ONLY_REGISTRY => "",
        _ => rest.split('/').next().unwrap_or_default(),
    };
    let length = 1 + key.len() + if index.is_empty() { 0 } else { 1 + index.len() };
    pointer.get(..length)
}

/// Whether a finding concerns the platform as a whole. Where a cluster names an environment or a region that there is not,
/// that one may have been renamed; where two connectors have one name, one of them may be that of the manifests.
fn is_of_all(finding: &Diagnostic) -> bool {
    let stands_at = |key: &str| finding.pointer.ends_with(key);
    let is_of_place = stands_at("/environment") || stands_at("/region");
    entry_of(&finding.pointer).is_none()
        || is_of_place && finding.code == codes::UNKNOWN_REFERENCE.id
        || stands_at("/connector") && finding.code == codes::SAME_IDENTIFIER.id
}

/// An entry that is not used.
#[derive(Clone, Debug)]
pub(crate) struct BrokenEntry {
    pub(crate) kind: Kind,
    pointer: String,
    /// As it is written; `None` where nothing can be read.
    name: Option<String>,
    /// Whether nothing is wrong with the name.
    is_name_sure: bool,
    /// Of a cluster, as far as they are sure.
    environment: Option<String>,
    region: Option<String>,
    delegate: Option<String>,
    /// What it calls its infrastructure definition.
    infrastructure: Option<String>,
    /// Whether it may stand above projects.
    is_above: bool,
    /// Of a registry, where it is one of the project.
    connector: Option<String>,
    /// Whether a registry is, or may be, that of places, and so of every service.
    is_of_places: bool,
    /// Of an archetype.
    deployer: Option<Deployer>,
    /// Those that a cluster or an infrastructure names, where they are sure.
    archetypes: Option<Vec<String>>,
    pub(crate) reason: Diagnostic,
}

impl BrokenEntry {
    fn new(kind: Kind, item: &At<'_>, findings: &[&Diagnostic], reason: Diagnostic) -> Self {
        let is_sure = |key: &str| {
            let pointer = format!("{}/{key}", item.pointer);
            !findings.iter().any(|finding| finding.pointer == pointer)
        };
        let sure = |key: &str| text(item, key).filter(|_| is_sure(key)).map(str::to_owned);
        let name = kind.name_of(item);
        Self {
            kind,
            pointer: item.pointer.clone(),
            is_name_sure: name.is_some() && is_sure("name") && is_sure("connector"),
            name: name.map(str::to_owned),
            environment: sure("environment"),
            region: sure("region"),
            delegate: sure("delegate"),
            infrastructure: sure("infrastructure"),
            is_above: item.node.get("level").is_some(),
            connector: sure("connector").filter(|text| !text.contains('.')),
            is_of_places: kind == Kind::Registry && may_be_of_places(item, findings),
            deployer: Deployer::ALL
                .into_iter()
                .find(|one| text(item, "deploymentType") == Some(one.deployment_type())),
            archetypes: (matches!(kind, Kind::Cluster | Kind::Infrastructure)
                && !is_doubted(item, "archetypes", findings))
            .then(|| archetypes_of(item))
            .filter(|names| !names.is_empty()),
            reason,
        }
    }

    /// Its name, or where it stands.
    pub(crate) fn called(&self) -> String {
        let place = || format!("{}{}", self.reason.file, self.pointer);
        self.name.clone().unwrap_or_else(place)
    }

    /// The name by which its files are called, where that is sure.
    pub(crate) fn file_name(&self) -> Option<&str> {
        self.name.as_deref().filter(|_| self.is_name_sure)
    }

    /// The connector of a registry, where it is sure.
    pub(crate) fn connector(&self) -> Option<&str> {
        self.connector.as_deref()
    }

    /// Whether services that name another registry may pull from this one.
    pub(crate) const fn is_of_places(&self) -> bool {
        self.is_of_places
    }

    /// The environment and the region of a cluster, where they are sure.
    pub(crate) fn place(&self) -> Option<(&str, &str)> {
        Some((self.environment.as_deref()?, self.region.as_deref()?))
    }

    /// What a cluster calls its infrastructure definition, where that is sure.
    pub(crate) fn infrastructure(&self) -> Option<&str> {
        self.infrastructure.as_deref()
    }

    /// Whether a cluster may stand in one of these environments and one of these regions.
    fn may_stand_in(&self, environments: &[String], regions: &[String]) -> bool {
        let may_be = |written: &Option<String>, wanted: &[String]| {
            written.as_ref().is_none_or(|written| wanted.contains(written))
        };
        self.kind == Kind::Cluster && may_be(&self.environment, environments) && may_be(&self.region, regions)
    }
}

/// What of a platform description is broken; nothing by default.
#[derive(Clone, Debug, Default)]
pub(crate) struct Broken {
    stopping: Option<Diagnostic>,
    entries: Vec<BrokenEntry>,
    /// The names of those that are not.
    sound: BTreeSet<(Kind, String)>,
    /// Where the registry of whoever names none stands.
    usual_registry: String,
    /// The archetypes that certainly run in Kubernetes.
    in_kubernetes: Vec<String>,
}

/// Findings by the pointer of the entry in which they stand.
type Found<'d> = BTreeMap<&'d str, Vec<&'d Diagnostic>>;

/// What a service takes from the platform.
pub(super) struct Needs<'n> {
    pub(super) archetype: Option<&'n str>,
    /// `None` for the platform's first.
    pub(super) registry: Option<&'n str>,
    pub(super) environments: Vec<String>,
    pub(super) regions: Vec<String>,
}

impl Broken {
    /// What a finding stops that concerns the platform as a whole.
    pub(super) fn whole(stopping: Option<Diagnostic>) -> Self {
        Self {
            stopping,
            ..Self::default()
        }
    }

    /// What is broken by the findings of a platform description; to the platform that was read it leaves what is sound.
    pub(super) fn of(root: &At<'_>, findings: &[Diagnostic], platform: Option<&mut Platform>) -> Self {
        let stopping = findings.iter().filter(|finding| is_of_all(finding));
        if let Some(stopping) = stopping.min_by_key(|finding| finding.range) {
            return Self::whole(Some(stopping.clone()));
        }
        let mut found = Found::new();
        for finding in findings {
            let entry = entry_of(&finding.pointer).unwrap_or_default();
            found.entry(entry).or_default().push(finding);
        }
        let mut broken = Self::default();
        if let Some(first) = findings.first() {
            broken.in_kubernetes = in_kubernetes(root);
            Kind::ALL
                .into_iter()
                .for_each(|kind| broken.add(kind, &kind.written(root), &found));
            let registries = Kind::Registry.written(root);
            broken.usual_registry = registries.first().map(|at| at.pointer.clone()).unwrap_or_default();
            // What is sound and could not be built is nothing to go on with.
            if !platform.is_some_and(|platform| broken.take_from(platform)) {
                return Self::whole(Some(first.clone()));
            }
        }
        broken
    }

    /// The finding that stops the platform as a whole.
    pub(crate) fn stopping(&self) -> Option<&Diagnostic> {
        self.stopping.as_ref()
    }

    /// Adds the entries of a kind: those with findings, those that refer to what is broken, those that are in doubt.
    fn add(&mut self, kind: Kind, written: &[At<'_>], found: &Found<'_>) {
        let found_in = |item: &At<'_>| found.get(item.pointer.as_str()).map(Vec::as_slice).unwrap_or_default();
        let with_findings: Vec<&At<'_>> = written.iter().filter(|item| !found_in(item).is_empty()).collect();
        let mut in_place: BTreeMap<String, usize> = BTreeMap::new();
        for place in written.iter().filter_map(place_of) {
            *in_place.entry(place).or_default() += 1;
        }
        for item in written {
            let doubt = || {
                let other = with_findings
                    .iter()
                    .find(|other| is_in_doubt(kind, item, other, found_in(other)));
                other.and_then(|other| first_of(found_in(other)))
            };
            let reason = first_of(found_in(item))
                .or_else(|| self.reason_in(kind, item))
                .or_else(doubt);
            let Some(reason) = reason.cloned() else {
                self.sound
                    .extend(kind.name_of(item).map(|name| (kind, name.to_owned())));
                continue;
            };
            let mut entry = BrokenEntry::new(kind, item, found_in(item), reason);
            // Where two stand in one place, one of them belongs elsewhere, and may be another's copy in whatever it says.
            if place_of(item).is_some_and(|place| in_place.get(&place).is_some_and(|count| *count > 1)) {
                (entry.environment, entry.region, entry.delegate) = (None, None, None);
                entry.archetypes = None;
            }
            self.entries.push(entry);
        }
    }

    /// The reason why what an entry refers to is broken.
    fn reason_in(&self, kind: Kind, item: &At<'_>) -> Option<&Diagnostic> {
        let reason = |(key, kind): &(&str, Kind)| self.reason(*kind, text(item, key)?);
        let of_archetype = |name: String| self.reason(Kind::Archetype, &name);
        let archetypes = (kind == Kind::Infrastructure).then(|| archetypes_of(item));
        let mut archetypes = archetypes.into_iter().flatten();
        kind.references()
            .iter()
            .find_map(reason)
            .or_else(|| archetypes.find_map(of_archetype))
    }

    /// The reason why what is called so is broken. Who names something that is not there may mean what is broken under
    /// another name.
    pub(super) fn reason(&self, kind: Kind, name: &str) -> Option<&Diagnostic> {
        let of_kind = || self.entries.iter().filter(|entry| entry.kind == kind);
        let by_name = of_kind().find(|entry| entry.name.as_deref() == Some(name));
        let is_sound = self.sound.contains(&(kind, name.to_owned()));
        let unsure = || of_kind().find(|entry| !is_sound && !entry.is_name_sure);
        by_name.or_else(unsure).map(|entry| &entry.reason)
    }

    /// The reason why a service cannot have what it takes from the platform.
    pub(super) fn reason_of(&self, needs: &Needs<'_>) -> Option<&Diagnostic> {
        let archetype = needs.archetype.and_then(|name| self.reason(Kind::Archetype, name));
        let of_places = || self.entries(Kind::Registry).find(|entry| entry.is_of_places);
        let registry = || match needs.registry {
            Some(name) => self.reason(Kind::Registry, name),
            None => self.of_usual_registry(),
        };
        let registry = || of_places().map(|entry| &entry.reason).or_else(registry);
        let infrastructure = || self.infrastructure_for(needs.archetype?);
        let cluster = || self.cluster_in(&needs.environments, &needs.regions);
        archetype.or_else(registry).or_else(infrastructure).or_else(cluster)
    }

    /// The reason why the registry of whoever names none is broken.
    pub(super) fn of_usual_registry(&self) -> Option<&Diagnostic> {
        let usual = self.entries.iter().find(|entry| entry.pointer == self.usual_registry);
        usual.map(|entry| &entry.reason)
    }

    /// The reason why a cluster is broken that may stand in one of these environments and one of these regions.
    pub(super) fn cluster_in(&self, environments: &[String], regions: &[String]) -> Option<&Diagnostic> {
        let mut entries = self.entries.iter();
        let there = entries.find(|entry| entry.may_stand_in(environments, regions));
        there.map(|entry| &entry.reason)
    }

    /// The reason why an infrastructure is broken that may be an archetype's.
    pub(super) fn infrastructure_for(&self, archetype: &str) -> Option<&Diagnostic> {
        let may_be_its = |entry: &&BrokenEntry| match &entry.archetypes {
            Some(known) => known.iter().any(|name| name == archetype),
            None => !self.in_kubernetes.iter().any(|name| name == archetype),
        };
        let mut entries = self.entries(Kind::Infrastructure);
        entries.find(may_be_its).map(|entry| &entry.reason)
    }

    /// The reason why it is not known which clusters a delegate serves, or why it is broken itself.
    pub(crate) fn of_delegate(&self, name: &str) -> Option<&Diagnostic> {
        let may_serve = |entry: &&BrokenEntry| {
            entry.kind == Kind::Cluster && entry.delegate.as_deref().is_none_or(|delegate| delegate == name)
        };
        let cluster = || self.entries.iter().find(may_serve).map(|entry| &entry.reason);
        self.reason(Kind::Delegate, name).or_else(cluster)
    }

    /// The reason why a registry is broken that a delegate may serve, and whose connector may stand elsewhere than in the
    /// platform's own project: of several projects in any.
    pub(crate) fn registry_above(&self, delegate: &str, has_several: bool) -> Option<&Diagnostic> {
        let may_serve = |entry: &&BrokenEntry| {
            (has_several || entry.is_above) && entry.delegate.as_deref().is_none_or(|named| named == delegate)
        };
        self.entries(Kind::Registry).find(may_serve).map(|entry| &entry.reason)
    }

    /// The reason why no template can be written: each has something of every registry and every notification rule.
    pub(crate) fn of_templates(&self) -> Option<&Diagnostic> {
        let is_in_each = |entry: &&BrokenEntry| matches!(entry.kind, Kind::Registry | Kind::Notification);
        self.entries.iter().find(is_in_each).map(|entry| &entry.reason)
    }

    /// The reason why the template of an archetype cannot be written: it has a stage of every cluster that may be the
    /// archetype's.
    pub(crate) fn of_template(&self, archetype: &str) -> Option<&Diagnostic> {
        let may_be_its = |entry: &&BrokenEntry| match &entry.archetypes {
            Some(known) => known.iter().any(|name| name == archetype),
            None => self.in_kubernetes.iter().any(|name| name == archetype),
        };
        let cluster = || self.entries(Kind::Cluster).find(may_be_its).map(|entry| &entry.reason);
        self.of_templates().or_else(cluster)
    }

    /// Who deploys archetypes that are broken: what is there for their services stays there.
    pub(crate) fn deployers(&self) -> impl Iterator<Item = Deployer> {
        self.entries(Kind::Archetype).filter_map(|entry| entry.deployer)
    }

    /// The entries of a kind, in file order.
    pub(crate) fn entries(&self, kind: Kind) -> impl Iterator<Item = &BrokenEntry> {
        self.entries.iter().filter(move |entry| entry.kind == kind)
    }

    /// Leaves to a platform what is sound. Answers whether all of that is there.
    fn take_from(&self, platform: &mut Platform) -> bool {
        let is_sound = |kind: Kind, name: &str| self.sound.contains(&(kind, name.to_owned()));
        platform.networks.retain(|one| is_sound(Kind::Network, &one.name));
        platform.delegates.retain(|one| is_sound(Kind::Delegate, &one.name));
        platform.clusters.retain(|one| is_sound(Kind::Cluster, &one.name));
        platform.registries.retain(|one| is_sound(Kind::Registry, &one.name));
        platform.archetypes.retain(|one| is_sound(Kind::Archetype, &one.name));
        platform
            .notifications
            .retain(|one| is_sound(Kind::Notification, &one.name));
        let there = [
            platform.networks.len(),
            platform.delegates.len(),
            platform.clusters.len(),
            platform.registries.len(),
            platform.archetypes.len(),
            platform.notifications.len(),
        ];
        there.iter().sum::<usize>() >= self.sound.len()
    }
}

fn in_kubernetes(root: &At<'_>) -> Vec<String> {
    let is_there = |item: &&At<'_>| {
        let written = text(item, "workload");
        let mut known = Workload::ALL.iter();
        known.any(|(word, workload)| written == Some(*word) && workload.is_kubernetes())
    };
    let written = Kind::Archetype.written(root);
    let there = written.iter().filter(is_there);
    there.filter_map(|item| text(item, "name").map(str::to_owned)).collect()
}

/// Whether something is found under a key of an entry.
fn is_doubted(item: &At<'_>, key: &str, findings: &[&Diagnostic]) -> bool {
    let pointer = format!("{}/{key}", item.pointer);
    findings.iter().any(|finding| finding.pointer.starts_with(&pointer))
}

/// Whether a registry says where it is pulled from, or may have meant to by a key that nobody knows.
fn may_be_of_places(item: &At<'_>, findings: &[&Diagnostic]) -> bool {
    let is_said = ["environments", "regions"].iter().any(|key| item.get(key).is_some());
    is_said || findings.iter().any(|finding| finding.code == codes::UNKNOWN_KEY.id)
}

/// The archetypes that an infrastructure names.
fn archetypes_of(item: &At<'_>) -> Vec<String> {
    let list = item.get("archetypes");
    let names = list.iter().flat_map(At::items);
    names.filter_map(|at| at.node.as_str().map(str::to_owned)).collect()
}

fn text<'n>(item: &At<'n>, key: &str) -> Option<&'n str> {
    item.node.get(key)?.as_str()
}

/// The place of a cluster as it is written, which is its own among several of an environment and a region.
fn place_of(item: &At<'_>) -> Option<String> {
    let (environment, region) = (text(item, "environment")?, text(item, "region")?);
    let name = infrastructure_name(environment, region, text(item, "infrastructure"), Deployer::default());
    Some(infrastructure_file(environment, &name))
}

/// The first of some findings, by its place.
fn first_of<'d>(findings: &[&'d Diagnostic]) -> Option<&'d Diagnostic> {
    findings.iter().copied().min_by_key(|finding| finding.range)
}

/// Whether what is found in another entry may as well be meant for this one.
fn is_in_doubt(kind: Kind, item: &At<'_>, other: &At<'_>, found: &[&Diagnostic]) -> bool {
    let is_same = |ours: Option<&str>, theirs: Option<&str>| ours.is_some() && ours == theirs;
    let is_shared = || found.iter().any(|finding| finding.code == codes::SHARED_DELEGATE.id);
    is_same(kind.name_of(item), kind.name_of(other))
        || kind == Kind::Cluster && is_same(place_of(item).as_deref(), place_of(other).as_deref())
        || is_same(text(item, "delegate"), text(other, "delegate")) && is_shared()
}
