//! What is imported: texts read as entities of one project.

use std::collections::{BTreeMap, BTreeSet};

use harness_cd_model::naming::Folder;
use harness_cd_model::{Entity, EntityKind, EntityRef, Identifier, Level, ProjectRef};
use harness_cd_yaml::{Node, parse};

use super::ImportSource;
use super::report::{LeftAlone, kind_name};

/// The key at the root of an entity's YAML. Source: harness-api §1.1, §2, §3.3, §4.
const ROOTS: [(&str, EntityKind); 7] = [
    ("pipeline", EntityKind::Pipeline),
    ("inputSet", EntityKind::InputSet),
    ("trigger", EntityKind::Trigger),
    ("service", EntityKind::Service),
    ("environment", EntityKind::Environment),
    ("infrastructureDefinition", EntityKind::Infrastructure),
    ("connector", EntityKind::Connector),
];

/// What tells an entity from every other that a project can refer to.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Key {
    pub(super) kind: EntityKind,
    /// What it belongs to, as the project refers to that: `account.prod`.
    pub(super) parent: Option<String>,
    /// As the project refers to it, where it stands by itself: `account.prod`.
    pub(super) identifier: String,
}

impl Key {
    pub(super) fn of(entity: &Entity) -> Self {
        Self::at(
            entity.scope.level(),
            entity.kind,
            entity.parent.as_deref(),
            &entity.identifier,
        )
    }

    /// The key of an entity of a level.
    fn at(level: Level, kind: EntityKind, parent: Option<&str>, identifier: &str) -> Self {
        // What belongs to something is called as it is there.
        let identifier = match parent {
            Some(_) => identifier.to_owned(),
            None => level.reference(identifier),
        };
        Self {
            kind,
            parent: parent.map(|parent| level.reference(parent)),
            identifier,
        }
    }

    /// As a report names it: `orders_cd`, or `orders_cd/nightly` for what belongs to something.
    pub(super) fn told(&self) -> String {
        match &self.parent {
            Some(parent) => format!("{parent}/{}", self.identifier),
            None => self.identifier.clone(),
        }
    }
}

/// An entity as it stands in Harness.
#[derive(Clone, Debug)]
pub(super) struct Known {
    pub(super) key: Key,
    pub(super) name: String,
    /// The whole document.
    pub(super) root: Node,
    /// Whether a secret stands in it in plain text.
    pub(super) holds_secret: bool,
}

impl Known {
    /// What stands under the root key.
    pub(super) fn body(&self) -> &Node {
        let root = ROOTS.iter().find(|(_, kind)| *kind == self.key.kind);
        root.and_then(|(root, _)| self.root.get(root)).unwrap_or(&self.root)
    }

    /// What Harness calls it, where it stands.
    pub(super) fn identifier(&self) -> &str {
        EntityRef::split(&self.key.identifier).1
    }

    pub(super) fn tag(&self, names: &[&str]) -> Option<&str> {
        let tags = self.body().get("tags")?;
        let found = names.iter().find_map(|name| tags.get(name)?.text());
        found.filter(|text| !text.is_empty())
    }
}

/// What the file of a policy ends with.
const POLICY: &str = ".rego";

/// A policy in Rego.
#[derive(Debug)]
pub(super) struct PolicyText {
    /// As its file is called, without folder and ending.
    pub(super) name: String,
    pub(super) text: String,
}

/// The entities of a project.
#[derive(Debug, Default)]
pub(super) struct Project {
    pub(super) scope: Option<ProjectRef>,
    pub(super) entities: Vec<Known>,
    pub(super) policies: Vec<PolicyText>,
    /// Texts that no report repeats.
    pub(super) secrets: BTreeSet<String>,
}

impl Project {
    pub(super) fn of_kind(&self, kind: EntityKind) -> impl Iterator<Item = &Known> {
        self.entities.iter().filter(move |known| known.key.kind == kind)
    }

    /// An entity that has no parent, as the project refers to it.
    pub(super) fn find(&self, kind: EntityKind, identifier: &str) -> Option<&Known> {
        self.of_kind(kind).find(|known| known.key.identifier == identifier)
    }
}

/// Reads the entities of one project; of the one that most texts name, where none is given.
pub(super) fn read(sources: &[ImportSource], scope: Option<&ProjectRef>, left: &mut Vec<LeftAlone>) -> Project {
    let mut project = Project::default();
    let mut found = Vec::new();
    for source in sources {
        if let Some(path) = source.name.strip_suffix(POLICY) {
            project.policies.push(PolicyText {
                name: path.rsplit('/').next().unwrap_or(path).to_owned(),
                text: source.text.clone(),
            });
            continue;
        }
        match entity(source) {
            Ok(known) => {
                let secrets = source
                    .secrets
                    .iter()
                    .filter_map(|pointer| known.root.at_pointer(pointer)?.text().map(str::to_owned));
                project.secrets.extend(secrets);
                found.push((source, known));
            }
            Err(reason) => left.push(LeftAlone::new("file", &source.name, &reason)),
        }
    }
    project.scope = scope.cloned().or_else(|| usual_scope(&found));
    let mut seen = BTreeSet::new();
    for (source, known) in found {
        let place = place_of(&known);
        let foreign = place.filter(|place| project.scope.as_ref().is_some_and(|scope| scope != place));
        let own_org = project.scope.as_ref().map(|scope| scope.org.as_str());
        let other_org = org_above(&known).filter(|org| own_org.is_some_and(|own| own != *org));
        let reason = match foreign {
            Some(ProjectRef { org, project }) => Some(format!("it is of another project: {org}/{project}")),
            None if other_org.is_some() => Some(format!(
                "it is of another organization: {}",
                other_org.unwrap_or_default()
            )),
            None if !seen.insert(known.key.clone()) => Some(format!("{} describes it a second time", source.name)),
            None => None,
        };
        match reason {
            Some(reason) => left.push(LeftAlone::of(&known.key, &reason)),
            None => project.entities.push(known),
        }
    }
    project.entities.sort_by(|one, other| one.key.cmp(&other.key));
    project
}

fn entity(source: &ImportSource) -> Result<Known, String> {
    let document = parse(&source.name, source.text.as_bytes()).map_err(|findings| {
        let first = findings.first();
        let told = first.map(|finding| format!("line {}: {}", finding.range.line, finding.message));
        format!("it cannot be read as YAML: {}", told.unwrap_or_default())
    })?;
    let root = ROOTS.iter().find(|(root, _)| document.root.get(root).is_some());
    let Some((root, kind)) = root else {
        let keys: Vec<&str> = document.root.entries().map(harness_cd_yaml::Entry::name).collect();
        let roots: Vec<&str> = ROOTS.iter().map(|(root, _)| *root).collect();
        let (keys, roots) = (keys.join(", "), roots.join(", "));
        return Err(format!(
            "it begins with `{keys}`, and what is imported with one of: {roots}"
        ));
    };
    let body = document.root.get(root).ok_or_else(String::new)?;
    let identifier = |name: &str, node: Option<&Node>| {
        let text = node.and_then(Node::text).unwrap_or_default();
        Identifier::parse(text).map_err(|error| format!("its `{name}` is no identifier: {error}"))
    };
    let parent = match kind {
        EntityKind::Trigger => Some(identifier("pipelineIdentifier", body.get("pipelineIdentifier"))?),
        EntityKind::InputSet => Some(identifier("pipeline.identifier", body.at(&["pipeline", "identifier"]))?),
        EntityKind::Infrastructure => Some(identifier("environmentRef", body.get("environmentRef"))?),
        EntityKind::Pipeline | EntityKind::Service | EntityKind::Environment | EntityKind::Connector => None,
    };
    let own = identifier("identifier", body.get("identifier"))?;
    let parent = parent.as_ref().map(Identifier::as_str);
    let key = Key::at(level_of(*kind, body, &source.name), *kind, parent, own.as_str());
    let name = body.get("name").and_then(Node::text).unwrap_or(own.as_str()).to_owned();
    Ok(Known {
        key,
        name,
        holds_secret: !source.secrets.is_empty(),
        root: document.root,
    })
}

/// Where an entity stands: above projects where it names an organization alone, or lies in the folder of the account and
/// names none.
fn level_of(kind: EntityKind, body: &Node, name: &str) -> Level {
    let is_shared = matches!(
        kind,
        EntityKind::Environment | EntityKind::Infrastructure | EntityKind::Connector
    );
    let says = |key: &str| {
        body.get(key)
            .and_then(Node::as_str)
            .is_some_and(|text| !text.is_empty())
    };
    match (says("orgIdentifier"), says("projectIdentifier")) {
        (true, false) if is_shared => Level::Organization,
        (false, false) if is_shared && Folder::split(name).0 == Folder::of_account().path("") => Level::Account,
        _ => Level::Project,
    }
}

/// The organization in which an entity stands for all of its projects.
fn org_above(known: &Known) -> Option<&str> {
    let reference = known.key.parent.as_deref().unwrap_or(&known.key.identifier);
    let org = known.body().get("orgIdentifier").and_then(Node::text);
    org.filter(|_| Level::of(reference) == Level::Organization)
}

/// The project that an entity names; a service names none.
fn place_of(known: &Known) -> Option<ProjectRef> {
    let named = |key: &str| Identifier::parse(known.body().get(key)?.text()?).ok();
    Some(ProjectRef {
        org: named("orgIdentifier")?,
        project: named("projectIdentifier")?,
    })
}

fn usual_scope(found: &[(&ImportSource, Known)]) -> Option<ProjectRef> {
    let mut counts: BTreeMap<ProjectRef, usize> = BTreeMap::new();
    for place in found.iter().filter_map(|(_, known)| place_of(known)) {
        *counts.entry(place).or_default() += 1;
    }
    let most = counts.values().max().copied()?;
    counts
        .into_iter()
        .find(|(_, count)| *count == most)
        .map(|(place, _)| place)
}

/// How many entities of which kind there are, for a report.
pub(super) fn counts(project: &Project) -> BTreeMap<&'static str, usize> {
    let mut counts = BTreeMap::new();
    for known in &project.entities {
        *counts.entry(kind_name(known.key.kind)).or_default() += 1;
    }
    counts
}
